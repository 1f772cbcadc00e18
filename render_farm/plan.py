"""How many Blender processes run on this machine, with how many threads, on which GPU, with how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from generator.errors import DeviceError, RenderError
from generator.job import FarmSettings
from generator.settings import RenderSettings
from render_farm.processes import available_memory_mb, core_count

# A child of an empty scene has 341 MB, of a street at 640 x 360 about 900 MB; more, and the machine swaps before it is slow.
_WORKER_MB = 1500.0
_LEAST_LIMIT_MB = 2000.0
# Which variable hides the other GPUs. Metal has one GPU.
_VISIBLE = {
    "cuda": ("CUDA_VISIBLE_DEVICES", ""),
    "optix": ("CUDA_VISIBLE_DEVICES", ""),
    "hip": ("HIP_VISIBLE_DEVICES", ""),
    "oneapi": ("ONEAPI_DEVICE_SELECTOR", "level_zero:"),
}
_GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dri", "/dev/dxg")
_CODE = Path(__file__).resolve().parent.parent
_LIST = (
    "import dataclasses, json, generator.render.devices as d; print('\\n' + json.dumps([dataclasses.asdict(x) for x in d.list_devices()]))"
)


@dataclass(frozen=True)
class Slot:
    """A place for one worker. memory_mb is what it may grow to."""

    render: RenderSettings
    environment: Mapping[str, str]
    memory_mb: float


def plan(render: RenderSettings, farm: FarmSettings, images: int, environment: Mapping[str, str]) -> tuple[Slot, ...]:
    """The slots for `images` images: one 1-thread worker a core as far as memory goes, or one worker a GPU.

    Two 1-thread processes beat one 2-thread process by 4 to 10 % before the stages of a worker overlapped; since then no difference
    has been established (benchmarks/README.md), and CPU seconds are equal. With fewer images than
    cores each worker gets several threads. Raises DeviceError when the device asked for is not there.
    """
    backend, gpus = find_gpus(render.device)
    cores, memory = core_count(), available_memory_mb()
    workers = farm.workers or (len(gpus) * farm.workers_per_gpu if gpus else max(1, min(cores, int(min(memory, 1e9) / _WORKER_MB))))
    workers = min(workers, max(images, 1))
    limit = float(farm.memory_mb) or max(_LEAST_LIMIT_MB, 0.9 * memory / workers)
    threads = render.threads or max(1, cores // workers)
    settings = render.model_copy(update={"device": backend, "threads": threads})
    return tuple(Slot(settings, _environment(environment, backend, gpus, i), limit) for i in range(workers))


def plan_one(render: RenderSettings, environment: Mapping[str, str]) -> Slot:
    """One worker with all the cores or one GPU."""
    return plan(render, FarmSettings(workers=1), 1, environment)[0]


def find_gpus(wanted: str) -> tuple[str, tuple[str, ...]]:
    """The back end that `wanted` stands for here, and the values of its variable, one a GPU; ("cpu", ()) for the CPU.

    All workers of a run get the same back end, so that "auto" cannot mix devices in one dataset.
    """
    if wanted == "cpu" or (wanted == "auto" and not _may_have_gpu()):
        return "cpu", ()
    found = list_devices()
    backends = [backend for backend, _ in found if backend != "cpu"]
    if wanted == "auto" and not backends:
        return "cpu", ()
    backend = backends[0] if wanted == "auto" else wanted
    count = backends.count(backend)
    if not count:
        present = ", ".join(f"{b} ({name})" for b, name in found)
        raise DeviceError(
            f"render.device={wanted} was asked for, but Cycles finds only: {present}; choose one of these, or render.device=auto"
        )
    variable, prefix = _VISIBLE.get(backend, ("", ""))
    outer = [part for part in os.environ.get(variable, "").removeprefix(prefix).split(",") if part]
    names = outer if len(outer) == count else [str(i) for i in range(count)]
    return backend, tuple(prefix + name for name in names)


def list_devices() -> list[tuple[str, str]]:
    """(back end, name) of what Cycles can render on, asked in a process of its own. Raises RenderError."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_CODE), os.environ.get("PYTHONPATH", "")])}
    child = subprocess.run([sys.executable, "-P", "-c", _LIST], capture_output=True, text=True, env=environment, timeout=300, check=False)
    if child.returncode:
        raise RenderError(f"Blender does not start (exit code {child.returncode}):\n{child.stderr.strip()[-2000:]}")
    return [(device["backend"], device["name"]) for device in orjson.loads(child.stdout.splitlines()[-1])]


def _may_have_gpu() -> bool:
    """Whether asking Blender (1 s) is worth it: on Linux a GPU has a device file."""
    return sys.platform != "linux" or any(Path(path).exists() for path in _GPU_FILES)


def _environment(outer: Mapping[str, str], backend: str, gpus: tuple[str, ...], worker: int) -> dict[str, str]:
    """The GPU is chosen before the child starts: Cycles asks the driver once."""
    variable, _ = _VISIBLE.get(backend, ("", ""))
    return {**outer, variable: gpus[worker % len(gpus)]} if gpus and variable else dict(outer)

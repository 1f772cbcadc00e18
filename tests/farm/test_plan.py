"""Workers, threads and GPUs by what the machine has."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import DeviceError
from generator.job import FarmSettings
from generator.settings import RenderSettings
from render_farm import plan as module
from render_farm.plan import Slot, plan
from render_farm.processes import available_memory_mb, core_count, is_disk_full, rss_mb
from render_farm.scratch import scratch_folders

CPU = [("cpu", "A CPU")]
TWO_GPUS = [("optix", "A"), ("optix", "B"), ("cuda", "A"), ("cuda", "B"), *CPU]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Eight cores, 64 GB, two GPUs."""
    monkeypatch.setattr(module, "core_count", lambda: 8)
    monkeypatch.setattr(module, "available_memory_mb", lambda: 64_000.0)
    monkeypatch.setattr(module, "_may_have_gpu", lambda: True)
    monkeypatch.setattr(module, "list_devices", lambda: TWO_GPUS)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return monkeypatch


def made(device: str, images: int = 1000, workers: int = 0, threads: int = 0) -> tuple[Slot, ...]:
    return plan(
        RenderSettings.model_validate({"device": device, "threads": threads}), FarmSettings(workers=workers), images, {"HOME": "/x"}
    )


def test_on_cpus_one_thread_a_core(machine: pytest.MonkeyPatch) -> None:
    slots = made("cpu")
    assert [(s.render.device, s.render.threads) for s in slots] == [("cpu", 1)] * 8
    assert [s.render.threads for s in made("cpu", images=2)] == [4, 4], "few images get many threads"
    assert [s.render.threads for s in made("cpu", workers=3)] == [2, 2, 2]
    assert [s.render.threads for s in made("cpu", threads=5)] == [5] * 8


def test_memory_bounds_the_workers(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(module, "available_memory_mb", lambda: 4_000.0)
    assert len(made("cpu")) == 2
    machine.setattr(module, "available_memory_mb", lambda: 500.0)
    assert len(made("cpu")) == 1
    machine.setattr(module, "available_memory_mb", lambda: float("inf"))
    assert len(made("cpu")) == 8


def test_on_gpus_one_worker_each_that_sees_only_its_own(machine: pytest.MonkeyPatch) -> None:
    slots = made("auto")
    assert [(s.render.device, s.environment["CUDA_VISIBLE_DEVICES"]) for s in slots] == [("optix", "0"), ("optix", "1")]
    assert [s.environment["CUDA_VISIBLE_DEVICES"] for s in made("cuda", workers=4)] == ["0", "1", "0", "1"]
    machine.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    assert [s.environment["CUDA_VISIBLE_DEVICES"] for s in made("cuda")] == ["5", "7"], "what a scheduler gave is kept"


def test_a_missing_device_says_what_there_is(machine: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeviceError, match=r"render\.device=hip was asked for, but Cycles finds only: optix \(A\), .*cpu \(A CPU\)"):
        made("hip")


def test_auto_without_a_gpu_is_the_cpu(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(module, "list_devices", lambda: CPU)
    assert made("auto")[0].render.device == "cpu"


def test_scratch_of_dead_runs_is_swept_and_that_of_live_ones_is_not(tmp_path: Path) -> None:
    dead = tmp_path / "scenewright-dead"
    dead.mkdir()
    (dead / "lock").touch()
    with scratch_folders(1, str(tmp_path)) as (first,):
        assert not dead.exists()
        with scratch_folders(2, str(tmp_path)) as folders:
            assert first.is_dir()
            assert len({first, *folders}) == 3
    assert not list(tmp_path.iterdir())


def test_what_the_system_says_is_plausible() -> None:
    import os

    assert 1 <= core_count() <= (os.cpu_count() or 1)
    assert available_memory_mb() > 50
    assert 5 < rss_mb(os.getpid()) < 100_000
    assert rss_mb(2**22 + 1) == 0.0


def test_a_full_disk_is_known_by_its_cause() -> None:
    wrapped = RuntimeError("cannot write")
    wrapped.__cause__ = OSError(28, "No space left on device")
    assert is_disk_full(wrapped)
    assert not is_disk_full(OSError(2, "No such file"))

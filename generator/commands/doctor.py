"""`scenewright doctor`: what this machine can do and what it lacks, each with what to do about it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from generator.commands.arguments import parser

if TYPE_CHECKING:
    from generator.spec import SceneSpec

HELP = (
    "Checks Python, Blender, its system libraries, the devices it can render on, memory and disk. Exit code 1 when something must be done."
)
EXAMPLES = """\
examples:
  scenewright doctor
  scenewright doctor --quick      without the trial image"""

_GB = 1e9
# Which Debian and Ubuntu package has a library that bpy links to; the README names the same packages.
DEBIAN = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libXext.so.6": "libxext6",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libgomp.so.1": "libgomp1",
}


@dataclass(frozen=True)
class Finding:
    """One line of the report; `todo` says what to do unless all is well. wrong: nothing can be rendered. weak: it works, but."""

    state: Literal["ok", "weak", "wrong"]
    what: str
    found: str
    todo: str = ""


def main(arguments: Sequence[str]) -> int:
    made = parser("doctor", HELP, EXAMPLES)
    made.add_argument("--quick", action="store_true", help="leave out the trial image")
    made.add_argument("--out", type=Path, default=Path(), help="where datasets will go, for the check of the disk (default: here)")
    options = made.parse_args(arguments)
    wrong = False
    for finding in findings(options.out, quick=options.quick):
        wrong |= finding.state == "wrong"
        print(f"{finding.state:<5} {finding.what:<17} {finding.found}", flush=True)
        if finding.todo:
            print(f"{'':<5} {'':<17} -> {finding.todo}", flush=True)
    return int(wrong)


def findings(out: Path, *, quick: bool) -> Iterator[Finding]:
    yield python()
    libraries = system_libraries()
    yield libraries
    yield memory()
    yield ram_disk()
    yield disk(out)
    if libraries.state != "wrong":
        yield from devices()
        if not quick:
            yield trial()


def python() -> Finding:
    import platform
    import sys

    right = sys.version_info[:2] == (3, 13)
    return Finding(
        "ok" if right else "wrong",
        "Python",
        platform.python_version(),
        "" if right else "bpy 5.2 is built for Python 3.13: make the environment with that version",
    )


def system_libraries() -> Finding:
    """Whether everything that bpy links to is there, asked of the dynamic linker without loading it."""
    import importlib.util
    import platform
    import shutil
    import subprocess
    from importlib.metadata import version

    spec = importlib.util.find_spec("bpy")
    if spec is None or spec.origin is None:
        return Finding("wrong", "Blender", "the package bpy is not installed", "pip install 'bpy>=5.2.3,<5.3'")
    found = f"bpy {version('bpy')}"
    if platform.system() != "Linux" or shutil.which("ldd") is None:
        return Finding("ok", "Blender", found)
    output = subprocess.run(["ldd", spec.origin], capture_output=True, text=True, check=False).stdout
    missing = missing_libraries(output)
    if not missing:
        return Finding("ok", "Blender", f"{found}, all system libraries found")
    return Finding("wrong", "Blender", f"{found} lacks {', '.join(missing)}", how_to_install(missing))


def missing_libraries(ldd_output: str) -> list[str]:
    """Names of the libraries that ldd did not find."""
    return sorted({line.split("=>")[0].strip() for line in ldd_output.splitlines() if line.rstrip().endswith("not found")})


def how_to_install(missing: Sequence[str]) -> str:
    packages = [DEBIAN[name] for name in missing if name in DEBIAN]
    unknown = [name for name in missing if name not in DEBIAN]
    text = f"apt-get install {' '.join(packages)}" if packages else ""
    if unknown:
        text += f"{'; ' if text else ''}find the package with: apt-file search {' '.join(unknown)}"
    return text


def memory() -> Finding:
    from render_farm.processes import available_memory_mb, core_count

    free, cores = available_memory_mb(), core_count()
    fits = int(min(free, 1e9) // 1500)  # see render_farm/plan.py
    found = f"{free / 1000:.1f} GB free, {cores} cores: {max(1, min(cores, fits))} workers"
    if fits < 1:
        return Finding(
            "weak", "memory and cores", found, "a worker on a street takes about 1 GB: close something, or render smaller images"
        )
    if fits < cores:
        return Finding("weak", "memory and cores", found, "memory for fewer workers than cores: more memory means more images an hour")
    return Finding("ok", "memory and cores", found)


def ram_disk() -> Finding:
    import shutil

    path = Path("/dev/shm")
    if not path.is_dir():
        return Finding("ok", "RAM disk", "there is no /dev/shm: the system's folder for temporary files is used")
    free = shutil.disk_usage(path).free
    if free < 0.4 * _GB:
        todo = "Blender's passes go to the disk instead; in Docker run with --shm-size=1g, or set farm.scratch"
        return Finding("weak", "RAM disk", f"/dev/shm has {free / _GB:.2f} GB", todo)
    return Finding("ok", "RAM disk", f"/dev/shm has {free / _GB:.1f} GB")


def disk(out: Path) -> Finding:
    import shutil

    folder = next(p for p in (out.resolve(), *out.resolve().parents) if p.exists())
    free = shutil.disk_usage(folder).free
    found = f"{free / _GB:.1f} GB free at {folder}: about {int(free / 1e6):,} images of 640 x 360 with all labels"  # 1 MB each
    return Finding("ok", "disk", found) if free > _GB else Finding("weak", "disk", found, "make room, or set out= to another disk")


def devices() -> Iterator[Finding]:
    """What Cycles can render on, asked in a child process."""
    import shutil

    from generator.errors import RenderError
    from render_farm.plan import list_devices

    try:
        found = list_devices()
    except RenderError as error:
        yield Finding(
            "wrong", "Blender starts", str(error).splitlines()[-1], "the lines above it: scenewright render, or python -c 'import bpy'"
        )
        return
    for backend, name in found:
        yield Finding("ok", "device", f"{backend}: {name}")
    if all(backend == "cpu" for backend, _ in found):
        if shutil.which("nvidia-smi"):
            todo = "there is an NVIDIA driver, but Cycles finds no device: in Docker run with --gpus all and NVIDIA_DRIVER_CAPABILITIES=all"
            yield Finding("weak", "device", "no GPU", todo)
        else:
            yield Finding("ok", "device", "no GPU found: images are rendered on the CPU")


def trial() -> Finding:
    """One small image by the same path as every other."""
    import time

    from generator.commands.one_image import render_one
    from generator.errors import ScenewrightError
    from generator.settings import OutputSettings, RenderSettings

    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="scenewright-doctor-") as folder:
        try:
            render_one(
                _empty_scene(),
                Path(folder),
                render=RenderSettings(samples=4),
                output=OutputSettings(),
                categories=("nothing",),
                semantic_classes=("sky",),
            )
        except ScenewrightError as error:
            return Finding("wrong", "trial image", str(error).splitlines()[0], "scenewright generate count=1 shows the whole log")
    return Finding("ok", "trial image", f"rendered in {time.monotonic() - start:.1f} s, start of Blender included")


def _empty_scene() -> SceneSpec:
    from generator.spec import CameraSpec, PlainSky, SceneSpec, WorldSpec

    camera = CameraSpec(
        width=64, height=48, fx=60.0, fy=60.0, cx=32.0, cy=24.0, position_m=(0.0, 0.0, 1.0), rotation_wxyz=(0.5, -0.5, 0.5, -0.5)
    )
    return SceneSpec(scene="trial", seed=0, index=0, objects=(), camera=camera, world=WorldSpec(sky=PlainSky()))

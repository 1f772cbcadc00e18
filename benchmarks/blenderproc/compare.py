"""The same scenes rendered by BlenderProc 2.8 and by this project: images an hour, CPU seconds, memory, and whether the masks agree.

    python -m benchmarks.blenderproc.compare                           # 6 streets at 640 x 480, 64 samples
    python -m benchmarks.blenderproc.compare --images 20 --environment /big/disk/blenderproc

Both get the same triangles, poses, plain surfaces and sky, the same samples, bounces, denoiser and one thread, and write a PNG,
depth, normals and COCO masks. Left out is what BlenderProc has no word for: procedural textures, lamps, depth of field, motion
blur, fog and lens distortion. BlenderProc runs in an environment of its own (Python 3.11, bpy 4.2), which is made when it is not there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.blenderproc.content import export, plain
from benchmarks.blenderproc.masks import Agreement, agreement
from benchmarks.street import grammar_of, load, rendered, size_of, specs_of, worker
from generator.grammar import Grammar
from generator.settings import OutputSettings, RenderSettings
from generator.spec import SceneSpec

HERE = Path(__file__).parent
ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "scenewright", "blenderproc")


@dataclass(frozen=True)
class Run:
    """What one renderer needed: CPU and wall seconds once and for every image, peak resident memory of its process."""

    name: str
    set_up_cpu_s: float
    cpu_s: tuple[float, ...]
    wall_s: tuple[float, ...]
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="street", help="a scene of configs/scene, or a YAML file")
    parser.add_argument("--images", type=int, default=6)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--size", type=size_of, default=(640, 480))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--environment", type=Path, default=ENVIRONMENT, help="folder of BlenderProc's virtual environment")
    options = parser.parse_args()
    python = blenderproc_python(options.environment)
    settings = RenderSettings(samples=options.samples, adaptive_threshold=0.0, max_bounces=4, device="cpu", threads=1)
    grammar = grammar_of(options.scene, options.size)
    specs = [plain(spec) for spec in specs_of(grammar, options.seed, options.images)]
    with tempfile.TemporaryDirectory() as folder:
        ours = our_run(settings, grammar, specs, Path(folder, "ours"))
        theirs = their_run(python, settings, grammar, specs, Path(folder, "theirs"))
        masks = agreement(specs, Path(folder, "ours", "dataset"), Path(folder, "theirs", "out"))
    objects = sum(len(spec.objects) for spec in specs) / len(specs)
    print(f"{len(specs)} images of {options.scene}, {objects:.0f} objects each, {options.size[0]} x {options.size[1]}, "
          f"{options.samples} samples, one thread; {load()}\n")  # fmt: skip
    print("\n".join(table(ours, theirs, masks)))


def blenderproc_python(environment: Path) -> Path:
    """The interpreter of BlenderProc's environment, made from requirements.txt when it is not there. Exits with what is missing."""
    python = environment / "bin" / "python"
    if not python.exists():
        base = shutil.which("python3.11")
        if base is None:
            sys.exit(
                "BlenderProc 2.8 needs Blender 4.2, whose bpy module needs Python 3.11, and there is no python3.11 on the PATH.\n"
                "Install one (e.g. `uv python install 3.11`, or pyenv, or your distribution's package) and put it on the PATH, or name\n"
                f"an environment that has {HERE / 'requirements.txt'} installed with --environment FOLDER."
            )
        print(f"making BlenderProc's environment in {environment} (about 1.5 GB)", file=sys.stderr)
        subprocess.run([base, "-m", "venv", str(environment)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], check=True)
    ready = subprocess.run(
        [str(python), "-c", "import bpy; assert bpy.app.version[:2] == (4, 2)"], capture_output=True, text=True, check=False
    )
    if ready.returncode:
        sys.exit(
            f"BlenderProc's environment {environment} has no working bpy 4.2; delete it to have it made again:\n{ready.stderr[-1500:]}"
        )
    return python


def our_run(settings: RenderSettings, grammar: Grammar, specs: list[SceneSpec], folder: Path) -> Run:
    """Through the farm's worker, as `scenewright generate` does it; what the worker used besides its images is set-up."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with worker(settings, OutputSettings(semantic=False, instances=False), grammar, folder) as supervisor:
        answers = [rendered(supervisor, spec) for spec in specs]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = tuple(answer.cpu_seconds for answer in answers)
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run("this project", whole - sum(cpu), cpu, tuple(sum(answer.seconds.values()) for answer in answers), after.ru_maxrss / 1024)


def their_run(python: Path, settings: RenderSettings, grammar: Grammar, specs: list[SceneSpec], folder: Path) -> Run:
    """side.py in its own environment; it times itself."""
    export(specs, grammar.categories, settings, folder)
    out = folder / "out"
    out.mkdir()
    with open(folder / "log", "wb") as log:
        done = subprocess.run([str(python), str(HERE / "side.py"), str(folder), str(out)], stdout=log, stderr=log, check=False)
    if done.returncode:
        sys.exit(f"BlenderProc gave up; its last words:\n{(folder / 'log').read_text(errors='replace')[-3000:]}")
    times = json.loads((out / "timing.json").read_text())
    cpu, wall = ([image[kind] for image in times["images"]] for kind in ("cpu_s", "wall_s"))
    return Run("BlenderProc 2.8", times["set_up"]["cpu_s"], tuple(cpu), tuple(wall), times["peak_mb"])


def table(ours: Run, theirs: Run, masks: Agreement) -> list[str]:
    """Markdown. The first image of each compiles shaders and counts like the others."""

    def row(run: Run) -> str:
        count = len(run.cpu_s)
        hour = 3600 * count / sum(run.wall_s)
        return f"| {run.name} | {run.set_up_cpu_s:.1f} | {sum(run.cpu_s) / count:.1f} | {hour:.0f} | {run.peak_mb:.0f} |"

    return [
        "| | set-up, CPU s once | CPU s an image | images an hour on one core | peak memory, MB |",
        "| --- | ---: | ---: | ---: | ---: |",
        row(ours),
        row(theirs),
        "",
        f"Masks: {masks.matched} of {masks.ours} of our instances have their counterpart ({masks.theirs} in BlenderProc's COCO); "
        f"{masks.differing} of {masks.pixels} pixels of theirs or ours differ.",
    ]


if __name__ == "__main__":
    main()

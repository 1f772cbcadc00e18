"""What the farm adds to an image: driver, leases, journal, pipes, checks and files around a render of exactly two seconds.

    python -m benchmarks.overhead                    # 40 images by one worker, 90 s

The run is that of `scenewright generate`, with one Blender process behind its supervisor. Its render stage sleeps until two
seconds are over (benchmarks/fixed_render); on a busy machine an image may take longer, with or without a farm. A plain loop over the
renderer would take what the render stages take; what its timeline is longer than that, because it waits for somebody, is overhead. CPU
of the driver comes on top where rendering needs all processors. The first image is left out: it starts Blender.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from itertools import pairwise
from pathlib import Path

import orjson

from benchmarks.street import cpu_s, load
from generator.commands.compose import compose_points
from generator.commands.facts import facts_of
from generator.commands.validate import loaded
from generator.job import Job
from render_farm.run import run

STAND_IN = Path(__file__).parent / "fixed_render"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="cards", help="a scene of configs/scene, light enough to render in less than --seconds")
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=2.0, help="of the render stage")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(STAND_IN), os.environ.get("PYTHONPATH", "")])
    os.environ["SCENEWRIGHT_FIXED_RENDER_S"] = str(options.seconds)
    with tempfile.TemporaryDirectory(prefix="scenewright-overhead-") as folder:
        events = made(Path(folder, "dataset"), options)
    print("\n".join(table(events)) + f"\n\n{load()}")


def made(out: Path, options: argparse.Namespace) -> list[tuple[float, float]]:
    """(start, end) of every render, in seconds, in order."""
    small = ("scene.camera.width=64", "scene.camera.height=48", "render.samples=1", "render.denoise=false", "render.device=cpu")
    words = [f"scene={options.scene}", f"count={options.images}", f"out={out}", "farm.workers=1", "render.threads=1", *small]
    ((job, grammar),) = loaded(Job, compose_points("generate", words, multirun=False))
    before = cpu_s()
    result = run(job, grammar, facts_of(job, grammar))
    print(f"{result.tally.done} images; CPU of the driver's process: {(cpu_s() - before) / result.tally.done * 1e3:.0f} ms an image")
    events = orjson.loads((out / "run/trace.json").read_bytes())["traceEvents"]
    return sorted((e["ts"] / 1e6, (e["ts"] + e["dur"]) / 1e6) for e in events if e["name"].startswith("render "))


def table(renders: list[tuple[float, float]]) -> list[str]:
    """renders: (start, end) in order."""
    later = renders[1:]
    gaps = [after[0] - before[1] for before, after in pairwise(later)]
    wall = later[-1][1] - later[0][0]
    return [
        "| | |",
        "| --- | ---: |",
        f"| images after the first | {len(later)} |",
        f"| render stage, mean, s | {sum(end - start for start, end in later) / len(later):.4f} |",
        f"| the renderer idle between two, mean and most, ms | {sum(gaps) / len(gaps) * 1e3:.1f}, {max(gaps) * 1e3:.1f} |",
        f"| **overhead: idle against rendering** | {sum(gaps) / (wall - sum(gaps)):.3%} |",
    ]


if __name__ == "__main__":
    main()

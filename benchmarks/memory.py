"""Whether memory stays flat: resident memory of one Blender process over 300 small images, through the real worker.

    python -m benchmarks.memory                      # 300 streets at 160 x 120, 1 sample
    python -m benchmarks.memory --images 1000 --csv memory.csv

The worker is the one of `scenewright generate`, behind its supervisor, and tells its resident memory after every image. The
first 20 images fill caches (meshes, shaders); what counts is the growth after them, as the difference of means over 20 images,
because one street is larger than another.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import mean

from benchmarks.street import grammar_of, load, rendered, size_of, specs_of, worker
from generator.grammar import Grammar
from generator.settings import OutputSettings, RenderSettings

WARM_UP = 20  # images


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="street", help="a scene of configs/scene, or a YAML file")
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--size", type=size_of, default=(160, 120))
    parser.add_argument("--samples", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--csv", type=Path, help="also write the memory after every image")
    options = parser.parse_args()
    if options.images < 3 * WARM_UP:
        parser.error(f"--images must be at least {3 * WARM_UP}: the first {WARM_UP} warm up, the next and the last {WARM_UP} are compared")
    settings = RenderSettings(samples=options.samples, max_bounces=1, denoise=False, device="cpu", threads=1)
    memory = memory_mb(settings, grammar_of(options.scene, options.size), options.seed, options.images)
    if options.csv:
        options.csv.write_text("image,rss_mb\n" + "".join(f"{i},{mb:.1f}\n" for i, mb in enumerate(memory)))
    print(f"{len(memory)} images of {options.scene} at {options.size[0]} x {options.size[1]}; {load()}\n")
    print("\n".join(table(memory)))


def memory_mb(settings: RenderSettings, grammar: Grammar, seed: int, images: int) -> list[float]:
    """Resident memory of the worker after every image."""
    with tempfile.TemporaryDirectory() as folder, worker(settings, OutputSettings(), grammar, Path(folder, "memory")) as supervisor:
        return [rendered(supervisor, spec).rss_mb for spec in specs_of(grammar, seed, images)]


def table(memory: list[float]) -> list[str]:
    early, late = mean(memory[WARM_UP : 2 * WARM_UP]), mean(memory[-WARM_UP:])
    return [
        "| resident memory of the worker | MB |",
        "| --- | ---: |",
        f"| after the first image | {memory[0]:.0f} |",
        f"| mean of images {WARM_UP + 1} to {2 * WARM_UP} | {early:.0f} |",
        f"| mean of the last {WARM_UP} | {late:.0f} |",
        f"| highest | {max(memory):.0f} |",
        f"| **growth after the first {WARM_UP}** | {late - early:+.0f} |",
    ]


if __name__ == "__main__":
    main()

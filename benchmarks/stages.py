"""Where the CPU seconds of an image go, stage by stage, through the real pipeline, as a Markdown table.

    python -m benchmarks.stages                              # 8 streets at 640 x 480, 64 samples
    python -m benchmarks.stages --images 20 --samples 16 --size 320x240

One thread, so that a stage's CPU seconds are its time. Blender tells how long a render took, but not how long it was
synchronising; that is measured: the same scene is built and rendered twice more without the denoiser, with 1 and with 5 samples,
and the straight line through both times is what 0 samples cost (`rgb: synchronise`: exporting to Cycles, BVH, shader
compilation, film and file). The rest of the picture's render is path tracing and denoising, all else is overhead.
The first image also compiles shaders and loads kernels and is shown on its own. `whole process` is getrusage around everything
that belongs to an image; it must agree with the sum of the stages.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks.street import cpu_s, grammar_of, load, peak_mb, size_of
from generator import pipeline
from generator.dataset import open_store
from generator.grammar import Grammar, sample
from generator.settings import OutputSettings, RenderSettings
from generator.spec import SceneSpec

if TYPE_CHECKING:
    from generator.render.blender import Blender

TRACING = "rgb: path tracing, denoising"
SYNCHRONISING = "rgb: synchronise"
FEW, MORE = 1, 5  # samples of the two renders that the straight line goes through


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="street", help="a scene of configs/scene, or a YAML file")
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--size", type=size_of, default=(640, 480))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    settings = RenderSettings(samples=options.samples, max_bounces=4, device="cpu", threads=1)
    start = cpu_s()
    grammar = grammar_of(options.scene, options.size)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        blender = blender_on_cpu_clock(settings, Path(folder))
        set_up_s = cpu_s() - start
        rows = measured(blender, grammar, options.seed, options.images, Path(folder, "dataset"))
    size = f"{options.size[0]} x {options.size[1]}"
    print(f"{options.images} images of {options.scene} at {size}, {options.samples} samples, one thread; {load()}")
    print(f"import and set-up {set_up_s:.2f} CPU s, once; peak memory {peak_mb():.0f} MB\n")
    print("\n".join(table(rows[0], rows[1:] or rows)))


def blender_on_cpu_clock(settings: RenderSettings, scratch: Path) -> Blender:
    """The renderer; it and the pipeline time their stages in CPU seconds from now on."""
    from generator.render import blender

    clock: Any = SimpleNamespace(perf_counter=time.process_time)
    for module in (pipeline, blender):
        vars(module)["time"] = clock
    return blender.Blender(settings, scratch)


def measured(blender: Blender, grammar: Grammar, seed: int, images: int, folder: Path) -> list[dict[str, float]]:
    """CPU seconds by stage of every image."""
    with open_store(folder, {"benchmark": "stages"}) as store:
        studio = pipeline.Studio(blender, store, OutputSettings(), grammar.categories, grammar.semantic_classes)
        return [one_image(studio, blender, grammar, seed, index) for index in range(images)]


def one_image(studio: pipeline.Studio, blender: Blender, grammar: Grammar, seed: int, index: int) -> dict[str, float]:
    start = cpu_s()
    spec = sample(grammar, seed, index)
    line = spec.to_json()
    sampled = cpu_s()
    made = pipeline.make_image(studio, SceneSpec.from_json(line))
    whole = cpu_s() - start
    seconds = {"sample": sampled - start, **made.seconds}
    rgb = seconds.pop("rgb")
    fixed = min(rgb, synchronising_s(blender, spec))
    return {
        "sample": seconds.pop("sample"),
        "build": seconds.pop("build"),
        SYNCHRONISING: fixed,
        TRACING: rgb - fixed,
        **seconds,
        "whole process": whole,
    }


def synchronising_s(blender: Blender, spec: SceneSpec) -> float:
    """What the picture's render costs at 0 samples, from renders with few and with more."""
    wanted = blender.settings
    seconds = {}
    for samples in (FEW, MORE):
        blender.settings = wanted.model_copy(update={"samples": samples, "denoise": False, "adaptive_threshold": 0.0})
        seconds[samples] = blender.render(spec).seconds["rgb"]
    blender.settings = wanted
    return seconds[FEW] - FEW * (seconds[MORE] - seconds[FEW]) / (MORE - FEW)


def table(first: Mapping[str, float], others: Sequence[Mapping[str, float]]) -> list[str]:
    """Markdown: the first image and the mean of the others, with shares of the sum."""
    stages = [name for name in first if name != "whole process"]
    mean = {name: sum(row.get(name, 0.0) for row in others) / len(others) for name in first}
    total, started = (sum(row[name] for name in stages) for row in (mean, first))

    def line(name: str, one: float, many: float) -> str:
        return f"| {name} | {one:.3f} | {many:.3f} | {100 * many / total:.1f} % |"

    return [
        f"| stage, CPU s an image | first image | mean of {len(others)} others | share |",
        "| --- | ---: | ---: | ---: |",
        *(line(name, first[name], mean[name]) for name in stages),
        line("**sum**", started, total),
        line("**overhead: all but path tracing and denoising**", started - first[TRACING], total - mean[TRACING]),
        line("whole process, by getrusage", first["whole process"], mean["whole process"]),
    ]


if __name__ == "__main__":
    main()

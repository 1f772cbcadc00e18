"""Noise and time of the render presets, against a reference of 2,048 samples, as a Markdown table.

    python -m benchmarks.presets --indices 0 4       # streets at 240 x 135, two images of seed 7

Noise is measured where it is seen: on the developed 8-bit picture, without the sensor's own noise, exposed as the reference is.
Time is CPU seconds of this process, after a render of one sample that compiles and loads.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from benchmarks.street import grammar_of, load, size_of
from generator.grammar import sample
from generator.render.blender import Blender
from generator.sensor import develop
from generator.settings import RenderSettings
from generator.spec import SceneSpec, SensorSpec
from generator.streams import Stream

PRESETS = ("draft", "standard", "final")
FOLDER = Path(__file__).parents[1] / "configs" / "render"
REFERENCE = RenderSettings(samples=2048, adaptive_threshold=0.0, denoise=False, max_bounces=8, clamp_indirect=20.0, device="cpu", threads=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="street", help="a scene of configs/scene, or a YAML file")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--indices", type=int, nargs="+", default=[0], help="which images; a table for each")
    parser.add_argument("--size", type=size_of, default=(240, 135))
    options = parser.parse_args()
    grammar = grammar_of(options.scene, options.size)
    for index in options.indices:
        spec = sample(grammar, options.seed, index)
        reference, _ = rendered(REFERENCE, spec)
        factors = ", ".join(value if isinstance(value, str) else f"{name} {value:.3g}" for name, value in spec.factors.items())
        print(f"\n{options.scene}, seed {options.seed}, image {index} ({factors}); {load()}\n")
        print("| preset | samples | threshold | bounces | denoised | RMSE (of 255) | PSNR | CPU s |")
        print("| --- " + "| ---: " * 7 + "|")
        for name in PRESETS:
            settings = RenderSettings.model_validate(
                yaml.safe_load((FOLDER / f"{name}.yaml").read_text()) | {"device": "cpu", "threads": 1}
            )
            for variant in (settings, settings.model_copy(update={"denoise": False})):
                light, seconds = rendered(variant, spec)
                print(row(name, variant, rmse(light, reference), seconds), flush=True)


def row(name: str, settings: RenderSettings, error: float, seconds: float) -> str:
    quality = f"{settings.samples} | {settings.adaptive_threshold} | {settings.max_bounces} | {'yes' if settings.denoise else 'no'}"
    return f"| {name} | {quality} | {error:.2f} | {20 * math.log10(255 / error):.1f} dB | {seconds:.1f} |"


def rendered(settings: RenderSettings, spec: SceneSpec) -> tuple[np.ndarray, float]:
    """(H, W, 3) light and the CPU seconds it took, label render and reading included."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as scratch:
        Blender(settings.model_copy(update={"samples": 1}), Path(scratch)).render(spec)
        blender = Blender(settings, Path(scratch))
        start = time.process_time()
        light = blender.render(spec).rgb
        return light, time.process_time() - start


def rmse(light: np.ndarray, reference: np.ndarray) -> float:
    """Root mean squared difference of the two developed pictures, 0..255."""
    stream = Stream.root("presets")
    first, second = (develop(picture, SensorSpec(), stream).astype(float) for picture in (light, reference))
    return float(np.sqrt(((first - second) ** 2).mean()))


if __name__ == "__main__":
    main()

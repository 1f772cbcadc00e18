"""Noise and time of the render presets, against a reference of 2,048 samples, as a Markdown table.

    python -m benchmarks.presets                     # a test scene at 240 x 135
    python -m benchmarks.presets --spec scene.json   # any SceneSpec, e.g. from a dataset

Noise is measured where it is seen: on the developed 8-bit picture, without the sensor's own noise, exposed as the reference is.
Time is CPU seconds of this process; the second render of every preset counts, the first compiles and loads.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

import tests.actors  # noqa: F401  (registers the actors of the test scene)
from generator.geometry import camera_rotation, quaternion_from_yaw
from generator.mesh import Material, Texture
from generator.render.blender import Blender
from generator.sensor import develop
from generator.settings import RenderSettings
from generator.spec import CameraSpec, ObjectSpec, PhysicalSky, PoseSpec, SceneSpec, SensorSpec, WorldSpec
from generator.streams import Stream

PRESETS = ("draft", "standard", "final")
FOLDER = Path(__file__).parents[1] / "configs" / "render"
REFERENCE = RenderSettings(samples=2048, adaptive_threshold=0.0, denoise=False, max_bounces=8, clamp_indirect=20.0, device="cpu", threads=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", type=Path, help="a SceneSpec as JSON instead of the test scene")
    parser.add_argument("--width", type=int, default=240, help="picture width in pixels (a spec keeps its view)")
    arguments = parser.parse_args()
    spec = SceneSpec.from_json(arguments.spec.read_bytes()) if arguments.spec else street_corner()
    spec = spec.model_copy(update={"camera": resized(spec.camera, arguments.width), "sensor": SensorSpec()})
    reference, _ = rendered(REFERENCE, spec)
    print(f"{spec.camera.width} x {spec.camera.height}, {len(spec.objects)} objects, against {REFERENCE.samples} samples\n")
    print("| preset | samples | threshold | bounces | denoised | RMSE (of 255) | PSNR | CPU s |")
    print("| --- " + "| ---: " * 7 + "|")
    for name in PRESETS:
        settings = RenderSettings.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()) | {"device": "cpu", "threads": 1})
        for variant in (settings, settings.model_copy(update={"denoise": False})):
            rendered(variant, spec)
            light, seconds = rendered(variant, spec)
            print(row(name, variant, rmse(light, reference), seconds))


def row(name: str, settings: RenderSettings, error: float, seconds: float) -> str:
    quality = f"{settings.samples} | {settings.adaptive_threshold} | {settings.max_bounces} | {'yes' if settings.denoise else 'no'}"
    return f"| {name} | {quality} | {error:.2f} | {20 * math.log10(255 / error):.1f} dB | {seconds:.1f} |"


def rendered(settings: RenderSettings, spec: SceneSpec) -> tuple[np.ndarray, float]:
    """(H, W, 3) light and the CPU seconds it took, label render and reading included."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as scratch:
        blender = Blender(settings, Path(scratch))
        start = time.process_time()
        light = blender.render(spec).rgb
        return light, time.process_time() - start


def rmse(light: np.ndarray, reference: np.ndarray) -> float:
    """Root mean squared difference of the two developed pictures, 0..255."""
    stream = Stream.root("presets")
    first, second = (develop(picture, SensorSpec(), stream).astype(float) for picture in (light, reference))
    return float(np.sqrt(((first - second) ** 2).mean()))


def resized(camera: CameraSpec, width: int) -> CameraSpec:
    """The same view with other pixels."""
    factor = width / camera.width
    height = round(camera.height * factor)
    scaled = {name: getattr(camera, name) * factor for name in ("fx", "fy", "cx", "cy")}
    return camera.model_copy(update={"width": width, "height": height, **scaled})


def street_corner() -> SceneSpec:
    """Textured ground, walls, a glossy box and leafy balls under a low sun with clouds."""
    ground = thing(1, "test_plane", (0.0, 0.0), material("asphalt", (0.06, 0.06, 0.062), 1.0))
    walls = [
        thing(2, "test_box", (15.0, 9.0), material("brick", (0.35, 0.12, 0.07), 0.075), length_m=20.0, width_m=6.0, height_m=9.0),
        thing(3, "test_box", (28.0, -12.0), material("plaster", (0.6, 0.5, 0.35), 1.0), length_m=20.0, width_m=8.0, height_m=9.0),
    ]
    car = Material(color=(0.5, 0.02, 0.02), texture="paint", coat=1.0, roughness=0.3)
    boxes = [thing(4, "test_box", (9.0, 2.5), car, length_m=4.0, width_m=1.8, height_m=1.4)]
    balls = [
        thing(5 + i, "test_sphere", (8.0 + 3 * i, -2.5 - i), material("foliage", (0.06, 0.14, 0.03), 0.5), radius_m=1.0) for i in range(4)
    ]
    view = CameraSpec(
        width=480, height=270, fx=420, fy=420, cx=240, cy=135, position_m=(0, 0, 1.5), rotation_wxyz=camera_rotation(0.0, -0.03)
    )
    world = WorldSpec(sky=PhysicalSky(sun_elevation_rad=0.6, sun_azimuth_rad=-2.3, cloud_cover=0.3))
    return SceneSpec(scene="presets", seed=0, index=0, objects=(ground, *walls, *boxes, *balls), camera=view, world=world)


def material(texture: Texture, color: tuple[float, float, float], scale_m: float) -> Material:
    return Material(color=color, texture=texture, texture_scale_m=scale_m, bump=0.3, variation=0.3)


def thing(number: int, kind: str, place_m: tuple[float, float], surface: Material, **sizes_m: float) -> ObjectSpec:
    actor = {"kind": kind, "material": surface.model_dump(mode="json"), **sizes_m}
    pose = PoseSpec(position_m=(*place_m, 0.0), rotation_wxyz=quaternion_from_yaw(0.0))
    return ObjectSpec(id=number, name=f"thing/{number}", actor=actor, semantic="object", pose=pose, size_m=(1.0, 1.0, 1.0))


if __name__ == "__main__":
    main()

"""Small scenes that the render tests share."""

from __future__ import annotations

import functools
import math
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import tests.actors  # noqa: F401  (registers the test actors)
from generator.geometry import Vector, camera_rotation, quaternion_from_yaw
from generator.mesh import Material
from generator.render.blender import Blender
from generator.settings import RenderSettings
from generator.spec import CameraSpec, LampSpec, ObjectSpec, PlainSky, PoseSpec, SceneSpec, Sky, WorldSpec

DOWN = camera_rotation(0.0, -math.pi / 2)  # from above; the picture's right is -Y, its top is +X
AHEAD = camera_rotation(0.0, 0.0)
WHITE = Material(color=(1.0, 1.0, 1.0), roughness=1.0, specular=0.0)
BLACK_SKY = PlainSky(color=(0.0, 0.0, 0.0))

FOLDERS = ExitStack()  # closed by conftest.py when the tests end, whatever failed in them


@functools.lru_cache(maxsize=8)
def blender(samples: int = 1, engine: str = "cycles", threads: int = 1, denoise: bool = False) -> Blender:
    """One Blender for all tests that ask for the same settings; scenes must not notice."""
    values = {"samples": samples, "engine": engine, "threads": threads, "denoise": denoise, "device": "cpu", "adaptive_threshold": 0.0}
    folder = FOLDERS.enter_context(TemporaryDirectory(prefix="scenewright-test-"))
    return Blender(RenderSettings.model_validate(values), Path(folder))


def camera(width: int = 64, height: int = 48, focal_px: float = 60.0, **changes: Any) -> CameraSpec:
    """A pinhole at 1.5 m that looks ahead, along +X."""
    values = {"width": width, "height": height, "fx": focal_px, "fy": focal_px, "cx": width / 2, "cy": height / 2}
    return CameraSpec.model_validate(values | {"position_m": (0.0, 0.0, 1.5), "rotation_wxyz": AHEAD} | changes)


def thing(
    number: int, kind: str, position_m: Vector, *, yaw_rad: float = 0.0, velocity_m_s: Vector = (0, 0, 0), **fields: Any
) -> ObjectSpec:
    """An object of one of tests/actors.py's kinds."""
    values = {name: value.model_dump(mode="json") if isinstance(value, Material) else value for name, value in fields.items()}
    return ObjectSpec(
        id=number,
        name=f"thing/{number}",
        actor={"kind": kind, **values},
        semantic="object",
        pose=PoseSpec(position_m=position_m, rotation_wxyz=quaternion_from_yaw(yaw_rad)),
        size_m=(1.0, 1.0, 1.0),
        velocity_m_s=velocity_m_s,
    )


def scene(objects: list[ObjectSpec], view: CameraSpec, sky: Sky = BLACK_SKY, *, seed: int = 0, fog_per_m: float = 0.0, wetness: float = 0.0,
          lamps: tuple[LampSpec, ...] = ()) -> SceneSpec:  # fmt: skip
    world = WorldSpec(sky=sky, fog_per_m=fog_per_m, wetness=wetness, lamps=lamps)
    return SceneSpec(scene="test", seed=seed, index=0, objects=tuple(objects), camera=view, world=world)


def clutter(seed: int, view: CameraSpec, *, count: int = 40, fog_per_m: float = 0.0, speed_m_s: float = 0.0) -> SceneSpec:
    """Boxes and balls of random size strewn before the camera on a ground, each moving sideways or ahead."""
    draw = np.random.default_rng(seed)
    things = [thing(1, "test_plane", (0.0, 0.0, 0.0))]
    for number in range(2, count + 2):
        place = (float(draw.uniform(3, 25)), float(draw.uniform(-9, 9)), float(draw.uniform(0, 2)))
        velocity = (0.0, speed_m_s, 0.0) if number % 2 else (speed_m_s, 0.0, 0.0)
        size = float(draw.uniform(0.3, 1.5))
        if number % 3:
            fields: dict[str, Any] = {"length_m": size, "width_m": 0.7 * size, "height_m": 1.3 * size}
            things.append(thing(number, "test_box", place, yaw_rad=float(draw.uniform(0, 6)), velocity_m_s=velocity, **fields))
        else:
            things.append(thing(number, "test_sphere", place, velocity_m_s=velocity, radius_m=size / 2, segments=24))
    return scene(things, view, PlainSky(), seed=seed, fog_per_m=fog_per_m)

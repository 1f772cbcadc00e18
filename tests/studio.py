"""Small scenes and their frames for tests: a camera at the origin that looks along +X, objects by their place in the world."""

from __future__ import annotations

from typing import Any

import numpy as np

import tests.actors  # noqa: F401  (registers the test actors)
from generator.build import actor_key, actor_of
from generator.frame import Frame, Labels
from generator.geometry import camera_rotation
from generator.labels.annotate import annotate
from generator.settings import OutputSettings
from generator.spec import CameraSpec, ObjectSpec, PlainSky, PoseSpec, SceneSpec, WorldSpec
from tests.oracle import cast

SEMANTIC = ("sky", "object", "road")
CATEGORIES = ("ball", "crate")
LENS = (-0.25, 0.06, 0.001, -0.0005, 0.0)


def camera(width: int = 160, height: int = 120, focal: float = 150.0, **fields: Any) -> CameraSpec:
    """Symmetric, one metre above the ground, level, looking along +X."""
    place = {"position_m": (0.0, 0.0, 1.0), "rotation_wxyz": camera_rotation(0.0, 0.0)}
    middle = {"cx": width / 2, "cy": height / 2}
    return CameraSpec(**{"width": width, "height": height, "fx": focal, "fy": focal, **middle, **place, **fields})


def thing(
    number: int, actor: dict[str, Any], position_m: tuple[float, float, float], category: str | None = "ball", **fields: Any
) -> ObjectSpec:
    """An object whose name is its number and whose box is its actor's."""
    size = actor_of(actor_key(actor)).size_m()
    semantic = "road" if actor["kind"] == "test_plane" else "object"
    place = PoseSpec(position_m=position_m, rotation_wxyz=fields.pop("rotation_wxyz", (1.0, 0.0, 0.0, 0.0)))
    values = {"id": number, "name": f"thing/{number}", "actor": actor, "category": category, "semantic": semantic}
    return ObjectSpec(**{**values, "pose": place, "size_m": size, **fields})


def ball(number: int, x: float, y: float, radius_m: float = 1.0, **fields: Any) -> ObjectSpec:
    """A sphere whose centre is as high as the camera."""
    return thing(number, {"kind": "test_sphere", "radius_m": radius_m}, (x, y, 1.0 - radius_m), **fields)


def crate(number: int, x: float, y: float, size_m: tuple[float, float, float], z: float = 0.0, **fields: Any) -> ObjectSpec:
    actor = {"kind": "test_box", "length_m": size_m[0], "width_m": size_m[1], "height_m": size_m[2]}
    return thing(number, actor, (x, y, z), **{"category": "crate", **fields})


def ground(number: int) -> ObjectSpec:
    return thing(number, {"kind": "test_plane"}, (0.0, 0.0, 0.0), category=None)


def scene(*objects: ObjectSpec, camera: CameraSpec, index: int = 0, **fields: Any) -> SceneSpec:
    return SceneSpec(scene="studio", seed=7, index=index, objects=objects, camera=camera, world=WorldSpec(sky=PlainSky()), **fields)


def frame_of(spec: SceneSpec) -> Frame:
    """What a renderer would give, by the oracle; the picture is shaded by the normals."""
    index, depth, normal = cast(spec)
    light = np.clip(-(normal @ np.array([0.3, -0.6, 0.6], np.float32)), 0, 1) * 0.7 + 0.2
    return Frame(np.repeat(light[..., None], 3, axis=2).astype(np.float32), index, depth, normal)


def labels_of(spec: SceneSpec, min_visible_px: int = 1) -> Labels:
    return annotate(spec, frame_of(spec), SEMANTIC, OutputSettings(min_visible_px=min_visible_px))


def picture_of(frame: Frame) -> np.ndarray:
    """(H, W, 3) uint8."""
    return np.rint(np.clip(frame.rgb, 0, 1) * 255).astype(np.uint8)

"""Actors in a row on a floor under a clear sky: a SceneSpec for looking at what an actor's file makes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from generator.actor import make_actor
from generator.geometry import camera_rotation, quaternion_from_yaw
from generator.spec import CameraSpec, ObjectSpec, PhysicalSky, PoseSpec, SceneSpec, WorldSpec

_GAP = 0.35  # of the largest actor, between two
_TURN_RAD = math.radians(35.0)  # three-quarter view: front and left side show
_FOV_RAD = math.radians(40.0)
_PITCH_RAD = math.radians(-8.0)


def preview_spec(actors: Sequence[Mapping[str, Any]], *, width: int = 640, height: int = 360) -> SceneSpec:
    """The scene of actors given as resolved `{"kind": ..., ...}`, side by side from left to right, all in view.

    Raises ConfigError for an unknown kind, pydantic's ValidationError for wrong fields.
    """
    made = [make_actor(values) for values in actors]
    spans = [math.hypot(*actor.size_m()[:2]) for actor in made]
    gap = _GAP * max(spans)
    row_m = sum(spans) + gap * (len(spans) - 1)
    tallest_m = max(actor.size_m()[2] for actor in made)
    objects = [_placed(1, {"kind": "studio_floor"}, 0.0, 0.0)]
    left = row_m / 2
    for number, (actor, span) in enumerate(zip(made, spans, strict=True), start=2):
        objects.append(_placed(number, actor.model_dump(mode="json"), left - span / 2, math.pi - _TURN_RAD))
        left -= span + gap
    camera = _camera(row_m, tallest_m, max(spans), width, height)
    sky = PhysicalSky(sun_elevation_rad=0.75, sun_azimuth_rad=-2.4, cloud_cover=0.15)
    return SceneSpec(scene="preview", seed=0, index=0, objects=tuple(objects), camera=camera, world=WorldSpec(sky=sky))


def _placed(number: int, values: Mapping[str, Any], left_m: float, yaw_rad: float) -> ObjectSpec:
    actor = make_actor(values)
    return ObjectSpec(
        id=number,
        name=f"preview/{number}",
        actor=dict(values),
        category=None if actor.ground else actor.kind,
        semantic=actor.semantic,
        pose=PoseSpec(position_m=(0.0, left_m, 0.0), rotation_wxyz=quaternion_from_yaw(yaw_rad)),
        size_m=actor.size_m(),
    )


def _camera(row_m: float, tallest_m: float, deepest_m: float, width: int, height: int) -> CameraSpec:
    """Looks along +X at the middle of the row, far enough for its width and its height, a tenth of margin."""
    focal = width / 2 / math.tan(_FOV_RAD / 2)
    distance = 1.1 * max(row_m * focal / width, tallest_m * focal / height) + deepest_m / 2
    return CameraSpec(
        width=width,
        height=height,
        fx=focal,
        fy=focal,
        cx=width / 2,
        cy=height / 2,
        position_m=(-distance, 0.0, tallest_m / 2 - distance * math.tan(_PITCH_RAD)),
        rotation_wxyz=camera_rotation(0.0, _PITCH_RAD),
    )

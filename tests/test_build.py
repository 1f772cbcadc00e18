"""Meshes are built once for equal values, and only so many bytes of them are kept."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

import scenes.all  # noqa: F401  (registers every actor)
import tests.actors  # noqa: F401  (registers the test actors)
from generator.actor import actor_kinds
from generator.build import FAR_PX, actor_key, mesh_key, mesh_of
from generator.spec import CameraSpec, ObjectSpec, PoseSpec

CAMERA = CameraSpec(
    width=640, height=360, fx=500.0, fy=500.0, cx=320.0, cy=180.0, position_m=(0, 0, 1.5), rotation_wxyz=(0.5, -0.5, 0.5, -0.5)
)
TOLERANCE_M = 0.03  # a pixel where the coarse mesh begins is 1.5 cm of a person and 3.5 cm of a car
LEVELS = sorted(kind for kind, actor in actor_kinds().items() if actor.levels and actor.__module__.startswith("scenes."))


def sphere(radius_m: float) -> bytes:
    return actor_key({"kind": "test_sphere", "radius_m": radius_m})


def test_equal_values_share_one_mesh() -> None:
    assert mesh_of(sphere(1.25)) is mesh_of(actor_key({"radius_m": 1.25, "kind": "test_sphere"}))


def seen_at(actor: dict[str, object], distance_m: float) -> str:
    size = actor_kinds()[str(actor["kind"])]().size_m()
    thing = ObjectSpec(id=1, name="thing", actor=actor, semantic="object", size_m=size, pose=PoseSpec(position_m=(distance_m, 0.0, 1.5)))
    return str(orjson.loads(mesh_key(CAMERA, thing)).get("detail"))


@pytest.mark.parametrize("kind", LEVELS)
def test_what_is_small_in_the_picture_is_built_coarsely(kind: str) -> None:
    limit_m = max(actor_kinds()[kind]().size_m()) * (CAMERA.fx / FAR_PX + 0.5)
    assert seen_at({"kind": kind}, limit_m - 0.1) == "near"
    assert seen_at({"kind": kind}, limit_m + 0.1) == "far"
    assert seen_at({"kind": kind, "detail": "near"}, limit_m + 0.1) == "near"


def test_an_actor_without_levels_has_one_mesh() -> None:
    assert seen_at({"kind": "test_sphere"}, 1.0) == seen_at({"kind": "test_sphere"}, 1000.0) == "None"


@pytest.mark.parametrize("kind", LEVELS)
def test_a_coarse_mesh_is_smaller_in_memory_and_as_large_in_the_world(kind: str) -> None:
    near, far = (mesh_of(actor_key({"kind": kind, "detail": detail})) for detail in ("near", "far"))
    assert len(far.faces) < 0.4 * len(near.faces)
    assert np.abs(far.vertices.min(0) - near.vertices.min(0)).max() < TOLERANCE_M
    assert np.abs(far.vertices.max(0) - near.vertices.max(0)).max() < TOLERANCE_M

"""Meshes are built once for equal values, and only so many bytes of them are kept."""

from __future__ import annotations

import tests.actors  # noqa: F401  (registers the test actors)
from generator.build import LastMeshes, actor_key, mesh_of


def sphere(radius_m: float) -> bytes:
    return actor_key({"kind": "test_sphere", "radius_m": radius_m})


def test_equal_values_share_one_mesh() -> None:
    assert mesh_of(sphere(1.25)) is mesh_of(actor_key({"radius_m": 1.25, "kind": "test_sphere"}))


def test_the_limit_in_bytes_holds_and_what_was_used_last_stays() -> None:
    size = mesh_of(sphere(1.0)).nbytes
    kept = LastMeshes(limit=2 * size)
    first, second = kept.mesh(sphere(1.0)), kept.mesh(sphere(2.0))
    assert kept.mesh(sphere(1.0)) is first
    kept.mesh(sphere(3.0))
    assert kept.bytes == 2 * size
    assert kept.mesh(sphere(1.0)) is first
    assert kept.mesh(sphere(2.0)) is not second


def test_a_mesh_beyond_the_limit_is_still_given() -> None:
    kept = LastMeshes(limit=1)
    mesh = kept.mesh(sphere(1.0))
    assert kept.mesh(sphere(1.0)) is mesh
    kept.mesh(sphere(2.0))
    assert kept.bytes == mesh.nbytes

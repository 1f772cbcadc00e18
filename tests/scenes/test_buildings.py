"""Buildings stand in rows without gaps, have real openings, light up as asked and keep their looks when they do."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from generator.actor import actor_kinds, make_actor
from generator.mesh import Material, Mesh
from generator.streams import Stream
from scenes.street.buildings_parts import Rect, WindowStyle, pane_rects, panel, room

BUILDINGS = ["terraced_house", "shop", "block", "detached_house", "warehouse", "church"]
ROW = ["terraced_house", "shop", "block", "warehouse"]  # those that may stand wall to wall
LIT = ["terraced_house", "shop", "block", "detached_house", "warehouse"]


def caster(mesh: Mesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices.astype(float), mesh.faces, process=False)


def area_of(mesh: Mesh, mask: np.ndarray) -> float:
    a, b, c = (mesh.vertices[mesh.faces[mask, k]].astype(float) for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def glow(mesh: Mesh) -> float:
    """Area that emits light, square metres."""
    return area_of(mesh, np.array([m.emission_w_m2 > 0 for m in mesh.materials])[mesh.slots])


@pytest.mark.parametrize("kind", BUILDINGS)
@pytest.mark.parametrize("variant", range(4))
def test_nothing_can_be_looked_through(kind: str, variant: int) -> None:
    """Rays from the street through the front never leave a building at the back: no hole in wall, window, door or roof."""
    actor = make_actor({"kind": kind, "variant": variant})
    mesh, (length, width, height) = actor.build(), actor.size_m()
    rng = np.random.default_rng(variant)
    wall_top = min(height * 0.45, 5.0)
    target = np.column_stack([np.zeros(400), rng.uniform(-0.46, 0.2, 400) * width, rng.uniform(0.3, wall_top, 400)])
    origin = target + np.array([length / 2 + 8.0, 0.0, 0.0])
    first = caster(mesh).ray.intersects_first(origin, np.tile([-1.0, 0.0, 0.0], (400, 1)))
    assert (first >= 0).all()
    normal = np.cross(
        mesh.vertices[mesh.faces[first, 1]] - mesh.vertices[mesh.faces[first, 0]],
        mesh.vertices[mesh.faces[first, 2]] - mesh.vertices[mesh.faces[first, 0]],
    )
    assert (normal[:, 0] > 0).all(), "the first surface met is seen from its back"


@pytest.mark.parametrize("kind", ROW)
def test_rows_close(kind: str) -> None:
    """Two neighbours meet: their side walls lie at exactly half their width."""
    for variant in range(4):
        actor = make_actor({"kind": kind, "variant": variant})
        low, high = actor.build().bounds_m()
        assert high[1] == pytest.approx(actor.size_m()[1] / 2, abs=0.005)
        assert low[1] == pytest.approx(-actor.size_m()[1] / 2, abs=0.005)


def test_fronts_of_a_row_align() -> None:
    """Houses and shops of any depth have their front walls 0.3 m behind the building line (those without bays)."""
    for kind, values in (("terraced_house", {"bay": False}), ("shop", {})):
        for depth in (8.0, 12.0):
            actor = make_actor({"kind": kind, "depth_m": depth, "storeys": 3, **values})
            mesh = actor.build()
            hit = caster(mesh).ray.intersects_location([[30.0, actor.width_m / 2 - 0.02, 6.0]], [[-1.0, 0.0, 0.0]], multiple_hits=False)[0]
            assert depth / 2 - hit[0][0] == pytest.approx(0.3, abs=0.15)


@pytest.mark.parametrize("kind", LIT)
def test_windows_light_up_as_asked(kind: str) -> None:
    dark, half, full = (glow(make_actor({"kind": kind, "variant": 1, "lit_windows": share}).build()) for share in (0.0, 0.5, 1.0))
    assert dark == 0.0
    assert 0.0 < half < full


@pytest.mark.parametrize("kind", LIT)
def test_night_changes_only_the_lamps(kind: str) -> None:
    """Day and night of one house: the same walls, doors and roofs."""
    day, night = (make_actor({"kind": kind, "variant": 5, "lit_windows": share}).build() for share in (0.0, 0.6))
    rough = [{m for m in mesh.materials if m.coat < 0.5 and m.emission_w_m2 == 0} for mesh in (day, night)]
    assert rough[0] >= rough[1]
    assert rough[0]


@pytest.mark.parametrize("kind", BUILDINGS)
def test_variants_differ(kind: str) -> None:
    looks = {make_actor({"kind": kind, "variant": v}).build().materials for v in range(6)}
    assert len(looks) > 1


def test_windows_are_recessed() -> None:
    """A ray through the middle of a pane goes deeper than the wall's face, one beside the window does not."""
    actor = make_actor({"kind": "terraced_house", "style": "modern", "bay": False, "storeys": 2})
    mesh = actor.build()
    y = np.linspace(-actor.width_m / 2 + 0.05, actor.width_m / 2 - 0.05, 200)
    origins = np.column_stack([np.full(200, 30.0), y, np.full(200, 0.32 + 2.8 + 1.5)])
    depth = caster(mesh).ray.intersects_location(origins, np.tile([-1.0, 0.0, 0.0], (200, 1)), multiple_hits=False)
    x = depth[0][:, 0]
    wall_x = actor.size_m()[0] / 2 - 0.3
    assert (np.abs(x - wall_x) < 1e-3).mean() > 0.2
    assert (x < wall_x - 0.05).mean() > 0.2


def test_panel_area_is_wall_less_holes() -> None:
    wall, holes = Rect(0, 10, 0, 6), [Rect(1, 2, 1, 3), Rect(4, 6, 1, 2), Rect(4, 6, 3, 5), Rect(8, 9, 0, 2.5)]
    mesh = panel(wall, holes, 0.0, Material())
    assert area_of(mesh, np.ones(len(mesh.faces), bool)) == pytest.approx(60 - sum(h.width_m * h.height_m for h in holes), rel=1e-6)


def test_panes_fill_the_frame() -> None:
    style = WindowStyle(3, 2, Material(), Material(), frame_m=0.1, bar_m=0.05)
    panes = pane_rects(Rect(0, 2, 0, 1.5), style)
    assert len(panes) == 6
    assert sum(p.width_m * p.height_m for p in panes) == pytest.approx((1.8 - 0.1) * (1.3 - 0.05))


def test_rooms_are_partitions() -> None:
    hole = Rect(-0.6, 0.6, 1.0, 2.6)
    for i in range(60):
        parts = room(hole, Stream.root("test", i), 0.5)
        assert sum(r.width_m * r.height_m for r, _ in parts) == pytest.approx(1.2 * 1.6)


def test_all_buildings_are_labelled_as_such() -> None:
    assert {kind for kind, cls in actor_kinds().items() if cls.semantic == "building"} >= set(BUILDINGS)

"""People seen from afar: fewer triangles, the same outline, pose, colours and box."""

from __future__ import annotations

import numpy as np
import pytest

from assets.people.collapse import collapse_edges
from generator.actor import Actor
from generator.mesh import Mesh
from scenes.street.people.body import Physique, shaped, template
from scenes.street.people.lookalikes import Mannequin, Statue
from scenes.street.people.person import Person
from scenes.street.people.rider import Rider
from scenes.street.people.surface import border

PEOPLE: tuple[Actor, ...] = (
    Person(),
    Person(pose="sitting", bottom="long_skirt", hair="long", variant=4),
    Person(pose="running", sex=1.0, age_years=22.0, bottom="shorts", top="t_shirt", outer="none", hair="short"),
    Person(pose="crouching", age_years=6.0, outer="hoodie", hat="hood"),
    Person(pose="fallen_side", sex=1.0, age_years=70.0, weight=0.9, outer="coat", hat="sun_hat"),
    Person(pose="phone_look", sex=1.0, african=0.9, asian=0.0, beard=True, hi_vis=True, hat="hard_hat", shoes="boots"),
    Person(pose="walking", bottom="dress", umbrella=True, bag="backpack", hair="bun"),
    Rider(mount="road", sex=0.0),
    Rider(mount="scooter", hat="full_helmet"),
    Mannequin(),
    Statue(pose="hailing"),
)


def levels(actor: Actor) -> tuple[Mesh, Mesh]:
    near, far = (actor.model_copy(update={"detail": detail}).build() for detail in ("near", "far"))
    return near, far


@pytest.mark.parametrize("actor", PEOPLE, ids=range(len(PEOPLE)))
def test_far_people_are_in_the_same_box_with_a_third_of_the_triangles(actor: Actor) -> None:
    near, far = levels(actor)
    np.testing.assert_allclose(far.bounds_m(), near.bounds_m(), atol=0.02)
    assert len(far.faces) < 0.34 * len(near.faces)
    assert far.materials == near.materials


def area_m2(mesh: Mesh, slot: int, axis: int, cell_m: float = 0.02) -> float:
    """What one material's triangles cover, seen along an axis, hidden or not: cells of a raster with a point of them inside."""
    corners = mesh.vertices[mesh.faces[mesh.slots == slot]].astype(float)
    steps = [(i / 12, j / 12, 1 - (i + j) / 12) for i in range(13) for j in range(13 - i)]
    points = np.einsum("sc,fca->fsa", np.array(steps), corners).reshape(-1, 3)
    cells = np.floor(np.delete(points, axis, axis=1) / cell_m).astype(int)
    return len(np.unique(cells, axis=0)) * cell_m**2


@pytest.mark.parametrize("actor", PEOPLE[:7], ids=range(7))
def test_every_garment_covers_as_much_from_afar(actor: Actor) -> None:
    near, far = levels(actor)
    worn = [slot for slot, material in enumerate(near.materials) if material.texture == "fabric"]
    assert worn
    for slot in worn:
        for axis in (0, 1):
            assert area_m2(far, slot, axis) == pytest.approx(area_m2(near, slot, axis), rel=0.1, abs=0.01)


def test_a_far_body_is_the_near_one_at_fewer_vertices() -> None:
    physique = Physique(8.0, 0.3, 0.6, 0.8, 0.5, 0.2)
    near, joints = shaped(physique, 1.3)
    far, far_joints = shaped(physique, 1.3, "far")
    np.testing.assert_allclose(far, near[template("far").kept], atol=1e-6)
    np.testing.assert_allclose(far_joints, joints, atol=1e-6)
    assert len(far) < 0.3 * len(near)


@pytest.mark.parametrize("part", ["skin", "cloth"])
def test_far_faces_leave_no_new_holes(part: str) -> None:
    """Every border of the far surface runs along vertices of the near one's border."""
    near, far = template(), template("far")
    edges = border(getattr(far, part))
    assert np.isin(far.kept[edges], border(getattr(near, part))).all()


def test_collapsing_a_flat_sheet_keeps_its_outline() -> None:
    """A square of 10 x 10 cells is flat, so its four corners are enough, and no step may cut into its border."""
    x, y = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 11))
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(121)])
    cell = np.add.outer(11 * np.arange(10), np.arange(10)).ravel()
    faces = np.concatenate([np.stack([cell, cell + 1, cell + 12], 1), np.stack([cell, cell + 12, cell + 11], 1)])
    few = collapse_edges(faces, points[None], 8, keep_border=False)
    a, b, c = (points[few[:, k]] for k in range(3))
    areas = np.cross(b - a, c - a)[:, 2] / 2
    assert len(few) <= 8
    assert areas.min() > 0
    assert areas.sum() == pytest.approx(1.0)

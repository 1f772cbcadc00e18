"""Animals: sound skins, proportions, poses, sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.actor import make_actor
from scenes.street.animal_plans import (
    CAT,
    COW,
    DACHSHUND,
    DEER,
    GREYHOUND,
    HORSE,
    POODLE,
    RETRIEVER,
    SHEPHERD,
    TERRIER,
    Gait,
    Plan,
    skeleton,
)
from scenes.street.animal_surface import Cone, distance, skin

PLANS = (RETRIEVER, SHEPHERD, GREYHOUND, TERRIER, DACHSHUND, POODLE, CAT, DEER, HORSE, COW)


def volume(points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (points[faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


@given(radius=st.floats(0.1, 0.5), x=st.floats(-1, 1))
@settings(max_examples=10, deadline=None)
def test_the_skin_of_a_ball_is_a_ball(radius: float, x: float) -> None:
    points, faces = skin([Cone((x, 0.0, 0.0), (x, 0.0, 0.0), radius, radius)], radius / 12, 0.01)
    distances = np.linalg.norm(points - (x, 0, 0), axis=1)
    np.testing.assert_allclose(distances, radius, rtol=0.02)
    assert volume(points, faces) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.02)


def test_the_skin_of_a_rod_is_closed_and_has_its_volume() -> None:
    points, faces = skin([Cone((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.2, 0.2)], 0.025, 0.05)
    assert volume(points, faces) == pytest.approx(np.pi * 0.04 + 4 / 3 * np.pi * 0.008, rel=0.02)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {tuple(e) for e in edges.tolist()} == {(b, a) for a, b in edges.tolist()}


def test_distance_to_a_rod() -> None:
    rod = Cone((0.0, 0.0, 0.0), (2.0, 0.0, 0.0), 0.5, 0.5)
    points = np.array([[1.0, 2.0, 0.0], [3.5, 0.0, 0.0], [1.0, 0.0, 0.1]], np.float32)
    np.testing.assert_allclose(distance(rod, points), [1.5, 1.0, -0.4], atol=1e-6)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("gait", ["standing", "walking", "running", "grazing"])
def test_four_feet_near_the_ground(plan: Plan, gait: Gait) -> None:
    cones, head = skeleton(plan, gait, 0.2)
    feet = sorted(min(c.a[2] - c.radius_a, c.b[2] - c.radius_b) for c in cones if c.part in ("hoof", "sock"))
    assert -0.08 < feet[0] < 0.10, "no foot on the ground"
    assert sum(abs(c.b[1]) > 0.03 and c.part == ("hoof" if plan.hoof else "sock") for c in cones) >= 4
    assert (head.skull[2] < 0.75) == (gait == "grazing") or plan in (DACHSHUND, COW)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "dog", "breed": "dachshund"},
        {"kind": "dog", "breed": "greyhound", "pose": "running", "phase": 0.4},
        {"kind": "dog", "pose": "sitting"},
        {"kind": "cat", "pose": "walking"},
        {"kind": "deer", "antlers": 0.7},
        {"kind": "horse", "pose": "grazing"},
        {"kind": "cow"},
        {"kind": "bird"},
        {"kind": "bird", "species": "gull", "pose": "flying", "flap": 0.7},
        {"kind": "bird", "species": "crow", "pose": "pecking"},
    ],
)
def test_size_and_ground(values: dict[str, object]) -> None:
    actor = make_actor(values)
    low, high = actor.build().bounds_m()
    size = np.array(actor.size_m())
    assert low[2] == pytest.approx(0.0, abs=1e-5)
    assert (np.abs(high - low - size) <= 2 * np.maximum(0.02 * size, 0.02)).all(), (high - low, size)


def test_breeds_differ_as_they_should() -> None:
    sizes = {breed: make_actor({"kind": "dog", "breed": breed}).size_m() for breed in ("dachshund", "retriever", "greyhound")}
    assert sizes["dachshund"][0] / sizes["dachshund"][2] > 1.5 * sizes["retriever"][0] / sizes["retriever"][2]
    assert sizes["greyhound"][2] > sizes["retriever"][2]


def test_a_second_colour_covers_part_of_the_coat() -> None:
    for coat in ("saddle", "patches", "tabby"):
        mesh = make_actor({"kind": "dog", "coat": coat}).build()
        share = np.mean(mesh.slots == 1)
        assert 0.05 < share < 0.8, coat


def test_spotted_cows_differ_by_variant() -> None:
    one, two = (make_actor({"kind": "cow", "variant": v}).build() for v in (1, 2))
    np.testing.assert_array_equal(one.vertices, two.vertices)
    assert (one.slots != two.slots).mean() > 0.05

"""Cars of one shape share their bodywork: what is shared must not show."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.street.vehicles import assembly, surfaces
from scenes.street.vehicles.car import Car
from scenes.street.vehicles.van import Van

ORDINARY = {"variant": 3, "plate": "none"}
CARS = [
    Car(body="estate", **ORDINARY),
    Car(body="estate", color=(0.6, 0.01, 0.01), headlights=True, brake_lights=True, indicator="left", dirt=0.9, **ORDINARY),
]
VANS = [Van(**ORDINARY), Van(color=(0.1, 0.2, 0.5), headlights=True, indicator="right", **ORDINARY)]


@pytest.mark.parametrize("pair", [CARS, VANS], ids=["car", "van"])
def test_paint_and_lamps_change_no_triangle(pair: list[Car] | list[Van]) -> None:
    first, second = (actor.build() for actor in pair)
    assert np.array_equal(first.vertices[first.faces], second.vertices[second.faces])


@pytest.mark.parametrize("actor", [*CARS, *VANS], ids=repr)
def test_no_stand_in_is_left(actor: Car | Van) -> None:
    assert all(min(material.color) >= 0 for material in actor.build().materials)


def test_a_car_is_the_same_whoever_was_built_before() -> None:
    assembly._bare.cache_clear()
    alone = CARS[1].build()
    assembly._bare.cache_clear()
    CARS[0].build()
    after = CARS[1].build()
    assert alone.materials == after.materials
    assert np.array_equal(alone.slots, after.slots)
    assert np.array_equal(alone.vertices, after.vertices)


def test_indicators_glow_on_their_side() -> None:
    car = CARS[1].build()
    glowing = surfaces.indicator_lamp("left", "left")
    middles = car.vertices[car.faces[car.slots == car.materials.index(glowing)]].mean(axis=1)
    assert len(middles)
    assert (middles[:, 1] > 0).all()

"""Small street furniture: bollards, benches, bicycle stands, hydrants, parking meters. Fronts face +X, widths lie along Y."""

from __future__ import annotations

from math import pi
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, prism, tube
from scenes.street.coatings import ALUMINIUM, CAST_IRON, CONCRETE, DARK_STEEL, GALVANISED, MATT_BLACK, WOOD, film, painted, plastic

BollardStyle = Literal["cast_iron", "steel", "concrete", "plastic", "lit_island"]
_BOLLARD_RADIUS_M: dict[BollardStyle, float] = {"cast_iron": 0.1, "steel": 0.057, "concrete": 0.13, "plastic": 0.1, "lit_island": 0.16}
_REFLECTOR = film((0.92, 0.92, 0.9))


@register
class Bollard(Actor):
    """A post that keeps cars off the pavement; lit_island is the white and yellow box on a traffic island."""

    kind: Literal["bollard"] = "bollard"
    style: BollardStyle = "cast_iron"
    height_m: float = Field(default=1.0, ge=0.5, le=1.4)

    semantic: ClassVar[str] = "pole"

    def size_m(self) -> Vector:
        width = 2 * _BOLLARD_RADIUS_M[self.style]
        return (0.26 if self.style == "lit_island" else width, width, self.height_m)

    def build(self) -> Mesh:
        h, r = self.height_m, _BOLLARD_RADIUS_M[self.style]
        if self.style == "lit_island":
            foot = box((0.26, 2 * r, 0.06), MATT_BLACK, center_m=(0, 0, 0.03))
            body = box((0.22, 2 * r - 0.03, h - 0.06), plastic((0.93, 0.92, 0.86)), center_m=(0, 0, 0.06 + (h - 0.06) / 2))
            band = box((0.226, 2 * r - 0.024, 0.16), film((0.98, 0.78, 0.1)), center_m=(0, 0, 0.3 * h))
            return merge([foot, body, band])
        if self.style == "cast_iron":
            profile = [(r, 0), (r, 0.1), (0.75 * r, 0.16), (0.62 * r, 0.75 * h), (0.8 * r, 0.78 * h), (0.62 * r, 0.81 * h)]
            profile += [(0.5 * r, 0.88 * h), (0.78 * r, 0.92 * h), (0.7 * r, 0.97 * h), (0, h)]
            return lathe(profile, CAST_IRON, segments=14)
        if self.style == "concrete":
            return lathe([(r, 0), (0.92 * r, 0.9 * h), (0.7 * r, 0.97 * h), (0, h)], CONCRETE, segments=16)
        coat = plastic((0.16, 0.17, 0.17)) if self.style == "plastic" else GALVANISED
        post = lathe([(r, 0), (r, 0.03), (0.8 * r, 0.05), (0.8 * r, 0.97 * h), (0.6 * r, h), (0, h)], coat, segments=14)
        bands = [lathe([(0.81 * r, z), (0.81 * r, z + 0.07)], _REFLECTOR, segments=14) for z in (0.72 * h, 0.84 * h)]
        return merge([post, *bands])


@register
class Bench(Actor):
    """A bench that looks to +X: wood on cast iron, wood with concrete ends, or steel."""

    kind: Literal["bench"] = "bench"
    style: Literal["wood", "concrete", "steel"] = "wood"
    length_m: float = Field(default=1.8, ge=1.0, le=4.0)

    def size_m(self) -> Vector:
        return (0.66, self.length_m, 0.45 if self.style == "concrete" else 0.85)

    def build(self) -> Mesh:
        if self.style == "concrete":
            ends = [box((0.5, 0.16, 0.4), CONCRETE, center_m=(0, s * (self.length_m / 2 - 0.18), 0.2)) for s in (-1, 1)]
            planks = [box((0.12, self.length_m, 0.05), WOOD, center_m=(x, 0, 0.425)) for x in np.linspace(-0.27, 0.27, 5)]
            return merge([*ends, *planks])
        wood = WOOD if self.style == "wood" else GALVANISED
        iron = CAST_IRON if self.style == "wood" else DARK_STEEL
        seat = [box((0.085, self.length_m, 0.035), wood, center_m=(x, 0, 0.44)) for x in np.linspace(-0.12, 0.25, 4)]
        back = [box((0.035, self.length_m, 0.085), wood, center_m=(-0.2 - 0.25 * (z - 0.55), 0, z)) for z in (0.57, 0.69, 0.8075)]
        sides = [self._side(s * (self.length_m / 2 - 0.15), iron) for s in (-1, 1)]
        return merge([*seat, *back, *sides])

    def _side(self, y: float, iron: Material) -> Mesh:
        front = tube(np.array([[0.315, y, 0], [0.25, y, 0.15], [0.24, y, 0.42], [-0.16, y, 0.42]]), 0.02, iron, segments=6)
        rear = tube(np.array([[-0.31, y, 0], [-0.2, y, 0.2], [-0.165, y, 0.44], [-0.27, y, 0.82]]), 0.02, iron, segments=6)
        arm = tube(np.array([[0.24, y, 0.42], [0.25, y, 0.63], [-0.2, y, 0.64]]), 0.018, iron, segments=6)
        return merge([front, rear, arm])


@register
class BikeRack(Actor):
    """Bicycle stands (hoops of bent tube) in a row along Y; bicycles lean on them along X."""

    kind: Literal["bike_rack"] = "bike_rack"
    count: int = Field(default=4, ge=1, le=12)
    pitch_m: float = Field(default=0.9, ge=0.5, le=1.5)

    semantic: ClassVar[str] = "pole"

    def size_m(self) -> Vector:
        return (0.75, (self.count - 1) * self.pitch_m + 0.05, 0.8)

    def build(self) -> Mesh:
        turn = np.linspace(0, pi / 2, 5)
        corner = np.stack([0.2 * (1 - np.cos(turn)), 0 * turn, 0.575 + 0.2 * np.sin(turn)], axis=1) - [0.35, 0, 0]
        half = np.concatenate([[[-0.35, 0, 0]], corner])
        hoop = np.concatenate([half, half[::-1] * [-1, 1, 1]])
        stand = tube(hoop, 0.025, GALVANISED, segments=8)
        return merge([stand.moved((0, (k - (self.count - 1) / 2) * self.pitch_m, 0)) for k in range(self.count)])


@register
class FireHydrant(Actor):
    """A fire hydrant on the pavement."""

    kind: Literal["fire_hydrant"] = "fire_hydrant"
    color: Literal["red", "yellow", "blue"] = "red"

    def size_m(self) -> Vector:
        return (0.34, 0.42, 0.78)

    def build(self) -> Mesh:
        coat = painted({"red": (0.72, 0.1, 0.08), "yellow": (0.93, 0.72, 0.1), "blue": (0.12, 0.28, 0.6)}[self.color])
        profile = [(0.17, 0), (0.17, 0.04), (0.12, 0.05), (0.11, 0.1), (0.11, 0.5), (0.14, 0.51), (0.14, 0.55)]
        profile += [(0.12, 0.56), (0.1, 0.66), (0.04, 0.71), (0.04, 0.78), (0, 0.78)]
        cap = lathe([(0.05, 0), (0.05, 0.07), (0.06, 0.075), (0.06, 0.1), (0.02, 0.1), (0.02, 0.11)], coat, segments=10)
        to_left = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
        side = cap.transformed(to_left, (0, 0.1, 0.42))
        front = lathe([(0.07, 0), (0.07, 0.05), (0.08, 0.05), (0.08, 0.07)], coat, segments=12).transformed(
            np.array([[0, 0, 1.0], [0, 1.0, 0], [-1.0, 0, 0]]), (0.1, 0, 0.36)
        )
        return merge([lathe(profile, coat, segments=16), side, side.transformed(np.diag([1.0, -1.0, 1.0])), front])


@register
class ParkingMeter(Actor):
    """A ticket machine on the pavement, its display towards +X."""

    kind: Literal["parking_meter"] = "parking_meter"
    style: Literal["machine", "post"] = "machine"

    def size_m(self) -> Vector:
        return (0.3, 0.34, 1.75) if self.style == "machine" else (0.15, 0.18, 1.4)

    def build(self) -> Mesh:
        if self.style == "post":
            head = prism([(0.06, -0.09), (0.06, 0.09), (-0.06, 0.09), (-0.06, -0.09)], 0.24, DARK_STEEL, bottom_m=1.08)
            dome = lathe([(0.09, 0), (0.08, 0.05), (0, 0.08)], ALUMINIUM, segments=12).moved((0, 0, 1.32), scale=(0.66, 1, 1))
            post = lathe([(0.075, 0), (0.075, 0.02), (0.03, 0.04), (0.03, 1.1)], GALVANISED, segments=10)
            return merge([head, dome, post, box((0.006, 0.12, 0.08), film((0.5, 0.6, 0.5)), center_m=(0.063, 0, 1.24))])
        case = box((0.28, 0.34, 1.3), painted((0.18, 0.24, 0.32)), center_m=(-0.01, 0, 0.65))
        parts = [
            case,
            box((0.3, 0.34, 0.05), DARK_STEEL, center_m=(0, 0, 1.325)),
            box((0.015, 0.2, 0.14), film((0.55, 0.66, 0.58)), center_m=(0.1375, 0, 1.18)),
            box((0.015, 0.24, 0.3), ALUMINIUM, center_m=(0.1375, 0, 0.88)),
            tube(np.array([[0, 0, 1.3], [0, 0, 1.5]]), 0.02, DARK_STEEL),
            box((0.03, 0.3, 0.3), film((0.05, 0.28, 0.62)), center_m=(0, 0, 1.6)),
        ]
        return merge(parts)

"""What bounds front gardens and yards: brick walls, railings, wooden fences. They stand along Y, their street side towards +X."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.streams import Stream
from scenes.shapes import box
from scenes.street import buildings_looks as looks

_PIER_M = 0.34
_WALL_THICK_M = 0.225  # one brick
_RAIL_PITCH_M = 0.12  # Building Regulations K: no gap above 100 mm


@register
class GardenWall(Actor):
    """A low wall with coping stones and a pier at either end; `railings_m` of iron on top of it, 0 for none."""

    kind: Literal["garden_wall"] = "garden_wall"
    width_m: float = Field(default=5.0, ge=1, le=40)
    height_m: float = Field(default=0.8, ge=0.3, le=2.5)
    railings_m: float = Field(default=0.0, ge=0, le=1.2)
    wall: Literal["brick", "render", "stone"] | None = None
    wall_color: Rgb | None = None

    semantic: ClassVar[str] = "wall"

    def size_m(self) -> Vector:
        return _PIER_M, self.width_m, max(self.height_m + 0.28, self.height_m + self.railings_m)

    def build(self) -> Mesh:
        stream = Stream.root(self.kind, self.variant)
        kind: str = self.wall or looks.picked(("brick", "brick", "render", "stone"), stream.child("wall"))
        palette = {"brick": looks.BRICKS, "render": looks.RENDERS, "stone": looks.STONES}[kind]
        wall = looks.wall_surface(kind, self.wall_color or looks.picked(palette, stream.child("color")))
        cap, half, high = looks.stone(), self.width_m / 2, self.height_m
        length = self.width_m - 2 * _PIER_M
        parts = [box((_WALL_THICK_M, length, high - 0.06), wall, center_m=(0.0, 0.0, (high - 0.06) / 2))]
        parts.append(box((_WALL_THICK_M + 0.06, length, 0.06), cap, center_m=(0.0, 0.0, high - 0.03)))
        for y in (-half + _PIER_M / 2, half - _PIER_M / 2):
            parts.append(box((_PIER_M - 0.04, _PIER_M - 0.04, high + 0.2), wall, center_m=(0.0, y, (high + 0.2) / 2)))
            parts.append(box((_PIER_M, _PIER_M, 0.08), cap, center_m=(0.0, y, high + 0.24)))
        if self.railings_m:
            parts += [part.moved((0.0, 0.0, high)) for part in _bars(length, self.railings_m, looks.PLASTIC_BLACK)]
        return merge(parts)


@register
class Railings(Actor):
    """Iron railings on the ground, or the guard rail at a crossing (`style` "guard": galvanised, without points)."""

    kind: Literal["railings"] = "railings"
    width_m: float = Field(default=6.0, ge=1, le=40)
    height_m: float = Field(default=1.1, ge=0.5, le=2.2)
    style: Literal["iron", "guard"] = "iron"
    color: Rgb = (0.012, 0.013, 0.014)

    semantic: ClassVar[str] = "fence"

    def size_m(self) -> Vector:
        return 0.06, self.width_m, self.height_m

    def build(self) -> Mesh:
        steel = Material(color=(0.3, 0.31, 0.32), metallic=0.7, roughness=0.5, variation=0.3)
        iron = steel if self.style == "guard" else looks.painted(self.color, 0.4)
        posts = [y * (self.width_m / 2 - 0.03) for y in np.linspace(-1, 1, max(2, round(self.width_m / 2) + 1))]
        high = self.height_m if self.style == "guard" else self.height_m - 0.02
        upright = [box((0.06, 0.06, high), iron, center_m=(0.0, float(y), high / 2)) for y in posts]
        return merge([*upright, *_bars(self.width_m - 0.06, self.height_m, iron, pointed=self.style == "iron")])


def _bars(length_m: float, height_m: float, iron: Material, *, pointed: bool = True) -> Iterator[Mesh]:
    """Two rails and the bars between them, standing on z = 0."""
    top = height_m - (0.1 if pointed else 0.02)
    for z in (0.12, top):
        yield box((0.04, length_m, 0.03), iron, center_m=(0.0, 0.0, z))
    count = max(2, round(length_m / _RAIL_PITCH_M))
    for y in (np.arange(count) + 0.5) / count * length_m - length_m / 2:
        tip = height_m if pointed else top
        yield box((0.016, 0.016, tip - 0.1), iron, center_m=(0.0, float(y), (tip + 0.1) / 2))
        if pointed:
            yield box((0.03, 0.03, 0.035), iron, center_m=(0.0, float(y), height_m - 0.045))


@register
class WoodenFence(Actor):
    """Close boards between posts."""

    kind: Literal["wooden_fence"] = "wooden_fence"
    width_m: float = Field(default=6.0, ge=1, le=40)
    height_m: float = Field(default=1.6, ge=0.6, le=2.5)
    color: Rgb = (0.2, 0.12, 0.07)

    semantic: ClassVar[str] = "fence"

    def size_m(self) -> Vector:
        return 0.12, self.width_m, self.height_m

    def build(self) -> Mesh:
        wood = Material(
            color=self.color, texture="wood", texture_scale_m=0.15, variation=0.5, roughness=0.9, bump=0.2, dirt=0.2, weathered=True
        )
        stream, half, board = Stream.root(self.kind, self.variant), self.width_m / 2, 0.1
        posts = np.linspace(-half + 0.05, half - 0.05, max(2, round(self.width_m / 1.8) + 1))
        parts = [box((0.1, 0.1, self.height_m), wood, center_m=(-0.01, float(y), self.height_m / 2)) for y in posts]
        parts += [box((0.05, self.width_m - 0.1, 0.08), wood, center_m=(-0.005, 0.0, z)) for z in (0.35, self.height_m - 0.3)]
        count = int((self.width_m - 0.02) / board)
        for i in range(count):
            high = self.height_m - 0.06 - 0.03 * stream.child(i).uniform()
            y = -half + 0.01 + (i + 0.5) * (self.width_m - 0.02) / count
            parts.append(box((0.02, board * 0.94, high - 0.05), wood, center_m=(0.045 + 0.005 * (i % 2), y, 0.05 + (high - 0.05) / 2)))
        return merge(parts)

"""Things of road works: cones, barriers, a skip. Barriers run along Y, their faces towards +X and -X."""

from __future__ import annotations

from math import pi
from typing import Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, loft, tube
from scenes.street.coatings import CONCRETE, DARK_STEEL, GALVANISED, RUBBER, SOIL, WOOD, film, glowing, painted, plastic
from scenes.street.drawings import mounted, polygon

_ORANGE = plastic((0.93, 0.32, 0.08))
_RED, _WHITE = film((0.76, 0.1, 0.1)), film((0.93, 0.93, 0.92))


@register
class TrafficCone(Actor):
    """A cone with white sleeves on a square foot; `fallen` ones lie along X, their tip towards +X."""

    kind: Literal["traffic_cone"] = "traffic_cone"
    height_m: float = Field(default=0.75, ge=0.3, le=1.1)
    fallen: bool = False

    def size_m(self) -> Vector:
        foot, h = 0.52 * self.height_m, self.height_m
        return (h, foot, foot) if self.fallen else (foot, foot, h)

    def build(self) -> Mesh:
        h = self.height_m
        foot = 0.52 * h
        slope = [(0.19 * h, 0.05 * h), (0.045 * h, h)]
        cone = lathe([*slope, (0.0, h)], _ORANGE, segments=20)
        sleeves = [
            lathe([(_on(slope, a * h) + 0.003, a * h), (_on(slope, b * h) + 0.003, b * h)], _WHITE, segments=20)
            for a, b in ((0.34, 0.52), (0.66, 0.8))
        ]
        standing = merge([cone, *sleeves, box((foot, foot, 0.05 * h), RUBBER, center_m=(0, 0, 0.025 * h))])
        if not self.fallen:
            return standing
        lying = np.array([[0, 0, 1.0], [0, 1.0, 0], [-1.0, 0, 0]])
        return standing.transformed(lying, (-h / 2, 0, foot / 2))


def _on(slope: list[tuple[float, float]], z: float) -> float:
    """The cone's radius at height z."""
    (r0, z0), (r1, z1) = slope
    return r0 + (r1 - r0) * (z - z0) / (z1 - z0)


@register
class Barrier(Actor):
    """A barrier that runs along Y: a red and white plank, a plastic pedestrian barrier, a concrete block, or a mesh fence panel.

    `beacon`: an amber lamp on top of a plank, lit.
    """

    kind: Literal["barrier"] = "barrier"
    style: Literal["plank", "plastic", "concrete", "mesh"] = "plank"
    length_m: float = Field(default=2.0, ge=1.0, le=6.0)
    beacon: bool = False

    def size_m(self) -> Vector:
        beacon = 0.2 if self.beacon and self.style == "plank" else 0.0
        depth, height = {"plank": (0.5, 1.05), "plastic": (0.5, 1.0), "concrete": (0.6, 0.82), "mesh": (0.6, 2.0)}[self.style]
        return (depth, self.length_m, height + beacon)

    def build(self) -> Mesh:
        return {"plank": self._plank, "plastic": self._plastic, "concrete": self._concrete, "mesh": self._mesh}[self.style]()

    def _plank(self) -> Mesh:
        half = self.length_m / 2
        planks = [_striped_board(half, z, 0.2) for z in (0.93, 0.5)]
        feet = [box((0.5, 0.2, 0.1), RUBBER, center_m=(0, s * (half - 0.25), 0.05)) for s in (-1, 1)]
        posts = [box((0.04, 0.05, 0.95), GALVANISED, center_m=(-0.035, s * (half - 0.25), 0.525)) for s in (-1, 1)]
        parts = [*planks, *feet, *posts]
        if self.beacon:
            lamp = lathe([(0.05, 1.03), (0.09, 1.06), (0.1, 1.14), (0.08, 1.22), (0, 1.25)], glowing((1.0, 0.36, 0.02), 120.0), segments=14)
            parts.append(lamp.moved((0, half - 0.25, 0)))
        return merge(parts)

    def _plastic(self) -> Mesh:
        half = self.length_m / 2
        bars = [
            box((0.06, 0.06, 0.88), _ORANGE, center_m=(0, y, 0.52))
            for y in np.linspace(-half + 0.03, half - 0.03, 2 + int(self.length_m / 0.16))
        ]
        rails = [box((0.065, self.length_m - 0.01, h), _ORANGE, center_m=(0, 0, z)) for z, h in ((0.16, 0.1), (0.68, 0.06), (0.97, 0.06))]
        feet = [box((0.5, 0.12, 0.08), RUBBER, center_m=(0, s * (half - 0.3), 0.04)) for s in (-1, 1)]
        return merge([*bars, *rails, _striped_board(half - 0.03, 0.82, 0.2), *feet])

    def _concrete(self) -> Mesh:
        """The New Jersey profile: a steep foot, a slope, a nearly upright stem."""
        half = self.length_m / 2
        side = [(0.3, 0.0), (0.3, 0.08), (0.17, 0.33), (0.09, 0.82)]
        outline = [*side, *((-x, z) for x, z in reversed(side))]
        rings = np.array([[(x, y, z) for x, z in outline] for y in (half, -half)])
        return loft(rings, CONCRETE)

    def _mesh(self) -> Mesh:
        half = self.length_m / 2
        frame = np.array([(0, -half + 0.02, 0.1), (0, -half + 0.02, 1.98), (0, half - 0.02, 1.98), (0, half - 0.02, 0.1)])
        edges = [tube(frame[[k, (k + 1) % 4]], 0.02, GALVANISED, segments=6) for k in range(4)]
        wires = [box((0.005, 0.005, 1.88), GALVANISED, center_m=(0, y, 1.04)) for y in np.arange(-half + 0.1, half, 0.1)]
        wires += [box((0.005, self.length_m - 0.04, 0.005), GALVANISED, center_m=(0, 0, z)) for z in np.arange(0.3, 1.9, 0.25)]
        feet = [box((0.6, 0.22, 0.14), CONCRETE, center_m=(0, s * (half - 0.12), 0.07)) for s in (-1, 1)]
        return merge([*edges, *wires, *feet])


def _striped_board(half_m: float, z_m: float, height_m: float) -> Mesh:
    """A white board along Y with slanting red stripes on both faces."""
    board = box((0.03, 2 * half_m, height_m), _WHITE, center_m=(0, 0, z_m))
    h, stripes = height_m / 2, max(round(half_m / 0.25), 2)
    pitch = 2 * half_m / stripes
    marks = []
    for k in range(stripes):
        u = -half_m + k * pitch
        marks.append(polygon([(u, -h), (u + 0.45 * pitch, -h), (u + 0.9 * pitch, h), (u + 0.45 * pitch, h)], _RED))
    face = mounted(marks, (0.015, 0, z_m))
    return merge([board, face, face.moved((0, 0, 0), yaw_rad=pi)])


@register
class Skip(Actor):
    """An open steel container for builders' waste, loaded, its long side along X."""

    kind: Literal["skip"] = "skip"
    color: Literal["yellow", "blue", "green", "red"] = "yellow"

    def size_m(self) -> Vector:
        return (3.6, 1.75, 1.5)

    def build(self) -> Mesh:
        coat = painted(
            {"yellow": (0.93, 0.7, 0.1), "blue": (0.12, 0.3, 0.55), "green": (0.15, 0.38, 0.22), "red": (0.65, 0.14, 0.1)}[self.color],
            dirt=0.5,
        )
        outer = [
            _frame(1.05, 0.8, 0.06),
            _frame(1.72, 0.82, 1.2),
            _frame(1.8, 0.875, 1.2),
            _frame(1.8, 0.875, 1.27),
            _frame(1.68, 0.8, 1.27),
            _frame(1.5, 0.78, 0.95),
        ]
        shell = loft(np.stack(outer), coat)
        ribs = [box((0.1, 0.06, 1.1), coat, center_m=(x, s * 0.845, 0.65)) for x in (-0.7, 0.0, 0.7) for s in (-1, 1)]
        rails = [box((2.0, 0.12, 0.08), DARK_STEEL, center_m=(0, s * 0.5, 0.04)) for s in (-1, 1)]
        return merge([shell, *ribs, *rails, *self._load()])

    def _load(self) -> list[Mesh]:
        """Rubble with planks and bags thrown on it, up to 1.5 m high."""
        rng = self.stream().generator()
        heap = lathe([(1.0, 0.95), (0.8, 1.12), (0.45, 1.28), (0.0, 1.34)], SOIL, segments=14).moved((0, 0, 0), scale=(1.45, 0.75, 1.0))
        load: list[Mesh] = [heap, box((0.5, 0.4, 0.3), CONCRETE, center_m=(0.2, 0.1, 1.35))]
        for _ in range(6):
            x, y = rng.uniform(-0.9, 0.9), rng.uniform(-0.4, 0.4)
            load.append(
                box((rng.uniform(0.8, 1.4), 0.16, 0.03), _wood(rng)).moved(
                    (x, y * 0.6, rng.uniform(1.25, 1.4)), yaw_rad=rng.uniform(-0.35, 0.35)
                )
            )
        for _ in range(10):
            size = rng.uniform(0.12, 0.3, 3)
            load.append(
                box(size.tolist(), CONCRETE).moved(
                    (rng.uniform(-1.1, 1.1), rng.uniform(-0.5, 0.5), 1.1 + rng.uniform(0, 0.15)), yaw_rad=rng.uniform(0, pi)
                )
            )
        return load


def _wood(rng: np.random.Generator) -> Material:
    """Planks of slightly different brightness."""
    shade = rng.uniform(0.6, 1.2)
    r, g, b = WOOD.color
    return WOOD.model_copy(update={"color": (round(r * shade, 3), round(g * shade, 3), round(b * shade, 3))})


def _frame(half_x: float, half_y: float, z: float) -> np.ndarray:
    """(4, 3) corners of a level rectangle, counter-clockwise."""
    return np.array([(half_x, -half_y, z), (half_x, half_y, z), (-half_x, half_y, z), (-half_x, -half_y, z)])

"""Hedges and bushes: a dark core that stops the light, and a skin of leaves over it. Hedges run along Y, as walls and fences do."""

from __future__ import annotations

from math import pi
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, merge
from scenes.shapes import box, lathe
from scenes.street.fitting import fitted
from scenes.street.foliage import SHADE, Foliage, leaf_material, petals, sprays

_LEAF_M = 0.09
_LEAVES_A_M2 = 260  # seven overlapping sprays deep: opaque but ragged
_MOST_LEAVES = 7000


@register
class Hedge(Actor):
    """A clipped hedge that runs along Y: thickness_m along X, length_m along Y."""

    kind: Literal["hedge"] = "hedge"
    length_m: float = Field(default=4.0, ge=0.5, le=30.0)
    height_m: float = Field(default=1.3, ge=0.3, le=4.0)
    thickness_m: float = Field(default=0.7, ge=0.3, le=3.0)
    foliage: Foliage = "green"

    semantic: ClassVar[str] = "vegetation"

    def size_m(self) -> Vector:
        return (self.thickness_m, self.length_m, self.height_m)

    def build(self) -> Mesh:
        rng = self.stream().generator()
        size = np.array(self.size_m())
        core_size = size - np.array([0.14, 0.14, 0.08])
        core = box(core_size, leaf_material(SHADE), center_m=(0, 0, core_size[2] / 2))
        points, normals = _on_box(core_size, rng)
        bulge = 0.03 * np.sin(points[:, 1] * 2.1 + 3 * rng.random()) * np.sin(points[:, 2] * 2.7)
        points += normals * (bulge + rng.uniform(-0.01, 0.05, len(points)))[:, None]
        return fitted(merge([core, sprays(points, normals, _LEAF_M * _spread(core_size), self.foliage, rng)]), self.size_m())


@register
class Bush(Actor):
    """A rounded shrub; `blossom` sets flowers on it."""

    kind: Literal["bush"] = "bush"
    width_m: float = Field(default=1.4, ge=0.3, le=5.0)
    height_m: float = Field(default=1.2, ge=0.3, le=4.0)
    foliage: Foliage = "green"
    blossom: bool = False

    semantic: ClassVar[str] = "vegetation"

    def size_m(self) -> Vector:
        return (self.width_m, self.width_m, self.height_m)

    def build(self) -> Mesh:
        rng = self.stream().generator()
        points, normals = _on_lumps(rng)
        scale = np.array([0.46 * self.width_m, 0.46 * self.width_m, 0.9 * self.height_m])
        core = lathe([(0.4, 0.0), (0.6, 0.2), (0.52, 0.5), (0.28, 0.68), (0.0, 0.72)], leaf_material(SHADE), segments=10).moved(
            (0, 0, 0), scale=scale.tolist()
        )
        length = 0.085 * (self.width_m**2 * self.height_m) ** (1 / 3)
        parts = [core, sprays(points * scale, normals, length, self.foliage, rng)]
        if self.blossom:
            some = rng.random(len(points)) < 0.12
            parts.append(petals(points[some] * scale + 0.03 * normals[some], normals[some], 0.5 * length, rng))
        return fitted(merge(parts), self.size_m())


def _spread(size: np.ndarray) -> float:
    """How much larger leaves must be where their number is limited: coverage stays the same."""
    wanted = _LEAVES_A_M2 * _skin_m2(size)
    return float(np.sqrt(max(wanted / _MOST_LEAVES, 1.0)))


def _skin_m2(size: np.ndarray) -> float:
    x, y, z = size
    return float(2 * x * z + 2 * y * z + x * y)


def _on_box(size: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points and outward normals, each (N, 3), spread over the sides and the top of a box that stands on the ground."""
    x, y, z = size
    areas = np.array([y * z, y * z, x * z, x * z, x * y])
    count = min(int(_LEAVES_A_M2 * areas.sum()), _MOST_LEAVES)
    side = rng.choice(5, count, p=areas / areas.sum())
    normals = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], float)[side]
    points = rng.uniform(-0.5, 0.5, (count, 3))
    points = np.where(normals != 0, 0.5 * normals, points) * size + np.array([0, 0, z / 2])
    return points, normals


def _on_lumps(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points and normals on a heap of overlapping balls, about 2 wide and 1 high."""
    count, lumps = 4200, 9
    angle = np.arange(lumps) * 2 * pi / (lumps - 1) + rng.uniform(-0.3, 0.3, lumps)
    out = rng.uniform(0.45, 0.62, lumps)
    centers = np.stack([out * np.cos(angle), out * np.sin(angle), rng.uniform(0.15, 0.5, lumps)], axis=1)
    centers[0] = (0.0, 0.0, 0.6)
    which = rng.integers(0, lumps, count)
    normals = rng.normal(size=(count, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = centers[which] + normals * np.array([0.42, 0.42, 0.38]) * rng.uniform(0.75, 1.0, (count, 1))
    above = points[:, 2] > 0.02
    return points[above], normals[above]

"""Hedges, bushes and flower beds: a dark core that stops the light, and a skin of leaves over it.

Hedges run along Y, as walls and fences do.
"""

from __future__ import annotations

from math import pi
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.colors import linear_from_srgb
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.shapes import box, lathe, tube
from scenes.street.coatings import CONCRETE, DARK_STEEL, SOIL, WOOD
from scenes.street.foliage import leaves

_LEAF_M = 0.09
_LEAVES_A_M2 = 260  # seven overlapping sprays deep: opaque but ragged
_MOST_LEAVES = 7000
_DARK: Rgb = linear_from_srgb((0.15, 0.21, 0.09))
_GREENS: dict[str, tuple[Rgb, ...]] = {
    "green": ((0.25, 0.38, 0.15), (0.32, 0.45, 0.18), (0.20, 0.31, 0.12), (0.40, 0.50, 0.24)),
    "dark": ((0.16, 0.27, 0.14), (0.21, 0.33, 0.17), (0.13, 0.22, 0.12), (0.27, 0.38, 0.22)),
    "copper": ((0.36, 0.20, 0.18), (0.44, 0.26, 0.20), (0.29, 0.16, 0.15), (0.42, 0.32, 0.22)),
    "autumn": ((0.62, 0.40, 0.16), (0.70, 0.52, 0.20), (0.50, 0.30, 0.14), (0.44, 0.44, 0.18)),
}
_PETALS: tuple[Rgb, ...] = (
    (0.85, 0.12, 0.14),
    (0.95, 0.78, 0.15),
    (0.93, 0.90, 0.92),
    (0.72, 0.28, 0.66),
    (0.95, 0.48, 0.15),
    (0.35, 0.30, 0.78),
)

Foliage = Literal["green", "dark", "copper", "autumn"]


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
        core = box(core_size, _leaf(_DARK), center_m=(0, 0, core_size[2] / 2))
        points, normals = _on_box(core_size, rng)
        bulge = 0.03 * np.sin(points[:, 1] * 2.1 + 3 * rng.random()) * np.sin(points[:, 2] * 2.7)
        points += normals * (bulge + rng.uniform(-0.01, 0.05, len(points)))[:, None]
        return _fitted(merge([core, _sprays(points, normals, _LEAF_M * _spread(core_size), self.foliage, rng)]), self.size_m())


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
        core = lathe([(0.4, 0.0), (0.6, 0.2), (0.52, 0.5), (0.28, 0.68), (0.0, 0.72)], _leaf(_DARK), segments=10).moved(
            (0, 0, 0), scale=scale
        )
        length = 0.085 * (self.width_m**2 * self.height_m) ** (1 / 3)
        parts = [core, _sprays(points * scale, normals, length, self.foliage, rng)]
        if self.blossom:
            some = rng.random(len(points)) < 0.12
            parts.append(_petals(points[some] * scale + 0.03 * normals[some], normals[some], 0.5 * length, rng))
        return _fitted(merge(parts), self.size_m())


@register
class FlowerBed(Actor):
    """A low bed of flowers, in the ground with a stone edge, or in a raised planter (`raised`)."""

    kind: Literal["flower_bed"] = "flower_bed"
    length_m: float = Field(default=2.0, ge=0.4, le=12.0)
    width_m: float = Field(default=0.9, ge=0.4, le=6.0)
    raised: Literal["none", "concrete", "wood", "steel"] = "none"

    semantic: ClassVar[str] = "vegetation"

    def size_m(self) -> Vector:
        return (self.width_m, self.length_m, self._rim_m() + 0.3)

    def build(self) -> Mesh:
        rng = self.stream().generator()
        rim, coat = self._rim_m(), {"none": CONCRETE, "concrete": CONCRETE, "wood": WOOD, "steel": DARK_STEEL}[self.raised]
        x, y = self.width_m, self.length_m
        walls = [box((x, 0.06, rim), coat, center_m=(0, s * (y / 2 - 0.03), rim / 2)) for s in (-1, 1)]
        walls += [box((0.06, y - 0.12, rim), coat, center_m=(s * (x / 2 - 0.03), 0, rim / 2)) for s in (-1, 1)]
        soil = box((x - 0.12, y - 0.12, rim - 0.03), SOIL, center_m=(0, 0, (rim - 0.03) / 2))
        count = min(int(150 * x * y) + 30, 1500)
        flat = rng.uniform(-0.5, 0.5, (count, 2)) * np.array([x - 0.2, y - 0.2])
        points = np.concatenate([flat, rng.uniform(rim, rim + 0.16, (count, 1))], axis=1)
        up = np.tile([0.0, 0.0, 1.0], (count, 1)) + 0.7 * rng.normal(size=(count, 3))
        green = _sprays(points - [0, 0, 0.05], up, 0.1, "green", rng)
        heads = points[rng.random(count) < 0.5] + [0, 0, 0.09]
        petals = _petals(np.repeat(heads, 3, axis=0), rng.normal((0.0, 0.0, 0.8), size=(3 * len(heads), 3)), 0.06, rng)
        return _fitted(merge([*walls, soil, green, petals]), self.size_m())

    def _rim_m(self) -> float:
        return 0.1 if self.raised == "none" else 0.5


def _sprays(points: np.ndarray, normals: np.ndarray, length_m: float, foliage: str, rng: np.random.Generator) -> Mesh:
    """Leaves that grow out of (N, 3) points along their normals, ragged."""
    directions = 0.6 * normals + 0.8 * rng.normal(size=points.shape) + np.array([0.0, 0.0, 0.3])
    lengths = length_m * rng.uniform(0.6, 1.3, len(points))
    colors = [_leaf(linear_from_srgb(c)) for c in _GREENS[foliage]]
    return leaves(points, directions, lengths, colors, rng, up=0.3)


def _petals(points: np.ndarray, normals: np.ndarray, length_m: float, rng: np.random.Generator) -> Mesh:
    """Flower petals of two or three colours."""
    chosen = rng.choice(len(_PETALS), 3, replace=False)
    colors = [Material(color=linear_from_srgb(_PETALS[k]), roughness=0.6, variation=0.1) for k in chosen]
    lengths = length_m * rng.uniform(0.8, 1.2, len(points))
    return leaves(points, normals + 0.5 * rng.normal(size=points.shape), lengths, colors, rng, slender=0.9, up=0.6)


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


def _fitted(mesh: Mesh, size_m: Vector) -> Mesh:
    """The mesh with its bounds moved exactly to `size_m`, standing on the ground; it changes by a few centimetres."""
    low, high = mesh.bounds_m()
    scale = np.array(size_m) / (high - low)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return mesh.moved(tuple(-middle * scale), scale=tuple(scale))


def _leaf(color: Rgb) -> Material:
    return Material(color=color, texture="foliage", texture_scale_m=0.5, variation=0.3, roughness=0.6, specular=0.3, weathered=True)


@register
class Planter(Actor):
    """A round tub with a small clipped tree or a low bush in it."""

    kind: Literal["planter"] = "planter"
    width_m: float = Field(default=0.6, ge=0.3, le=1.5)
    height_m: float = Field(default=1.5, ge=0.8, le=2.5)

    semantic: ClassVar[str] = "vegetation"

    def size_m(self) -> Vector:
        return (self.width_m, self.width_m, self.height_m)

    def build(self) -> Mesh:
        rng = self.stream().generator()
        r, tub_m = self.width_m / 2, 0.55 * self.width_m
        profile = [
            (0.72 * r, 0.0),
            (0.92 * r, tub_m - 0.05),
            (r, tub_m - 0.05),
            (r, tub_m),
            (0.88 * r, tub_m),
            (0.86 * r, tub_m - 0.04),
            (0.0, tub_m - 0.04),
        ]
        tub = lathe(profile, CONCRETE, segments=20)
        ball_m = 0.96 * r
        center = self.height_m - ball_m
        stem = tube(np.array([[0, 0, tub_m - 0.05], [0, 0, center]]), 0.02, WOOD, segments=6)
        normals = rng.normal(size=(900, 3))
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        crown = _sprays(normals * 0.85 * ball_m, normals, 0.24 * r, "dark", rng)
        core = lathe([(0.0, -0.75), (0.55, -0.5), (0.75, 0.0), (0.55, 0.5), (0.0, 0.75)], _leaf(_DARK), segments=10).moved(
            (0, 0, 0), scale=ball_m
        )
        ball = _fitted(merge([crown, core]), (2 * ball_m, 2 * ball_m, 2 * ball_m)).moved((0, 0, center - ball_m))
        return merge([tub, stem, ball])

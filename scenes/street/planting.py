"""Planting in beds and tubs. Beds run along Y."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, merge
from scenes.shapes import box, lathe, tube
from scenes.street.coatings import CONCRETE, DARK_STEEL, SOIL, WOOD
from scenes.street.fitting import fitted
from scenes.street.foliage import SHADE, leaf_material, petals, sprays


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
        green = sprays(points - [0, 0, 0.05], up, 0.1, "green", rng)
        heads = points[rng.random(count) < 0.5] + [0, 0, 0.09]
        flowers = petals(np.repeat(heads, 3, axis=0), rng.normal((0.0, 0.0, 0.8), size=(3 * len(heads), 3)), 0.06, rng)
        return fitted(merge([*walls, soil, green, flowers]), self.size_m())

    def _rim_m(self) -> float:
        return 0.1 if self.raised == "none" else 0.5


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
        crown = sprays(normals * 0.85 * ball_m, normals, 0.24 * r, "dark", rng)
        core = lathe([(0.0, -0.75), (0.55, -0.5), (0.75, 0.0), (0.55, 0.5), (0.0, 0.75)], leaf_material(SHADE), segments=10).moved(
            (0, 0, 0), scale=ball_m
        )
        ball = fitted(merge([crown, core]), (2 * ball_m, 2 * ball_m, 2 * ball_m)).moved((0, 0, center - ball_m))
        return merge([tub, stem, ball])

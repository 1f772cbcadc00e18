"""Actors of known shape for tests: a sphere, a box and a plane whose images follow from formulas."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh
from scenes.shapes import box, lathe, plate


@register
class TestSphere(Actor):
    """A sphere that stands on its origin; with 96 segments its silhouette is within 0.06 % of the true radius."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_sphere"] = "test_sphere"
    radius_m: float = Field(default=1.0, gt=0)
    segments: int = Field(default=96, ge=8)
    material: Material = Material(color=(0.8, 0.2, 0.1))

    def size_m(self) -> Vector:
        return (2 * self.radius_m, 2 * self.radius_m, 2 * self.radius_m)

    def build(self) -> Mesh:
        angle = np.linspace(0.0, np.pi, self.segments // 2 + 1)
        radius, height = self.radius_m * np.sin(angle), self.radius_m * (1 - np.cos(angle))
        profile = [(float(r), float(z)) for r, z in zip(radius, height, strict=True)]
        return lathe(profile, self.material, segments=self.segments)


@register
class TestBox(Actor):
    """A box that stands on its origin."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_box"] = "test_box"
    length_m: float = Field(default=1.0, gt=0)
    width_m: float = Field(default=1.0, gt=0)
    height_m: float = Field(default=1.0, gt=0)
    material: Material = Material(color=(0.1, 0.4, 0.8))

    def size_m(self) -> Vector:
        return (self.length_m, self.width_m, self.height_m)

    def build(self) -> Mesh:
        return box(self.size_m(), self.material, center_m=(0.0, 0.0, self.height_m / 2))


@register
class TestPlane(Actor):
    """A flat rectangle on the ground, seen from above."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_plane"] = "test_plane"
    length_m: float = Field(default=100.0, gt=0)
    width_m: float = Field(default=100.0, gt=0)
    material: Material = Material(color=(0.3, 0.3, 0.3))

    semantic: ClassVar[str] = "road"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        return (self.length_m, self.width_m, 0.0)

    def build(self) -> Mesh:
        x, y = self.length_m / 2, self.width_m / 2
        return plate(np.array([(-x, -y, 0.0), (x, -y, 0.0), (x, y, 0.0), (-x, y, 0.0)]), self.material)

"""A plain floor, for looking at actors and for scenes that have no ground of their own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh
from scenes.shapes import plate


@register
class StudioFloor(Actor):
    """A level square."""

    kind: Literal["studio_floor"] = "studio_floor"
    side_m: float = Field(default=200.0, gt=0)
    material: Material = Material(color=(0.22, 0.22, 0.21), texture="concrete", texture_scale_m=2.0, roughness=0.9)

    semantic: ClassVar[str] = "floor"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        return (self.side_m, self.side_m, 0.0)

    def build(self) -> Mesh:
        half = self.side_m / 2
        return plate(np.array([(-half, -half, 0.0), (half, -half, 0.0), (half, half, 0.0), (-half, half, 0.0)]), self.material)

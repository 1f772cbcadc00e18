"""The land around the street, out to where it meets the sky."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.street.road_layout import SIDES, Block, RoadLayout
from scenes.street.road_sheets import oriented, ribbon, sheet

_BELOW_PAVEMENT_M = 0.02  # under the pavement's back edge, so that no gap shows
_PLAIN_Z_M = -0.3  # the far plain lies under the road and everything
_PLAIN_SEGMENTS = 48


@register
class Terrain(Actor):
    """Front gardens, yards and fields behind the pavements, and a round plain of `radius_m` below it all.

    cover: what grows or lies there beside the street; the far plain is always grass and soil.
    """

    kind: Literal["terrain"] = "terrain"
    layout: RoadLayout = RoadLayout()
    radius_m: float = Field(default=1200.0, ge=450, le=5000)
    cover: Literal["grass", "soil", "paving", "asphalt"] = "grass"
    color: Rgb = (0.07, 0.1, 0.03)

    semantic: ClassVar[str] = "terrain"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        """The far plain's; it reaches from below the road up to the pavements' height."""
        return 2 * self.radius_m, 2 * self.radius_m, self.layout.kerb_height_m - _BELOW_PAVEMENT_M

    def build(self) -> Mesh:
        layout = self.layout
        scale = {"grass": 0.15, "soil": 0.3, "paving": 0.5, "asphalt": 0.5}[self.cover]
        near = Material(
            color=self.color, texture=self.cover, texture_scale_m=scale, variation=0.6, roughness=0.95, bump=0.5, weathered=True
        )
        far = Material(
            color=(0.07, 0.085, 0.035), color2=(0.1, 0.08, 0.05), texture="grass", texture_scale_m=2.0, variation=0.6, roughness=1.0
        )
        return merge([self._plain(far), *(self._plot(block, near) for side in SIDES for block in layout.blocks(side))])

    def _plain(self, material: Material) -> Mesh:
        angle = np.linspace(0.0, 2 * np.pi, _PLAIN_SEGMENTS, endpoint=False)
        rim = np.stack([self.radius_m * np.cos(angle), self.radius_m * np.sin(angle), np.full(_PLAIN_SEGMENTS, _PLAIN_Z_M)], axis=1)
        i = np.arange(1, _PLAIN_SEGMENTS - 1)
        return oriented(rim, np.stack([np.zeros_like(i), i, i + 1], axis=1), material)

    def _plot(self, block: Block, material: Material) -> Mesh:
        """What lies behind a block's pavement, a little below it, as deep as the side road is long."""
        layout = self.layout
        back = layout.pavement_v(block.side)[1] - _BELOW_PAVEMENT_M
        inset = max(back, layout.corner_radius_m)  # inside of this the corner is no longer round
        height = layout.kerb_height_m - _BELOW_PAVEMENT_M
        start = block.start_m + inset * (block.corner == "start")
        end = block.end_m - inset * (block.corner == "end")
        s = np.linspace(start, end, layout.steps(block.length_m) + 1)
        t = [layout.t_of(block.side, v) for v in (inset, layout.side_road_length_m)]
        rows = np.stack([np.stack([s, np.full(len(s), value)], axis=-1) for value in t])
        parts = [ribbon(layout, block, [(back, height), (inset, height)], material), sheet(layout, rows, height, material)]
        return merge(part for part in parts if len(part.faces))

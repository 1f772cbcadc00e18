"""Pavements with their kerb stones, and the grass between them and the road."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.street.road_layout import CROSSING_WIDTH_M, KERB_WIDTH_M, SIDES, Block, RoadLayout, Side
from scenes.street.road_sheets import rectangles, ribbon

_BEVEL_M = 0.018
_BELOW_ROAD_M = 0.03  # the kerb face goes on below the asphalt, so that no gap shows
_UNDER_FRONTS_M = 0.8  # up to the walls of houses, which stand back behind their steps, sills and bays
_TACTILE_Z_M = 0.003
_TACTILE_DEPTH_M = 0.8  # two rows of 400 mm blister paving (Guidance on the use of tactile paving surfaces, DfT)


@register
class Pavement(Actor):
    """Footways on both sides, round the corners of side roads too, with kerb stones.

    surface: "slabs", "asphalt" or "bricks". color: mean linear colour. kerb_color: of the stones.
    """

    kind: Literal["pavement"] = "pavement"
    layout: RoadLayout = RoadLayout()
    surface: Literal["slabs", "asphalt", "bricks"] = "slabs"
    color: Rgb = (0.17, 0.16, 0.145)
    kerb_color: Rgb = (0.21, 0.2, 0.185)
    dirt: float = Field(default=0.3, ge=0, le=1)

    semantic: ClassVar[str] = "pavement"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        length, width = _extent(self.layout, 1)
        return length, width, self.layout.kerb_height_m + _TACTILE_Z_M * (self.layout.crossing_s is not None)

    def build(self) -> Mesh:
        parts = []
        for side in SIDES:
            for block in self.layout.blocks(side):
                parts += [self._kerb(block), self._footway(block)]
        return merge([*parts, *self._tactile()])

    def _kerb(self, block: Block) -> Mesh:
        """Face, bevelled edge and top of the kerb stones."""
        height = self.layout.kerb_height_m
        profile = [(0.0, -_BELOW_ROAD_M), (0.0, height - _BEVEL_M), (_BEVEL_M, height), (KERB_WIDTH_M, height)]
        stone = Material(
            color=self.kerb_color, texture="paving", texture_scale_m=0.9, variation=0.4,
            roughness=0.8, bump=0.2, dirt=self.dirt, weathered=True,
        )  # fmt: skip
        return ribbon(self.layout, block, profile, stone)

    def _footway(self, block: Block) -> Mesh:
        inner, outer = self.layout.pavement_v(block.side)
        if self.layout.setback_m(block.side) == 0:
            outer += _UNDER_FRONTS_M
        height = self.layout.kerb_height_m
        texture, scale = {"slabs": ("paving", 0.6), "asphalt": ("asphalt", 0.5), "bricks": ("brick", 0.1)}[self.surface]
        material = Material(
            color=self.color, color2=_scaled(self.color, 0.45), texture=texture, texture_scale_m=scale, variation=0.45,
            roughness=0.85, bump=0.3, dirt=self.dirt, weathered=True,
        )  # fmt: skip
        return ribbon(self.layout, block, [(inner, height), (outer, height)], material)

    def _tactile(self) -> list[Mesh]:
        """Blister paving from the crossing over any verge to the pavement: red at signals, buff at a zebra."""
        layout = self.layout
        if layout.crossing_s is None:
            return []
        color = (0.3, 0.1, 0.07) if layout.crossing_kind == "signal" else (0.42, 0.33, 0.2)
        material = Material(color=color, texture="paving", texture_scale_m=0.4, variation=0.3, roughness=0.8, bump=0.5, weathered=True)
        boxes = []
        for side in SIDES:
            t0, t1 = sorted(layout.t_of(side, v) for v in (KERB_WIDTH_M, layout.verge_v(side)[1] + _TACTILE_DEPTH_M))
            boxes.append((layout.crossing_s - CROSSING_WIDTH_M / 2, layout.crossing_s + CROSSING_WIDTH_M / 2, t0, t1))
        return [rectangles(layout, boxes, layout.kerb_height_m + _TACTILE_Z_M, material)]


@register
class Verge(Actor):
    """Mown grass between kerb and pavement, a mesh without faces where the layout has no verge."""

    kind: Literal["verge"] = "verge"
    layout: RoadLayout = RoadLayout(verge_left_m=2.0, verge_right_m=2.0)
    color: Rgb = (0.06, 0.1, 0.025)

    semantic: ClassVar[str] = "vegetation"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        length, width = _extent(self.layout, 0)
        return length, width, self.layout.kerb_height_m

    def build(self) -> Mesh:
        layout = self.layout
        grass = Material(
            color=self.color, color2=(0.12, 0.1, 0.04), texture="grass", texture_scale_m=0.15, variation=0.7, roughness=0.95, bump=0.6
        )
        height = layout.kerb_height_m
        return merge(
            ribbon(layout, block, [(v, height) for v in layout.verge_v(side)], grass) for side in SIDES for block in layout.blocks(side)
        )


def _scaled(color: Rgb, factor: float) -> Rgb:
    r, g, b = color
    return (round(r * factor, 4), round(g * factor, 4), round(b * factor, 4))


def _extent(layout: RoadLayout, edge: int) -> tuple[float, float]:
    """Length and width around the pavements' (edge 1) or verges' (edge 0) outer edges."""

    def outer(side: Side) -> float:
        return layout.t_of(side, layout.pavement_v(side)[edge] + _UNDER_FRONTS_M * (edge == 1 and layout.setback_m(side) == 0))

    return layout.footprint_m(outer("left"), outer("right"), side_roads=layout.side_road_length_m)

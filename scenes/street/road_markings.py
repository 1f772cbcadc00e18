"""White and yellow paint on the road: an actor of its own, because it is a class of its own in the semantic map."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.street import road_paint as paint
from scenes.street.road_layout import SIDES, RoadLayout
from scenes.street.road_sheets import polygon, rectangles, sheet

_Z_M = 0.004
_LAYER_M = 0.0003  # between paint that crosses other paint: faces at one height shade each other black


@register
class Markings(Actor):
    """All road markings of a street, 4 mm above the asphalt.

    worn 0..1: how grey and blotchy the paint is. arrows: on the lanes before the junction. box_junction: the yellow grid.
    slow: SLOW on the ego lane that many metres ahead, or none.
    """

    kind: Literal["markings"] = "markings"
    layout: RoadLayout = RoadLayout()
    worn: float = Field(default=0.4, ge=0, le=1)
    arrows: bool = False
    box_junction: bool = False
    slow_at_m: float | None = Field(default=None, ge=5, le=200)

    semantic: ClassVar[str] = "road_marking"
    ground: ClassVar[bool] = True

    @model_validator(mode="after")
    def _word_is_on_the_road(self) -> Self:
        if self.slow_at_m is not None and self.slow_at_m > self.layout.ahead_m - 3:
            raise ValueError(f"slow_at_m is {self.slow_at_m}, but the road ends at ahead_m={self.layout.ahead_m}")
        return self

    def size_m(self) -> Vector:
        left, right = (self.layout.kerb_t(side) for side in SIDES)
        length, width = self.layout.footprint_m(left, right, side_roads=self.layout.side_road_length_m * 0.9)
        return length, width, _Z_M + 3 * _LAYER_M

    def build(self) -> Mesh:
        layout, white, yellow = self.layout, _paint(_WHITE, self.worn), _paint(_YELLOW, self.worn)
        white_boxes = [*paint.along_lines(layout), *paint.crossing_boxes(layout), *paint.give_way_boxes(layout), *paint.bay_boxes(layout)]
        white_outlines = [*paint.zigzags(layout), *(paint.arrows(layout) if self.arrows else ())]
        letters = list(paint.word("SLOW", self.slow_at_m)) if self.slow_at_m is not None else []
        grid = list(paint.box_junction(layout)) if self.box_junction else []
        kerb_paint = yellow if "yellow" in layout.edge_lines else white
        parts = [
            rectangles(layout, white_boxes, _Z_M, white),
            rectangles(layout, list(paint.kerb_boxes(layout)), _Z_M, kerb_paint),
            *(sheet(layout, rows, _Z_M, kerb_paint) for rows in paint.kerb_corners(layout)),
            *(polygon(layout, outline, _Z_M, white) for outline in white_outlines),
            *(polygon(layout, outline, _Z_M + _LAYER_M, white) for outline in letters),
            *(polygon(layout, outline, _Z_M + _LAYER_M * (1 + layer), yellow) for layer, outline in grid),
        ]
        return merge(part for part in parts if len(part.faces))


_WHITE: Rgb = (0.62, 0.62, 0.6)
_YELLOW: Rgb = (0.55, 0.38, 0.06)


def _paint(color: Rgb, worn: float) -> Material:
    """Thermoplastic paint; traffic greys it."""
    r, g, b = (round(c * (1.0 - 0.45 * worn), 4) for c in color)
    return Material(
        color=(r, g, b), color2=(0.12, 0.12, 0.12), texture="paint", texture_scale_m=0.4, variation=worn, roughness=0.6, weathered=True
    )  # fmt: skip

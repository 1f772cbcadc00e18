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
_LAYER_M, _LAYERS = 0.00025, 12  # faces at one height would shade each other black


@register
class Markings(Actor):
    """All road markings of a street, 4 to 7 mm above the asphalt.

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
        return length, width, _layer_m(_LAYERS - 1)

    def build(self) -> Mesh:
        """Each kind of paint in a layer of its own, as one is painted over another."""
        layout, white, yellow = self.layout, _paint(_WHITE, self.worn), _paint(_YELLOW, self.worn)
        kerb = yellow if "yellow" in layout.edge_lines else white
        boxes = [
            (paint.along_lines(layout), white), (paint.bay_boxes(layout), white), (paint.kerb_boxes(layout), kerb),
            (paint.crossing_boxes(layout), white), (paint.give_way_boxes(layout), white),
        ]  # fmt: skip
        parts = [rectangles(layout, list(some), _layer_m(i), color) for i, (some, color) in enumerate(boxes)]
        parts += [sheet(layout, rows, _layer_m(5), kerb) for rows in paint.kerb_corners(layout)]
        parts += [polygon(layout, outline, _layer_m(6), white) for outline in paint.zigzags(layout)]
        if self.arrows:
            parts += [polygon(layout, outline, _layer_m(7), white) for outline in paint.arrows(layout)]
        if self.slow_at_m is not None:
            parts += [polygon(layout, outline, _layer_m(8), white) for outline in paint.word("SLOW", self.slow_at_m)]
        if self.box_junction:
            parts += [polygon(layout, outline, _layer_m(9 + layer), yellow) for layer, outline in paint.box_junction(layout)]
        return merge(part for part in parts if len(part.faces))


def _layer_m(layer: int) -> float:
    return _Z_M + layer * _LAYER_M


_WHITE: Rgb = (0.62, 0.62, 0.6)
_YELLOW: Rgb = (0.55, 0.38, 0.06)


def _paint(color: Rgb, worn: float) -> Material:
    """Thermoplastic paint; traffic greys it."""
    r, g, b = (round(c * (1.0 - 0.45 * worn), 4) for c in color)
    return Material(
        color=(r, g, b), color2=(0.12, 0.12, 0.12), texture="paint", texture_scale_m=0.4, variation=worn, roughness=0.6, weathered=True
    )  # fmt: skip

"""Detached and semi-detached houses with hipped or gabled roofs, porches and garages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb
from generator.streams import Stream
from scenes.street import buildings_looks as looks
from scenes.street.buildings_fronts import band, shell, steps, window_row, windows
from scenes.street.buildings_parts import DARK_GLASS, Rect, WindowStyle, block, door, panel, quads, solid
from scenes.street.buildings_roofs import GUTTER_M, chimney, gable_roof, hip_roof, ridge_rise_m

_EAVES_M = 0.35  # overhang of a hipped roof all round
_PORCH_M = 1.2
_FLOOR_Z = 0.16
_GARAGE_M = 3.0
_STOREY_M = 2.6
_STACK_M = 0.9


@register
class DetachedHouse(Actor):
    """A house that stands alone, its front towards +X. What is left None is chosen by `variant`.

    `garage`: a single garage on its left (+Y). `semi`: two front doors, mirrored halves, as a pair of semis.
    """

    kind: Literal["detached_house"] = "detached_house"
    width_m: float = Field(default=11.0, ge=8, le=20)
    depth_m: float = Field(default=9.5, ge=8, le=16)
    storeys: int = Field(default=2, ge=1, le=3)
    roof_pitch_rad: float = Field(default=0.6, ge=0.3, le=0.95)
    roof: Literal["hip", "gable"] | None = None
    semi: bool = False
    garage: bool = False
    wall: Literal["brick", "render"] | None = None
    wall_color: Rgb | None = None
    roof_color: Rgb | None = None
    door_color: Rgb | None = None
    lit_windows: float = Field(default=0.0, ge=0, le=1)

    semantic: ClassVar[str] = "building"

    def size_m(self) -> Vector:
        front, back = self._walls_x()
        depth = front - back + (2 * _EAVES_M if self._hipped() else 0.0)
        width = 2 * self._half() + (2 * _EAVES_M if self._hipped() else 0.0)
        rise = ridge_rise_m(min(depth, width), self.roof_pitch_rad) + (0.0 if self._hipped() else 0.16)
        return self.depth_m, self.width_m, self._eaves_z() + rise + _STACK_M

    def build(self) -> Mesh:
        return solid(list(_house(self, Stream.root(self.kind, self.variant))))

    def _hipped(self) -> bool:
        return (self.roof or looks.picked(("hip", "gable"), Stream.root(self.kind, self.variant, "roof"))) == "hip"

    def _walls_x(self) -> tuple[float, float]:
        """The front wall stands behind the porch, the back wall inside the eaves."""
        return self.depth_m / 2 - _PORCH_M, -self.depth_m / 2 + (_EAVES_M if self._hipped() else GUTTER_M)

    def _half(self) -> float:
        """Half the width of the house proper, without garage and eaves."""
        return (self.width_m - (_GARAGE_M if self.garage else 0.0)) / 2 - (_EAVES_M if self._hipped() else 0.0)

    def _middle_y(self) -> float:
        return -_GARAGE_M / 2 if self.garage else 0.0

    def _eaves_z(self) -> float:
        return _FLOOR_Z + self.storeys * _STOREY_M


def _house(house: DetachedHouse, stream: Stream) -> Iterator[Mesh]:
    kind: str = house.wall or looks.picked(("brick", "brick", "render"), stream.child("wall"))
    palette = looks.BRICKS if kind == "brick" else looks.RENDERS
    wall = looks.wall_surface(kind, house.wall_color or looks.picked(palette, stream.child("color")))
    tiles = looks.roof_surface(house.roof_color or looks.picked(looks.ROOFS, stream.child("tiles")))
    frame = looks.painted(looks.picked(looks.TRIMS, stream.child("trim")))
    style = WindowStyle(
        2 + stream.child("panes").integer(2), 1, frame, looks.stone(), frame_m=0.07, bar_m=0.07, reveal_m=0.09, lintel_m=0.15
    )
    parts = [*_body(house, wall, style, stream), *_top(house, wall, tiles, stream), *_porch(house, style, tiles, stream)]
    yield from (mesh.moved((0.0, house._middle_y(), 0.0)) for mesh in parts if len(mesh.faces))
    if house.garage:
        yield from _garage(house, wall, tiles, stream)


def _doors_y(house: DetachedHouse) -> list[float]:
    return [-0.75, 0.75] if house.semi else [0.0]


def _body(house: DetachedHouse, wall: Material, style: WindowStyle, stream: Stream) -> Iterator[Mesh]:
    half, (x, back_x), eaves_z = house._half(), house._walls_x(), house._eaves_z()
    entrances = [Rect(y - 0.52, y + 0.52, _FLOOR_Z, _FLOOR_Z + 2.15) for y in _doors_y(house)]
    clear = entrances[-1].y1 + 0.3
    holes = []
    for storey in range(house.storeys):
        z = _FLOOR_Z + storey * _STOREY_M + (0.75 if storey == 0 else 0.95)
        high, inner = (1.4, clear) if storey == 0 else (1.15, 0.2)
        for y0, y1 in ((-half + 0.3, -inner), (inner, half - 0.3)):
            holes += window_row(y0, y1, z, 2.1 if storey == 0 else 1.7, high, 1 if y1 - y0 < 5 else 2)
    yield panel(Rect(-half, half, 0.0, eaves_z), [*entrances, *holes], x, wall)
    yield from windows(holes, x, style, stream.child("rooms"), house.lit_windows)
    leaf = looks.painted(house.door_color or looks.picked(looks.DOORS, stream.child("door")), 0.25)
    for entrance in entrances:
        yield from door(entrance, x, leaf, style.frame, 0.0, DARK_GLASS[0])
        yield from steps(Rect(entrance.y0 - 0.1, entrance.y1 + 0.1, 0.0, _FLOOR_Z), x, 0.5, style.stone)
    yield from band(-half, half, 0.0, 0.14, x, 0.02, style.stone, [Rect(e.y0 - 0.1, e.y1 + 0.1, 0.0, 1.0) for e in entrances])
    back = [hole for i in range(house.storeys) for hole in window_row(-half, half, _FLOOR_Z + i * _STOREY_M + 0.95, 1.5, 1.2, 3)]
    yield from shell(x, back_x, half, eaves_z, wall, style, back, stream.child("back"), house.lit_windows)


def _top(house: DetachedHouse, wall: Material, tiles: Material, stream: Stream) -> Iterator[Mesh]:
    half, (x, back_x), eaves_z, top_z = house._half(), house._walls_x(), house._eaves_z(), house.size_m()[2]
    if house._hipped():
        yield from hip_roof(x, back_x, half, eaves_z, house.roof_pitch_rad, _EAVES_M, tiles)
    else:
        yield from gable_roof(x, back_x, half, eaves_z, house.roof_pitch_rad, tiles, wall)
    side = 0.0 if house.semi or house._hipped() else half - 0.6
    yield from chimney((x + back_x) / 2, side, top_z - _STACK_M - 1.2, top_z, 2 + stream.child("pots").integer(2), wall)


def _porch(house: DetachedHouse, style: WindowStyle, tiles: Material, stream: Stream) -> Iterator[Mesh]:
    """A tiled canopy on two posts over the door, or over both."""
    x, z = house._walls_x()[0], _FLOOR_Z + 2.45
    y = _doors_y(house)[-1] + 0.85
    slope = math.tan(0.35) * _PORCH_M
    yield block(Rect(-y, y, z - 0.12, z), x, x + _PORCH_M - 0.02, style.frame)
    a, b = x + _PORCH_M - 0.01, x + 0.01
    yield quads([[(a, -y, z), (a, y, z), (b, y, z + slope), (b, -y, z + slope)]], tiles)
    ends = [[(a, y, z), (b, y, z), (b, y, z + slope), (b, y, z + slope)], [(b, -y, z), (a, -y, z), (b, -y, z + slope), (b, -y, z + slope)]]
    for first, second, third, _ in ends:
        yield Mesh.of([first, second, third], [[0, 1, 2]], style.frame)
    for post in (-y + 0.08, y - 0.08):
        yield block(Rect(post - 0.05, post + 0.05, 0.0, z - 0.12), x + _PORCH_M - 0.2, x + _PORCH_M - 0.1, style.frame)


def _garage(house: DetachedHouse, wall: Material, tiles: Material, stream: Stream) -> Iterator[Mesh]:
    """A flat-roofed single garage against the left wall, set back a little."""
    x, back_x = house._walls_x()
    x, y1 = x - 0.4, house.width_m / 2
    y0 = y1 - _GARAGE_M
    yield block(Rect(y0, y1, 0.0, 2.6), max(back_x, x - 5.5), x - 0.08, wall)
    yield block(Rect(y0, y1, 2.6, 2.75), max(back_x, x - 5.5), x, looks.LEAD)
    for a, b in ((y0, y0 + 0.3), (y1 - 0.3, y1)):
        yield block(Rect(a, b, 0.0, 2.6), x - 0.079, x, wall)
    yield block(Rect(y0 + 0.3, y1 - 0.3, 2.2, 2.6), x - 0.079, x, wall)
    steel = looks.painted(
        looks.picked(((0.6, 0.6, 0.58), (0.05, 0.06, 0.08), (0.1, 0.18, 0.12), (0.35, 0.3, 0.24)), stream.child("garage"))
    )
    for i in range(4):
        yield block(Rect(y0 + 0.31, y1 - 0.31, 0.02 + i * 0.545, 0.54 + i * 0.545), x - 0.079, x - 0.045, steel)

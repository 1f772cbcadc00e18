"""Terraced houses: they stand wall to wall in a row along the street."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb
from generator.streams import Stream
from scenes.street import buildings_looks as looks
from scenes.street.buildings_fronts import band, canted_bay, shell, steps, window_row, windows
from scenes.street.buildings_parts import DARK_GLASS, Rect, WindowStyle, door, panel, solid
from scenes.street.buildings_roofs import GUTTER_M, chimney, dormer, downpipe, gable_roof, parapet_roof, ridge_rise_m

FRONT_M = 0.3  # sills, steps and gutters stay within this before the front wall: all fronts of a row align
_BAY_M = 0.6
_FLOOR_Z = 0.32  # ground floor above the pavement, two steps
_STACK_M = 1.15  # chimney above the ridge

Period = Literal["victorian", "georgian", "modern"]


@register
class TerracedHouse(Actor):
    """A house in a row, its front towards +X. What is left None is chosen by `variant`.

    style: victorian (bays, sashes), georgian (tall windows, parapet), modern (casements). lit_windows: share that glow.
    """

    kind: Literal["terraced_house"] = "terraced_house"
    width_m: float = Field(default=5.2, ge=3.8, le=12)
    depth_m: float = Field(default=9.5, ge=7, le=16)
    storeys: int = Field(default=2, ge=1, le=4)
    storey_m: float = Field(default=2.8, ge=2.4, le=3.6)
    roof_pitch_rad: float = Field(default=0.66, ge=0.35, le=0.95)
    style: Period | None = None
    wall: Literal["brick", "render", "stone"] | None = None
    wall_color: Rgb | None = None
    roof_color: Rgb | None = None
    door_color: Rgb | None = None
    bay: bool | None = None
    chimney: bool = True
    dormer: bool = False
    lit_windows: float = Field(default=0.0, ge=0, le=1)

    semantic: ClassVar[str] = "building"

    def size_m(self) -> Vector:
        return self.depth_m, self.width_m, self._plan().top_z

    def build(self) -> Mesh:
        return solid(list(_house(self, self._plan(), Stream.root(self.kind, self.variant))))

    def _plan(self) -> _Plan:
        stream = Stream.root(self.kind, self.variant)
        style: str = self.style or looks.picked(("victorian", "victorian", "georgian", "modern"), stream.child("style"))
        bay = self.bay if self.bay is not None else style == "victorian" and self.width_m > 4.4 and stream.child("bay").uniform() < 0.6
        front_x = self.depth_m / 2 - (_BAY_M + 0.07 if bay else FRONT_M)
        eaves_z = _FLOOR_Z + self.storeys * self.storey_m
        back_x = -self.depth_m / 2 + GUTTER_M
        top = eaves_z + 0.9 if style == "georgian" else eaves_z + ridge_rise_m(front_x - back_x, self.roof_pitch_rad) + 0.16
        if self.chimney:
            top = eaves_z + 2.0 if style == "georgian" else top + _STACK_M
        return _Plan(style, bay, front_x, back_x, eaves_z, top, stream.child("mirror").uniform() < 0.5)


@dataclass(frozen=True)
class _Plan:
    """What a house's values come to: its walls' depths, its eaves, whether it is mirrored."""

    style: str
    bay: bool
    front_x: float
    back_x: float
    eaves_z: float
    top_z: float
    mirrored: bool


def _wall(house: TerracedHouse, stream: Stream) -> Material:
    kind: str = house.wall or looks.picked(("brick", "brick", "brick", "render", "stone"), stream.child("wall"))
    palette = {"brick": looks.BRICKS, "render": looks.RENDERS, "stone": looks.STONES}[kind]
    return looks.wall_surface(kind, house.wall_color or looks.picked(palette, stream.child("wall_color")))


def _window_style(style: str, stream: Stream) -> WindowStyle:
    trim = looks.painted((0.7, 0.7, 0.68) if style != "modern" else looks.picked(looks.TRIMS, stream.child("trim")))
    stone = looks.stone(looks.picked(((0.5, 0.47, 0.4), (0.62, 0.61, 0.58), (0.36, 0.33, 0.28)), stream.child("stone")))
    if style == "georgian":
        return WindowStyle(3, 4, trim, stone, bar_m=0.025, lintel_m=0.24)
    if style == "victorian":
        return WindowStyle(1, 2, trim, stone, bar_m=0.05, lintel_m=0.22, reveal_m=0.12)
    return WindowStyle(2, 1, trim, stone, frame_m=0.07, bar_m=0.09, reveal_m=0.07)


def _house(house: TerracedHouse, plan: _Plan, stream: Stream) -> Iterator[Mesh]:
    """All parts of a house; its front wall is at plan.front_x."""
    wall, style = _wall(house, stream), _window_style(plan.style, stream.child("windows"))
    roof = looks.roof_surface(house.roof_color or looks.picked(looks.ROOFS, stream.child("roof")))
    half, x = house.width_m / 2, plan.front_x
    entrance, holes, bay_y = _openings(house, plan)
    yield panel(Rect(-half, half, 0.0, plan.eaves_z), [entrance, *holes], x, wall)
    yield from windows(holes, x, style, stream.child("rooms"), house.lit_windows)
    yield from _entrance(house, entrance, x, style, stream)
    if plan.bay:
        floors = [(_FLOOR_Z + 0.55, _FLOOR_Z + house.storey_m - 0.45)]
        yield from canted_bay(
            x, bay_y, 1.9, _BAY_M, floors, floors[0][1] + 0.25, wall, roof, style, stream.child("bay"), house.lit_windows
        )  # fmt: skip
    back = window_row(-half, half, _FLOOR_Z + 0.9, 1.1, 1.2, 2) + window_row(-half, half, plan.eaves_z - 1.9, 1.0, 1.2, 2)
    yield from shell(
        x, plan.back_x, half, plan.eaves_z, wall, style, back[: 4 if house.storeys > 1 else 2], stream.child("back"), house.lit_windows
    )
    yield from _top(house, plan, wall, roof, style, stream)


def _openings(house: TerracedHouse, plan: _Plan) -> tuple[Rect, list[Rect], float]:
    """The door's hole, the windows' holes and the middle of the bay (which has windows of its own)."""
    half, flip = house.width_m / 2, -1.0 if plan.mirrored else 1.0
    door_y = flip * (half - 0.95)
    entrance = Rect(door_y - 0.53, door_y + 0.53, _FLOOR_Z, _FLOOR_Z + 2.45 - (0.3 if house.storey_m < 2.6 else 0.0))
    room_y0, room_y1 = sorted((-flip * half, flip * (half - 1.6)))
    tall, sill = {"georgian": (1.75, 0.6), "victorian": (1.6, 0.75), "modern": (1.2, 0.95)}[plan.style]
    tall = min(tall, house.storey_m - 0.9)
    wide = {"georgian": 1.0, "victorian": 1.05, "modern": 1.6}[plan.style]
    bay_y = (room_y0 + room_y1) / 2
    ground = [] if plan.bay else window_row(room_y0, room_y1, _FLOOR_Z + sill, wide, tall, max(1, round((room_y1 - room_y0) / 2.6)))
    upper: list[Rect] = []
    for storey in range(1, house.storeys):
        shorter = 0.12 * (storey - 1)
        sill_z = _FLOOR_Z + storey * house.storey_m + sill
        upper += window_row(-half, half, sill_z, wide, tall - shorter, max(1, round(house.width_m / 2.4)))
    return entrance, ground + upper, bay_y


def _entrance(house: TerracedHouse, hole: Rect, x: float, style: WindowStyle, stream: Stream) -> Iterator[Mesh]:
    """Door, steps, plinth, and often a hood or a stone surround."""
    leaf = looks.painted(house.door_color or looks.picked(looks.DOORS, stream.child("door")), 0.25)
    yield from door(hole, x, leaf, style.frame, 0.36, DARK_GLASS[0])
    yield from steps(Rect(hole.y0 - 0.12, hole.y1 + 0.12, 0.0, _FLOOR_Z), x, 0.29, style.stone)
    half = house.width_m / 2
    yield from band(-half, half, 0.0, 0.28, x, 0.025, style.stone, [Rect(hole.y0 - 0.12, hole.y1 + 0.12, 0.0, _FLOOR_Z)])
    if stream.child("hood").uniform() < 0.5:
        yield from band(hole.y0 - 0.22, min(hole.y1 + 0.22, half), hole.z1 + 0.06, hole.z1 + 0.16, x, 0.28, style.stone)
    else:
        yield from band(hole.y0 - 0.15, hole.y0 - 0.01, _FLOOR_Z, hole.z1 + 0.15, x, 0.03, style.stone)
        yield from band(hole.y1 + 0.01, hole.y1 + 0.15, _FLOOR_Z, hole.z1 + 0.15, x, 0.03, style.stone)


def _top(house: TerracedHouse, plan: _Plan, wall: Material, roof: Material, style: WindowStyle, stream: Stream) -> Iterator[Mesh]:
    """Roof or parapet, chimney, dormer, rain-water pipe."""
    half, x, pipe_y = house.width_m / 2, plan.front_x, (house.width_m / 2 - 0.15) * (1.0 if plan.mirrored else -1.0)
    stack_y = half - 0.75 if plan.mirrored else 0.75 - half
    pots = 2 + stream.child("pots").integer(2)
    if plan.style == "georgian":
        yield from band(-half, half, plan.eaves_z - 0.12, plan.eaves_z, x, 0.16, style.stone)
        yield from parapet_roof(x, plan.back_x, half, plan.eaves_z, 0.9, wall, style.stone)
        if house.chimney:
            yield from chimney((x + plan.back_x) / 2, stack_y, plan.eaves_z - 0.05, plan.top_z, pots, wall)
        return
    yield from gable_roof(x, plan.back_x, half, plan.eaves_z, house.roof_pitch_rad, roof, wall)
    yield downpipe(x, pipe_y, plan.eaves_z - 0.1)
    if house.chimney:
        yield from chimney((x + plan.back_x) / 2, stack_y, plan.top_z - _STACK_M - 0.9, plan.top_z, pots, wall)
    if house.dormer:
        yield from dormer(x - 1.0, 0.0, plan.eaves_z + 0.55, 1.5, 1.2, house.roof_pitch_rad, roof, style.frame, DARK_GLASS[1])

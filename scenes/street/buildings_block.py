"""Blocks of flats and offices: grids of windows on all sides, balconies, flat roofs with plant rooms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb
from generator.streams import Stream
from scenes.shapes import box
from scenes.street import buildings_looks as looks
from scenes.street.buildings_fronts import band, deep_hole, window_row, windows
from scenes.street.buildings_parts import DARK_GLASS, Rect, WindowStyle, block, panel, solid, window
from scenes.street.buildings_roofs import parapet_roof

_BALCONY_M = 1.3
_MARGINS_M = {"flats": 0.07, "concrete": 0.05, "glass": 0.0}  # how far sills and bands come out of the walls
_PARAPET_M = 0.7
_PLANT_M = 2.4


@register
class Block(Actor):
    """A block of flats or offices, its entrance towards +X. What is left None is chosen by `variant`.

    style: flats (brick or render with stone bands), concrete (wide ribbon windows), glass (curtain wall).
    balconies: on the front of flats. bay_m: distance from window to window. lit_windows: share that glow.
    """

    kind: Literal["block"] = "block"
    width_m: float = Field(default=18.0, ge=8, le=60)
    depth_m: float = Field(default=13.0, ge=8, le=30)
    storeys: int = Field(default=4, ge=2, le=16)
    storey_m: float = Field(default=3.0, ge=2.6, le=4.2)
    bay_m: float = Field(default=3.0, ge=2.0, le=6)
    style: Literal["flats", "concrete", "glass"] | None = None
    wall_color: Rgb | None = None
    glass_color: Rgb | None = None
    balconies: bool = False
    plant_room: bool = True
    lit_windows: float = Field(default=0.0, ge=0, le=1)

    semantic: ClassVar[str] = "building"

    def size_m(self) -> Vector:
        return self.depth_m, self.width_m, self._roof_z() + (_PLANT_M if self.plant_room else _PARAPET_M)

    def build(self) -> Mesh:
        return solid(list(_block(self, Stream.root(self.kind, self.variant))))

    def _roof_z(self) -> float:
        return self.storeys * self.storey_m + 0.6

    def _style(self) -> str:
        return self.style or looks.picked(("flats", "flats", "concrete", "glass"), Stream.root(self.kind, self.variant, "style"))


def _block(it: Block, stream: Stream) -> Iterator[Mesh]:
    style = it._style()
    wall = _wall(it, style, stream)
    margin = _MARGINS_M[style]
    front_x = it.depth_m / 2 - (_BALCONY_M if it.balconies else margin)
    back_x, half = -it.depth_m / 2 + margin, it.width_m / 2 - margin
    look, roof_z = _window_style(it, style, stream), it._roof_z()
    entrance = Rect(-1.2, 1.2, 0.0, min(2.7, it.storey_m))
    sides: list[tuple[float, float, float, float]] = [  # yaw, x, y, half length
        (0.0, front_x, 0.0, half), (math.pi, back_x, 0.0, half),
        (math.pi / 2, (front_x + back_x) / 2, half, (front_x - back_x) / 2),
        (-math.pi / 2, (front_x + back_x) / 2, -half, (front_x - back_x) / 2),
    ]  # fmt: skip
    for k, (yaw, x, y, reach) in enumerate(sides):
        holes = _holes(it, style, reach, entrance if k == 0 else None)
        parts = _side(it, reach, holes, entrance if k == 0 else None, wall, look, stream.child("side", k))
        yield solid(list(parts)).moved((x, y, 0.0), yaw)
        if k == 0 and it.balconies and (slabs := list(_balconies(holes, it, stream))):
            yield solid(slabs).moved((front_x, 0.0, 0.0))
    yield from parapet_roof(front_x, back_x, half, roof_z, _PARAPET_M, wall, look.stone)
    if it.plant_room:
        plant = Material(color=(0.25, 0.26, 0.27), texture="concrete", texture_scale_m=1.0, variation=0.3, roughness=0.7, weathered=True)
        size = (it.depth_m * 0.35, it.width_m * 0.3, _PLANT_M)
        at = (stream.child("plant").between(-0.3, 0.3)) * it.width_m
        yield box(size, plant, center_m=(0.0, at, roof_z + _PLANT_M / 2 - 0.0))


def _wall(it: Block, style: str, stream: Stream) -> Material:
    kind = "concrete" if style == "concrete" else looks.picked(("brick", "brick", "render"), stream.child("wall"))
    if style == "glass":
        return Material(color=it.wall_color or (0.08, 0.09, 0.1), metallic=0.6, roughness=0.35, variation=0.1)
    palette = {"brick": looks.BRICKS, "render": looks.RENDERS, "concrete": ((0.34, 0.33, 0.31), (0.45, 0.43, 0.4), (0.26, 0.25, 0.24))}[
        kind
    ]
    return looks.wall_surface(kind, it.wall_color or looks.picked(palette, stream.child("color")))


def _window_style(it: Block, style: str, stream: Stream) -> WindowStyle:
    stone = looks.stone(looks.picked(((0.5, 0.47, 0.4), (0.6, 0.58, 0.54), (0.35, 0.34, 0.33)), stream.child("stone")))
    frame = looks.painted(looks.picked(((0.7, 0.7, 0.68), (0.03, 0.03, 0.035), (0.2, 0.2, 0.21), (0.7, 0.7, 0.68)), stream.child("frame")))
    if style == "glass":
        return WindowStyle(2, 1, frame, stone, frame_m=0.04, bar_m=0.04, reveal_m=0.05, sill=False)
    if style == "concrete":
        return WindowStyle(3, 1, frame, stone, frame_m=0.05, bar_m=0.06, reveal_m=0.18, sill=False)
    return WindowStyle(2, 1, frame, stone, frame_m=0.06, bar_m=0.06, reveal_m=0.12)


def _holes(it: Block, style: str, reach: float, entrance: Rect | None) -> list[Rect]:
    """Windows of one side, none where the entrance is."""
    margin = 0.4 if style == "glass" else 0.7
    count = max(1, round((2 * reach - 2 * margin) / it.bay_m))
    pitch = (2 * reach - 2 * margin) / count
    wide = {"glass": pitch - 0.36, "concrete": pitch - 0.4, "flats": min(1.7, pitch - 0.6)}[style]
    sill, high = {"glass": (0.5, it.storey_m - 0.7), "concrete": (0.95, 1.45), "flats": (0.85, it.storey_m - 1.3)}[style]
    holes = []
    for storey in range(it.storeys):
        z = 0.3 + storey * it.storey_m + sill
        holes += window_row(margin - reach, reach - margin, z, wide, high, count)
    return [
        hole
        for hole in holes
        if entrance is None or hole.z0 > entrance.z1 + 0.4 or hole.y1 < entrance.y0 - 0.2 or hole.y0 > entrance.y1 + 0.2
    ]


def _side(
    it: Block, reach: float, holes: list[Rect], entrance: Rect | None, wall: Material, look: WindowStyle, stream: Stream
) -> Iterator[Mesh]:
    """One side in its own frame: the wall at x = 0."""
    openings = [*holes, entrance] if entrance else holes
    yield panel(Rect(-reach, reach, 0.0, it._roof_z()), openings, 0.0, wall)
    if it._style() == "glass":
        tint = it.glass_color or looks.picked(
            ((0.02, 0.04, 0.06), (0.03, 0.045, 0.045), (0.015, 0.02, 0.03)), Stream.root("glass", it.variant)
        )
        pane = Material(color=tint, roughness=0.03, specular=1.0, coat=1.0, metallic=0.3)
        for i, hole in enumerate(holes):
            lit = stream.child(i).uniform() < it.lit_windows
            yield from window(
                hole, 0.0, look, [(hole, pane.model_copy(update={"emission_w_m2": 2.0, "color": (0.9, 0.95, 1.0)}) if lit else pane)]
            )
    else:
        yield from windows(holes, 0.0, look, stream, it.lit_windows)
        for storey in range(1, it.storeys):
            z = 0.3 + storey * it.storey_m
            yield from band(-reach, reach, z - 0.12, z + 0.12, 0.0, 0.05, look.stone)
    if entrance:
        yield from deep_hole(entrance, 0.0, 0.6, look.stone, look.stone)
        style = WindowStyle(2, 1, look.frame, look.stone, frame_m=0.08, reveal_m=0.02, sill=False)
        doors = Rect(entrance.y0 + 0.1, entrance.y1 - 0.1, 0.03, entrance.z1 - 0.1)
        yield from (mesh.moved((0.05, 0.0, 0.0)) for mesh in window(doors, -0.6, style, [(doors, DARK_GLASS[0])]))
        if _MARGINS_M[it._style()]:
            canopy = Rect(entrance.y0 - 0.4, entrance.y1 + 0.4, entrance.z1 + 0.02, entrance.z1 + 0.14)
            yield block(canopy, 0.0, _MARGINS_M[it._style()], look.stone)


def _balconies(holes: list[Rect], it: Block, stream: Stream) -> Iterator[Mesh]:
    """A slab with a railing before every second window above the ground floor."""
    slab = looks.stone((0.45, 0.44, 0.42))
    steel = Material(color=(0.1, 0.1, 0.11), metallic=0.5, roughness=0.4)
    infill = looks.picked((DARK_GLASS[2], Material(color=(0.5, 0.5, 0.5), roughness=0.5), steel), stream.child("infill"))
    for i, hole in enumerate(holes):
        if hole.z0 < it.storey_m or i % 2:
            continue
        y0, y1, z = hole.y0 - 0.4, hole.y1 + 0.4, hole.z0 - 0.85 - 0.12 - 0.05
        yield block(Rect(y0, y1, z - 0.02, z + 0.14), 0.051, _BALCONY_M, slab)
        yield block(Rect(y0, y1, z + 1.2, z + 1.25), _BALCONY_M - 0.06, _BALCONY_M, steel)
        yield block(Rect(y0 + 0.03, y1 - 0.03, z + 0.2, z + 1.18), _BALCONY_M - 0.04, _BALCONY_M - 0.02, infill)
        for y in (y0, y1 - 0.05):
            yield block(Rect(y, y + 0.05, z + 0.14, z + 1.2), _BALCONY_M - 0.06, _BALCONY_M - 0.01, steel)
            yield block(Rect(y, y + 0.05, z + 1.2, z + 1.25), 0.0, _BALCONY_M - 0.06, steel)
            yield block(Rect(y + 0.01, y + 0.04, z + 0.2, z + 1.18), 0.02, _BALCONY_M - 0.08, infill)

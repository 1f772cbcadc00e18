"""Large plain buildings: warehouses and supermarkets of sheet metal and brick, and churches with a tower or a spire."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb
from generator.streams import Stream
from scenes.shapes import box, loft
from scenes.street import buildings_looks as looks
from scenes.street.buildings_fronts import shell, window_row, windows
from scenes.street.buildings_parts import DARK_GLASS, Rect, WindowStyle, block, panel, reveal, solid, window
from scenes.street.buildings_roofs import gable_roof, parapet_roof, ridge_rise_m
from scenes.street.buildings_shopfront import lettering


@register
class Warehouse(Actor):
    """A hall with a brick plinth, metal cladding, a roller door, strip windows and a name in big letters."""

    kind: Literal["warehouse"] = "warehouse"
    width_m: float = Field(default=24.0, ge=10, le=80)
    depth_m: float = Field(default=18.0, ge=10, le=60)
    height_m: float = Field(default=7.0, ge=4.5, le=14)
    color: Rgb | None = None
    sign_color: Rgb = (0.7, 0.68, 0.6)
    lit_windows: float = Field(default=0.0, ge=0, le=1)

    semantic: ClassVar[str] = "building"

    def size_m(self) -> Vector:
        return self.depth_m, self.width_m, self.height_m

    def build(self) -> Mesh:
        return solid(list(_warehouse(self, Stream.root(self.kind, self.variant))))


_CLADDING: tuple[Rgb, ...] = ((0.45, 0.46, 0.46), (0.1, 0.16, 0.25), (0.5, 0.47, 0.4), (0.13, 0.2, 0.15), (0.25, 0.26, 0.28))
_PLINTH_M = 1.1


def _warehouse(hall: Warehouse, stream: Stream) -> Iterator[Mesh]:
    color = hall.color or looks.picked(_CLADDING, stream.child("color"))
    steel = Material(color=color, metallic=0.3, roughness=0.5, variation=0.25, dirt=0.3, weathered=True)
    brick = looks.wall_surface("brick", looks.picked(looks.BRICKS, stream.child("brick")))
    frame = looks.painted((0.04, 0.045, 0.05))
    half, x, back_x = hall.width_m / 2, hall.depth_m / 2 - 0.1, -hall.depth_m / 2 + 0.07
    roof_z = hall.height_m - 0.6
    gate = Rect(half - 5.0, half - 1.4, 0.0, min(3.8, hall.height_m - 2.0))
    strip = window_row(-half + 0.8, gate.y0 - 0.6, 1.4, 2.4, 1.3, max(1, round((hall.width_m - 7) / 3.2)))
    yield panel(Rect(-half, half, 0.0, _PLINTH_M), [gate], x, brick)
    yield panel(Rect(-half, half, _PLINTH_M, roof_z), [gate, *strip], x, steel)
    style = WindowStyle(2, 1, frame, frame, sill=False)
    yield from windows(strip, x, style, stream.child("rooms"), hall.lit_windows)
    yield from shell(x, back_x, half, roof_z, steel, style, [], stream.child("back"), 0.0)
    yield from _ribs(half, x, roof_z, gate, strip, steel)
    shutter = looks.painted(looks.picked(((0.35, 0.36, 0.37), (0.1, 0.15, 0.3), (0.5, 0.1, 0.05)), stream.child("gate")))
    yield reveal(gate, x, x - 0.2, frame)
    slat = gate.height_m / 14
    for i in range(14):
        yield block(Rect(gate.y0, gate.y1, i * slat, (i + 0.85) * slat), x - 0.25, x - 0.18, shutter)
    yield panel(gate, [], x - 0.24, frame)
    yield from parapet_roof(x, back_x, half, roof_z, 0.6, steel, frame)
    field = Rect(-half * 0.6, half * 0.25, roof_z - 1.4, roof_z - 0.3)
    if field.z0 > 3.0:
        yield from lettering(field, x + 0.03, hall.sign_color, hall.lit_windows, stream.child("sign"))


def _ribs(half: float, x: float, top: float, gate: Rect, strip: list[Rect], steel: Material) -> Iterator[Mesh]:
    """The folds of the cladding, above the windows and the gate."""
    low = max(gate.z1, strip[0].z1) + 0.15
    for y in np.arange(-half + 0.3, half - 0.2, 0.6):
        yield block(Rect(float(y), float(y) + 0.12, low, top - 0.02), x - 0.01, x + 0.025, steel)


@register
class Church(Actor):
    """A stone church: nave with lancet windows and buttresses, a west tower at the +Y end with battlements or a spire.

    Its long side faces the street (+X).
    """

    kind: Literal["church"] = "church"
    width_m: float = Field(default=28.0, ge=18, le=60)
    depth_m: float = Field(default=12.0, ge=9, le=25)
    height_m: float = Field(default=8.0, ge=5, le=18)  # of the nave's walls
    tower_m: float = Field(default=20.0, ge=12, le=50)
    spire_m: float = Field(default=12.0, ge=0, le=40)
    stone_color: Rgb | None = None

    semantic: ClassVar[str] = "building"

    def size_m(self) -> Vector:
        ridge = self.height_m + ridge_rise_m(self.depth_m - 2 * _BUTTRESS_M, _NAVE_PITCH_RAD) + 0.16
        return self.depth_m, self.width_m, max(self.tower_m + (self.spire_m or 1.0), ridge)

    def build(self) -> Mesh:
        return solid(list(_church(self, Stream.root(self.kind, self.variant))))


_BUTTRESS_M = 0.9
_NAVE_PITCH_RAD = 0.8


def _church(church: Church, stream: Stream) -> Iterator[Mesh]:
    ashlar = looks.wall_surface("stone", church.stone_color or looks.picked(looks.STONES, stream.child("stone")))
    trim, slates = looks.stone((0.45, 0.42, 0.34)), looks.roof_surface(looks.ROOFS[0])
    x = church.depth_m / 2 - _BUTTRESS_M
    tower = min(x * 2 - 0.6, 6.5)
    nave_half = (church.width_m - tower) / 2
    nave = [
        *_nave(church, x, nave_half, ashlar, trim, stream),
        *gable_roof(x, -x, nave_half, church.height_m, _NAVE_PITCH_RAD, slates, ashlar),
    ]
    yield from (mesh.moved((0.0, -tower / 2, 0.0)) for mesh in nave if len(mesh.faces))
    yield from (mesh.moved((0.0, (church.width_m - tower) / 2, 0.0)) for mesh in _tower(church, tower, ashlar, trim, slates, stream))


def _nave(church: Church, x: float, half: float, wall: Material, trim: Material, stream: Stream) -> Iterator[Mesh]:
    count = max(3, round(half * 2 / 4.0))
    holes = window_row(-half, half, 2.0, 1.3, church.height_m - 3.2, count)
    style = WindowStyle(2, 5, trim, trim, frame_m=0.08, bar_m=0.05, reveal_m=0.3, surround_m=0.14, lintel_m=0.3)
    yield panel(Rect(-half, half, 0.0, church.height_m), holes, x, wall)
    for hole in holes:
        yield from window(hole, x, style, [(hole, DARK_GLASS[0])])
    yield from shell(x, -x, half, church.height_m, wall, style, [], stream.child("back"), 0.0)
    for i in range(count + 1):
        y = min(max(-half + i * 2 * half / count, -half + 0.35), half - 0.35)
        for side in (1.0, -1.0):
            deep = ((_BUTTRESS_M, 0.0, church.height_m * 0.5), (_BUTTRESS_M * 0.55, church.height_m * 0.5, church.height_m * 0.85))
            for out, z0, z1 in deep:
                yield box((out, 0.7, z1 - z0), wall, center_m=(side * (x + out / 2), y, (z0 + z1) / 2))


def _tower(church: Church, wide: float, wall: Material, trim: Material, slates: Material, stream: Stream) -> Iterator[Mesh]:
    half, top = wide / 2, church.tower_m
    bell = Rect(-0.8, 0.8, top - 4.5, top - 1.5)
    portal = Rect(-1.0, 1.0, 0.0, 3.0)
    style = WindowStyle(2, 1, trim, trim, frame_m=0.1, bar_m=0.15, reveal_m=0.35, surround_m=0.2, lintel_m=0.35)
    for k, yaw in enumerate((0.0, math.pi / 2, math.pi, -math.pi / 2)):
        holes = [bell, portal] if k == 0 else [bell]
        parts = [panel(Rect(-half, half, 0.0, top), holes, half, wall), *window(bell, half, style, [(bell, DARK_GLASS[0])])]
        parts += [block(Rect(-half, half, z, z + 0.25), half, half + 0.1 * (k != 1), trim) for z in (top * 0.4, top * 0.7) if k != 1]
        if k == 0:
            parts += [reveal(portal, half, half - 0.5, trim), panel(portal, [], half - 0.5, looks.painted((0.06, 0.03, 0.015)))]
        yield from (mesh.moved((0.0, 0.0, 0.0), yaw) for mesh in parts)
    yield panel(Rect(-half, half, -half, half), [], 0.0, DARK_GLASS[0]).transformed(
        np.array([[0, 0, -1], [0, 1, 0], [1, 0, 0]]), (0, 0, top)
    )
    if church.spire_m:
        angle = np.linspace(0, 2 * np.pi, 8, endpoint=False) + np.pi / 8
        base = np.column_stack([half * np.cos(angle), half * np.sin(angle), np.full(8, top)])
        yield loft(np.stack([base, np.column_stack([base[:, :2] * 0.01, np.full(8, top + church.spire_m)])]), slates)
        return
    for i in range(5):
        at, high = -half + 0.2 + i * (wide - 0.4) / 4, 0.5 if i % 2 else 1.0
        for a, b in ((at, half - 0.2), (at, 0.2 - half), (half - 0.2, at), (0.2 - half, at)):
            yield box((0.4, 0.4, high), wall, center_m=(a, b, top + high / 2))

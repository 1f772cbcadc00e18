"""Shopfronts: pilasters, a fascia with lettering, windows with displays, a recessed door, a blind or a shutter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.mesh import Material, Mesh, Rgb, merge
from generator.streams import Stream
from scenes.street import buildings_looks as looks
from scenes.street.buildings_fronts import deep_hole
from scenes.street.buildings_parts import DARK_GLASS, LIT_ROOMS, Rect, WindowStyle, block, panel, quads, reveal, window

SHOP_M = 3.45  # height of the ground floor with fascia and cornice
_OPENING_M, _FASCIA_M = 2.62, (2.72, 3.28)
_PILASTER_M, _DOOR_M = 0.32, 1.15
_GOODS: tuple[Rgb, ...] = (
    (0.05, 0.02, 0.015),
    (0.06, 0.05, 0.025),
    (0.02, 0.03, 0.05),
    (0.08, 0.08, 0.075),
    (0.02, 0.03, 0.02),
    (0.04, 0.03, 0.02),
)
_POSTERS: tuple[Rgb, ...] = ((0.3, 0.29, 0.26), (0.2, 0.05, 0.04), (0.28, 0.22, 0.06), (0.05, 0.08, 0.14))

_LIT_SHOPS = tuple(room.model_copy(update={"emission_w_m2": 5.0}) for room in LIT_ROOMS)  # shops are lit twice as bright as homes


def shopfront(half: float, x: float, color: Rgb, sign: Rgb, wall: Material, lit: float, stream: Stream) -> Iterator[Mesh]:
    """A whole ground floor, `2 * half` wide, with its wall at x; nothing comes out more than 0.3 m."""
    wood, stone = looks.painted(color, 0.35), looks.stone()
    opening = Rect(-half + _PILASTER_M + 0.05, half - _PILASTER_M - 0.05, 0.0, _OPENING_M)
    yield panel(Rect(-half, half, 0.0, SHOP_M), [opening], x, wall)
    for y in (-half + 0.04, half - 0.04 - _PILASTER_M):
        yield block(Rect(y, y + _PILASTER_M, 0.0, _FASCIA_M[1]), x - 0.01, x + 0.1, wood)
        yield block(Rect(y - 0.03, y + _PILASTER_M + 0.03, 0.0, 0.3), x, x + 0.13, wood)
        yield block(Rect(y - 0.03, y + _PILASTER_M + 0.03, _FASCIA_M[1], _FASCIA_M[1] + 0.1), x, x + 0.2, wood)
    yield block(Rect(-half, half, SHOP_M - 0.07, SHOP_M), x - 0.01, x + 0.24, stone)
    yield reveal(opening, x, x - 0.1, wood)
    if stream.child("shutter").uniform() < 0.08:
        yield _shutter(opening, x - 0.08)
    else:
        yield from _glazing(opening, x - 0.1, wood, lit, stream)
    board = Rect(-half + 0.4, half - 0.4, *_FASCIA_M)
    yield block(board, x - 0.01, x + 0.12, wood)
    yield from lettering(board.inset(0.1), x + 0.12, sign, lit, stream.child("sign"))
    if stream.child("blind").uniform() < 0.25:
        yield _blind(board, x, stream.child("blind", "color"))


def _shutter(opening: Rect, x: float) -> Mesh:
    """A closed roller shutter of corrugated steel."""
    steel = Material(color=(0.3, 0.31, 0.32), metallic=0.7, roughness=0.45, variation=0.3, dirt=0.3)
    z = np.linspace(opening.z0, opening.z1, 2 * 22 + 1)
    depth = np.where(np.arange(len(z)) % 2, x + 0.02, x)
    corners = [
        [
            (depth[i], opening.y0, z[i]),
            (depth[i], opening.y1, z[i]),
            (depth[i + 1], opening.y1, z[i + 1]),
            (depth[i + 1], opening.y0, z[i + 1]),
        ]
        for i in range(len(z) - 1)
    ]
    return quads(corners, steel)


def _glazing(opening: Rect, x: float, wood: Material, lit: float, stream: Stream) -> Iterator[Mesh]:
    """Windows on a stall riser beside a recessed glass door."""
    free = opening.width_m - _DOOR_M
    left = [0.0, free / 2, free][stream.child("door").integer(3)]
    entrance = Rect(opening.y0 + left, opening.y0 + left + _DOOR_M, 0.0, opening.z1)
    dark = DARK_GLASS[stream.child("dark").integer(3)]
    riser_z = stream.child("riser").between(0.25, 0.7)
    for k, (y0, y1) in enumerate(((opening.y0, entrance.y0), (entrance.y1, opening.y1))):
        if y1 - y0 < 0.2:
            continue
        pane = Rect(y0, y1, riser_z, opening.z1)
        style = WindowStyle(max(1, round((y1 - y0) / 1.5)), 1, wood, wood, frame_m=0.07, bar_m=0.06, reveal_m=0.02, sill=False)
        yield panel(Rect(y0, y1, 0.0, riser_z), [], x, wood)
        yield from window(pane, x, style, display(pane, dark, lit, stream.child("display", k)))
    glass_door = Rect(entrance.y0, entrance.y1, 0.02, entrance.z1)
    yield from deep_hole(entrance, x, 0.75, wood, wood)
    style = WindowStyle(1, 1, wood, wood, frame_m=0.11, reveal_m=0.02, sill=False)
    yield from (mesh.moved((0.06, 0.0, 0.0)) for mesh in window(glass_door, x - 0.75, style, [(glass_door, dark)]))


def display(pane: Rect, dark: Material, lit: float, stream: Stream) -> list[tuple[Rect, Material]]:
    """What a shop window shows: goods below, darkness or lamps above, here and there a poster."""
    inside = dark if stream.child("lit").uniform() >= lit else _LIT_SHOPS[stream.child("lamp").integer(3)]
    parts, y, i = [], pane.y0, 0
    shelf = pane.height_m * stream.child("shelf").between(0.15, 0.35)
    while y < pane.y1 - 1e-6:
        here = stream.child(i)
        end, i = min(y + here.child("wide").between(0.1, 0.4), pane.y1), i + 1
        poster = here.child("poster").uniform() < 0.06
        low = pane.z0 + (0.5 * pane.height_m if poster else 0.0)
        high = pane.z1 - 0.25 if poster else pane.z0 + shelf * here.child("level").between(0.4, 1.4)
        color = looks.picked(_POSTERS if poster else _GOODS, here.child("color"))
        goods = Material(color=color, roughness=0.08, specular=0.8, coat=1.0, emission_w_m2=1.5 if inside.emission_w_m2 else 0.0)
        parts += [(Rect(y, end, low, high), goods), (Rect(y, end, high, pane.z1), inside)]
        if poster:
            parts.append((Rect(y, end, pane.z0, low), inside))
        y = end
    return parts


# Strokes of made-up letters in a unit cell: y0, y1 (left to right), z0, z1.
_GLYPHS: tuple[tuple[tuple[float, float, float, float], ...], ...] = (
    ((0, 0.22, 0, 1), (0.22, 0.8, 0.8, 1), (0.22, 0.65, 0.4, 0.58)),
    ((0, 0.22, 0, 1), (0.58, 0.8, 0, 1), (0.22, 0.58, 0.4, 0.6)),
    ((0, 0.22, 0, 1), (0.22, 0.8, 0, 0.2)),
    ((0, 0.8, 0.8, 1), (0.29, 0.51, 0, 0.8)),
    ((0, 0.22, 0, 1), (0.58, 0.8, 0, 1), (0.22, 0.58, 0, 0.2), (0.22, 0.58, 0.8, 1)),
    ((0.2, 0.42, 0, 1),),
    ((0, 0.22, 0, 0.7), (0.58, 0.8, 0, 0.7), (0.22, 0.58, 0.5, 0.7)),
    ((0, 0.22, 0, 0.7), (0.22, 0.7, 0, 0.15), (0.22, 0.7, 0.55, 0.7)),
)


def lettering(field: Rect, x: float, color: Rgb, lit: float, stream: Stream) -> Iterator[Mesh]:
    """A made-up name in raised letters, read from the street (from -y to +y), centred on the field."""
    glow = 6.0 if stream.child("lit").uniform() < lit else 0.0
    material = Material(color=color, roughness=0.4, variation=0.05, emission_w_m2=glow)
    count, high = 4 + stream.child("count").integer(8), field.height_m * stream.child("high").between(0.7, 1.0)
    wide = min(high * 0.8, field.width_m / (count + 1))
    y, z = (field.y0 + field.y1) / 2 - count * wide / 2, (field.z0 + field.z1 - high) / 2
    for i in range(count):
        if 0 < i < count - 1 and stream.child("space", i).uniform() < 0.12:
            continue
        for a, b, low, top in _GLYPHS[stream.child("glyph", i).integer(len(_GLYPHS))]:
            left = y + i * wide
            yield block(Rect(left + a * wide, left + b * wide, z + low * high, z + top * high), x - 0.005, x + 0.02, material)


def _blind(board: Rect, x: float, stream: Stream) -> Mesh:
    """A Dutch blind below the fascia, striped."""
    light: Rgb = (0.6, 0.58, 0.52)
    dark = looks.picked(looks.SHOP_COLORS, stream)
    count = max(2, round(board.width_m / 0.25))
    y = np.linspace(board.y0, board.y1, count + 1)
    top, front, low = (x + 0.13, board.z0 + 0.02), (x + 0.29, board.z0 - 0.3), (x + 0.29, board.z0 - 0.42)
    cloth = [Material(color=c, texture="fabric", texture_scale_m=0.05, roughness=0.9) for c in (light, dark)]
    strips = []
    for i in range(count):
        a, b = float(y[i]), float(y[i + 1])
        outside = [[(q[0], a, q[1]), (q[0], b, q[1]), (p[0], b, p[1]), (p[0], a, p[1])] for p, q in ((top, front), (front, low))]
        inside = [[(px - 0.004, py, pz) for px, py, pz in face][::-1] for face in outside]
        strips.append(quads(outside + inside, cloth[i % 2]))
    return merge(strips)

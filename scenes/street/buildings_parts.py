"""Walls with holes, reveals, windows and doors. All look along +X; a facade's plane is y (across) and z (up), metres.

A window is three nested layers, each a panel with holes: the wall, the frame, the panes. Nothing overlaps in one plane.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from generator.mesh import Material, Mesh, merge
from generator.streams import Stream
from scenes.shapes import box


class Rect(NamedTuple):
    """A rectangle in a facade's plane."""

    y0: float
    y1: float
    z0: float
    z1: float

    def inset(self, margin_m: float) -> Rect:
        return Rect(self.y0 + margin_m, self.y1 - margin_m, self.z0 + margin_m, self.z1 - margin_m)

    def moved(self, y_m: float, z_m: float = 0.0) -> Rect:
        return Rect(self.y0 + y_m, self.y1 + y_m, self.z0 + z_m, self.z1 + z_m)

    def cut(self, other: Rect) -> Rect | None:
        """What both cover, or None."""
        both = Rect(max(self.y0, other.y0), min(self.y1, other.y1), max(self.z0, other.z0), min(self.z1, other.z1))
        return both if both.y1 - both.y0 > 1e-6 and both.z1 - both.z0 > 1e-6 else None

    @property
    def width_m(self) -> float:
        return self.y1 - self.y0

    @property
    def height_m(self) -> float:
        return self.z1 - self.z0


Quad = Sequence[tuple[float, float, float]]  # four corners


def quads(corners: Sequence[Quad], material: Material) -> Mesh:
    """Separate quads (N, 4, 3), counter-clockwise seen from outside."""
    count = len(corners)
    points = np.array(corners, np.float32).reshape(4 * count, 3)
    faces, slots, flat = _quad_faces(count)
    return Mesh(points, faces, slots, flat, (material,))


@lru_cache(maxsize=256)  # a facade's windows are thousands of small pieces of few sizes
def _quad_faces(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Faces (2 count, 3), slots and smooth of separate quads; read only, because they are shared."""
    first = 4 * np.arange(count, dtype=np.int32)[:, None]
    faces = np.concatenate([first + np.array([0, 1, 2], np.int32), first + np.array([0, 2, 3], np.int32)])
    shared = (faces, np.zeros(2 * count, np.int16), np.zeros(2 * count, bool))
    for array in shared:
        array.flags.writeable = False
    return shared


def panel(rect: Rect, holes: Sequence[Rect], x_m: float, material: Material) -> Mesh:
    """The rectangle without its holes, as few strips as their edges ask for."""
    return quads(_strips(rect, holes, x_m), material)


def _strips(rect: Rect, holes: Sequence[Rect], x_m: float) -> list[Quad]:
    levels = sorted({rect.z0, rect.z1, *(z for h in holes for z in (h.z0, h.z1) if rect.z0 < z < rect.z1)})
    corners = []
    for z0, z1 in pairwise(levels):
        row = sorted((h.y0, h.y1) for h in holes if h.z0 <= z0 + 1e-9 and h.z1 >= z1 - 1e-9)
        edges = [rect.y0, *(y for pair in row for y in pair), rect.y1]
        for y0, y1 in zip(edges[::2], edges[1::2], strict=True):
            if y1 - y0 > 1e-6:
                corners.append(_face(Rect(y0, y1, z0, z1), x_m))
    return corners


def _face(r: Rect, x: float) -> Quad:
    return ((x, r.y0, r.z0), (x, r.y1, r.z0), (x, r.y1, r.z1), (x, r.y0, r.z1))


def reveal(hole: Rect, front_x: float, back_x: float, material: Material) -> Mesh:
    """The four inner faces of a hole, from the wall's face back to the frame."""
    return quads(_inner_faces(hole, front_x, back_x), material)


def _inner_faces(hole: Rect, front_x: float, back_x: float) -> list[Quad]:
    y0, y1, z0, z1 = hole
    f, b = front_x, back_x
    return [
        ((b, y0, z1), (f, y0, z1), (f, y0, z0), (b, y0, z0)),
        ((b, y1, z0), (f, y1, z0), (f, y1, z1), (b, y1, z1)),
        ((f, y0, z0), (f, y1, z0), (b, y1, z0), (b, y0, z0)),
        ((b, y0, z1), (b, y1, z1), (f, y1, z1), (f, y0, z1)),
    ]


def block(rect: Rect, back_x: float, front_x: float, material: Material) -> Mesh:
    """A box over a facade rectangle between two depths."""
    size = (front_x - back_x, rect.width_m, rect.height_m)
    return box(size, material, center_m=((front_x + back_x) / 2, (rect.y0 + rect.y1) / 2, (rect.z0 + rect.z1) / 2))


@dataclass(frozen=True)
class WindowStyle:
    """columns x rows panes in a frame `frame_m` wide that sits `reveal_m` behind the wall; bars between panes `bar_m` wide.

    surround: how wide a raised border of `surround_material` is, 0 for none. sill: a stone under it.
    """

    columns: int
    rows: int
    frame: Material
    stone: Material
    frame_m: float = 0.06
    bar_m: float = 0.035
    reveal_m: float = 0.1
    surround_m: float = 0.0
    sill: bool = True
    lintel_m: float = 0.0


def window(hole: Rect, x_m: float, style: WindowStyle, panes: Sequence[tuple[Rect, Material]]) -> Iterator[Mesh]:
    """Everything inside and around a hole in the wall at `x_m`; `panes` says what shows behind the glass, as a partition of the hole."""
    frame_x = x_m - style.reveal_m
    glass_x = frame_x - 0.03
    yield reveal(hole, x_m, frame_x, style.stone if style.surround_m else style.frame)
    holes = pane_rects(hole, style)
    inner = [face for pane in holes for face in _inner_faces(pane, frame_x, glass_x)]
    yield quads([*_strips(hole, holes, frame_x), *inner], style.frame)
    for rect, material in panes:
        yield quads([_face(part, glass_x) for pane in holes if (part := pane.cut(rect))], material)
    if style.sill:
        sill = Rect(hole.y0 - 0.08, hole.y1 + 0.08, hole.z0 - 0.09, hole.z0 - 0.002)
        yield block(sill, x_m - 0.01, x_m + 0.07, style.stone)
    if style.lintel_m:
        lintel = Rect(hole.y0 - 0.12, hole.y1 + 0.12, hole.z1 + 0.002, hole.z1 + style.lintel_m)
        yield block(lintel, x_m - 0.01, x_m + 0.015, style.stone)
    if style.surround_m:
        w = style.surround_m
        yield block(Rect(hole.y0 - w, hole.y0 - 0.002, hole.z0, hole.z1), x_m - 0.01, x_m + 0.025, style.stone)
        yield block(Rect(hole.y1 + 0.002, hole.y1 + w, hole.z0, hole.z1), x_m - 0.01, x_m + 0.025, style.stone)


def pane_rects(hole: Rect, style: WindowStyle) -> list[Rect]:
    """The holes in a window's frame, one a pane."""
    inner = hole.inset(style.frame_m)
    wide = (inner.width_m - (style.columns - 1) * style.bar_m) / style.columns
    high = (inner.height_m - (style.rows - 1) * style.bar_m) / style.rows
    lefts = [inner.y0 + i * (wide + style.bar_m) for i in range(style.columns)]
    bottoms = [inner.z0 + i * (high + style.bar_m) for i in range(style.rows)]
    return [Rect(y, y + wide, z, z + high) for z in bottoms for y in lefts]


# --- what shows behind the glass ---

# A living room at 200 lux seen through a window: 200 lm/m2 over 300 lm/W of white light, several times that where lamps show.
LIT_ROOM_W_M2 = 2.5


def _glass(color: tuple[float, float, float], emission_w_m2: float = 0.0) -> Material:
    return Material(color=color, roughness=0.05, specular=0.8, coat=1.0, variation=0.0, emission_w_m2=emission_w_m2)


DARK_GLASS = tuple(_glass((b, b * 1.05, b * 1.1)) for b in (0.008, 0.018, 0.035))
_CURTAINS = tuple(_glass(c) for c in ((0.3, 0.28, 0.24), (0.42, 0.41, 0.4), (0.2, 0.1, 0.08), (0.12, 0.15, 0.2), (0.3, 0.22, 0.1)))
_BLIND = _glass((0.4, 0.38, 0.33))
_NET = _glass((0.16, 0.16, 0.16))
LIT_ROOMS = tuple(_glass(c, LIT_ROOM_W_M2) for c in ((1.0, 0.62, 0.28), (1.0, 0.74, 0.44), (1.0, 0.86, 0.66), (0.7, 0.42, 0.2)))
_LIT_CURTAIN = _glass((0.8, 0.36, 0.14), LIT_ROOM_W_M2 * 0.35)


def room(hole: Rect, stream: Stream, lit_share: float) -> list[tuple[Rect, Material]]:
    """A partition of the window: dark or lit room, with curtains, a blind or a net before it."""
    lit = stream.child("lit").uniform() < lit_share
    inside = LIT_ROOMS[stream.child("lamp").integer(4)] if lit else DARK_GLASS[stream.child("dark").integer(3)]
    cloth = _LIT_CURTAIN if lit else _CURTAINS[stream.child("cloth").integer(5)]
    kind = stream.child("kind").uniform()
    if kind < 0.35:  # drawn back to the sides
        part = hole.width_m * stream.child("open").between(0.12, 0.3)
        middle = Rect(hole.y0 + part, hole.y1 - part, hole.z0, hole.z1)
        sides = [Rect(hole.y0, middle.y0, hole.z0, hole.z1), Rect(middle.y1, hole.y1, hole.z0, hole.z1)]
        return [(middle, inside), *((side, cloth) for side in sides)]
    if kind < 0.6:  # a blind, partly down, or a net half-way up
        level = hole.z0 + hole.height_m * stream.child("level").between(0.35, 0.8)
        upper, lower = Rect(hole.y0, hole.y1, level, hole.z1), Rect(hole.y0, hole.y1, hole.z0, level)
        blind = stream.child("net").uniform() < 0.6
        return [(upper, (_LIT_CURTAIN if lit else _BLIND) if blind else inside), (lower, inside if blind or lit else _NET)]
    return [(hole, cloth if kind > 0.93 else inside)]


def door(hole: Rect, x_m: float, leaf: Material, frame: Material, fanlight_m: float, glass: Material) -> Iterator[Mesh]:
    """A panelled front door set back in its opening, with a fanlight above, letter box and handle."""
    back = x_m - 0.16
    yield reveal(hole, x_m, back, frame)
    top = hole.z1 - fanlight_m
    leaf_hole = Rect(hole.y0 + 0.07, hole.y1 - 0.07, hole.z0, top - 0.05)
    holes = [leaf_hole]
    if fanlight_m > 0:
        holes.append(Rect(hole.y0 + 0.07, hole.y1 - 0.07, top, hole.z1 - 0.06))
    yield panel(hole, holes, back, frame)
    for opening in holes:
        yield reveal(opening, back, back - 0.04, frame)
    if fanlight_m > 0:
        yield quads([_face(holes[1], back - 0.04)], glass)
    middle = (leaf_hole.y0 + leaf_hole.y1) / 2
    rails = [leaf_hole.z0 + leaf_hole.height_m * f for f in (0.1, 0.42, 0.5, 0.93)]
    sunk = [
        Rect(y0, y1, z0, z1)
        for y0, y1 in ((leaf_hole.y0 + 0.1, middle - 0.05), (middle + 0.05, leaf_hole.y1 - 0.1))
        for z0, z1 in (rails[:2], rails[2:])
    ]
    yield panel(leaf_hole, sunk, back - 0.04, leaf)
    for field in sunk:
        yield reveal(field, back - 0.04, back - 0.055, leaf)
        yield quads([_face(field, back - 0.055)], leaf)
    brass = Material(color=(0.5, 0.38, 0.15), metallic=1.0, roughness=0.3)
    yield block(Rect(middle - 0.13, middle + 0.13, rails[1] + 0.04, rails[1] + 0.1), back - 0.04, back - 0.03, brass)
    yield block(Rect(leaf_hole.y0 + 0.03, leaf_hole.y0 + 0.07, rails[2], rails[2] + 0.12), back - 0.04, back + 0.02, brass)


def solid(meshes: Iterator[Mesh] | Sequence[Mesh]) -> Mesh:
    """One mesh of all parts that have faces."""
    return merge(mesh for mesh in meshes if len(mesh.faces))

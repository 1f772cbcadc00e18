"""Fronts of buildings: rows of windows, bays, steps, and the plain shell of side and back walls behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from generator.mesh import Material, Mesh, merge
from generator.streams import Stream
from scenes.shapes import loft
from scenes.street.buildings_parts import Rect, WindowStyle, block, panel, reveal, room, window


def window_row(y0: float, y1: float, sill_z: float, width_m: float, height_m: float, count: int) -> list[Rect]:
    """`count` windows evenly spaced between two sides."""
    pitch = (y1 - y0) / count
    wide = min(width_m, pitch - 0.35)
    return [Rect(y, y + wide, sill_z, sill_z + height_m) for y in (y0 + (i + 0.5) * pitch - wide / 2 for i in range(count))]


def windows(holes: Sequence[Rect], x_m: float, style: WindowStyle, stream: Stream, lit: float) -> Iterator[Mesh]:
    """A window with a room of its own behind every hole."""
    for i, hole in enumerate(holes):
        yield from window(hole, x_m, style, room(hole, stream.child(i), lit))


def shell(
    front_x: float, back_x: float, half_width: float, top_z: float,
    wall: Material, style: WindowStyle, holes: Sequence[Rect], stream: Stream, lit: float,
) -> Iterator[Mesh]:  # fmt: skip
    """Both side walls, plain, and the back wall with windows (`holes` as seen from behind)."""
    depth, middle = front_x - back_x, (front_x + back_x) / 2
    side = panel(Rect(-depth / 2, depth / 2, 0.0, top_z), [], 0.0, wall)
    yield side.moved((middle, half_width, 0.0), math.pi / 2)
    yield side.moved((middle, -half_width, 0.0), -math.pi / 2)
    yield panel(Rect(-half_width, half_width, 0.0, top_z), holes, 0.0, wall).moved((back_x, 0.0, 0.0), math.pi)
    if holes:
        yield merge(windows(holes, 0.0, style, stream, lit)).moved((back_x, 0.0, 0.0), math.pi)


def canted_bay(
    x_m: float, y_m: float, width_m: float, out_m: float, floors: Sequence[tuple[float, float]], top_z: float,
    wall: Material, roof: Material, style: WindowStyle, stream: Stream, lit: float,
) -> Iterator[Mesh]:  # fmt: skip
    """A three-sided bay on the wall at `x_m`; `floors` are the (bottom, top) of its windows, its walls end at `top_z`."""
    half, corner = width_m / 2, width_m / 2 - out_m
    plan = [(0.0, -half), (out_m, -corner), (out_m, corner), (0.0, half)]
    for k, ((ax, ay), (bx, by)) in enumerate(pairwise(plan)):
        length, yaw = math.hypot(bx - ax, by - ay), math.atan2(ax - bx, by - ay)
        offset = (x_m + (ax + bx) / 2, y_m + (ay + by) / 2, 0.0)
        holes = [Rect(-length / 2 + 0.1, length / 2 - 0.1, z0, z1) for z0, z1 in floors]
        front = panel(Rect(-length / 2, length / 2, 0.0, top_z), holes, 0.0, wall)
        yield merge([front, *windows(holes, 0.0, style, stream.child("bay", k), lit)]).moved(offset, yaw)
    grown = np.array([(x_m + x + 0.05 * (x > 0), y_m + y * (1 + 0.05 / half)) for x, y in plan])
    rings = [np.column_stack([grown, np.full(4, z)]) for z in (top_z, top_z + 0.08)]
    ridge = np.column_stack([x_m + (grown[:, 0] - x_m) * 0.05, y_m + (grown[:, 1] - y_m) * 0.55, np.full(4, top_z + 0.5)])
    yield loft(np.stack(rings), style.stone)
    yield loft(np.stack([rings[1], ridge]), roof)


def steps(rect: Rect, x_m: float, out_m: float, material: Material) -> Iterator[Mesh]:
    """Two steps up to a door sill at rect.z1."""
    middle = (rect.z0 + rect.z1) / 2
    yield block(Rect(rect.y0, rect.y1, rect.z0, middle), x_m, x_m + out_m, material)
    yield block(Rect(rect.y0, rect.y1, middle, rect.z1), x_m, x_m + out_m / 2, material)


def band(
    y0: float, y1: float, z0: float, z1: float, x_m: float, out_m: float, material: Material, gaps: Sequence[Rect] = ()
) -> Iterator[Mesh]:
    """A plinth, string course or cornice across the front, interrupted by what it meets."""
    edges = [y0, *(y for hole in sorted(gaps) if hole.z0 < z1 and hole.z1 > z0 for y in (hole.y0, hole.y1)), y1]
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if b - a > 1e-3:
            yield block(Rect(a, b, z0, z1), x_m - 0.01, x_m + out_m, material)


def deep_hole(hole: Rect, x_m: float, depth_m: float, walls: Material, back: Material) -> Iterator[Mesh]:
    """A niche in the wall: its sides and its back."""
    yield reveal(hole, x_m, x_m - depth_m, walls)
    yield panel(hole, [], x_m - depth_m, back)

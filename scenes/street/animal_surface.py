"""Smooth skins around skeletons of round cones: a distance field on a grid, and the surface where it is zero.

Shapes: N cones, V vertices, X, Y, Z grid. Metres. Round cones and the smooth union follow Inigo Quilez (iquilezles.org); the
surface is by naive surface nets (Gibson, Constrained elastic surface nets, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float, float]

_FAR = 1e3


@dataclass(frozen=True)
class Cone:
    """A ball that moves from `a` to `b` while its radius changes; `narrow` < 1 presses it flat along y. `part` names its colour."""

    a: Point
    b: Point
    radius_a: float
    radius_b: float
    part: str = "body"
    narrow: float = 1.0


def cone_bounds(cones: Sequence[Cone]) -> np.ndarray:
    """(2, 3) corners of the box around cones."""
    ends = np.array([(*end, radius, one.narrow) for one in cones for end, radius in ((one.a, one.radius_a), (one.b, one.radius_b))])
    reach = ends[:, 3:4] * np.column_stack([np.ones(len(ends)), ends[:, 4], np.ones(len(ends))])
    return np.stack([(ends[:, :3] - reach).min(0), (ends[:, :3] + reach).max(0)])


def distance(cone: Cone, points: np.ndarray) -> np.ndarray:
    """(...,) distance of points (..., 3) from a cone, negative inside; exact for narrow 1."""
    a, b = np.array(cone.a, np.float32), np.array(cone.b, np.float32)
    squeeze = np.array([1.0, 1.0 / cone.narrow, 1.0], np.float32)
    p = (points - a) * squeeze
    along = (b - a) * squeeze
    t = np.clip(p @ along / max(float(along @ along), 1e-9), 0.0, 1.0)
    gap = p - t[..., None] * along
    return np.sqrt((gap * gap).sum(-1)) - (cone.radius_a + t * (cone.radius_b - cone.radius_a))


def skin(cones: Sequence[Cone], step_m: float, blend_m: float) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) vertices and (F, 3) faces of the union of cones, on a grid of `step_m`.

    They melt together over `blend_m`, thin ones over most of their radius.
    """
    low, high = cone_bounds(cones)
    low, high = low - 2.5 * step_m, high + 2.5 * step_m
    counts = np.ceil((high - low) / step_m).astype(int) + 1
    field = np.full(counts, _FAR, np.float32)
    for cone in cones:
        thin = min(cone.radius_a, cone.radius_b)
        _join(field, cone, low, step_m, max(min(blend_m, 0.9 * thin), 0.3 * step_m))
    return _nets(field, low, step_m)


def _join(field: np.ndarray, cone: Cone, low: np.ndarray, step_m: float, blend_m: float) -> None:
    """Adds a cone to the field (X, Y, Z), within reach of it only."""
    corners = cone_bounds([cone])
    first = np.maximum(np.floor((corners[0] - low - blend_m) / step_m).astype(int) - 1, 0)
    last = np.minimum(np.ceil((corners[1] - low + blend_m) / step_m).astype(int) + 2, field.shape)
    axes = [low[k] + step_m * np.arange(first[k], last[k]) for k in range(3)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).astype(np.float32)
    part = field[first[0] : last[0], first[1] : last[1], first[2] : last[2]]
    new = distance(cone, points)
    near = np.maximum(blend_m - np.abs(part - new), 0.0) / blend_m
    part[...] = np.minimum(part, new) - near * near * blend_m / 4


def _nets(field: np.ndarray, low: np.ndarray, step_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Surface nets: one vertex a cell that the surface crosses, one quad an edge that it crosses."""
    inside = field < 0
    cells = np.array(field.shape) - 1
    total = np.zeros((*cells, 3), np.float32)
    hits = np.zeros(cells, np.int32)
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        a, b = _halves(field, axis)
        crossed = (a < 0) != (b < 0)
        share = np.where(crossed, a / np.where(crossed, a - b, 1.0), 0.0)
        for du in (0, 1):
            for dv in (0, 1):
                window = tuple(
                    slice(None) if k == axis else slice(du if k == u else dv, (du if k == u else dv) + cells[k]) for k in range(3)
                )
                on = crossed[window]
                hits += on
                total[..., axis] += share[window]
                total[..., u] += on * du
                total[..., v] += on * dv
    used = hits > 0
    number = np.full(cells, -1)
    number[used] = np.arange(used.sum())
    grid = np.stack(np.nonzero(used), axis=1)
    vertices = low + step_m * (grid + total[used] / hits[used][:, None])
    return vertices, np.concatenate([_quads(inside, number, axis) for axis in range(3)])


def _halves(field: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """The field at both ends of every grid edge along `axis`."""
    count = field.shape[axis]
    return np.take(field, np.arange(count - 1), axis), np.take(field, np.arange(1, count), axis)


def _quads(inside: np.ndarray, number: np.ndarray, axis: int) -> np.ndarray:
    """(F, 3) triangles around the crossed grid edges along one axis."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    a, b = _halves(inside, axis)
    edge = np.stack(np.nonzero(a != b), axis=1)
    du, dv = np.eye(3, dtype=int)[u], np.eye(3, dtype=int)[v]
    corners = [number[tuple((edge - back).T)] for back in (du + dv, dv, 0 * du, du)]
    quads = np.stack(corners, axis=1)
    leaving = a[tuple(edge.T)]  # solid below, air above: the quad looks along +axis
    quads = np.where(leaving[:, None], quads, quads[:, ::-1])
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])

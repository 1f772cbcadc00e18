"""Signed distances to flat outlines, negative inside: what hulls are painted with. All vectorised over N points, metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def box(a: np.ndarray, b: np.ndarray, low: tuple[float, float], high: tuple[float, float], radius_m: float = 0.0) -> np.ndarray:
    """To the rectangle low..high with rounded corners."""
    middle = (np.array(low) + np.array(high)) / 2
    half = (np.array(high) - np.array(low)) / 2 - radius_m
    qa, qb = np.abs(a - middle[0]) - half[0], np.abs(b - middle[1]) - half[1]
    outside = np.hypot(np.maximum(qa, 0), np.maximum(qb, 0))
    return outside + np.minimum(np.maximum(qa, qb), 0) - radius_m


def circle(a: np.ndarray, b: np.ndarray, center: tuple[float, float], radius_m: float) -> np.ndarray:
    return np.hypot(a - center[0], b - center[1]) - radius_m


def polygon(a: np.ndarray, b: np.ndarray, corners: Sequence[tuple[float, float]], radius_m: float = 0.0) -> np.ndarray:
    """To a polygon grown by `radius_m` (its corners become round); any shape that does not cross itself.

    After I. Quilez, "2D distance functions", iquilezles.org/articles/distfunctions2d.
    """
    p = np.stack([a, b], axis=1)
    c = np.asarray(corners, float)
    distance = np.full(len(p), np.inf)
    inside = np.zeros(len(p), bool)
    for i in range(len(c)):
        start, end = c[i - 1], c[i]
        edge, to = end - start, p - start
        share = np.clip(to @ edge / (edge @ edge), 0, 1)
        distance = np.minimum(distance, ((to - share[:, None] * edge) ** 2).sum(1))
        if start[1] != end[1]:
            spans = (p[:, 1] >= min(start[1], end[1])) & (p[:, 1] < max(start[1], end[1]))
            inside ^= spans & (p[:, 0] < start[0] + (p[:, 1] - start[1]) * edge[0] / edge[1])
    return np.where(inside, -1, 1) * np.sqrt(distance) - radius_m


def path(a: np.ndarray, b: np.ndarray, points: Sequence[tuple[float, float]], width_m: float) -> np.ndarray:
    """To a stroke of `width_m` along an open polyline."""
    p = np.stack([a, b], axis=1)
    distance = np.full(len(p), np.inf)
    for start, end in zip(np.asarray(points[:-1], float), np.asarray(points[1:], float), strict=True):
        edge, to = end - start, p - start
        share = np.clip(to @ edge / max(edge @ edge, 1e-12), 0, 1)
        distance = np.minimum(distance, ((to - share[:, None] * edge) ** 2).sum(1))
    return np.sqrt(distance) - width_m / 2


def both(*distances: np.ndarray, soft_m: float = 0.0) -> np.ndarray:
    """Inside all of them; `soft_m` rounds the corners where two borders meet."""
    total = distances[0]
    for d in distances[1:]:
        if soft_m > 0:
            h = np.clip(0.5 + 0.5 * (total - d) / soft_m, 0, 1)
            total = d + (total - d) * h + soft_m * h * (1 - h)
        else:
            total = np.maximum(total, d)
    return total


def band(distance: np.ndarray, width_m: float) -> np.ndarray:
    """A stroke of `width_m` along the border of a region."""
    return np.abs(distance) - width_m / 2

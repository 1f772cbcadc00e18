"""Smooth hulls: bicubic B-spline surfaces over the left half of a body, symmetric about the plane y = 0.

Letters: U columns run round the body from front centre to rear centre, R rows from the underside to the centre line on top.
A parameter pair (u, v) counts control columns and rows, so u is in 0..U-1 and v in 0..R-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from generator.geometry import cross

_FOUR = np.arange(4)


@dataclass(frozen=True, eq=False)
class Hull:
    """controls: (U, R, 3) float64, metres. The first and last column and the last row lie on y = 0."""

    controls: np.ndarray

    @cached_property
    def padded(self) -> np.ndarray:
        """(U + 2, R + 2, 3): the controls with mirrored neighbours beyond y = 0 and a straight run beyond the underside."""
        mirror = np.array([1.0, -1.0, 1.0])
        c = self.controls
        c = np.concatenate([c[1:2] * mirror, c, c[-2:-1] * mirror])
        return np.concatenate([2 * c[:, :1] - c[:, 1:2], c, c[:, -2:-1] * mirror], axis=1)

    def at(self, uv: np.ndarray) -> np.ndarray:
        """(N, 3) float64 points of the surface at `uv` (N, 2)."""
        columns, rows = self.controls.shape[:2]
        span = np.clip(np.floor(uv).astype(int), 0, (columns - 2, rows - 2))
        weights = _weights(uv - span)  # (N, 2, 4)
        both = (weights[:, 0, :, None] * weights[:, 1, None, :]).reshape(-1, 1, 16)
        first = span[:, 0] * (rows + 2) + span[:, 1]
        patch = self.padded.reshape(-1, 3)[first[:, None] + (_FOUR[:, None] * (rows + 2) + _FOUR).ravel()]
        return np.asarray((both @ patch)[:, 0])

    def grid(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """(N, M, 3) float64 points at every pair of `u` (N,) and `v` (M,): much cheaper than so many single points."""
        columns, rows = self.controls.shape[:2]
        along = _basis(u, columns) @ self.padded.reshape(columns + 2, -1)
        return np.asarray(_basis(v, rows) @ along.reshape(len(u), rows + 2, 3))

    def normals(self, uv: np.ndarray) -> np.ndarray:
        """(N, 3) outward unit normals at `uv`, by central differences."""
        right, up = np.array([0.02, 0.0]), np.array([0.0, 0.02])
        after, before, above, below = self.at(np.concatenate([uv + right, uv - right, uv + up, uv - up])).reshape(4, -1, 3)
        normal = cross(after - before, above - below)
        return np.asarray(normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12))

    def locate(self, axes: tuple[int, int], targets: np.ndarray, low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
        """(N, 2) parameters, within low..high, of the points whose coordinates `axes` come nearest to `targets` (N, 2)."""
        table, points = _table(self, low, high)
        flat = points[:, axes]
        uv = table[((flat[:, 0] - targets[:, :1]) ** 2 + (flat[:, 1] - targets[:, 1:]) ** 2).argmin(1)]
        for _ in range(2):  # Newton's steps on the two coordinates
            here = self.at(uv)[:, axes]
            du = (self.at(uv + np.array([0.01, 0.0]))[:, axes] - here) / 0.01
            dv = (self.at(uv + np.array([0.0, 0.01]))[:, axes] - here) / 0.01
            determinant = du[:, 0] * dv[:, 1] - du[:, 1] * dv[:, 0]
            safe = np.where(np.abs(determinant) < 1e-6, np.inf, determinant)
            off = targets - here
            move = np.stack([off[:, 0] * dv[:, 1] - off[:, 1] * dv[:, 0], off[:, 1] * du[:, 0] - off[:, 0] * du[:, 1]], 1) / safe[:, None]
            uv = np.clip(uv + np.clip(move, -0.3, 0.3), low, high)
        return uv


@lru_cache(maxsize=16)  # one hull is asked a hundred times in a row
def _table(hull: Hull, low: tuple[float, float], high: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """A grid of parameters (N, 2) and its points (N, 3)."""
    u, v = np.linspace(low[0], high[0], 60), np.linspace(low[1], high[1], 40)
    return np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2), hull.grid(u, v).reshape(-1, 3)


def _basis(t: np.ndarray, count: int) -> np.ndarray:
    """(N, count + 2) weights of the padded controls at the parameters `t` (N,) along one direction."""
    span = np.clip(np.floor(t).astype(int), 0, count - 2)
    basis = np.zeros((len(t), count + 2))
    basis[np.arange(len(t))[:, None], span[:, None] + _FOUR] = _weights(t - span)
    return basis


def _weights(t: np.ndarray) -> np.ndarray:
    """(..., 4) weights of the uniform cubic B-spline at the fraction `t` of a span."""
    s = 1 - t
    s2, t2 = s * s, t * t
    return np.stack([s2 * s, 3 * t2 * t - 6 * t2 + 4, 3 * s2 * s - 6 * s2 + 4, t2 * t], axis=-1) / 6


def samples(count: int, per_span: int | list[int]) -> np.ndarray:
    """Parameters that cover `count` controls with so many steps a span (one number for all, or one each)."""
    steps = [per_span] * (count - 1) if isinstance(per_span, int) else per_span
    parts = [i + np.arange(n) / n for i, n in enumerate(steps)]
    return np.concatenate([*parts, [count - 1.0]])


def smoothstep(x: np.ndarray | float, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((np.asarray(x, float) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)

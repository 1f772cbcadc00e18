"""Principal components and sums of products over them: what the metrics share that need covariances.

With n images a side, covariances of more than about n / 4 dimensions are mostly noise, so only the leading directions of both sets
together are kept. Shapes as in evaluator/gap/metrics.py; K components.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import eigh

_FEW = 8  # subsets: for so few, sums of products are taken directly; more share the products


@dataclass(frozen=True, eq=False)
class Components:
    """points: (N, K) float32 coordinates, centred."""

    points: np.ndarray

    @cached_property
    def products(self) -> np.ndarray:
        """(N, K * (K + 1) / 2) float32 upper triangles of each x x'."""
        rows, columns = np.triu_indices(self.points.shape[1])
        return np.asarray(self.points[:, rows] * self.points[:, columns])

    def second_moments(self, weights: np.ndarray) -> np.ndarray:
        """(R, K, K) float64: sums of x x' with the weights (R, N) float32."""
        if len(weights) <= _FEW:
            return np.stack([(self.points * row[:, None]).T @ self.points for row in weights]).astype(np.float64)
        size = self.points.shape[1]
        rows, columns = np.triu_indices(size)
        place = np.empty((size, size), int)
        place[rows, columns] = place[columns, rows] = np.arange(len(rows))
        return np.asarray((weights @ self.products)[:, place.ravel()].reshape(-1, size, size), np.float64)


def components(points: np.ndarray, count: int) -> Components:
    """The leading directions of all points together, at most `count` and at most an eighth of the points (at least 2)."""
    centred = points - points.mean(axis=0)
    most = min(count, max(len(points) // 8, 2), points.shape[1])
    if most < points.shape[1]:
        width = points.shape[1]
        _, vectors = eigh(centred.T @ centred, subset_by_index=[width - most, width - 1])
        centred = centred @ vectors
    return Components(centred.astype(np.float32))

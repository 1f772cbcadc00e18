"""Principal components and sums of products over them: what the metrics share that need covariances.

With n images a side, covariances of more than about n / 4 dimensions are mostly noise, so only the leading directions of both sets
together are kept. Shapes as in evaluator/gap/metrics.py; K components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Components:
    """points: (N, K) float32 coordinates, centred; products: (N, K * (K + 1) / 2) float32 upper triangles of each x x'."""

    points: np.ndarray
    products: np.ndarray

    def square(self, sums: np.ndarray) -> np.ndarray:
        """(..., K, K) symmetric matrices from (..., K * (K + 1) / 2) upper triangles."""
        size = self.points.shape[1]
        rows, columns = np.triu_indices(size)
        place = np.empty((size, size), int)
        place[rows, columns] = place[columns, rows] = np.arange(len(rows))
        return np.asarray(sums[..., place.ravel()].reshape(*sums.shape[:-1], size, size))


def components(points: np.ndarray, count: int) -> Components:
    """The leading directions of all points together, at most `count` and at most an eighth of the points (at least 2)."""
    centred = points - points.mean(axis=0)
    most = min(count, max(len(points) // 8, 2), points.shape[1])
    if most < points.shape[1]:
        _, vectors = np.linalg.eigh(centred.T @ centred)  # ascending
        centred = centred @ vectors[:, -most:]
    centred = centred.astype(np.float32)
    rows, columns = np.triu_indices(centred.shape[1])
    return Components(centred, centred[:, rows] * centred[:, columns])

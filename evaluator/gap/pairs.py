"""Distances between all pairs of points: what several metrics start from. Shapes as in evaluator/gap/metrics.py."""

from __future__ import annotations

import numpy as np


def squared_distances(points: np.ndarray) -> np.ndarray:
    """(N, N) float32 squared Euclidean distances; the diagonal is exactly 0."""
    centred = (points - points.mean(axis=0)).astype(np.float32)  # small norms: less is lost in the difference
    norms = np.einsum("nd,nd->n", centred, centred)
    found = centred @ centred.T
    found *= -2.0
    found += norms[:, None]
    found += norms[None, :]
    np.maximum(found, 0.0, out=found)
    np.fill_diagonal(found, 0.0)
    return found


def unbiased_mmd(kernel: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(R, 1) unbiased squared maximum mean discrepancy (Gretton et al. 2012, eq. 3) from the (N, N) kernel matrix.

    The mean of the kernel over different points within each subset, less twice the mean between the subsets.
    """
    a, b = first.astype(np.float32), second.astype(np.float32)
    diagonal = np.diag(kernel)
    from_a, from_b = a @ kernel, b @ kernel  # (R, N)
    n, m = a.sum(axis=1, dtype=np.float64), b.sum(axis=1, dtype=np.float64)
    within_a = (np.einsum("rn,rn->r", from_a, a, dtype=np.float64) - a @ diagonal) / (n * (n - 1))
    within_b = (np.einsum("rn,rn->r", from_b, b, dtype=np.float64) - b @ diagonal) / (m * (m - 1))
    between = np.einsum("rn,rn->r", from_a, b, dtype=np.float64) / (n * m)
    return np.asarray(within_a + within_b - 2 * between)[:, None]

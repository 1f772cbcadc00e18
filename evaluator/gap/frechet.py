"""Frechet distance between Gaussians that have the means and covariances of the sets (Dowson and Landau 1982; FID: Heusel et al. 2017).

d^2 = |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)). On at most 32 principal components: at n = 100 and D = 1280 the literature's
version gives 12 for two halves of one set.
"""

from __future__ import annotations

import math

import numpy as np

from evaluator.gap.components import Components, components
from evaluator.gap.metrics import Metric, register

COMPONENTS = 32  # OpenBLAS starts threads for eigenvalues of 64 x 64, which makes a thousand of them 40 times as slow


def frechet(mean_a: np.ndarray, cov_a: np.ndarray, mean_b: np.ndarray, cov_b: np.ndarray) -> np.ndarray:
    """(R,) squared distance of Gaussians with means (R, K) and covariances (R, K, K).

    tr (A B)^(1/2) is the sum of the roots of the eigenvalues of F' B F, where A = F F'. Covariances of few or equal points are
    singular, and a little below it by rounding: their negative eigenvalues count as 0.
    """
    values, vectors = np.linalg.eigh(cov_a)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    cross = np.linalg.eigvalsh(factor.transpose(0, 2, 1) @ cov_b @ factor)
    root = np.sqrt(np.maximum(cross, 0.0)).sum(axis=1)
    traces = np.trace(cov_a, axis1=1, axis2=2) + np.trace(cov_b, axis1=1, axis2=2)
    return np.asarray(((mean_a - mean_b) ** 2).sum(axis=1) + traces - 2 * root)


def moments(prepared: Components, subsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means (R, K) and covariances (R, K, K), divided by n - 1."""
    n = subsets.sum(axis=1, keepdims=True).astype(float)
    weights = subsets.astype(np.float32)
    mean = (weights @ prepared.points).astype(np.float64) / n
    second = prepared.second_moments(weights)
    covariance = (second - n[..., None] * mean[:, :, None] * mean[:, None, :]) / (n[..., None] - 1)
    return mean, covariance


def _prepare(points: np.ndarray) -> Components:
    return components(points, COMPONENTS)


def _compare(prepared: Components, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.maximum(frechet(*moments(prepared, first), *moments(prepared, second)), 0.0)[:, None]


FRECHET = register(
    Metric(
        kind="frechet",
        numbers=("frechet",),
        prepare=_prepare,
        compare=_compare,
        equal=(0.0,),
        bounds=((0.0, math.inf),),
        formula="Dowson and Landau 1982 (FID: Heusel et al. 2017), on at most 32 principal components of both sets",
        answers="how far means and covariances are apart; above 0 even for equal sets, more so for small ones",
        needs=8,
    )
)

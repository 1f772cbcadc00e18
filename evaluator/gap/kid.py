"""Kernel inception distance: the unbiased MMD with the cubic kernel (x.y / D + 1)^3 (Binkowski et al. 2018), on whatever features."""

from __future__ import annotations

import numpy as np

from evaluator.gap.metrics import Metric, register
from evaluator.gap.pairs import unbiased_mmd


def cubic_kernel(points: np.ndarray) -> np.ndarray:
    """(N, N) float32."""
    rows = points.astype(np.float32)
    return np.asarray((rows @ rows.T / np.float32(rows.shape[1]) + np.float32(1)) ** 3)


KID = register(
    Metric(
        kind="kid",
        numbers=("kid",),
        prepare=cubic_kernel,
        compare=unbiased_mmd,
        equal=(0.0,),
        formula="Binkowski et al. 2018: unbiased MMD, kernel (x.y / D + 1)^3, mean over blocks of 500",
        answers="whether means, covariances and third moments differ; comparable between sizes of sets, unlike the Frechet distance",
        block=500,
    )
)

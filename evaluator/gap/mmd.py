"""Maximum mean discrepancy with Gaussian kernels: one at the median distance, and a sum over five widths.

Gretton et al. 2012, "A kernel two-sample test"; k(x, y) = exp(-|x - y|^2 / (2 s^2)).
"""

from __future__ import annotations

import numpy as np

from evaluator.gap.metrics import Metric, register
from evaluator.gap.pairs import squared_distances, unbiased_mmd

BLOCK = 1000  # points a side: the (2000, 2000) matrices of a block take 16 MB


def median_squared(squared: np.ndarray) -> float:
    """The median heuristic: s^2 is the median squared distance between different points (of at most 1,000 of them)."""
    step = max(len(squared) // 1000, 1)
    some = squared[::step, ::step]
    middle = float(np.median(some[np.triu_indices(len(some), 1)]))
    return middle if middle > 0 else 1.0


def _at_median(points: np.ndarray) -> np.ndarray:
    squared = squared_distances(points)
    return np.asarray(np.exp(squared * np.float32(-0.5 / median_squared(squared))))


def _sum_of_widths(points: np.ndarray) -> np.ndarray:
    """Mean of the kernels with s^2 = 1/4, 1/2, 1, 2, 4 times the median: the widest is taken, then squared four times over."""
    squared = squared_distances(points)
    kernel = np.exp(squared * np.float32(-0.5 / (4 * median_squared(squared))))
    total = kernel.copy()
    for _ in range(4):
        np.square(kernel, out=kernel)
        total += kernel
    return np.asarray(total / np.float32(5))


_SOURCE = "Gretton et al. 2012, eq. 3, unbiased (may fall below 0)"

MMD_MEDIAN = register(
    Metric(
        kind="mmd_median",
        numbers=("mmd_median",),
        prepare=_at_median,
        compare=unbiased_mmd,
        equal=(0.0,),
        formula=f"{_SOURCE}; Gaussian kernel as wide as the median distance",
        answers="whether the distributions differ at the scale of a typical distance between images",
        block=BLOCK,
    )
)
MMD_SUM = register(
    Metric(
        kind="mmd_sum",
        numbers=("mmd_sum",),
        prepare=_sum_of_widths,
        compare=unbiased_mmd,
        equal=(0.0,),
        formula=f"{_SOURCE}; mean of Gaussian kernels with 1/4 to 4 times the median's variance",
        answers="whether the distributions differ at any of several scales",
        block=BLOCK,
    )
)

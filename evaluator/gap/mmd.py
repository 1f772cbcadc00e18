"""Maximum mean discrepancy with Gaussian kernels: one at the median distance, and a sum over five widths.

Gretton et al. 2012, "A kernel two-sample test"; k(x, y) = exp(-|x - y|^2 / (2 s^2)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluator.gap.metrics import Metric, register
from evaluator.gap.pairs import squared_distances, unbiased_mmd

BLOCK = 500  # points a side: the mean over blocks is unbiased whatever their size
WIDTHS = 5
_SOME = 400  # points whose distances the median is taken of: 80,000 pairs


@dataclass(frozen=True, eq=False)
class Kernels:
    """at_median, summed: (N, N) float32."""

    at_median: np.ndarray
    summed: np.ndarray


def median_squared(squared: np.ndarray) -> float:
    """The median heuristic: s^2 is the median squared distance between different points."""
    step = max(-(-len(squared) // _SOME), 1)
    some = squared[::step, ::step]
    middle = float(np.median(some[np.triu_indices(len(some), 1)]))
    return middle if middle > 0 else 1.0


def kernels(points: np.ndarray) -> Kernels:
    """s^2 = 4, 2, 1, 1/2, 1/4 times the median: the widest is taken, then squared four times over; the third is that of the median."""
    squared = squared_distances(points)
    kernel = np.exp(squared * np.float32(-0.5 / (4 * median_squared(squared))))
    total, at_median = kernel.copy(), kernel
    for i in range(1, WIDTHS):
        kernel = kernel * kernel
        total += kernel
        at_median = kernel if i == WIDTHS // 2 else at_median
    return Kernels(at_median, np.asarray(total / np.float32(WIDTHS)))


def _compare(prepared: Kernels, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.concatenate([unbiased_mmd(kernel, first, second) for kernel in (prepared.at_median, prepared.summed)], axis=1)


MMD = register(
    Metric(
        kind="mmd",
        numbers=("mmd_median", "mmd_sum"),
        prepare=kernels,
        compare=_compare,
        equal=(0.0, 0.0),
        formula="Gretton et al. 2012, eq. 3, unbiased (may fall below 0); Gaussian kernels: one as wide as the median distance, and the "
        "mean of five with 1/4 to 4 times its variance",
        answers="whether the distributions differ in any way: at the scale of a typical distance between images, or at any of several",
        block=BLOCK,
    )
)

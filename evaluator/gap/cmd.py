"""Central moment discrepancy (Zellinger et al. 2017, eq. 5): distances of the means and of the central moments of orders 2 to 5.

The formula wants features in an interval [a, b] and divides order k by |b - a|^k. Here a and b are the least and the largest value of
each feature in both sets together, so that one outlier cannot rule the fifth moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import comb

import numpy as np

from evaluator.gap.metrics import Metric, register

ORDERS = 5


@dataclass(frozen=True, eq=False)
class Powers:
    """powers: (N, ORDERS * D) float64: the points to the powers 1, 2, ..."""

    powers: np.ndarray
    dimensions: int


def powers(points: np.ndarray) -> Powers:
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) / np.where(high > low, high - low, 1.0)
    return Powers(np.concatenate([scaled**k for k in range(1, ORDERS + 1)], axis=1), points.shape[1])


def central_moments(prepared: Powers, subsets: np.ndarray) -> np.ndarray:
    """(R, ORDERS, D): means, then central moments of orders 2, 3, ... by the binomial theorem from raw ones."""
    share = subsets / subsets.sum(axis=1, keepdims=True)
    raw = (share @ prepared.powers).reshape(len(subsets), ORDERS, prepared.dimensions)
    raw = np.concatenate([np.ones_like(raw[:, :1]), raw], axis=1)
    mean = raw[:, 1]
    moments = [mean]
    for k in range(2, ORDERS + 1):
        terms = (comb(k, j) * (-1.0) ** (k - j) * raw[:, j] * mean ** (k - j) for j in range(k + 1))
        moments.append(np.sum(list(terms), axis=0))
    return np.stack(moments, axis=1)


def _compare(prepared: Powers, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    apart = central_moments(prepared, first) - central_moments(prepared, second)
    return np.asarray(np.linalg.norm(apart, axis=2).sum(axis=1))[:, None]


CMD = register(
    Metric(
        kind="cmd",
        numbers=("cmd",),
        prepare=powers,
        compare=_compare,
        equal=(0.0,),
        bounds=((0.0, math.inf),),
        formula=f"Zellinger et al. 2017, eq. 5, orders 1 to {ORDERS}, every feature divided by its range in both sets",
        answers="whether means, spreads, skews, ... of single features differ",
    )
)

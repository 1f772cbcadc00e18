"""Proxy A-distance (Ben-David et al. 2007): how well a classifier tells the sets apart on images that it was not fitted to.

d = 2 (1 - 2 e), where e is the balanced error of a linear classifier in 5-fold cross-validation: 0 when it guesses, 2 when it never
errs. It estimates the H-divergence for linear H. The classifier is ridge regression on the labels (that of Fisher's discriminant),
because its solution is closed: hundreds of resamples take a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluator.gap.components import Components, components
from evaluator.gap.metrics import Metric, register
from generator.streams import Stream

FOLDS = 5
COMPONENTS = 64
RIDGE = 1e-3  # of the mean variance of a component


@dataclass(frozen=True, eq=False)
class Folded:
    """fold: (N,) int, which fifth a point is in."""

    parts: Components
    fold: np.ndarray


def folded(points: np.ndarray, groups: np.ndarray) -> Folded:
    """Points of one group share a fold."""
    _, number = np.unique(groups, return_inverse=True)
    count = int(number.max()) + 1
    order = Stream.root("proxy a", count).generator().permutation(count)
    return Folded(components(points, COMPONENTS), order[number] % FOLDS)


def balanced_error(prepared: Folded, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(R,) mean of the two sets' shares of points that fall on the wrong side, each judged by a fit to the other folds."""
    wrong_first, wrong_second = np.zeros(len(first)), np.zeros(len(first))
    for f in range(FOLDS):
        held = prepared.fold == f
        weights, offset = _fit(prepared.parts, first & ~held, second & ~held)
        score = weights @ prepared.parts.points[held].T - offset[:, None]  # (R, held)
        wrong_first += (first[:, held] * _wrong(score)).sum(axis=1)
        wrong_second += (second[:, held] * _wrong(-score)).sum(axis=1)
    return np.asarray((wrong_first / first.sum(axis=1) + wrong_second / second.sum(axis=1)) / 2)


def _wrong(score: np.ndarray) -> np.ndarray:
    return np.asarray((score < 0) + 0.5 * (score == 0))


def _fit(parts: Components, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fisher's direction (R, K) between the means, and the middle (R,), from the covariance within the sets."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    n, m = np.maximum(a.sum(axis=1), 1), np.maximum(b.sum(axis=1), 1)
    mean_a, mean_b = a @ parts.points / n[:, None], b @ parts.points / m[:, None]
    within = parts.second_moments(a + b)
    within -= n[:, None, None] * mean_a[:, :, None] * mean_a[:, None, :] + m[:, None, None] * mean_b[:, :, None] * mean_b[:, None, :]
    within /= (n + m)[:, None, None]
    size = within.shape[1]
    ridge = RIDGE * np.trace(within, axis1=1, axis2=2) / size + 1e-12
    weights = np.linalg.solve(within + ridge[:, None, None] * np.eye(size), (mean_a - mean_b)[..., None])[..., 0]
    return weights, ((mean_a + mean_b) / 2 * weights).sum(axis=1)


def _compare(prepared: Folded, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.asarray(2 * (1 - 2 * balanced_error(prepared, first, second)))[:, None]


PROXY_A = register(
    Metric(
        kind="proxy_a",
        numbers=("proxy_a",),
        prepare=folded,
        compare=_compare,
        equal=(0.0,),
        bounds=((-2.0, 2.0),),
        formula="Ben-David et al. 2007: 2 (1 - 2 e), e the balanced error of Fisher's linear discriminant in 5-fold cross-validation",
        answers="how surely a linear classifier tells real from synthetic images it has not seen: 0 not at all, 2 always",
        needs=8,
        by_group=True,
    )
)

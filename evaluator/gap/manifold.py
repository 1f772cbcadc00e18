"""Precision, recall (Kynkaanniemi et al. 2019), density and coverage (Naeem et al. 2020), on balls around points as wide as the
distance to their 5th nearest neighbour. `first` is the real set, `second` the synthetic one.

precision: share of synthetic points inside a ball of a real one. recall: the same the other way round. density: mean number of real
balls around a synthetic point, divided by 5. coverage: share of real points whose ball holds a synthetic one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evaluator.gap.metrics import Metric, register
from evaluator.gap.pairs import squared_distances

NEIGHBOURS = 5
BLOCK = 500
_NEAR = 48  # of the nearest, among which 5 of the same subset nearly always are


@dataclass(frozen=True, eq=False)
class Neighbours:
    """squared: (N, N) float32; order: (N, N) int32, the others of each point, nearest first, without the point itself at the end."""

    squared: np.ndarray
    order: np.ndarray


def neighbours(points: np.ndarray) -> Neighbours:
    squared = squared_distances(points)
    apart = squared.copy()
    np.fill_diagonal(apart, np.inf)
    return Neighbours(squared, np.argsort(apart, axis=1).astype(np.int32))


def radii(prepared: Neighbours, subset: np.ndarray) -> np.ndarray:
    """(N,) float32 squared distance of each point to its 5th nearest other point of `subset` (N,) bool; -1 outside the subset."""
    members = np.flatnonzero(subset)
    wanted = min(NEIGHBOURS, len(members) - 1)
    found = np.full(len(subset), -1.0, np.float32)
    rank = np.cumsum(subset[prepared.order[members, :_NEAR]], axis=1, dtype=np.int32)
    if (rank[:, -1] < wanted).any():  # rare: the nearest are nearly all of the other set
        rank = np.cumsum(subset[prepared.order[members, :-1]], axis=1, dtype=np.int32)
    place = (rank < wanted).sum(axis=1)
    found[members] = prepared.squared[members, prepared.order[members, place]]
    return found


def four_numbers(prepared: Neighbours, real: np.ndarray, made: np.ndarray) -> tuple[float, float, float, float]:
    """Precision, recall, density, coverage of the subsets `real` and `made` (N,) bool."""
    r, m = np.flatnonzero(real), np.flatnonzero(made)
    between = prepared.squared[np.ix_(r, m)]
    real_radius, made_radius = radii(prepared, real)[r], radii(prepared, made)[m]
    in_real = between <= real_radius[:, None]
    in_made = between <= made_radius[None, :]
    density = in_real.sum() / (NEIGHBOURS * len(m))
    return float(in_real.any(axis=0).mean()), float(in_made.any(axis=1).mean()), float(density), float(in_real.any(axis=1).mean())


def _compare(prepared: Neighbours, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.array([four_numbers(prepared, real, made) for real, made in zip(first, second, strict=True)])


MANIFOLD = register(
    Metric(
        kind="manifold",
        numbers=("precision", "recall", "density", "coverage"),
        prepare=neighbours,
        compare=_compare,
        equal=(1.0, 1.0, 1.0, 1.0),
        bounds=((0.0, 1.0), (0.0, 1.0), (0.0, math.inf), (0.0, 1.0)),
        formula="Kynkaanniemi et al. 2019; Naeem et al. 2020; 5 nearest neighbours",
        answers="precision, density: do synthetic images look like real ones; recall, coverage: do they show all that real ones do",
        closer_is_larger=True,
        block=BLOCK,
        needs=NEIGHBOURS + 1,
    )
)

"""Wasserstein distances that are exact: of each feature alone, and of random projections.

W1 of two one-dimensional samples is the area between their distribution functions (Vallender 1974); a sum over the gaps between
sorted points. Shapes as in evaluator/gap/metrics.py; P projections.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evaluator.gap.metrics import Metric, register
from generator.streams import Stream

PROJECTIONS = 64


@dataclass(frozen=True, eq=False)
class SortedColumns:
    """order: (D, N) int32 positions in ascending order of each column; gaps: (D, N - 1) float32 to the next value."""

    order: np.ndarray
    gaps: np.ndarray


def sort_columns(points: np.ndarray) -> SortedColumns:
    columns = np.ascontiguousarray(points.T)
    order = np.argsort(columns, axis=1).astype(np.int32)
    return SortedColumns(order, np.diff(np.take_along_axis(columns, order, axis=1), axis=1).astype(np.float32))


def per_column(columns: SortedColumns, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(R, D) float32: W1 of every column, for every pair of subsets."""
    mass = first / first.sum(axis=1, keepdims=True) - second / second.sum(axis=1, keepdims=True)
    mass = np.ascontiguousarray(mass.T, dtype=np.float32)  # (N, R): rows are gathered whole
    found = np.empty((first.shape[0], len(columns.order)), np.float32)
    for d, (order, gaps) in enumerate(zip(columns.order, columns.gaps, strict=True)):
        rise = np.cumsum(mass[order[:-1]], axis=0)
        found[:, d] = gaps @ np.abs(rise, out=rise)
    return found


def _mean_over_columns(columns: SortedColumns, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return per_column(columns, first, second).mean(axis=1, dtype=np.float64)[:, None]


def directions(dimensions: int, count: int = PROJECTIONS) -> np.ndarray:
    """(D, P) float64 unit vectors, evenly distributed over the sphere; always the same ones."""
    drawn = Stream.root("sliced wasserstein", dimensions, count).generator().normal(size=(dimensions, count))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=0))


def _sort_projections(points: np.ndarray) -> SortedColumns:
    return sort_columns(points @ directions(points.shape[1]))


WASSERSTEIN = register(
    Metric(
        kind="wasserstein",
        numbers=("wasserstein",),
        prepare=sort_columns,
        compare=_mean_over_columns,
        equal=(0.0,),
        bounds=((0.0, math.inf),),
        formula="Vallender 1974: W1 = area between the distribution functions, exact; mean over features",
        answers="how far the values of a single feature must be moved, in standard deviations of the real images",
    )
)
SLICED = register(
    Metric(
        kind="sliced_wasserstein",
        numbers=("sliced_wasserstein",),
        prepare=_sort_projections,
        compare=_mean_over_columns,
        equal=(0.0,),
        bounds=((0.0, math.inf),),
        formula=f"Rabin et al. 2011, Bonneel et al. 2015: mean W1 over {PROJECTIONS} fixed random directions",
        answers="how far all features together must be moved, seen along random directions",
    )
)

"""Scores of several seeds in one table: each, their mean, and its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from scipy.stats import t as student

from evaluator.train.run import Result

_COVERED = 0.95


@dataclass(frozen=True)
class Mean:
    """Mean over seeds with the half width of its 95 % interval (Student's t; None of one seed)."""

    value: float
    half_width: float | None
    count: int

    def __str__(self) -> str:
        return f"{self.value:.3f}" + (f" +- {self.half_width:.3f}" if self.half_width is not None else "")


def mean(values: Sequence[float]) -> Mean:
    """Raises ValueError when there are none."""
    if not values:
        raise ValueError("no values to average")
    count = len(values)
    half = float(student.ppf((1 + _COVERED) / 2, count - 1)) * stdev(values) / count**0.5 if count > 1 else None
    return Mean(fmean(values), half, count)


def score_rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """A head, a row for each seed and, of several, one of means."""
    columns = [
        (part, overlap, name)
        for part in ("validation", "test")
        for overlap in ("bbox", "segm")
        for name in ("ap", "ap50")
        if (found := getattr(results[0], part)) and overlap in found
    ]
    heads = (f"{part}{' mask' if overlap == 'segm' else ''} {name.upper()}" for part, overlap, name in columns)
    rows = [("seed", "steps", "minutes", *heads)]
    values = [[getattr(result, part)[overlap][name] for part, overlap, name in columns] for result in results]
    for result, found in zip(results, values, strict=True):
        rows.append((str(result.seed), f"{result.steps:,}", f"{result.seconds / 60:.1f}", *(_said(v) for v in found)))
    if len(results) > 1:
        known = [[v for v in column if v is not None] for column in zip(*values, strict=True)]
        rows.append(("mean", "", "", *(str(mean(column)) if column else "-" for column in known)))
    return rows


def _said(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"

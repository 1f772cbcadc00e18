"""From finished cells to the two tables: train sets against test sets, and what synthetic images add to few photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from evaluator.study.cells import CELL, Cell
from evaluator.study.settings import REAL, SYNTHETIC, StudyJob
from evaluator.train.summary import Mean, mean


@dataclass(frozen=True)
class Point:
    """All seeds of one mix. real, made: training images of either kind. scores: of each seed, by test set."""

    mix: str
    made_set: str
    fraction: float
    count: int | None
    real: int
    made: int
    scores: dict[str, dict[int, float]]

    @property
    def name(self) -> str:
        if self.mix == "real":
            return f"{self.real:,} photos"
        if self.mix == "synthetic":
            return f"{self.made:,} of {self.made_set}"
        return f"{self.real:,} photos + {self.made:,} ({self.mix})"

    def mean(self, test: str = REAL) -> Mean | None:
        values = list(self.scores.get(test, {}).values())
        return mean(values) if values else None


@dataclass(frozen=True)
class Amount:
    """One row of the table of amounts. gain: over the photos alone, by seed. worth: photos that would give the same (see
    `photos_worth`), at the mean and at both ends of its interval."""

    point: Point
    score: Mean
    gain: Mean | None
    worth: tuple[float, float, float] | None


def points(job: StudyJob, finished: Sequence[Cell]) -> list[Point]:
    """One for each mix, with the seeds that are done."""
    groups: dict[tuple[str, str, float, int | None], list[Cell]] = {}
    for cell in finished:
        groups.setdefault((cell.mix, cell.made, cell.fraction, cell.count), []).append(cell)
    return [_point(job, *key, cells) for key, cells in groups.items()]


def _point(job: StudyJob, mix: str, made: str, fraction: float, count: int | None, cells: Sequence[Cell]) -> Point:
    contents = {cell.seed: orjson.loads((cell.folder / CELL).read_bytes()) for cell in cells}
    images = {row[0]: int(row[1].replace(",", "")) for row in next(iter(contents.values()))["counts"][1:]}
    scores: dict[str, dict[int, float]] = {}
    for seed, content in contents.items():
        for test, judgement in content["scores"].items():
            value = judgement["bbox"][job.measure]
            if value is not None:
                scores.setdefault(test, {})[seed] = value
    return Point(mix, made, fraction, count, images.get("real, training", 0), images.get("synthetic, training", 0), scores)


def cross_rows(job: StudyJob, found: Sequence[Point]) -> list[tuple[str, ...]]:
    """Whole train sets against test sets: a head, then means with intervals."""
    tests = [REAL, SYNTHETIC, *job.others, *job.tests]
    fraction, count = max(job.fractions), max(job.counts)
    whole = [p for p in found if p.fraction in (0, fraction) and p.count in ((0, count) if p.made_set == SYNTHETIC else (None,))]
    order = ["real", "synthetic", "mixed", "finetune"]
    whole.sort(key=lambda p: order.index(p.mix))
    return [("trained on", *(f"tested on {t}" for t in tests)), *((p.name, *(str(p.mean(t) or "-") for t in tests)) for p in whole)]


def amounts(found: Sequence[Point]) -> list[Amount]:
    """All mixes of photos and the main synthetic set, on held-out photos."""
    alone = {p.fraction: p for p in found if p.mix == "real"}
    curve = [(p.real, p.mean()) for p in alone.values()]
    known = sorted((real, m.value) for real, m in curve if m is not None)
    rows = []
    for point in sorted((p for p in found if p.made_set == SYNTHETIC), key=lambda p: (p.fraction, p.made, p.mix)):
        score = point.mean()
        if score is None:
            continue
        base = alone.get(point.fraction) if point.mix != "real" else None
        gain = _gain(point, base) if base else None
        rows.append(Amount(point, score, gain, _worth(known, score) if point.mix != "real" and len(known) > 1 else None))
    return rows


def _gain(point: Point, base: Point) -> Mean | None:
    """Seed by seed, for a seed draws the same photos for both."""
    own, others = point.scores[REAL], base.scores.get(REAL, {})
    differences = [own[seed] - others[seed] for seed in own if seed in others]
    return mean(differences) if differences else None


def _worth(curve: Sequence[tuple[int, float]], score: Mean) -> tuple[float, float, float]:
    half = score.half_width or 0.0
    value, low, high = (photos_worth(curve, v) for v in (score.value, score.value - half, score.value + half))
    return value, low, high


def photos_worth(curve: Sequence[tuple[int, float]], score: float) -> float:
    """How many photos alone give `score`: read off the curve of (photos, score), made to rise, linear in the logarithm of the
    number. 0 below the curve, infinite above it."""
    numbers = np.log([n for n, _ in curve])
    rising = np.maximum.accumulate([s for _, s in curve])
    if score < rising[0]:
        return 0.0
    if score > rising[-1]:
        return float("inf")
    if score == rising[0]:
        return float(curve[0][0])
    at = int(np.searchsorted(rising, score, side="left"))
    share = (score - rising[at - 1]) / (rising[at] - rising[at - 1])
    return float(np.exp(numbers[at - 1] + share * (numbers[at] - numbers[at - 1])))


def amount_rows(rows: Iterable[Amount], measure: str) -> list[tuple[str, ...]]:
    """A head and a line for each mix."""
    head = ("photos", "synthetic", "mix", measure.upper(), "gain over photos alone", "worth photos alone", "replaces photos")
    return [head, *(_row(amount) for amount in rows)]


def _row(amount: Amount) -> tuple[str, ...]:
    point, worth = amount.point, amount.worth
    replaces = "-" if worth is None else _photos(worth[0], point.real)
    said = "-" if worth is None else _between(*map(_photos, worth))
    gain = "-" if amount.gain is None else f"{amount.gain.value:+.3f}" + str(amount.gain)[len(f"{amount.gain.value:.3f}") :]
    return (f"{point.real:,}", f"{point.made:,}", point.mix, str(amount.score), gain, said, replaces)


def _between(value: str, low: str, high: str) -> str:
    return value if value == low == high else f"{value} ({low} to {high})"


def _photos(number: float, had: int = 0) -> str:
    if number == float("inf"):
        return "more than tried"
    return "fewer than tried" if number == 0 else f"{number - had:,.0f}"

"""What a measure of the gap between two sets is, and which ones there are. One small file each beside this one.

Shapes: N points of both sets together, D features of a point, R pairs of subsets that are compared in one go.
A metric prepares all N points once (sorted columns, distances, products) and then compares R pairs of subsets of them cheaply:
half-samples, permutations and halves of the real set are all such pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.errors import ConfigError, unknown


@dataclass(frozen=True)
class Metric:
    """A measure of how far two sets are apart.

    numbers: names of what it gives. prepare: (N, D) float64 -> whatever `compare` needs; with `by_group` it is also given the (N,)
    int group (image) of every point, for points of one image must not be on both sides of a cross-validation.
    compare: (prepared, first, second) with first and second (R, N) bool -> (R, len(numbers)) float64. equal: what each number is
    for equal distributions. bounds: what each number can be at all, to which intervals are cut. closer_is_larger: for numbers that
    fall as the sets part. block: most points a side that are compared at once; larger sets are cut into disjoint blocks and the mean
    is taken; None: no limit. resampled: most points a side in resamples. needs: fewest points a side.
    formula: where it is from. answers: in one sentence, for the report.
    """

    kind: str
    numbers: tuple[str, ...]
    prepare: Callable[..., Any]
    compare: Callable[[Any, np.ndarray, np.ndarray], np.ndarray]
    equal: tuple[float, ...]
    formula: str
    answers: str
    bounds: tuple[tuple[float, float], ...] = ()
    closer_is_larger: bool = False
    block: int | None = None
    resampled: int = 500
    needs: int = 2
    by_group: bool = False

    def prepared(self, points: np.ndarray, groups: np.ndarray) -> Any:
        return self.prepare(points, groups) if self.by_group else self.prepare(points)


_METRICS: dict[str, Metric] = {}


def register(metric: Metric) -> Metric:
    """Makes a metric known under its kind."""
    if _METRICS.setdefault(metric.kind, metric) is not metric:
        raise ConfigError(f"two metrics are called {metric.kind!r}")
    return metric


def known_metrics() -> dict[str, Metric]:
    from evaluator.gap import all_metrics  # noqa: F401  (importing them registers them)

    return dict(_METRICS)


def metrics_named(names: Iterable[str]) -> list[Metric]:
    """Raises ConfigError for a name that no metric has."""
    known = known_metrics()
    for name in names:
        if name not in known:
            raise ConfigError(f"metrics: {unknown('metric', name, known)}")
    return [known[name] for name in names]


def distance(metric: Metric, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(len(numbers),) of the whole sets `first` (n, D) and `second` (m, D), without blocks: the metric's definition."""
    pooled = np.concatenate([first, second]).astype(np.float64)
    is_first = np.arange(len(pooled)) < len(first)
    return metric.compare(metric.prepared(pooled, np.arange(len(pooled))), is_first[None], ~is_first[None])[0]

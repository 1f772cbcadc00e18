"""A metric with what makes it believable: an interval, the same between halves of the real set, and a permutation test.

The unit that is drawn is the image, not the point: crops and objects of one image belong together. Everything is a comparison of
pairs of subsets of points that were prepared once.

- value: of all points; metrics on pairs of points take the mean over disjoint blocks.
- interval: 95 %, from half-samples without replacement, whose spread is that of the bootstrap (Shao and Wu 1989) but which repeat no
  point; repeated points are at distance 0 and would bias nearest neighbours and kernels.
- baseline: the same metric between two disjoint parts of the real set, and the gap at that same size to hold beside it.
- p value: share of random relabellings of real and synthetic images that are as far apart (Phipson and Smyth 2010: never 0).

The last three use at most `Metric.resampled` points a side; the interval is scaled to the full size by the root of n.
Shapes: N points, D features, R resamples, G images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluator.gap.metrics import Metric
from generator.streams import Stream


@dataclass(frozen=True, eq=False)
class Points:
    """values: (N, D) float64; image: (N,) int, which image each point is of."""

    values: np.ndarray
    image: np.ndarray

    def of_images(self, images: np.ndarray) -> Points:
        inside = np.isin(self.image, images)
        return Points(self.values[inside], self.image[inside])


@dataclass(frozen=True)
class Resampling:
    """How many half-samples, relabellings and splits of the real set."""

    halves: int = 100
    permutations: int = 200
    splits: int = 40


MOST_TIMES = 1000  # W1 of 500 images and 500 of the same kind, the most that are compared, is 0.08 deviations (docs/gap.md)


@dataclass(frozen=True)
class Estimate:
    """One number of a metric on one set of features.

    value with low and high; equal: what it is for equal distributions. At `size` images a side: same_size, the gap, and baseline,
    baseline_low, baseline_high, the mean and the middle 90 % of real against real; None when there are too few real images. p_value
    of the hypothesis that both are one distribution.
    """

    metric: str
    number: str
    value: float
    low: float
    high: float
    equal: float
    size: int | None
    same_size: float | None
    baseline: float | None
    baseline_low: float | None
    baseline_high: float | None
    p_value: float

    @property
    def has_baseline(self) -> bool:
        """Whether this number is a distance, and was measured between parts of the real set."""
        return self.equal == 0 and self.baseline is not None

    @property
    def beyond_ratios(self) -> bool:
        """Whether real images hardly differ from each other beside the gap: a ratio would say how little, and nothing of the gap."""
        return self.baseline is not None and self.same_size is not None and self.same_size > MOST_TIMES * self.baseline > 0

    @property
    def times_baseline(self) -> float | None:
        """How many times the real-against-real distance; None where that has no meaning: no baseline, or one that is 0 by chance or
        beside the gap."""
        if self.baseline is None or self.same_size is None or self.baseline_low is None or not self.has_baseline:
            return None
        return None if self.baseline_low <= 0 or self.beyond_ratios else self.same_size / self.baseline


def compare(metric: Metric, real: Points, made: Points, resampling: Resampling, stream: Stream) -> tuple[Estimate, ...]:
    """Every number of `metric`; none when a side has too few images or points for it."""
    if min(len(np.unique(real.image)), len(np.unique(made.image)), len(real.values) // 2, len(made.values) // 2) < metric.needs:
        return ()
    value = full_value(metric, real, made, stream.child("blocks"))
    some_real = some_images(real, metric.resampled, stream.child("real"))
    some_made = some_images(made, metric.resampled, stream.child("made"))
    plan = _plan(metric, some_real, some_made, resampling, stream)
    pooled = np.concatenate([some_real.values, some_made.values])
    found = metric.compare(metric.prepared(pooled, plan.group), plan.first, plan.second)
    scale = np.sqrt(_variance_factor(real, made) / plan.half_variance_factor)
    return tuple(_estimate(metric, i, float(value[i]), found[:, i], plan, float(scale)) for i in range(len(metric.numbers)))


def full_value(metric: Metric, real: Points, made: Points, stream: Stream) -> np.ndarray:
    """(len(numbers),): the metric on all points, as the mean over disjoint blocks where it has a largest one."""
    parts_real, parts_made = (_blocks(p, metric.block, stream.child(name)) for p, name in ((real, "real"), (made, "made")))
    rows = []
    for i in range(max(len(parts_real), len(parts_made))):
        a, b = parts_real[i % len(parts_real)], parts_made[i % len(parts_made)]
        group = np.concatenate([a.image, b.image + a.image.max() + 1])
        first = np.arange(len(group)) < len(a.image)
        prepared = metric.prepared(np.concatenate([a.values, b.values]), group)
        rows.append(metric.compare(prepared, first[None], ~first[None])[0])
    return np.asarray(np.mean(rows, axis=0))


def some_images(points: Points, most: int, stream: Stream) -> Points:
    """Whole images in random order as long as they have at most `most` points together; cut within an image that has more."""
    if len(points.values) <= most:
        return points
    images, number, counts = np.unique(points.image, return_inverse=True, return_counts=True)
    order = stream.generator().permutation(len(images))
    kept = order[: max(int((np.cumsum(counts[order]) <= most).sum()), 1)]
    inside = np.flatnonzero(np.isin(number, kept))[:most]
    return Points(points.values[inside], points.image[inside])


def _blocks(points: Points, block: int | None, stream: Stream) -> list[Points]:
    if block is None or len(points.values) <= block:
        return [points]
    count = -(-len(points.values) // block)
    images = stream.generator().permutation(np.unique(points.image))
    parts = [points.of_images(part) for part in np.array_split(images, min(count, len(images)))]
    return [some_images(part, block, stream.child(i)) for i, part in enumerate(parts)]


@dataclass(frozen=True, eq=False)
class _Plan:
    """Pairs of subsets of the points of both sets. first, second: (R, N) bool; the rows are the whole sets, then `halves`,
    `permutations`, `splits` of the real set, and the gap at the size of these. size: images a side there, None when too few.
    """

    group: np.ndarray
    first: np.ndarray
    second: np.ndarray
    counts: Resampling
    size: int | None
    half_variance_factor: float

    def part(self, found: np.ndarray, name: str) -> np.ndarray:
        """The (R,) results of one sort of rows."""
        splits = self.counts.splits if self.size else 0
        names = ("whole", "halves", "permutations", "splits", "same_size")
        ends = np.cumsum([1, self.counts.halves, self.counts.permutations, splits])
        return dict(zip(names, np.split(found, ends), strict=True))[name]


Pair = tuple[np.ndarray, np.ndarray]


def _plan(metric: Metric, real: Points, made: Points, counts: Resampling, stream: Stream) -> _Plan:
    group, is_real = pooled_images(real, made)
    n, m = int(is_real.sum()), int((~is_real).sum())
    size = min(n // 2, m) if min(n // 2, m) >= max(metric.needs, 2) else None
    pairs = [(is_real, ~is_real), *_halves(is_real, counts.halves, stream), *relabelled(is_real, counts.permutations, stream)]
    pairs += _splits(is_real, size, counts.splits, stream) if size else []
    first, second = (np.stack([pair[side] for pair in pairs])[:, group] for side in (0, 1))
    return _Plan(group, first, second, counts, size, 1 / (n // 2) - 1 / n + 1 / (m // 2) - 1 / m)


def _halves(is_real: np.ndarray, count: int, stream: Stream) -> list[Pair]:
    n, m = int(is_real.sum()) // 2, int((~is_real).sum()) // 2
    return [(_some(is_real, n, stream, "half", i), _some(~is_real, m, stream, "other half", i)) for i in range(count)]


def pooled_images(real: Points, made: Points) -> tuple[np.ndarray, np.ndarray]:
    """(N,) int image of each point of both sets together, counted from 0, and (G,) bool which of the images are real."""
    _, of_real = np.unique(real.image, return_inverse=True)
    _, of_made = np.unique(made.image, return_inverse=True)
    n, m = int(of_real.max()) + 1, int(of_made.max()) + 1
    return np.concatenate([of_real, of_made + n]), np.arange(n + m) < n


def relabelled(is_real: np.ndarray, count: int, stream: Stream) -> list[Pair]:
    """Images dealt anew to two sets of the same sizes."""
    labels = (stream.child("labels", i).generator().permutation(is_real) for i in range(count))
    return [(label, ~label) for label in labels]


def _splits(is_real: np.ndarray, size: int, count: int, stream: Stream) -> list[Pair]:
    """Disjoint real parts, then the same first parts with as many synthetic images."""
    parts = [_some(is_real, size, stream, "split", i) for i in range(count)]
    rest = [(part, _some(is_real & ~part, size, stream, "rest", i)) for i, part in enumerate(parts)]
    return rest + [(part, _some(~is_real, size, stream, "as many", i)) for i, part in enumerate(parts)]


def _some(among: np.ndarray, count: int, stream: Stream, *name: str | int) -> np.ndarray:
    """(G,) bool: `count` random ones of `among`."""
    drawn = np.zeros_like(among)
    drawn[stream.child(*name).generator().permutation(np.flatnonzero(among))[:count]] = True
    return drawn


def _variance_factor(real: Points, made: Points) -> float:
    return 1 / len(np.unique(real.image)) + 1 / len(np.unique(made.image))


def _estimate(metric: Metric, i: int, value: float, found: np.ndarray, plan: _Plan, scale: float) -> Estimate:
    halves, relabelled, splits = (plan.part(found, name) for name in ("halves", "permutations", "splits"))
    bounds = metric.bounds[i] if metric.bounds else (-np.inf, np.inf)
    low, high = np.clip(value + scale * np.quantile(halves - halves.mean(), [0.025, 0.975]), *bounds)
    sign = -1 if metric.closer_is_larger else 1
    as_far = int((sign * relabelled >= sign * found[0]).sum())
    return Estimate(
        metric=metric.kind,
        number=metric.numbers[i],
        value=value,
        low=float(low),
        high=float(high),
        equal=metric.equal[i],
        size=plan.size,
        same_size=float(plan.part(found, "same_size").mean()) if plan.size else None,
        baseline=float(splits.mean()) if plan.size else None,
        baseline_low=float(np.quantile(splits, 0.05)) if plan.size else None,
        baseline_high=float(np.quantile(splits, 0.95)) if plan.size else None,
        p_value=(1 + as_far) / (1 + relabelled.size),
    )


def scale_of(real: np.ndarray, *made: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(D,) centre and unit of each feature: the mean and standard deviation over the real set.

    A feature that is almost constant there has as unit a tenth of its deviation over everything: no number then exceeds the others by
    orders of magnitude because a real set happens to have one value. Constant everywhere: unit 1.
    """
    everywhere = np.concatenate([real, *made]).std(axis=0)
    unit = np.maximum(real.std(axis=0), 0.1 * everywhere)
    return real.mean(axis=0), np.where(unit > 1e-12, unit, 1.0)

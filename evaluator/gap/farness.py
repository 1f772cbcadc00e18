"""How far each single synthetic image is from the real ones, and which factors of the grammar move that.

The farness of an image is the mean distance to its 5 nearest real images in one space of features, divided by the median of the same
between real images (themselves left out): 1 is a typical real image, 2 is twice as far from its nearest neighbours.
Shapes: N real images, M synthetic ones, D features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from evaluator.datasets import LabelledImage, Value
from generator.streams import Stream

NEIGHBOURS = 5
PERMUTATIONS = 499
MOST_VALUES = 12  # a number with more different values is cut into thirds
FEWEST = 2  # images that a value needs
_ROWS = 1000  # distances are taken for so many images at a time


@dataclass(frozen=True, eq=False)
class Farness:
    """made: (M,) farness; nearest: (M,) position of the nearest real image; real_to_made: (N,) the farness of real images from the
    synthetic set, in the same unit."""

    made: np.ndarray
    nearest: np.ndarray
    real_to_made: np.ndarray


@dataclass(frozen=True)
class FactorValue:
    """value: as written, or "a to b". farness: mean over its images; ratio: to the mean over all other images."""

    value: str
    images: int
    farness: float
    ratio: float


@dataclass(frozen=True)
class FactorEffect:
    """How much of the differences in farness goes with one factor. share: between-value part of the variance of ranks, 0..1, less what
    chance gives (epsilon squared, Kelley 1935). p_value by relabelling images. values: farthest first."""

    factor: str
    share: float
    p_value: float
    values: tuple[FactorValue, ...]


def farness(real: np.ndarray, made: np.ndarray) -> Farness:
    """Of standardised features (N, D) and (M, D)."""
    k = min(NEIGHBOURS, len(real) - 1)
    unit = float(np.median(_mean_of_nearest(real, real, k, itself=True)[0])) or 1.0
    distance, nearest = _mean_of_nearest(made, real, k)
    back, _ = _mean_of_nearest(real, made, min(NEIGHBOURS, len(made)))
    return Farness(distance / unit, nearest, back / unit)


def _mean_of_nearest(of: np.ndarray, among: np.ndarray, k: int, *, itself: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Mean distance of each row to its k nearest rows of `among`, and which is nearest. itself: `of` is `among`."""
    rows, norms = among.astype(np.float32), (among.astype(np.float32) ** 2).sum(axis=1)
    means, firsts = [], []
    for start in range(0, len(of), _ROWS):
        part = of[start : start + _ROWS].astype(np.float32)
        squared = np.maximum((part**2).sum(axis=1)[:, None] + norms - 2 * part @ rows.T, 0)
        if itself:
            squared[np.arange(len(part)), start + np.arange(len(part))] = np.inf
        means.append(np.sqrt(np.partition(squared, k - 1, axis=1)[:, :k]).mean(axis=1))
        firsts.append(squared.argmin(axis=1))
    return np.concatenate(means).astype(np.float64), np.concatenate(firsts)


def factor_effects(images: Sequence[LabelledImage], far: np.ndarray, stream: Stream) -> list[FactorEffect]:
    """Every factor that at least two values of can be compared, that with the largest share first."""
    names = sorted({name for image in images for name in image.factors})
    found = (_factor_effect(name, [image.factors.get(name) for image in images], far, stream.child(name)) for name in names)
    return sorted((f for f in found if f is not None), key=lambda f: (-f.share, f.p_value))


def _factor_effect(name: str, values: Sequence[Value | None], far: np.ndarray, stream: Stream) -> FactorEffect | None:
    labels = value_labels(values)
    used, counts = np.unique(labels, return_counts=True)
    used = used[counts >= FEWEST]
    if len(used) < 2:
        return None
    inside = np.isin(labels, used)
    group, ranks = np.searchsorted(used, labels[inside]), rankdata(far[inside])
    share = _between(group, ranks, len(used))
    generator = stream.generator()
    by_chance = np.array([_between(generator.permutation(group), ranks, len(used)) for _ in range(PERMUTATIONS)])
    n, k = len(ranks), len(used)
    corrected = max(1 - (1 - share) * (n - 1) / (n - k), 0.0) if n > k else 0.0
    parts = [_value(str(value), far[inside], group == i) for i, value in enumerate(used)]
    p_value = (1 + int((by_chance >= share - 1e-12).sum())) / (1 + PERMUTATIONS)
    return FactorEffect(name, corrected, p_value, tuple(sorted(parts, key=lambda v: -v.farness)))


def _value(name: str, far: np.ndarray, inside: np.ndarray) -> FactorValue:
    mean, others = float(far[inside].mean()), float(far[~inside].mean())
    return FactorValue(name, int(inside.sum()), mean, mean / max(others, 1e-9))


def _between(group: np.ndarray, ranks: np.ndarray, count: int) -> float:
    """Share of the variance of ranks that lies between groups."""
    sums, sizes = np.bincount(group, ranks, count), np.bincount(group, minlength=count)
    middle = ranks.mean()
    total = ((ranks - middle) ** 2).sum()
    return float((sizes * (sums / sizes - middle) ** 2).sum() / total) if total > 0 else 0.0


def value_labels(values: Sequence[Value | None]) -> np.ndarray:
    """(M,) str: the values as text, numbers with many values as three ranges of equally many images; "absent" where there is none."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < len(values) or len(set(numbers)) <= MOST_VALUES:
        return np.array(["absent" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in values])
    array = np.array(numbers, float)
    low, first, second, high = np.quantile(array, [0, 1 / 3, 2 / 3, 1])
    names = np.array([f"{low:.3g} to {first:.3g}", f"{first:.3g} to {second:.3g}", f"{second:.3g} to {high:.3g}"])
    return np.asarray(names[(array > first).astype(int) + (array > second)])

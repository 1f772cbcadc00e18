"""The whole measurement of one synthetic set against a real one: a pure function of labels and features."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from evaluator.datasets import LabelledImages
from evaluator.gap.comparison import Estimate, Resampling, compare
from evaluator.gap.content import LAYOUT, counts_of, tables
from evaluator.gap.effects import Effect, effects_of, marked
from evaluator.gap.farness import FactorEffect, Farness, factor_effects, farness
from evaluator.gap.metrics import Metric
from evaluator.gap.spaces import Kind, Space, paired
from evaluator.progress import with_progress
from generator.streams import Stream

# What can be said of one or two numbers of an object, and of counts: the others want many features.
LABEL_METRICS = ("wasserstein", "mmd", "cmd", "proxy_a")


@dataclass(frozen=True)
class SpaceGap:
    """One space: how many points each side has, and what every metric says."""

    space: str
    kind: Kind
    category: str | None
    dimensions: int
    real_points: int
    made_points: int
    estimates: tuple[Estimate, ...]

    def estimate(self, number: str) -> Estimate | None:
        return next((e for e in self.estimates if e.number == number), None)


@dataclass(frozen=True)
class ClassShare:
    """Objects an image and share of all objects, of one class in both sets. A class that one set lacks is compared by this alone."""

    category: str
    real_per_image: float
    made_per_image: float
    real_share: float
    made_share: float


@dataclass(frozen=True, eq=False)
class Gap:
    """One synthetic set against the real one. `far` is in the space `far_space`; `classes` covers the classes of either. notes: what
    was not compared, and why."""

    real: LabelledImages
    made: LabelledImages
    spaces: tuple[SpaceGap, ...]
    effects: tuple[Effect, ...]
    classes: tuple[ClassShare, ...]
    factors: tuple[FactorEffect, ...]
    far: Farness
    far_space: str
    compared: tuple[Space, ...]
    notes: tuple[str, ...] = ()


def measure(
    real: LabelledImages,
    made: LabelledImages,
    appearance: Sequence[Space],
    metrics: Sequence[Metric],
    resampling: Resampling,
    stream: Stream,
    *,
    threads: int = 1,
) -> Gap:
    """appearance: spaces of whole images, shallow to deep, then of crops; labels are compared on top where both sets have them.

    Spaces are measured side by side in `threads`; every one has random streams of its own, so the result is the same.
    """
    common = [name for name in real.categories if name in made.categories]
    labels = paired(tables(real, common), tables(made, common)) if common else []
    spaces = [*appearance, *labels]
    largest_first = sorted(spaces, key=lambda space: -len(space.features))
    with ThreadPoolExecutor(threads) as pool, threadpool_limits(1, user_api="blas"):  # its threads beside these would wait for each other
        found = pool.map(lambda space: space_gap(space, metrics, resampling, stream.child(space.name)), largest_first)
        by_name = {gap.space: gap for gap in with_progress(found, len(spaces), f"{made.name}: metrics")}
    gaps = tuple(by_name[space.name] for space in spaces)
    named = [space for space in spaces if not space.learned and space.name != LAYOUT]  # a cell of a layout says little alone
    effects = marked([e for space in named for e in effects_of(space, stream.child("effects", space.name))])
    deepest = [space for space in appearance if space.category is None][-1]
    real_points, made_points = deepest.standardised()
    far = farness(real_points.values, made_points.values)
    factors = factor_effects(made.images, far.made, stream.child("factors"))
    classes = class_shares(real, made)
    return Gap(real, made, gaps, tuple(effects), classes, tuple(factors), far, deepest.name, tuple(spaces))


def space_gap(space: Space, metrics: Iterable[Metric], resampling: Resampling, stream: Stream) -> SpaceGap:
    real, made = space.standardised()
    used = metrics if space.kind == "appearance" else [m for m in metrics if m.kind in LABEL_METRICS]
    estimates = [e for metric in used for e in compare(metric, real, made, resampling, stream.child(metric.kind))]
    sizes = len(real.values), len(made.values)
    return SpaceGap(space.name, space.kind, space.category, len(space.features), *sizes, tuple(estimates))


def class_shares(real: LabelledImages, made: LabelledImages) -> tuple[ClassShare, ...]:
    """Every class of either set; none where one of them has no labels."""
    if not (real.labelled and made.labelled):
        return ()
    names = list(dict.fromkeys([*real.categories, *made.categories]))
    mean = [counts_of(dataset, names).mean(axis=0) for dataset in (real, made)]
    share = [m / max(m.sum(), 1e-9) for m in mean]
    columns = np.stack([*mean, *share]).T
    return tuple(ClassShare(name, *(float(v) for v in row)) for name, row in zip(names, columns, strict=True))

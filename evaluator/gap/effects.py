"""Features that have a name, one by one: by how much each differs, in its own units, and whether that is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluator.gap.comparison import Pair, Points, pooled_images, relabelled, some_images
from evaluator.gap.content import COUNTS, TOGETHER
from evaluator.gap.spaces import Kind, Space
from evaluator.gap.wasserstein import per_column, sort_columns
from generator.streams import Stream

POINTS = 500  # a side, for p values
PERMUTATIONS = 999
LOGARITHMIC = {  # features in log2, and what more and less of them is called
    "size (log2 share of image side)": ("too large", "too small"),
    "height (log2 share of image height)": ("too tall in the image", "too low in the image"),
    "width / height (log2)": ("too wide for their height", "too narrow for their height"),
}


@dataclass(frozen=True)
class Effect:
    """One feature: means of both sets in its own unit (of logarithms: the mean is that of ratios), W1 in standard deviations of the
    real set (`distance`), p value among the features of its space.

    significant: after Benjamini and Hochberg (1995): at most 5 % of those marked so are expected to be chance.
    """

    space: str
    kind: Kind
    category: str | None
    feature: str
    distance: float
    real: float
    made: float
    p_value: float
    significant: bool = False


def effects_of(space: Space, stream: Stream) -> list[Effect]:
    """An effect for each of the space's features."""
    real, made = space.standardised()
    distances = _distances(real, made, [_whole(real, made)])[0]
    values = [points.values.mean(axis=0) for points in (space.real, space.made)]
    real, made = some_images(real, POINTS, stream.child("real")), some_images(made, POINTS, stream.child("made"))
    whole = _whole(real, made)
    found = _distances(real, made, [whole, *relabelled(whole[0], PERMUTATIONS, stream)])
    p_values = adjusted(found)
    return [
        Effect(
            space.name, space.kind, space.category, name, float(distances[d]), float(values[0][d]), float(values[1][d]), float(p_values[d])
        )
        for d, name in enumerate(space.features)
    ]


def adjusted(found: np.ndarray) -> np.ndarray:
    """(D,) p values from the distances (1 + R, D), the observed ones first: how often chance makes any of the features stand out as much
    (Westfall and Young 1993, single step). Each is measured in deviations of its own distances by chance.
    """
    middle, deviation = found[1:].mean(axis=0), np.maximum(found[1:].std(axis=0), 1e-9)
    outstanding = (found - middle) / deviation
    largest = outstanding.max(axis=1)
    return np.asarray((largest[:, None] >= outstanding[:1]).mean(axis=0))


def _whole(real: Points, made: Points) -> Pair:
    _, is_real = pooled_images(real, made)
    return is_real, ~is_real


def _distances(real: Points, made: Points, pairs: Sequence[Pair]) -> np.ndarray:
    """(R, D) W1 of each feature between pairs of sets of images."""
    group, _ = pooled_images(real, made)
    first, second = (np.stack([pair[side] for pair in pairs])[:, group] for side in (0, 1))
    return per_column(sort_columns(np.concatenate([real.values, made.values])), first, second)


def marked(effects: Sequence[Effect], share: float = 0.05) -> list[Effect]:
    """All effects, those that stand after Benjamini and Hochberg first, each from large to small."""
    order = np.sort([e.p_value for e in effects])
    below = np.flatnonzero(order <= share * np.arange(1, len(order) + 1) / max(len(order), 1))
    limit = float(order[below[-1]]) if len(below) else -1.0
    found = [replace(e, significant=e.p_value <= limit) for e in effects]
    return sorted(found, key=lambda e: (not e.significant, -e.distance))


def phrase(effect: Effect) -> str:
    """The effect in words: "car: too large by 40 %" where the unit allows it, else both values and how far apart they are in standard
    deviations of the real set."""
    of = f"{effect.category}: " if effect.category else ""
    ratio = 2.0 ** (effect.made - effect.real)
    if effect.feature in LOGARITHMIC:
        more, less = LOGARITHMIC[effect.feature]
        return f"{of}{more if ratio >= 1 else less} by {abs(ratio - 1):.0%}"
    if effect.space == COUNTS:
        return f"{effect.feature}: {effect.made:.2f} an image, real images have {effect.real:.2f}"
    if effect.space == TOGETHER:
        return f"{effect.feature}: in {effect.made:.0%} of the images, real {effect.real:.0%}"
    place = effect.space.split(": ", 1)[1]
    return f"{of or 'images, '}{place}, {effect.feature}: {effect.made:.3g}, real {effect.real:.3g} (W1 {effect.distance:.1f} deviations)"

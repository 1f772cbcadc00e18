"""What is compared: named features of the images and objects of two sets, and which kind of gap they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evaluator.gap.comparison import Points, scale_of

FEWEST_IMAGES = 4
Kind = Literal["appearance", "shape", "content"]


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers of one set: `points` (N, D) in the units of their names."""

    name: str
    kind: Kind
    features: tuple[str, ...]
    points: Points


@dataclass(frozen=True, eq=False)
class Space:
    """The same table of both sets. category: the class whose objects it is about, None for whole images.

    learned: the features are a network's and have no meaning one by one. per_image: one point an image, not one an object.
    """

    name: str
    kind: Kind
    features: tuple[str, ...]
    real: Points
    made: Points
    category: str | None = None
    learned: bool = False
    per_image: bool = True

    def standardised(self) -> tuple[Points, Points]:
        """Both sets in standard deviations of the real one, around its mean."""
        center, unit = scale_of(self.real.values, self.made.values)
        return tuple(Points((p.values - center) / unit, p.image) for p in (self.real, self.made))  # type: ignore[return-value]


def paired(real: list[Table], made: list[Table]) -> list[Space]:
    """A space for every table that both sets have, from at least FEWEST_IMAGES images each."""
    others = {table.name: table for table in made}
    both = [(table, others[table.name]) for table in real if table.name in others]
    return [
        Space(a.name, a.kind, a.features, a.points, b.points, category_of(a.name), per_image=category_of(a.name) is None)
        for a, b in both
        if min(len(np.unique(a.points.image)), len(np.unique(b.points.image))) >= FEWEST_IMAGES
    ]


def category_of(name: str) -> str | None:
    """'car' of "car: size"; None for "all: counts"."""
    category = name.split(": ", 1)[0]
    return None if category == "all" else category


def points(values: ArrayLike, image: ArrayLike) -> Points:
    return Points(np.asarray(values, np.float64), np.asarray(image, np.int64))

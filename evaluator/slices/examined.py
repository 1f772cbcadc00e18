"""A detector's results on a dataset, ready to be measured on any of its slices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from evaluator.datasets import LabelledImages, LabelledObject
from evaluator.scores import Overlap
from evaluator.slices.coco_numbers import coco_numbers
from evaluator.slices.conditions import Condition
from evaluator.slices.definition import Metric
from evaluator.slices.fields import all_hold, geometry, of_geometry, of_object
from evaluator.slices.matching import Encounter, Matches, encounters, matches
from evaluator.slices.precision import class_numbers, mean_numbers

Conditions = Mapping[str, Condition]
_ROWS = 1000  # drawn sets that are measured at a time, for memory


@dataclass(frozen=True)
class Examined:
    """results: COCO's, with the ids of evaluator.scores.category_ids. Objects are chosen by conditions on their fields.

    trained_on: how many of the images the detector is known to have learnt from.
    """

    dataset: LabelledImages
    results: Sequence[Mapping[str, Any]]
    overlap: Overlap
    trained_on: int = 0
    _matches: dict[tuple[str, str], Matches] = field(default_factory=dict)

    @cached_property
    def doubts(self) -> list[str]:
        """What is odd about the results: a detection that is there again counts as false, and scores of one value give no order."""
        seen = {(r["image_id"], r["category_id"], tuple(r["bbox"]), r["score"]) for r in self.results}
        scores = {r["score"] for r in self.results}
        again, above = len(self.results) - len(seen), sum(r["score"] > 1 for r in self.results)
        told = [f"has {again:,} detections that it has already, each of which counts as false"] if again else []
        told += [f"has {above:,} scores above 1"] if above else []
        return told + (["has one score for all detections, so that AP has no order to go by"] if len(scores) == 1 < len(seen) else [])

    @cached_property
    def _met(self) -> dict[str, list[Encounter]]:
        return encounters(self.dataset, self.results, self.overlap)

    def numbers(self, images: Sequence[int], classes: Sequence[str], where: Conditions) -> tuple[dict[Metric, float], dict[str, float]]:
        """COCO's numbers on images at these positions, and AP by class; empty where there is nothing to find."""
        return coco_numbers(self.dataset.subset(images), self.results, self.overlap, classes, inside(where), inside_found(where))

    def drawn(self, images: Sequence[int], weights: np.ndarray, classes: Sequence[str], where: Conditions) -> dict[str, np.ndarray]:
        """(B, 4) numbers by class when the images at these positions are drawn as often as `weights` (B, len(images)) say."""
        every = np.zeros(len(self.dataset.images), bool)
        every[list(images)] = True
        position = np.cumsum(every) - 1
        order = np.argsort(images)
        return {name: class_numbers(_of_images(self._of(name, where), every, position), weights[:, order]) for name in classes}

    def drawn_mean(self, images: Sequence[int], weights: np.ndarray, classes: Sequence[str], where: Conditions) -> np.ndarray:
        """(B, 4) means over the classes."""
        parts = np.array_split(weights, -(-len(weights) // _ROWS))
        return np.concatenate([mean_numbers(self.drawn(images, some, classes, where).values()) for some in parts])

    def right_and_wrong(self, image: int, classes: Sequence[str]) -> tuple[int, int, int]:
        """(found, missed, false) at overlap 0.5 in one image, of detections with a score of a half or more."""
        found = missed = false = 0
        for name in classes:
            met = self._of(name, {})
            here = (met.image == image) & (met.scores >= 0.5)
            hits = int(np.count_nonzero(met.right[0, here]))
            found, missed = found + hits, missed + int(met.objects[image]) - hits
            false += int(np.count_nonzero(~met.right[0, here] & ~met.ignored[0, here]))
        return found, missed, false

    def _of(self, name: str, where: Conditions) -> Matches:
        key = (name, repr(sorted(where.items())))
        if key not in self._matches:
            self._matches[key] = matches(self._met[name], len(self.dataset.images), inside(where), inside_found(where))
        return self._matches[key]


def inside(where: Conditions) -> Callable[[LabelledObject], bool]:
    """Whether an object belongs to a slice."""
    if not where:
        return lambda _: True
    return lambda thing: all_hold(where, of_object(thing))


def inside_found(where: Conditions) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a detection that is matched to nothing may belong to a slice: its box is all that is known of it."""
    rules = of_geometry(where)
    if not rules:
        return lambda _: True
    return lambda found: all_hold(rules, geometry(found["bbox"][2], found["bbox"][3], found["bbox"][2] * found["bbox"][3]))


def _of_images(found: Matches, every: np.ndarray, position: np.ndarray) -> Matches:
    """The matches on some of the images, which are numbered anew."""
    kept = every[found.image]
    return Matches(found.right[:, kept], found.ignored[:, kept], position[found.image[kept]], found.scores[kept], found.objects[every])

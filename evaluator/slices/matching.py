"""Which detections are right: COCO's rule, image by image, kept in a form that images can be drawn from again and again.

Letters: T overlaps (0.50:0.05:0.95), D detections of a class over all images by falling score, G objects and N detections of one
class in one image, I images.

Objects outside of a slice are ignored as COCO ignores those outside of an area range: they are not missed, what is matched to
them is neither right nor wrong, and they are matched only where no object of the slice is. What is matched to nothing is wrong,
unless its own area, width, height or size says that it is outside of the slice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pycocotools import mask as rle

from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject, compressed
from evaluator.scores import Overlap, category_ids

OVERLAPS = np.linspace(0.5, 0.95, 10)  # as pycocotools makes them
MOST_DETECTIONS = 100  # of a class in an image
Inside = Callable[[LabelledObject], bool]
InsideFound = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, eq=False)
class Encounter:
    """The objects and detections of one class in one image. overlap: (N, G), by falling score; scores: (N,)."""

    image: int
    objects: tuple[LabelledObject, ...]
    found: tuple[Mapping[str, Any], ...]
    scores: np.ndarray
    overlap: np.ndarray


@dataclass(frozen=True, eq=False)
class Matches:
    """The detections of one class on all images, by falling score, and how many objects there are to find.

    right, ignored: (T, D) bool; image: (D,) int; scores: (D,); objects: (I,) int.
    """

    right: np.ndarray
    ignored: np.ndarray
    image: np.ndarray
    scores: np.ndarray
    objects: np.ndarray


def encounters(dataset: LabelledImages, results: Sequence[Mapping[str, Any]], overlap: Overlap) -> dict[str, list[Encounter]]:
    """By class, in order of the images; those without an object and a detection are left out."""
    names = {number: name for name, number in category_ids(dataset).items()}
    position = {image.image_id: i for i, image in enumerate(dataset.images)}
    found: defaultdict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for result in results:
        if result["image_id"] in position:
            found[names[result["category_id"]], position[result["image_id"]]].append(result)
    objects: defaultdict[tuple[str, int], list[LabelledObject]] = defaultdict(list)
    for i, image in enumerate(dataset.images):
        for thing in image.objects:
            objects[thing.category, i].append(thing)
    met: dict[str, list[Encounter]] = {name: [] for name in dataset.categories}
    for name, i in sorted(found.keys() | objects.keys(), key=lambda key: key[1]):
        met[name].append(_encounter(dataset.images[i], i, objects[name, i], found[name, i], overlap))
    return met


def _encounter(
    image: LabelledImage, position: int, objects: Sequence[LabelledObject], found: Sequence[Mapping[str, Any]], overlap: Overlap
) -> Encounter:
    order = np.argsort([-float(f["score"]) for f in found], kind="mergesort")[:MOST_DETECTIONS]
    best = tuple(found[i] for i in order)
    scores = np.array([float(f["score"]) for f in best])
    return Encounter(position, tuple(objects), best, scores, _overlaps(image, objects, best, overlap))


def _overlaps(image: LabelledImage, objects: Sequence[LabelledObject], found: Sequence[Mapping[str, Any]], overlap: Overlap) -> np.ndarray:
    if not objects or not found:
        return np.zeros((len(found), len(objects)))
    crowd = [int(thing.crowd) for thing in objects]
    if overlap == "bbox":
        boxes = np.array([f["bbox"] for f in found], float), np.array([thing.box for thing in objects], float)
        return np.asarray(rle.iou(*boxes, crowd))
    masks = [compressed(f["segmentation"], image.height, image.width) for f in found]
    return np.asarray(rle.iou(masks, [compressed(thing.segmentation, image.height, image.width) for thing in objects], crowd))


def matches(met: Sequence[Encounter], images: int, inside: Inside, inside_found: InsideFound) -> Matches:
    """Of one class. inside: whether an object belongs to the slice; inside_found: whether a detection without an object may."""
    right, ignored, image, scores = [], [], [], []
    objects = np.zeros(images, np.int64)
    for encounter in met:
        ignore = np.array([thing.crowd or not inside(thing) for thing in encounter.objects], bool)
        objects[encounter.image] = np.count_nonzero(~ignore)
        taken_by, on_ignored = _taken(encounter, ignore)
        outside = np.array([not inside_found(f) for f in encounter.found], bool)
        right.append(taken_by & ~on_ignored)
        ignored.append(on_ignored | (~taken_by & outside))
        image.append(np.full(len(encounter.scores), encounter.image))
        scores.append(encounter.scores)
    order = np.argsort(-_joined(scores, float), kind="mergesort")
    joined_right, joined_ignored = (np.concatenate([np.zeros((len(OVERLAPS), 0), bool), *parts], axis=1) for parts in (right, ignored))
    return Matches(
        joined_right[:, order], joined_ignored[:, order], _joined(image, np.int64)[order], _joined(scores, float)[order], objects
    )


def _joined(parts: Sequence[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind)


def _taken(encounter: Encounter, ignore: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T, N) bool each: whether a detection is matched to an object, and whether to an ignored one.

    The best detections choose first: the free object of the slice that they overlap most, else an ignored one. Of equal ones the
    last, as in pycocotools.
    """
    shape = (len(OVERLAPS), len(encounter.found))
    matched, on_ignored = np.zeros(shape, bool), np.zeros(shape, bool)
    crowd = np.array([thing.crowd for thing in encounter.objects], bool)
    free = np.ones((len(OVERLAPS), len(encounter.objects)), bool)
    rows = np.arange(len(OVERLAPS))
    for n in np.flatnonzero((encounter.overlap >= OVERLAPS[0]).any(axis=1)) if len(ignore) else ():
        reached = np.where(free & (encounter.overlap[n] >= np.minimum(OVERLAPS, 1 - 1e-10)[:, None]), encounter.overlap[n], -1.0)
        wanted = np.where(ignore, -1.0, reached)
        choice = np.where((wanted.max(axis=1) >= 0)[:, None], wanted, reached)
        last_best = choice.shape[1] - 1 - np.argmax(choice[:, ::-1], axis=1)
        hit = choice[rows, last_best] >= 0
        matched[:, n], on_ignored[:, n] = hit, hit & ignore[last_best]
        free[rows[hit], last_best[hit]] = crowd[last_best[hit]]
    return matched, on_ignored

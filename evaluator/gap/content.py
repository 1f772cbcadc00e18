"""What the labels say of a set: how many objects of which class, together with which, where, how large, how hidden, of which shape.

Per image: counts, co-occurrence, layout. Per object and class: size, position, occlusion, shape. Sizes and places are shares of the
image, so that sets of different resolutions compare; crowds (COCO's iscrowd) count for nothing.
Shapes: N images, O objects of a class, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np

from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject
from evaluator.gap.spaces import Table, points

COUNTS, TOGETHER, LAYOUT = "all: objects an image", "all: co-occurrence", "all: layout"
GRID = 8  # cells a side of the layout
_CELLS = np.arange(GRID)
_CONTOUR_POINTS = 64
_HARMONICS = (-3, -2, -1, 2, 3)  # of the outline as a complex signal, in units of the first: size, place, turn and start drop out
SIZE = ("size (log2 share of image side)", "height (log2 share of image height)")
POSITION = ("middle, from left", "middle, from top", "lower edge, from top")
OCCLUSION = ("share hidden",)
TRUNCATION = ("share beyond the border",)
ASPECT = ("width / height (log2)",)
CONTOUR = ("mask / box", "mask / convex hull", "roundness", "pieces", *(f"outline harmonic {k}" for k in _HARMONICS))


def tables(dataset: LabelledImages, categories: Sequence[str]) -> list[Table]:
    """All tables of a labelled set for the classes that both sets have."""
    return [*image_tables(dataset, categories), *(t for name in categories for t in object_tables(dataset, name))]


def image_tables(dataset: LabelledImages, categories: Sequence[str]) -> list[Table]:
    counts = counts_of(dataset, categories)
    image = np.arange(len(counts))
    made = [Table(COUNTS, "content", ("all classes", *categories), points(np.column_stack([counts.sum(axis=1), counts]), image))]
    pairs = list(combinations(range(len(categories)), 2))
    if pairs:
        together = np.column_stack([(counts[:, a] > 0) & (counts[:, b] > 0) for a, b in pairs])
        names = tuple(f"{categories[a]} with {categories[b]}" for a, b in pairs)
        made.append(Table(TOGETHER, "content", names, points(together, image)))
    cells = tuple(f"{name}, row {r + 1}, column {c + 1}" for name in categories for r in range(GRID) for c in range(GRID))
    layouts = np.stack([layout(i, categories).ravel() for i in dataset.images])
    return [*made, Table(LAYOUT, "content", cells, points(layouts, image))]


def counts_of(dataset: LabelledImages, categories: Sequence[str]) -> np.ndarray:
    """(N, K) int objects of each class in each image."""
    position = {name: k for k, name in enumerate(categories)}
    counts = np.zeros((len(dataset.images), len(categories)), int)
    for n, image in enumerate(dataset.images):
        for thing in image.objects:
            if thing.category in position and not thing.crowd:
                counts[n, position[thing.category]] += 1
    return counts


def layout(image: LabelledImage, categories: Sequence[str]) -> np.ndarray:
    """(K, GRID, GRID) float64 share of each cell of the image that boxes of each class cover, at most 1."""
    found = np.zeros((len(categories), GRID, GRID))
    for k, name in enumerate(categories):
        for x, y, w, h in (o.box for o in image.objects if o.category == name and not o.crowd):
            rows, columns = _overlap(y, h, image.height), _overlap(x, w, image.width)
            found[k] += rows[:, None] * columns[None, :]
    return np.minimum(found, 1.0)


def _overlap(start: float, length: float, side_px: int) -> np.ndarray:
    """(GRID,) share of each of the side's cells inside [start, start + length)."""
    first, last = start / side_px * GRID, (start + length) / side_px * GRID
    return np.clip(np.minimum(_CELLS + 1, last) - np.maximum(_CELLS, first), 0, 1)


def object_tables(dataset: LabelledImages, category: str) -> list[Table]:
    found = [
        (n, image, thing)
        for n, image in enumerate(dataset.images)
        for thing in image.objects
        if thing.category == category and not thing.crowd
    ]
    if not found:
        return []
    image = np.array([n for n, _, _ in found])
    made = [
        Table(f"{category}: size", "content", SIZE, points([_size(i, o) for _, i, o in found], image)),
        Table(f"{category}: position", "content", POSITION, points([_position(i, o) for _, i, o in found], image)),
        Table(f"{category}: box shape", "shape", ASPECT, points([[np.log2(o.box[2] / o.box[3])] for _, _, o in found], image)),
    ]
    for name, features, values in (
        ("occlusion", OCCLUSION, [None if o.visible_ratio is None else 1 - o.visible_ratio for _, _, o in found]),
        ("truncation", TRUNCATION, [o.truncation for _, _, o in found]),
    ):
        if all(v is not None for v in values):
            made.append(Table(f"{category}: {name}", "content", features, points(np.array(values, float)[:, None], image)))
    contours = [(n, c) for n, i, o in found if (c := contour(i, o)) is not None]
    if contours:
        made.append(Table(f"{category}: mask shape", "shape", CONTOUR, points([c for _, c in contours], [n for n, _ in contours])))
    return made


def _size(image: LabelledImage, thing: LabelledObject) -> tuple[float, float]:
    _, _, w, h = thing.box
    return float(np.log2(np.sqrt(w * h / (image.width * image.height)))), float(np.log2(h / image.height))


def _position(image: LabelledImage, thing: LabelledObject) -> tuple[float, float, float]:
    x, y, w, h = thing.box
    return (x + w / 2) / image.width, (y + h / 2) / image.height, (y + h) / image.height


def contour(image: LabelledImage, thing: LabelledObject) -> np.ndarray | None:
    """(len(CONTOUR),) of an object's mask; None without a mask, or with one of fewer than 64 pixels, which has no shape."""
    mask = image.mask(thing)
    if mask is None:
        return None
    x, y, w, h = (int(v) for v in thing.box)
    part = np.pad(mask[y : y + h + 1, x : x + w + 1].astype(np.uint8), 1)
    area = int(part.sum())
    if area < 64:
        return None
    outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outer = max(outlines, key=len)
    hull, around = cv2.contourArea(cv2.convexHull(np.concatenate(outlines))), cv2.arcLength(outer, True)
    roundness = 4 * np.pi * cv2.contourArea(outer) / max(around, 1.0) ** 2
    box = thing.box[2] * thing.box[3]
    return np.array([area / box, area / max(hull, area), roundness, len(outlines), *harmonics(outer[:, 0])])


def harmonics(outline: np.ndarray) -> np.ndarray:
    """(len(_HARMONICS),) of an (M, 2) closed outline (Zahn and Roskies' descriptors in Granlund's complex form, 1972)."""
    signal = outline[:, 0] + 1j * outline[:, 1]
    steps = np.abs(np.diff(np.append(signal, signal[0])))
    along = np.concatenate([[0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], _CONTOUR_POINTS, endpoint=False)
    closed = np.append(signal, signal[0])
    even = np.interp(at, along, closed.real) + 1j * np.interp(at, along, closed.imag)
    size = np.abs(np.fft.fft(even))
    first = max(size[1], size[-1], 1e-9)  # whichever way round the outline runs
    order = _HARMONICS if size[1] >= size[-1] else tuple(-k for k in _HARMONICS)
    return np.asarray([size[k] / first for k in order])

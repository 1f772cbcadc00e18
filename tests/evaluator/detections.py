"""Made-up scenes and detectors whose mistakes are known: labels, metadata and results, no pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluator.datasets import Counterfactual, LabelledImage, LabelledImages, LabelledObject, Value

CLASSES = ("car", "person")
SIDE = 400


def scenes(count: int, seed: int = 0, *, most: int = 6, factors: Callable[[int], dict[str, Value]] | None = None) -> LabelledImages:
    """`count` images of up to `most` objects of sizes from 8 to 150 pixels, some hidden, a few of them crowds."""
    rng = np.random.default_rng(seed)
    images = []
    for i in range(count):
        things = tuple(_thing(rng, 100 * i + k) for k in range(rng.integers(0, most + 1)))
        images.append(LabelledImage(Path(f"{i}.png"), f"{i}.png", i + 1, SIDE, SIDE, things, factors(i) if factors else {}))
    return LabelledImages("made", Path("made.json"), CLASSES, tuple(images), file_ids={5: "car", 9: "person"})


def _thing(rng: np.random.Generator, identity: int) -> LabelledObject:
    w, h = (float(v) for v in np.exp(rng.uniform(np.log(8), np.log(150), 2)))
    x, y = (float(rng.uniform(0, SIDE - side)) for side in (w, h))
    hidden = round(float(rng.uniform(0.1, 1)), 3)
    tags = ("fallen",) if rng.uniform() < 0.1 else ()
    category = CLASSES[int(rng.integers(2))]
    crowd = bool(rng.uniform() < 0.05)
    return LabelledObject(category, (x, y, w, h), 0.8 * w * h, identity, None, crowd, hidden, 0.0, {"tags": tags, "distance_m": 900 / h})


def detector(
    dataset: LabelledImages,
    seed: int = 0,
    *,
    finds: float | Callable[[LabelledImage, LabelledObject], float] = 0.8,
    jitter: float = 0.08,
    false_per_image: float = 1.5,
) -> list[dict[str, Any]]:
    """Results of a detector that finds an object with a chance, its box off by some share of its size, and sees things."""
    rng = np.random.default_rng(seed + 1000)
    found: list[dict[str, Any]] = []
    for image in dataset.images:
        for thing in image.objects:
            for _ in range(2 if thing.crowd else 1):
                chance = finds(image, thing) if callable(finds) else finds
                x, y, w, h = np.array(thing.box) + rng.normal(0, jitter, 4) * np.array([thing.box[2], thing.box[3]] * 2)
                entry = _entry(image, CLASSES.index(thing.category), [x, y, max(w, 1), max(h, 1)], rng.beta(4, 2))
                found += [entry] if rng.uniform() < chance else []
        for _ in range(rng.poisson(false_per_image)):
            w, h = np.exp(rng.uniform(np.log(8), np.log(150), 2))
            box = [rng.uniform(0, SIDE - w), rng.uniform(0, SIDE - h), w, h]
            found.append(_entry(image, int(rng.integers(2)), box, rng.beta(2, 4)))
    return found


def _entry(image: LabelledImage, category: int, box: Sequence[float], score: float) -> dict[str, Any]:
    return {"image_id": image.image_id, "category_id": category + 1, "bbox": [float(v) for v in box], "score": float(score)}


def pairs(count: int, values: Sequence[Value], seed: int = 0) -> LabelledImages:
    """`count` scenes, each with every value of `weather`: equal labels."""
    first = scenes(count, seed)
    images = []
    for draw, image in enumerate(first.images):
        for k, value in enumerate(values):
            number = draw * len(values) + k
            group = Counterfactual(draw, "weather", value)
            images.append(LabelledImage(image.path, f"{number}.png", number + 1, SIDE, SIDE, image.objects, {"weather": value}, group))
    return LabelledImages("pairs", Path("pairs.json"), CLASSES, tuple(images), file_ids={1: "car", 2: "person"})

"""Slices' numbers against independent ones: faster-coco-eval and pycocotools, on whole sets, on slices, on drawn sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from evaluator.datasets import LabelledImages, LabelledObject
from evaluator.scores import as_coco, score
from evaluator.slices import precision
from evaluator.slices.coco_numbers import coco_numbers
from evaluator.slices.definition import METRICS
from evaluator.slices.matching import encounters, matches
from evaluator.slices.precision import class_numbers, mean_numbers
from tests.evaluator.detections import CLASSES, detector, scenes

Found = Callable[[Any], bool]


def everything(_: object) -> bool:
    return True


def hidden(thing: LabelledObject) -> bool:
    return (thing.visible_ratio or 1) < 0.5


def small(thing: LabelledObject) -> bool:
    return thing.area_px < 32**2


def small_box(entry: Any) -> bool:
    return bool(entry["bbox"][2] * entry["bbox"][3] < 32**2)


SLICES: list[tuple[Callable[[LabelledObject], bool], Found]] = [(everything, everything), (hidden, everything), (small, small_box)]


def own_numbers(dataset: LabelledImages, results: Any, inside: Any, found: Any, weights: np.ndarray) -> np.ndarray:
    met = encounters(dataset, results, "bbox")
    return mean_numbers(class_numbers(matches(met[name], len(dataset.images), inside, found), weights) for name in CLASSES)


@pytest.mark.parametrize(("inside", "found"), SLICES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_inner_loop_gives_the_numbers_of_faster_coco_eval(inside: Any, found: Any, seed: int) -> None:
    dataset = scenes(40, seed)
    results = detector(dataset, seed)
    (own,) = own_numbers(dataset, results, inside, found, np.ones((1, 40), np.int64))
    expected, _ = coco_numbers(dataset, results, "bbox", CLASSES, inside, found)
    assert own == pytest.approx([expected[name] for name in METRICS], abs=1e-12)


def test_sizes_are_those_of_pycocotools_and_all_is_the_score_of_the_dataset() -> None:
    dataset = scenes(60, 4)
    results = detector(dataset, 4)
    truth = COCO()
    truth.dataset = as_coco(dataset)
    truth.createIndex()
    evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    numbers, by_class = coco_numbers(dataset, results, "bbox", CLASSES, small, small_box)
    assert numbers["ap"] == pytest.approx(evaluation.stats[3], abs=1e-12)
    numbers, by_class = coco_numbers(dataset, results, "bbox", CLASSES, everything, everything)
    assert [numbers["ap"], numbers["ap50"], numbers["ap75"], numbers["recall"]] == pytest.approx(evaluation.stats[[0, 1, 2, 8]], abs=1e-12)
    whole = score(dataset, results)
    assert (numbers["ap"], by_class) == (pytest.approx(whole.ap), pytest.approx(dict(whole.classes)))


def test_a_weight_is_a_copy_of_the_image() -> None:
    """Numbers of a drawn set, against faster-coco-eval on a dataset in which the drawn images really are there so often."""
    dataset = scenes(25, 7)
    results = detector(dataset, 7)
    rng = np.random.default_rng(0)
    weights = rng.multinomial(25, [1 / 25] * 25, size=6)
    own = own_numbers(dataset, results, hidden, everything, weights)
    for drawn, numbers in zip(weights, own, strict=True):
        images, copies = [], []
        for position in np.repeat(np.arange(25), drawn):
            old = dataset.images[position]
            images.append(replace(old, image_id=len(images) + 1))
            copies += [{**r, "image_id": len(images)} for r in results if r["image_id"] == old.image_id]
        expected, _ = coco_numbers(replace(dataset, images=tuple(images)), copies, "bbox", CLASSES, hidden, everything)
        assert numbers == pytest.approx([expected[name] for name in METRICS], abs=1e-12)


def test_what_has_nothing_to_find_has_no_number() -> None:
    dataset = scenes(10, 3).where(lambda _, thing: thing.category == "car")
    results = detector(scenes(10, 3), 3)
    met = encounters(dataset, results, "bbox")
    ones = np.ones((1, 10), np.int64)
    assert np.isnan(class_numbers(matches(met["person"], 10, everything, everything), ones)).all()
    assert not np.isnan(class_numbers(matches(met["car"], 10, everything, everything), ones)).any()
    assert coco_numbers(dataset, results, "bbox", ("person",), everything, everything) == ({}, {})
    assert np.isnan(class_numbers(matches(met["car"], 10, everything, everything), 0 * ones)).all()


def test_an_ignored_object_is_neither_missed_nor_a_mistake() -> None:
    dataset = scenes(30, 5)
    perfect = [
        {"image_id": i.image_id, "category_id": CLASSES.index(t.category) + 1, "bbox": list(t.box), "score": 0.9}
        for i in dataset.images
        for t in i.objects
        if not t.crowd
    ]
    numbers, _ = coco_numbers(dataset, perfect, "bbox", CLASSES, hidden, everything)
    assert numbers["ap"] == 1.0  # the visible ones are found as well, which costs nothing


def test_of_many_places_a_few_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at in 400 of some 4,000 places, numbers of drawn sets are those of all places to a fraction of their spread."""
    dataset = scenes(1200, 8, most=12)
    results = detector(dataset, 8, false_per_image=4)
    weights = np.random.default_rng(1).multinomial(1200, [1 / 1200] * 1200, size=12)
    few = own_numbers(dataset, results, everything, everything, weights)
    monkeypatch.setattr(precision, "_MOST_PLACES", 10**9)
    exact = own_numbers(dataset, results, everything, everything, weights)
    assert (np.abs(few - exact) < 0.15 * exact.std(axis=0)).all()
    assert (few != exact).any()

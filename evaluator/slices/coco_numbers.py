"""COCO's numbers of a slice by faster-coco-eval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluator.datasets import LabelledImages
from evaluator.scores import Overlap, as_coco
from evaluator.slices.definition import Metric
from evaluator.slices.matching import MOST_DETECTIONS, Inside, InsideFound

_INSIDE, _OUTSIDE = 1.0, 1e12
_AREAS = [[0.0, 1e10]]
_AT_50, _AT_75 = 0, 5


def coco_numbers(
    dataset: LabelledImages,
    results: Sequence[Mapping[str, Any]],
    overlap: Overlap,
    classes: Sequence[str],
    inside: Inside,
    found: InsideFound,
) -> tuple[dict[Metric, float], dict[str, float]]:
    """The numbers, means over `classes`, and AP by class; what has nothing to find is left out.

    COCO ignores objects beyond a range of areas, and unmatched detections there. Any other condition becomes one by giving what meets it
    one area, and all else another.
    """
    from faster_coco_eval import COCO, COCOeval_faster

    truth = as_coco(dataset, overlap)
    things = [thing for image in dataset.images for thing in image.objects]
    for entry, thing in zip(truth["annotations"], things, strict=True):
        entry["area"] = _INSIDE if inside(thing) else _OUTSIDE
    here = {image.image_id for image in dataset.images}
    reference = COCO(truth, print_function=_silent)
    detections = reference.loadRes([dict(r) for r in results if r["image_id"] in here])
    for entry in detections.dataset["annotations"]:
        entry["area"] = _INSIDE if found(entry) else _OUTSIDE
    evaluation = COCOeval_faster(reference, detections, overlap, print_function=_silent)
    evaluation.params.areaRng, evaluation.params.areaRngLbl = _AREAS, ["slice"]
    evaluation.params.maxDets = [MOST_DETECTIONS]
    evaluation.params.catIds = [entry["id"] for entry in truth["categories"] if entry["name"] in classes]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, 0]  # (10 overlaps, 101 recalls, classes), -1 where there is nothing to find
    recall = evaluation.eval["recall"][:, :, 0, 0]
    names = [entry["name"] for entry in truth["categories"] if entry["name"] in classes]
    known = [k for k in range(len(names)) if recall[0, k] >= 0]
    by_class = {names[k]: float(precision[:, :, k].mean()) for k in known}
    if not known:
        return {}, {}
    return {
        "ap": float(np.mean(list(by_class.values()))),
        "ap50": float(precision[_AT_50][:, known].mean()),
        "ap75": float(precision[_AT_75][:, known].mean()),
        "recall": float(recall[:, known].mean()),
    }, by_class


def _silent(*_: object) -> None:
    """The library prints what it does unless told how to."""

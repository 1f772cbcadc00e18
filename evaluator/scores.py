"""Average precision as COCO defines it, by faster-coco-eval, whose numbers are those of pycocotools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject, compressed
from generator.errors import DatasetInputError

Overlap = Literal["bbox", "segm"]
_ALL_AREAS, _MOST_DETECTIONS = 0, 2  # positions in COCO's table of precisions: any area, 100 detections an image
_AT_50 = 0  # of its ten overlaps
_OF_SUMMARY = (0, 1, 2, 3, 4, 5, 8)  # of COCO's twelve numbers: six precisions, and recall with 100 detections


@dataclass(frozen=True)
class Scores:
    """COCO's numbers, 0..1; None where the dataset has nothing to find.

    ap: mean over classes and overlaps 0.50:0.05:0.95; ap50, ap75: at one overlap; ap_small, _medium, _large: by COCO's areas (below
    32 x 32, below 96 x 96, above); ar: recall with 100 detections an image. classes, classes_50: AP and AP50 by name.
    """

    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    ar: float | None
    classes: Mapping[str, float | None]
    classes_50: Mapping[str, float | None]
    images: int
    objects: int


def category_ids(dataset: LabelledImages) -> dict[str, int]:
    """Numbers of a dataset's classes in results: from 1, in the dataset's order."""
    return {name: number for number, name in enumerate(dataset.categories, start=1)}


def score(dataset: LabelledImages, results: Sequence[Mapping[str, Any]], overlap: Overlap = "bbox") -> Scores:
    """How well COCO results (see `detect`) find the objects of `dataset`; results on other images are left out.

    Objects that are `crowd` count neither as found nor as missed (`LabelledImages.ignoring`). Raises DatasetInputError for a dataset
    without labels, and with overlap="segm" for one without masks.
    """
    truth = as_coco(dataset, overlap)
    here = {image.image_id for image in dataset.images}
    evaluation = _evaluated(truth, [dict(r) for r in results if r["image_id"] in here], overlap)
    numbers = evaluation.stats
    precision = evaluation.eval["precision"]  # (10 overlaps, 101 recalls, classes, areas, 3 limits), -1 where there is nothing
    of_classes = precision[:, :, :, _ALL_AREAS, _MOST_DETECTIONS]
    names = [c["name"] for c in truth["categories"]]
    ap, ap50, ap75, small, medium, large, ar = (_number(numbers[i]) for i in _OF_SUMMARY)
    return Scores(
        ap=ap,
        ap50=ap50,
        ap75=ap75,
        ap_small=small,
        ap_medium=medium,
        ap_large=large,
        ar=ar,
        classes={name: _mean(of_classes[:, :, k]) for k, name in enumerate(names)},
        classes_50={name: _mean(of_classes[_AT_50, :, k]) for k, name in enumerate(names)},
        images=len(dataset.images),
        objects=sum(not thing.crowd for image in dataset.images for thing in image.objects),
    )


def as_coco(dataset: LabelledImages, overlap: Overlap = "bbox") -> dict[str, Any]:
    """The dataset as the content of a COCO file, with the category ids of `category_ids`; masks only for overlap="segm"."""
    if not dataset.labelled:
        raise DatasetInputError(f"{dataset.source}: has no labels to compare with")
    ids = category_ids(dataset)
    things = [(image, thing) for image in dataset.images for thing in image.objects]
    return {
        "images": [{"id": i.image_id, "file_name": i.name, "width": i.width, "height": i.height} for i in dataset.images],
        "annotations": [_annotation(n, ids, image, thing, overlap, dataset) for n, (image, thing) in enumerate(things, start=1)],
        "categories": [{"id": number, "name": name} for name, number in ids.items()],
    }


def _annotation(
    number: int, ids: Mapping[str, int], image: LabelledImage, thing: LabelledObject, overlap: Overlap, dataset: LabelledImages
) -> dict[str, Any]:
    entry = {
        "id": number,
        "image_id": image.image_id,
        "category_id": ids[thing.category],
        "bbox": list(thing.box),
        "area": thing.area_px,
        "iscrowd": int(thing.crowd),
    }
    if overlap == "bbox":
        return entry
    if not thing.segmentation:
        raise DatasetInputError(
            f"{dataset.source}: annotation {thing.annotation_id} has a box and no mask; masks cannot be scored on it, boxes can"
        )
    code = compressed(thing.segmentation, image.height, image.width)
    return {**entry, "segmentation": {"size": list(code["size"]), "counts": code["counts"]}}


def _evaluated(truth: dict[str, Any], results: list[dict[str, Any]], overlap: Overlap) -> Any:
    from faster_coco_eval import COCO, COCOeval_faster

    reference = COCO(truth, print_function=_silent)
    evaluation = COCOeval_faster(reference, reference.loadRes(results), overlap, print_function=_silent)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation


def _silent(*_: object) -> None:
    """The library prints what it does unless told how to."""


def _number(value: float) -> float | None:
    return None if value < 0 else float(value)


def _mean(precision: np.ndarray) -> float | None:
    known = precision[precision > -1]
    return float(known.mean()) if known.size else None

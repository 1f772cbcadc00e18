"""How good a detector is on labelled images: boxes, and masks where it and they have them; dealt out to all processes."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from evaluator.datasets import LabelledImages
from evaluator.detectors.checkpoints import Detector
from evaluator.detectors.inference import detect
from evaluator.scores import score
from evaluator.train.processes import Place

Judgement = dict[str, dict[str, Any]]  # fields of Scores by "bbox" and "segm"


def judged(detector: Detector, dataset: LabelledImages, place: Place, batch: int) -> Judgement:
    """In every process the same."""
    share = dataset.subset(range(place.number, len(dataset.images), place.count))
    own = detect(replace(detector, device=place.device), share, batch=batch) if share.images else []
    results = place.everybodys(own)
    masks = detector.settings.masks and all(thing.segmentation for image in dataset.images for thing in image.objects)
    return {"bbox": asdict(score(dataset, results)), **({"segm": asdict(score(dataset, results, "segm"))} if masks else {})}

"""Do BlenderProc's masks and ours agree? Instances are matched by overlap, then differing pixels are counted."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as rle

from generator.spec import SceneSpec
from generator.writers.layout import record_path

_SAME = 0.5  # intersection over union from which two masks are the same object's


@dataclass(frozen=True)
class Agreement:
    """Instances of ours and theirs, how many found each other, pixels in matched masks of either, pixels in which these differ."""

    ours: int
    theirs: int
    matched: int
    pixels: int
    differing: int


def agreement(specs: Sequence[SceneSpec], dataset: Path, coco: Path) -> Agreement:
    """`dataset` is the folder of our images, `coco` that of BlenderProc's, whose images are numbered in the order of `specs`."""
    file = json.loads((coco / "coco_annotations.json").read_text())
    theirs = defaultdict(list)
    for annotation in file["annotations"]:
        theirs[annotation["image_id"]].append(_mask(annotation["segmentation"]))
    images = sorted(image["id"] for image in file["images"])
    counts = np.zeros(5, int)
    for image, spec in zip(images, specs, strict=True):
        record = json.loads((dataset / record_path(spec.index)).read_text())
        counts += _counts([_mask(annotation["segmentation"]) for annotation in record["annotations"]], theirs[image])
    return Agreement(*(int(count) for count in counts))


def _counts(ours: list[np.ndarray], theirs: list[np.ndarray]) -> tuple[int, int, int, int, int]:
    matched = pixels = differing = 0
    for mask in ours:
        overlaps = [(int((mask & other).sum()), int((mask | other).sum())) for other in theirs]
        both, either = max(overlaps, key=lambda pair: pair[0] / pair[1], default=(0, 1))
        if both / either > _SAME:
            matched, pixels, differing = matched + 1, pixels + either, differing + either - both
    return len(ours), len(theirs), matched, pixels, differing


def _mask(segmentation: Any) -> np.ndarray:
    """(H, W) bool from a compressed (ours) or uncompressed (theirs) run-length code."""
    if isinstance(segmentation["counts"], list):
        segmentation = rle.frPyObjects(segmentation, *segmentation["size"])
    mask: np.ndarray = rle.decode(segmentation).astype(bool)
    return mask

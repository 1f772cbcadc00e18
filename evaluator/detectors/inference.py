"""From pictures to COCO results: batches through the network, boxes and masks back in pixels of the stored pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

import numpy as np
import torch
from pycocotools import mask as rle
from torch import Tensor
from torchvision.models.detection.roi_heads import paste_masks_in_image

from evaluator.datasets import LabelledImage, LabelledImages
from evaluator.detectors.checkpoints import Detector
from evaluator.detectors.pictures import ahead, as_tensor, fitted
from evaluator.progress import with_progress
from evaluator.scores import category_ids

_READERS = 2
_MASK_FROM = 0.5


def detect(
    detector: Detector, dataset: LabelledImages, *, batch: int = 8, least_score: float = 0.05, progress: bool = False
) -> list[dict[str, Any]]:
    """COCO results: image_id, category_id, bbox (x, y, width, height in pixels of the stored picture), score and, of detectors of
    masks, segmentation (compressed run-length code).

    category_id is that of `category_ids(dataset)`; classes that the dataset does not have are left out. `dataset` without classes
    (a folder of pictures) gets the detector's, numbered from 1. Sorted by image, then by falling score.
    """
    names = dataset.categories or detector.classes
    ids = {name: number for number, name in enumerate(names, start=1)} if not dataset.categories else category_ids(dataset)
    detector.model.eval()
    found = _batches(detector, dataset.images, batch)
    passing = with_progress(found, -(-len(dataset.images) // batch), "batches") if progress else found
    return [result for images, outputs in passing for result in _results(detector, images, outputs, ids, least_score)]


def _batches(detector: Detector, images: Sequence[LabelledImage], batch: int) -> Iterator[tuple[tuple[LabelledImage, ...], list[Any]]]:
    def read(image: LabelledImage) -> Tensor:
        return as_tensor(fitted(image.rgb(), detector.settings.size_px))

    pictures = ahead(read, images, threads=_READERS, most=2 * batch)
    for some in batched(zip(images, pictures, strict=True), batch, strict=False):
        with torch.inference_mode():
            yield tuple(image for image, _ in some), detector.model([picture.to(detector.device) for _, picture in some])


def _results(
    detector: Detector, images: Sequence[LabelledImage], outputs: Sequence[Mapping[str, Tensor]], ids: Mapping[str, int], least_score: float
) -> Iterator[dict[str, Any]]:
    for image, output in zip(images, outputs, strict=True):
        names = [detector.classes[label - 1] for label in output["labels"].tolist()]
        kept = [i for i, name in enumerate(names) if name in ids and output["scores"][i] >= least_score]
        boxes = in_stored_pixels(output["boxes"][kept].float().cpu(), image, detector.settings.size_px)
        masks = _masks(output["masks"][kept].float().cpu(), boxes, image) if "masks" in output else [None] * len(kept)
        for i, box, mask in zip(kept, boxes.tolist(), masks, strict=True):
            x, y, right, bottom = box
            result = {
                "image_id": image.image_id,
                "category_id": ids[names[i]],
                "bbox": [x, y, right - x, bottom - y],
                "score": float(output["scores"][i]),
            }
            yield result if mask is None else {**result, "segmentation": mask}


def in_stored_pixels(boxes: Tensor, image: LabelledImage, size_px: int) -> Tensor:
    """(N, 4) corners in the fitted picture -> in the stored one. Width and height are rounded apart when fitting, so scaled apart."""
    scale = size_px / max(image.width, image.height)
    across = image.width / max(round(image.width * scale), 1)
    down = image.height / max(round(image.height * scale), 1)
    return boxes * torch.tensor([across, down, across, down])


def _masks(masks: Tensor, boxes: Tensor, image: LabelledImage) -> list[dict[str, Any]]:
    """(N, 1, M, M) probabilities inside boxes -> run-length codes of the whole picture. One by one: all at once may not fit memory."""
    codes = []
    for mask, box in zip(masks, boxes, strict=True):
        pasted = paste_masks_in_image(mask[None], box[None], (image.height, image.width))[0, 0].numpy() > _MASK_FROM
        code = rle.encode(np.asfortranarray(pasted, np.uint8))
        codes.append({"size": list(code["size"]), "counts": code["counts"].decode("ascii")})
    return codes

"""COCO panoptic: every pixel belongs to one segment, an instance of a thing or a region of stuff.

Shapes: H, W the image. A segment's id is written into the PNG as R + 256 G + 65536 B. Labelled instances are things; all other
pixels are stuff of their semantic class, whose category ids follow those of the things.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from generator.dataset import Dataset
from generator.labels.annotate import tight_box
from generator.storage import Folder
from generator.writers.coco import IDS_PER_IMAGE, Record
from generator.writers.encode import encode_rgb
from generator.writers.exports.registry import ExportOptions, copy_image, exporter

STUFF = IDS_PER_IMAGE  # segment id of the stuff class at position 0; object ids are below it


@exporter("coco_panoptic")
def export_panoptic(dataset: Dataset, out: Folder, options: ExportOptions) -> int:
    """COCO panoptic segmentation (images/, panoptic/ PNGs, annotations/panoptic.json)."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for record in dataset.records():
        image = record["image"]
        copy_image(dataset, record, out, image["file_name"])
        segments = segment_ids(dataset, record)
        name = image["file_name"].split("/", 1)[1].rsplit(".", 1)[0] + ".png"
        colors = np.stack([segments & 255, segments >> 8 & 255, segments >> 16], axis=2).astype(np.uint8)
        out.put(f"panoptic/{name}", encode_rgb(colors, "png", 100))
        images.append({key: image[key] for key in ("id", "file_name", "width", "height")})
        annotations.append({"image_id": image["id"], "file_name": name, "segments_info": _segments_info(dataset, record, segments)})
    document = {"info": {}, "licenses": [], "categories": _categories(dataset), "images": images, "annotations": annotations}
    out.put("annotations/panoptic.json", orjson.dumps(document))
    return len(images)


def segment_ids(dataset: Dataset, record: Record) -> np.ndarray:
    """(H, W) int32 segment ids: the object's where it is a labelled instance, STUFF + semantic class elsewhere."""
    index = record["image"]["index"]
    objects = dataset.instances(index).astype(np.int32)
    labelled = np.isin(objects, [a["object_id"] for a in record["annotations"]])
    return np.where(labelled, objects, STUFF + dataset.semantic(index).astype(np.int32))


def _segments_info(dataset: Dataset, record: Record, segments: np.ndarray) -> list[dict[str, Any]]:
    things = {a["object_id"]: a["category_id"] for a in record["annotations"]}
    infos = []
    for segment, area in zip(*(part.tolist() for part in np.unique(segments, return_counts=True)), strict=True):
        category = things[segment] if segment < STUFF else len(dataset.categories) + 1 + segment - STUFF
        box = tight_box(segments == segment)
        infos.append({"id": segment, "category_id": category, "area": area, "bbox": list(box), "iscrowd": 0})
    return infos


def _categories(dataset: Dataset) -> list[dict[str, Any]]:
    stuff = [
        {"id": i, "name": f"{name} (stuff)" if name in dataset.categories.values() else name, "supercategory": "", "isthing": 0}
        for i, name in enumerate(dataset.card["semantic_classes"], start=len(dataset.categories) + 1)
    ]
    return [{**category, "isthing": 1} for category in dataset.card["categories"]] + stuff

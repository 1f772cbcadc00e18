"""Plain COCO: images and one instances file without this house's extra fields, for readers that refuse unknown ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from generator.dataset import Dataset
from generator.writers.exports.registry import copy_image, exporter

_IMAGE_FIELDS = ("id", "file_name", "width", "height")
_ANNOTATION_FIELDS = ("id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd")


@exporter("coco")
def export_coco(dataset: Dataset, out: Path) -> int:
    """COCO instances with the standard's own fields only (images/, annotations/instances.json)."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for record in dataset.records():
        copy_image(dataset, record, out / record["image"]["file_name"])
        images.append({key: record["image"][key] for key in _IMAGE_FIELDS})
        annotations += [{key: annotation[key] for key in _ANNOTATION_FIELDS} for annotation in record["annotations"]]
    document = {
        "info": {"description": f"Scenewright, scene {dataset.card['scene']}, seed {dataset.card['seed']}", "version": "1"},
        "licenses": [],
        "categories": dataset.card["categories"],
        "images": images,
        "annotations": annotations,
    }
    (out / "annotations").mkdir()
    (out / "annotations/instances.json").write_bytes(orjson.dumps(document))
    return len(images)

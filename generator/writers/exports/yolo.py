"""YOLO's detection layout: images/, labels/ with one line a box, data.yaml."""

from __future__ import annotations

from typing import Any

import yaml

from generator.dataset import Dataset
from generator.storage import Folder
from generator.writers.exports.registry import ExportOptions, copy_image, exporter


@exporter("yolo")
def export_yolo(dataset: Dataset, out: Folder, options: ExportOptions) -> int:
    """YOLO detection boxes (images/, labels/, data.yaml); classes count from 0."""
    count = 0
    for record in dataset.records():
        image = record["image"]
        copy_image(dataset, record, out, image["file_name"])
        lines = "".join(label_line(a, image["width"], image["height"]) for a in record["annotations"])
        out.put(f"labels/{image['file_name'].split('/', 1)[1].rsplit('.', 1)[0]}.txt", lines.encode())
        count += 1
    names = {i - 1: name for i, name in sorted(dataset.categories.items())}
    out.put("data.yaml", yaml.safe_dump({"train": "images", "val": "images", "names": names}).encode())
    return count


def label_line(annotation: dict[str, Any], width: int, height: int) -> str:
    """class, centre x, centre y, width, height, in shares of the image."""
    x, y, w, h = annotation["bbox"]
    numbers = ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
    return f"{annotation['category_id'] - 1} " + " ".join(f"{n:.6f}" for n in numbers) + "\n"

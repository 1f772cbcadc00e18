"""YOLO's detection layout: images/, labels/ with one line a box, data.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from generator.dataset import Dataset
from generator.storage import Folder
from generator.writers.exports.registry import ExportOptions, copy_image, exporter, joiner

_PARTS = ("train", "val", "test")  # that data.yaml has keys for


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
    _describe(dataset, out, {"train": "images", "val": "images"})  # YOLO's trainer refuses a file without val
    return count


@joiner("yolo")
def join_yolo(dataset: Dataset, out: Folder, names: Sequence[str]) -> None:
    """One data.yaml for the parts train, val and, if there is one, test, in place of one in each."""
    if not {"train", "val"} <= set(names):
        return
    known = [name for name in _PARTS if name in names]
    _describe(dataset, out, {name: f"{name}/images" for name in known})
    out.remove(f"{name}/data.yaml" for name in known)


def _describe(dataset: Dataset, out: Folder, folders: dict[str, str]) -> None:
    names = {i - 1: name for i, name in sorted(dataset.categories.items())}
    out.put("data.yaml", yaml.safe_dump({**folders, "names": names}, sort_keys=False).encode())


def label_line(annotation: dict[str, Any], width: int, height: int) -> str:
    """class, centre x, centre y, width, height, in shares of the image."""
    x, y, w, h = annotation["bbox"]
    numbers = ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
    return f"{annotation['category_id'] - 1} " + " ".join(f"{n:.6f}" for n in numbers) + "\n"

"""Small COCO folders and pictures for the evaluator's tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import orjson

from generator.writers.coco import encode_mask

WIDTH, HEIGHT = 64, 48
CATEGORIES = [{"id": 3, "name": "car"}, {"id": 7, "name": "person"}]


def write_picture(path: Path, rgb: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def picture(seed: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """(H, W, 3) uint8: smooth random colours with some grain."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 215, (6, 8, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)


def box_mask(x: int, y: int, w: int, h: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y : y + h, x : x + w] = True
    return mask


def annotation(identity: int, image: int, **fields: Any) -> dict[str, Any]:
    box = fields.pop("bbox", [10, 8, 20, 12])
    return {"id": identity, "image_id": image, "category_id": 3, "bbox": box, "area": box[2] * box[3], "iscrowd": 0, **fields}


def coco(count: int = 3) -> dict[str, Any]:
    """Sound content: `count` images with a car in each and a person in the first."""
    images = [{"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT, "split": "train"} for i in range(1, count + 1)]
    annotations = [annotation(i, i, segmentation=encode_mask(box_mask(10, 8, 20, 12))) for i in range(1, count + 1)]
    annotations.append(annotation(100, 1, category_id=7, bbox=[40, 5, 8, 30], segmentation=[[40, 5, 48, 5, 48, 35, 40, 35]]))
    return {"images": images, "annotations": annotations, "categories": CATEGORIES}


def write_coco(folder: Path, content: dict[str, Any], pictures: Sequence[np.ndarray] = ()) -> Path:
    """The folder as annotators leave it: images/ and annotations.json."""
    for i, entry in enumerate(content["images"]):
        name = entry.get("file_name")
        if isinstance(name, str):
            write_picture(folder / "images" / name, pictures[i] if pictures else picture(i))
    (folder / "annotations.json").write_bytes(orjson.dumps(content))
    return folder


def shapes(folder: Path, count: int, seed: int, *, side: int = 64, bright: int = 220) -> Path:
    """A COCO folder that a detector learns in seconds: red squares ("car") and blue discs ("person") on dark ground, with masks."""
    rng = np.random.default_rng(seed)
    content: dict[str, Any] = {"images": [], "annotations": [], "categories": CATEGORIES}
    pictures = []
    for image in range(1, count + 1):
        rgb = picture(1000 * seed + image, side, side) // 3
        for _ in range(int(rng.integers(1, 3))):
            size, disc = int(rng.integers(side // 4, side * 7 // 16)), bool(rng.integers(2))
            x, y = (int(v) for v in rng.integers(0, side - size, 2))
            rows, columns = np.mgrid[:side, :side] + 0.5
            square = (columns > x) & (columns < x + size) & (rows > y) & (rows < y + size)
            mask = square & (np.hypot(columns - x - size / 2, rows - y - size / 2) < size / 2) if disc else square
            rgb[mask] = (40, 90, bright) if disc else (bright, 60, 40)
            entry = {"category_id": 7 if disc else 3, "area": int(mask.sum()), "segmentation": encode_mask(mask)}
            content["annotations"].append(annotation(len(content["annotations"]) + 1, image, bbox=[x, y, size, size], **entry))
        content["images"].append({"id": image, "file_name": f"{image}.png", "width": side, "height": side})
        pictures.append(rgb)
    return write_coco(folder, content, pictures)

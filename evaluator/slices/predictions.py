"""What a detector found on a dataset: run now from a checkpoint, or read from a file of COCO results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from evaluator.datasets import LabelledImages
from evaluator.scores import category_ids
from generator.errors import DatasetInputError, quoted

_MOST_TOLD = 20
Results = list[dict[str, Any]]  # COCO's; category_id is that of evaluator.scores.category_ids


def predictions(model: Path, dataset: LabelledImages, *, device: str, batch: int, least_score: float) -> tuple[Results, int]:
    """Of a checkpoint (`scenewright train`) or of a .json file of COCO results, whose ids are those of the dataset's own COCO file.

    The number says on how many of the images the checkpoint was trained; results do not tell: 0. Raises DatasetInputError for what is
    neither, or belongs to other images or classes.
    """
    if holds_results(model):
        return read_results(model, dataset), 0
    from evaluator.detection import detect, load_detector

    detector = load_detector(model, device)
    known = sum(image.fingerprint() in detector.trained_on for image in dataset.images) if detector.trained_on else 0
    return detect(detector, dataset, batch=batch, least_score=least_score, progress=True), known


def holds_results(model: Path) -> bool:
    """Whether a detector is given as what it found, so that none is run and torch is not needed."""
    return model.suffix.lower() == ".json"


def read_results(file: Path, dataset: LabelledImages) -> Results:
    """Entries of classes that a class map has dropped are left out. Raises DatasetInputError with what is wrong in the file."""
    try:
        entries = orjson.loads(file.read_bytes())
    except OSError as error:
        raise DatasetInputError(f"{file}: cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise DatasetInputError(f"{file}: is no JSON ({error})") from error
    if not isinstance(entries, list):
        raise DatasetInputError(f"{file}: must hold a list of COCO results (image_id, category_id, bbox, score), found {quoted(entries)}")
    images = {image.image_id for image in dataset.images}
    problems = [f"entry {i}: {text}" for i, entry in enumerate(entries) if (text := _problem(entry, images, dataset.file_ids))]
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        more = f"\n  ... and {len(problems) - _MOST_TOLD} more" if len(problems) > _MOST_TOLD else ""
        raise DatasetInputError(f"{file}: {count}\n" + "\n".join(f"  {text}" for text in problems[:_MOST_TOLD]) + more)
    ids = category_ids(dataset)
    own = {number: ids[name] for number, name in dataset.file_ids.items() if name is not None}
    return [{**entry, "category_id": own[entry["category_id"]]} for entry in entries if entry["category_id"] in own]


def _problem(entry: Any, images: set[int], classes: Mapping[int, str | None]) -> str:
    if not isinstance(entry, Mapping) or not {"image_id", "category_id", "bbox", "score"} <= entry.keys():
        return f"found {quoted(entry)}; image_id, category_id, bbox and score are needed"
    if entry["image_id"] not in images:
        return f"image_id: the dataset has no image {quoted(entry['image_id'])}"
    if entry["category_id"] not in classes:
        known = ", ".join(f"{number} {name or '(dropped)'}" for number, name in sorted(classes.items()))
        return f"category_id: the dataset has no class {quoted(entry['category_id'])}; it has {known}"
    numbers = [*entry["bbox"], entry["score"]] if isinstance(entry["bbox"], list) else []
    if len(numbers) != 5 or not all(isinstance(n, int | float) and math.isfinite(n) for n in numbers):
        return f"bbox, score: found {quoted(entry['bbox'])}, {quoted(entry['score'])}; [x, y, width, height] and a number are allowed"
    return ""


def write_results(file: Path, results: Results, dataset: LabelledImages) -> None:
    """As a file that `read_results`, and any other reader of COCO results for the dataset's own file, takes."""
    ids = category_ids(dataset)
    own = {ids[name]: number for number, name in reversed(tuple(dataset.file_ids.items())) if name is not None}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps([{**entry, "category_id": own[entry["category_id"]]} for entry in results]))

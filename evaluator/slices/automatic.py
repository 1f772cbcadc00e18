"""The slices that a dataset has by itself, where nobody named any: by everything that is said about images and objects. No limits."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from evaluator.datasets import LabelledImages
from evaluator.slices.definition import SliceFile
from evaluator.slices.fields import of_image, of_object

MOST_VALUES = 12  # of a field that is cut into a slice for each
_BANDS = {"occlusion": (0.0, 0.25, 0.5, 0.75, 1.01), "truncation": (0.01, 0.5, 1.01)}


def automatic_slices(dataset: LabelledImages) -> SliceFile:
    """Everything; each class, size, band of occlusion and truncation; each sub-domain, corner case and value of a field of images."""
    slices: dict[str, dict[str, Any]] = {"everything": {}}
    slices |= {f"category {name}": {"objects": {"category": name}} for name in dataset.categories if len(dataset.categories) > 1}
    slices |= {f"size {name}": {"objects": {"size": name}} for name in ("small", "medium", "large")}
    known = {name for image in dataset.images for thing in image.objects for name in of_object(thing)}
    for name, bounds in _BANDS.items():
        for low, high in pairwise(bounds) if name in known else ():
            slices[f"{name} {low:.0%} to {min(high, 1):.0%}"] = {"objects": {name: {"from": low, "below": high}}}
    return SliceFile.model_validate({"slices": slices | _of_images(dataset)})


def _of_images(dataset: LabelledImages) -> dict[str, dict[str, Any]]:
    fields = [of_image(image) for image in dataset.images]
    found: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(key for known in fields for key in known):
        values = [known[name] for known in fields if name in known]
        if all(isinstance(value, tuple) for value in values):
            labels = sorted({label for value in values if isinstance(value, tuple) for label in value})
            found |= {f"{name} {label}": {"images": {name: label}} for label in labels}
            continue
        different = dict.fromkeys(value for value in values if not isinstance(value, tuple))
        if 2 <= len(different) <= MOST_VALUES and len(different) < len(values):
            found |= {f"{name} {value}": {"images": {name: value}} for value in sorted(different, key=str)}
    return found

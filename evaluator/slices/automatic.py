"""The slices that a dataset has by itself, where nobody named any: by everything that is said about images and objects. No limits."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from itertools import pairwise
from typing import Any

from evaluator.datasets import LabelledImage, LabelledImages, Value
from evaluator.slices.definition import Slice, SliceFile
from evaluator.slices.fields import all_hold, of_image, of_object

MOST_VALUES = 12  # of a field that is cut into a slice for each
_SCENES_A_NUMBER = 2  # on average, at least: numbers that hardly repeat are measured ones, of which each value says nothing
_BANDS = {"occlusion": (0.0, 0.25, 0.5, 0.75, 1.01), "truncation": (0.01, 0.5, 1.01)}


def with_automatic_slices(file: SliceFile, dataset: LabelledImages) -> SliceFile:
    """`file` with those slices in place of its own."""
    return file.model_copy(update={"slices": automatic_slices(dataset, file.classes).slices})


def automatic_slices(dataset: LabelledImages, classes: Sequence[str] | None = None) -> SliceFile:
    """Everything; each class, size, band of occlusion and truncation; each sub-domain, corner case and value of a field of images."""
    classes = classes or dataset.categories
    slices: dict[str, dict[str, Any]] = {"everything": {}}
    slices |= {f"category {name}": {"objects": {"category": name}} for name in classes if len(classes) > 1}
    slices |= {f"size {name}": {"objects": {"size": name}} for name in ("small", "medium", "large")}
    known = {name for image in dataset.images for thing in image.objects for name in of_object(thing)}
    for name, bounds in _BANDS.items():
        for low, high in pairwise(bounds) if name in known else ():
            slices[f"{name} {low:.0%} to {min(high, 1):.0%}"] = {"objects": {name: {"from": low, "below": high}}}
    file = SliceFile.model_validate({"slices": slices | _of_images(dataset)})
    kept = {name: part for name, part in file.slices.items() if not part.objects or _some(part, dataset)}
    return file.model_copy(update={"slices": kept})


def _some(part: Slice, dataset: LabelledImages) -> bool:
    return any(all_hold(part.objects, of_object(thing)) for image in dataset.images for thing in image.objects)


def _of_images(dataset: LabelledImages) -> dict[str, dict[str, Any]]:
    fields = [of_image(image) for image in dataset.images]
    seen_in = [_scene(image, i) for i, image in enumerate(dataset.images)]
    found: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(key for known in fields for key in known):
        values = [known[name] for known in fields if name in known]
        if all(isinstance(value, tuple) for value in values):
            labels = sorted({label for value in values if isinstance(value, tuple) for label in value})
            found |= {f"{name} {label}": {"images": {name: label}} for label in labels}
            continue
        said = {(scene, known[name]) for scene, known in zip(seen_in, fields, strict=True) if name in known}
        different = dict.fromkeys(value for value in values if not isinstance(value, tuple))
        if 2 <= len(different) <= MOST_VALUES and len(different) < len(said) and not _measured(different, len(said)):
            found |= {f"{name} {value}": {"images": {name: value}} for value in sorted(different, key=str)}
    return found


def _scene(image: LabelledImage, position: int) -> Hashable:
    """The images of one counterfactual scene share the values that are not changed; those count once."""
    return ("draw", image.counterfactual.draw) if image.counterfactual else position


def _measured(different: Collection[Value], said: int) -> bool:
    fractions = any(isinstance(value, float) and not value.is_integer() for value in different)
    return fractions and said < _SCENES_A_NUMBER * len(different)

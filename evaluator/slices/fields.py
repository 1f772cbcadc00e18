"""What is known about images and objects by name, for the conditions of slices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject, Value
from evaluator.slices.conditions import Condition, Known
from evaluator.slices.definition import Slice, SliceFile
from generator.errors import ConfigError, nearest, unknown

_LISTS = ("corner_cases", "subdomains")
GEOMETRY = ("area_px", "width_px", "height_px", "size")  # what a detection has as well as an object
OF_OBJECTS = ("category", *GEOMETRY, "visible_ratio", "occlusion", "truncation")
SMALL_PX, MEDIUM_PX = 32.0**2, 96.0**2  # COCO's bounds of area


def of_image(image: LabelledImage) -> dict[str, Known]:
    """Factors and metadata, sub-domains and corner cases as lists of names, file_name, width, height."""
    listed: dict[str, tuple[str, ...]] = {
        kind: tuple(key.removeprefix(f"{kind}.") for key in image.factors if key.startswith(f"{kind}.")) for kind in _LISTS
    }
    plain = {key: value for key, value in image.factors.items() if not key.startswith(tuple(f"{kind}." for kind in _LISTS))}
    return {**listed, **plain, "file_name": image.name, "width": image.width, "height": image.height}


def of_object(thing: LabelledObject) -> dict[str, Known]:
    occlusion = None if thing.visible_ratio is None else 1 - thing.visible_ratio
    ratios = {"visible_ratio": thing.visible_ratio, "occlusion": occlusion, "truncation": thing.truncation}
    known = {name: value for name, value in ratios.items() if value is not None}
    return {**thing.attributes, **known, **geometry(thing.box[2], thing.box[3], thing.area_px), "category": thing.category}


def geometry(width_px: float, height_px: float, area_px: float) -> dict[str, Known]:
    """The fields of GEOMETRY. size: COCO's small, medium, large."""
    size = "small" if area_px < SMALL_PX else "medium" if area_px < MEDIUM_PX else "large"
    return {"area_px": area_px, "width_px": width_px, "height_px": height_px, "size": size}


def all_hold(conditions: Mapping[str, Condition], known: Mapping[str, Known]) -> bool:
    return all(rule.holds(known.get(name)) for name, rule in conditions.items())


def holds_images(part: Slice, images: Iterable[LabelledImage]) -> list[int]:
    """Positions of the images of a slice."""
    return [i for i, image in enumerate(images) if all_hold(part.images, of_image(image))]


def of_geometry(conditions: Mapping[str, Condition]) -> dict[str, Condition]:
    """Those conditions that tell of a detection, too, whether it belongs to a slice."""
    return {name: rule for name, rule in conditions.items() if name in GEOMETRY}


def classes_of(part: Slice, classes: Sequence[str]) -> tuple[str, ...]:
    """The classes that a slice is about."""
    rule = part.objects.get("category")
    return tuple(name for name in classes if rule is None or rule.holds(name))


def check_fields(file: SliceFile, dataset: LabelledImages, where: str) -> None:
    """Raises ConfigError with every class and field that the dataset does not have, and every value in a list that seems misspelt."""
    images = {name for image in dataset.images for name in of_image(image)}
    objects = {name for image in dataset.images for thing in image.objects for name in of_object(thing)} | {*OF_OBJECTS}
    wrong = [f"classes: {unknown('class', name, dataset.categories)}" for name in file.classes or () if name not in dataset.categories]
    wrong += [f"resample_by: {unknown('field of images', file.resample_by, images)}"] if file.resample_by not in {None, *images} else []
    for title, part in file.slices.items():
        wrong += [f"slices.{title}.images: {unknown('field of images', name, images)}" for name in part.images if name not in images]
        wrong += [f"slices.{title}.objects: {unknown('field of objects', name, objects)}" for name in part.objects if name not in objects]
        lacking = [value for value in values_lacking(part, dataset) if value.meant]
        wrong += [f"slices.{title}.{v.what}s.{v.field}: no {v.what} has {v.value!r}.{v.meant}" for v in lacking]
    changed = {image.counterfactual.factor for image in dataset.images if image.counterfactual}
    wrong += [f"effects: {unknown('factor with counterfactual images', name, changed)}" for name in file.effects if name not in changed]
    if wrong:
        raise ConfigError("\n".join([f"{where} on {dataset.source}: {len(wrong)} problem{'s' if len(wrong) > 1 else ''}", *wrong]))


@dataclass(frozen=True)
class Lacking:
    """A value that a condition on a `field` of images or objects (`what`) names and that none has; `meant`: ' Did you mean "rain"?'."""

    what: str
    field: str
    value: Value
    meant: str


def values_lacking(part: Slice, dataset: LabelledImages) -> list[Lacking]:
    """Of values that stand beside others, or behind `not`: such a condition holds all the same, and nobody sees that one is misspelt."""
    found = _lacking("image", part.images, (of_image(image) for image in dataset.images))
    return found + _lacking("object", part.objects, (of_object(thing) for image in dataset.images for thing in image.objects))


def _lacking(what: str, conditions: Mapping[str, Condition], known: Iterable[Mapping[str, Known]]) -> list[Lacking]:
    listed = {name: rule for name, rule in conditions.items() if len(rule.values) > 1 or rule.negated}
    if not listed:
        return []
    facts = list(known)
    found = []
    for name, rule in listed.items():
        there = _names([fact[name] for fact in facts if name in fact])
        others = [value for value in there if isinstance(value, str) and value not in rule.values]
        absent = [value for value in rule.values if there and not any(Condition((value,)).holds(other) for other in there)]
        found += [Lacking(what, name, value, nearest(value, others) if isinstance(value, str) else "") for value in absent]
    return found


def why_empty(part: Slice, dataset: LabelledImages) -> str:
    """Which condition of a slice no image, or no object, meets."""
    every = [of_image(image) for image in dataset.images]
    things = [of_object(thing) for image in dataset.images for thing in image.objects]
    for kind, conditions, known in (("image", part.images, every), ("object", part.objects, things)):
        for name, rule in conditions.items():
            if not any(rule.holds(fields.get(name)) for fields in known):
                values = [f[name] for f in known if name in f]
                return f"no {kind} meets its condition on {name}; {_values(values)}.{_meant(rule, values)}".rstrip(".")
    return "no object meets all of its conditions"


def _meant(rule: Condition, found: Sequence[Known]) -> str:
    """The first known text that a text of a condition resembles, asked for."""
    names = [str(name) for name in _names(found) if isinstance(name, str)]
    return next((asked for value in rule.values if isinstance(value, str) if (asked := nearest(value, names))), "")


def _names(found: Sequence[Known]) -> list[Value]:
    return sorted({name for value in found for name in (value if isinstance(value, tuple) else (value,))}, key=str)


def _values(found: Sequence[Known]) -> str:
    names = _names(found)
    numbers = [float(v) for v in names if isinstance(v, int | float)]
    if len(numbers) == len(names) and len(names) > 8:
        return f"it is {min(numbers):g} to {max(numbers):g}"
    return f"it is {', '.join(str(name) for name in names[:20]) or 'never said'}"

"""A file of slices: which images, which objects in them, and what a detector must reach there.

classes: [car, person]           # all of the dataset when left out
slices:
  night:
    images: {subdomains: night}
    at_least: {ap: 0.30, ap50: 0.55}
  hidden_people:
    objects: {category: person, visible_ratio: {below: 0.5}}
    at_least: {recall: 0.25}

On counterfactual images also, or only:
effects:
  time_of_day_h: {baseline: 13, most_loss: 0.10}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from evaluator.datasets import Value
from evaluator.scores import Overlap
from evaluator.slices.conditions import Condition, condition
from generator.errors import ConfigError, nearest
from generator.settings import Settings
from generator.yaml_files import read_yaml

Metric = Literal["ap", "ap50", "ap75", "recall"]
METRICS: tuple[Metric, ...] = ("ap", "ap50", "ap75", "recall")
FEWEST_OBJECTS = 10

Share = Annotated[float, Field(ge=0, le=1)]
Where = Annotated[Condition, BeforeValidator(condition)]


class Limits(Settings):
    """The least that is enough, of COCO's numbers: mean AP over overlaps, AP at 0.5 and 0.75, recall with 100 detections an image."""

    ap: Share | None = None
    ap50: Share | None = None
    ap75: Share | None = None
    recall: Share | None = None

    def named(self) -> dict[Metric, float]:
        values: dict[Metric, float | None] = {"ap": self.ap, "ap50": self.ap50, "ap75": self.ap75, "recall": self.recall}
        return {name: value for name, value in values.items() if value is not None}


class Slice(Settings):
    """images, objects: conditions by field, all of which must hold. least_objects: with fewer, a slice with limits cannot be judged,
    which fails."""

    description: str = ""
    images: dict[str, Where] = Field(default_factory=dict)
    objects: dict[str, Where] = Field(default_factory=dict)
    at_least: Limits = Limits()
    least_objects: int = Field(default=FEWEST_OBJECTS, ge=1)


class Effect(Settings):
    """baseline: the value that others are held against; null is the first. most_loss: of AP, that a value may cost; null is any."""

    baseline: Value | None = None
    most_loss: Share | None = None


class SliceFile(Settings):
    """classes: those that count, null for all of the dataset. overlap: of boxes or of masks. resample_by: a field of images; those
    with the same value (a drive, a camera) are drawn together for the intervals. slices: none is all that the dataset has by itself."""

    classes: Annotated[list[str], Field(min_length=1)] | None = None
    overlap: Overlap = "bbox"
    resample_by: str | None = None
    slices: dict[str, Slice] = Field(default_factory=dict)
    effects: dict[str, Effect] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_one_line(self) -> SliceFile:
        for name in self.slices:
            if not name.strip() or not name.isprintable():
                raise ValueError(f"slices: {name!r} cannot be a name: it must be printable and on one line")
        return self


def read_slices(path: Path | str) -> SliceFile:
    """The slices of a YAML file. Raises ConfigError with every problem in it."""
    data = read_yaml(path)
    if not isinstance(data, Mapping):
        raise ConfigError(f"{path}: must hold a mapping ({', '.join(SliceFile.model_fields)}), found {type(data).__name__}")
    try:
        return SliceFile.model_validate(data)
    except ValidationError as error:
        lines = [_told(entry) for entry in error.errors(include_url=False)]
        raise ConfigError("\n".join([f"{path}: {len(lines)} problem{'s' if len(lines) > 1 else ''}", *lines])) from error


_KEYS: dict[int, Sequence[str]] = {1: tuple(SliceFile.model_fields), 3: tuple(Slice.model_fields), 4: tuple(Limits.model_fields)}


def _told(entry: Mapping[str, Any]) -> str:
    path = [str(part) for part in entry["loc"] if part not in ("function-before[condition(), any]",)]
    where = ".".join(path) or "(top level)"
    if entry["type"] == "extra_forbidden":
        known = tuple(Effect.model_fields) if path[0] == "effects" else _KEYS.get(len(path), ())
        return f'  {where}: there is no key "{path[-1]}".{nearest(path[-1], known)} Known: {", ".join(known)}'
    if entry["type"] == "value_error":
        return f"  {where}: {entry['ctx']['error']}"
    return f"  {where}: {entry['msg']}, found {entry['input']!r}"

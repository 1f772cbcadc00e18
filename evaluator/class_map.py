"""Common class names of several datasets, by a YAML file of names to names. What is mapped to null is left out.

# cityscapes_to_street.yaml
pedestrian: person
bicyclist: rider
sign: null            # objects of this class are left out
"*": null             # all classes that are not named here as well; without this line they keep their names
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.datasets import LabelledImages
from generator.errors import ConfigError, nearest
from generator.yaml_files import read_yaml

REST = "*"


@dataclass(frozen=True)
class ClassMap:
    """names: old to new, None drops. Two old names may have one new name: their classes become one."""

    names: Mapping[str, str | None]

    def of(self, category: str) -> str | None:
        rest = None if REST in self.names else category
        return self.names.get(category, rest)


def read_class_map(path: Path | str) -> ClassMap:
    """Raises ConfigError with the line's key, what was found and what is allowed."""
    content = read_yaml(path)
    if not isinstance(content, dict) or not content:
        raise ConfigError(f"{path}: must hold a mapping of class names to class names (or null), e.g. `pedestrian: person`")
    for old, new in content.items():
        if not isinstance(old, str) or not (new is None or isinstance(new, str)):
            raise ConfigError(f"{path}: {old}: found {new!r}; a class name or null is allowed (quote names that look like numbers)")
    if content.get(REST) is not None:
        raise ConfigError(f'{path}: "*": found {content[REST]!r}; only null is allowed for the rest')
    return ClassMap(content)


def harmonise(datasets: Sequence[LabelledImages], mapping: ClassMap) -> list[LabelledImages]:
    """The datasets with the common names. Raises ConfigError for a name in the map that no dataset has."""
    known = sorted({name for dataset in datasets for name in dataset.categories})
    for old in mapping.names:
        if old not in known and old != REST and old not in mapping.names.values():
            have = ", ".join(known) or "none"
            raise ConfigError(f'class map: no dataset has a class "{old}".{nearest(old, known)} They have: {have}')
    return [renamed(dataset, mapping) for dataset in datasets]


def renamed(dataset: LabelledImages, mapping: ClassMap) -> LabelledImages:
    """One dataset with new class names; objects of dropped classes are gone, images stay."""
    categories = dict.fromkeys(new for name in dataset.categories if (new := mapping.of(name)) is not None)
    images = []
    for image in dataset.images:
        kept = ((o, mapping.of(o.category)) for o in image.objects)
        images.append(replace(image, objects=tuple(replace(o, category=name) for o, name in kept if name is not None)))
    file_ids = {number: None if name is None else mapping.of(name) for number, name in dataset.file_ids.items()}
    return replace(dataset, categories=tuple(categories), images=tuple(images), file_ids=file_ids)

"""A scene file as a whole, and what may stand in a part of it that is not understood."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from pydantic import Field, field_validator

from generator.grammar.model.domains import CornerCase, Design, Domain, Modification
from generator.grammar.model.nodes import Node
from generator.grammar.model.parts import Identifier, Name, NumberValue, Part, Value
from generator.grammar.model.viewpoints import CameraPart


class Limits(Part):
    tries_per_object: int = Field(default=20, ge=1, le=1000)
    tries_per_scene: int = Field(default=10, ge=1, le=1000)
    max_objects: int = Field(default=2000, ge=1, le=30_000)
    max_depth: int = Field(default=32, ge=1, le=100)
    max_steps: int = Field(default=50_000, ge=1, le=1_000_000)  # rules, repetitions and places tried for a scene; 10 to 30 us each


class SceneFile(Part):
    """A scene grammar."""

    name: Name
    description: str = ""
    categories: list[Name] = Field(min_length=1, max_length=1000)
    width: str | None = None
    presets: dict[Name, Modification] = Field(default={}, max_length=50)
    domain: Domain | None = None
    factors: dict[Identifier, Value] = Field(default={}, max_length=1000)
    design: Design = Design()
    params: dict[Identifier, NumberValue] = Field(default={}, max_length=1000)
    start: str
    rules: dict[Name, Node] = Field(min_length=1)
    camera: CameraPart
    world: dict[str, Value] = {"sky": {"kind": "plain"}}
    sensor: dict[str, Value] = {}
    surfaces: Value = None
    corner_cases: dict[Name, CornerCase] = Field(default={}, max_length=200)
    limits: Limits = Limits()

    @field_validator("categories")
    @classmethod
    def _different(cls, names: list[str]) -> list[str]:
        if len(set(names)) != len(names):
            raise ValueError("the same category is listed twice")
        return names


def allowed_keys(mapping: Mapping[str, Any]) -> list[str]:
    """The keys that may stand in a part of a file like `mapping`: those of its kind, else of the part that it has most in common with."""
    parts: dict[type[Part], set[str]] = {cls: {f.alias or n for n, f in cls.model_fields.items()} for cls in _subclasses(Part)}
    kind = mapping.get("kind")
    same = [keys for cls, keys in parts.items() if kind is not None and "kind" in keys and cls.model_fields["kind"].default == kind]
    if same:
        return sorted(same[0])
    likest = max(parts.values(), key=lambda keys: _likeness(keys, set(mapping)))
    return sorted(likest)


def _likeness(keys: set[str], words: set[str]) -> tuple[int, float, int]:
    """How many words are keys, how near the nearest is, and (to decide between equals) how few keys there are."""
    near = max((SequenceMatcher(None, w, k).ratio() for w in words for k in keys), default=0.0)
    return len(keys & words), near, -len(keys)


def _subclasses(cls: type[Part]) -> list[type[Part]]:
    return [found for direct in cls.__subclasses__() for found in (direct, *_subclasses(direct))]

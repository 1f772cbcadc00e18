"""What a field takes, read off the annotations of a pydantic model: this decides whether a string there is an expression or text."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

Takes = Literal["number", "text", "any"]


@dataclass(frozen=True)
class Field:
    """number: numbers and truth values, so strings are expressions. text: strings are text. any: text as well, but not checked.

    items: what the elements of a list take. models: the fields of a nested mapping, by its `kind` ("" when it has none).
    adapter: checks a constant.
    """

    takes: Takes = "any"
    items: Field | None = None
    models: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    adapter: TypeAdapter[Any] | None = None

    def inside(self, data: Mapping[str, Any]) -> Mapping[str, Field]:
        """The fields of the nested mapping `data`."""
        kind = data.get("kind")
        return self.models.get(kind if isinstance(kind, str) else "", {})


ANY = Field()
NUMBER = Field("number")
TEXT = Field("text")


@lru_cache(maxsize=512)
def fields_of(model: type[BaseModel]) -> Mapping[str, Field]:
    """The fields of a model by name."""
    return {name: _field(info) for name, info in model.model_fields.items()}


def _field(info: FieldInfo) -> Field:
    annotation: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    inner = field_of(info.annotation)
    return Field(inner.takes, inner.items, inner.models, TypeAdapter(annotation))


def field_of(annotation: Any) -> Field:
    """What a value of type `annotation` takes."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return field_of(typing.get_args(annotation)[0])
    if isinstance(annotation, typing.TypeAliasType):
        return field_of(annotation.__value__)
    if origin is Literal:
        return NUMBER if all(isinstance(a, int | float) for a in typing.get_args(annotation)) else TEXT
    if origin in (typing.Union, types.UnionType):
        return _union([field_of(a) for a in typing.get_args(annotation) if a is not type(None)])
    if origin in (tuple, list):
        args = [a for a in typing.get_args(annotation) if a is not Ellipsis]
        return Field("any", items=_union([field_of(a) for a in args]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        kind = annotation.model_fields.get("kind")
        kinds = typing.get_args(kind.annotation) if kind else ("",)  # a model may serve several kinds: a lamp
        return Field("any", models={str(name): fields_of(annotation) for name in kinds})
    if annotation in (int, float, bool):
        return NUMBER
    return TEXT if annotation is str else ANY


def _union(members: list[Field]) -> Field:
    takes: set[Takes] = {m.takes for m in members}
    items = [m.items for m in members if m.items]
    models = {kind: fields for m in members for kind, fields in m.models.items()}
    return Field(takes.pop() if len(takes) == 1 else "any", _union(items) if items else None, models)

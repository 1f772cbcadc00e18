"""Actors: what a scene is made of. One file an actor; its fields are its config schema, `build` is its behaviour.

    @register
    class Bollard(Actor):
        '''A post on the pavement.'''
        kind: Literal["bollard"] = "bollard"
        height_m: float = Field(default=0.9, gt=0)

        semantic: ClassVar[str] = "pole"

        def size_m(self) -> Vector: ...
        def build(self) -> Mesh: ...

Values in an actor are resolved (no distributions; those are the grammar's). The same values always give the same mesh, so
equal actors share one mesh; `variant` tells apart those that should differ in their inner randomness.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from generator.errors import ConfigError
from generator.geometry import Strip, Vector
from generator.mesh import Mesh
from generator.registry import Registry
from generator.spec import LampSpec
from generator.streams import Stream


class Actor(BaseModel):
    """A procedural object. Frozen, hashable, comparable; fields must have defaults and units in their names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    variant: int = 0
    detail: Literal["auto", "near", "far"] = "auto"  # auto: by the size in the picture (generator/build.py), for actors with `levels`

    levels: ClassVar[bool] = False  # whether `build` makes a coarser mesh of the same look when `detail` is "far"
    semantic: ClassVar[str] = "object"  # class in the semantic map
    ground: ClassVar[bool] = False  # a surface that others stand on; never collides
    passing: ClassVar[frozenset[str]] = (
        frozenset()
    )  # fields that change from day to day (lamps that are on, dirt), and nothing else with them
    attached: ClassVar[bool] = False  # sits on another actor, in that one's frame; its box holds it without fitting tightly

    @abstractmethod
    def size_m(self) -> Vector:
        """Length (x), width (y), height (z) of the box around the mesh, without building it (tolerance 2 % or 2 cm)."""

    @abstractmethod
    def build(self) -> Mesh:
        """The mesh in the object frame: +X forward, +Y left, +Z up, origin on the ground in the centre of the footprint."""

    def strips(self) -> Mapping[str, Strip]:
        """Named bands that other objects can be placed along, in the object frame."""
        return {}

    def lights(self) -> tuple[LampSpec, ...]:
        """Lamps that shine from it, in the object frame."""
        return ()

    def stream(self) -> Stream:
        """The random stream of its inner detail: a function of its values, the same from near and far, lit and unlit, clean and dirty."""
        return Stream.root(self.model_dump_json(exclude={"detail", *self.passing}))


_ACTORS = Registry[Actor]("actors")


def register[T: type[Actor]](cls: T) -> T:
    """Class decorator: makes the actor known under its `kind`."""
    _ACTORS.add(cls)
    return cls


def actor_kinds() -> dict[str, type[Actor]]:
    """All actors by kind; the first call imports every module under `scenes`."""
    return _ACTORS.kinds()


def make_actor(values: Mapping[str, Any]) -> Actor:
    """The actor of a resolved `{"kind": ..., ...}`. Raises ConfigError for an unknown kind, pydantic's ValidationError for its fields."""
    kinds = actor_kinds()
    if values.get("kind") not in kinds:
        raise ConfigError(f"there is no actor {values.get('kind')!r}; known actors: {', '.join(kinds)}")
    return kinds[values["kind"]].model_validate(values)

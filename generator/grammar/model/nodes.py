"""Models of production rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from generator.grammar.model.conditions import REQUIREMENTS, Requirement
from generator.grammar.model.parts import Identifier, Name, NumberValue, Part, TextValue, Value
from generator.grammar.model.placements import At, Placement


class Ref(Part):
    """A rule, with parameters passed down to it: names for its expressions."""

    kind: Literal["rule"] = "rule"
    rule: str
    with_: dict[Identifier, Value] = Field(default={}, alias="with")


class Sequence(Part):
    """All of its parts, in order: a mapping of labels to nodes, or a list of nodes."""

    kind: Literal["sequence"] = "sequence"
    of: Nodes


class Choice(Part):
    """One of the rules, by weight. The rule `nothing` stands for no object."""

    kind: Literal["choice"] = "choice"
    weights: dict[str, NumberValue] = Field(min_length=1)


class Repeat(Part):
    """A node again and again: `count` times, or along a strip (`fill`) until it is full.

    gap_m: free space between neighbours; every_m: distance of centres instead. start_m, end_m: margins at the strip's ends.
    empty_m: space left where the node gives no object. Expressions inside see `k` (0, 1, ...).
    """

    kind: Literal["repeat"] = "repeat"
    count: NumberValue = None
    fill: TextValue = None
    gap_m: NumberValue = None
    every_m: NumberValue = None
    start_m: NumberValue = 0.0
    end_m: NumberValue = 0.0
    empty_m: NumberValue = 5.0
    max_count: int = Field(default=500, ge=1, le=10_000)
    of: Node

    @model_validator(mode="after")
    def _count_or_fill(self) -> Repeat:
        if (self.count is None) == (self.fill is None):
            raise ValueError("needs either count or fill")
        if self.gap_m is not None and self.every_m is not None:
            raise ValueError("takes gap_m or every_m, not both")
        if self.fill is None and (self.gap_m is not None or self.every_m is not None):
            raise ValueError("gap_m and every_m need fill")
        return self


class Optional(Part):
    """A node or nothing."""

    kind: Literal["optional"] = "optional"
    probability: NumberValue
    of: Node


class ActorNode(Part):
    """One object: an actor, its parameters (values), its place and what must hold there.

    name: how others refer to it, besides the names in its path. category: its class in the labels; null: none.
    collides false: neither in the way nor hindered. footprint_m: length and width of what stands on the ground, where the
    box is much larger (a tree). tries: places drawn until one fits (null: the limit of the file). on_failure: skip leaves it
    out, fail draws the scene again; null: skip, but fail for what a corner case adds.
    """

    kind: Literal["actor"] = "actor"
    actor: str
    name: Name | None = None
    category: TextValue = None
    params: dict[str, Value] = {}
    place: Placement = Placement(at=At())
    speed_m_s: NumberValue = 0.0  # along its own front
    velocity_m_s: Value = None  # x, y, z in the world, instead of speed_m_s
    requires: list[Requirement] = []
    collides: bool = True
    footprint_m: Value = None
    surfaces: Value = None
    tries: int | None = Field(default=None, ge=1, le=1000)
    on_failure: Literal["skip", "fail"] | None = None

    @field_validator("requires", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        """`in_view` is short for `{in_view: {}}`."""
        return [{r: {}} if isinstance(r, str) and r in REQUIREMENTS else r for r in given] if isinstance(given, list) else given


def _kind_of(node: Any) -> str | None:
    if isinstance(node, str):
        return "ref"
    kind = node.get("kind") if isinstance(node, dict) else getattr(node, "kind", None)
    return kind if isinstance(kind, str) else None


Node = Annotated[
    Annotated[str, Tag("ref")]
    | Annotated[Ref, Tag("rule")]
    | Annotated[Sequence, Tag("sequence")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[Optional, Tag("optional")]
    | Annotated[ActorNode, Tag("actor")],
    Discriminator(_kind_of),
]
NODE_KINDS = ("rule", "sequence", "choice", "repeat", "optional", "actor")
Nodes = Annotated[
    Annotated[dict[Name, Node], Tag("mapping")] | Annotated[list[Node], Tag("list")],
    Discriminator(lambda nodes: "list" if isinstance(nodes, list) else "mapping"),
]

"""Where a choice is made: its random stream, its path, the names that expressions can see, and the record it is written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from generator.geometry import Strip
from generator.streams import TWO_TO_MINUS_53, Stream, encoded, first_64_bits


@dataclass(slots=True)
class Slot:
    """The next free place of a `fill`: on `strip`, from `s_m` (or centred on it) up to `end_m`. The object that takes it sets `used_m`."""

    strip: Strip
    s_m: float
    end_m: float
    centered: bool
    used_m: float | None = None
    full: bool = False


@dataclass(slots=True)
class Record:
    """What is known of one try at a scene. trace: the values drawn at every node, by its path and their key.

    fixed: values that are the same all over the scene, worked out once, by the place in the file that asks for them.
    """

    trace: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    fixed: dict[object, Any] = field(default_factory=dict)


class Scope:
    """One node of the tree of a scene. `path` is that of the rules that led here ("traffic/3/car"), `stream` that of its draws.

    tags: corner cases that had a hand in it. slot: the place that a `fill` offers. depth: rules entered so far. strict: an
    object that cannot be placed makes the scene fail.
    """

    __slots__ = ("depth", "names", "path", "record", "slot", "stream", "strict", "tags")

    def __init__(
        self,
        stream: bytes,
        path: str,
        names: dict[str, Any],
        record: Record,
        tags: tuple[str, ...] = (),
        slot: Slot | None = None,
        depth: int = 0,
        strict: bool = False,
    ) -> None:
        self.stream, self.path, self.names, self.record = stream, path, names, record
        self.tags, self.slot, self.depth, self.strict = tags, slot, depth, strict

    def child(self, label: str, names: Mapping[str, Any] | None = None) -> Scope:
        """The scope of the node `label` below this one, with `names` in sight besides."""
        path = f"{self.path}/{label}" if self.path else label
        seen = {**self.names, **names} if names else self.names
        return Scope(self.stream + encoded(label), path, seen, self.record, self.tags, self.slot, self.depth, self.strict)

    def retry(self, attempt: int) -> Scope:
        """The same place with fresh draws; attempt 0 is this scope itself."""
        if not attempt:
            return self
        stream = Stream(self.stream).child("try", attempt).path
        return Scope(stream, self.path, self.names, self.record, self.tags, self.slot, self.depth, self.strict)

    def seeing(self, names: Mapping[str, Any]) -> Scope:
        """The same place with more names in sight."""
        return Scope(self.stream, self.path, {**self.names, **names}, self.record, self.tags, self.slot, self.depth, self.strict)

    def uniform(self, key: str) -> float:
        """The number in [0, 1) behind the choice `key` made here: streams.uniform_at without a call, as a scene has 1,600."""
        bits: int = first_64_bits(blake2b(self.stream + encoded(key)).digest())[0]
        return (bits >> 11) * TWO_TO_MINUS_53

    def note(self, key: str, value: Any) -> None:
        """Writes the value picked for `key` into the trace."""
        self.record.trace[self.path][key] = value


class DesignedScope(Scope):
    """A scope in which some choices follow a design over the image index instead of the stream."""

    __slots__ = ("points",)

    def __init__(self, stream: bytes, path: str, names: dict[str, Any], record: Record, points: Mapping[str, float]) -> None:
        super().__init__(stream, path, names, record)
        self.points = points

    def uniform(self, key: str) -> float:
        point = self.points.get(key)
        return super().uniform(key) if point is None else point


def once_a_scene[T](draw: Callable[[Scope], T]) -> Callable[[Scope], T]:
    """`draw`, which gives the same all over a scene, worked out where it is first asked for."""
    place = object()

    def known(scope: Scope) -> T:
        fixed = scope.record.fixed
        if place in fixed:
            found: T = fixed[place]
            return found
        fixed[place] = drawn = draw(scope)
        return drawn

    return known

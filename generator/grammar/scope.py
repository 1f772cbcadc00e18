"""Where a choice is made: its random stream, its path, the names that expressions can see, and the trace it is written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.geometry import Strip
from generator.streams import Stream


@dataclass(slots=True)
class Slot:
    """The next free place of a `fill`: on `strip`, from `s_m` (or centred on it) up to `end_m`. The object that takes it sets `used_m`."""

    strip: Strip
    s_m: float
    end_m: float
    centered: bool
    used_m: float | None = None
    full: bool = False


class Scope:
    """One node of the tree of a scene. `path` is that of the rules that led here ("traffic/3/car").

    tags: corner cases that had a hand in it. slot: the place that a `fill` offers. depth: rules entered so far. strict: an
    object that cannot be placed makes the scene fail.
    """

    __slots__ = ("depth", "names", "path", "slot", "stream", "strict", "tags", "trace")

    def __init__(
        self,
        stream: Stream,
        path: str,
        names: dict[str, Any],
        trace: dict[str, Any],
        tags: tuple[str, ...] = (),
        slot: Slot | None = None,
        depth: int = 0,
        strict: bool = False,
    ) -> None:
        self.stream, self.path, self.names, self.trace = stream, path, names, trace
        self.tags, self.slot, self.depth, self.strict = tags, slot, depth, strict

    def child(self, label: str) -> Scope:
        """The scope of the node `label` below this one."""
        path = f"{self.path}/{label}" if self.path else label
        return Scope(self.stream.child(label), path, self.names, self.trace, self.tags, self.slot, self.depth, self.strict)

    def retry(self, attempt: int) -> Scope:
        """The same place with fresh draws; attempt 0 is this scope itself."""
        if not attempt:
            return self
        stream = self.stream.child("try", attempt)
        return Scope(stream, self.path, self.names, self.trace, self.tags, self.slot, self.depth, self.strict)

    def seeing(self, names: Mapping[str, Any]) -> Scope:
        """The same place with more names in sight."""
        return Scope(self.stream, self.path, {**self.names, **names}, self.trace, self.tags, self.slot, self.depth, self.strict)

    def uniform(self, key: str) -> float:
        """The number in [0, 1) behind the choice `key` made here."""
        return self.stream.uniform_at(key)

    def note(self, key: str, value: Any) -> None:
        """Writes the value picked for `key` into the trace."""
        self.trace[f"{self.path}.{key}"] = value


class DesignedScope(Scope):
    """A scope in which some choices follow a design over the image index instead of the stream."""

    __slots__ = ("points",)

    def __init__(self, stream: Stream, path: str, names: dict[str, Any], trace: dict[str, Any], points: Mapping[str, float]) -> None:
        super().__init__(stream, path, names, trace)
        self.points = points

    def uniform(self, key: str) -> float:
        point = self.points.get(key)
        return super().uniform(key) if point is None else point

"""What the makers of distributions share: how arguments are read, and how what is drawn is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import ConfigError
from generator.grammar.fields import NUMBER, Field
from generator.grammar.problems import quoted, unknown
from generator.grammar.scope import Scope

if TYPE_CHECKING:
    from generator.grammar.values import Value

Draw = Callable[[Scope], Any]
Made = tuple[Draw, tuple[Any, ...]]


@dataclass(frozen=True)
class Maker:
    """What a distribution needs while it is made.

    key: name of the draw. takes: what its place takes. value: compiles an argument. folder: that of the scene file.
    files: CSV columns read so far.
    """

    key: str
    takes: Field
    value: Callable[[Any, str | int, Field], Value]
    folder: Path
    files: dict[str, tuple[float, ...]]

    def numbers(self, arguments: Any, names: Sequence[str], optional: Mapping[str, float | None] | None = None) -> list[Value | None]:
        """The arguments by position (a list) or by name (a mapping); those in `optional` may be left out."""
        optional = optional or {}
        order = [*names, *optional]
        if isinstance(arguments, list):
            if not len(names) <= len(arguments) <= len(order):
                raise ConfigError(f"takes [{', '.join(order)}], found {quoted(arguments)}")
            given = dict(zip(order, arguments, strict=False))
        elif isinstance(arguments, Mapping):
            given = dict(arguments)
        else:
            raise ConfigError(f"takes [{', '.join(order)}], found {quoted(arguments)}")
        for name in given:
            if name not in order:
                raise ConfigError(unknown("argument", name, order))
        if missing := [n for n in names if n not in given]:
            raise ConfigError(f"needs {', '.join(missing)}; takes [{', '.join(order)}]")
        filled = {**{k: v for k, v in optional.items() if v is not None}, **given}
        return [self.value(filled[name], name, NUMBER) if name in filled else None for name in order]


def pair(arguments: Any, maker: Maker) -> tuple[Value, Value]:
    low, high = maker.numbers(arguments, ["low", "high"])
    assert low is not None
    assert high is not None
    if any(not isinstance(s, int | float) for s in (*low.samples, *high.samples)):
        raise ConfigError(f"low and high must be numbers, found {quoted(arguments)}")
    return low, high


def noted(key: str, value: Callable[[float, Scope], Any]) -> Draw:
    def draw(scope: Scope) -> Any:
        drawn = value(scope.uniform(key), scope)
        scope.note(key, drawn)
        return drawn

    return draw

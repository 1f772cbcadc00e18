"""Conditions on what is known about an image or an object: plain data, nothing that could run.

weather: rain                        equal
weather: [rain, mist]                any of these
visible_ratio: {from: 0.2, below: 0.5}   from <= value < below, either may be left out
weather: {not: rain}                 any of these forms, refused; what has no weather is refused as well
corner_cases: dense_fog              of a list of names: holds it
corner_cases: []                     of a list of names: is empty
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.datasets import Value
from generator.errors import quoted

Known = Value | tuple[str, ...]
_FORMS = "a value, a list of values, {from: a, below: b}, or {not: ...} around one of these"


@dataclass(frozen=True)
class Condition:
    """values: any of these, where `ranged` is false; else low <= value < high. negated: the other way round."""

    values: tuple[Value, ...] = ()
    ranged: bool = False
    low: float = -math.inf
    high: float = math.inf
    negated: bool = False

    def holds(self, found: Known | None) -> bool:
        """Of a value, or None where there is none, of which nothing holds."""
        if found is None:
            return False
        return self._fits(found) != self.negated

    def _fits(self, found: Known) -> bool:
        if isinstance(found, tuple):
            return any(name in found for name in self.values) or not (self.values or self.ranged or found)
        if self.ranged:
            return _is_number(found) and self.low <= float(found) < self.high
        return any(found == value and _kind(found) == _kind(value) for value in self.values)


def condition(data: Any) -> Condition:
    """The condition that plain data says. Raises ValueError with what was found and what is allowed."""
    if isinstance(data, Condition):
        return data
    if isinstance(data, Mapping) and set(data) == {"not"}:
        inner = condition(data["not"])
        if inner.negated:
            raise ValueError(f"found {quoted(data)}: `not` around `not`")
        return Condition(inner.values, inner.ranged, inner.low, inner.high, negated=True)
    if isinstance(data, Mapping) and data and set(data) <= {"from", "below"}:
        return _range(data)
    values = data if isinstance(data, list) else [data]
    if not all(isinstance(value, str | bool | int | float) for value in values):
        raise ValueError(f"found {quoted(data)}; {_FORMS} is allowed")
    return Condition(tuple(values))


def _range(data: Mapping[str, Any]) -> Condition:
    low, high = data.get("from", -math.inf), data.get("below", math.inf)
    if not (_is_number(low) and _is_number(high) and low < high):
        raise ValueError(f"found {quoted(dict(data))}; `from` and `below` are numbers, `from` the smaller one")
    return Condition(ranged=True, low=float(low), high=float(high))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Value) -> type:
    """1 is 1.0, but true is not 1."""
    return float if _is_number(value) else type(value)

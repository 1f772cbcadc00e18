"""What a factor may be: said beside its distribution (`values`, `range`), else read off its definition in the scene file.

It stays whatever replaces the definition later: an override, a preset, a corner case. Rules name the values of factors, so a
value that no rule knows would pass in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.grammar.distributions import DISTRIBUTIONS, literal
from generator.grammar.expressions import ExpressionError, parse
from generator.grammar.fields import ANY
from generator.grammar.problems import nearest, quoted

Scalar = str | bool | int | float

VALUE = "value"  # {value: rain, values: [rain, snow]}: how a constant is written that has a declaration beside it
_DECLARING = ("values", "range")
_MOST_LISTED = 30


@dataclass(frozen=True)
class Allowed:
    """`values` of a discrete factor; where there are none, the numbers from low to high, both included."""

    values: tuple[Scalar, ...] = ()
    low: float = -math.inf
    high: float = math.inf

    def has(self, value: Any) -> bool:
        if self.values:
            return any(value == v and isinstance(value, str) == isinstance(v, str) for v in self.values)
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high

    def declaration(self) -> dict[str, list[Any]]:
        """As JSON: `values`, or `range` with null for an end that is open."""
        if self.values:
            return {"values": list(self.values)}
        return {"range": [end if math.isfinite(end) else None for end in (self.low, self.high)]}

    @staticmethod
    def declared(declaration: Mapping[str, Sequence[Any]]) -> Allowed:
        """What `declaration` gave."""
        if "values" in declaration:
            return Allowed(tuple(declaration["values"]))
        low, high = declaration["range"]
        return Allowed(low=-math.inf if low is None else low, high=math.inf if high is None else high)

    def told(self) -> str:
        """'one of clear, rain' or 'a number in 0..1'."""
        if self.values:
            more = f", ... ({len(self.values)} in all)" if len(self.values) > _MOST_LISTED else ""
            return f"one of {', '.join(_plain(v) for v in self.values[:_MOST_LISTED])}{more}"
        return f"a number in {self.low:g}..{self.high:g}" if self.low > -math.inf or self.high < math.inf else "a number"

    def refused(self, value: Any) -> str:
        """Why `value` is not allowed, with the nearest spelling."""
        close = nearest(value, [str(v) for v in self.values]) if self.values else ""
        return f"must be {self.told()}; found {quoted(value)}.{close}"

    def problems(self, other: Allowed) -> list[str]:
        """Why a definition that can give all of `other` is not allowed; empty when it is."""
        if other.values:
            return [self.refused(v) for v in other.values if not self.has(v)]
        if not self.values and self.low <= other.low and other.high <= self.high:
            return []
        clip = "; give it a min and a max" if math.inf in (other.high, -other.low) else ""
        return [f"must be {self.told()}; this gives {other.told()}{clip}"]


def taken_apart(data: Any) -> tuple[Any, str, Allowed | None, str]:
    """A factor's definition without what is declared beside it, the key it stands under ("" for the top), the declaration, a problem."""
    if not isinstance(data, Mapping) or not (set(data) & set(_DECLARING) or set(data) == {VALUE}):
        return data, "", None, ""
    inner = {k: v for k, v in data.items() if k not in _DECLARING}
    if len(inner) != 1 or all(k in data for k in _DECLARING):
        return data, "", None, f"takes one distribution, `expr` or `value` with `values` or `range` beside it, found {quoted(data)}"
    declared, problem = _declared(data)
    return (inner[VALUE], VALUE, declared, problem) if VALUE in inner else (inner, "", declared, problem)


def _declared(data: Mapping[str, Any]) -> tuple[Allowed | None, str]:
    values, bounds = data.get("values"), data.get("range")
    if values is not None:
        good = isinstance(values, list) and bool(values) and all(isinstance(v, Scalar) for v in values)
        return (Allowed(tuple(values)), "") if good else (None, f"values: takes a list of numbers or texts, found {quoted(values)}")
    if bounds is None:
        return None, ""
    ends = [_number(v) for v in bounds] if isinstance(bounds, list) and len(bounds) == 2 else []
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
        return Allowed(low=ends[0], high=ends[1]), ""
    return None, f"range: takes [low, high], found {quoted(bounds)}"


def allowed_values(layers: Iterable[Mapping[str, Any]]) -> dict[str, Allowed]:
    """What every factor and dynamic may be. layers: the plain data before each change, oldest first; what an older one says stays
    unless a newer one declares something else beside its definition."""
    found: dict[str, Allowed] = {}
    for layer in layers:
        for name, data in _section(layer, "factors").items():
            definition, _, declared, _ = taken_apart(data)
            own = None if isinstance(definition, Scalar) else outcomes(definition)  # a constant says nothing of what else may be
            _keep(found, name, declared, own)
        for name, data in _section(_section(layer, "domain"), "dynamics").items():
            if isinstance(data, Mapping):
                _keep(found, name, _declared(data)[0], course(data))
    return found


def _keep(found: dict[str, Allowed], name: str, declared: Allowed | None, own: Allowed | None) -> None:
    if declared is not None:
        found[name] = declared
    elif own is not None:
        found.setdefault(name, own)


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = data.get(name)
    return part if isinstance(part, Mapping) else {}


def course(dynamic: Mapping[str, Any]) -> Allowed | None:
    """All values that a dynamic takes along the index."""
    for kind in ("wave", "drift"):
        if dynamic.get(kind) is not None:
            return _range([_number(v) for v in dynamic[kind]] if isinstance(dynamic[kind], list) else [])
    jump = dynamic.get("jump")
    values = list(jump.values()) if isinstance(jump, Mapping) else dynamic.get("cycle")
    return Allowed(tuple(values)) if isinstance(values, list) and values and all(isinstance(v, Scalar) for v in values) else None


def outcomes(data: Any) -> Allowed | None:
    """All values that a definition can give, or None when only drawing can tell."""
    if isinstance(data, Scalar):
        return Allowed((data,))
    if not isinstance(data, Mapping) or len(data) != 1:
        return None
    kind, arguments = next(iter(data.items()))
    if kind == "choice":
        options = [literal(k, ANY) for k in arguments] if isinstance(arguments, Mapping) else arguments
        return _union([outcomes(o) for o in options]) if isinstance(options, list) else None
    if kind == "mixture":
        parts = arguments if isinstance(arguments, list) else []
        return _union([outcomes(p.get("value")) if isinstance(p, Mapping) else None for p in parts])
    names = _BOUNDS.get(kind)
    if names is None or kind not in DISTRIBUTIONS:
        return None
    return _bounds(arguments, names)


# The positions and names of the arguments that bound a distribution, each with what holds when it is left out.
_BOUNDS: dict[str, tuple[tuple[int, str, float | None], tuple[int, str, float | None]]] = {
    "uniform": ((0, "low", None), (1, "high", None)), "log_uniform": ((0, "low", None), (1, "high", None)),
    "integers": ((0, "low", None), (1, "high", None)), "normal": ((2, "min", -math.inf), (3, "max", math.inf)),
    "beta": ((2, "min", 0.0), (3, "max", 1.0)), "poisson": ((9, "", 0.0), (9, "max", math.inf)),
}  # fmt: skip


def _bounds(arguments: Any, names: Sequence[tuple[int, str, float | None]]) -> Allowed | None:
    ends = []
    for position, name, default in names:
        if isinstance(arguments, Mapping):
            given = arguments.get(name)
        else:
            given = arguments[position] if isinstance(arguments, list) and position < len(arguments) else None
        ends.append(default if given is None else _number(given))
    return _range(ends)


def _range(ends: Sequence[float | None]) -> Allowed | None:
    known = [e for e in ends if e is not None]
    return Allowed(low=min(known), high=max(known)) if len(known) == len(ends) == 2 else None


def _union(parts: Sequence[Allowed | None]) -> Allowed | None:
    known = [p for p in parts if p is not None]
    if not parts or len(known) < len(parts):
        return None
    if all(p.values for p in known):
        return Allowed(tuple(dict.fromkeys(v for p in known for v in p.values)))
    numbers = [v for p in known for v in (p.values or (p.low, p.high))]
    return Allowed(low=min(numbers), high=max(numbers)) if all(isinstance(v, int | float) for v in numbers) else None  # type: ignore[arg-type]


def _number(data: Any) -> float | None:
    """A number, or an expression without names."""
    if isinstance(data, str):
        try:
            expression = parse(data)
            data = None if expression.names else expression.run({})
        except ExpressionError:
            return None
    return float(data) if isinstance(data, int | float) and not isinstance(data, bool) else None


def _plain(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

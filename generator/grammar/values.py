"""Values: a constant, a distribution or an expression, wherever a value is legal; mappings and lists of them are walked.

One rule tells expressions from text: where a number or a truth value belongs, a string is an expression; anywhere else it is
text, and `{expr: "..."}` makes it an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from generator.errors import ConfigError
from generator.grammar.allowed import Allowed
from generator.grammar.distributions import DISTRIBUTIONS
from generator.grammar.expressions import CONSTANTS, FUNCTIONS, ExpressionError, parse
from generator.grammar.fields import ANY, Field
from generator.grammar.making import Maker
from generator.grammar.problems import Path, Problems, dotted, nearest, quoted, unknown
from generator.grammar.reach import out_of_reach
from generator.grammar.scope import Scope, once_a_scene

_NUMBERS = frozenset({"uniform", "log_uniform", "normal", "poisson", "beta", "integers", "empirical"})
Draw = Callable[[Scope], Any]


@dataclass(frozen=True)
class Value:
    """`draw(scope)` gives the value. `samples` are values that it is known to be able to take, for checks at load.

    is_fixed: it is the same wherever one scene asks for it, and draws nothing; constants are fixed.
    """

    draw: Draw
    samples: tuple[Any, ...] = ()
    is_constant: bool = False
    is_fixed: bool = False

    @property
    def constant(self) -> Any:
        return self.samples[0]


@dataclass(frozen=True)
class Spot:
    """A place in the file that is being compiled: where its problems, its names and its files are looked up.

    path: its keys in the file. key: its name among the draws of its node. names: what expressions may refer to.
    allowed: what those of the names that are factors may be. fixed: those of the names that mean the same all over a scene.
    asked: collects the names that are referred to.
    """

    problems: Problems
    path: Path
    key: str
    names: frozenset[str]
    folder: FilePath
    files: dict[str, tuple[float, ...]]
    allowed: Mapping[str, Allowed] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    asked: set[str] = field(default_factory=set)

    def at(self, part: str | int) -> Spot:
        return replace(self, path=(*self.path, part), key=f"{self.key}.{part}" if self.key else str(part))

    def keyed(self, key: str) -> Spot:
        return replace(self, key=key)

    def knowing(self, names: set[str] | frozenset[str]) -> Spot:
        """The same place with more names in sight; they hide factors that are called the same."""
        hidden = names & self.allowed.keys()
        allowed = {n: a for n, a in self.allowed.items() if n not in hidden} if hidden else self.allowed
        return replace(self, names=self.names | names, allowed=allowed, fixed=self.fixed - names)

    def knowing_factors(self, factors: Mapping[str, Allowed | None]) -> Spot:
        """The same place with factors in sight, and what they may be as far as it is known."""
        allowed = {**self.allowed, **{n: a for n, a in factors.items() if a is not None}}
        return replace(self, names=self.names | factors.keys(), allowed=allowed)

    def fixing(self, names: set[str]) -> Spot:
        """The same place, where `names`, which are in sight, mean the same all over a scene."""
        return replace(self, fixed=self.fixed | names)

    def asking(self) -> Spot:
        """The same place with a collection of its own of the names that are referred to below it."""
        return replace(self, asked=set())

    def wrong(self, text: str) -> None:
        self.problems.add(self.path, text)


def constant(value: Any) -> Value:
    return Value(lambda _scope: value, (value,), is_constant=True, is_fixed=True)


def compile_value(data: Any, spot: Spot, takes: Field = ANY) -> Value:
    """The value that `data` describes. Problems are added to the spot's list, never raised."""
    known = len(spot.problems.found)
    value = _compile(data, spot, takes)
    if takes.adapter is not None and len(spot.problems.found) == known:
        _check(value, data, spot, takes)
    return value


def _compile(data: Any, spot: Spot, takes: Field) -> Value:
    if isinstance(data, str):
        return _expression(data, spot) if takes.takes == "number" else constant(data)
    if isinstance(data, list):
        return _list(data, spot, takes)
    if isinstance(data, Mapping):
        name = next(iter(data)) if len(data) == 1 else ""
        if name == "expr":
            return _expression(data["expr"], spot.at("expr"), spot.key)
        if name in DISTRIBUTIONS:
            return _distribution(name, data[name], spot, takes)
        return _mapping(data, spot, takes)
    return constant(data)


def compile_number(data: Any, spot: Spot, default: float | None = None) -> Value:
    """A number: strings are expressions. `default` stands for null."""
    if data is None and default is not None:
        return constant(default)
    value = compile_value(data, spot, Field("number"))
    if any(not isinstance(s, int | float) for s in value.samples):
        spot.wrong(f"must be a number, a distribution or an expression, found {quoted(data)}{distribution_hint(data)}")
    if problem := out_of_reach(spot.path[-1] if spot.path else "", value.samples):
        spot.wrong(problem)
    return value if value.is_constant or _always_number(data) else _numeric(value, spot)


def _always_number(data: Any) -> bool:
    """Whether drawing can give nothing but numbers: an expression may give text, a choice one of its options."""
    return isinstance(data, Mapping) and next(iter(data), "") in _NUMBERS


def _numeric(value: Value, spot: Spot) -> Value:
    """The value, checked whenever it is drawn."""
    draw, where, source = value.draw, dotted(spot.path), spot.problems.source

    def number(scope: Scope) -> Any:
        drawn = draw(scope)
        if not isinstance(drawn, int | float):
            raise ConfigError(f"{source}: {where}: must be a number, drawn was {quoted(drawn)}")
        return drawn

    return Value(once_a_scene(number) if value.is_fixed else number, value.samples, is_fixed=value.is_fixed)


def compile_text(data: Any, spot: Spot) -> Value:
    """Text: `{expr: ...}` and `{choice: ...}` are allowed."""
    value = compile_value(data, spot, Field("text"))
    if any(not isinstance(s, str | None) for s in value.samples):
        spot.wrong(f"must be text, found {quoted(data)}")
    return value


def _expression(text: Any, spot: Spot, key: str = "") -> Value:
    if not isinstance(text, str):
        spot.wrong(f"an expression is text, found {quoted(text)}")
        return constant(0)
    try:
        expression = parse(text)
    except ExpressionError as error:
        spot.wrong(str(error))
        return constant(0)
    for name in sorted(expression.names - spot.names):
        spot.wrong(f'"{text}": {unknown("name", name, spot.names)}{_callable_hint(name)}')
    for name, word in expression.compared:
        allowed = spot.allowed.get(name)
        if allowed is not None and not allowed.has(word):
            spot.wrong(f'"{text}": {name} {allowed.refused(word)}')
    spot.asked.update(expression.names)
    run, where, source = expression.run, dotted(spot.path), spot.problems.source

    def draw(scope: Scope) -> Any:
        try:
            return run(scope.names)
        except ExpressionError as error:
            raise ConfigError(f"{source}: {where}: {error}") from error

    if not expression.names:
        try:
            return constant(run({}))
        except ExpressionError as error:
            spot.wrong(str(error))
    is_fixed = expression.names <= spot.fixed
    return Value(once_a_scene(draw) if is_fixed else draw, is_fixed=is_fixed)


def _callable_hint(name: str) -> str:
    return f" ({name} is a function: write {name}(...))" if name in FUNCTIONS and name not in CONSTANTS else ""


def _distribution(name: str, arguments: Any, spot: Spot, takes: Field) -> Value:
    parts: list[Value] = []

    def compile_argument(data: Any, part: str | int, kind: Field) -> Value:
        inner = spot.at(part)
        parts.append(compile_value(data, replace(inner, path=(*spot.path, name, part)), kind))
        return parts[-1]

    maker = Maker(spot.key, replace(takes, adapter=None), compile_argument, spot.folder, spot.files)
    try:
        draw, samples = DISTRIBUTIONS[name](arguments, maker)
    except (ConfigError, TypeError) as error:
        text = str(error) if isinstance(error, ConfigError) else f"its arguments must be numbers, found {quoted(arguments)}"
        spot.at(name).wrong(text)
        return constant(0)
    if all(p.is_constant for p in parts):
        return Value(draw, samples)  # checked when it was made
    where, source = dotted(spot.path), spot.problems.source

    def told(scope: Scope) -> Any:
        try:
            return draw(scope)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise ConfigError(f"{source}: {where}.{name}: cannot be drawn at {scope.path}: {error}") from error

    return Value(told, samples)


def _list(data: list[Any], spot: Spot, takes: Field) -> Value:
    parts = [_compile(v, spot.at(i), takes.items or ANY) for i, v in enumerate(data)]
    if all(p.is_constant for p in parts):
        return constant([p.constant for p in parts])
    draws = [p.draw for p in parts]
    return Value(lambda scope: [d(scope) for d in draws])


def _mapping(data: Mapping[str, Any], spot: Spot, takes: Field) -> Value:
    inside = takes.inside(data)
    kind = data.get("kind", "")
    if takes.models and not inside and isinstance(kind, str):
        spot.wrong(unknown("kind", kind, takes.models) + distribution_hint(data))
    if inside:
        for key in data:
            if key not in inside:
                spot.at(key).wrong(unknown("field", key, inside))
    parts = {k: compile_value(v, spot.at(k), inside.get(k, ANY)) for k, v in data.items()}
    fixed = {k: p.constant for k, p in parts.items() if p.is_constant}
    if len(fixed) == len(parts):
        return constant(fixed)
    drawn = [(k, p.draw) for k, p in parts.items() if not p.is_constant]
    return Value(lambda scope: fixed | {k: d(scope) for k, d in drawn})


def _check(value: Value, data: Any, spot: Spot, takes: Field) -> None:
    assert takes.adapter is not None
    for sample in value.samples:
        try:
            takes.adapter.validate_python(sample)
        except ValidationError as error:
            for entry in error.errors(include_url=False):
                allowed = entry.get("ctx", {}).get("expected", "")
                close = nearest(sample, [w.strip(" '") for w in str(allowed).replace(" or ", ",").split(",")]) if allowed else ""
                hint = f".{close}" if close else distribution_hint(data)
                spot.wrong(f"{entry['msg'][0].lower()}{entry['msg'][1:]}, found {quoted(sample)}{hint}")


def distribution_hint(data: Any) -> str:
    """Which distribution a mapping may have been meant for."""
    name = next(iter(data)) if isinstance(data, Mapping) and len(data) == 1 else ""
    close = "" if name in DISTRIBUTIONS or name == "kind" else nearest(name, [*DISTRIBUTIONS, "expr"])
    return f".{close}" if close else ""

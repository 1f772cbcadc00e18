"""Factors and dynamics compiled: the named dimensions of variance, each within what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.errors import ConfigError
from generator.grammar.allowed import Allowed, Scalar, course, outcomes, taken_apart
from generator.grammar.distributions import DISTRIBUTIONS
from generator.grammar.fields import ANY
from generator.grammar.model.domains import Dynamic
from generator.grammar.problems import dotted, quoted
from generator.grammar.scope import Scope
from generator.grammar.values import Spot, Value, compile_value, distribution_hint

_MOST_LEVELS = 64  # of a discrete factor in a covering design


def compile_factors(
    definitions: Mapping[str, Any], allowed: Mapping[str, Allowed], spot: Spot
) -> tuple[dict[str, Value], dict[str, Allowed | None]]:
    """The factors in order, each seeing those before it, and what each may be (None: unknown). `spot` knows the dynamics."""
    factors: dict[str, Value] = {}
    may_be: dict[str, Allowed | None] = {}
    for name, data in definitions.items():
        here = spot.at(name).keyed(name)
        if name in spot.names:
            here.wrong(f'"{name}" is already the name of a dynamic or factor')
        definition, key, declared, problem = taken_apart(data)
        if problem:
            here.wrong(problem)
        own = may_be[name] = declared or allowed.get(name)
        factors[name] = _compiled(definition, own, here.at(key).keyed(name) if key else here)
        spot = spot.knowing_factors({name: own})
    return factors, may_be


def _compiled(definition: Any, allowed: Allowed | None, spot: Spot) -> Value:
    known = len(spot.problems.found)
    value = compile_value(definition, spot, ANY)
    if any(not isinstance(s, Scalar) for s in value.samples):
        names = ", ".join([*DISTRIBUTIONS, "expr"])
        hint = distribution_hint(definition) or (f". Distributions: {names}" if isinstance(definition, Mapping) else "")
        spot.wrong(f"a factor is a number, text, true/false, a distribution or an expression; found {quoted(definition)}{hint}")
    if allowed is None or len(spot.problems.found) > known:
        return value
    can_be = outcomes(definition)
    if can_be is None:
        return _watched(value, allowed, spot)
    for text in allowed.problems(can_be):
        spot.wrong(f"{text} {_WAY_OUT}")
    return value


_WAY_OUT = "(its own definition says so; `values: [...]` or `range: [low, high]` beside the distribution allows more)"


def _watched(value: Value, allowed: Allowed, spot: Spot) -> Value:
    """The value, checked whenever it is drawn: what an expression gives is known only then."""
    where, source = dotted(spot.path), spot.problems.source

    def draw(scope: Scope) -> Any:
        drawn = value.draw(scope)
        if not allowed.has(drawn):
            raise ConfigError(f"{source}: {where}: {allowed.refused(drawn)} {_WAY_OUT}")
        return drawn

    return Value(draw, value.samples)


def check_dynamics(dynamics: Mapping[str, Dynamic], allowed: Mapping[str, Allowed], spot: Spot) -> None:
    """What a dynamic takes along the index must be what it may be."""
    for name, dynamic in dynamics.items():
        can_be = course(dynamic.model_dump())
        for text in allowed[name].problems(can_be) if name in allowed and can_be is not None else ():
            spot.at(name).wrong(f"{text} (its own definition says so; `values` or `range` in it allows more)")


def levels_of(factors: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    """The weights of the options of every discrete factor: a choice with plain weights, or a small range of integers."""
    levels = {}
    for name, given in factors.items():
        data = taken_apart(given)[0]
        kind = next(iter(data)) if isinstance(data, Mapping) and len(data) == 1 else ""
        options = data[kind] if kind in DISTRIBUTIONS else None
        if kind == "choice" and isinstance(options, list) and options:
            levels[name] = (1.0,) * len(options)
        elif kind == "choice" and isinstance(options, Mapping) and all(isinstance(w, int | float) and w >= 0 for w in options.values()):
            levels[name] = tuple(float(w) for w in options.values())
        elif kind == "integers" and isinstance(options, list) and len(options) == 2 and all(isinstance(v, int) for v in options):
            count = options[1] - options[0] + 1
            if 0 < count <= _MOST_LEVELS:
                levels[name] = (1.0,) * count
    return levels

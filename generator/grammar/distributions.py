"""Distributions: each turns one number in [0, 1) into a value, by inversion, so that a design over the index can drive it.

A maker reads the arguments as they stand in the file and returns the draw and a few values that it can give (for checks at
load). Arguments are values themselves: `{uniform: [0, "2 * lane_width_m"]}`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from generator.colors import linear_from_hsv, linear_from_kelvin
from generator.errors import ConfigError
from generator.grammar.empirical import empirical
from generator.grammar.fields import NUMBER, Field
from generator.grammar.making import Made, Maker
from generator.grammar.numbers import beta, integers, log_uniform, normal, poisson, uniform
from generator.grammar.picking import picker
from generator.grammar.problems import quoted
from generator.grammar.scope import Scope

if TYPE_CHECKING:
    from generator.grammar.values import Value


def choice(arguments: Any, maker: Maker) -> Made:
    """a list (even chances) or a mapping value: weight; options and weights are values"""
    key = maker.key
    if isinstance(arguments, list):
        options = [maker.value(option, i, maker.takes) for i, option in enumerate(arguments)]
        labels: list[Any] = [o.constant if o.is_constant else i for i, o in enumerate(options)]
        weights: list[Value] = []
    elif isinstance(arguments, Mapping):
        labels = [literal(k, maker.takes) for k in arguments]
        options = [maker.value(label, str(label), maker.takes) for label in labels]
        weights = [maker.value(w, f"{k}.weight", NUMBER) for k, w in arguments.items()]
    else:
        raise ConfigError(f"takes a list of options or a mapping option: weight, found {quoted(arguments)}")
    if not options:
        raise ConfigError("needs at least one option")
    pick = picker(key, weights, len(options), labels)
    if all(o.is_constant for o in options):

        def picked(scope: Scope) -> Any:
            value = labels[pick(scope)]
            scope.note(key, value)
            return value

        return picked, tuple(labels)
    draws = [o.draw for o in options]

    def draw(scope: Scope) -> Any:
        position = pick(scope)
        scope.note(key, labels[position])
        return draws[position](scope)

    return draw, tuple(s for o in options for s in o.samples)


def mixture(arguments: Any, maker: Maker) -> Made:
    """a list of {weight, value}: one of the values is drawn"""
    if (
        not isinstance(arguments, list)
        or not arguments
        or any(not isinstance(a, Mapping) or set(a) - {"weight", "value"} for a in arguments)
    ):
        raise ConfigError(f"takes a list of {{weight: ..., value: ...}}, found {quoted(arguments)}")
    if any("value" not in a for a in arguments):
        raise ConfigError("every part needs a value")
    parts = [maker.value(a["value"], i, maker.takes) for i, a in enumerate(arguments)]
    weights = [maker.value(a.get("weight", 1.0), f"{i}.weight", NUMBER) for i, a in enumerate(arguments)]
    pick = picker(maker.key, weights, len(parts))

    def draw(scope: Scope) -> Any:
        position = pick(scope)
        scope.note(maker.key, position)
        return parts[position].draw(scope)

    return draw, tuple(s for p in parts for s in p.samples)


def on_sphere(arguments: Any, maker: Maker) -> Made:
    """{radius_m, min_elevation_rad, max_elevation_rad}: a point, even over that part of the sphere; a list x, y, z"""
    half = math.pi / 2
    parts = maker.numbers(
        {} if arguments is None else arguments, [], {"radius_m": 1.0, "min_elevation_rad": -half, "max_elevation_rad": half}
    )
    radius, low, high = (p for p in parts if p is not None)

    def draw(scope: Scope) -> list[float]:
        bottom, top = math.sin(low.draw(scope)), math.sin(high.draw(scope))
        sine = bottom + (top - bottom) * scope.uniform(f"{maker.key}.height")
        turn = math.tau * scope.uniform(f"{maker.key}.turn")
        flat, r = math.sqrt(max(1 - sine * sine, 0.0)), float(radius.draw(scope))
        point = [r * flat * math.cos(turn), r * flat * math.sin(turn), r * sine]
        scope.note(maker.key, point)
        return point

    return draw, ()


def hsv(arguments: Any, maker: Maker) -> Made:
    """[hue, saturation, value], each a value in 0..1 (hue wraps round); gives linear RGB"""
    parts = maker.numbers(arguments, ["hue", "saturation", "value"])
    hue, saturation, brightness = (p for p in parts if p is not None)
    if any(not 0 <= s <= 1 for p in (saturation, brightness) for s in p.samples):
        raise ConfigError(f"saturation and value must be in 0..1, found {quoted(arguments)}")

    def draw(scope: Scope) -> list[float]:
        return list(linear_from_hsv(hue.draw(scope), saturation.draw(scope), brightness.draw(scope)))

    return draw, ([0.5, 0.5, 0.5],)


def kelvin(arguments: Any, maker: Maker) -> Made:
    """a colour temperature in kelvin; gives the linear RGB of a black body"""
    temperature = maker.value(arguments, "temperature_k", NUMBER)
    return lambda scope: list(linear_from_kelvin(temperature.draw(scope))), ([1.0, 1.0, 1.0],)


def literal(text: str, takes: Field) -> Any:
    """A key of a choice as the value it stands for: YAML keys arrive as text."""
    if takes.takes == "text":
        return text
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return text


DISTRIBUTIONS: dict[str, Callable[[Any, Maker], Made]] = {
    "uniform": uniform, "log_uniform": log_uniform, "normal": normal, "poisson": poisson, "beta": beta, "integers": integers,
    "choice": choice, "mixture": mixture, "on_sphere": on_sphere, "hsv": hsv, "kelvin": kelvin, "empirical": empirical,
}  # fmt: skip

"""Distributions: each turns one number in [0, 1) into a value, by inversion, so that a design over the index can drive it.

A maker reads the arguments as they stand in the file and returns the draw and a few values that it can give (for checks at
load). Arguments are values themselves: `{uniform: [0, "2 * lane_width_m"]}`.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from generator.colors import linear_from_hsv, linear_from_kelvin
from generator.errors import ConfigError
from generator.grammar.fields import NUMBER, Field
from generator.grammar.problems import quoted, unknown
from generator.grammar.scope import Scope, once_a_scene

if TYPE_CHECKING:
    from generator.grammar.values import Value

Draw = Callable[[Scope], Any]
Made = tuple[Draw, tuple[Any, ...]]

_STANDARD_NORMAL = NormalDist()
_TINY = 2.0**-53
_LARGEST_MEAN = 500.0  # of a Poisson; exp(-mean) and the loop over its terms stay well within double precision
_MOST_CSV_BYTES = 2_000_000  # some 200,000 numbers, read in half a second


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


def uniform(arguments: Any, maker: Maker) -> Made:
    """[low, high)"""
    low, high = _pair(arguments, maker)
    key = maker.key
    if low.is_constant and high.is_constant:
        start, span = low.constant, high.constant - low.constant
        if span < 0:
            raise ConfigError(f"low must not be above high, found [{low.constant}, {high.constant}]")

        def fixed(scope: Scope) -> float:
            value = start + span * scope.uniform(key)
            scope.note(key, value)
            return value

        return fixed, (start + span * 1e-9, start + span * (1 - 1e-9))

    def draw(scope: Scope) -> float:
        start = low.draw(scope)
        value = start + (high.draw(scope) - start) * scope.uniform(key)
        scope.note(key, value)
        return float(value)

    return draw, ()


def log_uniform(arguments: Any, maker: Maker) -> Made:
    """[low, high), its logarithm uniform; both above 0"""
    low, high = _pair(arguments, maker)
    if any(s <= 0 for s in (*low.samples, *high.samples)):
        raise ConfigError(f"low and high must be above 0, found {quoted(arguments)}")
    if low.is_constant and high.is_constant and low.constant > high.constant:
        raise ConfigError(f"low must not be above high, found {quoted(arguments)}")

    samples = (*low.samples, *high.samples)
    if low.is_constant and high.is_constant:
        first, span = math.log(low.constant), math.log(high.constant) - math.log(low.constant)
        return _noted(maker.key, lambda u, _scope: math.exp(first + span * u)), samples

    def value(u: float, scope: Scope) -> float:
        start = math.log(low.draw(scope))
        return math.exp(start + (math.log(high.draw(scope)) - start) * u)

    return _noted(maker.key, value), samples


def normal(arguments: Any, maker: Maker) -> Made:
    """[mean, std, min, max]: clipped by drawing anew inside the limits, so that no value piles up at them"""
    mean, std, low, high = maker.numbers(arguments, ["mean", "std"], {"min": None, "max": None})
    assert mean is not None
    assert std is not None
    if any(s < 0 for s in std.samples):
        raise ConfigError(f"std must not be negative, found {quoted(arguments)}")

    if mean.is_constant and std.is_constant and low is None and high is None:
        at, by = mean.constant, std.constant
        return _noted(maker.key, lambda u, _scope: float(at + by * _STANDARD_NORMAL.inv_cdf(max(u, _TINY)))), ()

    def value(u: float, scope: Scope) -> float:
        center, spread = mean.draw(scope), std.draw(scope)
        least = low.draw(scope) if low else -math.inf
        most = high.draw(scope) if high else math.inf
        if spread == 0:
            return float(min(max(center, least), most))
        start = _STANDARD_NORMAL.cdf((least - center) / spread)
        end = _STANDARD_NORMAL.cdf((most - center) / spread)
        drawn = center + spread * _STANDARD_NORMAL.inv_cdf(min(max(start + (end - start) * u, _TINY), 1 - _TINY))
        return float(min(max(drawn, least), most))

    return _noted(maker.key, value), tuple(s for limit in (low, high) if limit for s in limit.samples)


def poisson(arguments: Any, maker: Maker) -> Made:
    """a mean, or {mean, max}; the value is an integer"""
    given = arguments if isinstance(arguments, Mapping) and set(arguments) <= {"mean", "max"} else {"mean": arguments}
    mean, most = maker.numbers(given, ["mean"], {"max": None})
    assert mean is not None
    if any(not 0 <= s <= _LARGEST_MEAN for s in mean.samples):
        raise ConfigError(f"the mean must be in 0..{_LARGEST_MEAN:g}, found {quoted(arguments)}")

    def value(u: float, scope: Scope) -> int:
        rate = min(max(float(mean.draw(scope)), 0.0), _LARGEST_MEAN)
        count = poisson_quantile(u, rate)
        return min(count, int(most.draw(scope))) if most else count

    return _noted(maker.key, value), (0,)


def poisson_quantile(u: float, mean: float) -> int:
    """The smallest n with P(N <= n) > u."""
    count, term = 0, math.exp(-mean)
    total = term
    while total <= u and count < mean + 40 * math.sqrt(mean + 1):
        count += 1
        term *= mean / count
        total += term
    return count


def beta(arguments: Any, maker: Maker) -> Made:
    """[a, b, min, max], min 0 and max 1 unless given"""
    from scipy.special import betaincinv  # 0.1 s to import: only where a scene file uses it

    parts = maker.numbers(arguments, ["a", "b"], {"min": 0.0, "max": 1.0})
    a, b, low, high = (p for p in parts if p is not None)
    if any(s <= 0 for s in (*a.samples, *b.samples)):
        raise ConfigError(f"a and b must be above 0, found {quoted(arguments)}")

    samples = (*low.samples, *high.samples)
    if all(p.is_constant for p in (a, b, low, high)):
        shape, start, span = (a.constant, b.constant), low.constant, high.constant - low.constant
        return _noted(maker.key, lambda u, _scope: float(start + span * betaincinv(*shape, u))), samples

    def value(u: float, scope: Scope) -> float:
        start = low.draw(scope)
        return float(start + (high.draw(scope) - start) * betaincinv(a.draw(scope), b.draw(scope), u))

    return _noted(maker.key, value), samples


def integers(arguments: Any, maker: Maker) -> Made:
    """[low, high], both included"""
    low, high = _pair(arguments, maker)
    if any(s != int(s) for s in (*low.samples, *high.samples)):
        raise ConfigError(f"low and high must be whole numbers, found {quoted(arguments)}")
    samples = tuple(int(s) for s in (*low.samples, *high.samples))
    if low.is_constant and high.is_constant:
        start, end = samples
        if start > end:
            raise ConfigError(f"low must not be above high, found {quoted(arguments)}")
        return _noted(maker.key, lambda u, _scope: min(start + math.floor(u * (end - start + 1)), end)), samples

    def value(u: float, scope: Scope) -> int:
        start, end = int(low.draw(scope)), int(high.draw(scope))
        return min(start + math.floor(u * (end - start + 1)), end)

    return _noted(maker.key, value), samples


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


def empirical(arguments: Any, maker: Maker) -> Made:
    """{csv: file, column: name, interpolate: false}: the values of a CSV column, each as likely as it is frequent"""
    if not isinstance(arguments, Mapping) or not {"csv", "column"} <= set(arguments) <= {"csv", "column", "interpolate"}:
        raise ConfigError(f"takes {{csv: file, column: name, interpolate: true or false}}, found {quoted(arguments)}")
    column = _column(str(arguments["csv"]), str(arguments["column"]), maker)
    smooth = bool(arguments.get("interpolate", False))

    def value(u: float, _scope: Scope) -> float:
        if not smooth:
            return column[min(int(u * len(column)), len(column) - 1)]
        at = u * (len(column) - 1)
        i = int(at)
        return column[i] + (column[min(i + 1, len(column) - 1)] - column[i]) * (at - i)

    return _noted(maker.key, value), (column[0], column[-1])


def _column(name: str, column: str, maker: Maker) -> tuple[float, ...]:
    """The sorted numbers of a column; the file must lie in the folder of the scene file."""
    known = f"{name}#{column}"
    if known not in maker.files:
        folder = maker.folder.resolve()
        try:
            file = (folder / name).resolve()
            size = file.stat().st_size if file.is_file() else None
        except (OSError, ValueError) as error:
            raise ConfigError(f"{quoted(name)} cannot be read: {error}") from error
        if not file.is_relative_to(folder):
            raise ConfigError(f"{name!r} lies outside the scene file's folder; copy the file there")
        if size is None or size > _MOST_CSV_BYTES:
            raise ConfigError(f"{name!r} is no file of at most {_MOST_CSV_BYTES:,} bytes beside the scene file")
        maker.files[known] = _read_column(file, column)
    return maker.files[known]


def _read_column(file: Path, column: str) -> tuple[float, ...]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if column not in (rows.fieldnames or []):
                raise ConfigError(f"{file.name}: {unknown('column', column[:80], [name[:80] for name in rows.fieldnames or []])}")
            values = sorted(float(row[column]) for row in rows if row[column] not in (None, ""))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file.name}: is no CSV text in UTF-8 ({error.reason})") from error
    except (ValueError, csv.Error, OSError) as error:
        raise ConfigError(f"{file.name}: column {column!r}: {str(error)[:200]}") from error
    if not values or not all(math.isfinite(v) for v in values):
        raise ConfigError(f"{file.name}: column {column!r} needs at least one number, and only finite ones")
    return tuple(values)


def _pair(arguments: Any, maker: Maker) -> tuple[Value, Value]:
    low, high = maker.numbers(arguments, ["low", "high"])
    assert low is not None
    assert high is not None
    if any(not isinstance(s, int | float) for s in (*low.samples, *high.samples)):
        raise ConfigError(f"low and high must be numbers, found {quoted(arguments)}")
    return low, high


def _noted(key: str, value: Callable[[float, Scope], Any]) -> Draw:
    def draw(scope: Scope) -> Any:
        drawn = value(scope.uniform(key), scope)
        scope.note(key, drawn)
        return drawn

    return draw


def picker(key: str, weights: Sequence[Value], count: int, labels: Sequence[Any] = ()) -> Callable[[Scope], int]:
    """Picks a position by weight; even chances without weights. Errors call the positions by `labels`."""
    for i, weight in enumerate(weights):
        for sample in weight.samples:
            if not isinstance(sample, int | float) or sample < 0:
                raise ConfigError(f"the weight of {labels[i] if labels else i} must be a number of 0 or more, found {quoted(sample)}")
    if not weights:
        return lambda scope: min(int(scope.uniform(key) * count), count - 1)
    if all(w.is_constant for w in weights):
        limits = list(accumulate(float(w.constant) for w in weights))
        if limits[-1] <= 0:
            raise ConfigError("at least one weight must be above 0")
        return lambda scope: min(bisect_right(limits, scope.uniform(key) * limits[-1]), count - 1)

    def split(scope: Scope) -> list[float]:
        return cumulated([float(w.draw(scope)) for w in weights])

    found = once_a_scene(split) if all(w.is_fixed for w in weights) else split
    return lambda scope: pick_weighted(scope.uniform(key), found(scope))


def cumulated(weights: Sequence[float]) -> list[float]:
    """The running sums of weights. Raises ValueError when nothing can be picked by them."""
    limits = list(accumulate(weights))
    if min(weights) < 0 or not 0 < limits[-1] < math.inf:
        raise ValueError(f"weights must be 0 or more and one above 0, found {list(weights)}")
    return limits


def pick_weighted(u: float, limits: Sequence[float]) -> int:
    """The position that `u` in [0, 1) falls on when [0, 1) is split at `limits`, the running sums of the weights."""
    return min(bisect_right(limits, u * limits[-1]), len(limits) - 1)


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

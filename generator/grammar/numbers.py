"""Distributions of numbers, each by inversion of its distribution function."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

from generator.errors import ConfigError
from generator.grammar.making import Made, Maker, noted, pair
from generator.grammar.problems import quoted
from generator.grammar.scope import Scope

_STANDARD_NORMAL = NormalDist()
_TINY = 2.0**-53
_LARGEST_MEAN = 500.0  # of a Poisson; exp(-mean) and the loop over its terms stay well within double precision


def uniform(arguments: Any, maker: Maker) -> Made:
    """[low, high)"""
    low, high = pair(arguments, maker)
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
    low, high = pair(arguments, maker)
    if any(s <= 0 for s in (*low.samples, *high.samples)):
        raise ConfigError(f"low and high must be above 0, found {quoted(arguments)}")
    if low.is_constant and high.is_constant and low.constant > high.constant:
        raise ConfigError(f"low must not be above high, found {quoted(arguments)}")

    samples = (*low.samples, *high.samples)
    if low.is_constant and high.is_constant:
        first, span = math.log(low.constant), math.log(high.constant) - math.log(low.constant)
        return noted(maker.key, lambda u, _scope: math.exp(first + span * u)), samples

    def value(u: float, scope: Scope) -> float:
        start = math.log(low.draw(scope))
        return math.exp(start + (math.log(high.draw(scope)) - start) * u)

    return noted(maker.key, value), samples


def normal(arguments: Any, maker: Maker) -> Made:
    """[mean, std, min, max]: clipped by drawing anew inside the limits, so that no value piles up at them"""
    mean, std, low, high = maker.numbers(arguments, ["mean", "std"], {"min": None, "max": None})
    assert mean is not None
    assert std is not None
    if any(s < 0 for s in std.samples):
        raise ConfigError(f"std must not be negative, found {quoted(arguments)}")

    if mean.is_constant and std.is_constant and low is None and high is None:
        at, by = mean.constant, std.constant
        return noted(maker.key, lambda u, _scope: float(at + by * _STANDARD_NORMAL.inv_cdf(max(u, _TINY)))), ()

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

    return noted(maker.key, value), tuple(s for limit in (low, high) if limit for s in limit.samples)


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

    return noted(maker.key, value), (0,)


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
        return noted(maker.key, lambda u, _scope: float(start + span * betaincinv(*shape, u))), samples

    def value(u: float, scope: Scope) -> float:
        start = low.draw(scope)
        return float(start + (high.draw(scope) - start) * betaincinv(a.draw(scope), b.draw(scope), u))

    return noted(maker.key, value), samples


def integers(arguments: Any, maker: Maker) -> Made:
    """[low, high], both included"""
    low, high = pair(arguments, maker)
    if any(s != int(s) for s in (*low.samples, *high.samples)):
        raise ConfigError(f"low and high must be whole numbers, found {quoted(arguments)}")
    samples = tuple(int(s) for s in (*low.samples, *high.samples))
    if low.is_constant and high.is_constant:
        start, end = samples
        if start > end:
            raise ConfigError(f"low must not be above high, found {quoted(arguments)}")
        return noted(maker.key, lambda u, _scope: min(start + math.floor(u * (end - start + 1)), end)), samples

    def value(u: float, scope: Scope) -> int:
        start, end = int(low.draw(scope)), int(high.draw(scope))
        return min(start + math.floor(u * (end - start + 1)), end)

    return noted(maker.key, value), samples

"""One of several by weight."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from generator.errors import ConfigError
from generator.grammar.problems import quoted
from generator.grammar.scope import Scope, once_a_scene

if TYPE_CHECKING:
    from generator.grammar.values import Value


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
        if limits[-1] == math.inf:
            largest = max(float(w.constant) for w in weights)
            raise ConfigError(f"the weights add up to more than a number can hold (1.8e308); the largest is {largest:g}")
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

"""What a scene file may ask for: how much work its rules are, counted and never timed, so that the same file is always refused alike.

A step is a rule, a repetition or a try at a place, which take 10 to 30 us each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

LOOKS_A_STEP = 32  # objects are compared in the time of a step
_VALUES_A_STEP = 8  # are drawn in it
MOST_COMPILED = 300_000  # values in a file times its variants, which take 10 to 20 us each; the street has 37,000


def more_steps(node: BaseModel) -> int:
    """How many steps besides its own entering a rule counts for the values that it may draw; those of rules inside it count there."""
    return values_in(node.model_dump(exclude={"of"}, exclude_unset=True)) // _VALUES_A_STEP


def values_in(data: Any) -> int:
    """How many values are in plain data; keys do not count."""
    if isinstance(data, Mapping):
        return sum(map(values_in, data.values()))
    return sum(map(values_in, data)) if isinstance(data, list | tuple) else 1

"""How far away and how fast things may be: beyond that Blender, which keeps positions in single precision, draws noise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.geometry import Vector

MOST_M = 1e6  # from the origin, along each axis; 2^-24 of it, to which single precision rounds, is 6 cm
MOST_M_S = 1e4  # a satellite has 7,800
_BOUNDS = dict.fromkeys(("x_m", "y_m", "z_m", "s_m", "left_m", "gap_m", "shift_m", "sideways_m", "up_m", "offset_m"), MOST_M)
_BOUNDS |= dict.fromkeys(("speed_m_s", "velocity_m_s"), MOST_M_S)


def out_of_reach(name: str | int, values: Iterable[Any]) -> str:
    """Why one of the `values` (numbers, or lists of numbers) of the key `name` is not allowed, or nothing."""
    bound = _BOUNDS.get(str(name))
    for value in values if bound is not None else ():
        for number in value if isinstance(value, list | tuple) else (value,):
            if isinstance(number, int | float) and not -bound <= number <= bound:  # type: ignore[operator]
                return f"must be in {-bound:,.0f}..{bound:,.0f}, found {number:g}"  # type: ignore[operator]
    return ""


def within(vector: Vector, bound: float) -> bool:
    """Whether every part of `vector` is a number of at most `bound`, in half a microsecond: every object that is placed is asked."""
    x, y, z = vector
    return -bound <= x <= bound and -bound <= y <= bound and -bound <= z <= bound

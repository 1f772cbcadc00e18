"""Suits, their pips, and where the pips stand on the cards from two to ten, in the common Anglo-American pattern."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from scenes.cards.ink import Ink, Rgb8, area, bezier, mirrored, ring

Suit = Literal["hearts", "diamonds", "spades", "clubs"]
Rank = Literal["ace", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "jack", "queen", "king"]
SUITS: tuple[Suit, ...] = get_args(Suit)
RANKS: tuple[Rank, ...] = get_args(Rank)
COURTS: tuple[Rank, ...] = ("jack", "queen", "king")
CARD_MM = (63.5, 88.9)  # poker size, 2.5 x 3.5 inches

COLUMN_MM = 14.4  # the outer columns of pips from the middle
_ROW_MM = 29.4
_THIRD_MM = _ROW_MM / 3


def is_red(suit: Suit) -> bool:
    return suit in ("hearts", "diamonds")


def pip(suit: Suit, color: Rgb8) -> Ink:
    """A suit's sign, 1 wide and a little higher, centred on the origin."""
    return area(color, *_OUTLINES[suit])


def pip_places(rank: Rank, column_mm: float = COLUMN_MM) -> tuple[tuple[float, float], ...]:
    """(x_mm, y_mm) of the pips of a card from two to ten; those below the middle stand upside down."""
    left_right = (-column_mm, column_mm)
    rows: tuple[float, ...]
    middle: tuple[float, ...]
    rows, middle = {
        "two": ((), (_ROW_MM, -_ROW_MM)),
        "three": ((), (_ROW_MM, 0.0, -_ROW_MM)),
        "four": ((_ROW_MM, -_ROW_MM), ()),
        "five": ((_ROW_MM, -_ROW_MM), (0.0,)),
        "six": ((_ROW_MM, 0.0, -_ROW_MM), ()),
        "seven": ((_ROW_MM, 0.0, -_ROW_MM), (_ROW_MM / 2,)),
        "eight": ((_ROW_MM, 0.0, -_ROW_MM), (_ROW_MM / 2, -_ROW_MM / 2)),
        "nine": ((_ROW_MM, _THIRD_MM, -_THIRD_MM, -_ROW_MM), (0.0,)),
        "ten": ((_ROW_MM, _THIRD_MM, -_THIRD_MM, -_ROW_MM), (2 * _THIRD_MM, -2 * _THIRD_MM)),
    }[rank]
    return tuple((x, y) for y in rows for x in left_right) + tuple((0.0, y) for y in middle)


def _symmetric(*half: tuple[float, float]) -> np.ndarray:
    """A closed outline from its right half, which runs from the axis to the axis."""
    right = bezier(*half)
    return np.concatenate([right, mirrored(right)[::-1]])


_HEART = _symmetric(
    (0, 0.32), (0.03, 0.45), (0.13, 0.55), (0.26, 0.55), (0.39, 0.55), (0.5, 0.45), (0.5, 0.26), (0.5, -0.04), (0.12, -0.3), (0, -0.58)
)
_DIAMOND = _symmetric((0, 0.64), (0.13, 0.4), (0.3, 0.17), (0.48, 0), (0.3, -0.17), (0.13, -0.4), (0, -0.64))
_SPADE_LEAF = _symmetric(
    (0, 0.6),
    (0.12, 0.32),
    (0.5, 0.08),
    (0.5, -0.2),
    (0.5, -0.37),
    (0.39, -0.44),
    (0.27, -0.44),
    (0.15, -0.44),
    (0.06, -0.36),
    (0.02, -0.24),
)
_STEM = _symmetric((0.02, -0.1), (0.03, -0.35), (0.06, -0.52), (0.2, -0.58), (0.14, -0.59), (0.06, -0.59), (0, -0.59))
_CLUB = (
    ring(0, 0.31, 0.25, 1.06), ring(-0.265, -0.12, 0.24, 1.06), ring(0.265, -0.12, 0.24, 1.06),
    np.array([(-0.1, 0.12), (0.1, 0.12), (0.14, -0.16), (-0.14, -0.16)]), _STEM,
)  # fmt: skip
_OUTLINES: dict[Suit, tuple[np.ndarray, ...]] = {
    "hearts": (_HEART,),
    "diamonds": (_DIAMOND,),
    "spades": (_SPADE_LEAF, _STEM),
    "clubs": _CLUB,
}

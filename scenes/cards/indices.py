"""Corner indices: tall letters with slab serifs, as most decks have them, or plain bold ones for large indices.

A glyph lives in a box 1 wide and 1.35 high around the origin; "10" is as wide as the others.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scenes.cards.ink import Ink, Rgb8, curve, line
from scenes.cards.pips import Rank

INDEX_TEXT: dict[Rank, str] = {
    "ace": "A", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "jack": "J", "queen": "Q", "king": "K",
}  # fmt: skip

_THICK, _THIN = 0.19, 0.1
# Strokes of each glyph, points x,y in a box of x -0.5..0.5, y -0.675..0.675; `*` marks a thick one, `~` a curve.
_STROKES = {
    "A": " -.36,-.6 -.02,.62|* 0,.58 .34,-.6| -.22,-.18 .2,-.18",
    "K": "* -.26,.6 -.26,-.6| .3,.6 -.2,-.06|* -.06,.14 .32,-.6",
    "Q": "*~ 0,.6 -.26,.46 -.34,0 -.26,-.44 0,-.56 .26,-.44 .34,0 .26,.46 0,.6|*~ -.2,-.22 0,-.26 .16,-.52 .42,-.62",
    "J": "*~ .16,.6 .16,.1 .16,-.3 .02,-.56 -.24,-.54 -.34,-.28",
    "2": "*~ -.32,.28 -.2,.54 .06,.6 .3,.4 .22,.08 -.14,-.28 -.34,-.56|* -.36,-.58 .36,-.58",
    "3": "* -.3,.58 .3,.58 -.02,.12|*~ -.02,.12 .26,.04 .34,-.26 .16,-.54 -.14,-.58 -.34,-.36",
    "4": "* .14,-.6 .14,.6 -.36,-.24 .38,-.24",
    "5": "* .3,.58 -.24,.58 -.28,.06|*~ -.28,.06 .04,.16 .3,0 .34,-.28 .16,-.54 -.12,-.58 -.34,-.4",
    "6": "*~ .28,.5 .06,.6 -.2,.44 -.33,.02 -.3,-.36 -.04,-.58 .24,-.46 .33,-.2 .2,.06 -.06,.1 -.3,-.14",
    "7": "* -.34,.58 .34,.58 -.08,-.6",
    "8": "*~ 0,.04 -.25,.18 -.24,.46 0,.59 .24,.46 .25,.18 0,.04 -.31,-.16 -.28,-.48 0,-.59 .28,-.48 .31,-.16 0,.04",
    "9": "*~ -.28,-.5 -.06,-.6 .2,-.44 .33,-.02 .3,.36 .04,.58 -.24,.46 -.33,.2 -.2,-.06 .06,-.1 .3,.14",
    "10": "* -.36,.58 -.36,-.58|*~ .17,.58 -.03,.4 -.06,0 -.03,-.4 .17,-.58 .37,-.4 .4,0 .37,.4 .17,.58",
}
# Serifs: (x, y) of the middles of the slabs at the ends of strokes.
_SERIFS: dict[str, tuple[tuple[float, float], ...]] = {
    "A": ((-0.36, -0.6), (0.34, -0.6)),
    "K": ((-0.26, 0.6), (-0.26, -0.6), (0.3, 0.6), (0.32, -0.6)),
    "J": ((0.14, 0.6),),
}
_SERIF_HALF = 0.15


@lru_cache(maxsize=64)
def glyph(text: str, color: Rgb8, *, bold: bool = False) -> tuple[Ink, ...]:
    """The strokes of an index; bold ones are of even weight and have no serifs."""
    strokes = tuple(_stroke(code, color, bold) for code in _STROKES[text].split("|"))
    if bold:
        return strokes
    slabs = tuple(line(color, _THIN, [(x - _SERIF_HALF, y), (x + _SERIF_HALF, y)]) for x, y in _SERIFS.get(text, ()))
    return strokes + slabs


def _stroke(code: str, color: Rgb8, bold: bool) -> Ink:
    points = np.array([[float(v) for v in pair.split(",")] for pair in code.lstrip("*~ ").split(" ")])
    width = _THICK + 0.05 if bold else _THICK if "*" in code else _THIN
    return line(color, width, curve(points) if "~" in code else points)

"""A stroke font of our own: capitals, digits and a few signs, drawn with lines of even width.

A glyph lives in a box 4 wide and 6 high (narrow ones less); `~` marks a line that is smoothed into a curve.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.mesh import Material
from scenes.street.drawings import Drawing, Mark, stroke

CAP_HEIGHT = 6.0
_WEIGHT = 1.05  # stroke width in glyph units
_GAP = 1.5
_SPACE = 2.6

_GLYPHS: dict[str, str] = {
    "0": "~o 2,6 0.3,6 0,3 0.3,0 2,0 3.7,0 4,3 3.7,6",
    "1": "0.3,4.7 1.7,6 1.7,0",
    "2": "~ 0.1,4.4 0.3,6 2,6 3.9,6 3.9,4 3.2,3 0,0.2|0,0 4,0",
    "3": "~ 0.2,5.2 0.9,6 2,6 3.7,6 3.7,3.3 1.5,3.2|~ 1.5,3.2 3.9,3.3 3.9,0 2,0 0.8,0 0,0.9",
    "4": "2.9,0 2.9,6 0,1.7 4,1.7",
    "5": "3.6,6 0.7,6 0.4,3.1|~ 0.4,3.1 1.6,4 3.9,3.8 3.9,0 1.9,0 0.8,0 0,0.9",
    "6": "~ 3.4,5.7 1.2,6 0,4.4 0,2|~o 2,3.7 0.2,3.7 0,1.9 0.2,0 2,0 3.8,0 4,1.9 3.8,3.7",
    "7": "0,6 4,6 1.3,0",
    "8": "~o 2,6 0.4,6 0.4,3.2 2,3.2 3.6,3.2 3.6,6|~o 2,3.2 0,3.2 0,0 2,0 4,0 4,3.2",
    "9": "~ 0.6,0.3 2.8,0 4,1.6 4,4|~o 2,2.3 0.2,2.3 0,4.1 0.2,6 2,6 3.8,6 4,4.1 3.8,2.3",
    "A": "0,0 2,6 4,0|0.75,1.9 3.25,1.9",
    "B": "0,0 0,6|~ 0,6 3.5,6 3.5,3.2 0,3.2|~ 0,3.2 4,3.2 4,0 0,0",
    "C": "~ 3.9,5 3.3,6 0.3,6.2 0,3 0.3,-0.2 3.3,0 3.9,1",
    "D": "0,0 0,6|~ 0,6 3,6 4.2,4.4 4.2,1.6 3,0 0,0",
    "E": "3.5,6 0,6 0,0 3.5,0|0,3.1 3,3.1",
    "F": "3.5,6 0,6 0,0|0,3.1 3,3.1",
    "G": "~ 3.8,5 3.2,6 0.3,6.2 0,3 0.3,-0.2 3.4,0 3.9,1|3.9,0.8 3.9,2.8 2.3,2.8",
    "H": "0,0 0,6|4,0 4,6|0,3.1 4,3.1",
    "I": "0.4,0 0.4,6",
    "J": "~ 3,6 3,2 2.9,0 1.4,0 0.3,0 0,1.4",
    "K": "0,0 0,6|3.8,6 0.2,2.6|1.5,3.6 4,0",
    "L": "0,6 0,0 3.4,0",
    "M": "0,0 0,6 2.3,2 4.6,6 4.6,0",
    "N": "0,0 0,6 4,0 4,6",
    "O": "~o 2.1,6.1 0.2,6.1 0,3 0.2,-0.1 2.1,-0.1 4,-0.1 4.2,3 4,6.1",
    "P": "0,0 0,6|~ 0,6 4,6 4,2.7 0,2.7",
    "Q": "~o 2.1,6.1 0.2,6.1 0,3 0.2,-0.1 2.1,-0.1 4,-0.1 4.2,3 4,6.1|2.6,1.5 4.2,-0.4",
    "R": "0,0 0,6|~ 0,6 3.9,6 3.9,2.9 0,2.9|1.9,2.9 4,0",
    "S": "~ 3.6,5 3.1,6.1 0.3,6.2 0,3.6 2,3.1 4.1,2.5 3.8,-0.2 0.6,-0.2 0,1",
    "T": "0,6 4,6|2,6 2,0",
    "U": "~ 0,6 0,2 0.3,-0.1 2,-0.1 3.7,-0.1 4,2 4,6",
    "V": "0,6 2,0 4,6",
    "W": "0,6 1.4,0 2.8,5 4.2,0 5.6,6",
    "X": "0,6 4,0|0,0 4,6",
    "Y": "0,6 2,3 4,6|2,3 2,0",
    "Z": "0,6 4,6 0,0 4,0",
    "-": "0,2.8 2.2,2.8",
    ".": "0.2,0 0.2,0.9",
    "/": "0,-0.4 2.6,6.4",
    "!": "0.3,1.8 0.3,6|0.3,0 0.3,0.9",
    "'": "0.2,4.6 0.2,6",
}


def text(words: str, height: float, material: Material, *, u: float = 0.0, v: float = 0.0, width: float | None = None) -> Drawing:
    """`words` (capitals, digits, -./!') centred on (u, v), `height` tall; squeezed when it would be wider than `width`."""
    strokes, advance = typeset(words.upper())
    if not strokes:
        return ()
    scale = height / CAP_HEIGHT
    squeeze = 1.0 if width is None or advance * scale <= width else width / (advance * scale)
    stretch = scale * np.array([squeeze, 1.0])
    shift = np.array([u - advance * scale * squeeze / 2, v - height / 2])
    return tuple(Mark(mark.points * stretch + shift, mark.triangles, material) for mark in strokes)


@lru_cache(maxsize=256)
def typeset(words: str) -> tuple[tuple[Mark, ...], float]:
    """The strokes of one line of text in glyph units, from its left edge on, and its width."""
    pen, strokes = 0.0, []
    for letter in words:
        if letter == " ":
            pen += _SPACE
            continue
        marks, width = _glyph(letter)
        strokes += [Mark(mark.points + np.array([pen, 0.0]), mark.triangles, mark.material) for mark in marks]
        pen += width + _GAP
    return tuple(strokes), pen - _GAP


@lru_cache(maxsize=len(_GLYPHS))
def _glyph(letter: str) -> tuple[tuple[Mark, ...], float]:
    """The strokes of one letter in glyph units, from its left edge on, and its width."""
    lines = [_line(part) for part in _GLYPHS[letter].split("|")]
    strokes = tuple(stroke(points + np.array([_WEIGHT / 2, 0.0]), _WEIGHT, Material(), closed=closed) for points, closed in lines)
    return strokes, max(float(points[:, 0].max()) for points, _ in lines) + _WEIGHT


def _line(code: str) -> tuple[np.ndarray, bool]:
    """Points (N, 2) of one line of a glyph, and whether it is closed."""
    curved, closed = code.startswith("~"), code.startswith("~o")
    points = np.array([[float(x) for x in pair.split(",")] for pair in code.lstrip("~o ").split(" ")])
    for _ in range(2 if curved else 0):
        points = _corners_cut(points, closed)
    return points, closed


def _corners_cut(points: np.ndarray, closed: bool) -> np.ndarray:
    """One round of Chaikin's corner cutting; open lines keep their ends."""
    following = np.roll(points, -1, axis=0)
    pairs = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], axis=1)
    if closed:
        return pairs.reshape(-1, 2)
    return np.concatenate([points[:1], pairs[:-1].reshape(-1, 2)[1:-1], points[-1:]])

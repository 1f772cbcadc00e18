"""Traffic sign faces: every design has a family (board, border, ground) and a symbol; countries vary the families.

A face is drawn in units of half its board's width, (0, 0) in the middle of the board.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from typing import Literal

import numpy as np

from generator.mesh import Material
from scenes.street.coatings import film
from scenes.street.drawings import Drawing, bar, disc, placed, polygon, regular, rounded, stroke
from scenes.street.lettering import text
from scenes.street.sign_symbols import SYMBOLS

Country = Literal["uk", "eu", "us"]
Family = Literal[
    "prohibition", "mandatory", "warning", "plate", "no_entry", "give_way", "stop", "priority", "speed", "speed_end", "no_parking",
    "one_way", "crossing", "direction", "street_name", "chevron",
]  # fmt: skip

RED, WHITE, BLACK = film((0.76, 0.09, 0.11)), film((0.93, 0.93, 0.92)), film((0.05, 0.05, 0.05))
BLUE, GREEN, YELLOW = film((0.05, 0.28, 0.62)), film((0.02, 0.38, 0.25)), film((0.98, 0.76, 0.08))
GREY = film((0.45, 0.46, 0.47))


@dataclass(frozen=True, eq=False)
class Face:
    """outline: (N, 2) convex board; marks: what is printed on it. Both in units of half the board's width."""

    outline: np.ndarray
    marks: Drawing


@dataclass(frozen=True)
class Design:
    """One row of the table. `slash`: a red bar across. `size`: symbol scale. `width_m`: usual board width."""

    family: Family
    symbol: str = ""
    slash: bool = False
    size: float = 0.6
    width_m: float = 0.6


@dataclass(frozen=True)
class Wording:
    """What varies on a face: the number on a speed limit, the words on a board, and the country's style."""

    country: Country
    speed: int
    words: tuple[str, ...]


def rectangle(aspect: float, corner: float = 0.12) -> np.ndarray:
    """(N, 2) rounded rectangle, 2 wide and `2 * aspect` high."""
    return rounded([(-1, -aspect), (1, -aspect), (1, aspect), (-1, aspect)], min(corner, 0.8 * aspect))


def _round(radius: float = 1.0) -> np.ndarray:
    return regular(32, radius)


def _triangle(size: float = 1.0, *, down: bool = False) -> np.ndarray:
    """Rounded, equilateral, 2 * size wide, its centroid on the origin."""
    side = -1.0 if down else 1.0
    corners = regular(3, 2 / 3**0.5 * size, side * pi / 2)
    return rounded(corners, 0.2 * size)


def _border(outline: np.ndarray, ground: Material, edge: Material, width: float = 0.1) -> Drawing:
    """A board with an edge of another colour."""
    return (polygon(outline, edge), polygon(outline * (1 - width / np.abs(outline).max(0)), ground))


def _symbol(design: Design, ink: Material, u: float = 0.0, v: float = 0.0) -> Drawing:
    return placed(SYMBOLS[design.symbol](ink), design.size, u, v) if design.symbol else ()


def _square_us(board: np.ndarray, marks: Drawing) -> Drawing:
    """American prohibitions: a white square around the ring."""
    return (*_border(board, WHITE, BLACK, 0.03), *placed(marks, 0.86))


def _prohibition(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    slash = (stroke([(-0.6, 0.6), (0.6, -0.6)], 0.17, RED),) if design.slash else ()
    marks = (disc(0, 0, 0.99, RED), disc(0, 0, 0.8, WHITE), *_symbol(design, BLACK), *slash)
    return _square_us(board, marks) if w.country == "us" else marks


def _mandatory(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    if w.country == "us":
        return (*_border(board, WHITE, BLACK, 0.05), *_symbol(design, BLACK))
    return (disc(0, 0, 0.99, WHITE), disc(0, 0, 0.95, BLUE), *_mirrored_abroad(_symbol(design, WHITE), design, w))


def _mirrored_abroad(marks: Drawing, design: Design, w: Wording) -> Drawing:
    """Roundabouts turn the other way where one drives on the right."""
    return tuple(m.mirrored() for m in marks) if design.symbol == "roundabout" and w.country != "uk" else marks


def _warning(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    if w.country == "us":
        return (*_border(board, YELLOW, BLACK, 0.06), *_symbol(design, BLACK))
    marks = (polygon(_triangle(0.99), RED), polygon(_triangle(0.76), WHITE))
    return (*marks, *placed(_symbol(design, BLACK), 0.76, 0.0, -0.06))


def _plate(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    return (*_border(board, BLUE, WHITE, 0.06), *_symbol(design, WHITE))


def _no_entry(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    marks = (disc(0, 0, 0.99, RED), bar(0, 0, 1.5, 0.34, WHITE))
    return _square_us(board, marks) if w.country == "us" else marks


def _give_way(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    words = {"uk": ("GIVE", "WAY"), "us": ("YIELD",), "eu": ()}[w.country]
    ink = RED if w.country == "us" else BLACK
    lines = tuple(m for k, line in enumerate(words) for m in text(line, 0.17, ink, v=0.25 - 0.26 * k, width=0.85))
    return (polygon(_triangle(0.99, down=True), RED), polygon(_triangle(0.72, down=True), WHITE), *lines)


def _stop(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    return (polygon(0.99 * board, WHITE), polygon(0.93 * board, RED), *text("STOP", 0.62, WHITE, width=1.55))


def _priority(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    return (polygon(0.98 * board, WHITE), polygon(0.7 * board, BLACK), polygon(0.66 * board, YELLOW))


def _speed(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    number = str(w.speed)
    if w.country == "us":
        marks = (*text("SPEED", 0.32, BLACK, v=0.86, width=1.5), *text("LIMIT", 0.32, BLACK, v=0.38, width=1.5))
        return (*_border(board, WHITE, BLACK, 0.05), *marks, *text(number, 0.9, BLACK, v=-0.5, width=1.6))
    marks = (disc(0, 0, 0.99, RED), disc(0, 0, 0.79, WHITE))
    return (*marks, *text(number, 0.78 if len(number) < 3 else 0.62, BLACK, width=1.25))


def _speed_end(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    across: Drawing = tuple(stroke([(-0.62 + d, -0.62 - d), (0.62 + d, 0.62 - d)], 0.05, BLACK) for d in (-0.16, -0.08, 0.0, 0.08, 0.16))
    if w.country == "uk":
        across = (stroke([(-0.66, -0.66), (0.66, 0.66)], 0.24, BLACK),)
    number = text(str(w.speed), 0.7, GREY, width=1.2) if w.country == "eu" else ()
    return (disc(0, 0, 0.99, BLACK), disc(0, 0, 0.95, WHITE), *number, *across)


def _no_parking(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    bars: Drawing = (stroke([(-0.58, 0.58), (0.58, -0.58)], 0.18, RED),)
    if design.symbol == "cross":
        bars = (*bars, stroke([(-0.58, -0.58), (0.58, 0.58)], 0.18, RED))
    return (disc(0, 0, 0.99, RED), disc(0, 0, 0.8, BLUE), *bars)


def _one_way(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    ground = BLACK if w.country == "us" else BLUE
    shaft = [(-0.9, -0.14), (0.45, -0.14), (0.45, -0.3), (0.93, 0.0), (0.45, 0.3), (0.45, 0.14), (-0.9, 0.14)]
    words = text("ONE WAY", 0.15, ground, u=-0.15, width=1.1)
    return (*_border(board, ground, WHITE, 0.03), polygon(shaft, WHITE), *words)


def _crossing(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    if w.country == "us":
        return _warning(board, design, w)
    stripes = tuple(
        polygon([(u - 0.09, -0.6), (u + 0.05, -0.6), (u + 0.05, -0.42), (u - 0.06, -0.42)], BLACK) for u in (-0.42, -0.14, 0.14, 0.42)
    )
    triangle = polygon(0.78 * _triangle() + np.array([0.0, -0.18]), WHITE)
    return (polygon(0.99 * board, BLUE), triangle, *stripes, *placed(SYMBOLS["walker"](BLACK), 0.46, 0.02, -0.02))


def _direction(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    """A board with places and arrows, one line of words a row."""
    aspect = _direction_aspect(w)
    ground, ink = {"uk": (GREEN, WHITE), "eu": (BLUE, WHITE), "us": (GREEN, WHITE)}[w.country]
    marks = _border(board, ground, ink, 0.03)
    for k, words in enumerate(w.words):
        v = aspect - 0.21 - 0.38 * k
        way = ("left", "ahead", "right")[(len(words) + k) % 3]
        arrow_u = 0.8 if way == "right" else -0.8
        marks += (*placed(SYMBOLS[way](ink), 0.13, arrow_u, v), *text(words, 0.17, ink, u=-0.2 * arrow_u, v=v, width=1.35))
    return marks


def _direction_aspect(w: Wording) -> float:
    return 0.06 + 0.19 * len(w.words)


def _street_name(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    ground, ink = {"uk": (WHITE, BLACK), "eu": (BLUE, WHITE), "us": (GREEN, WHITE)}[w.country]
    return (*_border(board, ground, ink, 0.02), *text(w.words[0], 0.18, ink, width=1.75))


def _chevron(board: np.ndarray, design: Design, w: Wording) -> Drawing:
    ground, ink = {"uk": (BLACK, WHITE), "eu": (RED, WHITE), "us": (YELLOW, BLACK)}[w.country]
    shapes = [[(u, -0.26), (u + 0.2, -0.26), (u + 0.42, 0.0), (u + 0.2, 0.26), (u, 0.26), (u + 0.22, 0.0)] for u in (-0.92, -0.24, 0.44)]
    return (polygon(0.995 * board, ground), *(polygon(points, ink) for points in shapes))


# What is printed on a board (N, 2).
_FAMILIES: dict[Family, Callable[[np.ndarray, Design, Wording], Drawing]] = {
    "prohibition": _prohibition, "mandatory": _mandatory, "warning": _warning, "plate": _plate, "no_entry": _no_entry,
    "give_way": _give_way, "stop": _stop, "priority": _priority, "speed": _speed, "speed_end": _speed_end, "no_parking": _no_parking,
    "one_way": _one_way, "crossing": _crossing, "direction": _direction, "street_name": _street_name, "chevron": _chevron,
}  # fmt: skip


def face_of(design: Design, wording: Wording) -> Face:
    """The face of a design in a country's style."""
    board = board_of(design, wording)
    return Face(board, _FAMILIES[design.family](board, design, wording))


def board_of(design: Design, wording: Wording) -> np.ndarray:
    """(N, 2) the outline of a face without what is printed on it, which takes ten times as long to draw."""
    american = wording.country == "us"
    match design.family:
        case "prohibition" | "no_entry":
            return rectangle(1.0, 0.15) if american else _round()
        case "mandatory":
            return rectangle(1.2) if american else _round()
        case "speed":
            return rectangle(1.25) if american else _round()
        case "speed_end" | "no_parking":
            return _round()
        case "warning":
            return rounded(regular(4, 1.0), 0.1) if american else _triangle()
        case "crossing":
            return rounded(regular(4, 1.0), 0.1) if american else rectangle(1.0)
        case "give_way":
            return _triangle(down=True)
        case "stop":
            return regular(8, 1 / np.cos(pi / 8), pi / 8)
        case "priority":
            return rounded(regular(4, 1.0), 0.12)
        case "plate":
            return rectangle(1.2 if design.symbol == "bus" else 1.0)
        case "one_way":
            return rectangle(0.36)
        case "direction":
            return rectangle(_direction_aspect(wording), 0.07)
        case "street_name":
            return rectangle(0.2, 0.04)
        case "chevron":
            return rectangle(0.3, 0.03)

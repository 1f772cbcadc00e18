"""Pictograms of traffic signs, our own drawings in a square from -1 to 1, each a function of its ink."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np

from generator.mesh import Material
from scenes.street.drawings import Drawing, arc, arrow, bar, disc, placed, polygon, stroke
from scenes.street.lettering import text

Symbol = Callable[[Material], Drawing]


def walker(ink: Material) -> Drawing:
    """A striding person, seen from the side."""
    return (
        disc(0.08, 0.83, 0.17, ink),
        polygon([(-0.14, 0.58), (0.2, 0.6), (0.16, -0.08), (-0.2, -0.1)], ink),
        stroke([(-0.04, 0.0), (0.24, -0.42), (0.22, -0.98)], 0.2, ink),
        stroke([(-0.08, 0.0), (-0.2, -0.48), (-0.56, -0.95)], 0.2, ink),
        stroke([(-0.06, 0.5), (-0.36, 0.16), (-0.5, -0.1)], 0.13, ink),
        stroke([(0.12, 0.52), (0.34, 0.18), (0.56, 0.14)], 0.13, ink),
    )


def standing(ink: Material) -> Drawing:
    """A person who waits, seen from the front."""
    return (
        disc(0.0, 0.82, 0.17, ink),
        polygon([(-0.28, 0.6), (0.28, 0.6), (0.2, -0.1), (-0.2, -0.1)], ink),
        bar(-0.11, -0.52, 0.17, 0.9, ink),
        bar(0.11, -0.52, 0.17, 0.9, ink),
        stroke([(-0.27, 0.55), (-0.37, -0.1)], 0.12, ink),
        stroke([(0.27, 0.55), (0.37, -0.1)], 0.12, ink),
    )


def children(ink: Material) -> Drawing:
    """Two children running, one smaller."""
    return (*placed(walker(ink), 0.86, -0.38, -0.02), *placed(walker(ink), 0.66, 0.46, -0.24))


def digger(ink: Material) -> Drawing:
    """A person with a shovel beside a heap."""
    return (
        disc(-0.12, 0.72, 0.16, ink),
        polygon([(-0.4, 0.42), (-0.08, 0.56), (-0.14, -0.12), (-0.44, -0.12)], ink),
        stroke([(-0.22, -0.1), (-0.06, -0.48), (-0.1, -0.92)], 0.19, ink),
        stroke([(-0.34, -0.1), (-0.48, -0.5), (-0.72, -0.92)], 0.19, ink),
        stroke([(-0.14, 0.4), (0.12, 0.14), (0.26, 0.0)], 0.12, ink),
        stroke([(-0.5, 0.42), (0.5, -0.56)], 0.08, ink),
        polygon([(0.2, -0.94), (0.52, -0.42), (0.7, -0.5), (0.98, -0.94)], ink),
    )


def bicycle(ink: Material) -> Drawing:
    """A bicycle from the side."""
    return (
        stroke(arc(-0.55, -0.3, 0.36, 0.0, 2 * pi, 22)[:-1], 0.09, ink, closed=True),
        stroke(arc(0.55, -0.3, 0.36, 0.0, 2 * pi, 22)[:-1], 0.09, ink, closed=True),
        stroke([(-0.55, -0.3), (-0.24, 0.24), (0.32, 0.24), (-0.06, -0.3)], 0.08, ink, closed=True),
        stroke([(-0.06, -0.3), (-0.3, 0.4)], 0.08, ink),
        stroke([(0.55, -0.3), (0.26, 0.46), (0.48, 0.5)], 0.08, ink),
        bar(-0.3, 0.44, 0.3, 0.08, ink),
    )


def car(ink: Material) -> Drawing:
    """A car from the front."""
    body = [(-0.8, -0.5), (-0.8, 0.0), (-0.55, 0.12), (-0.4, 0.5), (0.4, 0.5), (0.55, 0.12), (0.8, 0.0), (0.8, -0.5)]
    return (polygon(body, ink), bar(-0.6, -0.6, 0.26, 0.2, ink), bar(0.6, -0.6, 0.26, 0.2, ink))


def roundabout(ink: Material) -> Drawing:
    """Three arrows that chase each other, clockwise (`mirrored` gives the other way round)."""
    one = arrow(arc(0.0, 0.0, 0.62, 1.9, 0.32, 8), 0.2, ink)
    return tuple(m for k in range(3) for m in placed(one, 1.0, turn_rad=2 * pi * k / 3))


def traffic_lights(ink: Material) -> Drawing:
    """Three lenses, one above the other, in their own colours."""
    colors = ((0.7, 0.02, 0.02), (0.85, 0.45, 0.02), (0.02, 0.4, 0.1))
    lenses = tuple(disc(0.0, v, 0.2, ink.model_copy(update={"color": c})) for v, c in zip((0.56, 0.0, -0.56), colors, strict=True))
    return (bar(0.0, 0.0, 0.62, 1.76, ink), *lenses)


def slip_road(ink: Material) -> Drawing:
    """The way ahead has an end."""
    red = ink.model_copy(update={"color": (0.6, 0.02, 0.03)})
    return (bar(0.0, -0.25, 0.3, 1.3, ink), bar(0.0, 0.55, 1.0, 0.32, red))


def _lines(*paths: tuple[list[tuple[float, float]], float]) -> Symbol:
    """A symbol of plain strokes, each (points, width)."""
    return lambda ink: tuple(stroke(points, width, ink) for points, width in paths)


def _arrow(points: list[tuple[float, float]] | np.ndarray, width: float = 0.3) -> Symbol:
    return lambda ink: arrow(points, width, ink)


def _word(word: str, height: float = 1.4) -> Symbol:
    return lambda ink: text(word, height, ink, width=1.9)


_U_TURN = np.concatenate([[(0.42, -0.8), (0.42, 0.2)], arc(0.0, 0.3, 0.42, 0.0, pi, 8), [(-0.42, 0.1), (-0.42, -0.75)]])
_BEND = np.concatenate([[(-0.35, -0.9), (-0.35, -0.2)], arc(0.15, -0.1, 0.5, pi, pi / 2 + 0.35, 6), [(0.55, 0.75)]])
_HUMP = np.concatenate([[(-0.95, -0.4), (-0.6, -0.4)], arc(0.0, -0.4, 0.5, pi, 0.0, 12), [(0.6, -0.4), (0.95, -0.4)]])

SYMBOLS: dict[str, Symbol] = {
    "walker": walker,
    "standing": standing,
    "children": children,
    "digger": digger,
    "bicycle": bicycle,
    "car": car,
    "roundabout": roundabout,
    "traffic_lights": traffic_lights,
    "dead_end": slip_road,
    "ahead": _arrow([(0.0, -0.9), (0.0, 0.95)]),
    "left": _arrow([(0.45, -0.85), (0.45, 0.2), (-0.9, 0.2)]),
    "right": _arrow([(-0.45, -0.85), (-0.45, 0.2), (0.9, 0.2)]),
    "down_left": _arrow([(0.6, 0.6), (-0.75, -0.75)], 0.34),
    "down_right": _arrow([(-0.6, 0.6), (0.75, -0.75)], 0.34),
    "u_turn": _arrow(_U_TURN, 0.26),
    "bend": _arrow(_BEND, 0.26),
    "double_bend": _arrow([(0.3, -0.95), (0.3, -0.45), (-0.3, -0.05), (-0.3, 0.25), (0.2, 0.9)], 0.24),
    "crossroads": _lines(([(0.0, -0.95), (0.0, 0.95)], 0.34), ([(-0.85, 0.0), (0.85, 0.0)], 0.2)),
    "t_junction": _lines(([(0.0, -0.95), (0.0, 0.4)], 0.26), ([(-0.85, 0.5), (0.85, 0.5)], 0.3)),
    "narrows": _lines(
        ([(-0.55, -0.9), (-0.55, -0.3), (-0.22, 0.3), (-0.22, 0.9)], 0.24), ([(0.55, -0.9), (0.55, -0.3), (0.22, 0.3), (0.22, 0.9)], 0.24)
    ),
    "hump": lambda ink: (polygon(_HUMP[2:-2], ink), bar(0.0, -0.52, 1.9, 0.2, ink)),
    "exclamation": lambda ink: (polygon([(-0.16, 0.95), (0.16, 0.95), (0.08, -0.4), (-0.08, -0.4)], ink), disc(0.0, -0.75, 0.18, ink)),
    "parking": _word("P", 1.5),
    "hospital": _word("H", 1.4),
    "bus": _word("BUS", 0.75),
}  # fmt: skip

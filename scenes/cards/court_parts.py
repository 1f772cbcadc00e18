"""What the court figures are put together from: heads, crowns, caps, veils, hands and what they hold. Millimetres on the card.

A figure is the upper half of a card; the head's middle is given as (x, y), `facing` is -1 (to the viewer's left), 0, or 1, and
a head in profile is one-eyed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.cards.ink import Ink, Pattern, Points, Rgb8, area, curve, line, outlined, ring

Drawing = tuple[Ink, ...]

FRAME_MM = (21.2, 35.9)  # half width and half height of the frame around a court


@dataclass(frozen=True)
class Palette:
    """The colours of a deck's courts."""

    red: Rgb8 = (214, 34, 44)
    yellow: Rgb8 = (240, 196, 44)
    blue: Rgb8 = (28, 72, 152)
    black: Rgb8 = (24, 22, 26)
    paper: Rgb8 = (250, 250, 248)


def face(p: Palette, x: float, y: float, facing: int, *, profile: bool = False) -> Drawing:
    """A face in blue lines on paper, about 8 wide and 11 high."""
    if profile:
        return _profile(p, x, y, facing)
    turn = 0.9 * facing
    outline = curve(
        [
            (x - 3.9, y + 3.6),
            (x - 3.9, y - 1.0),
            (x - 2.6, y - 4.4),
            (x + turn, y - 6.0),
            (x + 2.8, y - 4.4),
            (x + 3.9, y - 1.0),
            (x + 3.9, y + 3.6),
            (x, y + 5.0),
        ],
        closed=True,
    )
    nose_x = x + 1.2 * facing
    inks = [*outlined(p.paper, p.blue, outline)]
    for side in (-1, 1):
        eye = nose_x + 1.9 * side - 0.35 * facing
        inks += [
            line(p.black, 0.42, [(eye - 1.0, y + 1.9), (eye + 0.2 * side, y + 2.35), (eye + 1.0, y + 1.9)]),
            line(p.blue, 0.3, ring(eye, y + 0.85, 0.85, 0.55), closed=True),
        ]
        inks.append(area(p.black, ring(eye + 0.2 * facing, y + 0.85, 0.42)))
    inks += [line(p.blue, 0.35, [(nose_x - 0.5, y + 1.6), (nose_x + 0.75 * (facing or 1), y - 1.4), (nose_x - 0.3, y - 1.6)])]
    return (*inks, line(p.red, 0.5, [(nose_x - 1.2, y - 3.1), (nose_x, y - 3.3), (nose_x + 1.2, y - 3.1)]))


def _profile(p: Palette, x: float, y: float, facing: int) -> Drawing:
    def to(points: Points) -> np.ndarray:
        return np.asarray(points, float) * np.array([facing, 1.0]) + np.array([x, y])

    outline = to(
        [(-3, 5), (2.6, 5), (2.9, 2.2), (4.7, -0.8), (3.4, -1.2), (3.7, -2.4), (3.2, -3.1), (3.4, -4.8), (1.4, -5.9), (-1.5, -4.2), (-3, 0)]
    )
    eye = to([(2.1, 0.9)])[0]
    return (
        *outlined(p.paper, p.blue, outline),
        line(p.black, 0.45, to([(0.9, 2.3), (2.6, 2.1)])),
        line(p.blue, 0.3, ring(eye[0], eye[1], 0.8, 0.55), closed=True),
        area(p.black, ring(eye[0], eye[1], 0.42)),
        line(p.red, 0.5, to([(2.1, -2.9), (3.4, -2.7)])),
    )


def curls(p: Palette, x: float, y: float, reach: tuple[float, float], color: Rgb8, ink: Rgb8) -> Drawing:
    """Hair to the shoulders on the left and right by `reach`, in locks of lines."""
    inks: list[Ink] = []
    for side, wide in zip((-1, 1), reach, strict=True):
        if wide <= 0:
            continue
        outline = curve(
            [
                (x + side * 2.6, y + 4.6),
                (x + side * (3 + wide), y + 2.5),
                (x + side * (3.2 + wide), y - 3.2),
                (x + side * (4.6 + wide), y - 6.2),
                (x + side * (2.4 + 0.5 * wide), y - 7.2),
                (x + side * 3.2, y - 4.2),
            ],
            closed=True,
        )
        inks += outlined(color, ink, outline)
        for share in (0.2, 0.45, 0.7, 0.9):
            out = side * (3 + share * wide)
            inks.append(line(ink, 0.32, curve([(x + out, y + 3.4), (x + out + 0.5 * side, y - 2), (x + out + side * 1.1, y - 5.9)])))
    return tuple(inks)


def beard(p: Palette, x: float, y: float, forked: float = 1.0) -> Drawing:
    """Whiskers and a beard in two tails, with a moustache."""
    outline = curve(
        [
            (x - 4, y - 0.6),
            (x - 4.4, y - 4.6),
            (x - 2.2 * forked, y - 9),
            (x, y - 6.6),
            (x + 2.2 * forked, y - 9),
            (x + 4.4, y - 4.6),
            (x + 4, y - 0.6),
            (x, y - 4.0),
        ],
        closed=True,
    )
    locks = [
        line(p.blue, 0.3, curve([(x + s * u, y - 3.6), (x + s * (u + 0.3), y - 5.6), (x + s * u * 0.8, y - 7.6)]))
        for s in (-1, 1)
        for u in (0.8, 2.0, 3.2)
    ]
    moustache = [line(p.blue, 0.45, curve([(x, y - 2.3), (x + s * 1.6, y - 2.2), (x + s * 3.0, y - 3.2)])) for s in (-1, 1)]
    return (*outlined(p.paper, p.blue, outline), *locks, *moustache)


def crown(p: Palette, x: float, y: float) -> Drawing:
    """A king's crown: it widens upwards and is cut by the frame; a black band with arches."""
    top = FRAME_MM[1]
    body = [(x - 6.6, y), (x + 6.6, y), (x + 9.4, top), (x - 9.4, top)]
    inks = [
        *outlined(p.yellow, p.black, body, 0.45),
        area(p.black, [(x - 6.9, y + 0.6), (x + 6.9, y + 0.6), (x + 7.2, y + 1.5), (x - 7.2, y + 1.5)]),
    ]
    for k in range(-2, 3):
        inks += [
            area(p.black, ring(x + 2.9 * k, y + 2.6, 1.15, 0.9)),
            area(p.yellow, ring(x + 2.9 * k, y + 2.4, 0.6, 0.9)),
            area(p.black, ring(x + 2.9 * k, y + 3.9, 0.5)),
        ]
    return (*inks, line(p.red, 0.7, [(x - 6.4, y + 0.1), (x + 6.4, y + 0.1)]))


def cap(p: Palette, x: float, y: float) -> Drawing:
    """A jack's cap: red with upright bars, widening to the frame."""
    top = FRAME_MM[1]
    inks = [*outlined(p.red, p.black, [(x - 5.6, y), (x + 5.6, y), (x + 9.2, top), (x - 9.2, top)], 0.45)]
    for k in range(-2, 3):
        foot, head = x + 2.2 * k, x + 3.5 * k
        inks.append(line(p.paper, 0.4, [(foot - 0.9, y + 1.9), (foot + 0.9, y + 1.9), (head + 1.3, top), (head - 1.3, top)], closed=True))
    return (*inks, line(p.black, 0.9, [(x - 5.5, y + 0.5), (x + 5.5, y + 0.5)]))


def veil(p: Palette, x: float, side: int, colors: tuple[Rgb8, ...]) -> Drawing:
    """A queen's veil on one side: bands from the top of the head down to the edge of the frame."""
    inks: list[Ink] = []
    edge, top = FRAME_MM
    offset = 0.0
    for color in colors:
        band = [
            (x + side * (2.0 + offset), top),
            (x + side * (4.4 + offset), top),
            (side * edge, top - (edge - side * x - 4.4 - offset) * 1.25),
            (side * edge, top - (edge - side * x - 2.0 - offset) * 1.25),
        ]
        inks += outlined(color, p.black, band, 0.3)
        offset += 2.5
    return tuple(inks)


def corner_crown(p: Palette, x: float, side: int) -> Drawing:
    """What is seen of a queen's crown: yellow with black trefoils, in the corner of the frame."""
    edge, top = FRAME_MM
    corner = [
        (x + side * 8.6, top),
        (side * edge, top),
        (side * edge, top - 7.5),
        (side * (edge - 1.5), top - 7.0),
        (x + side * 10.5, top - 4.2),
    ]
    spots = [area(p.black, ring(side * (edge - u), top - v, 0.95)) for u, v in ((2.4, 2.0), (4.8, 3.6), (2.2, 5.0), (6.4, 1.6))]
    return (*outlined(p.yellow, p.black, corner, 0.4), *spots)


def hand(p: Palette, x: float, y: float, side: int) -> Drawing:
    """A fist that holds something upright."""
    fist = curve([(x - 2.2, y - 1.8), (x - 2.3, y + 1.4), (x, y + 2.1), (x + 2.3, y + 1.4), (x + 2.2, y - 1.8), (x, y - 2.3)], closed=True)
    fingers = [line(p.blue, 0.3, [(x - 2.0 * side, y + d), (x + 1.2 * side, y + d + 0.2)]) for d in (-0.9, 0.0, 0.9)]
    return (*outlined(p.paper, p.blue, fist), *fingers)


def flower(p: Palette, x: float, y: float) -> Drawing:
    """A queen's flower with four petals on a stem."""
    petals = [
        ink
        for k in range(4)
        for ink in outlined(
            p.yellow, p.black, ring(x + 1.6 * np.cos(k * np.pi / 2 + 0.6), y + 1.6 * np.sin(k * np.pi / 2 + 0.6), 1.25), 0.3
        )
    ]
    return (line(p.blue, 0.5, curve([(x, y), (x + 0.6, y - 3), (x, y - 6.5)])), *petals, area(p.red, ring(x, y, 0.9)))


def sword(p: Palette, x: float, low: float, high: float, *, hatched: bool = False) -> Drawing:
    """A blade upright, its point at `high`, with a yellow hilt."""
    blade = [(x - 1.0, low), (x + 1.0, low), (x + 1.0, high - 1.6), (x, high), (x - 1.0, high - 1.6)]
    pattern = Pattern("lines", p.blue, 0.9, np.pi / 4) if hatched else None
    return (
        *outlined(p.paper, p.blue, blade, 0.4, pattern),
        *outlined(p.yellow, p.black, [(x - 3, low - 0.7), (x + 3, low - 0.7), (x + 3, low + 0.7), (x - 3, low + 0.7)], 0.3),
    )


def panel(color: Rgb8, edge: Rgb8, *points: tuple[float, float], pattern: Pattern | None = None) -> Drawing:
    """A piece of clothing with straight edges."""
    return outlined(color, edge, points, 0.4, pattern)


def sash(p: Palette, points: Points, width: float, color: Rgb8, dots: Rgb8 | None = None) -> Drawing:
    """A curved band edged in black, with a row of dots."""
    path = curve(points, steps=8)
    inks = [line(p.black, width + 0.7, path), line(color, width, path)]
    if dots is not None:
        steps = np.linalg.norm(np.diff(path, axis=0), axis=1).cumsum()
        at = np.interp(np.arange(0.8, steps[-1], 1.9), np.concatenate([[0.0], steps]), np.arange(len(path)))
        places = np.stack([np.interp(at, np.arange(len(path)), path[:, k]) for k in (0, 1)], axis=1)
        inks += [area(dots, ring(u, v, 0.27 * width)) for u, v in places]
    return tuple(inks)

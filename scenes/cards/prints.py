"""What is printed on the things that lie about: book covers, pages, envelopes, photographs, screens, pips of dice, pictures of cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from generator.colors import linear_from_hsv
from generator.picture import Picture, register_picture
from scenes.cards.faces import CardFace
from scenes.cards.ink import Ink, Rgb8, area, curve, drawn, line, ring
from scenes.cards.noise import blend, clouds, step
from scenes.cards.pips import RANKS, SUITS

PrintName = Literal[
    "cover", "page", "envelope", "landscape", "pattern", "screen", "note", "box", "card_on_screen", "card_in_print", "keyboard", "die"
]
PRINTS: tuple[PrintName, ...] = get_args(PrintName)
_SIZE_MM = (100.0, 140.0)


@register_picture
class Print(Picture):
    """A printed sheet or a screen, made up from `variant`."""

    kind: Literal["print"] = "print"
    design: PrintName = "cover"
    width_px: int = Field(default=320, ge=32, le=2048)

    def paint(self) -> np.ndarray:
        return _PAINTS[self.design](self.stream().generator(), self.width_px)


def _color(rng: np.random.Generator, low: float = 0.2, high: float = 0.95, vivid: float = 0.75) -> Rgb8:
    """An sRGB colour of any hue."""
    value = np.array(linear_from_hsv(rng.uniform(), vivid * rng.uniform(), rng.uniform(low, high)))
    r, g, b = (round(float(255 * v ** (1 / 2.2))) for v in value)
    return (r, g, b)


def _words(rng: np.random.Generator, color: Rgb8, x: float, y: float, width: float, high: float, weight: float = 0.14) -> list[Ink]:
    """A line of made-up letters from x on: strokes, bows and bars in the rhythm of words."""
    inks, pen = [], x
    while pen < x + width:
        if rng.uniform() < 0.16:
            pen += 0.5 * high
            continue
        w = high * rng.uniform(0.35, 0.65)
        kind = rng.integers(4)
        if kind == 0:
            inks.append(line(color, weight * high, [(pen, y), (pen, y + high)]))
        elif kind == 1:
            inks.append(line(color, weight * high, ring(pen + w / 2, y + 0.4 * high, w / 2, 1.1, 10), closed=True))
        elif kind == 2:
            inks.append(line(color, weight * high, [(pen, y), (pen, y + 0.7 * high), (pen + w, y + 0.7 * high), (pen + w, y)]))
        else:
            inks.append(line(color, weight * high, [(pen, y + 0.7 * high), (pen + w / 2, y), (pen + w, y + 0.7 * high)]))
        pen += w + 0.25 * high
    return inks


def _scene(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """A landscape-like picture: sky, hills, blobs; stands for photographs and cover art."""
    y = np.linspace(1, 0, height)[:, None]
    hills = (
        0.35
        + 0.12 * clouds((height, width), rng, 0.8 * width, slope=3.0).mean(0, keepdims=True)
        + 0.06 * clouds((height, width), rng, 0.2 * width)[:1]
    )
    colors = [np.array(_color(rng), float) for _ in range(4)]
    sky = blend(np.broadcast_to(y, (height, width)), colors[0], colors[1])
    ground = blend(step(clouds((height, width), rng, 0.1 * width), -1, 1), colors[2], colors[3])
    return np.asarray(blend(step(hills - y, 0.0, 0.01), sky, ground))


def _cover(rng: np.random.Generator, width_px: int) -> np.ndarray:
    w, h = _SIZE_MM
    ground, ink, accent = _color(rng), _color(rng), _color(rng)
    inks: list[Ink] = []
    for _ in range(int(rng.integers(2, 9))):
        x, y, r = rng.uniform(-w / 2, w / 2), rng.uniform(-h / 2, h / 2), rng.uniform(4, 30)
        corners = (
            curve(np.array([(x, y)]) + r * rng.normal(size=(int(rng.integers(3, 8)), 2)), closed=True)
            if rng.uniform() < 0.6
            else ring(x, y, r)
        )
        inks.append(area(_color(rng), corners))
    inks += [area(accent, [(-w / 2, 30), (w / 2, 30), (w / 2, 56), (-w / 2, 56)])] if rng.uniform() < 0.6 else []
    inks += _words(rng, ink, -42, 34, 80, 15, 0.2) + _words(rng, ink, -40, -60, 60, 6)
    paper: Rgb8 | np.ndarray = ground
    if rng.uniform() < 0.45:
        paper = np.clip(_scene(rng, width_px, round(width_px * h / w)), 0, 255).astype(np.uint8)
        inks = inks[-40:]
    return drawn(inks, _SIZE_MM, width_px, paper)


def _page(rng: np.random.Generator, width_px: int) -> np.ndarray:
    left = rng.uniform(-42, -36)
    inks = _words(rng, (40, 40, 42), left, 56, 60, 4.5) if rng.uniform() < 0.6 else []
    for y in np.arange(48, -62, -rng.uniform(3.2, 5.5)):
        if rng.uniform() < 0.9:
            inks += _words(rng, (60, 60, 64), left, y, rng.uniform(40, 78), 1.9)
    return drawn(inks, _SIZE_MM, width_px, (244, 242, 236))


def _envelope(rng: np.random.Generator, width_px: int) -> np.ndarray:
    inks = (
        _words(rng, (50, 50, 60), -44, 58, 30, 3.0)
        + _words(rng, (50, 50, 60), -10, 5, 36, 3.4)
        + _words(rng, (50, 50, 60), -10, -2, 30, 3.4)
    )
    inks.append(area(_color(rng), [(30, 48), (44, 48), (44, 64), (30, 64)]))
    return drawn(inks, _SIZE_MM, width_px, (238, 234, 226))


def _landscape(rng: np.random.Generator, width_px: int) -> np.ndarray:
    height = round(width_px * _SIZE_MM[1] / _SIZE_MM[0])
    scene = np.clip(_scene(rng, width_px, height), 0, 255).astype(np.uint8)
    figures = [
        area(_color(rng), curve(rng.normal(scale=9, size=(6, 2)) + rng.uniform(-28, 28, 2), closed=True))
        for _ in range(int(rng.integers(0, 6)))
    ]
    return drawn(figures, _SIZE_MM, width_px, scene)


def _pattern(rng: np.random.Generator, width_px: int) -> np.ndarray:
    """Gift wrap, napkins, fabrics."""
    ground, ink, r = _color(rng), _color(rng), rng.uniform(1.5, 6)
    pitch = r * rng.uniform(2.2, 4)
    rows = np.arange(-70, 71, pitch)
    return drawn(
        [
            area(ink, ring(x + (i % 2) * pitch / 2, y, r, sides=int(rng.integers(3, 9)) if i == 0 else 8))
            for i, y in enumerate(rows)
            for x in np.arange(-55, 56, pitch)
        ],
        _SIZE_MM,
        width_px,
        ground,
    )


def _screen(rng: np.random.Generator, width_px: int) -> np.ndarray:
    inks = [
        area(_color(rng), [(x - 8, y - 8), (x + 8, y - 8), (x + 8, y + 8), (x - 8, y + 8)])
        for x in (-33, -11, 11, 33)
        for y in (50, 26, 2, -22, -58)
        if rng.uniform() < 0.85
    ]
    height = round(width_px * _SIZE_MM[1] / _SIZE_MM[0])
    return drawn(inks, _SIZE_MM, width_px, np.clip(0.6 * _scene(rng, width_px, height), 0, 255).astype(np.uint8))


def _note(rng: np.random.Generator, width_px: int) -> np.ndarray:
    inks = [line((170, 190, 220), 0.5, [(-50, y), (50, y)]) for y in np.arange(-66, 50, 7.0)]
    inks += [
        line((40, 50, 110), 0.6, curve([(x, y + rng.normal() * 1.6) for x in np.arange(-42, rng.uniform(10, 42), 2.2)]))
        for y in np.arange(43.5, rng.uniform(-40, 40), -7.0)
    ]
    return drawn(inks, _SIZE_MM, width_px, (246, 244, 232))


def _box(rng: np.random.Generator, width_px: int) -> np.ndarray:
    """A packet: bands, a large word, a bar code."""
    ground = _color(rng)
    y = rng.uniform(-20, 30)
    inks = [
        area(_color(rng), [(-50, y), (50, y), (50, y + 26), (-50, y + 26)]),
        *_words(rng, _color(rng, 0.6, 1.0), -42, y + 5, 80, 16, 0.22),
    ]
    inks += [area((250, 250, 250), [(14, -64), (46, -64), (46, -44), (14, -44)])]
    inks += [line((10, 10, 10), rng.uniform(0.3, 1.1), [(x, -62), (x, -47)]) for x in np.arange(17, 44, 1.5)]
    return drawn(inks, _SIZE_MM, width_px, ground)


def _card_picture(rng: np.random.Generator, width_px: int, share: float) -> tuple[np.ndarray, slice, slice]:
    """A card's face and where it goes on the sheet."""
    face = CardFace(rank=RANKS[rng.integers(len(RANKS))], suit=SUITS[rng.integers(4)], width_px=max(64, round(share * width_px))).paint()
    height = round(width_px * _SIZE_MM[1] / _SIZE_MM[0])
    top, left = (height - face.shape[0]) // 2, (width_px - face.shape[1]) // 2
    return face, slice(top, top + face.shape[0]), slice(left, left + face.shape[1])


def _card_on_screen(rng: np.random.Generator, width_px: int) -> np.ndarray:
    image = _screen(rng, width_px) // 3
    face, rows, columns = _card_picture(rng, width_px, 0.8)
    image[rows, columns] = face
    return image


def _card_in_print(rng: np.random.Generator, width_px: int) -> np.ndarray:
    image = _page(rng, width_px)
    face, rows, columns = _card_picture(rng, width_px, 0.55)
    image[rows, columns] = face
    return image


def _keyboard(rng: np.random.Generator, width_px: int) -> np.ndarray:
    keys = [
        [(x - 4, y - 4.6), (x + 4, y - 4.6), (x + 4, y + 4.6), (x - 4, y + 4.6)]
        for x in np.arange(-45, 46, 10.0)
        for y in np.arange(-64, 65, 11.6)
    ]
    inks = [ink for key in keys for ink in (area((26, 26, 28), key), *_words(rng, (190, 190, 190), key[0][0] + 3, key[0][1] + 3, 1.0, 3.0))]
    return drawn(inks, _SIZE_MM, width_px, (58, 58, 60))


def _die(rng: np.random.Generator, width_px: int) -> np.ndarray:
    """Five pips."""
    return drawn(
        [area((20, 20, 22), ring(x, y, 11.0)) for x, y in ((0, 0), (-27, -27), (27, 27), (-27, 27), (27, -27))],
        (100.0, 100.0),
        width_px,
        (246, 244, 238),
    )


_PAINTS: dict[PrintName, Callable[[np.random.Generator, int], np.ndarray]] = {
    "cover": _cover, "page": _page, "envelope": _envelope, "landscape": _landscape, "pattern": _pattern, "screen": _screen, "note": _note,
    "box": _box, "card_on_screen": _card_on_screen, "card_in_print": _card_in_print, "keyboard": _keyboard, "die": _die,
}  # fmt: skip

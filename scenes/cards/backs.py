"""Card backs as pictures: two-way ornaments in one colour inside a white border."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from generator.picture import Picture, register_picture
from scenes.cards.ink import Ink, Rgb8, area, curve, drawn, line, mirrored, outlined, ring
from scenes.cards.pips import CARD_MM
from scenes.cards.wear import worn

BackName = Literal["lattice", "rings", "diamonds", "plain", "cross"]


@register_picture
class CardBack(Picture):
    """The back of a card: a white border around a two-way ornament in one colour."""

    kind: Literal["card_back"] = "card_back"
    design: BackName = "lattice"
    color: Literal["red", "blue", "green", "black"] = "red"
    wear: float = Field(default=0.0, ge=0.0, le=1.0)
    width_px: int = Field(default=256, ge=64, le=2048)

    def paint(self) -> np.ndarray:
        ink: Rgb8 = {"red": (190, 28, 40), "blue": (34, 62, 140), "green": (22, 96, 62), "black": (34, 32, 36)}[self.color]
        w, h = CARD_MM[0] / 2 - 3.6, CARD_MM[1] / 2 - 3.6
        paper: Rgb8 = (248, 248, 246)
        ground = [area(ink, [(-w, -h), (w, -h), (w, h), (-w, h)])]
        image = drawn([*ground, *_BACKS[self.design](ink, paper, w, h)], CARD_MM, self.width_px, paper)
        return worn(image, self.wear, self.stream().child("wear")) if self.wear > 0 else image


def _lattice(ink: Rgb8, paper: Rgb8, w: float, h: float) -> list[Ink]:
    """Crossed lines with dots, a medallion in the middle and four in the corners."""
    lines = []
    for d in np.arange(-w - h, w + h + 0.1, 4.2):
        for slope in (-1, 1):
            y = np.clip(slope * np.array([-w, w]) + d, -h, h)
            lines.append(line(paper, 0.35, np.stack([(y - d) * slope, y], axis=1)))
    return [
        *lines,
        *(
            ink_
            for x, y, r in ((0, 0, 11.0), (-w + 8, h - 8, 6.0), (w - 8, -h + 8, 6.0), (w - 8, h - 8, 6.0), (-w + 8, -h + 8, 6.0))
            for ink_ in _medallion(ink, paper, x, y, r)
        ),
    ]


def _medallion(ink: Rgb8, paper: Rgb8, x: float, y: float, radius: float) -> list[Ink]:
    petals = [
        area(paper, ring(x + 0.55 * radius * np.cos(a), y + 0.55 * radius * np.sin(a), 0.22 * radius)) for a in np.arange(8) * np.pi / 4
    ]
    return [
        *outlined(ink, paper, ring(x, y, radius, sides=40), 0.6),
        line(paper, 0.4, ring(x, y, 0.85 * radius, sides=40), closed=True),
        *petals,
        area(paper, ring(x, y, 0.2 * radius)),
    ]


def _rings(ink: Rgb8, paper: Rgb8, w: float, h: float) -> list[Ink]:
    return [line(paper, 0.3, ring(x, y, 5.0), closed=True) for x in np.arange(-w + 5, w - 4, 4.6) for y in np.arange(-h + 5, h - 4, 4.6)]


def _diamonds(ink: Rgb8, paper: Rgb8, w: float, h: float) -> list[Ink]:
    places = [(x, y) for i, x in enumerate(np.linspace(-w + 4, w - 4, 9)) for y in np.linspace(-h + 4, h - 4, 13 - i % 2)]
    return [area(paper, [(x - 1.7, y), (x, y - 2.3), (x + 1.7, y), (x, y + 2.3)]) for x, y in places]


def _plain(ink: Rgb8, paper: Rgb8, w: float, h: float) -> list[Ink]:
    inner = [(-w + 2, -h + 2), (w - 2, -h + 2), (w - 2, h - 2), (-w + 2, h - 2)]
    return [line(paper, 0.6, inner, closed=True), *_medallion(ink, paper, 0, 0, 15.0)]


def _cross(ink: Rgb8, paper: Rgb8, w: float, h: float) -> list[Ink]:
    arm = curve([(0, h - 3), (5, h / 2), (3, 6), (w / 2, 4), (w - 3, 0)])
    sides = [arm, mirrored(arm), arm * np.array([1, -1]), -arm]
    return [
        ink_ for points in sides for ink_ in (line(paper, 1.0, points), line(paper, 0.4, 0.8 * points), line(paper, 0.4, 0.6 * points))
    ] + _medallion(ink, paper, 0, 0, 8.0)


_BACKS = {"lattice": _lattice, "rings": _rings, "diamonds": _diamonds, "plain": _plain, "cross": _cross}

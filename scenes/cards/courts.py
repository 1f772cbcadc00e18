"""The twelve court cards: upper halves of jacks, queens and kings with what marks each in the Anglo-American pattern.

King of hearts: the sword behind his head, no moustache. King of diamonds: in profile, an axe. Jacks of spades and hearts: in
profile. Queen of spades: a sceptre; the other queens hold a flower. Our own drawings, after the pattern and no deck in particular.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenes.cards.court_parts import (
    FRAME_MM,
    Drawing,
    Palette,
    beard,
    cap,
    corner_crown,
    crown,
    curls,
    face,
    flower,
    hand,
    panel,
    sash,
    sword,
    veil,
)
from scenes.cards.ink import Pattern, area, curve, line, outlined, ring
from scenes.cards.pips import Rank, Suit

_W, _H = FRAME_MM


@dataclass(frozen=True)
class Court:
    """The upper half of a court, and how the line between its halves rises to the right."""

    drawing: Drawing
    divide_rad: float


def court(rank: Rank, suit: Suit, palette: Palette) -> Court:
    """The figure of a court card."""
    return _FIGURES[rank, suit](palette)


def _king_of_hearts(p: Palette) -> Court:
    robe = (
        *panel(p.red, p.black, (-_W, 15), (-4, 20), (10, 20), (_W, 17), (_W, -8), (-_W, -8)),
        *panel(p.blue, p.black, (13, 19), (_W, 18), (_W, 3), (15, 6)),
        *panel(p.black, p.black, (11, 20), (_W, 18.5), (_W, 16.5), (13, 17.5)),
        *panel(p.yellow, p.black, (-_W, 14), (-12, 19), (-6, 13), (-15, 6), (-_W, 7), pattern=Pattern("lines", p.black, 1.7, 0.8)),
        *panel(p.red, p.yellow, (-2, 19), (9, 19), (6, 8), (5, -2), (-4, -2), (-1, 8), pattern=Pattern("lozenges", p.yellow, 2.6)),
        *sash(p, [(-7, 20), (-4, 10), (-6, -3)], 3.6, p.paper, p.blue),
        *sash(p, [(11, 20), (10, 12), (12, 4), (9, -4)], 3.6, p.paper, p.blue),
        *sash(p, [(-14, -2), (-10, 4), (-5, 5)], 2.6, p.yellow, p.black),
        *sash(p, [(16, 2), (12, -1), (7, 2)], 3.0, p.yellow, p.black),
    )
    blade = outlined(p.paper, p.blue, [(5, 29), (15, 29.8), (15, 28.2), (5, 27.5)], 0.4)
    hilt = (
        *outlined(p.yellow, p.black, [(13.4, 26), (14.6, 26), (14.6, 32), (13.4, 32)], 0.3),
        *outlined(p.yellow, p.blue, [(15, 24), (_W - 1, 24), (_W - 1.5, 27), (15.5, 27)], 0.4),
    )
    head = (*curls(p, 2, 26, (3.6, 3.4), p.paper, p.blue), *face(p, 2, 25.5, 0), *beard(p, 2, 24.5, 1.4)[:2], *crown(p, 2, 29.8))
    return Court((*robe, *blade, *hilt, *hand(p, 17, 29, 1), *hand(p, -10, 11, 1), *head), 0.12)


def _king_of_spades(p: Palette) -> Court:
    robe = (
        *panel(p.red, p.black, (-_W, 7), (-13, 16), (-5, 21), (9, 21), (15, 16), (_W, 9), (_W, -8), (-_W, -8)),
        *panel(p.blue, p.black, (-17, 14), (-9, 18), (-7, 6), (-12, 2), (-19, 5), pattern=Pattern("lines", p.paper, 2.2, -0.9)),
        *panel(p.yellow, p.black, (-_W, 6), (-13, 3), (-9, -4), (-_W, -5), pattern=Pattern("lines", p.black, 2.4, 0.7)),
        *panel(p.yellow, p.black, (13, 14), (_W, 9), (_W, 3), (14, 6), pattern=Pattern("lines", p.black, 1.9, -0.6)),
        *panel(p.yellow, p.black, (-4, 18), (-1, 18), (0, 6), (-4, 3)),
        *panel(p.red, p.black, (-1, 18), (4, 18), (4, 4), (0, 6)),
        *panel(p.yellow, p.black, (4, 18), (7, 18), (8, 3), (4, 4)),
        *sash(p, [(-6, 20), (-7, 10), (-4, 2), (-9, -6)], 2.8, p.black, p.paper),
        *sash(p, [(9, 20), (10, 10), (7, 2), (11, -6)], 2.8, p.black, p.paper),
        *sash(p, [(-12, 0), (0, 3), (12, 0)], 2.4, p.yellow, p.black),
    )
    head = (*curls(p, 3, 26, (5.0, 1.6), p.paper, p.blue), *face(p, 3, 25.5, 1), *beard(p, 3.4, 24.5), *crown(p, 2, 29.8))
    return Court((*robe, *sword(p, 17.5, 10, 32.5), *hand(p, 17.3, 7.6, -1), *head), -0.05)


def _king_of_clubs(p: Palette) -> Court:
    robe = (
        *panel(p.red, p.black, (-_W, 10), (-13, 20), (-4, 21), (8, 21), (15, 20), (_W, 14), (_W, -8), (-_W, -8)),
        *panel(p.paper, p.black, (-13, 20), (-6, 21), (-6, 2), (-14, 0), (-16, 10), pattern=Pattern("lozenges", p.blue, 4.2)),
        *panel(p.red, p.black, (-_W, 12), (-16, 17), (-16, 4), (-_W, 2), pattern=Pattern("dots", p.paper, 4.0)),
        *panel(p.yellow, p.black, (1, 20), (8, 20), (6, 8), (9, -3), (-4, -3), (-1, 8), pattern=Pattern("lines", p.black, 3.0, 1.2)),
        *panel(p.red, p.black, (9, 20), (15, 19), (16, 2), (10, 2), pattern=Pattern("dots", p.paper, 4.0)),
        *sash(p, [(-3, 21), (-4, 12), (-1, 4), (-4, -4)], 2.8, p.black, p.paper),
        *sash(p, [(8, 21), (7, 12), (8, 4), (6, -4)], 2.4, p.black, p.yellow),
        *outlined(p.yellow, p.black, ring(-10.5, 8, 3.6, 0.85), 0.5, Pattern("checks", p.black, 2.2)),
        *outlined(p.black, p.yellow, ring(-10.5, 12.4, 2.0, 0.6), 0.4),
        area(p.blue, ring(-3.5, 3.5, 1.6)),
    )
    head = (*curls(p, 2.5, 26, (3.2, 3.2), p.paper, p.blue), *face(p, 2.5, 25.5, 0), *beard(p, 2.5, 24.5, 1.5), *crown(p, 2, 29.8))
    return Court((*robe, *sword(p, 18, 12, 33.5, hatched=True), *hand(p, 17.8, 9.2, -1), *head), -0.02)


def _king_of_diamonds(p: Palette) -> Court:
    robe = (
        *panel(p.red, p.black, (-_W, 12), (-6, 19), (12, 19), (_W, 14), (_W, -8), (-_W, -8)),
        *panel(p.black, p.black, (-_W, 10), (-7, 19), (-3, 19), (-_W, 4)),
        *panel(p.blue, p.black, (-_W, 3), (-8, 13), (-6, 8), (-15, -2), (-_W, -4), pattern=Pattern("dots", p.paper, 2.6)),
        *panel(p.yellow, p.black, (-14, 8), (-6, 14), (-4, 2), (-9, -2)),
        *panel(p.blue, p.yellow, (-11, 7), (-7, 10), (-6, 4), (-9, 2)),
        *panel(p.yellow, p.black, (12, 19), (_W, 14), (_W, 8), (15, 6), pattern=Pattern("lines", p.black, 2.0, -0.7)),
        *panel(p.black, p.yellow, (11, 12), (16, 8), (14, -2), (9, 2)),
        *sash(p, [(-5, 17.5), (4, 15), (12, 18)], 3.2, p.yellow, p.black),
        *sash(p, [(7, 16), (9, 8), (6, -3)], 2.2, p.black, p.yellow),
        *sash(p, [(-13, -1), (-4, 3), (6, 3), (14, 0)], 3.4, p.black, p.yellow),
    )
    axe = (
        line(p.black, 0.9, [(19, 10), (19, 31)]),
        *outlined(p.yellow, p.black, curve([(15, 27), (16, 31), (_W, 33.5), (_W, 24), (17, 25)], closed=True), 0.4),
        *outlined(p.red, p.black, [(_W - 2, 30), (_W, 34), (_W, 22)], 0.3),
    )
    head = (
        *curls(p, 4.5, 26, (0, 5.6), p.paper, p.blue),
        *face(p, 3, 25.5, -1, profile=True),
        *beard(p, 2.2, 23.8, 0.7)[:5],
        *crown(p, 3, 29.8),
    )
    return Court((*robe, *axe, *hand(p, -18, 16, -1), *head), 0.05)


def _queen_head(p: Palette, x: float, facing: int, bands: tuple[str, ...], left: str) -> Drawing:
    """A queen's head: hair in lines, veil to the right, what frames the face on the left."""
    colors = {"red": p.red, "black": p.black, "blue": p.blue, "yellow": p.yellow}
    shade = outlined(
        colors[left], p.black, curve([(x - 2, _H), (x - 7, 29), (x - 8.6, 20), (x - 6.5, 15), (x - 2.6, 20), (x - 3, 30)], closed=True), 0.4
    )
    hair = (
        *curls(p, x, 26.5, (1.6, 1.8), p.paper, p.blue),
        *outlined(p.paper, p.blue, [(x - 4, 30), (x - 2.4, _H), (x + 3.4, _H), (x + 4.4, 30)]),
    )
    strands = tuple(line(p.blue, 0.35, [(x + u * 1.2, 30), (x + u, _H)]) for u in (-2.2, -1.1, 0, 1.1, 2.2, 3.2))
    return (
        *shade,
        *veil(p, x, 1, tuple(colors[b] for b in bands)),
        *corner_crown(p, x, 1),
        *hair,
        *strands,
        *face(p, x, 25, facing),
        line(p.blue, 0.5, curve([(x - 4, 28.5), (x, 30.4), (x + 4, 28.5)])),
    )


def _collar(p: Palette, x: float, pattern: Pattern) -> Drawing:
    return outlined(
        p.yellow,
        p.black,
        curve([(x - 8.5, 17.5), (x, 13.2), (x + 8.5, 17.5), (x + 7.2, 21), (x, 17.6), (x - 7.2, 21)], closed=True),
        0.5,
        pattern,
    )


def _queen_of_hearts(p: Palette) -> Court:
    body = (
        *panel(
            p.black,
            p.black,
            (-_W, 4),
            (-13, 17),
            (-6, 20),
            (11, 20),
            (18, 15),
            (_W, 8),
            (_W, -8),
            (-_W, -8),
            pattern=Pattern("dots", p.yellow, 5.0),
        ),
        *outlined(
            p.blue,
            p.black,
            curve([(-12, 14), (-5, 18), (-2, 8), (-6, 2), (-14, 4)], closed=True),
            0.4,
            Pattern("checks", p.paper, 2.0, 0.5),
        ),
        *outlined(
            p.blue, p.black, curve([(16, 12), (9, 18), (6, 8), (10, 2), (17, 4)], closed=True), 0.4, Pattern("checks", p.paper, 2.0, -0.5)
        ),
        *panel(p.red, p.black, (-3, 16), (7, 16), (5, 2), (2, -3), (-2, 2), pattern=Pattern("lines", p.blue, 3.2)),
        *panel(p.blue, p.black, (1, 15), (4, 15), (3, 0), (1.5, 0)),
    )
    return Court(
        (
            *body,
            *_collar(p, 2, Pattern("checks", p.black, 2.4)),
            *_queen_head(p, 2, -1, ("black", "red"), "black"),
            *flower(p, 16.5, 21),
            *hand(p, 16, 14.5, 1),
        ),
        0.35,
    )


def _queen_of_spades(p: Palette) -> Court:
    body = (
        *panel(
            p.red,
            p.black,
            (-14, 12),
            (-5, 21),
            (9, 21),
            (15, 14),
            (_W, 0),
            (_W, -10),
            (-_W, -4),
            (-12, 5),
            pattern=Pattern("dots", p.paper, 3.0),
        ),
        *panel(p.blue, p.black, (-18, 2), (-12, 8), (8, 0), (10, -6), (-8, -6)),
        *panel(p.yellow, p.black, (-5, 20), (9, 20), (4, 7), pattern=Pattern("lozenges", p.black, 2.2)),
        *panel(p.paper, p.black, (-18, 8), (-12, 13), (-6, 8), (-14, 1), pattern=Pattern("lozenges", p.blue, 3.0)),
        *panel(p.black, p.yellow, (-14, 4), (12, 2), (12, -1), (-14, 1)),
        *panel(p.yellow, p.black, (-_W, 8), (-17, 12), (-14, 4), (-19, 1)),
    )
    sceptre = (
        line(p.black, 1.5, [(17.5, 4), (17.5, 31)]),
        line(p.yellow, 0.9, [(17.5, 4), (17.5, 31)]),
        *outlined(p.yellow, p.black, ring(17.5, 30.5, 1.5, 1.5), 0.35),
        area(p.red, ring(17.5, 27.4, 1.0)),
    )
    return Court(
        (*body, *_queen_head(p, 3, -1, ("blue", "yellow"), "blue"), *sceptre, *flower(p, -17.5, 19), *hand(p, -15.5, 11.5, 1)), -0.18
    )


def _queen_of_clubs(p: Palette) -> Court:
    body = (
        *panel(p.red, p.black, (-16, 9), (-7, 20), (10, 20), (15, 8), (18, -8), (-18, -8), pattern=Pattern("dots", p.paper, 2.6)),
        *panel(p.blue, p.black, (-_W, 4), (-12, 10), (-9, 2), (-16, -4), (-_W, -4), pattern=Pattern("dots", p.paper, 2.4)),
        *sash(p, [(-14, -3), (-11, 6), (-4, 10), (2, 2)], 3.4, p.yellow, p.black),
        *sash(p, [(-10, -3), (-8, 4), (-3, 6)], 2.2, p.blue, p.yellow),
        *sash(p, [(18, -3), (16, 6), (9, 10), (4, 2)], 3.4, p.yellow, p.black),
        *sash(p, [(14, -3), (12, 4), (8, 6)], 2.2, p.blue, p.yellow),
        *panel(p.yellow, p.black, (-1, 16), (5, 16), (4, 0), (0, 0), pattern=Pattern("checks", p.red, 1.8)),
    )
    return Court(
        (
            *body,
            *_collar(p, 2, Pattern("lines", p.black, 1.6)),
            *_queen_head(p, 2, -1, ("black", "red"), "red"),
            *flower(p, -15, 20),
            *hand(p, -15.5, 13, -1),
        ),
        0.1,
    )


def _queen_of_diamonds(p: Palette) -> Court:
    body = (
        *panel(p.blue, p.black, (-_W, 2), (-12, 15), (-6, 20), (11, 20), (17, 13), (_W, 5), (_W, -8), (-_W, -8)),
        *panel(p.black, p.yellow, (-19, 5), (-10, 15), (-4, 10), (-12, -2), pattern=Pattern("dots", p.yellow, 4.2)),
        *panel(p.black, p.yellow, (_W, 4), (14, 14), (8, 10), (15, -3), pattern=Pattern("dots", p.yellow, 4.2)),
        *panel(p.red, p.black, (-5, 17), (9, 17), (6, 5), (4, -4), (-2, -4), (-3, 5)),
        *panel(p.paper, p.blue, (-9, 8), (-4, 12), (-2, 2), (-7, -3), pattern=Pattern("lines", p.blue, 1.6, 0.4)),
        *panel(p.black, p.black, (-2, 11), (6, 11), (6, 8.6), (-2, 8.6)),
        *panel(p.black, p.black, (-4, 4), (8, 4), (8, 1.6), (-4, 1.6)),
    )
    return Court(
        (
            *body,
            *_collar(p, 2, Pattern("checks", p.black, 2.4)),
            *_queen_head(p, 2, -1, ("black", "red", "blue"), "black"),
            *flower(p, -17, 20.5),
            *hand(p, -17, 13.5, -1),
        ),
        0.3,
    )


def _jack_head(p: Palette, x: float, facing: int, *, profile: bool) -> Drawing:
    reach = {True: (0.0 if facing < 0 else 4.6, 4.6 if facing < 0 else 0.0), False: (2.6, 2.6)}[profile]
    return (*curls(p, x, 25.5, reach, p.yellow, p.black), *face(p, x, 25, facing, profile=profile), *cap(p, x - 0.5, 29.6))


def _jack_of_diamonds(p: Palette) -> Court:
    body = (
        *panel(p.blue, p.black, (-_W, 6), (-10, 19), (14, 19), (_W, 12), (_W, -8), (-_W, -8), pattern=Pattern("lines", p.paper, 2.6, 0.9)),
        *outlined(p.red, p.black, curve([(-18, 12), (-12, 15), (-7, 8), (-10, 0), (-18, -2)], closed=True), 0.5),
        *panel(p.yellow, p.black, (-7, 19), (2, 13), (12, 19), (8, 10), (-4, 10), pattern=Pattern("lines", p.black, 1.6, 0.2)),
        *panel(p.red, p.black, (12, 19), (_W, 12), (16, 2), (6, 10)),
        *panel(p.black, p.black, (-6, 10), (9, 14), (14, -2), (0, -8)),
        *panel(p.yellow, p.black, (-2, 6), (5, 9), (8, 2), (2, -2), pattern=Pattern("lines", p.black, 2.2, 1.2)),
        *sash(p, [(-9, 19), (0, 8), (10, -4)], 2.6, p.black, p.yellow),
    )
    halberd = (
        line(p.black, 1.8, [(19, 0), (19, 31)]),
        line(p.yellow, 1.0, [(19, 0), (19, 31)]),
        *outlined(p.yellow, p.black, curve([(15, 32), (19, 27), (_W, 29), (_W, 24), (17, 24)], closed=True), 0.4),
    )
    return Court((*body, *halberd, *hand(p, 18.5, 16.5, -1), *_jack_head(p, 2, 0, profile=False)), -0.5)


def _jack_of_clubs(p: Palette) -> Court:
    body = (
        *panel(p.red, p.black, (-14, 16), (-5, 20), (12, 20), (17, 14), (18, -8), (-16, -8)),
        *panel(p.blue, p.black, (-16, 18), (-8, 20), (-4, 6), (-10, -8), (-17, -8), pattern=Pattern("lozenges", p.paper, 2.8)),
        *panel(p.blue, p.black, (11, 20), (16, 16), (17, -8), (11, -8), pattern=Pattern("lozenges", p.paper, 2.8)),
        *panel(p.yellow, p.black, (-5, 18), (0, 18), (-1, -4), (-6, -4), pattern=Pattern("lines", p.black, 1.5)),
        *panel(p.black, p.yellow, (0, 19), (6, 19), (6, -4), (0, -4), pattern=Pattern("lozenges", p.yellow, 2.6)),
        *panel(p.red, p.black, (6, 19), (11, 19), (11, -4), (6, -4)),
        *sash(p, [(-8, 8), (-1, 5), (5, 1), (12, 0)], 3.2, p.yellow, p.black),
    )
    spear = (
        line(p.black, 2.0, [(19.5, -2), (19.5, 31)]),
        line(p.yellow, 1.1, [(19.5, -2), (19.5, 31)]),
        *outlined(p.yellow, p.black, [(17.4, 28), (_W, 28), (19.5, 34)], 0.4),
    )
    return Court(
        (
            *body,
            *spear,
            *panel(p.red, p.black, (16, 12), (19, 10), (_W, 2), (17, 2)),
            *hand(p, 18.5, 15, -1),
            *_jack_head(p, 3, 1, profile=False),
        ),
        -0.1,
    )


def _jack_of_spades(p: Palette) -> Court:
    body = (
        *panel(p.blue, p.black, (-_W, 2), (-15, 13), (-8, 19), (12, 19), (18, 12), (_W, 4), (_W, -8), (-_W, -8)),
        *panel(p.red, p.black, (-5, 18), (9, 18), (8, 6), (6, -4), (-6, -4), (-4, 8)),
        *sash(p, [(-16, 1), (-13, 10), (-7, 11), (-4, 2)], 3.2, p.yellow, p.black),
        *sash(p, [(-19, -1), (-12, 3), (-8, -3)], 2.2, p.paper, p.blue),
        *sash(p, [(10, 16), (16, 10), (_W, 9)], 2.6, p.paper, p.blue),
        *sash(p, [(9, 10), (15, 4), (_W, 0)], 2.6, p.yellow, p.black),
        *outlined(
            p.black, p.black, curve([(-6, 8), (-2, 11), (6, 9), (9, 3), (4, -3), (-4, -2)], closed=True), 0.4, Pattern("lines", p.red, 2.2)
        ),
        *panel(p.yellow, p.black, (-5, 20), (9, 20), (8, 17), (-4, 17), pattern=Pattern("dots", p.black, 2.4)),
        area(p.paper, [(1.2, 15.8), (2.8, 15.8), (2.8, 12.2), (1.2, 12.2)], [(0.2, 14.8), (3.8, 14.8), (3.8, 13.2), (0.2, 13.2)]),
    )
    chain = tuple(ink for k in range(5) for ink in outlined(p.yellow, p.black, ring(17.5, 21 + 2.6 * k, 1.1 + 0.1 * k), 0.35))
    return Court((*body, *chain, *hand(p, 17, 18, -1), *_jack_head(p, 3, 1, profile=True)), -0.15)


def _jack_of_hearts(p: Palette) -> Court:
    body = (
        *panel(p.red, p.black, (-_W, 4), (-14, 14), (-8, 20), (10, 20), (17, 14), (_W, 4), (_W, -8), (-_W, -8)),
        *panel(p.yellow, p.black, (-_W, 3), (-14, 14), (-8, 8), (-14, -6), (-_W, -6), pattern=Pattern("lines", p.black, 2.2, 0.6)),
        *panel(p.yellow, p.black, (_W, 3), (17, 14), (11, 8), (16, -6), (_W, -6), pattern=Pattern("lines", p.black, 2.2, -0.6)),
        *outlined(
            p.yellow,
            p.black,
            curve([(-12, 8), (-8, 17), (2, 19), (11, 16), (14, 6), (13, -6), (-11, -6)], closed=True),
            0.5,
            Pattern("dots", p.black, 2.4),
        ),
        *panel(p.red, p.black, (-9, 9), (-5, 16), (-1, 1), (-8, -3)),
        *panel(p.red, p.black, (11, 9), (8, 16), (3, 1), (10, -3)),
        *panel(p.blue, p.black, (-6, 17), (9, 17), (2.5, 2), (-0.5, 2)),
        *panel(p.paper, p.blue, (-4, 3), (6, 3), (6, -3), (-4, -3), pattern=Pattern("checks", p.blue, 1.8)),
        *sash(p, [(-8, 18), (1, 16.4), (10, 18)], 2.8, p.black, p.yellow),
    )
    axe = (
        line(p.black, 1.6, [(19.6, 4), (19.6, 31)]),
        line(p.red, 0.9, [(19.6, 4), (19.6, 31)]),
        *outlined(p.yellow, p.black, [(16.5, 24), (19, 22.5), (19, 30.5), (16.5, 29)], 0.4),
    )
    leaf = (
        *outlined(p.yellow, p.black, curve([(-19, 17), (-15, 19.5), (-11, 17.5), (-15, 16.6)], closed=True), 0.35),
        *hand(p, -17.5, 14, 1),
    )
    return Court((*body, *axe, *leaf, *_jack_head(p, 1, -1, profile=True)), 0.04)


_FIGURES: dict[tuple[Rank, Suit], Callable[[Palette], Court]] = {
    ("king", "hearts"): _king_of_hearts, ("king", "spades"): _king_of_spades, ("king", "clubs"): _king_of_clubs,
    ("king", "diamonds"): _king_of_diamonds, ("queen", "hearts"): _queen_of_hearts, ("queen", "spades"): _queen_of_spades,
    ("queen", "clubs"): _queen_of_clubs, ("queen", "diamonds"): _queen_of_diamonds, ("jack", "hearts"): _jack_of_hearts,
    ("jack", "spades"): _jack_of_spades, ("jack", "clubs"): _jack_of_clubs, ("jack", "diamonds"): _jack_of_diamonds,
}  # fmt: skip

"""Card faces as pictures: a rank, a suit and a deck become 512 x 717 pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from assets.decks import PREFIX, deck_file
from generator.picture import Picture, register_picture
from scenes.cards.court_parts import FRAME_MM, Palette
from scenes.cards.courts import court
from scenes.cards.indices import INDEX_TEXT, glyph
from scenes.cards.ink import Ink, Rgb8, area, curve, drawn, line, ring, two_way
from scenes.cards.pips import CARD_MM, COLUMN_MM, COURTS, Rank, Suit, is_red, pip, pip_places
from scenes.cards.svg_deck import svg_face
from scenes.cards.wear import worn

FACE_PX = 512  # width; the height follows, 717
DeckName = Literal["rider", "casino", "narrow", "heritage"]


def _installed(deck: str) -> str:
    """Said when a scene is drawn, before anything is rendered."""
    deck_file(deck)
    return deck


SvgDeck = Annotated[str, Field(pattern=rf"^{PREFIX}[\w\-]+$"), AfterValidator(_installed)]


@dataclass(frozen=True)
class Deck:
    """What tells decks of the same pattern apart. Sizes in mm, colours sRGB.

    index_mm: width of the corner letters; index_pip_mm: of the pip below; index_at_mm: the letter's middle from the card's corner.
    pip_mm: width of the large pips. frame: the colour of the line around courts.
    """

    index_mm: float = 6.9
    index_pip_mm: float = 5.0
    index_at_mm: tuple[float, float] = (5.4, 8.2)
    pip_mm: float = 13.6
    column_mm: float = COLUMN_MM
    ace_mm: float = 15.0
    bold: bool = False
    red: Rgb8 = (214, 30, 40)
    black: Rgb8 = (22, 20, 24)
    frame: Rgb8 = (28, 72, 152)
    palette: Palette = field(default_factory=Palette)


DECKS: dict[DeckName, Deck] = {
    "rider": Deck(),
    "casino": Deck(
        index_mm=8.6, index_pip_mm=7.0, index_at_mm=(5.8, 8.4), pip_mm=10.0, column_mm=10.0, bold=True, frame=(24, 22, 26),
    ),
    "narrow": Deck(
        index_mm=6.2, index_pip_mm=4.4, index_at_mm=(4.4, 7.2), pip_mm=12.4, red=(196, 22, 34),
        palette=Palette(red=(196, 22, 34), yellow=(250, 210, 60), blue=(20, 40, 110)),
    ),
    "heritage": Deck(
        index_mm=6.8, pip_mm=14.4, red=(186, 44, 40), black=(40, 34, 32), frame=(40, 34, 32),
        palette=Palette(red=(186, 44, 40), yellow=(214, 168, 60), blue=(52, 84, 130), black=(40, 34, 32)),
    ),
}  # fmt: skip


@register_picture
class CardFace(Picture):
    """The face of a card of one of our decks, on white paper; or of a deck that the user has installed, "svg:NAME" (assets/decks.py)."""

    kind: Literal["card_face"] = "card_face"
    rank: Rank = "ace"
    suit: Suit = "spades"
    deck: DeckName | SvgDeck = "rider"
    wear: float = Field(default=0.0, ge=0.0, le=1.0)
    width_px: int = Field(default=FACE_PX, ge=64, le=2048)

    def paint(self) -> np.ndarray:
        if self.deck in DECKS:
            image = _own_face(self, DECKS[self.deck])
        else:
            image = svg_face(deck_file(self.deck), self.rank, self.suit, self.width_px)
        return worn(image, self.wear, self.stream().child("wear")) if self.wear > 0 else image


def _own_face(card: CardFace, deck: Deck) -> np.ndarray:
    color = deck.red if is_red(card.suit) else deck.black
    indices = tuple(corner for turned in (False, True) for corner in _index(card.rank, card.suit, deck, color, turned=turned))
    return drawn(indices, CARD_MM, card.width_px, _middle(card, deck, color))


def _middle(card: CardFace, deck: Deck, color: Rgb8) -> np.ndarray:
    """What lies between the corners."""
    paper = deck.palette.paper
    if card.rank in COURTS:
        return _court_image(card, deck, color)
    if card.rank == "ace":
        inks = _ace_of_spades(color, paper) if card.suit == "spades" else (pip(card.suit, color).placed(deck.ace_mm),)
        return drawn(inks, CARD_MM, card.width_px, paper)
    sign = pip(card.suit, color)
    return drawn(
        [sign.placed(deck.pip_mm, x, y, turned=y < 0) for x, y in pip_places(card.rank, deck.column_mm)], CARD_MM, card.width_px, paper
    )


def _court_image(card: CardFace, deck: Deck, color: Rgb8) -> np.ndarray:
    """Frame, the figure twice, its suit beside the heads."""
    figure, (w, h) = court(card.rank, card.suit, deck.palette), FRAME_MM
    suit = pip(card.suit, color).placed(1.02 * deck.pip_mm, -w + 0.56 * deck.pip_mm, h - 0.72 * deck.pip_mm)
    half = drawn((*figure.drawing, suit), CARD_MM, card.width_px, deck.palette.paper)
    both = _framed(two_way(half, figure.divide_rad), deck.palette.paper)
    return drawn([line(deck.frame, 0.5, [(-w, -h), (w, -h), (w, h), (-w, h)], closed=True)], CARD_MM, card.width_px, both)


def _framed(image: np.ndarray, paper: Rgb8) -> np.ndarray:
    """The image with paper outside the frame."""
    scale, (height, width) = image.shape[1] / CARD_MM[0], image.shape[:2]
    across, up = round(FRAME_MM[0] * scale), round(FRAME_MM[1] * scale)
    x, y = (width + 1) // 2 - across, (height + 1) // 2 - up
    result = np.full_like(image, paper)
    result[y : height - y, x : width - x] = image[y : height - y, x : width - x]
    return result


def _index(rank: Rank, suit: Suit, deck: Deck, color: Rgb8, *, turned: bool) -> tuple[Ink, ...]:
    """Letter and small pip of the upper left corner, or of the lower right one upside down."""
    x, y = deck.index_at_mm[0] - CARD_MM[0] / 2, CARD_MM[1] / 2 - deck.index_at_mm[1]
    below = y - 0.675 * deck.index_mm - 0.75 * deck.index_pip_mm
    sign = -1.0 if turned else 1.0
    letter = tuple(ink.placed(deck.index_mm, sign * x, sign * y, turned=turned) for ink in glyph(INDEX_TEXT[rank], color, bold=deck.bold))
    return (*letter, pip(suit, color).placed(deck.index_pip_mm, sign * x, sign * below, turned=turned))


def _ace_of_spades(color: Rgb8, paper: Rgb8) -> tuple[Ink, ...]:
    """The large ornate ace: a spade within a spade, tendrils, and the maker's lines (of made-up words too small to read)."""
    spade = pip("spades", color)
    inks = [spade.placed(27.0, 0, 1), pip("spades", paper).placed(23.6, 0, 1.2), spade.placed(21.6, 0, 1.4)]
    for side in (-1, 1):
        for k in range(5):
            tendril = curve(
                [
                    (side * (1.0 + 0.6 * k), -4.0 + 2.6 * k),
                    (side * (4.5 + 0.4 * k - 0.5 * k * k * 0.4), -3.0 + 2.8 * k),
                    (side * (5.5 - 0.8 * k), 0.0 + 2.8 * k),
                ]
            )
            inks.append(line(paper, 0.4, tendril))
    inks += [area(paper, ring(0, 1.5, 2.4, 1.5)), area(color, ring(0, 1.5, 1.7, 1.5)), line(paper, 0.4, [(0, 5.5), (0, 12)])]
    for y, half, high in ((27.5, 9.5, 2.2), (23.4, 3.4, 1.2), (-21.0, 8.5, 0.7), (-22.6, 6.0, 0.6), (-26.0, 9.5, 1.8)):
        inks += _illegible(color, y, half, high)
    return tuple(inks)


def _illegible(color: Rgb8, y: float, half: float, high: float) -> list[Ink]:
    """A line of print: strokes in the rhythm of letters."""
    return [
        line(color, 0.28 * high, [(x, y - high / 2), (x + 0.3 * high * np.sin(7.0 * x), y + high / 2)])
        for x in np.arange(-half, half, 0.62 * high)
        if np.sin(3.1 * x + y) > -0.8
    ]

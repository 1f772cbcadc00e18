"""Faces from an SVG deck: one drawing with all cards in thirteen columns, ace to king, and five rows, the suits in GNOME's order.

A card's outline is drawn in its cell; it is painted over, for cards have none. Needs resvg-py (MIT; resvg itself MIT or Apache-2.0).
System fonts are not used, so that every machine draws the same.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as Xml

import cv2
import numpy as np

from generator.errors import AssetError
from scenes.cards.pips import CARD_MM, RANKS, Rank, Suit

COLUMNS, ROWS = 13, 5
SUIT_ROWS: tuple[Suit, ...] = ("clubs", "diamonds", "hearts", "spades")  # the fifth row has jokers and the back
_MOST_BYTES = 32 * 2**20  # of a drawing, unpacked; GNOME's largest has 4
_RIM_SHARE = 0.022  # of the width: the line around a card, which no card has, is 0.7 to 2 % wide
_CORNER_SHARE = 0.06
_NAMESPACES = {"": "http://www.w3.org/2000/svg", "xlink": "http://www.w3.org/1999/xlink"}
Box = tuple[float, float, float, float]  # x, y, width, height in the drawing's units


def svg_face(file: Path, rank: Rank, suit: Suit, width_px: int) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of a card in the proportions of ours. A narrower card keeps its shape and has wider margins.

    Raises AssetError for a file that is no such drawing.
    """
    text, (x, y, width, height) = _drawing(file)
    cell = (width / COLUMNS, height / ROWS)
    place = (x + RANKS.index(rank) * cell[0], y + SUIT_ROWS.index(suit) * cell[1], *cell)
    height_px = round(width_px * CARD_MM[1] / CARD_MM[0])
    scale = min(width_px / cell[0], height_px / cell[1])
    card = _rendered(file, text, place, (round(cell[0] * scale), round(cell[1] * scale)))
    paper = _paper(card)
    trimmed = np.where(_outside(card, _RIM_SHARE)[..., None], paper, card)
    down, across = height_px - card.shape[0], width_px - card.shape[1]
    margins = (down // 2, down - down // 2, across // 2, across - across // 2)
    return np.asarray(cv2.copyMakeBorder(trimmed, *margins, cv2.BORDER_CONSTANT, value=paper.tolist()))


@lru_cache(maxsize=4)  # of about 1 MB
def _drawing(file: Path) -> tuple[Xml.Element, Box]:
    try:
        data = file.read_bytes()
        if file.suffix == ".svgz":
            with gzip.open(file) as packed:
                data = packed.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise AssetError(f"{file}: has more than {_MOST_BYTES // 2**20} MB of drawing")
        root = Xml.fromstring(data)
        box = tuple(float(v) for v in root.get("viewBox", f"0 0 {root.get('width')} {root.get('height')}").replace(",", " ").split())
    except (OSError, EOFError, Xml.ParseError, ValueError) as error:
        raise AssetError(f"{file}: is no SVG drawing with a viewBox, or width and height, in plain numbers ({error})") from error
    if len(box) != 4 or not (box[2] > 0 and box[3] > 0) or not root.tag.endswith("}svg"):
        raise AssetError(f"{file}: is no SVG drawing with a viewBox, or width and height, in plain numbers (found {root.tag}, {box})")
    return root, (box[0], box[1], box[2], box[3])


def _rendered(file: Path, drawing: Xml.Element, place: Box, size_px: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) uint8 of one part of a drawing, on white."""
    import resvg_py

    root = Xml.Element(drawing.tag, {**drawing.attrib, "viewBox": " ".join(f"{v:.6f}" for v in place), "preserveAspectRatio": "none"})
    root.set("width", str(size_px[0]))
    root.set("height", str(size_px[1]))
    root.extend(drawing)
    for prefix, uri in _NAMESPACES.items():
        Xml.register_namespace(prefix, uri)
    try:
        png = resvg_py.svg_to_bytes(svg_string=Xml.tostring(root, encoding="unicode"), background="#ffffff", skip_system_fonts=True)
    except ValueError as error:
        raise AssetError(f"{file}: cannot be drawn ({error})") from error
    image = cv2.imdecode(np.frombuffer(bytes(png), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None  # resvg writes sound PNG
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def _outside(card: np.ndarray, rim_share: float) -> np.ndarray:
    """(H, W) bool: what is nearer to the edge than a share of the width, or beyond a round corner there."""
    height, width = card.shape[:2]
    rim, corner = rim_share * width, _CORNER_SHARE * width
    y, x = (np.abs(np.arange(n) + 0.5 - n / 2) - (n / 2 - rim - corner) for n in (height, width))
    return np.asarray(np.hypot(np.maximum(x[None], 0), np.maximum(y[:, None], 0)) > corner)


def _paper(card: np.ndarray) -> np.ndarray:
    """(3,) uint8: the median colour just inside of the outline."""
    ring = _outside(card, 1.5 * _RIM_SHARE) & ~_outside(card, _RIM_SHARE)
    return np.asarray(np.median(card[ring], axis=0), np.uint8)

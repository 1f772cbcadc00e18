"""A playing card: a thin bent sheet with round corners, a face and a back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from generator.picture import Picture
from scenes.cards.backs import BackName, CardBack
from scenes.cards.faces import FACE_PX, CardFace, DeckName, SvgDeck
from scenes.cards.pips import CARD_MM, Rank, Suit

LENGTH_M, WIDTH_M = CARD_MM[1] / 1000, CARD_MM[0] / 1000
THICKNESS_M = 0.0003
_CORNER_M = 0.0034


@dataclass(frozen=True)
class _Level:
    """How finely a card is made: points along a corner, along the straight edges, across; pixels across its face. Backs, which show
    less, have half as many."""

    corner_steps: int
    rows: int
    columns: int
    face_px: int


_LEVELS = {"near": _Level(5, 9, 9, FACE_PX), "far": _Level(3, 5, 5, FACE_PX // 2)}


@register
class PlayingCard(Actor):
    """A card lying flat, its upper edge towards +X, face up or face down.

    bend_per_m and cross_bend_per_m are curvatures along and across it (positive: the ends rise), twist_per_m the twist.
    deck: one of ours, or "svg:NAME" for a drawing that the user has installed (assets/decks.py).
    `tint` colours the paper, `gloss` is the varnish, `wear` picks one of five stages of use. The side that it lies on shows none.
    """

    levels: ClassVar[bool] = True

    kind: Literal["playing_card"] = "playing_card"
    rank: Rank = "ace"
    suit: Suit = "spades"
    deck: DeckName | SvgDeck = "rider"
    back: BackName = "lattice"
    back_color: Literal["red", "blue", "green", "black"] = "red"
    face_down: bool = False
    bend_per_m: float = Field(default=0.0, ge=-6.0, le=6.0)
    cross_bend_per_m: float = Field(default=0.0, ge=-6.0, le=6.0)
    twist_per_m: float = Field(default=0.0, ge=-4.0, le=4.0)
    tint: tuple[float, float, float] = (0.9, 0.9, 0.88)
    gloss: float = Field(default=0.4, ge=0.0, le=1.0)
    wear: float = Field(default=0.0, ge=0.0, le=1.0)

    def size_m(self) -> Vector:
        return (LENGTH_M, WIDTH_M, float(np.ptp(self._sheet()[..., 2])) + THICKNESS_M)

    def build(self) -> Mesh:
        points = self._sheet()
        points[..., 2] -= points[..., 2].min()
        over, under = points + np.array([0.0, 0.0, THICKNESS_M]), points
        seen, hidden = self._pictures()
        upper = _sheet_mesh(over, self._surface(seen)).mapped(_uv(over, mirrored=False))
        lower = _sheet_mesh(under, self._surface(hidden), downwards=True)
        lower = lower.mapped(_uv(under, mirrored=True))
        return merge([upper, lower, _rim(over, under, Material(color=self.tint, roughness=0.7))])

    def _pictures(self) -> tuple[Picture, Picture]:
        """Of the upper and the lower side. The lower one is as new: hardly ever seen, and the same for many cards."""
        face = CardFace(rank=self.rank, suit=self.suit, deck=self.deck, width_px=self._level.face_px)
        back = CardBack(design=self.back, color=self.back_color, width_px=self._level.face_px // 2)
        seen, hidden = (back, face) if self.face_down else (face, back)
        return seen.model_copy(update={"wear": round(4 * self.wear) / 4, "variant": self.variant % 3}), hidden

    @property
    def _level(self) -> _Level:
        return _LEVELS["far" if self.detail == "far" else "near"]

    def _surface(self, picture: Picture) -> Material:
        return Material(color=self.tint, picture=picture.key(), roughness=0.6 - 0.25 * self.gloss, coat=0.35 * self.gloss, specular=0.4)

    def _sheet(self) -> np.ndarray:
        """(R, C, 3) points of the bent sheet, rows from the lower to the upper edge, columns from left to right (+Y to -Y)."""
        x, half = _outline(self._level)
        y = -half[:, None] * np.linspace(-1.0, 1.0, self._level.columns)[None]
        x = np.broadcast_to(x[:, None], y.shape)
        z = 0.5 * self.bend_per_m * x**2 + 0.5 * self.cross_bend_per_m * y**2 + self.twist_per_m * x * y
        return np.stack([x, y, z], axis=-1)


def _outline(level: _Level) -> tuple[np.ndarray, np.ndarray]:
    """(R,) places along the card and its half width there; both ends are rounded."""
    angle = np.linspace(0.0, np.pi / 2, level.corner_steps)
    straight = LENGTH_M / 2 - _CORNER_M
    end = straight + _CORNER_M * np.sin(angle)
    narrow = WIDTH_M / 2 - _CORNER_M + _CORNER_M * np.cos(angle)
    middle = np.linspace(-straight, straight, level.rows)[1:-1]
    x = np.concatenate([-end[::-1], middle, end])
    return x, np.concatenate([narrow[::-1], np.full(len(middle), WIDTH_M / 2), narrow])


def _uv(points: np.ndarray, *, mirrored: bool) -> np.ndarray:
    """(V, 2) where the points lie on the picture; mirrored as it is seen from the other side."""
    across = points[..., 1] / WIDTH_M if mirrored else -points[..., 1] / WIDTH_M
    return np.stack([0.5 + across, 0.5 + points[..., 0] / LENGTH_M], axis=-1).reshape(-1, 2)


def _sheet_mesh(points: np.ndarray, material: Material, *, downwards: bool = False) -> Mesh:
    rows, columns = points.shape[:2]
    r, c = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    corner = (r * columns + c).ravel()
    quads = np.stack([corner, corner + 1, corner + columns + 1, corner + columns], axis=1)
    return Mesh.of(points.reshape(-1, 3), quads[:, ::-1] if downwards else quads, material, smooth=True)


def _rim(over: np.ndarray, under: np.ndarray, material: Material) -> Mesh:
    """The cut edge around the card."""
    rows, columns = over.shape[:2]
    around = np.concatenate(
        [
            np.arange(columns),
            np.arange(1, rows) * columns + columns - 1,
            (rows - 1) * columns + np.arange(columns - 2, -1, -1),
            np.arange(rows - 2, 0, -1) * columns,
        ]
    )
    count = len(around)
    i, j = np.arange(count), (np.arange(count) + 1) % count
    quads = np.stack([i, i + count, j + count, j], axis=1)
    return Mesh.of(np.concatenate([over.reshape(-1, 3)[around], under.reshape(-1, 3)[around]]), quads, material)

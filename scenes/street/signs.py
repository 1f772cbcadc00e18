"""Traffic signs on posts or walls. The face looks along +X; the designs are listed in sign_designs.py."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import tube
from scenes.street.coatings import ALUMINIUM, DARK_STEEL, GALVANISED
from scenes.street.drawings import mounted, panel, placed
from scenes.street.sign_designs import DESIGNS, DesignName
from scenes.street.sign_faces import Country, Face, Wording, board_of, face_of

_BOARD_M = 0.003  # sheet thickness
_POST_RADIUS_M = 0.038  # 76 mm tube, the usual sign post
_LAYER_M = 0.0005  # printed layers; thin, so that a board of many words stays flat
_PRINT_M = 0.003  # what the printed layers add in front of the board
_WALL_GAP_M = 0.03
_PLACES = (
    "ALDER HILL",
    "BRIDGE",
    "CENTRE",
    "EASTFIELD",
    "HARBOUR",
    "KINGSMERE",
    "NORTH",
    "OLD TOWN",
    "RINGWAY",
    "STATION",
    "WESTON",
    "A 14",
)
_STREETS = ("BAKER LANE", "CHURCH ROAD", "ELM STREET", "HIGH STREET", "LINDEN WAY", "MARKET SQUARE", "MILL LANE", "PARK ROW", "RIVER WALK")


@register
class TrafficSign(Actor):
    """A traffic sign of one of the designs of sign_designs.py, facing +X, on one post, two posts or a wall (`mount`).

    bottom_m: lower edge of the board above the ground. width_m 0: the design's usual width. `speed` is what a speed limit says;
    `words` what a direction board (one line a word, split at '|') or a street name says; when empty, `variant` picks some.
    """

    kind: Literal["traffic_sign"] = "traffic_sign"
    design: DesignName = "speed_limit"
    country: Country = "eu"
    mount: Literal["post", "posts", "wall"] = "post"
    bottom_m: float = Field(default=2.1, ge=0.2, le=6.0)
    width_m: float = Field(default=0.0, ge=0.0, le=6.0)
    speed: int = Field(default=50, ge=5, le=130)
    words: str = Field(default="", max_length=80, pattern=r"^[A-Z0-9 \-./!'|]*$")
    dark_post: bool = False

    semantic: ClassVar[str] = "traffic_sign"

    def size_m(self) -> Vector:
        (left, right), (low, high) = _bounds(self.design, self._wording())
        scale = self._board_m() / (right - left)
        depth = _WALL_GAP_M if self.mount == "wall" else 2 * _POST_RADIUS_M
        return (depth + _BOARD_M + _PRINT_M, right * scale - left * scale, high * scale - low * scale + self.bottom_m)

    def build(self) -> Mesh:
        face = _face(self.design, self._wording())
        outline = face.outline * (self._board_m() / float(np.ptp(face.outline[:, 0])))
        low, high = outline.min(0), outline.max(0)
        depth = self.size_m()[0]
        front, lift, top = depth / 2 - _PRINT_M, self.bottom_m - float(low[1]), self.bottom_m + float(high[1] - low[1])
        board = panel(outline, _BOARD_M, (front, 0.0, lift), ALUMINIUM)
        scale = float(high[0] - low[0]) / float(np.ptp(face.outline[:, 0]))
        printed = mounted(placed(face.marks, scale), (front, 0.0, lift), layer_m=_LAYER_M)
        half = 0.3 * float(high[0] - low[0])
        return merge([board, printed, *self._supports(-depth / 2, half, top)])

    def _board_m(self) -> float:
        """How wide the board is."""
        return self.width_m or DESIGNS[self.design].width_m

    def _wording(self) -> Wording:
        """What the design says; speed and words are left out where it says neither, so that few faces are drawn often."""
        family = DESIGNS[self.design].family
        speed = self.speed if family in ("speed", "speed_end") else 0
        return Wording(self.country, speed, self._lines() if family in ("direction", "street_name") else ())

    def _lines(self) -> tuple[str, ...]:
        if self.words:
            return tuple(self.words.split("|"))
        names = _STREETS if self.design == "street_name" else _PLACES
        count = 1 if self.design == "street_name" else 2 + self.stream().child("lines").integer(2)
        first = self.stream().child("names").integer(len(names))
        return tuple(names[(first + 5 * k) % len(names)] for k in range(count))

    def _supports(self, back_m: float, half_m: float, top_m: float) -> list[Mesh]:
        """Posts from the ground to just under the board's top, or two brackets on the wall."""
        if self.mount == "wall":
            middle = (self.bottom_m + top_m) / 2
            return [_rod((back_m, y, middle), (back_m + _WALL_GAP_M, y, middle), 0.012, GALVANISED) for y in (-half_m, half_m)]
        offsets = (-half_m, half_m) if self.mount == "posts" else (0.0,)
        coat = DARK_STEEL if self.dark_post else GALVANISED
        x = back_m + _POST_RADIUS_M
        return [_rod((x, y, 0.0), (x, y, top_m - 0.04), _POST_RADIUS_M, coat) for y in offsets]


@lru_cache(maxsize=256)
def _face(design: DesignName, wording: Wording) -> Face:
    return face_of(DESIGNS[design], wording)


@lru_cache(maxsize=1024)
def _bounds(design: DesignName, wording: Wording) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left and right, bottom and top of a face, in its own units."""
    board = board_of(DESIGNS[design], wording)
    (left, low), (right, high) = board.min(0).tolist(), board.max(0).tolist()
    return (left, right), (low, high)


def _rod(start: Vector, end: Vector, radius_m: float, material: Material) -> Mesh:
    """A straight round bar."""
    return tube(np.array([start, end]), radius_m, material, segments=10)

"""Advertising: panels on feet or walls, billboards and columns. Pictures of people on them are look-alikes, never labelled."""

from __future__ import annotations

from math import cos, pi, tan
from typing import Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, merge
from scenes.shapes import box, lathe
from scenes.street.coatings import CONCRETE, DARK_STEEL, GALVANISED, GREEN_PAINT, film
from scenes.street.drawings import mounted, placed
from scenes.street.poster_pictures import PictureName, picture

_COLUMN_SIDES = 10
_FRAME_M = 0.06
_FEET_M: dict[str, float] = {"feet": 0.35, "wall": 0.0, "billboard": 2.2}
_DEPTH_M: dict[str, float] = {"feet": 0.18, "wall": 0.05, "billboard": 0.2}


@register
class PosterPanel(Actor):
    """A poster in a frame, facing +X: on feet beside the road (a picture on the back too), on a wall, or a billboard on posts.

    size_m is (depth, width, height) with the feet; a wall panel's lower edge is at z = bottom_m.
    The person_* pictures and couple show people nearly life-size on a panel on feet: look-alikes for a detector.
    """

    kind: Literal["poster_panel"] = "poster_panel"
    mount: Literal["feet", "wall", "billboard"] = "feet"
    picture: PictureName = "person_standing"
    width_m: float = Field(default=1.3, ge=0.4, le=8.0)
    height_m: float = Field(default=1.9, ge=0.5, le=5.0)
    bottom_m: float = Field(default=0.0, ge=0.0, le=6.0)

    def size_m(self) -> Vector:
        return (_DEPTH_M[self.mount], self.width_m, self._lift_m() + self.height_m)

    def build(self) -> Mesh:
        depth, w, h, lift = _DEPTH_M[self.mount], self.width_m, self.height_m, self._lift_m()
        thick = depth if self.mount != "billboard" else 0.1
        front = depth / 2 - 0.01
        frame = box((thick - 0.01, w, h), DARK_STEEL, center_m=(front - (thick - 0.01) / 2, 0, lift + h / 2))
        half_w, half_h = w / 2 - _FRAME_M, h / 2 - _FRAME_M
        drawing = placed(picture(self.picture, half_w / half_h, self.stream()), half_w)
        sheet = mounted(drawing, (front, 0, lift + h / 2), layer_m=0.0006)
        parts = [frame, sheet]
        if self.mount == "feet":
            other = placed(picture("abstract", half_w / half_h, self.stream().child("back")), half_w)
            parts += [mounted(other, (front, 0, lift + h / 2), layer_m=0.0006).moved((0, 0, 0), yaw_rad=pi)]
            parts += [box((0.12, 0.12, lift), DARK_STEEL, center_m=(0, s * 0.3 * w, lift / 2)) for s in (-1, 1)]
        if self.mount == "billboard":
            parts += [
                box((0.1, 0.12, lift + 0.6 * h), GALVANISED, center_m=(0.05 - depth / 2, s * 0.3 * w, (lift + 0.6 * h) / 2))
                for s in (-1, 1)
            ]
        return merge(parts)

    def _lift_m(self) -> float:
        return self.bottom_m + _FEET_M[self.mount]


@register
class AdvertisingColumn(Actor):
    """A ten-sided advertising column with posters all round it and a small roof."""

    kind: Literal["advertising_column"] = "advertising_column"
    height_m: float = Field(default=3.2, ge=2.2, le=4.5)
    radius_m: float = Field(default=0.65, ge=0.4, le=0.9)

    def size_m(self) -> Vector:
        return (2 * self.radius_m + 0.16, 2 * self.radius_m + 0.16, self.height_m)

    def build(self) -> Mesh:
        r, h = self.radius_m, self.height_m
        foot = lathe([(r + 0.06, 0), (r + 0.06, 0.25), (r, 0.3)], CONCRETE, segments=24)
        body = lathe([(r, 0.28), (r, h - 0.4)], film((0.8, 0.79, 0.74)), segments=_COLUMN_SIDES, smooth=False).moved(
            (0, 0, 0), yaw_rad=pi / _COLUMN_SIDES
        )
        roof = lathe(
            [(r, h - 0.42), (r + 0.08, h - 0.36), (r + 0.08, h - 0.28), (0.6 * r, h - 0.12), (0.08, h - 0.06), (0.06, h - 0.02), (0, h)],
            GREEN_PAINT,
            segments=24,
        )
        return merge([foot, body, roof, *self._posters(0.4, h - 0.5)])

    def _posters(self, low_m: float, high_m: float) -> list[Mesh]:
        """Two rows of posters, one on every side."""
        names: tuple[PictureName, ...] = (
            "person_portrait",
            "abstract",
            "sale",
            "landscape",
            "product",
            "person_waving",
            "couple",
            "abstract",
        )
        first, front = self.stream().child("first").integer(8), self.radius_m * cos(pi / _COLUMN_SIDES)
        width, height = 2 * front * tan(pi / _COLUMN_SIDES) - 0.03, (high_m - low_m) / 2 - 0.06
        sheets = []
        for k in range(2 * _COLUMN_SIDES):
            drawing = placed(picture(names[(first + k) % 8], width / height, self.stream().child("poster", k)), width / 2)
            z = low_m + (k // _COLUMN_SIDES + 0.5) * (high_m - low_m) / 2
            sheets.append(mounted(drawing, (front, 0, z), layer_m=0.0006).moved((0, 0, 0), yaw_rad=k * 2 * pi / _COLUMN_SIDES))
        return sheets

"""Shops with flats or offices above; they stand wall to wall like terraced houses, their fronts in one line with those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb
from generator.streams import Stream
from scenes.street import buildings_looks as looks
from scenes.street.buildings_fronts import band, shell, window_row, windows
from scenes.street.buildings_parts import DARK_GLASS, Rect, WindowStyle, panel, solid
from scenes.street.buildings_roofs import GUTTER_M, chimney, dormer, downpipe, gable_roof, parapet_roof, ridge_rise_m
from scenes.street.buildings_shopfront import SHOP_M, shopfront

FRONT_M = 0.3
_PARAPET_M = 0.8


@register
class Shop(Actor):
    """A shop, its window towards +X, with `storeys` in all. What is left None is chosen by `variant`.

    shop_color: of the shopfront's wood; sign_color: of its letters. lit_windows: share of windows and signs that glow.
    """

    kind: Literal["shop"] = "shop"
    width_m: float = Field(default=6.5, ge=4, le=20)
    depth_m: float = Field(default=11.0, ge=7, le=25)
    storeys: int = Field(default=3, ge=1, le=5)
    storey_m: float = Field(default=2.9, ge=2.4, le=3.8)
    roof: Literal["pitched", "flat"] | None = None
    wall: Literal["brick", "render", "stone", "concrete"] | None = None
    wall_color: Rgb | None = None
    shop_color: Rgb | None = None
    sign_color: Rgb | None = None
    lit_windows: float = Field(default=0.0, ge=0, le=1)

    semantic: ClassVar[str] = "building"

    def size_m(self) -> Vector:
        return self.depth_m, self.width_m, self._top_z()

    def build(self) -> Mesh:
        return solid(list(_shop(self, Stream.root(self.kind, self.variant))))

    def _pitched(self) -> bool:
        return (self.roof or looks.picked(("pitched", "flat"), Stream.root(self.kind, self.variant, "roof"))) == "pitched"

    def _pitch_rad(self) -> float:
        """Deep shops get flatter roofs."""
        return 0.62 if self.depth_m < 12 else 0.42

    def _walls_x(self) -> tuple[float, float]:
        return self.depth_m / 2 - FRONT_M, -self.depth_m / 2 + (GUTTER_M if self._pitched() else 0.07)

    def _eaves_z(self) -> float:
        return SHOP_M + (self.storeys - 1) * self.storey_m + 0.1

    def _top_z(self) -> float:
        front, back = self._walls_x()
        if self._pitched():
            return self._eaves_z() + ridge_rise_m(front - back, self._pitch_rad()) + 0.16 + 0.9
        return self._eaves_z() + _PARAPET_M


def _upper_style(stream: Stream) -> WindowStyle:
    trim = looks.painted(looks.picked(looks.TRIMS, stream.child("trim")))
    stone = looks.stone(looks.picked(((0.5, 0.47, 0.4), (0.62, 0.61, 0.58), (0.36, 0.33, 0.28)), stream.child("stone")))
    return (
        WindowStyle(1, 2, trim, stone, lintel_m=0.22, reveal_m=0.12),
        WindowStyle(2, 3, trim, stone, bar_m=0.03, surround_m=0.13, lintel_m=0.2),
        WindowStyle(2, 1, trim, stone, frame_m=0.07, bar_m=0.08),
    )[stream.child("kind").integer(3)]


def _shop(shop: Shop, stream: Stream) -> Iterator[Mesh]:
    half, (x, back_x) = shop.width_m / 2, shop._walls_x()
    kind: str = shop.wall or looks.picked(("brick", "brick", "render", "stone", "render"), stream.child("wall"))
    palette = {"brick": looks.BRICKS, "render": looks.RENDERS, "stone": looks.STONES, "concrete": looks.STONES}[kind]
    wall = looks.wall_surface(kind, shop.wall_color or looks.picked(palette, stream.child("wall_color")))
    style, eaves_z = _upper_style(stream.child("style")), shop._eaves_z()
    wood = shop.shop_color or looks.picked(looks.SHOP_COLORS, stream.child("wood"))
    pale = sum(wood) > 0.8
    letters = shop.sign_color or (looks.picked(looks.SHOP_COLORS[:4], stream.child("letters")) if pale else (0.75, 0.7, 0.55))
    yield from shopfront(half, x, wood, letters, wall, shop.lit_windows, stream.child("front"))
    holes = _upper_windows(shop)
    yield panel(Rect(-half, half, SHOP_M, eaves_z), holes, x, wall)
    yield from windows(holes, x, style, stream.child("rooms"), shop.lit_windows)
    back = [hole for z in range(shop.storeys) for hole in window_row(-half, half, 1.0 + z * shop.storey_m, 1.2, 1.2, max(1, round(half)))]
    yield from shell(x, back_x, half, eaves_z, wall, style, back, stream.child("back"), shop.lit_windows)
    yield from _roof(shop, x, back_x, wall, style, stream)


def _upper_windows(shop: Shop) -> list[Rect]:
    half, count = shop.width_m / 2, max(1, round(shop.width_m / 2.3))
    sills = [SHOP_M + i * shop.storey_m + 0.75 for i in range(shop.storeys - 1)]
    return [hole for i, z in enumerate(sills) for hole in window_row(-half, half, z, 1.15, shop.storey_m - 1.15 - 0.15 * (i > 0), count)]


def _roof(shop: Shop, x: float, back_x: float, wall: Material, style: WindowStyle, stream: Stream) -> Iterator[Mesh]:
    half, eaves_z = shop.width_m / 2, shop._eaves_z()
    if not shop._pitched():
        yield from band(-half, half, eaves_z - 0.15, eaves_z, x, 0.14, style.stone)
        yield from parapet_roof(x, back_x, half, eaves_z, _PARAPET_M, wall, style.stone)
        return
    roof, pitch = looks.roof_surface(looks.picked(looks.ROOFS, stream.child("tiles"))), shop._pitch_rad()
    yield from gable_roof(x, back_x, half, eaves_z, pitch, roof, wall)
    yield downpipe(x, half - 0.12, eaves_z - 0.1 - SHOP_M).moved((0.0, 0.0, SHOP_M))
    top = shop._top_z()
    yield from chimney((x + back_x) / 2, 0.8 - half, top - 1.8, top, 3, wall)
    if pitch > 0.5 and stream.child("dormer").uniform() < 0.4:
        yield from dormer(x - 1.0, 0.4, eaves_z + 0.5, 1.3, 1.1, pitch, roof, style.frame, DARK_GLASS[1])

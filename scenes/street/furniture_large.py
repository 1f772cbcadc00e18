"""Large street furniture: bus shelter, phone box, post box, utility cabinet, guard rail. Fronts face +X, widths lie along Y."""

from __future__ import annotations

from itertools import pairwise
from math import pi
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, prism
from scenes.street.coatings import ALUMINIUM, BLACK, DARK_STEEL, GALVANISED, GLASS, GREEN_PAINT, WOOD, film, painted
from scenes.street.drawings import mounted, placed
from scenes.street.lettering import text
from scenes.street.poster_pictures import PictureName, picture

_PAINT = {
    "red": (0.66, 0.08, 0.07),
    "yellow": (0.95, 0.76, 0.08),
    "blue": (0.08, 0.22, 0.5),
    "grey": (0.5, 0.52, 0.52),
    "green": (0.13, 0.24, 0.17),
}


def slab(low: Vector, high: Vector, material: Material) -> Mesh:
    """A box from corner to corner."""
    a, b = np.array(low), np.array(high)
    return box(tuple(b - a), material, center_m=tuple((a + b) / 2))


@register
class BusShelter(Actor):
    """A bus shelter that opens to +X: glass back and end, flat roof, bench, timetable, and an advertisement at its right end."""

    kind: Literal["bus_shelter"] = "bus_shelter"
    length_m: float = Field(default=4.0, ge=2.5, le=9.0)
    advertisement: PictureName = "abstract"
    color: Literal["dark", "green", "red"] = "dark"

    def size_m(self) -> Vector:
        return (1.6, self.length_m, 2.6)

    def build(self) -> Mesh:
        half = self.length_m / 2
        coat = {"dark": DARK_STEEL, "green": GREEN_PAINT, "red": painted(_PAINT["red"])}[self.color]
        posts = [
            slab((-0.62, y - 0.035, 0), (-0.55, y + 0.035, 2.45), coat)
            for y in np.linspace(-half + 0.2, half - 0.2, 2 + int(self.length_m // 2))
        ]
        posts += [slab((0.3, s * (half - 0.2) - 0.035, 0), (0.37, s * (half - 0.2) + 0.035, 2.45), coat) for s in (-1, 1)]
        roof = [slab((-0.8, -half, 2.48), (0.8, half, 2.6), coat), slab((-0.7, -half + 0.1, 2.42), (0.7, half - 0.1, 2.48), ALUMINIUM)]
        glass = [
            slab((-0.59, -half + 0.24, 0.25), (-0.58, half - 0.24, 2.25), GLASS),
            slab((-0.55, half - 0.205, 0.25), (0.3, half - 0.195, 2.25), GLASS),
        ]
        bench = [slab((-0.45, -half + 0.6, 0.45), (-0.12, half - 1.0, 0.5), WOOD)]
        bench += [slab((-0.5, y - 0.03, 0.4), (-0.15, y + 0.03, 0.45), coat) for y in (-half + 0.7, half - 1.1)]
        table = [slab((-0.57, half - 0.9, 1.0), (-0.55, half - 0.4, 1.7), film((0.92, 0.92, 0.9)))]
        name = mounted(text("BUS", 0.09, film((0.95, 0.95, 0.95))), (0.8, 0.0, 2.54), layer_m=0.001)
        return merge([*posts, *roof, *glass, *bench, *table, name, self._advertisement(-half + 0.2)])

    def _advertisement(self, y: float) -> Mesh:
        """A light box across the end, pictures on both sides."""
        case = slab((-0.6, y - 0.06, 0.25), (0.6, y + 0.06, 2.3), DARK_STEEL)
        front = mounted(placed(picture(self.advertisement, 0.57, self.stream()), 0.55), (0.061, 0, 1.275))
        return merge([case, front.moved((0, y, 0), yaw_rad=pi / 2), front.moved((0, y, 0), yaw_rad=-pi / 2)])


@register
class PhoneBox(Actor):
    """A telephone box, its door towards +X: the old red one with small panes, or a modern glass one."""

    kind: Literal["phone_box"] = "phone_box"
    style: Literal["classic", "modern"] = "classic"

    def size_m(self) -> Vector:
        return (0.92, 0.92, 2.5) if self.style == "classic" else (0.9, 0.9, 2.2)

    def build(self) -> Mesh:
        return _classic_phone_box() if self.style == "classic" else _modern_phone_box()


def _classic_phone_box() -> Mesh:
    red = painted(_PAINT["red"])
    parts = [slab((-0.46, -0.46, 0), (0.46, 0.46, 0.08), painted((0.15, 0.15, 0.15))), slab((-0.44, -0.44, 2.1), (0.44, 0.44, 2.36), red)]
    parts += [
        slab((sx * 0.39 - 0.05, sy * 0.39 - 0.05, 0.08), (sx * 0.39 + 0.05, sy * 0.39 + 0.05, 2.1), red) for sx in (-1, 1) for sy in (-1, 1)
    ]
    dome = lathe([(0.62, 0), (0.58, 0.06), (0.35, 0.12), (0, 0.14)], red, segments=4, smooth=False)
    parts.append(dome.moved((0, 0, 2.36), yaw_rad=pi / 4))
    side = [slab((0.36, -0.34, 0.08), (0.4, 0.34, 0.35), red), slab((0.375, -0.34, 0.35), (0.385, 0.34, 2.1), GLASS)]
    side += [slab((0.365, -0.34, z - 0.015), (0.4, 0.34, z + 0.015), red) for z in np.linspace(0.35, 2.1, 9)]
    side += [slab((0.365, y - 0.015, 0.35), (0.4, y + 0.015, 2.1), red) for y in (-0.2, 0.2)]
    side.append(slab((0.43, -0.3, 2.18), (0.45, 0.3, 2.3), film((0.95, 0.93, 0.86))))
    side.append(mounted(text("TELEPHONE", 0.07, film((0.05, 0.05, 0.05)), width=0.54), (0.451, 0, 2.24), layer_m=0.0005))
    wall = merge(side)
    walls = [wall.moved((0, 0, 0), yaw_rad=turn) for turn in (0.0, pi / 2, -pi / 2)]
    back = slab((-0.4, -0.36, 0.08), (-0.36, 0.36, 2.1), red)
    phone = slab((-0.36, -0.16, 1.0), (-0.2, 0.16, 1.6), BLACK)
    return merge([*parts, *walls, back, phone])


def _modern_phone_box() -> Mesh:
    parts = [
        slab((sx * 0.42 - 0.03, sy * 0.42 - 0.03, 0), (sx * 0.42 + 0.03, sy * 0.42 + 0.03, 2.05), DARK_STEEL)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [slab((-0.45, -0.45, 2.05), (0.45, 0.45, 2.2), DARK_STEEL), slab((-0.44, -0.39, 0.2), (-0.42, 0.39, 2.0), GLASS)]
    parts += [slab((-0.39, s * 0.43 - 0.005, 0.2), (0.39, s * 0.43 + 0.005, 2.0), GLASS) for s in (-1, 1)]
    parts.append(slab((-0.41, -0.15, 0.95), (-0.2, 0.15, 1.6), painted((0.2, 0.3, 0.5))))
    parts.append(mounted(text("PHONE", 0.09, film((0.95, 0.95, 0.95))), (0.45, 0, 2.125), layer_m=0.0005))
    return merge(parts)


@register
class PostBox(Actor):
    """A letter box, its slot towards +X: a round pillar, a box on a stand, or the American box with a rounded lid."""

    kind: Literal["post_box"] = "post_box"
    style: Literal["pillar", "stand", "dome"] = "pillar"
    color: Literal["red", "yellow", "blue"] = "red"

    def size_m(self) -> Vector:
        return {"pillar": (0.54, 0.54, 1.6), "stand": (0.36, 0.46, 1.45), "dome": (0.53, 0.55, 1.25)}[self.style]

    def build(self) -> Mesh:
        coat = painted(_PAINT[self.color])
        return {"pillar": _pillar_box, "stand": _stand_box, "dome": _dome_box}[self.style](coat)


def _pillar_box(coat: Material) -> Mesh:
    body = lathe(
        [(0.24, 0.14), (0.23, 0.18), (0.23, 1.32), (0.27, 1.36), (0.27, 1.44), (0.22, 1.52), (0.1, 1.585), (0, 1.6)], coat, segments=22
    )
    foot = lathe([(0.26, 0), (0.26, 0.12), (0.24, 0.15)], BLACK, segments=22)
    slot = [slab((0.15, -0.15, 1.2), (0.24, 0.15, 1.29), coat), slab((0.2, -0.12, 1.22), (0.243, 0.12, 1.255), BLACK)]
    plate = slab((0.15, -0.09, 0.85), (0.236, 0.09, 1.1), film((0.93, 0.92, 0.88)))
    return merge([body, foot, *slot, plate])


def _stand_box(coat: Material) -> Mesh:
    legs = [slab((-0.02, s * 0.18 - 0.02, 0), (0.02, s * 0.18 + 0.02, 0.8), GALVANISED) for s in (-1, 1)]
    roof = prism([(-0.18, -0.23), (0.18, -0.23), (0.18, 0.23), (-0.18, 0.23)], 0.04, coat, bottom_m=1.41)
    slot = [slab((0.15, -0.19, 1.29), (0.175, 0.19, 1.34), BLACK), slab((0.15, -0.14, 0.95), (0.165, 0.14, 1.15), film((0.93, 0.92, 0.88)))]
    return merge([*legs, slab((-0.16, -0.21, 0.75), (0.16, 0.21, 1.41), coat), roof, *slot])


def _dome_box(coat: Material) -> Mesh:
    legs = [slab((sx * 0.2 - 0.03, sy * 0.2 - 0.03, 0), (sx * 0.2 + 0.03, sy * 0.2 + 0.03, 0.2), coat) for sx in (-1, 1) for sy in (-1, 1)]
    angle = np.linspace(0, pi, 11)
    outline = [(0.2, -0.26), (0.98, -0.26), *((0.98 + 0.27 * np.sin(a), -0.26 * np.cos(a)) for a in angle[1:-1]), (0.98, 0.26), (0.2, 0.26)]
    half = 0.275
    lying = prism(outline, 2 * half, coat, bottom_m=-half)
    body = lying.transformed(np.array([[0, 1.0, 0], [0, 0, 1.0], [1.0, 0, 0]]))
    flap = slab((0.16, -0.18, 1.06), (0.25, 0.18, 1.1), BLACK)
    label = slab((0.25, -0.15, 0.5), (0.268, 0.15, 0.75), film((0.93, 0.92, 0.9)))
    return merge([*legs, body, flap, label])


@register
class UtilityCabinet(Actor):
    """A cabinet of the telephone or power company on the pavement, its doors towards +X."""

    kind: Literal["utility_cabinet"] = "utility_cabinet"
    width_m: float = Field(default=1.1, ge=0.4, le=2.2)
    height_m: float = Field(default=1.25, ge=0.7, le=1.8)
    color: Literal["green", "grey"] = "green"

    def size_m(self) -> Vector:
        return (0.5, self.width_m, self.height_m)

    def build(self) -> Mesh:
        y, z, coat = self.width_m / 2, self.height_m, painted(_PAINT[self.color], dirt=0.4)
        parts = [
            slab((-0.22, -y + 0.03, 0), (0.22, y - 0.03, 0.1), DARK_STEEL),
            slab((-0.22, -y + 0.02, 0.1), (0.22, y - 0.02, z - 0.05), coat),
        ]
        parts.append(slab((-0.25, -y, z - 0.05), (0.25, y, z), coat))
        doors = 2 if self.width_m > 0.8 else 1
        edges = np.linspace(-y + 0.05, y - 0.05, doors + 1)
        for a, b in pairwise(edges):
            parts.append(slab((0.2, a + 0.01, 0.15), (0.232, b - 0.01, z - 0.1), coat))
            parts += [slab((0.23, a + 0.1, h), (0.236, b - 0.1, h + 0.012), BLACK) for h in np.arange(z - 0.28, z - 0.16, 0.03)]
            parts.append(slab((0.23, b - 0.09, 0.5 * z), (0.25, b - 0.05, 0.5 * z + 0.12), BLACK))
        return merge(parts)


@register
class GuardRail(Actor):
    """A steel guard rail between pavement and road, upright bars in a frame; it runs along Y."""

    kind: Literal["guard_rail"] = "guard_rail"
    length_m: float = Field(default=4.0, ge=1.0, le=40.0)
    height_m: float = Field(default=1.05, ge=0.8, le=1.4)
    color: Literal["galvanised", "black", "green"] = "galvanised"

    semantic: ClassVar[str] = "fence"

    def size_m(self) -> Vector:
        return (0.06, self.length_m, self.height_m)

    def build(self) -> Mesh:
        half, top = self.length_m / 2, self.height_m
        coat = {"galvanised": GALVANISED, "black": BLACK, "green": GREEN_PAINT}[self.color]
        posts = [
            slab((-0.03, y - 0.03, 0), (0.03, y + 0.03, top), coat)
            for y in np.linspace(-half + 0.03, half - 0.03, 1 + max(round(self.length_m / 2), 1))
        ]
        rails = [slab((-0.02, -half + 0.03, z), (0.02, half - 0.03, z + 0.04), coat) for z in (0.12, top - 0.05)]
        bars = [slab((-0.008, y - 0.008, 0.14), (0.008, y + 0.008, top - 0.04), coat) for y in np.arange(-half + 0.15, half - 0.1, 0.12)]
        return merge([*posts, *rails, *bars])

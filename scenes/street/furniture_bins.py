"""Public litter bins and refuse bins on wheels."""

from __future__ import annotations

from math import pi
from typing import Literal

import numpy as np

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, loft, tube
from scenes.street.coatings import BLACK, DARK_STEEL, GALVANISED, GREEN_PAINT, MATT_BLACK, RUBBER, WOOD, film, painted, plastic

_BIN_COLORS = {
    "green": (0.12, 0.28, 0.17),
    "grey": (0.33, 0.34, 0.35),
    "black": (0.09, 0.09, 0.1),
    "blue": (0.1, 0.24, 0.5),
    "brown": (0.33, 0.22, 0.15),
    "yellow": (0.92, 0.75, 0.12),
}


@register
class LitterBin(Actor):
    """A public bin: round with a hood, square with wooden slats, or a slim one on a post."""

    kind: Literal["litter_bin"] = "litter_bin"
    style: Literal["round", "slatted", "post"] = "round"
    color: Literal["black", "green", "grey", "red"] = "black"

    def size_m(self) -> Vector:
        return {"round": (0.5, 0.5, 1.1), "slatted": (0.55, 0.55, 0.9), "post": (0.4, 0.4, 1.15)}[self.style]

    def build(self) -> Mesh:
        coat = {"black": BLACK, "green": GREEN_PAINT, "grey": DARK_STEEL, "red": painted((0.62, 0.12, 0.1))}[self.color]
        return {"round": _round_bin, "slatted": _slatted_bin, "post": _post_bin}[self.style](coat)


def _round_bin(coat: Material) -> Mesh:
    body = lathe([(0.23, 0), (0.24, 0.03), (0.23, 0.05), (0.23, 0.74), (0.25, 0.75), (0.25, 0.79)], coat, segments=20)
    dark = lathe([(0.2, 0.78), (0.2, 0.96)], MATT_BLACK, segments=16)
    hood = lathe([(0.25, 0.94), (0.25, 0.97), (0.2, 1.05), (0.1, 1.09), (0, 1.1)], coat, segments=20)
    post = tube(np.array([[0.225, 0, 0.77], [0.225, 0, 0.95]]), 0.018, coat, segments=6)
    posts = [post.moved((0, 0, 0), yaw_rad=(k + 0.5) * pi / 2) for k in range(4)]
    band = lathe([(0.233, 0.62), (0.233, 0.66)], film((0.85, 0.72, 0.25)), segments=20)
    return merge([body, dark, hood, band, *posts])


def _slatted_bin(coat: Material) -> Mesh:
    frame = [box((0.04, 0.04, 0.9), coat, center_m=(x, y, 0.45)) for x in (-0.255, 0.255) for y in (-0.255, 0.255)]
    frame += [box((0.47, 0.47, 0.7), MATT_BLACK, center_m=(0, 0, 0.4)), box((0.55, 0.55, 0.04), coat, center_m=(0, 0, 0.88))]
    side = merge([box((0.02, 0.08, 0.62), WOOD, center_m=(0.25, y, 0.4)) for y in np.linspace(-0.19, 0.19, 5)])
    return merge([*frame, *(side.moved((0, 0, 0), yaw_rad=k * pi / 2) for k in range(4))])


def _post_bin(coat: Material) -> Mesh:
    """A half-open basket in front of a post."""
    body = lathe([(0.15, 0.45), (0.19, 0.48), (0.2, 0.95), (0.2, 0.98), (0.18, 0.98), (0.17, 0.6), (0, 0.6)], coat, segments=18)
    post = tube(np.array([[-0.17, 0, 0], [-0.17, 0, 1.15]]), 0.03, GALVANISED)
    label = box((0.005, 0.16, 0.16), film((0.9, 0.9, 0.88)), center_m=(0.196, 0, 0.78))
    return merge([body, post, label])


@register
class WheelieBin(Actor):
    """A refuse bin on wheels, its lid opening towards +X: 240 litres (two wheels) or 1,100 litres (four)."""

    kind: Literal["wheelie_bin"] = "wheelie_bin"
    litres: Literal[240, 1100] = 240
    color: Literal["green", "grey", "black", "blue", "brown", "yellow"] = "green"
    lid: Literal["same", "blue", "yellow", "brown"] = "same"

    def size_m(self) -> Vector:
        return (0.74, 0.58, 1.08) if self.litres == 240 else (1.08, 1.37, 1.4)

    def build(self) -> Mesh:
        x, y, z = self.size_m()
        coat = plastic(_BIN_COLORS[self.color])
        lid = plastic(_BIN_COLORS[self.color if self.lid == "same" else self.lid])
        foot, top = (0.03, z - 0.12) if self.litres == 240 else (0.2, z - 0.22)
        rings = [
            _rounded_ring(0.36 * x, 0.4 * y, foot),
            _rounded_ring(0.38 * x, 0.42 * y, foot + 0.1),
            _rounded_ring(0.45 * x, 0.48 * y, top),
        ]
        body = loft(np.stack(rings), coat, smooth=False)
        rim = loft(np.stack([_rounded_ring(0.47 * x, 0.5 * y, top - 0.05), _rounded_ring(0.47 * x, 0.5 * y, top)]), coat)
        cover = loft(
            np.stack(
                [_rounded_ring(0.5 * x, 0.5 * y, top), _rounded_ring(0.5 * x, 0.5 * y, top + 0.05), _rounded_ring(0.3 * x, 0.4 * y, z)]
            ),
            lid,
        )
        return merge([body, rim, cover, *self._wheels(), _handle(x, y, top, coat)])

    def _wheels(self) -> list[Mesh]:
        x, y, _ = self.size_m()
        radius, places = (0.1, [(-0.33 * x, s * 0.42 * y) for s in (-1, 1)])
        if self.litres == 1100:
            places = [(sx * 0.34 * x, sy * 0.36 * y) for sx in (-1, 1) for sy in (-1, 1)]
        return [_wheel(radius, 0.05).moved((px, py, radius)) for px, py in places]


def _rounded_ring(half_x: float, half_y: float, z: float) -> np.ndarray:
    """(8, 3) points of a rectangle with cut corners, counter-clockwise."""
    c = 0.22 * min(half_x, half_y)
    a, b = half_x - c, half_y - c
    flat = [(half_x, -b), (half_x, b), (a, half_y), (-a, half_y), (-half_x, b), (-half_x, -b), (-a, -half_y), (a, -half_y)]
    return np.array([(px, py, z) for px, py in flat])


def _wheel(radius_m: float, width_m: float) -> Mesh:
    """A tyre that rolls along X, its centre on the origin."""
    flat = lathe([(radius_m, -width_m / 2), (radius_m, width_m / 2)], RUBBER, segments=14)
    return flat.transformed(np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]))


def _handle(x: float, y: float, top: float, coat: Material) -> Mesh:
    path = np.array(
        [
            [-0.46 * x, -0.35 * y, top - 0.02],
            [-0.5 * x + 0.018, -0.3 * y, top],
            [-0.5 * x + 0.018, 0.3 * y, top],
            [-0.46 * x, 0.35 * y, top - 0.02],
        ]
    )
    return tube(path, 0.018, coat, segments=6)

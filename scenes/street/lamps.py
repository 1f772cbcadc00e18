"""Street lamps. The post stands behind the origin, the arm points to +X; a double lamp is symmetric about its post.

Powers are radiant: white LED light carries about 300 lm a watt, sodium light about 400 (lumens over luminous efficacy of radiation).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.colors import linear_from_kelvin
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.spec import LampSpec
from scenes.shapes import box, lathe, tube
from scenes.street.coatings import BLACK, CAST_IRON, DARK_STEEL, GALVANISED, glowing, painted, plastic

LampType = Literal["led", "sodium", "double", "lantern", "globe"]

_CONE_RAD = 2.6  # a street lamp shines nearly to the horizon but not above it
_GLOW_PART = 0.25  # of the lamp's light is shown by the lens itself; the rest comes from `lights()`
_UNLIT = plastic((0.82, 0.82, 0.78), roughness=0.2)


@dataclass(frozen=True)
class _Model:
    """arm_m: from the post's axis to the lens; power_w: radiant; lens_m: length, width of the lens; drop_m: lens below the top."""

    arm_m: float
    temperature_k: float
    power_w: float
    lens_m: tuple[float, float]
    drop_m: float
    radius_m: float
    coat: Material


_MODELS: dict[LampType, _Model] = {
    "led": _Model(1.2, 4000, 27.0, (0.5, 0.22), 0.06, 0.07, GALVANISED),  # 8,000 lm
    "sodium": _Model(1.5, 2000, 24.0, (0.5, 0.2), 0.17, 0.075, painted((0.45, 0.47, 0.46))),  # 9,500 lm
    "double": _Model(1.6, 3000, 27.0, (0.55, 0.24), 0.06, 0.085, DARK_STEEL),
    "lantern": _Model(0.0, 2700, 12.0, (0.26, 0.26), 0.5, 0.055, CAST_IRON),  # 3,500 lm
    "globe": _Model(0.0, 3000, 12.0, (0.4, 0.4), 0.21, 0.05, BLACK),
}
_BASE_M = 0.11  # radius of the post's foot
_HEAD_OVERHANG_M = 0.14  # of the housing over the lens, on every side along the arm


@register
class StreetLamp(Actor):
    """A street lamp: led (flat head on an arm), sodium (old column, curved arm), double (two led heads), lantern, globe.

    `lit` makes the lens glow and gives the lamps of `lights()`; `brightness` scales both. height_m is that of the top.
    """

    kind: Literal["street_lamp"] = "street_lamp"
    type: LampType = "led"
    height_m: float = Field(default=8.0, ge=2.5, le=14.0)
    lit: bool = False
    brightness: float = Field(default=1.0, gt=0.0, le=4.0)

    semantic: ClassVar[str] = "pole"

    def size_m(self) -> Vector:
        model = _MODELS[self.type]
        tip = model.arm_m + model.lens_m[0] / 2 + _HEAD_OVERHANG_M
        if self.type == "double":
            return (2 * tip, 2 * max(_BASE_M, model.lens_m[1] / 2 + 0.03), self.height_m)
        if model.arm_m == 0:
            width = model.lens_m[0] + (0.12 if self.type == "lantern" else 0.0)
            return (width, width, self.height_m)
        return (tip + _BASE_M, 2 * max(_BASE_M, model.lens_m[1] / 2 + 0.03), self.height_m)

    def build(self) -> Mesh:
        model = _MODELS[self.type]
        lens = glowing(self._color(), self._emission_w_m2()) if self.lit else _UNLIT
        heads = {"lantern": _lantern, "globe": _globe}.get(self.type)
        if heads is not None:
            return merge([_post(model, self.height_m - model.drop_m), *heads(model, self.height_m, lens)])
        arm = _curved_arm if self.type == "sodium" else _straight_arm
        one = merge([*arm(model, self.height_m), *_head(model, self.height_m, lens)])
        sides = [one, one.moved((0, 0, 0), yaw_rad=pi)] if self.type == "double" else [one]
        return merge([_post(model, self.height_m - 0.2), *sides]).moved((self._post_x_m(), 0.0, 0.0))

    def lights(self) -> tuple[LampSpec, ...]:
        if not self.lit:
            return ()
        model = _MODELS[self.type]
        z = self.height_m - model.drop_m - (0.05 if model.arm_m else 0.12)
        places = {"double": (-model.arm_m, model.arm_m)}.get(self.type, (self._post_x_m() + model.arm_m,))
        power = model.power_w * self.brightness * (1 - _GLOW_PART)
        kind: Literal["spot", "point"] = "spot" if model.arm_m else "point"
        radius = min(model.lens_m) / 2 if model.arm_m else 0.03
        return tuple(
            LampSpec(kind=kind, position_m=(x, 0.0, z), power_w=power, color=self._color(), radius_m=radius, spread_rad=_CONE_RAD)
            for x in places
        )

    def _post_x_m(self) -> float:
        """Where the post stands, so that the footprint is centred on the origin."""
        return 0.0 if self.type == "double" or not _MODELS[self.type].arm_m else _BASE_M - self.size_m()[0] / 2

    def _color(self) -> Rgb:
        return linear_from_kelvin(_MODELS[self.type].temperature_k)

    def _emission_w_m2(self) -> float:
        model = _MODELS[self.type]
        area = model.lens_m[0] * model.lens_m[1] * (pi if not model.arm_m else 1.0)
        return _GLOW_PART * model.power_w * self.brightness / area


def _post(model: _Model, top_m: float) -> Mesh:
    """A tapering column with a wider foot that holds the door."""
    r = model.radius_m
    foot = min(1.1, 0.25 * top_m)
    profile = [(_BASE_M, 0.0), (_BASE_M, 0.04), (r * 1.25, 0.06), (r * 1.25, foot), (r, foot + 0.08), (r * 0.62, top_m)]
    return lathe(profile, model.coat, segments=14)


def _straight_arm(model: _Model, top_m: float) -> list[Mesh]:
    """A slim arm that rises a little towards the head."""
    r = model.radius_m * 0.5
    start = model.arm_m - model.lens_m[0] / 2
    path = np.array([[0, 0, top_m - 0.42], [0, 0, top_m - 0.2], [0.12, 0, top_m - 0.1], [start, 0, top_m - 0.045]])
    return [tube(path, r, model.coat, segments=8)]


def _curved_arm(model: _Model, top_m: float) -> list[Mesh]:
    """The swan neck of an old column: a quarter bend from the post into the arm."""
    bend = 0.75
    angle = np.linspace(0, pi / 2 - 0.12, 8)
    neck = np.stack([bend - bend * np.cos(angle), 0 * angle, top_m - 0.12 - bend + bend * np.sin(angle)], axis=1)
    end = np.array([[model.arm_m - model.lens_m[0] / 2, 0, top_m - 0.075]])
    path = np.concatenate([[[0, 0, top_m - 1.3]], neck, end])
    return [tube(path, model.radius_m * 0.6, model.coat, segments=8)]


def _head(model: _Model, top_m: float, lens: Material) -> list[Mesh]:
    """The lamp's housing with its lens below."""
    length, width = model.lens_m
    full, x = length + 2 * _HEAD_OVERHANG_M, model.arm_m
    if model.drop_m > 0.1:  # a deep bowl under a rounded cover
        dome = lathe([(0.5, 0.0), (0.49, 0.04), (0.36, 0.1), (0.0, 0.12)], model.coat, segments=14)
        bowl = lathe([(0.0, -0.12), (0.3, -0.1), (0.46, -0.03), (0.48, 0.0)], lens, segments=14)
        half = width + 0.06
        return [
            dome.moved((x, 0, top_m - 0.12), scale=(full, half, 1.0)),
            bowl.moved((x + 0.03, 0, top_m - 0.12), scale=(length * 1.1, width, 0.9)),
        ]
    case = box((full, width + 0.06, 0.05), model.coat, center_m=(x, 0, top_m - 0.035))
    rib = box((full * 0.6, width * 0.7, 0.02), model.coat, center_m=(x - 0.04, 0, top_m - 0.01))
    return [case, rib, box((length, width, 0.012), lens, center_m=(x, 0, top_m - 0.064))]


def _lantern(model: _Model, top_m: float, lens: Material) -> list[Mesh]:
    """A four-sided lantern that widens upwards, with a pitched lid and a finial, on a moulded column."""
    low, wide, z = 0.085, model.lens_m[0] / 2, top_m - model.drop_m
    turn = pi / 4
    root2 = 2**0.5
    glass = lathe([(low * root2, 0.03), (wide * root2, 0.33)], lens, segments=4, smooth=False)
    lid = [(wide * root2 + 0.084, 0.33), (wide * root2 + 0.084, 0.345), (0.06, 0.43), (0.025, 0.45), (0.03, 0.47), (0.0, 0.5)]
    tray = lathe([(0.05, -0.06), (0.1, -0.02), (low * root2 + 0.02, 0.03)], model.coat, segments=4, smooth=False)
    corners = [(cos(a), sin(a)) for a in (turn, 3 * turn, 5 * turn, 7 * turn)]
    bars = [
        tube(
            np.array([[low * root2 * c, low * root2 * s, 0.02], [wide * root2 * c, wide * root2 * s, 0.34]]), 0.009, model.coat, segments=5
        )
        for c, s in corners
    ]
    upper = [m.moved((0, 0, z), yaw_rad=turn) for m in (glass, lathe(lid, model.coat, segments=4, smooth=False), tray)]
    ring = lathe([(0.06, 0.0), (0.085, 0.03), (0.06, 0.06)], model.coat, segments=12)
    return [*upper, *(b.moved((0, 0, z)) for b in bars), *(ring.moved((0, 0, h * z)) for h in (0.32, 0.9))]


def _globe(model: _Model, top_m: float, lens: Material) -> list[Mesh]:
    """An opal ball on a collar."""
    radius = model.lens_m[0] / 2
    angle = np.linspace(-pi / 2, pi / 2, 10)
    ball = lathe([(radius * cos(a), radius * sin(a)) for a in angle], lens, segments=18)
    collar = lathe([(0.05, -0.25), (0.1, -0.2), (0.1, -0.15)], model.coat, segments=12)
    return [m.moved((0, 0, top_m - radius)) for m in (ball, collar)]

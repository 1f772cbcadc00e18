"""Lost cargo on the road: boxes, pallets, tyres, mattresses, ladders, balls, bags. They lie on the ground as they fell."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.colors import linear_from_hsv, linear_from_srgb
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, loft, tube
from scenes.street.coatings import ALUMINIUM, CARDBOARD, PALE_WOOD, RUBBER, plastic
from scenes.street.fitting import fitted

_TAPE = Material(color=linear_from_srgb((0.72, 0.62, 0.45)), roughness=0.25)
_BOARD_M = 0.004


@register
class CardboardBox(Actor):
    """A parcel, closed or with its flaps open."""

    kind: Literal["cardboard_box"] = "cardboard_box"
    length_m: float = Field(default=0.6, ge=0.15, le=1.5)
    width_m: float = Field(default=0.4, ge=0.15, le=1.2)
    height_m: float = Field(default=0.4, ge=0.1, le=1.2)
    open: bool = False

    def size_m(self) -> Vector:
        flap = 0.5 * self.width_m * cos(_FLAP_RAD) if self.open else 0.0
        rise = 0.5 * self.width_m * sin(_FLAP_RAD) if self.open else 0.0
        return (self.length_m, self.width_m + 2 * flap, self.height_m + rise)

    def build(self) -> Mesh:
        x, y, z = self.length_m, self.width_m, self.height_m
        if not self.open:
            tape = [
                box((x + 0.002, 0.05, 0.002), _TAPE, center_m=(0, 0, z)),
                *(box((0.002, 0.05, 0.12), _TAPE, center_m=(s * x / 2, 0, z - 0.06)) for s in (-1, 1)),
            ]
            return merge([box((x, y, z), CARDBOARD, center_m=(0, 0, z / 2)), *tape])
        walls = [box((_BOARD_M, y, z), CARDBOARD, center_m=(s * (x - _BOARD_M) / 2, 0, z / 2)) for s in (-1, 1)]
        walls += [box((x - 2 * _BOARD_M, _BOARD_M, z), CARDBOARD, center_m=(0, s * (y - _BOARD_M) / 2, z / 2)) for s in (-1, 1)]
        flap = box((x, y / 2, _BOARD_M), CARDBOARD, center_m=(0, y / 4, 0))
        c, s = cos(_FLAP_RAD), sin(_FLAP_RAD)
        tilted = flap.transformed(np.array([[1, 0, 0], [0, c, -s], [0, s, c]]), (0, y / 2, z))
        return merge([*walls, box((x, y, _BOARD_M), CARDBOARD, center_m=(0, 0, _BOARD_M / 2)), tilted, tilted.moved((0, 0, 0), yaw_rad=pi)])


_FLAP_RAD = 0.5  # how far open flaps point up


@register
class Pallet(Actor):
    """A wooden pallet (1.2 x 0.8 m), lying; `stacked` gives how many on each other."""

    kind: Literal["pallet"] = "pallet"
    stacked: int = Field(default=1, ge=1, le=8)

    def size_m(self) -> Vector:
        return (1.2, 0.8, 0.144 * self.stacked)

    def build(self) -> Mesh:
        deck = [box((1.2, 0.12, 0.022), PALE_WOOD, center_m=(0, y, 0.133)) for y in np.linspace(-0.34, 0.34, 5)]
        cross = [box((0.145, 0.8, 0.022), PALE_WOOD, center_m=(x, 0, 0.111)) for x in (-0.5275, 0, 0.5275)]
        blocks = [box((0.145, 0.1, 0.078), PALE_WOOD, center_m=(x, y, 0.061)) for x in (-0.5275, 0, 0.5275) for y in (-0.35, 0, 0.35)]
        feet = [box((1.2, 0.1, 0.022), PALE_WOOD, center_m=(0, y, 0.011)) for y in (-0.35, 0, 0.35)]
        one = merge([*deck, *cross, *blocks, *feet])
        return merge([one.moved((0, 0, 0.144 * k)) for k in range(self.stacked)])


@register
class LooseTyre(Actor):
    """A tyre without a rim, lying flat or standing upright (rolling along X)."""

    kind: Literal["loose_tyre"] = "loose_tyre"
    radius_m: float = Field(default=0.32, ge=0.25, le=0.55)
    upright: bool = False

    def size_m(self) -> Vector:
        d, w = 2 * self.radius_m, 0.62 * self.radius_m
        return (d, w, d) if self.upright else (d, d, w)

    def build(self) -> Mesh:
        r, half = self.radius_m, 0.31 * self.radius_m
        section = [
            (0.62, -0.8),
            (0.85, -1.0),
            (0.96, -0.9),
            (1.0, -0.6),
            (1.0, 0.6),
            (0.96, 0.9),
            (0.85, 1.0),
            (0.62, 0.8),
            (0.66, 0.6),
            (0.9, 0.4),
            (0.9, -0.4),
            (0.66, -0.6),
        ]
        angle = np.linspace(0, 2 * pi, 33)
        rings = [[(r * a * cos(t), r * a * sin(t), half * b) for a, b in section] for t in angle]
        tyre = loft(np.array(rings)[:, ::-1], RUBBER, caps=False, smooth=True)
        if self.upright:
            return tyre.transformed(np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]), (0, 0, r))
        return tyre.moved((0, 0, half))


@register
class Mattress(Actor):
    """A mattress or sofa cushion lying on the ground, slightly bent."""

    kind: Literal["mattress"] = "mattress"
    length_m: float = Field(default=1.95, ge=1.2, le=2.2)
    width_m: float = Field(default=0.9, ge=0.6, le=1.8)

    def size_m(self) -> Vector:
        return (self.length_m, self.width_m, 0.32)

    def build(self) -> Mesh:
        s = np.linspace(-1, 1, 15)
        bend = 0.12 * s**2
        c = 0.04
        half_y, thick = self.width_m / 2, 0.2
        outline = [
            (-half_y, c),
            (-half_y + c, 0),
            (half_y - c, 0),
            (half_y, c),
            (half_y, thick - c),
            (half_y - c, thick),
            (-half_y + c, thick),
            (-half_y, thick - c),
        ]
        rings = [[(t * self.length_m / 2, y, z + b) for y, z in outline] for t, b in zip(s, bend, strict=True)]
        cloth = Material(color=linear_from_srgb((0.86, 0.83, 0.76)), texture="fabric", texture_scale_m=0.15, roughness=0.9, dirt=0.4)
        return loft(np.array(rings), cloth)


@register
class Ladder(Actor):
    """An aluminium ladder lying flat along X."""

    kind: Literal["ladder"] = "ladder"
    length_m: float = Field(default=3.0, ge=1.5, le=6.0)

    def size_m(self) -> Vector:
        return (self.length_m, 0.42, 0.07)

    def build(self) -> Mesh:
        rails = [box((self.length_m, 0.025, 0.07), ALUMINIUM, center_m=(0, s * 0.1975, 0.035)) for s in (-1, 1)]
        steps = np.arange(-self.length_m / 2 + 0.15, self.length_m / 2 - 0.1, 0.28)
        rungs = [tube(np.array([[x, -0.19, 0.035], [x, 0.19, 0.035]]), 0.016, ALUMINIUM, segments=8) for x in steps]
        return merge([*rails, *rungs])


@register
class Ball(Actor):
    """A ball with patches of a second colour; what may follow it is a child."""

    kind: Literal["ball"] = "ball"
    radius_m: float = Field(default=0.11, ge=0.05, le=0.5)
    hue: float = Field(default=0.0, ge=0.0, le=1.0)

    def size_m(self) -> Vector:
        return (2 * self.radius_m, 2 * self.radius_m, 2 * self.radius_m)

    def build(self) -> Mesh:
        angle = np.linspace(-pi / 2, pi / 2, 13)
        colors = (
            Material(color=linear_from_hsv(self.hue, 0.85, 0.85), roughness=0.35),
            Material(color=linear_from_srgb((0.94, 0.94, 0.92)), roughness=0.35),
        )
        ball = lathe([(cos(a), sin(a)) for a in angle], colors[0], segments=24)
        u = np.arctan2(*ball.vertices[ball.faces].mean(1)[:, [1, 0]].T)
        slots = (np.floor((u + pi) / (pi / 3)) % 2).astype(np.int16)
        two = Mesh(ball.vertices, ball.faces, slots, ball.smooth, colors)
        tilt = np.array([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]])
        return two.transformed(self.radius_m * tilt, (0, 0, self.radius_m))


@register
class RubbishBag(Actor):
    """A tied plastic sack, put out for collection or fallen."""

    kind: Literal["rubbish_bag"] = "rubbish_bag"
    width_m: float = Field(default=0.5, ge=0.25, le=0.9)
    color: Literal["black", "white", "blue", "grey"] = "black"

    def size_m(self) -> Vector:
        return (self.width_m, self.width_m, 1.15 * self.width_m)

    def build(self) -> Mesh:
        rng = self.stream().generator()
        coat = plastic(
            {"black": (0.06, 0.06, 0.065), "white": (0.85, 0.85, 0.83), "blue": (0.12, 0.25, 0.5), "grey": (0.4, 0.4, 0.4)}[self.color],
            roughness=0.25,
        )
        profile = [
            (0.3, 0.0),
            (0.44, 0.06),
            (0.5, 0.3),
            (0.46, 0.55),
            (0.32, 0.8),
            (0.1, 0.97),
            (0.05, 1.02),
            (0.13, 1.12),
            (0.1, 1.15),
            (0.0, 1.1),
        ]
        sack = lathe(profile, coat, segments=20)
        points = sack.vertices.astype(float)
        points[:, :2] *= 1 + rng.uniform(-0.09, 0.09, (len(points), 1))
        creased = Mesh(points.astype(np.float32), sack.faces, sack.slots, sack.smooth, sack.materials)
        return fitted(creased, self.size_m())

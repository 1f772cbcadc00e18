"""Things that lie about on tables: books, papers, phones, mugs, glasses, coins, dice, pens, plates, spectacles, cables, remotes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from generator.picture import Picture
from scenes.cards.prints import Print, PrintName
from scenes.shapes import box, circle, lathe, loft, tube

_GLASS = Material(color=(0.96, 0.98, 0.97), roughness=0.02, transmission=1.0)
_STEEL = Material(color=(0.62, 0.62, 0.64), roughness=0.25, metallic=1.0)
_PAPER = Material(color=(0.86, 0.84, 0.8), roughness=0.85)


def printed(size_m: Vector, picture: Picture, *, sides: Material, corner_m: float = 0.0, gloss: float = 0.3) -> Mesh:
    """A flat thing with a picture on its upper side (the picture's upper edge towards +X), standing on the ground."""
    length, width, height = size_m
    x, y, r = length / 2, width / 2, max(corner_m, 1e-4)
    turn = np.linspace(0, np.pi / 2, 5 if corner_m else 2)
    outline = np.concatenate(
        [
            np.stack([sx * (x - r) + r * np.cos(turn + a), sy * (y - r) + r * np.sin(turn + a), np.zeros(len(turn))], 1)
            for sx, sy, a in ((1, 1, 0), (-1, 1, np.pi / 2), (-1, -1, np.pi), (1, -1, 1.5 * np.pi))
        ]
    )
    top = outline + np.array([0.0, 0.0, height])
    count = len(outline)
    i = np.arange(count)
    lid_points = np.concatenate([top, top.mean(0)[None]])
    face = Material(color=(0.9, 0.9, 0.9), picture=picture.key(), roughness=0.75 - 0.6 * gloss, coat=0.3 * gloss)
    lid = Mesh.of(lid_points, np.stack([np.full(count, count), i, (i + 1) % count], axis=1), face)
    uv = np.stack([0.5 - lid_points[:, 1] / width, 0.5 + lid_points[:, 0] / length], axis=1)
    return merge([loft(np.stack([outline, top]), sides, caps=False), lid.mapped(uv)])


@register
class Sheet(Actor):
    """A flat printed thing: paper, envelope, photograph, book, magazine, box, disc case. Its upper edge is towards +X."""

    kind: Literal["sheet"] = "sheet"
    design: PrintName = "cover"
    length_m: float = Field(default=0.21, ge=0.03, le=0.6)
    width_m: float = Field(default=0.148, ge=0.03, le=0.6)
    height_m: float = Field(default=0.012, ge=0.0003, le=0.3)
    gloss: float = Field(default=0.4, ge=0.0, le=1.0)
    color: tuple[float, float, float] = (0.8, 0.78, 0.72)

    def size_m(self) -> Vector:
        return (self.length_m, self.width_m, self.height_m)

    def build(self) -> Mesh:
        picture = Print(design=self.design, variant=self.variant)
        return printed(self.size_m(), picture, sides=Material(color=self.color, roughness=0.7), gloss=self.gloss)


@register
class Phone(Actor):
    """A phone on its back, its screen dark, lit, or showing a card."""

    kind: Literal["phone"] = "phone"
    screen: Literal["dark", "screen", "card_on_screen"] = "dark"
    length_m: float = Field(default=0.147, ge=0.12, le=0.17)
    glow_w_m2: float = Field(default=0.0, ge=0.0, le=50.0)

    def size_m(self) -> Vector:
        return (self.length_m, 0.49 * self.length_m, 0.008)

    def build(self) -> Mesh:
        length, width, height = self.size_m()
        black = Material(color=(0.02, 0.02, 0.022), roughness=0.08, coat=1.0)
        case = box((length, width, 0.98 * height), black, center_m=(0, 0, 0.49 * height))
        if self.screen == "dark":
            return printed_like(case, (length, width, height), black)
        picture = Print(design=self.screen, variant=self.variant)
        return merge([case, printed((0.93 * length, 0.93 * width, height), picture, sides=black, corner_m=0.004, gloss=1.0)])


def printed_like(case: Mesh, size_m: Vector, material: Material) -> Mesh:
    """The case with a plain lid that fills the size."""
    length, width, height = size_m
    return merge([case, box((0.93 * length, 0.93 * width, 0.02 * height), material, center_m=(0, 0, 0.99 * height))])


@register
class Vessel(Actor):
    """A mug, glass, bottle, bowl, plate, jar or can, turned about +Z."""

    kind: Literal["vessel"] = "vessel"
    form: Literal["mug", "glass", "bottle", "bowl", "plate", "can"] = "mug"
    radius_m: float = Field(default=0.041, ge=0.02, le=0.15)
    height_m: float = Field(default=0.095, ge=0.01, le=0.3)
    color: tuple[float, float, float] = (0.7, 0.1, 0.1)
    clear: bool = False

    def size_m(self) -> Vector:
        return (2 * self.radius_m, 2 * self.radius_m, self.height_m)

    def build(self) -> Mesh:
        r, h = self.radius_m, self.height_m
        wall = _GLASS if self.clear or self.form == "glass" else Material(color=self.color, roughness=0.15, coat=0.5)
        if self.form == "bottle":
            return lathe(
                [(0.9 * r, 0), (r, 0.04 * h), (r, 0.6 * h), (0.36 * r, 0.8 * h), (0.34 * r, 0.98 * h), (0.36 * r, h), (0.0, h)],
                wall,
                segments=28,
            )
        if self.form == "can":
            return merge(
                [
                    lathe([(0.9 * r, 0), (r, 0.05 * h), (r, 0.93 * h), (0.88 * r, h)], wall, segments=28),
                    lathe([(0.0, 0.97 * h), (0.86 * r, 0.97 * h)], _STEEL, segments=28),
                ]
            )
        inner = 0.93 * r
        open_profile = {
            "mug": [(0.85 * r, 0), (r, 0.06 * h), (r, h), (inner, h), (inner, 0.1 * h), (0, 0.07 * h)],
            "glass": [(0.75 * r, 0), (r, h), (inner, h), (0.7 * r, 0.08 * h), (0, 0.06 * h)],
            "bowl": [(0.45 * r, 0), (0.85 * r, 0.45 * h), (r, h), (inner, h), (0.75 * r, 0.45 * h), (0, 0.12 * h)],
            "plate": [(0.6 * r, 0), (r, h), (0.98 * r, h), (0.6 * r, 0.25 * h), (0, 0.25 * h)],
        }[self.form]
        return lathe(open_profile, wall, segments=32)


@register
class Trinket(Actor):
    """A small hard thing: a coin, a die, a gambling chip, a pen, a key ring, a battery."""

    kind: Literal["trinket"] = "trinket"
    form: Literal["coin", "die", "chip", "pen", "ring", "battery"] = "coin"
    scale: float = Field(default=1.0, ge=0.5, le=2.0)
    color: tuple[float, float, float] = (0.5, 0.4, 0.2)

    def size_m(self) -> Vector:
        x, y, z = {
            "coin": (0.024, 0.024, 0.0018),
            "die": (0.016, 0.016, 0.016),
            "chip": (0.039, 0.039, 0.0033),
            "pen": (0.142, 0.009, 0.009),
            "ring": (0.03, 0.03, 0.003),
            "battery": (0.05, 0.0144, 0.0144),
        }[self.form]
        return (x * self.scale, y * self.scale, z * self.scale)

    def build(self) -> Mesh:
        length, width, height = self.size_m()
        paint = Material(color=self.color, roughness=0.3)
        if self.form == "coin":
            metal = Material(color=self.color, roughness=0.3, metallic=1.0)
            return lathe(
                [
                    (0.97 * length / 2, 0),
                    (length / 2, 0.2 * height),
                    (length / 2, 0.8 * height),
                    (0.95 * length / 2, height),
                    (0.86 * length / 2, 0.88 * height),
                    (0, 0.88 * height),
                ],
                metal,
                segments=32,
                smooth=False,
            )
        if self.form == "chip":
            return _chip(length / 2, height, paint)
        if self.form == "die":
            return printed(
                (length, width, height),
                Print(design="die", width_px=64),
                sides=Material(color=(0.85, 0.84, 0.8), roughness=0.2),
                corner_m=0.12 * width,
                gloss=0.8,
            )
        if self.form == "ring":
            angle = np.linspace(0, 2 * np.pi, 33)
            r = length / 2 - height / 2
            return tube(np.stack([r * np.cos(angle), r * np.sin(angle), np.full(33, height / 2)], 1), height / 2, _STEEL, segments=6)
        x = length / 2
        path = np.array(
            [(-x, 0, height / 2), (-0.98 * x, 0, height / 2), (0.8 * x, 0, height / 2), (0.99 * x, 0, height / 2), (x, 0, height / 2)]
        )
        return tube(
            path,
            [0.3 * width, width / 2, width / 2, 0.2 * width, 0.1 * width]
            if self.form == "pen"
            else [0.45 * width, width / 2, width / 2, width / 2, 0.4 * width],
            paint,
            segments=12,
        )


def _chip(radius_m: float, height_m: float, paint: Material) -> Mesh:
    """A gambling chip with light inlays around its rim."""
    light = Material(color=(0.85, 0.85, 0.82), roughness=0.4)
    body = loft(np.stack([circle(radius_m, 36), circle(radius_m, 36, height_m)]), paint)
    slots = np.where((np.arange(len(body.faces)) // 2 % 6 == 0), 1, 0).astype(np.int16)
    middle = lathe(
        [(0.0, height_m), (0.62 * radius_m, height_m), (0.6 * radius_m, 1.01 * height_m), (0.0, 1.01 * height_m)], light, segments=24
    )
    return merge([Mesh(body.vertices, body.faces, slots, body.smooth, (paint, light)), middle])


@register
class Appliance(Actor):
    """A dark moulded thing: a remote control, a games controller, a laptop's corner, a mouse, a torch."""

    kind: Literal["appliance"] = "appliance"
    form: Literal["remote", "controller", "laptop", "mouse"] = "remote"
    color: tuple[float, float, float] = (0.03, 0.03, 0.035)

    def size_m(self) -> Vector:
        return {
            "remote": (0.18, 0.045, 0.02),
            "controller": (0.105, 0.155, 0.05),
            "laptop": (0.24, 0.34, 0.02),
            "mouse": (0.1, 0.06, 0.035),
        }[self.form]

    def build(self) -> Mesh:
        length, width, height = self.size_m()
        dark = Material(color=self.color, roughness=0.35)
        if self.form == "laptop":
            return printed((length, width, height), Print(design="keyboard", variant=self.variant), sides=dark, corner_m=0.01, gloss=0.1)
        if self.form == "remote":
            keys = [
                box(
                    (0.009, 0.007, 0.0015),
                    Material(color=(0.3, 0.3, 0.32) if (i + j) % 5 else (0.6, 0.05, 0.05), roughness=0.5),
                    center_m=(-0.06 + 0.015 * i, -0.012 + 0.012 * j, height - 0.00075),
                )
                for i in range(9)
                for j in range(3)
            ]
            return merge([box((length, width, height - 0.001), dark, center_m=(0, 0, (height - 0.001) / 2)), *keys])
        if self.form == "mouse":
            return _pillow(length, width, height, dark)
        grips = [_pillow(0.1, 0.05, height, dark).moved((-0.0025, s * 0.0525, 0)) for s in (-1, 1)]
        sticks = [
            lathe([(0.009, 0.03), (0.006, 0.04), (0.009, 0.046), (0.0, 0.047)], dark, segments=14).moved((x, y, 0))
            for x, y in ((0.022, 0.035), (0.002, -0.02))
        ]
        dots = [
            lathe([(0.0055, 0.03), (0.0055, 0.046), (0.0, 0.047)], Material(color=c, roughness=0.3), segments=12).moved(
                (0.022 + 0.012 * u, -0.042 + 0.012 * v, 0)
            )
            for u, v, c in ((1, 0, (0.6, 0.5, 0.02)), (-1, 0, (0.05, 0.4, 0.08)), (0, 1, (0.04, 0.1, 0.5)), (0, -1, (0.5, 0.03, 0.03)))
        ]
        return merge([_pillow(0.08, 0.14, 0.045, dark).moved((0.0125, 0, 0)), *grips, *sticks, *dots])


def _pillow(length_m: float, width_m: float, height_m: float, material: Material) -> Mesh:
    """A flat-bottomed dome over a rounded outline."""
    rings = []
    for share in np.linspace(0, 1, 8):
        angle = share * np.pi / 2
        rings.append(
            circle(0.5, 28) * np.array([length_m, width_m, 1.0]) * np.array([np.cos(angle) ** 0.5 + 1e-3, np.cos(angle) ** 0.5 + 1e-3, 1.0])
            + np.array([0, 0, height_m * np.sin(angle)])
        )
    return loft(np.stack(rings), material, smooth=True)


@register
class Cord(Actor):
    """A cable, a string or a strap that lies in curves."""

    kind: Literal["cord"] = "cord"
    radius_m: float = Field(default=0.0025, ge=0.001, le=0.008)
    color: tuple[float, float, float] = (0.02, 0.02, 0.02)

    def size_m(self) -> Vector:
        low, high = self._path().min(0), self._path().max(0)
        return (float(high[0] - low[0]) + 2 * self.radius_m, float(high[1] - low[1]) + 2 * self.radius_m, 2 * self.radius_m)

    def build(self) -> Mesh:
        return tube(self._path(), self.radius_m, Material(color=self.color, roughness=0.5), segments=7)

    def _path(self) -> np.ndarray:
        """(N, 3) a wavy line about half a metre long, centred."""
        s = np.linspace(-1, 1, 60)
        waves = [(self.stream().child("wave", k).normal() / (k + 1), self.stream().child("phase", k).between(0, 6.3)) for k in range(4)]
        y = sum(0.05 * a * np.sin((k + 1) * 1.7 * s + p) for k, (a, p) in enumerate(waves))
        path = np.stack([0.28 * s, y, np.full(60, self.radius_m)], axis=1)
        path[:, :2] -= (path[:, :2].min(0) + path[:, :2].max(0)) / 2
        return path


@register
class Spectacles(Actor):
    """A pair of glasses, folded open, lenses down."""

    kind: Literal["spectacles"] = "spectacles"
    color: tuple[float, float, float] = (0.05, 0.03, 0.02)

    def size_m(self) -> Vector:
        return (0.15, 0.139, 0.04)

    def build(self) -> Mesh:
        frame = Material(color=self.color, roughness=0.25)
        angle = np.linspace(0, 2 * np.pi, 25)
        parts = []
        for s in (-1, 1):
            rim = np.stack([np.full(25, 0.0735), s * 0.036 + 0.026 * np.cos(angle), 0.02 + 0.0185 * np.sin(angle)], 1)
            parts.append(tube(rim, 0.0015, frame, segments=6))
            lens = Mesh.of(rim[:-1], [[0, i, i + 1] for i in range(1, 23)], _GLASS)
            parts.append(lens)
            parts.append(
                tube(
                    np.array(
                        [(0.073, s * 0.064, 0.026), (0.06, s * 0.068, 0.026), (-0.05, s * 0.0675, 0.026), (-0.0735, s * 0.064, 0.008)]
                    ),
                    0.0015,
                    frame,
                    segments=6,
                )
            )
        parts.append(tube(np.array([(0.0735, -0.011, 0.024), (0.0735, 0.0, 0.027), (0.0735, 0.011, 0.024)]), 0.0014, frame, segments=6))
        return merge(parts)

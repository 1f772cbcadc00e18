"""Traffic lights and pedestrian signals. The lenses face +X; an arm reaches to the side of the post, over the road."""

from __future__ import annotations

from math import pi
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.shapes import box, grid, lathe, tube
from scenes.street.coatings import BLACK, DARK_STEEL, GALVANISED, MATT_BLACK, film, glowing, plastic
from scenes.street.drawings import LAYER_M, mounted, panel, placed, polygon, rounded
from scenes.street.sign_symbols import standing, walker

State = Literal["red", "red_amber", "amber", "green", "off"]

# Linear colours and glow (W/m2) of lit lenses. On its axis a 200 mm lens gives up to 300 cd (EN 12368), 10,000 cd/m2, at 150-300 lm/W of
# coloured light 100 to 200 W/m2 for an even emitter; but it shines into a narrow beam, and an emitter as bright all round would flood
# the street at night with ten times its light. Half is a compromise: clearly lit by day, a glow on the road at night.
_LIT: dict[str, tuple[Rgb, float]] = {
    "red": ((1.0, 0.03, 0.015), 90.0),
    "amber": ((1.0, 0.36, 0.02), 80.0),
    "green": ((0.03, 1.0, 0.42), 80.0),
}
_DARK: dict[str, Material] = {
    "red": plastic((0.26, 0.07, 0.06), roughness=0.15),
    "amber": plastic((0.30, 0.18, 0.05), roughness=0.15),
    "green": plastic((0.05, 0.20, 0.14), roughness=0.15),
}
_SHOWN: dict[State, tuple[str, ...]] = {"red": ("red",), "red_amber": ("red", "amber"), "amber": ("amber",), "green": ("green",), "off": ()}

_LENS_M = 0.105  # radius of a 210 mm lens
_PITCH_M = 0.28  # from lens to lens
_CASE_WIDTH_M = 0.27
_CASE_DEPTH_M = 0.16
_VISOR_M = 0.2
_POST_M = 0.057  # radius of the usual 114 mm post
_BOARD_M = 0.13  # how far a backing board sticks out
_RISE_M = 0.12  # post above the head on it


@register
class TrafficLight(Actor):
    """A signal for vehicles, its lenses facing +X, in one `state`.

    mount: post (one head in front of the post), twin (two heads beside it, facing the same way), arm (one head on the post, one
    over the road at the end of an arm of arm_m towards `arm_side`, object frame: +Y is left).
    height_m: top of the heads on the post; an arm is 5.6 m high. `backboard`: the black board with a white edge.
    """

    kind: Literal["traffic_light"] = "traffic_light"
    state: State = "red"
    mount: Literal["post", "twin", "arm"] = "post"
    lenses: Literal[2, 3] = 3
    height_m: float = Field(default=3.4, ge=2.4, le=5.0)
    arm_m: float = Field(default=4.0, ge=1.5, le=9.0)
    arm_side: Literal["left", "right"] = "right"
    arm_height_m: float = Field(default=5.9, ge=5.0, le=7.5)
    backboard: bool = True
    black_post: bool = False

    semantic: ClassVar[str] = "traffic_light"

    def size_m(self) -> Vector:
        half = self._half_head_m()
        depth = 2 * _POST_M + _CASE_DEPTH_M + _VISOR_M
        if self.mount == "arm":
            return (depth, self.arm_m + 2 * half, self.arm_height_m)
        width = 2 * half if self.mount == "post" else 2 * (self._twin_offset_m() + half)
        return (depth, width, self.height_m)

    def build(self) -> Mesh:
        post = BLACK if self.black_post else GALVANISED
        center = self.height_m - self._head_height_m() / 2
        head = signal_head(self._rows(), backboard=self.backboard)
        front = _POST_M + 0.01
        if self.mount == "twin":
            d = self._twin_offset_m()
            parts = [head.moved((front, -d, center)), head.moved((front, d, center)), *_brackets(d, center, post)]
        else:
            parts = [head.moved((front, 0.0, center))]
        parts.append(_post(self.arm_height_m if self.mount == "arm" else self.height_m - _RISE_M, post))
        shift_y = 0.0
        if self.mount == "arm":
            side = 1.0 if self.arm_side == "left" else -1.0
            parts += [*_arm(side * self.arm_m, self.arm_height_m, post), head.moved((front, side * self.arm_m, self._arm_head_m()))]
            shift_y = -side * self.arm_m / 2
        return merge(parts).moved((_POST_M - self.size_m()[0] / 2, shift_y, 0.0))

    def _rows(self) -> tuple[tuple[str, bool], ...]:
        names = ("red", "amber", "green") if self.lenses == 3 else ("red", "green")
        return tuple((name, name in _SHOWN[self.state]) for name in names)

    def _head_height_m(self) -> float:
        return self.lenses * _PITCH_M + (2 * _BOARD_M if self.backboard else 0.06)

    def _half_head_m(self) -> float:
        return _CASE_WIDTH_M / 2 + (_BOARD_M if self.backboard else 0.0)

    def _twin_offset_m(self) -> float:
        return self._half_head_m() + 0.03

    def _arm_head_m(self) -> float:
        return self.arm_height_m - self._head_height_m() / 2


@register
class PedestrianSignal(Actor):
    """A signal for people on foot, facing +X: a red person who waits above a green one who walks; with a push-button box."""

    kind: Literal["pedestrian_signal"] = "pedestrian_signal"
    state: Literal["red", "green", "off"] = "red"
    height_m: float = Field(default=3.0, ge=2.2, le=4.0)
    black_post: bool = False

    semantic: ClassVar[str] = "traffic_light"

    def size_m(self) -> Vector:
        return (2 * _POST_M + _CASE_DEPTH_M + _VISOR_M, _CASE_WIDTH_M, self.height_m)

    def build(self) -> Mesh:
        rows = tuple((name, name == self.state) for name in ("red", "green"))
        head = signal_head(rows, backboard=False, figures=True)
        center = self.height_m - (2 * _PITCH_M + 0.06) / 2
        box_m = (_POST_M + 0.05, 0.0, 1.05)
        button = [
            box((0.1, 0.12, 0.24), plastic((0.9, 0.75, 0.1)), center_m=box_m),
            box((0.02, 0.05, 0.05), BLACK, center_m=(_POST_M + 0.1, 0, 1.0)),
        ]
        post = _post(self.height_m - 0.06, BLACK if self.black_post else GALVANISED)
        return merge([head.moved((_POST_M + 0.01, 0.0, center)), post, *button]).moved((_POST_M - self.size_m()[0] / 2, 0.0, 0.0))


def signal_head(rows: tuple[tuple[str, bool], ...], *, backboard: bool, figures: bool = False) -> Mesh:
    """A case with one lens a row of (colour, lit), from top to bottom; its back is at x = 0, its centre on the x axis."""
    count = len(rows)
    height = count * _PITCH_M + 0.06
    parts = [box((_CASE_DEPTH_M, _CASE_WIDTH_M, height), MATT_BLACK, center_m=(_CASE_DEPTH_M / 2, 0, 0))]
    for k, (name, lit) in enumerate(rows):
        z = (count - 1) * _PITCH_M / 2 - k * _PITCH_M
        parts += [m.moved((_CASE_DEPTH_M, 0, z)) for m in (*_lens(name, lit, figures and k == 0, figures), _visor())]
    if backboard:
        w, h = _CASE_WIDTH_M / 2 + _BOARD_M, (count * _PITCH_M) / 2 + _BOARD_M
        outline = rounded([(-w, -h), (w, -h), (w, h), (-w, h)], 0.09)
        parts.append(panel(outline, 0.006, (0.07, 0, 0), MATT_BLACK))
        edge = (polygon(outline * 0.995, film((0.9, 0.9, 0.9))), polygon(outline * (1 - 0.03 / np.array([w, h])), MATT_BLACK))
        parts.append(mounted(edge, (0.07, 0, 0), layer_m=LAYER_M))
    return merge(parts)


def _lens(name: str, lit: bool, waits: bool, figures: bool) -> list[Mesh]:
    """A domed lens, or a dark one with a figure on it, in front of x = 0."""
    color, emission = _LIT[name]
    glass = glowing(color, emission) if lit else _DARK[name]
    ground = MATT_BLACK if figures else glass
    dome = lathe([(_LENS_M, 0.0), (0.95 * _LENS_M, 0.004), (0.7 * _LENS_M, 0.012), (0.0, 0.02)], ground, segments=20)
    lens = dome.transformed(np.array([[0, 0, 1.0], [0, 1.0, 0], [-1.0, 0, 0]]))
    if not figures:
        return [lens]
    figure = placed((standing if waits else walker)(glass), 0.85 * _LENS_M)
    return [lens, mounted(figure, (0.02, 0.0, 0.0))]


def _visor() -> Mesh:
    """The half-open hood over a lens, both sides of the sheet."""
    angle = np.linspace(-0.35, pi + 0.35, 15)
    reach = _VISOR_M * (0.45 + 0.55 * np.clip(np.sin(angle) + 0.35, 0, 1))
    rings = []
    for radius, along in ((1.06, 0 * reach), (1.06, reach), (1.0, reach), (1.0, 0 * reach)):
        rings.append(np.stack([along, radius * 1.1 * _LENS_M * np.cos(angle), radius * 1.1 * _LENS_M * np.sin(angle)], axis=1))
    return grid(np.stack(rings), MATT_BLACK, smooth=False)


def _post(height_m: float, material: Material) -> Mesh:
    profile = [(_POST_M, 0.0), (_POST_M, height_m - 0.02), (_POST_M * 0.8, height_m), (0.0, height_m)]
    return lathe(profile, material, segments=14)


def _brackets(offset_m: float, center_m: float, material: Material) -> list[Mesh]:
    """Two bars that carry twin heads."""
    x = _POST_M + 0.03
    return [tube(np.array([[x, -offset_m, z], [x, offset_m, z]]), 0.022, material) for z in (center_m - 0.3, center_m + 0.3)]


def _arm(tip_m: float, height_m: float, material: Material) -> list[Mesh]:
    """The mast arm over the road, thinner towards its end, and the strut below it."""
    z = height_m - 0.28
    arm = tube(np.array([[0, 0, z], [0, tip_m * 0.5, z + 0.06], [0, tip_m, z + 0.08]]), (0.055, 0.045, 0.035), material, segments=10)
    strut = tube(np.array([[0, 0, z - 0.7], [0, tip_m * 0.28, z]]), 0.022, DARK_STEEL, segments=8)
    return [arm, strut]

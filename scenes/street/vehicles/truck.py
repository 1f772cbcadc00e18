"""Lorries: box, flatbed, tipper and articulated, with a cab over the engine."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, Rgb, merge
from generator.spec import LampSpec
from scenes.shapes import box, tube
from scenes.street.vehicles import assembly, boxhulls, cargo, details, panels, plates, surfaces, wheels
from scenes.street.vehicles.boxhulls import BoxShape
from scenes.street.vehicles.skin import both_sides, skin_of
from scenes.street.vehicles.surface import Hull

_MIRROR_M = 0.17  # a mirror's reach beyond the cab's side
_FRAME_Z = 0.98  # top of the chassis
_HEIGHT_M = {"box": 3.55, "flatbed": 2.85, "tipper": 3.05, "articulated": 4.00}
_CARGO_HEIGHT_M = {"box": 2.50, "flatbed": 0.75, "tipper": 1.55, "articulated": 2.75}
_CAB_M = {"box": 1.75, "flatbed": 1.75, "tipper": 1.75, "articulated": 2.15}


@register
class Truck(Actor):
    """A lorry. `color` paints the cab, `cargo_color` what it carries; `length_m` is over all (articulated ones are 13 to 16.5 m)."""

    kind: Literal["truck"] = "truck"
    body: Literal["box", "flatbed", "tipper", "articulated"] = "box"
    length_m: float = Field(default=8.2, ge=6.0, le=16.5)
    color: Rgb = (0.70, 0.70, 0.69)
    cargo_color: Rgb = (0.60, 0.61, 0.62)
    headlights: bool = False
    brake_lights: bool = False
    indicator: Literal["off", "left", "right", "both"] = "off"
    dirt: float = Field(default=0.4, ge=0, le=1)
    plate: plates.PlateStyle = "uk"

    semantic: ClassVar[str] = "truck"
    passing: ClassVar[frozenset[str]] = surfaces.PASSING

    @property
    def width_m(self) -> float:
        return 2.30 if self.length_m < 7.5 else 2.48

    @property
    def wheel_m(self) -> float:
        return 0.86 if self.length_m < 7.5 else 1.0

    def cab_shape(self) -> BoxShape:
        height = min(_HEIGHT_M[self.body], 2.75 if self.length_m < 9 else 3.05) if self.body != "articulated" else 3.55
        return BoxShape(
            _CAB_M[self.body],
            self.width_m - 0.06,
            height - 0.42,
            0.0,
            corner=0.26,
            bow=0.14,
            lean=0.16,
            lean_from_z=0.9,
            roof=0.16,
            side_columns=4,
        )

    def size_m(self) -> Vector:
        cab = self.cab_shape()
        return (self.length_m, cab.width + 2 * _MIRROR_M, max(cab.height + 0.42, _FRAME_Z + 0.06 + _CARGO_HEIGHT_M[self.body]))

    def axles_x(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """x of the steered axle, and of those behind with twin wheels."""
        nose, front = self.length_m / 2, self.length_m / 2 - 1.30
        if self.body == "articulated":
            tail = -nose + 2.0
            return (front,), (front - 3.7, tail + 1.31, tail, tail - 1.0 if self.length_m > 15 else tail + 2.62)
        rear = -nose + 0.27 * self.length_m
        return (front,), ((rear,) if self.length_m < 9 else (rear + 0.68, rear - 0.68))

    def build(self) -> Mesh:
        steered, driven = self.axles_x()
        radius = self.wheel_m / 2
        rim = surfaces.GALVANISED
        single = wheels.wheel(self.wheel_m, 0.28, "steel", rim, rim_share=0.60)
        twin = wheels.wheel(self.wheel_m, 0.50, "steel", rim, rim_share=0.60)
        return merge([
            self._cab(),
            *self._chassis(),
            self._cargo(),
            *wheels.mounted(single, steered, self.width_m / 2 - 0.20, radius),
            *wheels.mounted(twin, driven, self.width_m / 2 - 0.30, radius),
            *self._rear_end(),
        ])  # fmt: skip

    def _cab(self) -> Mesh:
        """The cab, with windows, lamps, grille, steps, mirrors and plate; its underside is 0.42 m up."""
        shape = self.cab_shape()
        hull, u, v = boxhulls.box_hull(shape)
        skin = skin_of(hull, u, v)
        paint = surfaces.paint(self.color, flake=0.05, dirt=self.dirt)
        front = self.length_m / 2 - 0.015
        parts = [both_sides(skin, {"paint": paint}), details.floor(skin), merge(self._cab_panes(hull, shape, "left"))]
        parts.append(merge(self._cab_panes(hull, shape, "right")).transformed(details.MIRROR))
        reach = shape.width / 2 + _MIRROR_M - 0.09
        parts += [details.coach_mirror(shape.length / 2 - 0.16, side * reach, 0.74 * shape.height, side) for side in (-1, 1)]
        if self.plate != "none":
            words = plates.registration(self.plate, self.stream().child("plate"))
            parts.append(plates.number_plate(self.plate, words, rear=False).moved((shape.length / 2 + 0.01, 0, 0.12)))
        return merge(parts).moved((front - shape.length / 2, 0, 0.42))

    def _cab_panes(self, hull: Hull, shape: BoxShape, side: str) -> list[Mesh]:
        """What lies flush on the left half of the cab; its indicator is that of `side`."""
        half, top, nose = shape.width / 2, shape.height, shape.length / 2
        glass_low, glass_high = 0.50 * top, 0.84 * top
        black, dark = surfaces.GLOSS_BLACK, surfaces.PLASTIC
        bulb, reach = surfaces.bulb(self.headlights), half - 0.02
        parts = [
            panels.front_pane(hull, 0, reach, glass_low, glass_high, 0.08, black, 0.003),
            panels.front_pane(hull, 0, reach - 0.05, glass_low + 0.06, glass_high - 0.04, 0.07, surfaces.GLASS, 0.006),
            panels.front_pane(hull, 0, 0.72, 0.44, glass_low - 0.10, 0.05, dark),
            panels.front_pane(hull, 0, half + 0.20, 0.065, 0.38, 0.03, dark),
            panels.front_pane(hull, 0.70, 1.12, 0.13, 0.33, 0.06, surfaces.LAMP_SHADE, 0.008),
            panels.front_pane(hull, 0.74, 0.89, 0.155, 0.305, 0.07, bulb, 0.012),
            panels.front_pane(hull, 0.92, 1.07, 0.155, 0.305, 0.07, bulb, 0.012),
            panels.front_pane(hull, 1.14, 1.22, 0.15, 0.31, 0.03, surfaces.indicator_lamp(self.indicator, side), 0.010),
            panels.side_pane(hull, nose - 1.30, nose - 0.34, glass_low + 0.02, glass_high - 0.02, 0.07, black, 0.003),
            panels.side_pane(hull, nose - 1.26, nose - 0.38, glass_low + 0.06, glass_high - 0.06, 0.06, surfaces.GLASS, 0.006),
            panels.side_pane(hull, nose - 1.34, nose - 1.326, 0.34, glass_high, 0.002, surfaces.GAP),
            panels.side_pane(hull, nose - 0.30, nose - 0.286, 0.34, glass_low, 0.002, surfaces.GAP),
            panels.side_pane(hull, nose - 1.24, nose - 1.06, glass_low - 0.14, glass_low - 0.10, 0.015, dark, 0.02),
            panels.side_pane(hull, nose - 1.66, nose - 0.20, 0.02, 0.30, 0.10, dark),
        ]
        slats = [
            panels.front_pane(hull, 0, 0.68, z, z + 0.02, 0.005, surfaces.GALVANISED, 0.009)
            for z in np.arange(0.52, glass_low - 0.16, 0.11)
        ]
        return [*parts, *slats]

    def _chassis(self) -> list[Mesh]:
        """Two rails, axles, tank, side guards and mudguards."""
        nose, radius = self.length_m / 2, self.wheel_m / 2
        steered, driven = self.axles_x()
        rails = [box((self.length_m - 1.2, 0.09, 0.26), surfaces.UNDERBODY, center_m=(-0.5, y, _FRAME_Z - 0.13)) for y in (-0.42, 0.42)]
        axles = [tube(np.array([(x, -0.85, radius), (x, 0.85, radius)]), 0.10, surfaces.UNDERBODY, segments=8) for x in (*steered, *driven)]
        middle = (steered[0] + max(driven)) / 2
        gap = steered[0] - max(driven) - self.wheel_m - 0.5
        side = self.width_m / 2
        tank = [
            box((min(1.1, gap * 0.5), 0.55, 0.50), surfaces.ALLOY, center_m=(middle + gap / 4, s * (side - 0.36), 0.72)) for s in (-1, 1)
        ]
        guards = [
            box((gap * 0.9, 0.03, 0.10), surfaces.GALVANISED, center_m=(middle, s * (side - 0.06), z))
            for s in (-1, 1)
            for z in (0.50, 0.74)
        ]
        arches = [mesh for x in (*steered, *driven) for mesh in details.pair(_mudguard(x, side - 0.30, radius, 0.52))]
        engine = box((1.5, 0.9, 0.6), surfaces.UNDERBODY, center_m=(nose - 1.0, 0, 0.62))
        return [*rails, *axles, *tank, *guards, *arches, engine]

    def _cargo(self) -> Mesh:
        nose, base = self.length_m / 2, _FRAME_Z + 0.06
        front = nose - _CAB_M[self.body] - (0.20 if self.body != "articulated" else 0.65)
        size = (front + nose - 0.06, self.width_m + 0.02, _CARGO_HEIGHT_M[self.body])
        paint = surfaces.paint(self.cargo_color, flake=0, coat=0.2, dirt=self.dirt, roughness=0.5)
        make = {"box": cargo.box_body, "articulated": cargo.box_body, "flatbed": cargo.platform, "tipper": cargo.skip}[self.body]
        body = make(size, paint).moved((front - size[0] / 2, 0, base))
        if self.body != "articulated":
            return body
        deflector = box((1.0, self.width_m - 0.3, 0.35), surfaces.paint(self.color, flake=0.05), center_m=(nose - 1.6, 0, 3.62))
        legs = [box((0.12, 0.12, 0.75), surfaces.GALVANISED, center_m=(front - 2.3, y, 0.62)) for y in (-0.7, 0.7)]
        return merge([body, deflector, *legs])

    def _rear_end(self) -> list[Mesh]:
        """Under-run bar, lamps and number plate."""
        tail = -self.length_m / 2
        parts = [box((0.08, self.width_m - 0.15, 0.12), surfaces.GALVANISED, center_m=(tail + 0.12, 0, 0.55))]
        red = surfaces.tail_lamp(self.headlights, self.brake_lights)
        for y, side in ((-1, "right"), (1, "left")):
            amber = surfaces.indicator_lamp(self.indicator, side)
            parts.append(box((0.05, 0.42, 0.15), surfaces.PLASTIC, center_m=(tail + 0.05, y * (self.width_m / 2 - 0.30), 0.84)))
            parts.append(box((0.012, 0.24, 0.11), red, center_m=(tail + 0.02, y * (self.width_m / 2 - 0.37), 0.84)))
            parts.append(box((0.012, 0.12, 0.11), amber, center_m=(tail + 0.02, y * (self.width_m / 2 - 0.17), 0.84)))
        if self.plate != "none":
            words = plates.registration(self.plate, self.stream().child("plate"))
            parts.append(plates.number_plate(self.plate, words, rear=True).moved((tail + 0.03, 0, 0.72), np.pi))
        return parts

    def lights(self) -> tuple[LampSpec, ...]:
        return assembly.low_beams(self.length_m / 2, 0.9, 0.65) if self.headlights else ()


def _mudguard(x: float, y: float, radius: float, width_m: float) -> Mesh:
    """An arched strip over a left wheel."""
    angle = np.linspace(0.15, np.pi - 0.15, 9)
    arc = np.column_stack([x + (radius + 0.06) * np.cos(angle), np.full(9, y), radius + (radius + 0.06) * np.sin(angle)])
    aside = np.array([0, width_m / 2, 0])
    points = np.concatenate([arc + aside, arc - aside])
    i = np.arange(8)
    return Mesh.of(points, np.stack([i, i + 1, i + 10, i + 9], axis=1)[:, ::-1], surfaces.PLASTIC, smooth=True)

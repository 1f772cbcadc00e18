"""Cars of eight body types."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.spec import LampSpec
from generator.streams import Stream
from scenes.street.vehicles import bodywork, details, hulls, plates, shuts, surfaces, wheels
from scenes.street.vehicles.profiles import PROFILES, Profile, varied
from scenes.street.vehicles.skin import Skin, both_sides

Body = Literal["city", "hatchback", "sedan", "estate", "suv", "coupe", "mpv", "pickup"]
MIRROR_M = 0.115  # a mirror's reach beyond the body's side
ROOF_BOX_M = 0.34  # a ski box's height over the roof
LOW_BEAM = (0.996, 0.0, -0.087)  # 5 degrees down


@register
class Car(Actor):
    """A passenger car."""

    kind: Literal["car"] = "car"
    body: Body = "hatchback"
    color: Rgb = (0.35, 0.36, 0.37)
    flake: float = Field(default=0.3, ge=0, le=1)
    coat: float = Field(default=1.0, ge=0, le=1)
    dirt: float = Field(default=0.15, ge=0, le=1)
    wheel_style: wheels.WheelStyle = "five_spoke"
    wheel_scale: float = Field(default=1.0, ge=0.92, le=1.06)
    headlights: bool = False
    brake_lights: bool = False
    indicator: Literal["off", "left", "right", "both"] = "off"
    roof_rails: bool = False
    roof_box: bool = False
    plate: plates.PlateStyle = "uk"

    semantic: ClassVar[str] = "car"

    def profile(self) -> Profile:
        return varied(PROFILES[self.body], self.shape_stream())

    def shape_stream(self) -> Stream:
        """Shape depends on body and variant alone: repainted cars keep theirs."""
        return Stream.root("car", self.body, self.variant)

    def size_m(self) -> Vector:
        p = self.profile()
        return (p.length, p.width + 2 * MIRROR_M, p.height + (ROOF_BOX_M if self.roof_box else 0.0))

    def build(self) -> Mesh:
        p = self.profile()
        fit = bodywork.fittings(self.body, self.shape_stream().child("fittings"))
        materials = self.materials()
        body, arches = bodywork.body_skin(p, fit)
        cabin = bodywork.cabin_skin(p, fit)
        one = wheels.wheel(p.wheel * self.wheel_scale, 0.205, self.wheel_style, _finish(self.wheel_style, p))
        return merge([
            both_sides(body, materials),
            both_sides(cabin, materials),
            *shuts.car_shuts(p, fit, body.hull),
            *shuts.grille_bars(p, fit, body.hull),
            *details.pair(bodywork.wells(p, body, arches, 0.30)),
            details.floor(body),
            *wheels.mounted(one, p.axles_x, p.width / 2 - 0.125, p.wheel * self.wheel_scale / 2),
            *self.fixtures(p, body, cabin),
        ])  # fmt: skip

    def fixtures(self, p: Profile, body: Skin, cabin: Skin) -> list[Mesh]:
        """Mirrors, handles, wipers, plates, exhaust and what is on the roof."""
        paint = self.materials()["paint"]
        lines = bodywork.door_lines(p)
        handle_z = p.belt_z - 0.085
        parts = details.pair(
            details.door_mirror(p.nose_x - p.cowl_back - 0.44, p.width / 2 - p.tuck, p.width / 2 + MIRROR_M, p.belt_z + 0.085, paint)
        )
        for x in lines[1:]:
            parts += details.pair(details.door_handle(body, x + 0.14, handle_z, paint))
        parts += details.wipers(cabin.hull)
        parts.append(details.exhaust(-p.nose_x + 0.03, -0.45, p.clearance_z + 0.05))
        if self.roof_rails or self.roof_box:
            parts += details.roof_rails(cabin.hull, (7.0, hulls.C_PILLAR_U - 2), surfaces.ALLOY)
        if self.roof_box:
            parts.append(details.roof_box(p.height - 0.03, p.nose_x - p.screen_back - 0.9))
        return parts + self.number_plates(p, body)

    def number_plates(self, p: Profile, body: Skin) -> list[Mesh]:
        if self.plate == "none":
            return []
        words = plates.registration(self.plate, self.stream().child("plate"))
        front_z = p.clearance_z + 0.40 * (p.nose_z - p.clearance_z)
        rear_z = bodywork.plate_bed_z(p, bodywork.fittings(self.body, self.shape_stream().child("fittings")))
        front = plates.number_plate(self.plate, words, rear=False).moved((details.end_x(body, front_z, rear=False) + 0.006, 0, front_z))
        rear = plates.number_plate(self.plate, words, rear=True)
        return [front, rear.moved((details.end_x(body, rear_z, rear=True) - 0.006, 0, rear_z), np.pi)]

    def lights(self) -> tuple[LampSpec, ...]:
        if not self.headlights:
            return ()
        p = self.profile()
        z = p.clearance_z + 0.80 * (p.nose_z - p.clearance_z)
        return tuple(
            LampSpec(kind="spot", position_m=(p.nose_x + 0.05, side * 0.36 * p.width, z), direction=LOW_BEAM, power_w=10.0,
                     color=surfaces.GLOWING_WHITE, radius_m=0.05, spread_rad=0.9)
            for side in (-1, 1)
        )  # fmt: skip

    def materials(self) -> dict[str, Material]:
        """The surface of every slot that the skins wear."""
        red = surfaces.lens(surfaces.RED)
        if self.brake_lights:
            red = surfaces.lens(surfaces.GLOWING_RED, surfaces.BRAKE_W_M2)
        elif self.headlights:
            red = surfaces.lens(surfaces.GLOWING_RED, surfaces.TAIL_W_M2)
        bulb = surfaces.lens(surfaces.GLOWING_WHITE, surfaces.HEADLAMP_W_M2) if self.headlights else surfaces.lens(surfaces.CLEAR)
        return {
            "paint": surfaces.paint(self.color, flake=self.flake, coat=self.coat, dirt=self.dirt), "plastic": surfaces.PLASTIC,
            "gap": surfaces.GAP, "grille": surfaces.GAP, "grille_bar": surfaces.PLASTIC, "lamp": surfaces.REFLECTOR, "bulb": bulb,
            "lamp_shade": surfaces.LAMP_SHADE, "chrome": surfaces.CHROME, "seal": surfaces.GLOSS_BLACK, "glass": surfaces.GLASS,
            "red": red, "tail_white": surfaces.lens(surfaces.CLEAR), "plate_bed": surfaces.PLASTIC, "post": surfaces.GLOSS_BLACK,
        }  # fmt: skip


def _finish(style: wheels.WheelStyle, p: Profile) -> Material:
    """Bare steel wheels are black, all others alloy coloured."""
    return surfaces.DARK_ALLOY if style == "steel" else surfaces.ALLOY

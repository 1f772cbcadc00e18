"""Vans: small and large panel vans, delivery vans with a box, minibuses."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, Rgb, merge
from generator.spec import LampSpec
from generator.streams import Stream
from scenes.street.vehicles import assembly, bodywork, cargo, plates, surfaces, wheels
from scenes.street.vehicles.profiles import Profile, varied

_BOX_WIDER_M, _BOX_TOP_M = 0.10, 0.50  # a delivery box against the cab: wider, higher


@register
class Van(Actor):
    """A van. `color` is the bodywork, `box_color` the delivery box's; `livery` puts a broad stripe of `box_color` on panel vans."""

    kind: Literal["van"] = "van"
    body: Literal["panel", "small", "box", "minibus"] = "panel"
    color: Rgb = (0.75, 0.75, 0.74)
    box_color: Rgb = (0.70, 0.70, 0.68)
    flake: float = Field(default=0.05, ge=0, le=1)
    dirt: float = Field(default=0.3, ge=0, le=1)
    wheel_style: wheels.WheelStyle = "hubcap"
    headlights: bool = False
    brake_lights: bool = False
    indicator: Literal["off", "left", "right", "both"] = "off"
    roof_rack: bool = False
    plate: plates.PlateStyle = "uk"

    semantic: ClassVar[str] = "van"
    levels: ClassVar[bool] = True
    passing: ClassVar[frozenset[str]] = surfaces.PASSING

    def shape_stream(self) -> Stream:
        return Stream.root("van", self.body, self.variant)

    def profile(self) -> Profile:
        name = {"panel": "panel_van", "small": "small_van", "box": "panel_van", "minibus": "minibus"}[self.body]
        return varied(name, self.shape_stream())

    def size_m(self) -> Vector:
        length, width, height = assembly.size_m(self.profile(), roof_box=False)
        return (length + (0.03 if self.body == "box" else 0), width, height + (_BOX_TOP_M if self.body == "box" else 0))

    def build(self) -> Mesh:
        p = self.profile()
        fit = bodywork.fittings("van", self.shape_stream().child("fittings"))
        outfit = assembly.Outfit(
            paint=surfaces.paint(self.color, flake=self.flake, dirt=self.dirt),
            wheel_style=self.wheel_style,
            wheel_scale=1.0,
            headlights=self.headlights,
            brake_lights=self.brake_lights,
            indicator=self.indicator,
            roof_rails=self.roof_rack and self.body != "box",
            roof_box=False,
            plate=self.plate,
            registration=plates.registration(self.plate, self.stream().child("plate")),
        )
        van = assembly.assembled(p, fit, outfit, assembly.FINENESS[self.detail])
        if self.body != "box":
            return van
        front, rear = p.nose_x - 2.0, -p.nose_x - 0.015
        length, top = front - rear, p.height + _BOX_TOP_M
        box = cargo.box_body(
            (length, p.width + _BOX_WIDER_M, top - 0.72), surfaces.paint(self.box_color, flake=0, coat=0.3, dirt=self.dirt)
        )
        return merge([van, box.moved(((front + rear) / 2, 0, 0.72))])

    def lights(self) -> tuple[LampSpec, ...]:
        return assembly.headlamps(self.profile()) if self.headlights else ()

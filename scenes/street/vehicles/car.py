"""Cars of eight body types."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, Rgb
from generator.spec import LampSpec
from generator.streams import Stream
from scenes.street.vehicles import assembly, bodywork, plates, surfaces, wheels
from scenes.street.vehicles.profiles import Profile, varied


@register
class Car(Actor):
    """A passenger car. `variant` changes proportions, lamps, grille and trim; `flake` and `coat` the finish of the paint."""

    kind: Literal["car"] = "car"
    body: Literal["city", "hatchback", "sedan", "estate", "suv", "coupe", "mpv", "pickup"] = "hatchback"
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
    levels: ClassVar[bool] = True
    passing: ClassVar[frozenset[str]] = surfaces.PASSING

    def shape_stream(self) -> Stream:
        """Shape depends on body and variant alone: a repainted car keeps its own."""
        return Stream.root("car", self.body, self.variant)

    def profile(self) -> Profile:
        return varied(self.body, self.shape_stream())

    def size_m(self) -> Vector:
        return assembly.size_m(self.profile(), roof_box=self.roof_box)

    def build(self) -> Mesh:
        outfit = assembly.Outfit(
            paint=surfaces.paint(self.color, flake=self.flake, coat=self.coat, dirt=self.dirt),
            wheel_style=self.wheel_style,
            wheel_scale=self.wheel_scale,
            headlights=self.headlights,
            brake_lights=self.brake_lights,
            indicator=self.indicator,
            roof_rails=self.roof_rails,
            roof_box=self.roof_box,
            plate=self.plate,
            registration=plates.registration(self.plate, self.stream().child("plate")),
        )
        fit = bodywork.fittings(self.body, self.shape_stream().child("fittings"))
        return assembly.assembled(self.profile(), fit, outfit, assembly.FINENESS[self.detail])

    def lights(self) -> tuple[LampSpec, ...]:
        return assembly.headlamps(self.profile()) if self.headlights else ()

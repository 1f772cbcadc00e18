"""A whole motor car from its profile: skins, wheels and fittings put together. Cars and vans share it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from generator.spec import LampSpec
from scenes.street.vehicles import bodywork, details, hulls, lamps, plates, shuts, surfaces, wheels
from scenes.street.vehicles.bodywork import Fittings
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.skin import Skin, both_sides
from scenes.street.vehicles.surface import Hull

MIRROR_M = 0.115  # a mirror's reach beyond the body's side
ROOF_BOX_M = 0.34  # a ski box's height over the roof
LOW_BEAM = (0.996, 0.0, -0.087)  # 5 degrees down
HEADLAMP_W = 10.0  # radiant watts of one low beam


@dataclass(frozen=True)
class Outfit:
    """What a car wears that its profile does not say."""

    paint: Material
    wheel_style: wheels.WheelStyle
    wheel_scale: float
    headlights: bool
    brake_lights: bool
    indicator: str
    roof_rails: bool
    roof_box: bool
    plate: plates.PlateStyle
    registration: str


def size_m(p: Profile, *, roof_box: bool) -> Vector:
    return (p.length, p.width + 2 * MIRROR_M, p.height + (ROOF_BOX_M if roof_box else 0.0))


def assembled(p: Profile, fit: Fittings, outfit: Outfit) -> Mesh:
    """The mesh of the whole car."""
    materials, right = slot_materials(outfit, "left"), slot_materials(outfit, "right")
    body, arches = bodywork.body_skin(p, fit)
    cabin = bodywork.cabin_skin(p, fit)
    diameter = p.wheel * outfit.wheel_scale
    finish = surfaces.DARK_ALLOY if outfit.wheel_style == "steel" else surfaces.ALLOY
    one = wheels.wheel(diameter, 0.205, outfit.wheel_style, finish)
    return merge([
        both_sides(body, materials),
        both_sides(cabin, materials),
        *_ends(p, fit, body.hull, materials),
        merge(_ends(p, fit, body.hull, right)).transformed(details.MIRROR),
        *shuts.car_shuts(p, fit, body.hull),
        *shuts.grille_bars(p, fit, body.hull),
        *details.pair(bodywork.wells(p, body, arches, 0.30)),
        details.floor(body),
        *wheels.mounted(one, p.axles_x, p.width / 2 - 0.125, diameter / 2),
        *_fixtures(p, outfit, body, cabin),
        *_number_plates(p, fit, outfit, body),
    ])  # fmt: skip


def _ends(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Mesh]:
    """What lies in the lamps and bumpers of one side."""
    return [*lamps.nose_left(p, fit, hull, materials), *lamps.tail_left(p, fit, hull, materials)]


def _fixtures(p: Profile, outfit: Outfit, body: Skin, cabin: Skin) -> list[Mesh]:
    """Mirrors, handles, wipers, exhaust and what is on the roof."""
    mirror_x = p.nose_x - p.cowl_back - 0.44
    parts = details.pair(details.door_mirror(mirror_x, p.width / 2 - p.tuck, p.width / 2 + MIRROR_M, p.belt_z + 0.085, outfit.paint))
    for x in bodywork.door_lines(p)[1:]:
        parts += details.pair(details.door_handle(body, x + 0.14, p.belt_z - 0.085, outfit.paint))
    parts += details.wipers(cabin.hull)
    parts.append(details.exhaust(-p.nose_x + 0.03, -0.45, p.clearance_z + 0.05))
    if outfit.roof_rails or outfit.roof_box:
        parts += details.roof_rails(cabin.hull, (5.6, hulls.C_PILLAR_U - 1), surfaces.ALLOY)
    if outfit.roof_box:
        parts.append(details.roof_box(p.height - 0.03, p.nose_x - p.screen_back - 0.9))
    return parts


def _number_plates(p: Profile, fit: Fittings, outfit: Outfit, body: Skin) -> list[Mesh]:
    if outfit.plate == "none":
        return []
    front_z = p.clearance_z + 0.40 * (p.nose_z - p.clearance_z)
    rear_z = bodywork.plate_bed_z(p, fit)
    front = plates.number_plate(outfit.plate, outfit.registration, rear=False)
    rear = plates.number_plate(outfit.plate, outfit.registration, rear=True)
    return [
        front.moved((details.end_x(body, front_z, rear=False) + 0.006, 0, front_z)),
        rear.moved((details.end_x(body, rear_z, rear=True) - 0.006, 0, rear_z), np.pi),
    ]


def headlamps(p: Profile) -> tuple[LampSpec, ...]:
    """Both low beams of a car."""
    return low_beams(p.nose_x, 0.36 * p.width, p.clearance_z + 0.80 * (p.nose_z - p.clearance_z))


def low_beams(nose_x: float, y: float, z: float) -> tuple[LampSpec, ...]:
    """A spot on either side of the nose."""
    return tuple(
        LampSpec(kind="spot", position_m=(nose_x + 0.05, side * y, z), direction=LOW_BEAM, power_w=HEADLAMP_W, color=surfaces.GLOWING_WHITE,
                 radius_m=0.05, spread_rad=0.9)
        for side in (-1, 1)
    )  # fmt: skip


def slot_materials(outfit: Outfit, side: str) -> dict[str, Material]:
    """The surface of every slot that the skins wear on one side."""
    return {
        "paint": outfit.paint, "plastic": surfaces.PLASTIC, "gap": surfaces.GAP, "grille": surfaces.GAP, "lamp": surfaces.REFLECTOR,
        "lamp_shade": surfaces.LAMP_SHADE, "chrome": surfaces.CHROME, "seal": surfaces.GLOSS_BLACK, "glass": surfaces.GLASS,
        "bulb": surfaces.bulb(outfit.headlights), "red": surfaces.tail_lamp(outfit.headlights, outfit.brake_lights),
        "indicator": surfaces.indicator_lamp(outfit.indicator, side), "tail_white": surfaces.lens(surfaces.CLEAR),
        "plate_bed": surfaces.PLASTIC, "post": surfaces.GLOSS_BLACK,
    }  # fmt: skip

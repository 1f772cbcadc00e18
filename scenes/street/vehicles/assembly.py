"""A whole motor car from its profile: skins, wheels and fittings put together. Cars and vans share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from generator.spec import LampSpec
from scenes.street.vehicles import bodywork, details, far, hulls, lamps, plates, shuts, surfaces, wheels
from scenes.street.vehicles.bare import MIRROR_M, STAND_INS, Bare, Role, slot_materials
from scenes.street.vehicles.bodywork import Fittings
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.skin import Skin, both_sides
from scenes.street.vehicles.surface import Hull

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


@dataclass(frozen=True)
class Fineness:
    """How the parts of a car are made, and (points, sides) of the tubes on its roof."""

    bare: Callable[[Profile, Fittings], Bare]
    wheel: Callable[[float, float, wheels.WheelStyle, Material], Mesh]
    plate: Callable[[plates.PlateStyle, str, bool], Mesh]
    rails: tuple[int, int]


def assembled(p: Profile, fit: Fittings, outfit: Outfit, fine: Fineness) -> Mesh:
    """The mesh of the whole car."""
    bare = fine.bare(p, fit)
    diameter = p.wheel * outfit.wheel_scale
    finish = surfaces.DARK_ALLOY if outfit.wheel_style == "steel" else surfaces.ALLOY
    one = fine.wheel(diameter, 0.205, outfit.wheel_style, finish)
    return merge([
        bare.mesh.dressed({STAND_INS[role]: material for role, material in worn_by(outfit).items()}),
        *wheels.mounted(one, p.axles_x, p.width / 2 - 0.125, diameter / 2),
        *_on_the_roof(p, outfit, bare.cabin, fine.rails),
        *_number_plates(outfit, bare, fine),
    ])  # fmt: skip


@lru_cache(maxsize=56)  # 0.4 MB each; eight bodies in sixteen variants and the vans are 150, full only after 100 streets
def _bare(p: Profile, fit: Fittings) -> Bare:
    """What cars of one profile share: nine tenths of the work."""
    left, right = slot_materials(STAND_INS, "left"), slot_materials(STAND_INS, "right")
    body, arches = bodywork.body_skin(p, fit)
    cabin = bodywork.cabin_skin(p, fit)
    mesh = merge([
        both_sides(body, left),
        both_sides(cabin, left),
        *_ends(p, fit, body.hull, left),
        merge(_ends(p, fit, body.hull, right)).transformed(details.MIRROR),
        *shuts.car_shuts(p, fit, body.hull),
        *shuts.grille_bars(p, fit, body.hull),
        *details.pair(bodywork.wells(p, body, arches, 0.30)),
        details.floor(body),
        *_fixtures(p, left["paint"], body, cabin),
    ])  # fmt: skip
    front_z = p.clearance_z + 0.40 * (p.nose_z - p.clearance_z)
    rear_z = bodywork.plate_bed_z(p, fit)
    front, rear = details.end_x(body, front_z, rear=False), details.end_x(body, rear_z, rear=True)
    return Bare(mesh, cabin.hull, (front + 0.006, 0.0, front_z), (rear - 0.006, 0.0, rear_z))


def _ends(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Mesh]:
    """What lies in the lamps and bumpers of one side."""
    return [*lamps.nose_left(p, fit, hull, materials), *lamps.tail_left(p, fit, hull, materials)]


def _fixtures(p: Profile, paint: Material, body: Skin, cabin: Skin) -> list[Mesh]:
    """Mirrors, handles, wipers, exhaust."""
    mirror_x = p.nose_x - p.cowl_back - 0.44
    parts = details.pair(details.door_mirror(mirror_x, p.width / 2 - p.tuck, p.width / 2 + MIRROR_M, p.belt_z + 0.085, paint))
    for x in bodywork.door_lines(p)[1:]:
        parts += details.pair(details.door_handle(body, x + 0.14, p.belt_z - 0.085, paint))
    parts += details.wipers(cabin.hull)
    parts.append(details.exhaust(-p.nose_x + 0.03, -0.45, p.clearance_z + 0.05))
    return parts


def _on_the_roof(p: Profile, outfit: Outfit, cabin: Hull, rails: tuple[int, int]) -> list[Mesh]:
    parts = []
    if outfit.roof_rails or outfit.roof_box:
        parts += details.roof_rails(cabin, (5.6, hulls.C_PILLAR_U - 1), surfaces.ALLOY, *rails)
    if outfit.roof_box:
        parts.append(details.roof_box(p.height - 0.03, p.nose_x - p.screen_back - 0.9))
    return parts


def _number_plates(outfit: Outfit, bare: Bare, fine: Fineness) -> list[Mesh]:
    if outfit.plate == "none":
        return []
    front, rear = (fine.plate(outfit.plate, outfit.registration, behind) for behind in (False, True))
    return [front.moved(bare.front_plate_m), rear.moved(bare.rear_plate_m, np.pi)]


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


def worn_by(outfit: Outfit) -> dict[Role, Material]:
    """What differs between cars of one shape."""
    return {
        "paint": outfit.paint,
        "bulb": surfaces.bulb(outfit.headlights),
        "red": surfaces.tail_lamp(outfit.headlights, outfit.brake_lights),
        "left": surfaces.indicator_lamp(outfit.indicator, "left"),
        "right": surfaces.indicator_lamp(outfit.indicator, "right"),
    }


_NEAR = Fineness(_bare, wheels.wheel, plates.number_plate, (9, 6))
_FAR = Fineness(far.bare, wheels.far_wheel, plates.far_plate, (4, 4))
FINENESS = {"auto": _NEAR, "near": _NEAR, "far": _FAR}

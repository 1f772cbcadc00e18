"""A car before it is painted: what all cars of one shape share, with stand-ins for the surfaces in which they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from generator.geometry import Vector
from generator.mesh import Material, Mesh
from scenes.street.vehicles import surfaces
from scenes.street.vehicles.surface import Hull

Role = Literal["paint", "bulb", "red", "left", "right"]  # surfaces that differ between cars of one shape; left and right are indicators
_ROLES: tuple[Role, ...] = ("paint", "bulb", "red", "left", "right")
# Unlike any real surface, so that merging meshes keeps them apart.
STAND_INS: dict[Role, Material] = {role: Material(color=(-1.0 - i, 0.0, 0.0)) for i, role in enumerate(_ROLES)}
MIRROR_M = 0.115  # a mirror's reach beyond the body's side


@dataclass(frozen=True, eq=False)
class Bare:
    """A car without paint, wheels, plates and luggage, its surfaces that differ from car to car in stand-ins."""

    mesh: Mesh
    cabin: Hull
    front_plate_m: Vector
    rear_plate_m: Vector


def slot_materials(worn: Mapping[Role, Material], side: Literal["left", "right"]) -> dict[str, Material]:
    """The surface of every slot that the skins wear on one side."""
    return {
        "paint": worn["paint"], "plastic": surfaces.PLASTIC, "gap": surfaces.GAP, "grille": surfaces.GAP, "lamp": surfaces.REFLECTOR,
        "lamp_shade": surfaces.LAMP_SHADE, "chrome": surfaces.CHROME, "seal": surfaces.GLOSS_BLACK, "glass": surfaces.GLASS,
        "bulb": worn["bulb"], "red": worn["red"], "indicator": worn[side], "tail_white": surfaces.lens(surfaces.CLEAR),
        "plate_bed": surfaces.PLASTIC, "post": surfaces.GLOSS_BLACK,
    }  # fmt: skip

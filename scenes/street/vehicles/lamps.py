"""What sits in a car's lamps and bumpers: reflectors, indicators, fog lamps, air intakes, and the bed of the number plate.

Thin sheets on the hull; the lamps' own outlines are cut into the skin (bodywork.py).
"""

from __future__ import annotations

import numpy as np

from generator.mesh import Material, Mesh
from scenes.street.vehicles import bodywork, panels, surfaces
from scenes.street.vehicles.bodywork import Fittings
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.surface import Hull

_IN_LAMP_M = -0.004  # sheets inside headlamps lie between the sunk reflector and the body's surface


def nose_left(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Mesh]:
    """Everything on the left half of the nose."""
    half, low, high = bodywork.nose_frame(p)
    corners, _ = bodywork.HEADLAMPS[fit.headlamp]
    level = bodywork.BULB_Z[fit.headlamp]
    z = low + level * (high - low)
    parts = []
    for share, size in bodywork.BULBS[fit.headlamp]:
        parts.append(panels.disc(hull, share * half, z, size, materials["lamp_shade"], _IN_LAMP_M))
        parts.append(panels.disc(hull, share * half, z, size * 0.74, materials["bulb"], _IN_LAMP_M + 0.003))
    outer = max(a for a, _ in corners) - 0.10
    parts.append(panels.disc(hull, outer * half, z + 0.03 * (high - low), 0.024, materials["indicator"], _IN_LAMP_M + 0.003))
    intake = np.array(bodywork.GRILLES[fit.grille][1])
    bottom, top = low + intake[:, 1].min() * (high - low), low + intake[:, 1].max() * (high - low)
    reach = intake[:, 0].max() * half
    parts.append(panels.front_pane(hull, 0, reach, bottom, top, 0.03, surfaces.GAP, 0.004))
    for k in range(1, max(2, round((top - bottom) / 0.05))):
        level_z = bottom + (top - bottom) * k / max(2, round((top - bottom) / 0.05))
        parts.append(panels.front_pane(hull, 0, reach - 0.01, level_z - 0.006, level_z + 0.006, 0.003, surfaces.PLASTIC, 0.007))
    if fit.fog_lamps:
        at, fog_z = 0.88 * half, low + 0.24 * (high - low)
        parts.append(panels.front_pane(hull, at - 0.10, at + 0.10, fog_z - 0.055, fog_z + 0.055, 0.035, surfaces.PLASTIC, 0.003))
        parts.append(panels.disc(hull, at, fog_z, 0.038, surfaces.lens(surfaces.CLEAR), 0.006))
    return parts


def tail_left(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Mesh]:
    """Everything on the left half of the tail."""
    return [
        panels.rear_pane(hull, w.start_m, w.end_m, w.bottom_z, w.top_z, w.radius_m, materials[w.slot], 0.004)
        for w in bodywork.tail_windows(p, fit)
    ]

"""Lamps, grilles, doors and strips of a car seen from afar, as patches on its left side (see far.py)."""

from __future__ import annotations

import numpy as np

from generator.mesh import Material
from scenes.street.vehicles import bodywork, panels, surfaces
from scenes.street.vehicles.bodywork import Fittings, Outline
from scenes.street.vehicles.panels import Patch
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.surface import Hull

_UNDER_M, _ON_M, _OVER_M = 0.007, 0.010, 0.013  # lifts of what lies over each other; coarse bodies bulge less than 7 mm
_SQUARE = np.sqrt(np.pi) / 2  # half the side of a square with the area of a circle of radius 1
_SHINY_GRILLE = Material(color=(0.19, 0.19, 0.20), roughness=0.3, metallic=0.4, variation=0.0)  # a quarter chrome slats, the rest dark
_LINE_M = 0.004  # half the width of a shut line


def patches(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Patch]:
    """Everything on the left half."""
    return [*_nose(p, fit, hull, materials), *_tail(p, fit, hull, materials), *_side(p, fit, hull)]


def _nose(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Patch]:
    half, low, high = bodywork.nose_frame(p)

    def traced(corners: Outline, columns: int, grow_m: float, material: Material, lift_m: float) -> Patch:
        across, bottom, top = _traced(corners, columns)
        across, bottom, top = across * half, low + bottom * (high - low), low + top * (high - low)
        ends = np.linspace(-1 if corners[0][0] > 0.01 else 0, 1, columns)
        return Patch(panels.around_front(hull, across + grow_m * ends), bottom - grow_m, top + grow_m, material, lift_m)

    def square(share: float, z: float, radius_m: float, material: Material, lift_m: float) -> Patch:
        side = radius_m * _SQUARE
        u = panels.around_front(hull, share * half + np.array([-side, side]))
        return Patch(u, np.full(2, z - side), np.full(2, z + side), material, lift_m)

    grille, intake = bodywork.GRILLES[fit.grille]
    lamp, radius = bodywork.HEADLAMPS[fit.headlamp]
    z = low + bodywork.BULB_Z[fit.headlamp] * (high - low)
    found = [traced(grille, 5, 0.034, surfaces.CHROME, _UNDER_M)] if fit.bright_trim else []
    found.append(traced(grille, 5, 0.02, _SHINY_GRILLE if fit.bright_trim else materials["grille"], _ON_M))
    found.append(traced(intake, 5, 0.0, surfaces.GAP, _ON_M))
    found.append(traced(lamp, 7, radius, materials["lamp"], _UNDER_M))
    for share, size in bodywork.BULBS[fit.headlamp]:
        found.append(square(share, z, size, materials["lamp_shade"], _ON_M))
        found.append(square(share, z, size * 0.74, materials["bulb"], _OVER_M))
    outer = max(a for a, _ in lamp) - 0.10
    found.append(square(outer, z + 0.03 * (high - low), 0.024, materials["indicator"], _OVER_M))
    if fit.fog_lamps:
        fog_z = low + 0.24 * (high - low)
        found.append(square(0.88, fog_z, 0.085, surfaces.PLASTIC, _UNDER_M))
        found.append(square(0.88, fog_z, 0.038, surfaces.lens(surfaces.CLEAR), _ON_M))
    return found


def _tail(p: Profile, fit: Fittings, hull: Hull, materials: dict[str, Material]) -> list[Patch]:
    half, low, high = p.width / 2, p.clearance_z, p.tail_z - 0.02
    corners, radius = bodywork.TAIL_LAMPS[fit.tail_lamp]
    across, bottom, top = _traced(corners, 7)
    u = panels.around_rear(hull, across * half + radius * np.linspace(-1, 1, 7))
    bottom, top = low + bottom * (high - low) - radius, low + top * (high - low) + radius
    found = [Patch(u[::-1], bottom[::-1], top[::-1], materials["red"], _UNDER_M)]
    for part in bodywork.tail_windows(p, fit):
        u = panels.around_rear(hull, np.linspace(part.start_m, part.end_m, 3))[::-1]
        found.append(Patch(u, np.full(3, part.bottom_z), np.full(3, part.top_z), materials[part.slot], _ON_M))
    return found


def _side(p: Profile, fit: Fittings, hull: Hull) -> list[Patch]:
    """Door shuts, handles and the strip along the doors."""
    low, top, front, rear = p.clearance_z + 0.095, p.belt_z, p.axles_x[0], p.axles_x[1]

    def panel(rear_x: float, front_x: float, bottom: float, top: float, columns: int, material: Material) -> Patch:
        u = panels.along_side(hull, np.linspace(front_x, rear_x, columns))
        return Patch(u, np.full(columns, bottom), np.full(columns, top), material, _ON_M)

    lines = bodywork.door_lines(p)
    whole = lines[:-1] if p.doors == 4 else lines  # the rear doors end over the wheel
    found = [panel(x - _LINE_M, x + _LINE_M, low, top, 2, surfaces.GAP) for x in whole]
    found += [panel(x + 0.075, x + 0.205, p.belt_z - 0.10, p.belt_z - 0.075, 2, surfaces.GAP) for x in lines[1:]]
    if fit.side_strip:
        height, gap = p.clearance_z + 0.38 * (p.belt_z - p.clearance_z), bodywork.arch_radius_m(p) + 0.05
        found.append(panel(rear + gap, front - gap, height - 0.025, height + 0.025, 5, surfaces.PLASTIC))
    return found


def _traced(corners: Outline, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns across an outline, and its lower and upper edge there; each (columns,)."""
    a = np.array(corners)
    b = np.roll(a, -1, axis=0)
    across = np.linspace(a[:, 0].min(), a[:, 0].max(), columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (across[:, None] - a[:, 0]) / (b - a)[:, 0]
    level = a[:, 1] + np.clip(np.nan_to_num(share), 0, 1) * (b - a)[:, 1]
    on = (across[:, None] >= np.minimum(a, b)[:, 0] - 1e-9) & (across[:, None] <= np.maximum(a, b)[:, 0] + 1e-9)
    return across, np.where(on, level, np.inf).min(1), np.where(on, level, -np.inf).max(1)

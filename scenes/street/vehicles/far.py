"""Cars from afar: the same hulls and outlines with a fifth of the triangles, for cars about a hundred pixels long.

A pixel is then 4 cm or more. Lamps, grilles and handles are patches on the hull instead of cuts and solids; what is narrower than
a centimetre or out of sight (wipers, bonnet shuts, slats, exhaust) is left out.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import loft
from scenes.street.vehicles import bodywork, details, far_trim, hulls, panels
from scenes.street.vehicles.bare import MIRROR_M, STAND_INS, Bare, slot_materials
from scenes.street.vehicles.bodywork import Fittings
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.skin import Skin, both_sides, paint, skin_of
from scenes.street.vehicles.surface import Hull

_BODY_V = np.array([0, 1, 2, 3, 4, 5, 7, 9, 10.5, 11.5, 12.3, 13, 14, 16])
_CABIN_U = np.arange(hulls.CABIN_COLUMNS, dtype=float)
_CABIN_V = np.array([0, hulls.GLASS_FOOT_V, 2.5, 4.2, hulls.GLASS_HEAD_V, 6.6, 7.4, 8.5, 11])
_ARCH = np.array([-1.0, -0.72, 0.0, 0.72, 1.0])  # columns over a wheel arch, in its radii


@lru_cache(maxsize=256)  # 0.1 MB each
def bare(p: Profile, fit: Fittings) -> Bare:
    """What cars of one profile share."""
    left = slot_materials(STAND_INS, "left")
    hull = hulls.body_hull(p)
    body, arches = bodywork.shell(skin_of(hull, _columns(p, hull), _BODY_V), p, fit)
    cabin = _cabin(p, fit)
    trim = merge([*panels.patches(hull, far_trim.patches(p, fit, hull, left)), *_posts(p, cabin.hull, left["post"])])
    mesh = merge([
        both_sides(body, left),
        both_sides(cabin, left),
        trim,
        trim.transformed(details.MIRROR).dressed({STAND_INS["left"]: STAND_INS["right"]}),
        *details.pair(bodywork.wells(p, body, arches, 0.30, sides=10)),
        details.floor(body),
        *details.pair(_door_mirror(p, left["paint"])),
    ])  # fmt: skip
    front_z = p.clearance_z + 0.40 * (p.nose_z - p.clearance_z)
    rear_z = bodywork.plate_bed_z(p, fit)
    return Bare(mesh, cabin.hull, _on_centre_line(hull, 0.0, front_z, 0.012), _on_centre_line(hull, len(hulls.PLAN) - 1.0, rear_z, -0.012))


def _columns(p: Profile, hull: Hull) -> np.ndarray:
    """The hull's own columns, those over the wheel arches replaced by some that meet the arches' outlines."""
    radius = bodywork.arch_radius_m(p)
    u = np.arange(len(hulls.PLAN), dtype=float)
    for x in p.axles_x:
        over = panels.along_side(hull, x - radius * _ARCH[::-1])
        u = np.concatenate([u[(u < over.min() - 0.2) | (u > over.max() + 0.2)], over])
    return np.sort(u)


def _cabin(p: Profile, fit: Fittings) -> Skin:
    """The painted half cabin; the black surrounds of the glass are as dark as the glass and belong to it."""
    skin = skin_of(hulls.cabin_hull(p), _CABIN_U, _CABIN_V)
    screens, side = bodywork.glass(p)
    skin = paint(skin, lambda s: screens(s) - 0.022, "glass")
    if fit.bright_trim:
        skin = paint(skin, lambda s: side(s) - 0.030, "chrome")
    return paint(skin, lambda s: side(s) - (0.012 if fit.bright_trim else 0.030), "glass")


def _posts(p: Profile, cabin: Hull, material: Material) -> list[Mesh]:
    """The dark pillars of the left side, each from the foot of the glass to its head or to its leaning rear end."""
    u, v = np.linspace(hulls.A_PILLAR_U, hulls.C_PILLAR_U, 60), np.linspace(hulls.GLASS_FOOT_V, hulls.GLASS_HEAD_V, 8)
    points = cabin.grid(u, v)
    over_belt = points[..., 2] - p.belt_z
    x = points[..., 0] + over_belt * bodywork.POST_LEAN
    found = []
    for foot, width in bodywork.posts(p):
        highest = (foot - p.nose_x + p.glass_back) / (p.glass_rear_lean + bodywork.POST_LEAN)
        rows = np.linspace(v[0], np.interp(highest, over_belt[len(u) // 2], v), 4)
        edges = np.array([[np.interp(-at, -x[:, k], u) for k in range(len(v))] for at in (foot + width / 2, foot - width / 2)])
        uv = np.stack([np.stack([np.interp(rows, v, edge), rows], axis=1) for edge in edges]).reshape(-1, 2)
        found.append(panels.sheet(cabin.at(uv) + 0.008 * cabin.normals(uv), 2, len(rows), material))
    return found


def _door_mirror(p: Profile, material: Material) -> Mesh:
    """The left door mirror, where details.door_mirror has it."""
    x, z = p.nose_x - p.cowl_back - 0.44, p.belt_z + 0.089
    inner, outer = p.width / 2 - 0.6 * p.tuck, p.width / 2 + MIRROR_M
    angle = np.linspace(0, 2 * np.pi, 8, endpoint=False) + np.pi / 8
    square = np.column_stack([np.cos(angle), np.sin(angle)]) / np.cos(np.pi / 8)
    rings = [
        np.column_stack([np.full(8, x + dx), (inner + outer) / 2 + square[:, 0] * (outer - inner) / 2 * k, z + square[:, 1] * 0.066 * k])
        for dx, k in ((-0.045, 1.0), (0.02, 0.92), (0.062, 0.4))
    ]
    return loft(np.stack(rings)[::-1, ::-1], material, smooth=True)


def _on_centre_line(hull: Hull, column: float, z: float, before_m: float) -> Vector:
    """The point `before_m` in front of the hull at height `z`."""
    uv = panels.at_height(hull, np.array([column]), np.array([[z]])).reshape(1, 2)
    return (float(hull.at(uv)[0, 0]) + before_m, 0.0, z)

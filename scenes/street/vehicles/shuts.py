"""Shut lines and slats: narrow ribbons laid on a hull, a hair above it, so that they stay crisp whatever the triangles below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.street.vehicles import bodywork, surfaces
from scenes.street.vehicles.bodywork import Fittings
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.surface import Hull

LIFT_M = 0.003  # over the true surface; the chords of the triangles lie below it
GAP_M = 0.008  # shut lines are 4 mm wide; drawn wider they survive being looked at from 10 m
_XZ, _YZ = (0, 2), (1, 2)


def along(corners: Sequence[tuple[float, float]], step_m: float = 0.07) -> np.ndarray:
    """(N, 2) points on a polyline, its corners among them."""
    points = np.asarray(corners, float)
    parts = [points[:1]]
    for a, b in pairwise(points):
        count = max(1, round(float(np.linalg.norm(b - a)) / step_m))
        parts.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(parts)


def ribbon(hull: Hull, uv: np.ndarray, width_m: float, material: Material = surfaces.GAP, lift_m: float = LIFT_M) -> Mesh:
    """A strip of `width_m` along the surface points `uv` (N, 2)."""
    normal = hull.normals(uv)
    points = hull.at(uv) + lift_m * normal
    ahead = np.gradient(points, axis=0)
    across = np.cross(normal, ahead)
    across *= width_m / 2 / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    count = len(uv)
    i = np.arange(count - 1)
    faces = np.stack([i + count, i + count + 1, i + 1, i], axis=1)
    return Mesh.of(np.concatenate([points + across, points - across]), faces, material, smooth=True)


def on_side(
    hull: Hull, corners: Sequence[tuple[float, float]], width_m: float = GAP_M, top_v: float = 13.3, material: Material = surfaces.GAP
) -> Mesh:
    """A ribbon along a polyline drawn in the side view (x, z)."""
    uv = hull.locate(_XZ, along(corners), (3.0, 1.0), (hull.controls.shape[0] - 4.0, top_v))
    return ribbon(hull, uv, width_m, material)


def on_tail(hull: Hull, corners: Sequence[tuple[float, float]], width_m: float = GAP_M, top_v: float = 13.3) -> Mesh:
    """A ribbon along a polyline drawn in the rear view (y, z)."""
    last = hull.controls.shape[0] - 1.0
    return ribbon(hull, hull.locate(_YZ, along(corners), (last - 5.0, 1.0), (last, top_v)), width_m)


def car_shuts(p: Profile, fit: Fittings, body: Hull) -> list[Mesh]:
    """Doors, bonnet, boot lid, bumper joints and fuel flap of both sides."""
    left = [*_doors(p, body), *_bumper_joints(p, body)]
    u = np.linspace(0, 8.6, 44)
    u = u[body.at(np.column_stack([u, np.full(44, 13.0)]))[:, 0] > p.nose_x - p.cowl_back]
    left.append(ribbon(body, np.column_stack([u, np.full(len(u), 13.0)]), GAP_M * 1.2))
    inner = 0.78 * p.width / 2
    sill, top = p.clearance_z + 0.55 * (p.tail_z - p.clearance_z), p.tail_z - 0.03
    left.append(on_tail(body, [(0.0, sill), (inner - 0.06, sill), (inner, sill + 0.05), (inner * 0.99, top)]))
    rear, radius = p.axles_x[1], bodywork.arch_radius_m(p)
    if fit.side_strip:
        height, gap = p.clearance_z + 0.38 * (p.belt_z - p.clearance_z), radius + 0.05
        left.append(on_side(body, [(rear + gap, height), (p.axles_x[0] - gap, height)], 0.05, material=surfaces.PLASTIC))
    flap_x, flap_z = rear - 0.02, p.wheel / 2 + radius + 0.14
    flap = on_side(
        body, [(flap_x, flap_z), (flap_x, flap_z + 0.13), (flap_x - 0.14, flap_z + 0.13), (flap_x - 0.14, flap_z), (flap_x, flap_z)], 0.005
    )
    mirror = np.diag([1.0, -1.0, 1.0])
    return [flap.transformed(mirror), *left, *(mesh.transformed(mirror) for mesh in left)]


def _doors(p: Profile, body: Hull) -> list[Mesh]:
    lines = bodywork.door_lines(p)
    rear, radius = p.axles_x[1], bodywork.arch_radius_m(p)
    low, top = p.clearance_z + 0.095, max(p.belt_z, p.tail_z) + 0.04
    found = [on_side(body, [(lines[0] + 0.03, low), (lines[0], low + 0.25), (lines[0] - 0.02, p.belt_z - 0.03)])]
    found += [on_side(body, [(x, low), (x + 0.01, low + 0.3), (x - 0.02, top)]) for x in lines[1:-1]]
    last = lines[-1]
    if p.doors == 2:
        found.append(on_side(body, [(last, low), (last + 0.01, low + 0.3), (last - 0.03, top)]))
        end = last
    else:
        end = rear + radius + 0.06
        found.append(on_side(body, [
            (end, low), (end - 0.005, p.wheel / 2 + 0.06), (rear + radius * 0.82, p.wheel / 2 + radius * 0.80),
            (rear + radius * 0.45, p.wheel / 2 + radius + 0.09), (last - 0.14, top),
        ]))  # fmt: skip
    found.append(on_side(body, [(lines[0] + 0.03, low), (end, low)]))
    return found


def _bumper_joints(p: Profile, body: Hull) -> list[Mesh]:
    """Where the bumpers meet wings and bonnet."""
    radius, (front, rear) = bodywork.arch_radius_m(p), p.axles_x
    middle = p.wheel / 2 + 0.19
    tail_z = p.clearance_z + 0.57 * (p.tail_z - p.clearance_z)
    return [
        on_side(
            body,
            [
                (front + radius * 0.92, middle),
                (front + radius + 0.05, middle + 0.10),
                (front + radius + 0.12, p.clearance_z + 0.66 * (p.nose_z - p.clearance_z)),
            ],
        ),
        on_side(body, [(rear - radius * 0.92, middle), (rear - radius - 0.04, tail_z)]),
    ]


def grille_bars(p: Profile, fit: Fittings, body: Hull) -> list[Mesh]:
    """Slats across the upper opening."""
    half, low, high = bodywork.nose_frame(p)
    outline = np.array(bodywork.GRILLES[fit.grille][0])
    start, end = outline[:, 0].min(), 0.94 * outline[:, 0].max()
    bottom, top = low + outline[:, 1].min() * (high - low), low + outline[:, 1].max() * (high - low)
    material = surfaces.CHROME if fit.bright_trim else surfaces.PLASTIC
    count = max(1, round((top - bottom) / 0.055))
    left = []
    for k in range(count):
        z = bottom + (top - bottom) * (k + 0.5) / count
        targets = np.column_stack([np.linspace(start, end, 7) * half, np.full(7, z)])
        left.append(ribbon(body, body.locate(_YZ, targets, (0.0, 2.0), (4.0, 13.0)), 0.014, material, -0.006))
    mirror = np.diag([1.0, -1.0, 1.0])
    return [merge(left), merge(left).transformed(mirror)]

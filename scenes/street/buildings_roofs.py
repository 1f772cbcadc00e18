"""Roofs: pitched with gables, hipped, flat with a parapet; chimneys, gutters, dormers. Metres; the house looks along +X."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, prism
from scenes.street.buildings_looks import LEAD, PLASTIC_BLACK
from scenes.street.buildings_parts import Rect, block, panel, quads

_TILES_M = 0.1  # thickness of tiles and battens at the eaves
GUTTER_M = 0.12


def ridge_rise_m(depth_m: float, pitch_rad: float) -> float:
    """How far the ridge of a symmetric roof is above its eaves."""
    return depth_m / 2 * math.tan(pitch_rad)


def gable_roof(
    front_x: float, back_x: float, half_width: float, eaves_z: float, pitch_rad: float, tiles: Material, wall: Material
) -> Iterator[Mesh]:
    """Two slopes with the ridge along y, gable walls, ridge tiles and gutters; it ends flush with the side walls.

    The eaves hang GUTTER_M over the front and the back wall.
    """
    middle, rise = (front_x + back_x) / 2, ridge_rise_m(front_x - back_x, pitch_rad)
    drop = GUTTER_M * math.tan(pitch_rad)
    outline = [(front_x + GUTTER_M, eaves_z - drop), (middle, eaves_z + rise), (back_x - GUTTER_M, eaves_z - drop)]
    y0, y1 = -half_width, half_width
    top = [(x, z + _TILES_M) for x, z in outline]
    (fx, fz), (mx, mz), (bx, bz) = top
    slopes = [[(fx, y0, fz), (fx, y1, fz), (mx, y1, mz), (mx, y0, mz)], [(mx, y0, mz), (mx, y1, mz), (bx, y1, bz), (bx, y0, bz)]]
    (ex, ez), _, (rx, rz) = outline
    fascia = [
        [(ex, y0, ez), (ex, y1, ez), (fx, y1, fz), (fx, y0, fz)],
        [(ex, y1, ez), (ex, y0, ez), (front_x, y0, eaves_z), (front_x, y1, eaves_z)],
        [(rx, y1, rz), (rx, y0, rz), (bx, y0, bz), (bx, y1, bz)],
        [(rx, y0, rz), (rx, y1, rz), (back_x, y1, eaves_z), (back_x, y0, eaves_z)],
    ]
    yield quads(slopes, tiles)
    yield quads(fascia, LEAD)
    yield _gable_ends(outline, top, half_width, (front_x, back_x, eaves_z), tiles, wall)
    yield box((0.22, 2 * half_width, 0.1), tiles, center_m=(middle, 0.0, mz + 0.01))
    yield box((0.1, 2 * half_width, 0.09), PLASTIC_BLACK, center_m=(ex + 0.052, 0.0, ez + 0.04))


def _gable_ends(
    under: list[tuple[float, float]],
    top: list[tuple[float, float]],
    half: float,
    eaves: tuple[float, float, float],
    tiles: Material,
    wall: Material,
) -> Mesh:
    """The triangles of wall below the slopes and the tiles' edges, both ends, without overlaps."""
    front_x, back_x, eaves_z = eaves
    ridge = under[1]
    triangle = np.array([(front_x, 0.0, eaves_z), (ridge[0], 0.0, ridge[1]), (back_x, 0.0, eaves_z)])
    left, right = triangle + np.array([0.0, half, 0.0]), triangle - np.array([0.0, half, 0.0])
    gables = Mesh.of(np.concatenate([left, right]), [[2, 1, 0], [3, 4, 5]], wall)
    edges = []
    for (ax, az), (bx, bz), (cx, cz), (dx, dz) in ((under[0], under[1], top[1], top[0]), (under[1], under[2], top[2], top[1])):
        edges.append([(ax, -half, az), (dx, -half, dz), (cx, -half, cz), (bx, -half, bz)])
        edges.append([(ax, half, az), (dx, half, dz), (cx, half, cz), (bx, half, bz)][::-1])
    return merge([gables, quads(edges, tiles)])


def hip_roof(
    front_x: float, back_x: float, half_width: float, eaves_z: float, pitch_rad: float, overhang_m: float, tiles: Material
) -> Iterator[Mesh]:
    """Four slopes over a rectangle, wider (y) than deep or square; the eaves hang `overhang_m` over the walls all round."""
    fx, bx, hy = front_x + overhang_m, back_x - overhang_m, half_width + overhang_m
    depth, z = fx - bx, eaves_z
    rise = min(depth, 2 * hy) / 2 * math.tan(pitch_rad)
    middle, half_ridge_y, half_ridge_x = (fx + bx) / 2, max(hy - depth / 2, 0.0), max(depth / 2 - hy, 0.0)
    a, b = (middle + half_ridge_x, -half_ridge_y, z + rise), (middle - half_ridge_x, half_ridge_y, z + rise)
    if half_ridge_x:
        ridge_front_left = ridge_front_right = a
        ridge_back_left = ridge_back_right = b
    else:
        ridge_front_left, ridge_front_right, ridge_back_left, ridge_back_right = b, a, b, a
    slopes = [
        [(fx, -hy, z), (fx, hy, z), ridge_front_left, ridge_front_right],
        [(bx, hy, z), (bx, -hy, z), ridge_back_right, ridge_back_left],
        [(fx, hy, z), (bx, hy, z), ridge_back_left, ridge_front_left],
        [(bx, -hy, z), (fx, -hy, z), ridge_front_right, ridge_back_right],
    ]
    yield _triangles(slopes, tiles)
    yield box((depth, 2 * hy, 0.12), LEAD, center_m=(middle, 0.0, z - 0.06))


def _triangles(quads_or_triangles: list[list[tuple[float, float, float]]], material: Material) -> Mesh:
    """Quads of which some have two equal corners, without their zero triangles."""
    points: list[tuple[float, float, float]] = []
    faces: list[tuple[int, int, int]] = []
    for corners in quads_or_triangles:
        start = len(points)
        points += corners
        for i, j, k in ((0, 1, 2), (0, 2, 3)):
            a, b, c = (np.array(corners[n]) for n in (i, j, k))
            if np.linalg.norm(np.cross(b - a, c - a)) > 1e-9:
                faces.append((start + i, start + j, start + k))
    return Mesh.of(points, faces, material)


def parapet_roof(
    front_x: float, back_x: float, half_width: float, roof_z: float, parapet_m: float, wall: Material, cap: Material
) -> Iterator[Mesh]:
    """A flat roof behind a low wall that carries coping stones."""
    gravel = Material(color=(0.16, 0.155, 0.15), texture="asphalt", texture_scale_m=0.5, variation=0.4, roughness=0.9, weathered=True)
    thick, y = 0.22, half_width
    yield quads(
        [
            [
                (front_x - thick, y - thick, roof_z),
                (back_x + thick, y - thick, roof_z),
                (back_x + thick, thick - y, roof_z),
                (front_x - thick, thick - y, roof_z),
            ]
        ],
        gravel,
    )
    top = roof_z + parapet_m
    outer = [(front_x, -y), (front_x, y), (back_x, y), (back_x, -y)]
    inner = [(front_x - thick, thick - y), (front_x - thick, y - thick), (back_x + thick, y - thick), (back_x + thick, thick - y)]
    faces, coping = [], []
    for i in range(4):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = outer[i], outer[(i + 1) % 4], inner[(i + 1) % 4], inner[i]
        faces.append([(ax, ay, roof_z), (bx, by, roof_z), (bx, by, top), (ax, ay, top)])
        faces.append([(cx, cy, roof_z), (dx, dy, roof_z), (dx, dy, top), (cx, cy, top)])
        coping.append([(ax, ay, top), (bx, by, top), (cx, cy, top), (dx, dy, top)])
    yield quads(faces, wall)
    yield quads(coping, cap)


def chimney(x: float, y: float, base_z: float, top_z: float, pots: int, wall: Material) -> Iterator[Mesh]:
    """A stack with a corbelled head and clay pots; `top_z` is the pots' rim."""
    clay = Material(color=(0.3, 0.13, 0.07), roughness=0.85, variation=0.3)
    wide, deep, head = 0.35 + 0.3 * pots, 0.5, top_z - 0.35
    yield box((deep, wide, head - 0.15 - base_z), wall, center_m=(x, y, (head - 0.15 + base_z) / 2))
    yield box((deep + 0.1, wide + 0.1, 0.15), wall, center_m=(x, y, head - 0.075))
    for i in range(pots):
        at = y + (i - (pots - 1) / 2) * 0.3
        yield lathe([(0.12, 0.0), (0.1, 0.28), (0.13, 0.31), (0.11, 0.35)], clay, segments=8).moved((x, at, head))


def downpipe(x: float, y: float, top_z: float) -> Mesh:
    """A black rain-water pipe on the wall at depth x."""
    outline = [(x + 0.045 + 0.035 * math.cos(a), y + 0.035 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 6, endpoint=False)]
    return prism(outline, top_z, PLASTIC_BLACK)


def dormer(
    x_front: float,
    y: float,
    base_z: float,
    width_m: float,
    height_m: float,
    pitch_rad: float,
    tiles: Material,
    trim: Material,
    glass: Material,
) -> Iterator[Mesh]:
    """A flat-roofed dormer window in the front slope; it runs back until it meets the slope."""
    back = x_front - (height_m + 0.15) / math.tan(pitch_rad)
    front = Rect(y - width_m / 2, y + width_m / 2, base_z, base_z + height_m)
    hole = front.inset(0.12)
    yield block(front, back, x_front - 0.03, tiles)
    yield block(Rect(front.y0 - 0.08, front.y1 + 0.08, front.z1, front.z1 + 0.1), back, x_front + 0.06, LEAD)
    yield from (
        block(bar, x_front - 0.03, x_front + 0.01, trim)
        for bar in (
            Rect(front.y0, hole.y0, front.z0, front.z1),
            Rect(hole.y1, front.y1, front.z0, front.z1),
            Rect(hole.y0, hole.y1, front.z0, hole.z0),
            Rect(hole.y0, hole.y1, hole.z1, front.z1),
            Rect(y - 0.03, y + 0.03, hole.z0, hole.z1),
        )
    )
    yield panel(hole, [], x_front - 0.02, glass)

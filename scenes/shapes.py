"""Building blocks of procedural meshes: boxes, prisms, lathes, tubes, lofts, plates. Pure numpy, metres.

All return closed meshes with faces counter-clockwise seen from outside, unless it says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from generator.geometry import cross
from generator.mesh import Material, Mesh


def box(size_m: Sequence[float], material: Material, *, center_m: Sequence[float] = (0.0, 0.0, 0.0)) -> Mesh:
    """An axis-aligned box of `size_m` (x, y, z) around `center_m`."""
    points = _CORNERS * np.asarray(size_m, float) + np.asarray(center_m, float)
    return Mesh.of(points, _SIDES, material)


_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_SIDES = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]], np.int32)


def loft(rings: np.ndarray, material: Material, *, closed: bool = True, caps: bool = True, smooth: bool = False) -> Mesh:
    """A skin over R rings of P points each, `rings` (R, P, 3).

    `closed`: the last point of a ring joins the first. `caps`: fans from the centre close both ends (needs closed rings).
    Faces look outwards when the rings run counter-clockwise seen from the last ring looking at the first.
    """
    rings = np.asarray(rings, float)
    count, points = rings.shape[:2]
    vertices = rings.reshape(-1, 3)
    if not (caps and closed):
        return Mesh.of(vertices, _skin_faces(count, points, closed, caps=False), material, smooth=smooth)
    vertices = np.concatenate([vertices, rings[0].mean(0)[None], rings[-1].mean(0)[None]])
    mesh = Mesh.of(vertices, _skin_faces(count, points, closed, caps=True), material, smooth=smooth)
    mesh.smooth[-2 * points :] = False  # flat ends keep the rim sharp
    return mesh


@lru_cache(maxsize=512)  # a scene is thousands of lofts of few sizes
def _skin_faces(count: int, points: int, closed: bool, *, caps: bool) -> np.ndarray:
    """(F, 3) int32 triangles of a loft over so many rings of so many points; read only, because they are shared."""
    span = points if closed else points - 1
    r, p = np.meshgrid(np.arange(count - 1), np.arange(span), indexing="ij")
    a, b = r * points + p, r * points + (p + 1) % points
    quads = np.stack([a, b, b + points, a + points], axis=-1).reshape(-1, 4)
    triangles = [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
    if caps:
        first, last, top = count * points, count * points + 1, (count - 1) * points
        i = np.arange(points)
        j = (i + 1) % points
        triangles += [np.stack([np.full(points, first), j, i], axis=1), np.stack([np.full(points, last), i + top, j + top], axis=1)]
    faces = np.concatenate(triangles).astype(np.int32)
    faces.flags.writeable = False
    return faces


def circle(radius_m: float, segments: int, z_m: float = 0.0) -> np.ndarray:
    """(segments, 3) points of a circle about +Z, counter-clockwise from +X."""
    angle = np.linspace(0.0, 2 * np.pi, segments, endpoint=False)
    return np.stack([radius_m * np.cos(angle), radius_m * np.sin(angle), np.full(segments, z_m)], axis=1)


def lathe(profile: Sequence[tuple[float, float]], material: Material, *, segments: int = 16, smooth: bool = True) -> Mesh:
    """A solid of revolution about +Z; `profile` lists (radius_m, z_m) from bottom to top."""
    return loft(np.stack([circle(max(r, 1e-4), segments, z) for r, z in profile]), material, smooth=smooth)


def prism(outline: Sequence[tuple[float, float]], height_m: float, material: Material, *, bottom_m: float = 0.0) -> Mesh:
    """A star-shaped (as seen from its centroid) outline in x, y, counter-clockwise, extruded upwards."""
    flat = np.array([(x, y, bottom_m) for x, y in outline])
    return loft(np.stack([flat, flat + np.array([0.0, 0.0, height_m])]), material)


def tube(path: np.ndarray, radii_m: Sequence[float] | float, material: Material, *, segments: int = 8, smooth: bool = True) -> Mesh:
    """A tube along `path` (N, 3) with a radius (or one a point); ends are capped."""
    path = np.asarray(path, float)
    radii = np.broadcast_to(np.asarray(radii_m, float), len(path))
    tangents = np.gradient(path, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    side = cross(tangents[0], np.array((0.0, 0.0, 1.0) if abs(tangents[0][2]) < 0.9 else (1.0, 0.0, 0.0)))
    rings = []
    angle = np.linspace(0.0, 2 * np.pi, segments, endpoint=False)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    for point, tangent, radius in zip(path, tangents, radii, strict=True):
        side = side - tangent * (side @ tangent)
        side /= math.sqrt(side @ side)
        up = cross(tangent, side)
        rings.append(point + radius * (cosine * side + sine * up))
    return loft(np.stack(rings), material, smooth=smooth)


def plate(outline: np.ndarray, material: Material) -> Mesh:
    """A flat fan over a star-shaped outline (N, 3), one-sided, looking to where it runs counter-clockwise. Not closed."""
    outline = np.asarray(outline, float)
    count = len(outline)
    i = np.arange(count)
    faces = np.stack([np.full(count, count), i, (i + 1) % count], axis=1)
    return Mesh.of(np.concatenate([outline, outline.mean(0)[None]]), faces, material)


def grid(points: np.ndarray, material: Material, *, smooth: bool = False) -> Mesh:
    """An open sheet over an (R, C, 3) grid of points, one-sided, looking to -(d row x d column)."""
    return loft(points, material, closed=False, caps=False, smooth=smooth)

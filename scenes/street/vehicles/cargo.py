"""Bodies that goods travel in: boxes, platforms, tipping skips. They stand on z = 0, centred in x and y."""

from __future__ import annotations

import numpy as np

from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import box
from scenes.street.vehicles import surfaces


def box_body(size_m: Vector, material: Material) -> Mesh:
    """A closed box with aluminium edges, a roller shutter behind and a dark floor."""
    length, width, height = size_m
    edge = 0.07
    parts = [box((length - 0.02, width - 0.02, height - 0.02), material, center_m=(0, 0, height / 2))]
    for y in (-1, 1):
        parts += [box((length, edge, edge), surfaces.ALLOY, center_m=(0, y * (width - edge) / 2, z)) for z in (edge / 2, height - edge / 2)]
        parts += [
            box((edge, edge, height), surfaces.ALLOY, center_m=(x * (length - edge) / 2, y * (width - edge) / 2, height / 2))
            for x in (-1, 1)
        ]
    for x in (-1, 1):
        parts += [box((edge, width, edge), surfaces.ALLOY, center_m=(x * (length - edge) / 2, 0, z)) for z in (edge / 2, height - edge / 2)]
    slats = max(3, round(height / 0.25))
    rear = -length / 2 + 0.012
    parts += [
        box((0.004, width - 0.2, 0.012), surfaces.GAP, center_m=(rear - 0.003, 0, height * (k + 1) / (slats + 1))) for k in range(slats)
    ]
    return merge(parts)


def platform(size_m: Vector, material: Material) -> Mesh:
    """A flat bed with drop sides; `size_m` is over all, the floor is a quarter up."""
    length, width, height = size_m
    floor = 0.14
    parts = [box((length, width, floor), surfaces.STEEL, center_m=(0, 0, floor / 2))]
    wall, middle = 0.04, (floor + height) / 2
    parts += [box((length, wall, height - floor), material, center_m=(0, y * (width - wall) / 2, middle)) for y in (-1, 1)]
    parts += [box((wall, width - 2 * wall, height - floor), material, center_m=(x * (length - wall) / 2, 0, middle)) for x in (-1, 1)]
    posts = np.linspace(-length / 2 + 0.05, length / 2 - 0.05, max(3, round(length / 1.6)))
    parts += [
        box((0.09, 0.02, height), surfaces.PLASTIC, center_m=(x, y * (width / 2 + 0.005), height / 2)) for x in posts for y in (-1, 1)
    ]
    return merge(parts)


def skip(size_m: Vector, material: Material) -> Mesh:
    """A tipper's open bin with ribs, its walls leaning out a little; filled with earth to below the rim."""
    length, width, height = size_m
    lower, upper = np.array([length - 0.3, width - 0.25]) / 2, np.array([length, width]) / 2
    corners = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], float)
    inset = 0.05
    rings = [np.column_stack([corners * lower, np.zeros(4)]), np.column_stack([corners * upper, np.full(4, height)])]
    rings += [
        np.column_stack([corners * (upper - inset), np.full(4, height)]),
        np.column_stack([corners * (lower * 0.3 + upper * 0.7 - inset), np.full(4, 0.72 * height)]),
    ]
    shell = _stack(rings, material)
    load = Mesh.of(
        np.concatenate([rings[3], [[0.1 * length, 0, 0.95 * height]]]), [[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]], EARTH, smooth=True
    )
    base = Mesh.of(rings[0], [[3, 2, 1, 0]], surfaces.UNDERBODY)
    ribs = []
    for x in np.linspace(-0.42, 0.42, 5) * length:
        for side in (-1, 1):
            foot, head = side * (lower[1] - 0.01), side * (upper[1] - 0.01)
            points = [
                (x + dx, y + side * dy, z)
                for z, y in ((0.05, foot), (height - 0.02, head))
                for dx, dy in ((-0.05, 0), (-0.03, 0.05), (0.03, 0.05), (0.05, 0))
            ]
            faces = np.array([[0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6]])
            ribs.append(Mesh.of(points, faces[:, ::-1] if side > 0 else faces, material))
    return merge([shell, load, base, *ribs])


EARTH = Material(color=(0.13, 0.09, 0.06), texture="soil", texture_scale_m=0.3, variation=0.5, roughness=1.0)


def _stack(rings: list[np.ndarray], material: Material) -> Mesh:
    count = len(rings[0])
    i = np.arange(count)
    j = (i + 1) % count
    faces = np.concatenate([np.stack([i, j, j + count, i + count], 1) + k * count for k in range(len(rings) - 1)])
    return Mesh.of(np.concatenate(rings), faces, material)

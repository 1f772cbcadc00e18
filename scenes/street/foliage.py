"""Leaves: many small folded rhombi in clusters, real geometry without cut-outs; each rhombus stands for a spray of leaves.

Shapes: N leaves, four vertices and two triangles each. Metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from generator.colors import linear_from_srgb
from generator.geometry import cross
from generator.mesh import Material, Mesh, Rgb
from scenes.street.branching import perpendicular, unit

Foliage = Literal["green", "dark", "copper", "autumn"]

SHADE: Rgb = linear_from_srgb((0.15, 0.21, 0.09))
FOLIAGE: dict[str, tuple[Rgb, ...]] = {
    "green": ((0.25, 0.38, 0.15), (0.32, 0.45, 0.18), (0.20, 0.31, 0.12), (0.40, 0.50, 0.24)),
    "dark": ((0.16, 0.27, 0.14), (0.21, 0.33, 0.17), (0.13, 0.22, 0.12), (0.27, 0.38, 0.22)),
    "copper": ((0.36, 0.20, 0.18), (0.44, 0.26, 0.20), (0.29, 0.16, 0.15), (0.42, 0.32, 0.22)),
    "autumn": ((0.62, 0.40, 0.16), (0.70, 0.52, 0.20), (0.50, 0.30, 0.14), (0.44, 0.44, 0.18)),
}
PETALS: tuple[Rgb, ...] = (
    (0.85, 0.12, 0.14),
    (0.95, 0.78, 0.15),
    (0.93, 0.90, 0.92),
    (0.72, 0.28, 0.66),
    (0.95, 0.48, 0.15),
    (0.35, 0.30, 0.78),
)


def leaves(
    base: np.ndarray,
    direction: np.ndarray,
    length_m: np.ndarray,
    colors: Sequence[Material],
    rng: np.random.Generator,
    *,
    slender: float = 0.6,
    up: float = 0.5,
) -> Mesh:
    """Leaves (N) that start at `base` (N, 3) and point along `direction` (N, 3, need not be unit).

    `slender` is width over length. `up` 0..1 is how much their upper sides look to the sky rather than anywhere.
    Colours are handed out in runs, so that a twig keeps one colour more often than not.
    """
    count = len(base)
    along = unit(direction)
    wild = perpendicular(along, rng.uniform(0, 2 * np.pi, count))
    level = unit(cross(np.array([0.0, 0.0, 1.0]), along))
    side = unit(up * level * np.where(rng.random(count) < 0.5, 1.0, -1.0)[:, None] + (1 - up) * wild)
    fold = 0.12 * cross(along, side)
    length = length_m[:, None]
    half = 0.5 * slender * length * side
    middle = base + length * 0.45 * along + fold * length
    vertices = np.stack([base, middle + half, base + length * along, middle - half], axis=1)
    first = 4 * np.arange(count)[:, None]
    faces = (first[:, None] + np.array([[0, 2, 1], [0, 3, 2]])).reshape(-1, 3)
    pick = color_runs(count, len(colors), rng)
    mesh = Mesh.of(vertices, faces, colors[0])
    return Mesh(mesh.vertices, mesh.faces, np.repeat(pick, 2).astype(np.int16), mesh.smooth, tuple(colors))


def color_runs(count: int, colors: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) colour indices that change about every sixth leaf."""
    change = rng.random(count) < 1 / 6
    return rng.integers(0, colors, count)[np.maximum.accumulate(np.where(change, np.arange(count), 0))]


def sprays(points: np.ndarray, normals: np.ndarray, length_m: float, foliage: str, rng: np.random.Generator) -> Mesh:
    """Leaves that grow out of (N, 3) points along their normals, ragged."""
    directions = 0.6 * normals + 0.8 * rng.normal(size=points.shape) + np.array([0.0, 0.0, 0.3])
    lengths = length_m * rng.uniform(0.6, 1.3, len(points))
    colors = [leaf_material(linear_from_srgb(c)) for c in FOLIAGE[foliage]]
    return leaves(points, directions, lengths, colors, rng, up=0.3)


def petals(points: np.ndarray, normals: np.ndarray, length_m: float, rng: np.random.Generator) -> Mesh:
    """Flower petals of two or three colours."""
    chosen = rng.choice(len(PETALS), 3, replace=False)
    colors = [Material(color=linear_from_srgb(PETALS[k]), roughness=0.6, variation=0.1) for k in chosen]
    lengths = length_m * rng.uniform(0.8, 1.2, len(points))
    return leaves(points, normals + 0.5 * rng.normal(size=points.shape), lengths, colors, rng, slender=0.9, up=0.6)


def leaf_material(color: Rgb) -> Material:
    return Material(color=color, texture="foliage", texture_scale_m=0.5, variation=0.3, roughness=0.6, specular=0.3, weathered=True)

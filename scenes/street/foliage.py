"""Leaves: many small folded rhombi in clusters, real geometry without cut-outs; each rhombus stands for a spray of leaves.

Shapes: N leaves, four vertices and two triangles each. Metres.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.mesh import Material, Mesh
from scenes.street.branching import perpendicular, unit


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
    level = unit(np.cross(np.array([0.0, 0.0, 1.0]), along))
    side = unit(up * level * np.where(rng.random(count) < 0.5, 1.0, -1.0)[:, None] + (1 - up) * wild)
    fold = 0.12 * np.cross(along, side)
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

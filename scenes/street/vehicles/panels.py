"""Flush panes and plates on a hull: rounded rectangles that follow its surface a few millimetres above it.

Used where the skin itself is too coarse to carry windows and lamps: the large flat sides of buses and lorries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generator.mesh import Material, Mesh
from scenes.street.vehicles.surface import Hull

_CORNER = np.linspace(0, np.pi / 2, 4)
_SIDE_STEP_M, _END_STEP_M = 0.45, 0.08  # width of a column of a pane: sides are flat, ends are curved


@dataclass(frozen=True, eq=False)
class Patch:
    """A sheet for looking at from afar: over the columns u (N,), rising, from the heights bottom to top, both (N,) metres."""

    u: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    material: Material
    lift_m: float


def around_front(hull: Hull, across_m: np.ndarray, row: float = 5.0) -> np.ndarray:
    """(N,) column parameters at the distances `across_m` from front centre round the body."""
    u, length = _lengths(hull, row)
    return np.interp(across_m, length, u)


def around_rear(hull: Hull, across_m: np.ndarray, row: float = 5.0) -> np.ndarray:
    """(N,) column parameters at the distances `across_m` from rear centre round the body."""
    u, length = _lengths(hull, row)
    return np.interp(length[-1] - np.asarray(across_m), length, u)


def along_side(hull: Hull, x: np.ndarray, row: float = 5.0) -> np.ndarray:
    """(N,) column parameters at the positions `x` on the side."""
    u = np.linspace(0, hull.controls.shape[0] - 1, 240)
    line = hull.grid(u, np.array([row]))[:, 0, 0]
    return np.interp(-np.asarray(x), -line, u)


@lru_cache(maxsize=16)  # one hull is asked a dozen times in a row
def _lengths(hull: Hull, row: float) -> tuple[np.ndarray, np.ndarray]:
    u = np.linspace(0, hull.controls.shape[0] - 1, 240)
    line = hull.grid(u, np.array([row]))[:, 0]
    return u, np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])


def at_height(hull: Hull, u: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(N, R, 2) parameters at the columns `u` (N,) and heights `z` (N, R) of the wall."""
    v = np.linspace(1.5, hull.controls.shape[1] - 2.0, 48)
    heights = hull.grid(u, v)[..., 2]
    rows = np.stack([np.interp(want, have, v) for want, have in zip(z, heights, strict=True)])
    return np.stack([np.broadcast_to(u[:, None], rows.shape), rows], axis=-1)


def rounded_columns(start: float, end: float, radius_m: float, step_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a rounded rectangle's columns and how far each is cut off at top and bottom, both (N,) metres."""
    left = start + radius_m * (1 - np.cos(_CORNER))
    right = end - radius_m * (1 - np.cos(_CORNER[::-1]))
    cut = radius_m * (1 - np.sin(_CORNER))
    count = max(1, round((end - start - 2 * radius_m) / step_m))
    middle = left[-1] + (right[0] - left[-1]) * np.arange(1, count) / count
    return np.concatenate([left, middle, right]), np.concatenate([cut, np.zeros(len(middle)), cut[::-1]])


def pane(
    hull: Hull,
    u: np.ndarray,
    cut_m: np.ndarray,
    low_z: float,
    high_z: float,
    material: Material,
    lift_m: float = 0.004,
    rows_at_least: int = 5,
) -> Mesh:
    """A sheet over the columns `u` (rising: towards the rear) from `low_z` to `high_z`, less `cut_m` at either end of a column."""
    rows = max(rows_at_least, round((high_z - low_z) / 0.16) + 1)
    uv = _between(hull, u, low_z + cut_m, high_z - cut_m, rows)
    return sheet(hull.at(uv) + lift_m * hull.normals(uv), len(u), rows, material)


def patches(hull: Hull, wanted: Sequence[Patch]) -> list[Mesh]:
    """The sheets of all patches, found on the hull at once."""
    columns, rows = [len(patch.u) for patch in wanted], 4
    u, bottom, top = (np.concatenate([getattr(patch, name) for patch in wanted]) for name in ("u", "bottom", "top"))
    uv = _between(hull, u, bottom, top, rows)
    lift = np.repeat([patch.lift_m for patch in wanted], np.array(columns) * rows)
    points = np.split(hull.at(uv) + lift[:, None] * hull.normals(uv), np.cumsum(columns)[:-1] * rows)
    return [sheet(own, count, rows, patch.material) for own, count, patch in zip(points, columns, wanted, strict=True)]


def _between(hull: Hull, u: np.ndarray, bottom: np.ndarray, top: np.ndarray, rows: int) -> np.ndarray:
    """(N * rows, 2) parameters of even steps from bottom to top over the columns `u` (N,)."""
    return at_height(hull, u, bottom[:, None] + (top - bottom)[:, None] * np.linspace(0, 1, rows)).reshape(-1, 2)


def sheet(points: np.ndarray, columns: int, rows: int, material: Material) -> Mesh:
    """The smooth mesh over points (columns * rows, 3), columns rising towards the rear."""
    i, j = np.meshgrid(np.arange(columns - 1), np.arange(rows - 1), indexing="ij")
    a = (i * rows + j).ravel()
    return Mesh.of(points, np.stack([a, a + rows, a + rows + 1, a + 1], axis=1), material, smooth=True)


def side_pane(
    hull: Hull, rear_x: float, front_x: float, low_z: float, high_z: float, radius_m: float, material: Material, lift_m: float = 0.004
) -> Mesh:
    """A pane on the left side."""
    x, cut = rounded_columns(-front_x, -rear_x, radius_m, _SIDE_STEP_M)
    return pane(hull, along_side(hull, -x), cut, low_z, high_z, material, lift_m, rows_at_least=2)


def front_pane(
    hull: Hull, start_m: float, end_m: float, low_z: float, high_z: float, radius_m: float, material: Material, lift_m: float = 0.004
) -> Mesh:
    """A pane on the left of the front, between two distances from its centre; one that starts at 0 meets its mirror image."""
    s, cut = rounded_columns(start_m, end_m, radius_m, _END_STEP_M)
    if start_m <= 0:
        s, cut = s[4:], cut[4:]
        s, cut = np.concatenate([[0.0], s]), np.concatenate([[0.0], cut])
    return pane(hull, around_front(hull, s), cut, low_z, high_z, material, lift_m)


def rear_pane(
    hull: Hull, start_m: float, end_m: float, low_z: float, high_z: float, radius_m: float, material: Material, lift_m: float = 0.004
) -> Mesh:
    """A pane on the left of the rear, between two distances from its centre."""
    s, cut = rounded_columns(start_m, end_m, radius_m, _END_STEP_M)
    if start_m <= 0:
        s, cut = np.concatenate([[0.0], s[4:]]), np.concatenate([[0.0], cut[4:]])
    return pane(hull, around_rear(hull, s)[::-1], cut[::-1], low_z, high_z, material, lift_m)


def disc(hull: Hull, across_m: float, z: float, radius_m: float, material: Material, lift_m: float = 0.004) -> Mesh:
    """A round sheet on the left of the front, `across_m` from its centre measured round the nose."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    s = np.concatenate([[across_m], across_m + radius_m * np.cos(angle)])
    heights = np.concatenate([[z], z + radius_m * np.sin(angle)])
    uv = at_height(hull, around_front(hull, s), heights[:, None]).reshape(-1, 2)
    i = np.arange(1, 17)
    return Mesh.of(hull.at(uv) + lift_m * hull.normals(uv), np.stack([np.zeros(16, int), i, i % 16 + 1], axis=1), material, smooth=True)


def draped(hull: Hull, mesh: Mesh, lift_m: float) -> Mesh:
    """A flat drawing that faces +X, bent to lie on the front."""
    points = mesh.vertices.astype(float)
    last = hull.controls.shape[1] - 1.0
    uv = hull.locate((1, 2), np.column_stack([np.abs(points[:, 1]), points[:, 2]]), (0.0, 3.0), (5.0, last - 2))
    points[:, 0] = hull.at(uv)[:, 0] + lift_m
    return Mesh(points.astype(np.float32), mesh.faces, mesh.slots, mesh.smooth, mesh.materials)

"""Shoes: an upper and a sole around the hull of each foot, bent with the foot and its ball.

Shapes: R rings from heel to toe, P points a ring. Metres.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import loft
from scenes.street.people.body import Level, template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure, cloth_vertices

_RINGS: dict[Level, int] = {"near": 11, "far": 6}
_POINTS: dict[Level, int] = {"near": 14, "far": 8}
_ROOM_M = 0.006  # leather and sock
_SOLE_M = 0.022


def shoes(figure: Figure, upper: Material, sole: Material, *, sole_m: float = _SOLE_M) -> Mesh:
    """Both shoes in the pose."""
    return merge([part for side in ("l", "r") for part in _shoe(figure, side, upper, sole, sole_m)])


def _shoe(figure: Figure, side: str, upper: Material, sole: Material, sole_m: float) -> list[Mesh]:
    index, count = template().bone_index, _RINGS[figure.level]
    foot = figure.rest[_foot_vertices(side, figure.level)]
    heel = figure.rest_joints[index[f"foot_{side}"]]
    ball = figure.rest_joints[index[f"ball_{side}"]]
    along = (ball - heel) * np.array([1.0, 1.0, 0.0])
    along = along / np.linalg.norm(along)
    across = np.array([-along[1], along[0], 0.0])
    local = np.stack([(foot - heel) @ along, (foot - heel) @ across, foot[:, 2]], axis=1)
    start, end = local[:, 0].min() - _ROOM_M, local[:, 0].max() + 2 * _ROOM_M
    stations = start + (end - start) * (0.5 - 0.5 * np.cos(np.linspace(0.03, 0.97, count) * np.pi))
    top = heel[2] * 1.12
    rings = _rings(local, stations, top, (end - start) / 8, (stations - start) / (end - start), _POINTS[figure.level])
    at = heel * np.array([1.0, 1.0, 0.0]) + rings @ np.stack([along, across, np.array([0.0, 0.0, 1.0])])
    bend = np.clip((stations - (ball - heel) @ along) / 0.03 + 0.5, 0, 1)
    weights = np.zeros((count, len(index)), np.float32)
    weights[:, index[f"foot_{side}"]], weights[:, index[f"ball_{side}"]] = 1 - bend, bend
    return [_bent(figure, at, weights, upper), _bent(figure, _sole_rings(at, sole_m), weights, sole)]


def _rings(local: np.ndarray, stations: np.ndarray, top_m: float, reach_m: float, share: np.ndarray, points: int) -> np.ndarray:
    """(R, P, 3) hulls of the foot's points (N, 3) near the stations (R,), cut at the collar and flat below; `share` 0 heel .. 1 toe."""
    collar = top_m * (1.0 - 0.18 * np.clip((share - 0.25) / 0.2, 0, 1))
    gap = np.where(local[:, 2] < collar[:, None], np.abs(local[:, 0] - stations[:, None]), np.inf)  # (R, N)
    near = gap <= np.maximum(reach_m, np.partition(gap, 7, axis=1)[:, 7])[:, None]  # at least eight
    y, z = np.where(near, local[:, 1], np.nan), np.where(near, local[:, 2], -np.inf)
    middle = np.stack([np.nanmin(y, 1) + np.nanmax(y, 1), z.max(1)], axis=1) / 2
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False) + np.pi / points
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    reach = np.where(near[:, :, None], local[:, 1:] @ way.T, -np.inf).max(1)  # (R, P)
    spread = reach - middle @ way.T  # support function of the hull
    taper = np.sqrt(np.clip(1 - np.clip((share - 0.88) / 0.14, 0, 1) ** 2, 0.12, 1)) * np.sqrt(
        np.clip(1 - np.clip((0.1 - share) / 0.13, 0, 1) ** 2, 0.2, 1)
    )
    section = middle[:, None] + way * (spread + _ROOM_M)[:, :, None] * np.stack([taper, 0.4 + 0.6 * taper], axis=1)[:, None]
    section[:, :, 1] = np.maximum(section[:, :, 1], 0.002)
    along = np.broadcast_to(stations[:, None, None], (len(stations), points, 1))
    return np.concatenate([along, section], axis=2)


def _sole_rings(rings: np.ndarray, sole_m: float) -> np.ndarray:
    """(R, 4, 3) rectangles under the rings, a little wider."""
    low, high = rings.min(1), rings.max(1)
    left, right = rings[np.arange(len(rings)), rings[:, :, 1].argmax(1)], rings[np.arange(len(rings)), rings[:, :, 1].argmin(1)]
    middle = (left + right) / 2
    left, right = middle + (left - middle) * 1.06, middle + (right - middle) * 1.06
    bottom, top = low[:, 2] * 0 - 0.008, np.minimum(high[:, 2], sole_m - 0.008)
    sole = np.stack([right, left, left, right], axis=1)
    sole[:, :2, 2], sole[:, 2:, 2] = bottom[:, None], top[:, None]
    return sole


def _bent(figure: Figure, rings: np.ndarray, weights: np.ndarray, material: Material) -> Mesh:
    count = rings.shape[1]
    posed = figure.moved(rings.reshape(-1, 3), np.repeat(weights, count, axis=0)).reshape(rings.shape)
    return loft(posed, material, smooth=count > 4)


@lru_cache(maxsize=4)
def _foot_vertices(side: str, level: Level) -> np.ndarray:
    """Shell vertices of one foot and ankle."""
    f = fields(level)
    cloth = cloth_vertices(level)
    return cloth[(f.leg[cloth] > 1.85) & ((f.y[cloth] > 0) == (side == "l"))]

"""Shoes: an upper and a sole around the hull of each foot, bent with the foot and its ball.

Shapes: R rings from heel to toe, P points a ring. Metres.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import loft
from scenes.street.people.body import template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure

_RINGS, _POINTS = 11, 14
_ROOM_M = 0.006  # leather and sock
_SOLE_M = 0.022


def shoes(figure: Figure, upper: Material, sole: Material, *, sole_m: float = _SOLE_M) -> Mesh:
    """Both shoes in the pose."""
    return merge([part for side in ("l", "r") for part in _shoe(figure, side, upper, sole, sole_m)])


def _shoe(figure: Figure, side: str, upper: Material, sole: Material, sole_m: float) -> list[Mesh]:
    index = template().bone_index
    foot = figure.rest[_foot_vertices(side)]
    heel = figure.rest_joints[index[f"foot_{side}"]]
    ball = figure.rest_joints[index[f"ball_{side}"]]
    along = (ball - heel) * np.array([1.0, 1.0, 0.0])
    along = along / np.linalg.norm(along)
    across = np.array([-along[1], along[0], 0.0])
    local = np.stack([(foot - heel) @ along, (foot - heel) @ across, foot[:, 2]], axis=1)
    start, end = local[:, 0].min() - _ROOM_M, local[:, 0].max() + 2 * _ROOM_M
    stations = start + (end - start) * (0.5 - 0.5 * np.cos(np.linspace(0.03, 0.97, _RINGS) * np.pi))
    top = heel[2] * 1.12
    rings = np.stack([_ring(local, u, top, (end - start) / 8, (u - start) / (end - start)) for u in stations])
    at = [heel * np.array([1.0, 1.0, 0.0]) + r[:, :1] * along + r[:, 1:2] * across + r[:, 2:] * np.array([0.0, 0.0, 1.0]) for r in rings]
    bend = np.clip((stations - (ball - heel) @ along) / 0.03 + 0.5, 0, 1)
    weights = np.zeros((_RINGS, len(index)), np.float32)
    weights[:, index[f"foot_{side}"]], weights[:, index[f"ball_{side}"]] = 1 - bend, bend
    return [_bent(figure, np.stack(at), weights, upper), _bent(figure, _sole_rings(np.stack(at), sole_m), weights, sole)]


def _ring(local: np.ndarray, u: float, top_m: float, reach_m: float, share: float) -> np.ndarray:
    """(P, 3) hull of the foot's points near station `u`, cut at the collar and flat below; `share` 0 heel .. 1 toe."""
    collar = top_m * (1.0 - 0.18 * min(max(share - 0.25, 0.0) / 0.2, 1.0))
    low = local[local[:, 2] < collar]
    gap = np.abs(low[:, 0] - u)
    near = low[gap <= max(reach_m, float(np.partition(gap, 7)[7]))]
    angle = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False) + np.pi / _POINTS
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    middle = np.array([near[:, 1].min() + near[:, 1].max(), near[:, 2].max()]) / 2
    spread = ((near[:, 1:] - middle) @ way.T).max(0)  # support function of the hull
    taper = np.sqrt(np.clip(1 - np.clip((share - 0.88) / 0.14, 0, 1) ** 2, 0.12, 1)) * np.sqrt(
        np.clip(1 - np.clip((0.1 - share) / 0.13, 0, 1) ** 2, 0.2, 1)
    )
    section = middle + way * (spread[:, None] + _ROOM_M) * np.array([taper, 0.4 + 0.6 * taper])
    section[:, 1] = np.maximum(section[:, 1], 0.002)
    return np.concatenate([np.full((_POINTS, 1), u), section], axis=1)


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


@lru_cache(maxsize=2)
def _foot_vertices(side: str) -> np.ndarray:
    """Shell vertices of one foot and ankle."""
    f = fields()
    cloth = np.unique(template().cloth)
    return cloth[(f.leg[cloth] > 1.85) & ((f.y[cloth] > 0) == (side == "l"))]

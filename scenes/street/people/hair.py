"""Hair, eyebrows, lips and hats' places: shells lifted from the head, cut along a hairline.

Shapes: V packed vertices. Heights are those of the base mesh (fields.py): eyes at 0.728, top of the head at 0.849.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import loft
from scenes.street.people.body import template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure
from scenes.street.people.surface import compact, cut, hemmed, neighbours, smoothed

HairStyle = Literal["bald", "buzz", "short", "side", "afro", "bob", "long", "bun", "ponytail", "receding"]

_AXIS_X = 0.055  # middle of the skull on the base mesh
# Hairline: height by angle from the front: forehead, temple, sideburn, over the ear, behind it, nape.
_ANGLES_DEG = (0, 25, 45, 58, 70, 80, 92, 104, 116, 130, 150, 180)
_LINE_M = (0.803, 0.800, 0.786, 0.766, 0.742, 0.732, 0.757, 0.752, 0.715, 0.690, 0.668, 0.660)
_LINE_LONG_M = (0.806, 0.802, 0.784, 0.745, 0.700, 0.680, 0.670, 0.660, 0.655, 0.650, 0.645, 0.640)
_LINE_RECEDING_M = (0.835, 0.830, 0.815, 0.780, 0.742, 0.732, 0.757, 0.752, 0.715, 0.690, 0.668, 0.660)
_THICKNESS_M = {
    "buzz": 0.004,
    "short": 0.014,
    "side": 0.018,
    "afro": 0.055,
    "bob": 0.024,
    "long": 0.02,
    "bun": 0.011,
    "ponytail": 0.011,
    "receding": 0.007,
}


def hair(figure: Figure, style: HairStyle, material: Material) -> Mesh | None:
    """The hair of one style in the pose."""
    if style == "bald":
        return None
    cap = _cap(figure, style, material)
    scale = head_scale(figure)
    place = _head_places(figure)
    if style == "bun":
        return merge([cap, _ball(figure, place["crown_back"], 0.042 * scale, material)])
    if style == "ponytail":
        return merge([cap, _tail(figure, place["crown_back"], scale, material)])
    if style in ("long", "bob"):
        return merge([cap, _curtain(figure, scale, 0.34 if style == "long" else 0.14, material)])
    return cap


def _cap(figure: Figure, style: HairStyle, material: Material) -> Mesh:
    f = fields()
    faces = scalp_faces()
    line = _hairline(style)
    above = f.z - line
    thick = _THICKNESS_M[style] * head_scale(figure) * np.clip(above / 0.03 + 0.15, 0.15, 1)
    if style in ("short", "side"):
        thick = thick * (0.7 + 0.5 * np.clip((f.z - 0.78) / 0.06, 0, 1)) + 0.0025 * np.sin(90 * f.y + 40 * f.x) * (above > 0.01)
    if style == "side":
        thick = thick + 0.012 * np.clip(1 - np.abs(f.y - 0.02) / 0.05, 0, 1) * np.clip((f.x - 0.05) / 0.06, 0, 1)
    away = figure.outward
    columns = np.concatenate([figure.rest + thick[:, None] * away, away, above[:, None]], axis=1)
    columns, faces = cut(columns, faces, above)
    points, faces = hemmed(columns[:, :3], faces, -columns[:, 3:6], 0.01)
    return Mesh.of(figure.carried(points, "head"), faces, material, smooth=True)


@lru_cache(maxsize=2)
def scalp_faces(ears: bool = False) -> np.ndarray:
    """Skin faces of the head, with or without the ears."""
    f, skin = fields(), template().skin
    ear = (np.abs(f.y) > 0.0735) & (f.z > 0.685) & (f.z < 0.765) & (f.x > 0.012) & (f.x < 0.07) & (not ears)
    return skin[(f.on_head[skin] > 0.3).all(1) & (f.z[skin] > 0.6).all(1) & ~ear[skin].any(1)]


@lru_cache(maxsize=8)
def _hairline(style: HairStyle) -> np.ndarray:
    """(V,) height of the hairline in the direction of each vertex."""
    f = fields()
    angle = np.degrees(np.arctan2(np.abs(f.y), f.x - _AXIS_X))
    table = {"receding": _LINE_RECEDING_M, "long": _LINE_LONG_M, "bob": _LINE_LONG_M}.get(style, _LINE_M)
    return np.interp(angle, _ANGLES_DEG, table)


def head_scale(figure: Figure) -> float:
    """Size of the head against the base mesh's."""
    head = figure.rest[scalp_vertices()]
    return float(np.ptp(head[:, 1])) / 0.15


@lru_cache(maxsize=1)
def scalp_vertices() -> np.ndarray:
    return np.unique(scalp_faces())


def _head_places(figure: Figure) -> dict[str, np.ndarray]:
    """Rest points on the skull: crown_back (where a bun sits), nape, top, centre."""
    f = fields()
    skull = scalp_vertices()

    def nearest(x: float, z: float) -> np.ndarray:
        gap = (f.x[skull] - x) ** 2 + f.y[skull] ** 2 + (f.z[skull] - z) ** 2
        return figure.rest[skull[gap.argmin()]]

    return {"crown_back": nearest(-0.03, 0.79), "nape": nearest(-0.02, 0.68), "top": nearest(0.06, 0.849)}


def _ball(figure: Figure, at: np.ndarray, radius_m: float, material: Material) -> Mesh:
    angle = np.linspace(0.05, np.pi - 0.05, 8)
    turn = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    rings = np.stack([np.stack([np.sin(a) * np.cos(turn), np.sin(a) * np.sin(turn), np.full(10, -np.cos(a))], 1) for a in angle])
    center = at + np.array([-0.6, 0.0, 0.25]) * radius_m
    rest = center + radius_m * rings.reshape(-1, 3)
    return loft(figure.carried(rest, "head").reshape(8, 10, 3), material, smooth=True)


def _tail(figure: Figure, at: np.ndarray, scale: float, material: Material) -> Mesh:
    """A ponytail that hangs down from the back of the head, in the world's vertical."""
    start = figure.carried(at[None], "head")[0]
    back = figure.rotation("spine_03") @ np.array([-1.0, 0.0, 0.0])
    drop = np.array([0.0, 0.02, 0.06, 0.13, 0.2, 0.26]) * scale
    out = np.array([-0.01, 0.03, 0.05, 0.055, 0.05, 0.045]) * scale
    path = start + out[:, None] * back - drop[:, None] * np.array([0.0, 0.0, 1.0])
    radii = np.array([0.02, 0.028, 0.032, 0.03, 0.022, 0.006]) * scale
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    side = np.cross(np.array([0.0, 0.0, 1.0]), back)
    rings = path[:, None] + radii[:, None, None] * (np.cos(turn)[:, None] * back + np.sin(turn)[:, None] * side)
    return loft(rings[:, ::-1], material, smooth=True)


def _curtain(figure: Figure, scale: float, length_m: float, material: Material) -> Mesh:
    """Hair that hangs from ear over nape to ear: a closed band around the back of head and neck, in the world's vertical."""
    f = fields()
    skull = scalp_vertices()
    posed = figure.carried(figure.rest, "head")[skull]
    turn = figure.rotation("head")
    angle = np.radians(np.linspace(78, 282, 15))
    way = np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1) @ turn.T
    middle = posed[(f.z[skull] > 0.72) & (f.z[skull] < 0.78)].mean(0)
    reach = ((posed - middle) @ way.T).max(0) + 0.016 * scale
    shoulder = figure.joint("neck_01")
    rows = []
    for t in np.linspace(0, 1, 7):
        down = t * (length_m + 0.07) * scale
        narrow = 1.0 - 0.12 * np.sin(np.pi * min(t * 1.6, 1.0)) + 0.10 * t
        ring = middle + way * (reach * narrow)[:, None] + np.array([0.0, 0.0, 0.02 * scale - down])
        rows.append(ring)
    outer = np.stack(rows)
    inner = (
        outer
        + 0.022 * scale * (middle[None, None] * np.array([1, 1, 0]) + shoulder * np.array([0, 0, 0]) - outer * np.array([1, 1, 0])) / 0.1
    )
    sheet = np.concatenate([outer, inner[:, ::-1]], axis=1)
    return loft(sheet[::-1], material, smooth=True)


def patch(figure: Figure, field: np.ndarray, lift_m: float, material: Material) -> Mesh:
    """The part of the face where `field` (V,) is positive, lifted a little: brows, lips, stubble."""
    columns = np.concatenate([figure.rest + lift_m * figure.outward, figure.outward], axis=1)
    columns, faces = cut(columns, _face_faces(), field)
    return Mesh.of(figure.carried(columns[:, :3], "head"), faces, material, smooth=True)


@lru_cache(maxsize=1)
def _face_faces() -> np.ndarray:
    f, skin = fields(), template().skin
    return skin[((f.on_head[skin] > 0.5) & (f.x[skin] > 0.07)).all(1)]


@lru_cache(maxsize=1)
def brow_field() -> np.ndarray:
    """(V,) positive on the eyebrows."""
    f = fields()
    y = np.abs(f.y)
    middle = 0.7605 + 0.10 * np.clip(y - 0.012, 0, 0.028) - 0.35 * np.clip(y - 0.042, 0, None)
    return np.minimum(0.0052 - 0.06 * np.clip(y - 0.02, 0, 1) - np.abs(f.z - middle), np.minimum(y - 0.011, 0.056 - y))


@lru_cache(maxsize=1)
def lip_field() -> np.ndarray:
    """(V,) positive on the lips."""
    f = fields()
    y = np.abs(f.y)
    return np.minimum(0.0115 - 0.30 * np.clip(y - 0.004, 0, 1) - np.abs(f.z - 0.662), f.x - 0.13)


@lru_cache(maxsize=1)
def beard_field() -> np.ndarray:
    """(V,) positive on chin, jaw and upper lip."""
    f = fields()
    jaw = 0.672 + 0.55 * np.clip(np.abs(f.y) - 0.03, 0, 0.06) - f.z
    upper = np.minimum(0.0085 - np.abs(f.z - 0.677), 0.026 - np.abs(f.y))
    return np.minimum(np.maximum(jaw, upper), np.minimum(f.z - 0.616, -lip_field()))


def softened(points: np.ndarray, faces: np.ndarray, steps: int) -> np.ndarray:
    """(V, 3) points smoothed over the faces' edges."""
    used, local = compact(np.arange(len(points))[:, None].astype(np.float32), faces)
    keep = used[:, 0].astype(int)
    result = points.copy()
    result[keep] = smoothed(points[keep], neighbours(local, len(keep)), steps)
    return result

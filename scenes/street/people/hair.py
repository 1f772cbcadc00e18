"""Hair, eyebrows, lips and hats' places: shells lifted from the head, cut along a hairline.

Shapes: V packed vertices. Heights are those of the base mesh (fields.py): eyes at 0.728, top of the head at 0.849.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from scipy import sparse

from generator.mesh import Material, Mesh
from scenes.shapes import loft
from scenes.street.people.body import Level, template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure
from scenes.street.people.surface import Pattern, averaging, compact, pattern, smoothed

HairStyle = Literal["bald", "buzz", "short", "side", "afro", "bob", "long", "bun", "ponytail", "receding"]

PatchName = Literal["brows", "lips", "beard"]

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


def hair(figure: Figure, style: HairStyle, material: Material, room: np.ndarray | None) -> list[Mesh]:
    """The hair of one style in the pose, no thicker than `room` (V,), see headwear.hat_room; nothing for a bald head.

    Bun and ponytail themselves are props.
    """
    if style == "bald":
        return []
    parts = [_cap(figure, style, material, room)]
    if style == "long" or style == "bob":
        parts.append(_curtain(figure, 0.34 if style == "long" else 0.14, material))
    return parts


@lru_cache(maxsize=32)
def hair_thickness(style: HairStyle, level: Level) -> np.ndarray:
    """(V,) how far the hair stands off a head of the base mesh's size; negative below the hairline."""
    f = fields(level)
    if style == "bald":
        return np.full(len(f.z), -1.0, np.float32)
    above = f.z - _hairline(style, level)
    thick = _THICKNESS_M[style] * np.clip(above / 0.03 + 0.12, 0.12, 1) ** 0.7
    if style in ("short", "side"):
        thick = thick * (0.6 + 0.6 * np.clip((f.z - 0.77) / 0.06, 0, 1))
    if style == "side":
        thick = thick + 0.012 * np.clip(1 - np.abs(f.y - 0.02) / 0.05, 0, 1) * np.clip((f.x - 0.05) / 0.06, 0, 1)
    locks = np.sin(95 * f.y + 50 * f.x + 20 * f.z) + np.sin(60 * f.y - 75 * f.x + 90 * f.z)
    thick = thick * (1 + (0.16 if style in ("short", "side", "afro") else 0.06) * locks)
    return np.where((above > -0.02) & (f.on_head > 0.3), thick, -1.0).astype(np.float32)


def _cap(figure: Figure, style: HairStyle, material: Material, room: np.ndarray | None) -> Mesh:
    thick = figure.head_scale * np.clip(hair_thickness(style, figure.level), 0.0, room)
    piece = _cap_pattern(style, figure.level)
    used = piece.source
    points, faces = piece.hemmed((figure.rest + thick[:, None] * figure.outward)[used], -figure.outward[used], 0.008)
    return Mesh.of(figure.carried(points, "head"), faces, material, smooth=True)


@lru_cache(maxsize=32)
def _cap_pattern(style: HairStyle, level: Level) -> Pattern:
    return pattern(scalp_faces(level), (fields(level).z - _hairline(style, level),))


@lru_cache(maxsize=4)
def scalp_faces(level: Level, ears: bool = False) -> np.ndarray:
    """Skin faces of the head, with or without the ears; a far body's few faces around the ears stay, the hair would have holes."""
    f, skin = fields(level), template(level).skin
    ear = (np.abs(f.y) > 0.0735) & (f.z > 0.685) & (f.z < 0.765) & (f.x > 0.012) & (f.x < 0.07) & (not ears)
    on_ear = ear[skin].any(1) if level == "near" else ear[skin].all(1)
    return skin[(f.on_head[skin] > 0.3).all(1) & (f.z[skin] > 0.6).all(1) & ~on_ear]


@lru_cache(maxsize=16)
def _hairline(style: HairStyle, level: Level) -> np.ndarray:
    """(V,) height of the hairline in the direction of each vertex."""
    f = fields(level)
    angle = np.degrees(np.arctan2(np.abs(f.y), f.x - _AXIS_X))
    table = {"receding": _LINE_RECEDING_M, "long": _LINE_LONG_M, "bob": _LINE_LONG_M}.get(style, _LINE_M)
    ragged = 0.0025 * (np.sin(0.31 * angle * np.sign(f.y)) + np.sin(0.53 * angle + 2.0 * f.y / 0.05))  # no drawn line
    return np.interp(angle, _ANGLES_DEG, table) + ragged


@lru_cache(maxsize=2)
def scalp_vertices(level: Level) -> np.ndarray:
    return np.unique(scalp_faces(level))


_CURTAIN: dict[Level, tuple[int, int]] = {"near": (15, 8), "far": (7, 4)}  # columns and rows


def _curtain(figure: Figure, length_m: float, material: Material) -> Mesh:
    """Hair that hangs from ear over nape to ear: a closed band around the back of head and neck, along the upper body."""
    f, scale = fields(figure.level), figure.head_scale
    skull, (columns, rows) = scalp_vertices(figure.level), _CURTAIN[figure.level]
    posed = figure.carried(figure.rest[skull], "head")
    middle = posed[(f.z[skull] > 0.72) & (f.z[skull] < 0.78)].mean(0)
    angle = np.radians(np.linspace(100, 260, columns))
    way = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1) @ figure.rotation("head").T
    reach = ((posed - middle) @ way.T).max(0) + 0.014 * scale
    down = -figure.rotation("spine_03")[:, 2]
    locks = 1 + 0.05 * np.cos(9 * angle) * np.linspace(0, 1, rows)[:, None]
    share = np.linspace(0, 1, rows)[:, None]
    narrow = (1 - 0.16 * np.sin(np.pi * np.minimum(share * 1.7, 1)) + 0.06 * share) * locks
    drop = share * (length_m + 0.07) * scale - 0.025 * scale
    outer = middle + way * (reach * narrow)[..., None] + down * drop[..., None]
    inner = middle + way * (reach * narrow - 0.022 * scale)[..., None] + down * drop[..., None]
    return loft(np.concatenate([outer, inner[:, ::-1]], axis=1)[::-1], material, smooth=True)


_FAR_LIFT_M = 0.004  # clear of the far skin, which is not the same faces


def patch(figure: Figure, name: PatchName, lift_m: float, material: Material) -> Mesh:
    """A part of the face, lifted a little: brows, lips, stubble."""
    piece = _patch_pattern(name, figure.level)
    lift_m = lift_m if figure.level == "near" else max(lift_m, _FAR_LIFT_M)
    points = piece.cut((figure.rest + lift_m * figure.outward)[piece.source])
    return Mesh.of(figure.carried(points, "head"), piece.faces, material, smooth=True)


@lru_cache(maxsize=8)
def _patch_pattern(name: PatchName, level: Level) -> Pattern:
    whole = {"brows": template(level).brows, "lips": template(level).lips}.get(name, np.zeros((0, 3), np.int32))
    if len(whole):
        return pattern(whole, (np.ones(len(template(level).vertices)),))
    field = {"brows": brow_field, "lips": lip_field, "beard": beard_field}[name](level)
    return pattern(face_faces(level), (field,))


@lru_cache(maxsize=2)
def face_faces(level: Level) -> np.ndarray:
    """Skin faces of the front of the head."""
    f, skin = fields(level), template(level).skin
    return skin[((f.on_head[skin] > 0.5) & (f.x[skin] > 0.07)).all(1)]


@lru_cache(maxsize=2)
def brow_field(level: Level) -> np.ndarray:
    """(V,) positive on the eyebrows."""
    f = fields(level)
    y = np.abs(f.y)
    middle = 0.7605 + 0.10 * np.clip(y - 0.012, 0, 0.028) - 0.35 * np.clip(y - 0.042, 0, None)
    return np.minimum(0.0052 - 0.06 * np.clip(y - 0.02, 0, 1) - np.abs(f.z - middle), np.minimum(y - 0.011, 0.056 - y))


@lru_cache(maxsize=2)
def lip_field(level: Level) -> np.ndarray:
    """(V,) positive on the lips."""
    f = fields(level)
    y = np.abs(f.y)
    return np.minimum(0.0115 - 0.30 * np.clip(y - 0.004, 0, 1) - np.abs(f.z - 0.662), f.x - 0.13)


@lru_cache(maxsize=2)
def beard_field(level: Level) -> np.ndarray:
    """(V,) positive on chin, jaw and upper lip."""
    f = fields(level)
    jaw = 0.672 + 0.55 * np.clip(np.abs(f.y) - 0.03, 0, 0.06) - f.z
    upper = np.minimum(0.0085 - np.abs(f.z - 0.677), 0.026 - np.abs(f.y))
    return np.minimum(np.maximum(jaw, upper), np.minimum(f.z - 0.616, -lip_field(level)))


def scalp_softened(points: np.ndarray, steps: int, level: Level) -> np.ndarray:
    """(V, 3) points smoothed over the scalp, ears and all; a far body's has no bumps, smoothing would only shrink it."""
    if level == "far":
        return points
    used, mean = _scalp_mean()
    result = points.copy()
    result[used] = smoothed(points[used], mean, steps)
    return result


@lru_cache(maxsize=1)
def _scalp_mean() -> tuple[np.ndarray, sparse.csr_array]:
    """The scalp's vertices, and see surface.averaging."""
    used, faces = compact(scalp_faces("near", ears=True))
    return used, averaging(faces, len(used))

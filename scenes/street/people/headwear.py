"""Hats, hoods, scarves and helmets: shells lifted from the skull, with brims. Metres; heights of the base mesh."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.mesh import Material, Mesh, Rgb
from scenes.shapes import loft
from scenes.street.people.body import Level
from scenes.street.people.fields import fields
from scenes.street.people.figure import Bearer, Figure
from scenes.street.people.hair import scalp_faces, scalp_softened
from scenes.street.people.surface import Pattern, pattern
from scenes.street.people.wardrobe import HatName, cloth_material

# name: lower edge in front, at the sides and at the back (height on the base mesh), thickness, lift of the crown
_SHELLS: dict[str, tuple[float, float, float, float, float]] = {
    "cap": (0.787, 0.772, 0.745, 0.016, 0.012),
    "beanie": (0.778, 0.742, 0.722, 0.016, 0.022),
    "sun_hat": (0.788, 0.775, 0.760, 0.018, 0.016),
    "helmet": (0.785, 0.765, 0.748, 0.032, 0.014),
    "hard_hat": (0.785, 0.772, 0.758, 0.030, 0.022),
    "hood": (0.800, 0.640, 0.600, 0.024, 0.012),
    "headscarf": (0.795, 0.640, 0.600, 0.015, 0.004),
}
_BRIMS_M = {"cap": (0.075, 60.0), "sun_hat": (0.075, 180.0), "hard_hat": (0.03, 180.0)}  # width, half angle in degrees
_POINTS: dict[Level, int] = {"near": 28, "far": 14}


def headwear(figure: Figure, name: HatName, color: Rgb) -> list[Mesh]:
    """The parts of what is on the head; none for "none"."""
    if name == "none":
        return []
    hard = name in ("helmet", "full_helmet", "hard_hat")
    material = Material(color=color, roughness=0.25, coat=0.5) if hard else cloth_material(color, name)
    if name == "full_helmet":
        return [_egg(figure, material, (180.0, -0.74, 1.0), 1.0), _egg(figure, _VISOR, (64.0, -0.14, 0.34), 1.015)]
    parts = [_shell(figure, name, material)]
    if name in _BRIMS_M:
        parts.append(_brim(figure, name, material))
    return parts


def _edge(name: HatName, angle: np.ndarray) -> np.ndarray:
    """Height of the lower edge by angle from the front (radians)."""
    front, side, back = _SHELLS[name][:3]
    return np.interp(np.abs(np.degrees(angle)), (0, 35, 85, 180), (front, front, side, back))


@lru_cache(maxsize=32)
def hat_lift(name: HatName, level: Level) -> tuple[np.ndarray, np.ndarray]:
    """(V,) how far a hat stands off along the normals, and (V,) how far up besides, on a head of the base mesh's size."""
    f = fields(level)
    under = f.z > _edge(name, np.arctan2(f.y, f.x - 0.055)) - 0.02
    on = under & (f.on_head > 0.3)
    return _SHELLS[name][3] * on, _SHELLS[name][4] * np.clip((f.z - 0.76) / 0.08, 0, 1) * on


def hat_room(name: HatName, level: Level) -> np.ndarray | None:
    """(V,) how thick hair may be under a hat on a head of the base mesh's size, or None: on few faces it would come through."""
    if level == "near" or name not in _SHELLS:
        return None
    thick = hat_lift(name, level)[0]
    return np.where(thick > 0, 0.4 * thick, np.inf)


_BALL = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-0.74, 0, 1) if (x, y, z) != (0, 0, 0)], float)
_BALL[:, :2] *= (np.sqrt(1 - _BALL[:, 2] ** 2) / np.maximum(np.hypot(_BALL[:, 0], _BALL[:, 1]), 1e-9))[:, None]


def brim_outline(bearer: Bearer, name: HatName) -> list[np.ndarray]:
    """(N, 3) points around the brim in the pose, or of a full helmet; none for other hats."""
    if name == "full_helmet":
        return [_egg_points(bearer, _BALL)]
    return [_brim_rows(bearer, name)[1]] if name in _BRIMS_M else []


_VISOR = Material(color=(0.01, 0.011, 0.013), roughness=0.06, coat=1.0)
_EGG_M = np.array([0.148, 0.128, 0.158])  # half axes of a full helmet on a head of the base mesh's size


def _egg(figure: Figure, material: Material, window: tuple[float, float, float], swell: float) -> Mesh:
    """A full helmet or its visor: the part of an egg around the head within a half angle (degrees) and between two heights (-1..1)."""
    half, low, high = window
    columns, rows = (25 if half < 180 else 29, 12) if figure.level == "near" else (13, 6)
    turn = np.radians(np.linspace(-half, half, columns))
    height = np.sin(np.linspace(np.arcsin(low), np.arcsin(high) - (0.02 if high == 1.0 else 0.0), rows))
    around = np.sqrt(1 - height**2)
    ball = np.stack(
        [around[:, None] * np.cos(turn), around[:, None] * np.sin(turn), np.repeat(height[:, None], len(turn), axis=1)], axis=-1
    )
    points = _egg_points(figure, ball.reshape(-1, 3) * swell)
    return loft(points.reshape(ball.shape), material, closed=False, caps=False, smooth=True)


def _egg_points(figure: Bearer, ball: np.ndarray) -> np.ndarray:
    """(N, 3) where points of the unit ball lie on the egg around the head."""
    marks = [figure.mark(m) for m in ("skull_left", "skull_right", "brow", "skull_back")]
    middle = sum(marks) / 4 + figure.rotation("head") @ np.array([0.012, 0.0, -0.042]) * figure.head_scale
    return middle + (ball * _EGG_M * figure.head_scale) @ figure.rotation("head").T


def _shell(figure: Figure, name: HatName, material: Material) -> Mesh:
    """The hat over the skull."""
    thick, lift = hat_lift(name, figure.level)
    smooth = scalp_softened(figure.rest, {"headscarf": 3, "beanie": 3}.get(name, 6), figure.level)
    points = smooth + figure.head_scale * (thick[:, None] * figure.outward + lift[:, None] * np.array([0.0, 0.0, 1.0]))
    piece = _shell_pattern(name, figure.level)
    points, faces = piece.hemmed(points[piece.source], -figure.outward[piece.source], 0.012)
    return Mesh.of(figure.carried(points, "head"), faces, material, smooth=True)


@lru_cache(maxsize=32)
def _shell_pattern(name: HatName, level: Level) -> Pattern:
    """The scalp above the hat's lower edge."""
    f = fields(level)
    above = f.z - _edge(name, np.arctan2(f.y, f.x - 0.055))
    if name in ("hood", "headscarf"):  # leaves the face free: an oval around eyes and mouth
        above = np.minimum(above, ((f.y / 0.062) ** 2 + ((f.z - 0.712) / 0.088) ** 2 - 1) * 0.05 + 5.0 * np.clip(0.075 - f.x, 0, 1))
    return pattern(scalp_faces(level, ears=True), (above,))


def _brim(figure: Figure, name: HatName, material: Material) -> Mesh:
    """A thin plate that stands out from the lower edge over an angle around the front."""
    rim, tip = _brim_rows(figure, name)
    down = figure.rotation("head") @ np.array([0.0, 0.0, -0.004])
    section = np.stack([rim, tip, tip + down, rim + down], axis=1)
    if _BRIMS_M[name][1] < 180:
        return loft(section, material)
    return loft(np.concatenate([section, section[:1]]), material, caps=False)


def _brim_rows(figure: Bearer, name: HatName) -> tuple[np.ndarray, np.ndarray]:
    """(P, 3) inner and (P, 3) outer edge of the brim in the pose."""
    width, half = _BRIMS_M[name]
    scale = figure.head_scale
    angle = np.radians(np.linspace(-half, half, _POINTS[figure.level], endpoint=half < 180))
    left, right, front, back = (figure.mark(m) for m in ("skull_left", "skull_right", "brow", "skull_back"))
    middle = (front + back + left + right) / 4
    turn = figure.rotation("head")
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    radii = np.array([np.linalg.norm(front - back), np.linalg.norm(left - right)]) / 2 + 0.008 * scale
    fade = np.cos(angle / np.radians(half) * np.pi / 2) ** 0.5 if half < 180 else np.ones(len(angle))
    level = (_edge(name, angle) - 0.765) * scale
    rim = np.column_stack([way * radii, level])
    tip = np.column_stack([way * (radii + (width * scale * fade)[:, None]), level - 0.16 * width * scale])
    return middle + rim @ turn.T, middle + tip @ turn.T

"""Ears, eyes, antlers and horns. In units of the height at the withers, in the frame of animal_plans.py."""

from __future__ import annotations

from typing import Literal

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import lathe, loft, tube
from scenes.street.animal_plans import Head

EarStyle = Literal["pendant", "erect", "small_erect", "folded", "sideways", "long"]

# style: length, width (in skull radii), direction of the ear on the left: forward, left, up
_EARS: dict[str, tuple[float, float, tuple[float, float, float]]] = {
    "pendant": (1.5, 1.0, (0.05, 0.45, -1.0)), "erect": (1.35, 0.95, (0.1, 0.35, 1.0)), "small_erect": (1.15, 1.0, (0.1, 0.42, 1.0)),
    "folded": (0.9, 0.9, (0.5, 0.7, 0.15)), "sideways": (1.5, 0.75, (-0.1, 1.0, 0.05)), "long": (2.0, 0.85, (-0.25, 0.75, 0.75)),
}  # fmt: skip
_EYE = Material(color=(0.012, 0.008, 0.006), roughness=0.1, coat=0.6)
_ANTLER = Material(color=(0.16, 0.10, 0.06), roughness=0.7, texture="bark", texture_scale_m=0.03)
_HORN = Material(color=(0.35, 0.30, 0.22), roughness=0.45)


def _axes(head: Head) -> np.ndarray:
    """(3, 3) columns: forward along the skull (half the head's pitch), left, up."""
    c, s = np.cos(head.pitch * 0.5), np.sin(head.pitch * 0.5)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def ears(head: Head, style: EarStyle, material: Material) -> list[Mesh]:
    """Both ears: leaves with a rounded tip."""
    length, width, way = _EARS[style]
    axes, r = _axes(head), head.radius
    root = np.array(head.skull) + axes @ np.array([-0.15, 0.62, 0.62]) * r
    along = axes @ (np.array(way) / np.linalg.norm(way))
    broad = axes @ np.array([1.0, 0.0, 0.0]) if style in ("pendant", "sideways", "long") else axes @ np.array([0.35, 0.94, 0.0])
    broad = broad - along * (broad @ along)
    broad /= np.linalg.norm(broad)
    thin = np.cross(along, broad)
    angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    rings = []
    for share, wide in ((-0.1, 0.5), (0.2, 0.95), (0.45, 1.0), (0.75, 0.66), (0.93, 0.3), (1.0, 0.06)):
        half = 0.5 * width * r * wide
        rings.append(
            root + along * share * length * r + np.cos(angle)[:, None] * half * broad + np.sin(angle)[:, None] * (half * 0.22) * thin
        )
    left = loft(np.stack(rings), material, smooth=True)
    return [left, left.transformed(np.diag([1.0, -1.0, 1.0]))]


def eyes(head: Head) -> list[Mesh]:
    """Dark balls at the sides of the forehead."""
    ball = lathe([(np.sin(a), -np.cos(a)) for a in np.linspace(0.05, np.pi - 0.05, 6)], _EYE, segments=8)
    at = np.array(head.skull) + _axes(head) @ np.array([0.80, 0.52, 0.34]) * head.radius
    left = ball.moved(at, scale=0.15 * head.radius)
    return [left, left.transformed(np.diag([1.0, -1.0, 1.0]))]


def antlers(head: Head, size: float) -> Mesh:
    """A stag's antlers, `size` times the height at the withers long: a beam that sweeps back, out and up, with tines forward."""
    root = np.array(head.skull) + _axes(head) @ np.array([0.1, 0.35, 0.85]) * head.radius
    t = np.linspace(0, 1, 9)
    beam = root + size * np.stack([-0.55 * np.sin(1.9 * t) + 0.35 * t**2, 0.55 * np.sin(1.7 * t), 0.95 * t], axis=1)
    parts = [tube(beam, np.linspace(0.020, 0.008, 9).tolist(), _ANTLER, segments=6)]
    for start, length in ((0, 0.30), (2, 0.26), (5, 0.28), (7, 0.20)):
        s = np.linspace(0, 1, 4)[:, None]
        way = np.array([0.85, 0.15, 0.25]) if start < 5 else np.array([0.55, -0.25, 0.75])
        curve = beam[start] + size * length * (s * way + s * s * np.array([0.0, 0.0, 0.35]))
        parts.append(tube(curve, np.linspace(0.013, 0.004, 4).tolist(), _ANTLER, segments=5))
    left = merge(parts)
    return merge([left, left.transformed(np.diag([1.0, -1.0, 1.0]))])


def horns(head: Head) -> Mesh:
    """Short horns that bend up."""
    root = np.array(head.skull) + _axes(head) @ np.array([-0.1, 0.6, 0.75]) * head.radius
    curve = root + head.radius * np.array([(0.0, 0.0, 0.0), (0.0, 0.65, 0.15), (0.1, 1.1, 0.5), (0.2, 1.25, 1.0)])
    left = tube(curve, [share * head.radius for share in (0.22, 0.19, 0.13, 0.04)], _HORN, segments=6)
    return merge([left, left.transformed(np.diag([1.0, -1.0, 1.0]))])

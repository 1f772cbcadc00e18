"""Hats, hoods, scarves and helmets: shells lifted from the skull, with brims. Metres; heights of the base mesh."""

from __future__ import annotations

import numpy as np

from generator.mesh import Material, Mesh, Rgb
from scenes.shapes import loft
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure
from scenes.street.people.hair import head_scale, scalp_faces, scalp_vertices, softened
from scenes.street.people.surface import cut, hemmed
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
_POINTS = 28


def headwear(figure: Figure, name: HatName, color: Rgb) -> list[Mesh]:
    """The parts of what is on the head; none for "none"."""
    if name == "none":
        return []
    hard = name in ("helmet", "hard_hat")
    material = Material(color=color, roughness=0.25, coat=0.5) if hard else cloth_material(color, name)
    parts = [_shell(figure, name, material)]
    if name in _BRIMS_M:
        parts.append(_brim(figure, name, material))
    return parts


def _edge(name: HatName, angle: np.ndarray) -> np.ndarray:
    """Height of the lower edge by angle from the front (radians)."""
    front, side, back = _SHELLS[name][:3]
    return np.interp(np.abs(np.degrees(angle)), (0, 35, 85, 180), (front, front, side, back))


def _shell(figure: Figure, name: HatName, material: Material) -> Mesh:
    f = fields()
    thick, lift = _SHELLS[name][3:]
    smooth = softened(figure.rest, scalp_faces(ears=True), 6 if name in ("helmet", "hard_hat", "cap", "hood") else 3)
    up = np.array([0.0, 0.0, 1.0]) * np.clip((f.z - 0.76) / 0.08, 0, 1)[:, None]
    points = smooth + head_scale(figure) * (thick * figure.outward + lift * up)
    angle = np.arctan2(f.y, f.x - 0.055)
    above = f.z - _edge(name, angle)
    if name in ("hood", "headscarf"):  # leaves the face free: an oval around eyes and mouth
        above = np.minimum(above, ((f.y / 0.062) ** 2 + ((f.z - 0.712) / 0.088) ** 2 - 1) * 0.05 + 5.0 * np.clip(0.075 - f.x, 0, 1))
    columns, faces = cut(np.concatenate([points, figure.outward], axis=1), scalp_faces(ears=True), above)
    points, faces = hemmed(columns[:, :3], faces, -columns[:, 3:6], 0.012)
    return Mesh.of(figure.carried(points, "head"), faces, material, smooth=True)


def _brim(figure: Figure, name: HatName, material: Material) -> Mesh:
    """A thin plate that stands out from the lower edge over an angle around the front."""
    width, half = _BRIMS_M[name]
    scale = head_scale(figure)
    angle = np.radians(np.linspace(-half, half, _POINTS, endpoint=half < 180))
    skull = figure.rest[scalp_vertices()]
    f = fields()
    z = f.z[scalp_vertices()]
    band = skull[(z > 0.77) & (z < 0.80)]
    middle = (band.min(0) + band.max(0)) / 2
    way = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    reach = ((band - middle) @ way.T).max(0) + 0.006 * scale
    fade = np.cos(angle / np.radians(half) * np.pi / 2) ** 0.5 if half < 180 else 1.0
    level = middle[2] + (_edge(name, angle) - 0.783) * scale
    rim = middle + way * reach[:, None]
    tip = middle + way * (reach + width * scale * fade)[:, None]
    rim[:, 2], tip[:, 2] = level, level - 0.16 * width * scale
    section = np.stack([rim, tip, tip - [0, 0, 0.004], rim - [0, 0, 0.004]], axis=0)
    posed = figure.carried(section.reshape(-1, 3), "head").reshape(section.shape).transpose(1, 0, 2)
    if half < 180:
        return loft(posed, material)
    return loft(np.concatenate([posed, posed[:1]]), material, caps=False)

"""What people carry: bags, umbrella, phone, suitcase. Each is a small mesh in a frame that the body carries.

A prop's own frame: +X forward, +Y left, +Z up, origin where it is held or worn. Metres.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, lathe, loft, tube
from scenes.street.people.figure import Bearer

PropName = Literal[
    "backpack", "handbag", "shopping_bag", "shoulder_bag", "suitcase", "umbrella", "phone_ear", "phone_look", "bun", "ponytail"
]

_SOLES = ("left_heel", "right_heel", "left_toe", "right_toe")
_UP = np.array([0.0, 0.0, 1.0])
_METAL = Material(color=(0.35, 0.35, 0.36), roughness=0.3, metallic=1.0)
_BLACK = Material(color=(0.015, 0.015, 0.016), roughness=0.5)
_SCREEN = Material(color=(0.02, 0.03, 0.05), roughness=0.08)


@lru_cache(maxsize=64)
def prop_mesh(name: PropName, material: Material) -> Mesh:
    """The prop in its own frame, for a person of 1.7 m."""
    return _MAKERS[name](material)


@lru_cache(maxsize=64)
def prop_outline(name: PropName) -> np.ndarray:
    """(N, 3) the prop's outermost vertices."""
    points = prop_mesh(name, _BLACK).vertices
    ways = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) != (0, 0, 0)])
    return points[np.unique((points @ ways.T).argmax(0))]


def placed(figure: Bearer, name: PropName, points: np.ndarray) -> np.ndarray:
    """(N, 3) points of the prop's own frame, where the figure carries them."""
    origin, turn, scale = _place(figure, name)
    return origin + scale * points @ turn.T


def prop(figure: Bearer, name: PropName, material: Material) -> Mesh:
    """The prop where the figure carries it."""
    mesh = prop_mesh(name, material)
    return Mesh(placed(figure, name, mesh.vertices).astype(np.float32), mesh.faces, mesh.slots, mesh.smooth, mesh.materials)


def _place(figure: Bearer, name: PropName) -> tuple[np.ndarray, np.ndarray, float]:
    """Origin, axes as columns, and scale of a prop's frame."""
    size = min(max(figure.height_m / 1.7, 0.55), 1.1)
    if name == "backpack":
        return figure.mark("back"), figure.rotation("spine_03"), size
    if name in ("bun", "ponytail"):
        turn = figure.rotation("head" if name == "bun" else "spine_03")
        return figure.mark("crown_back"), turn, figure.head_scale
    heading = _upright(figure.rotation("pelvis"))
    if name == "shoulder_bag":
        return figure.mark("left_hip") + np.array([0.0, 0.0, 0.03]), heading, size
    side = "l" if name in ("handbag", "shopping_bag") else "r"
    grip = (figure.joint(f"middle_01_{side}") + figure.joint(f"middle_03_{side}")) / 2
    if name == "suitcase":
        ground_z = min(float(figure.mark(name)[2]) for name in _SOLES) - 0.008
        return np.array([grip[0], grip[1], ground_z]), heading, (grip[2] - ground_z) / 0.92
    if name in ("phone_ear", "phone_look"):
        return grip, _phone_axes(figure, name), 1.0
    return grip, heading, size


def _upright(turn: np.ndarray) -> np.ndarray:
    """The upright axes that look the same way as `turn`'s x."""
    forward = turn[:, 0] * np.array([1.0, 1.0, 0.0])
    forward = forward / max(float(np.linalg.norm(forward)), 1e-6) if np.linalg.norm(forward) > 0.2 else np.array([1.0, 0.0, 0.0])
    return np.stack([forward, np.cross(_UP, forward), _UP], axis=1)


def _phone_axes(figure: Bearer, name: PropName) -> np.ndarray:
    """z along the phone, x out of its screen: towards the ear, or up to the eyes."""
    if name == "phone_ear":
        z, x = figure.rotation("head") @ np.array([-0.35, -0.1, 0.93]), figure.rotation("head") @ np.array([0.0, 1.0, 0.0])
    else:
        x = figure.mark("brow") - figure.joint("middle_01_r")
        x, z = x / np.linalg.norm(x), figure.rotation("pelvis") @ np.array([0.9, 0.0, 0.44])
    z = z - x * (x @ z)
    z = z / np.linalg.norm(z)
    return np.stack([x, np.cross(z, x), z], axis=1)


def _rounded(size_m: tuple[float, float, float], center_m: tuple[float, float, float], material: Material, bulge: float = 0.25) -> Mesh:
    """A cushion: a box whose six rings swell towards the middle and close in at top and bottom."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    square = np.stack([np.cos(angle), np.sin(angle)], 1)
    square /= (np.abs(square) ** 5).sum(1, keepdims=True) ** 0.2
    heights = np.array([-1.0, -0.92, -0.5, 0.1, 0.6, 0.9, 1.0])
    widths = np.array([0.75, 0.92, 1.0, 1.0, 0.97, 0.85, 0.55]) * (1 - bulge) + bulge * np.sqrt(np.clip(1.15 - heights**2, 0.1, 1))
    rings = [np.column_stack([square * w, np.full(16, h)]) for h, w in zip(heights, widths, strict=True)]
    return loft(np.stack(rings) * np.array(size_m) / 2 + np.array(center_m), material, smooth=True)


def _backpack(material: Material) -> Mesh:
    body = _rounded((0.17, 0.29, 0.44), (-0.085, 0.0, -0.05), material)
    pocket = _rounded((0.07, 0.22, 0.20), (-0.175, 0.0, -0.13), material)
    return merge([body, pocket])


def _handbag(material: Material) -> Mesh:
    bag = _rounded((0.30, 0.11, 0.22), (0.0, 0.0, -0.27), material)
    return merge([bag, _handle(0.20, 0.18, material)])


def _shopping_bag(material: Material) -> Mesh:
    body = box((0.30, 0.12, 0.34), material, center_m=(0.0, 0.0, -0.30))
    return merge([body, _handle(0.16, 0.13, material)])


def _shoulder_bag(material: Material) -> Mesh:
    return _rounded((0.27, 0.10, 0.22), (0.0, 0.06, -0.03), material)


def _handle(width_m: float, drop_m: float, material: Material) -> Mesh:
    angle = np.linspace(0, np.pi, 9)
    path = np.stack([width_m / 2 * np.cos(angle), 0 * angle, drop_m * np.sin(angle) - drop_m], axis=1)
    return tube(path, 0.008, material, segments=5)


def _suitcase(material: Material) -> Mesh:
    shell = _rounded((0.24, 0.38, 0.54), (-0.16, 0.0, 0.33), material, bulge=0.1)
    wheels = [box((0.04, 0.03, 0.07), _BLACK, center_m=(x, y, 0.035)) for x in (-0.08, -0.24) for y in (-0.15, 0.15)]
    rods = [tube(np.array([(-0.07, y, 0.58), (0.0, y, 0.92)]), 0.008, _METAL, segments=5) for y in (-0.08, 0.08)]
    return merge([shell, *wheels, *rods, tube(np.array([(0.0, -0.09, 0.92), (0.0, 0.09, 0.92)]), 0.014, _BLACK, segments=6)])


def _umbrella(material: Material) -> Mesh:
    """A canopy of eight panels, 1.0 m wide, above the head of who holds it at the chest."""
    ribs = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    sag = 1 - 0.06 * (1 - np.cos(8 * ribs)) / 2
    rings = []
    for share, drop in ((0.03, 0.0), (0.3, 0.02), (0.6, 0.075), (0.85, 0.15), (1.0, 0.21)):
        edge = 1 - (1 - sag) * share
        rings.append(np.stack([0.5 * share * np.cos(ribs) * edge, 0.5 * share * np.sin(ribs) * edge, np.full(24, 0.86 - drop)], 1))
    outer = np.stack(rings[::-1])
    inner = outer[::-1] - np.array([0.0, 0.0, 0.006])
    canopy = loft(np.concatenate([inner, outer, inner[:1]]), material, caps=False)
    pole = tube(np.array([(0.0, 0.0, -0.10), (0.0, 0.0, 0.90)]), 0.006, _METAL, segments=5)
    return merge([canopy, pole, lathe([(0.014, -0.12), (0.016, -0.02)], _BLACK, segments=6)])


def _phone(material: Material) -> Mesh:
    back = box((0.007, 0.072, 0.15), material, center_m=(0.012, 0.0, 0.03))
    return merge([back, box((0.002, 0.066, 0.142), _SCREEN, center_m=(0.0162, 0.0, 0.03))])


def _bun(material: Material) -> Mesh:
    angle = np.linspace(0.05, np.pi - 0.05, 8)
    profile = [(0.042 * np.sin(a), -0.042 * np.cos(a)) for a in angle]
    return lathe([(float(r), float(z)) for r, z in profile], material, segments=12).moved((-0.022, 0.0, 0.012))


def _ponytail(material: Material) -> Mesh:
    drop = np.array([0.0, 0.01, 0.05, 0.12, 0.19, 0.25])
    back = np.array([0.0, 0.035, 0.055, 0.062, 0.058, 0.052])
    radii = (0.016, 0.026, 0.032, 0.03, 0.022, 0.006)
    return tube(np.stack([-back, 0 * back, -drop], axis=1), radii, material, segments=8)


_MAKERS = {
    "backpack": _backpack, "handbag": _handbag, "shopping_bag": _shopping_bag, "shoulder_bag": _shoulder_bag, "suitcase": _suitcase,
    "umbrella": _umbrella, "phone_ear": _phone, "phone_look": _phone, "bun": _bun, "ponytail": _ponytail,
}  # fmt: skip

"""Skirts and coat tails: a skin around both legs that follows them, made after posing so that it never splits.

Shapes: R rings from waist to hem, P directions, V packed vertices. Metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generator.mesh import Material, Mesh
from scenes.shapes import loft
from scenes.street.people.body import template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure

_DIRECTIONS = 28


@dataclass(frozen=True)
class Skirt:
    """waist: height on the base mesh; hem: level of `leg`; ease at the top, flare added down to the hem (metres at 1.7 m)."""

    waist: float = 0.13
    hem: float = 0.85
    ease_m: float = 0.014
    flare_m: float = 0.06
    pleats: int = 7


def skirt(figure: Figure, posed_shell: np.ndarray, cut: Skirt, material: Material) -> Mesh:
    """The skirt around the posed shell (V, 3) of what is worn under it."""
    return loft(_rings(figure, posed_shell, cut)[:, ::-1], material, caps=False, smooth=True)


def _rings(figure: Figure, posed: np.ndarray, cut: Skirt) -> np.ndarray:
    """(R, P, 3) from the waist down, with a turned-in hem."""
    level, on = _levels()
    depths = np.concatenate([np.linspace(-cut.waist, 0.02, 4), _HIP_TO_LEVEL + np.linspace(0.12, cut.hem, 7) * _LEVEL_M])
    bands = [posed[on[np.abs(level - depth) < 0.045]] for depth in depths]
    centers = np.array([(band.min(0) + band.max(0)) / 2 for band in bands])
    axes = np.gradient(centers, axis=0)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    forward = figure.rotation("pelvis") @ np.array([1.0, 0.0, 0.0])
    scale = figure.height_m / 1.7
    rings = []
    for depth, band, center, axis in zip(depths, bands, centers, axes, strict=True):
        share = (depth + cut.waist) / (depths[-1] + cut.waist)
        rings.append(_ring(band, center, axis, forward, scale * (cut.ease_m + cut.flare_m * share**1.5), cut.pleats, 0.16 * share))
    hem = centers[-1] + 0.93 * (rings[-1] - centers[-1]) - 0.01 * axes[-1]
    return np.stack([*rings, hem])


_HIP_TO_LEVEL, _LEVEL_M = 0.0, 0.42  # a thigh of the base mesh is 0.42 m long: levels of `leg` as metres below the hip


@lru_cache(maxsize=1)
def _levels() -> tuple[np.ndarray, np.ndarray]:
    """Depth below the hip joint (metres on the base mesh, along the leg) of the shell's trunk and leg vertices, and which they are."""
    f = fields()
    on = np.unique(template().cloth)
    on = on[f.on_arm[on] < 0.5]
    depth = np.where(f.leg[on] > 0.12, f.leg[on] * _LEVEL_M, 0.049 - f.z[on])
    return depth, on


def _ring(
    band: np.ndarray, center: np.ndarray, axis: np.ndarray, forward: np.ndarray, ease_m: float, pleats: int, depth: float
) -> np.ndarray:
    """(P, 3) the convex outline of the band's points (N, 3) seen along `axis`, widened by `ease_m`."""
    u = forward - axis * (forward @ axis)
    u /= np.linalg.norm(u)
    v = np.cross(u, axis)
    angle = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    way = np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v
    support = ((band - center) @ way.T).max(0)
    gap = np.cos(angle[:, None] - angle[None])
    radius = np.where(gap > 0.05, support[None] / np.maximum(gap, 0.05), np.inf).min(1)  # outline of the convex hull
    return center + way * (radius + ease_m * (1 + depth * 2 * np.cos(pleats * angle)))[:, None]

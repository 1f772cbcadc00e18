"""Skirts and coat tails: a skin around both legs that follows them, made after posing so that it never splits.

Shapes: R rings from waist to hem, P directions, V packed vertices. Metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from generator.mesh import Material, Mesh
from scenes.shapes import loft
from scenes.street.people.body import Level, template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure, cloth_vertices

_DIRECTIONS = 28
_RINGS: dict[Level, int] = {"near": 8, "far": 4}  # below the hips


@dataclass(frozen=True)
class Skirt:
    """hem: level of `leg`; ease at the hips, where it starts, and flare added down to the hem (metres at 1.7 m)."""

    hem: float = 0.85
    ease_m: float = 0.003
    flare_m: float = 0.06
    pleats: int = 7


def skirt(figure: Figure, shell: np.ndarray, cut: Skirt, material: Material) -> Mesh:
    """The skirt around the shell (V, 3), at rest, of what is worn under it."""
    on, mix, depth = _levels(figure.level)
    return loft(skirt_rings(figure, mix @ figure.moved_vertices(shell[on], on), depth, cut)[:, ::-1], material, caps=False, smooth=True)


def skirt_rings(figure: Figure, posed: np.ndarray, level: np.ndarray, cut: Skirt) -> np.ndarray:
    """(R, P, 3) from the hips down, both edges turned in, around posed points (N, 3) that lie at `level` (N,): see `depths`."""
    stations = np.concatenate([[0.0, 0.03], np.linspace(0.16, cut.hem, _RINGS[figure.level]) * _LEVEL_M])
    bands = [posed[np.abs(level - depth) < _BAND_M] for depth in stations]
    centers = np.array([(band.min(0) + band.max(0)) / 2 for band in bands])
    axes = np.gradient(centers, axis=0)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    forward = figure.rotation("pelvis") @ np.array([1.0, 0.0, 0.0])
    scale = figure.height_m / 1.7
    rings = []
    for depth, band, center, axis in zip(stations, bands, centers, axes, strict=True):
        share = depth / stations[-1]
        rings.append(_ring(band, center, axis, forward, scale * (cut.ease_m + cut.flare_m * share**1.5), cut.pleats, _PLEAT * share))
    hem = centers[-1] + 0.93 * (rings[-1] - centers[-1]) - 0.01 * axes[-1]
    top = centers[0] + 0.88 * (rings[0] - centers[0]) - 0.006 * axes[0]
    return np.stack([top, *rings, hem])


_BAND_M = 0.045  # half the height of what a ring goes round
_LEVEL_M = 0.42  # a thigh of the base mesh is 0.42 m long: levels of `leg` as metres below the hip


def depths(index: np.ndarray, level: Level) -> np.ndarray:
    """(N,) depth below the hip joint (metres on the base mesh, along the leg) of vertices of trunk and legs."""
    f = fields(level)
    return np.where(f.leg[index] > 0.12, f.leg[index] * _LEVEL_M, 0.049 - f.z[index])


@lru_cache(maxsize=2)
def _levels(level: Level) -> tuple[np.ndarray, sparse.csr_array, np.ndarray]:
    """(C,) the shell's vertices of trunk and legs, (N, C) points on it as mixes of them, (N,) the points' depths.

    The points are the vertices, and on a far body, whose rings of vertices are farther apart than bands are wide, some along edges.
    """
    shell = cloth_vertices(level)
    on = shell[fields(level).on_arm[shell] < 0.5]
    mix = sparse.eye_array(len(on), dtype=np.float32, format="csr")
    if level == "far":
        cloth = template(level).cloth
        cloth = np.searchsorted(on, cloth[np.isin(cloth, on).all(1)])
        a, b = np.unique(np.sort(cloth[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0).T
        mix = sparse.vstack([mix, *((1 - t) * mix[a] + t * mix[b] for t in (0.25, 0.5, 0.75))], format="csr").astype(np.float32)
    return on, mix, mix @ depths(on, level)


def skirt_bands(hem: float) -> list[np.ndarray]:
    """The vertices (N,) of the near body's shell that a skirt's middle and its hem go round: where skirt_rings is widest."""
    on, _, depth = _levels("near")
    return [on[np.abs(depth - share * hem * _LEVEL_M) < _BAND_M] for share in (_MIDDLE, 1.0)]


def skirt_outline(bands: np.ndarray, forward: np.ndarray, cut: Skirt, height_m: float) -> np.ndarray:
    """(2, P, 3) points around a skirt's middle and hem, the widest of skirt_rings, from the posed points (2, N, 3) of both bands."""
    centers = (bands.min(1) + bands.max(1)) / 2
    axis = centers[1] - centers[0]
    way = _ways(axis / np.sqrt(axis @ axis), forward)
    radius = _radii(bands - centers[:, None], way) + height_m / 1.7 * _eases(cut)
    return centers[:, None] + way * radius[:, :, None]


@lru_cache(maxsize=32)
def _eases(cut: Skirt) -> np.ndarray:
    """(2, P) how far middle and hem stand off, pleats included, on a body of 1.7 m."""
    share = np.array([[_MIDDLE], [1.0]])
    return (cut.ease_m + cut.flare_m * share**1.5) * (1 + 2 * _PLEAT * share * np.cos(cut.pleats * _around().angle))


_MIDDLE = 0.6  # share of the way to the hem
_PLEAT = 0.16  # depth of pleats at the hem, as a share of ease and flare


def _ring(
    band: np.ndarray, center: np.ndarray, axis: np.ndarray, forward: np.ndarray, ease_m: float, pleats: int, depth: float
) -> np.ndarray:
    """(P, 3) the convex outline of the band's points (N, 3) seen along `axis`, widened by `ease_m`."""
    way = _ways(axis, forward)
    radius = _radii(band - center, way)
    return center + way * (radius + ease_m * (1 + depth * 2 * np.cos(pleats * _around().angle)))[:, None]


def _ways(axis: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """(P, 3) unit vectors all around `axis`, the first as near to `forward` as can be."""
    along = float(forward @ axis)
    x, y, z = (forward - along * axis).tolist()
    a, b, c = axis.tolist()
    length = math.hypot(x, y, z)
    u = (x / length, y / length, z / length)
    v = (u[1] * c - u[2] * b, u[2] * a - u[0] * c, u[0] * b - u[1] * a)
    return _around().circle @ np.array([u, v], np.float32)


def _radii(points: np.ndarray, way: np.ndarray) -> np.ndarray:
    """(..., P) how far the convex outline of points (..., N, 3) reaches each way (P, 3) from the origin inside it."""
    around, support = _around(), (points @ way.T).max(-2)
    return np.asarray(np.where(around.apart, np.inf, support[..., None, :] / around.gap).min(-1))


@dataclass(frozen=True, eq=False)
class _Around:
    """The directions around a skirt: angle (P,), circle (P, 2) cosine and sine; gap (P, P) the cosines between two of them, apart
    (P, P) whether these are a right angle or more, where gap is 1."""

    angle: np.ndarray
    circle: np.ndarray
    gap: np.ndarray
    apart: np.ndarray


@lru_cache(maxsize=1)
def _around() -> _Around:
    angle = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    gap = np.cos(angle[:, None] - angle[None])
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _Around(angle, circle.astype(np.float32), np.where(gap > 0.05, gap, 1.0).astype(np.float32), gap <= 0.05)

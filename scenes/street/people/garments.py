"""Garments cut from the shell around the body: tops, trousers, socks, boot shafts, bands of colour on them.

Shapes: V packed vertices. Lengths in metres on a body of 1.7 m, scaled with the body; cut lines are levels of fields.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from generator.mesh import Material, Mesh
from scenes.street.people.body import Level, template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure, cloth_smoothed
from scenes.street.people.surface import Pattern, pattern

Neck = Literal["crew", "v", "high", "straps", "open"]
Cuts = tuple[np.ndarray, ...]  # fields (V,) that are all positive where a garment is

_HEM_M = 0.014
REFERENCE_M = 1.7


@dataclass(frozen=True)
class Top:
    """hem: height on the base mesh where it ends (0 hip joint, 0.15 waist); sleeve: level of `arm`; ease: room for the body."""

    hem: float = 0.0
    sleeve: float = 1.95
    neck: Neck = "crew"
    ease_m: float = 0.012
    hang: int = 6  # smoothing steps: how far the cloth bridges hollows
    opening_m: float = 0.0  # half width of an open front
    sleeve_ease_m: float = 0.008


@dataclass(frozen=True)
class Bottom:
    """hem: level of `leg` (1 knee, 2 ankle); waist: height on the base mesh; ease at thigh and at hem."""

    hem: float = 1.96
    waist: float = 0.135
    ease_m: float = 0.008
    hem_ease_m: float = 0.028
    hang: int = 4


def top_shell(figure: Figure, top: Top, under: np.ndarray) -> np.ndarray:
    """(V, 3) rest positions of the cloth of a top over what is worn `under` it (V, 3): see `layered`."""
    return _shell(figure, under, top_ease(top, figure.level), top.hang)


def bottom_shell(figure: Figure, bottom: Bottom) -> np.ndarray:
    """(V, 3) rest positions of the cloth of trousers."""
    return _shell(figure, figure.rest, bottom_ease(bottom, figure.level), bottom.hang)


@lru_cache(maxsize=64)
def top_ease(top: Top, level: Level) -> np.ndarray:
    """(V,) room between a top and what is under it, folds included, on a body of 1.7 m."""
    f = fields(level)
    trunk = f.on_arm < 0.5
    low = np.clip((0.3 - f.z) / 0.3, 0, 1) * trunk
    shoulder = 1 - 0.5 * np.clip(1 - np.abs(f.arm) / 0.25, 0, 1) * (f.z > 0.45)
    ease = np.where(trunk, top.ease_m * (1 + 0.5 * low), top.sleeve_ease_m + 0.004 * np.clip(f.arm / 2, 0, 1)) * shoulder
    folds = 0.0035 * np.sin(38.0 * f.arm + 100.0 * f.x) * np.clip(1 - np.abs(f.arm - 1.0) / 0.7, 0, 1)
    folds += 0.003 * np.sin(55.0 * f.z + 24.0 * f.y + 9.0 * f.x) * np.clip((0.36 - f.z) / 0.2, 0, 1) * trunk
    return (ease + folds).astype(np.float32)


@lru_cache(maxsize=64)
def bottom_ease(bottom: Bottom, level: Level) -> np.ndarray:
    """(V,) room between trousers and legs, folds at knee and ankle included, on a body of 1.7 m."""
    f = fields(level)
    t = np.clip(f.leg / max(bottom.hem, 0.5), 0, 1)
    ease = bottom.ease_m + (bottom.hem_ease_m - bottom.ease_m) * t**2
    creased = np.exp(-(((f.leg - 1.0) / 0.22) ** 2)) + 1.2 * np.exp(-(((f.leg - 1.9) / 0.22) ** 2))
    folds = 0.004 * creased * np.sin(30.0 * f.leg + 40.0 * f.y + 30.0 * f.x) * (f.leg > 0)
    return (ease + folds).astype(np.float32)


def layered(shell: np.ndarray, under: np.ndarray, cuts: Cuts) -> np.ndarray:
    """(V, 3) the surface that the next layer has to clear: the shell where it is worn, what is `under` it elsewhere."""
    return np.where((np.min(cuts, axis=0) > -0.03)[:, None], shell, under)


def _shell(figure: Figure, under: np.ndarray, ease_m: np.ndarray, hang: int) -> np.ndarray:
    """The surface `under` it (V, 3) smoothed, then pushed out until it is `ease_m` (V,) clear of it everywhere."""
    away = figure.sideways
    room = ease_m * figure.height_m / REFERENCE_M
    hung = np.einsum("va,va->v", cloth_smoothed(under, hang, figure.level) - under, away)
    hung *= np.clip((0.47 - fields(figure.level).z) / 0.06, 0.15, 1.0)  # cloth lies on the shoulders
    return (under + away * np.clip(hung, room, 2.5 * np.maximum(room, 0.004))[:, None]).astype(np.float32)


def neck_field(neck: Neck, level: Level) -> np.ndarray:
    """(V,) positive below the neckline."""
    f = fields(level)
    if neck == "v":
        return -f.neck - np.clip(0.10 - 2.2 * np.abs(f.y), 0, None) * (f.x > 0.02)
    if neck == "high":
        return 0.045 - f.neck
    if neck == "straps":
        return -f.neck - 0.045 + 0.35 * np.clip(np.abs(f.y) - 0.06, 0, 0.1)
    return -f.neck - (0.006 if neck == "crew" else -0.004)


@lru_cache(maxsize=64)
def top_cuts(top: Top, level: Level) -> Cuts:
    """Fields (V,) that are all positive where the top is."""
    f = fields(level)
    cuts = [top.sleeve - f.arm, np.where(f.on_arm > 0.5, 1.0, f.z - top.hem), neck_field(top.neck, level)]
    if top.opening_m > 0:
        width = top.opening_m * (0.5 + 0.8 * np.clip((0.5 - f.z) / 0.5, 0, 1))
        cuts.append(np.where((f.x > 0.03) & (f.on_arm < 0.5), np.abs(f.y) - width, 1.0))
    return tuple(cuts)


@lru_cache(maxsize=64)
def bottom_cuts(bottom: Bottom, level: Level) -> Cuts:
    """Fields (V,) that are all positive where the trousers are."""
    f = fields(level)
    return np.where(f.on_arm > 0.5, -1.0, bottom.waist - f.z), bottom.hem - f.leg


@lru_cache(maxsize=64)
def top_pattern(top: Top, level: Level) -> Pattern:
    return pattern(template(level).cloth, top_cuts(top, level))


@lru_cache(maxsize=64)
def bottom_pattern(bottom: Bottom, level: Level) -> Pattern:
    return pattern(template(level).cloth, bottom_cuts(bottom, level))


def worn(figure: Figure, shell: np.ndarray, piece: Pattern, material: Material, *, hem_m: float = _HEM_M) -> Mesh:
    """The posed piece of a shell (V, 3), with hems."""
    used = piece.source
    outer = figure.moved_vertices(shell[used], used)
    inner = figure.moved_vertices((shell - 0.1 * figure.outward)[used], used)
    points, faces = piece.hemmed(outer, (inner - outer) * 10, hem_m)
    return Mesh.of(points, faces, material, smooth=True)

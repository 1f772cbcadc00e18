"""Road wheels: tyre, rim, brake disc. Built standing in the plane y = 0 with the outer face to +Y, centre in the origin."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import loft
from scenes.street.vehicles import surfaces

WheelStyle = Literal["five_spoke", "twin_spoke", "multi_spoke", "star", "hubcap", "steel"]

SEGMENTS = 28  # a multiple of four: one vertex then touches the ground exactly
_FAR_SEGMENTS = 12
_FAR_DEPTH = Material(color=(0.05, 0.05, 0.05), roughness=0.6, metallic=0.5, variation=0.2)  # brake disc, barrel and shade in the mean
_SPOKES = {"five_spoke": (5, 0.30, 0.0), "twin_spoke": (10, 0.16, 0.13), "multi_spoke": (12, 0.16, 0.0), "star": (6, 0.34, 0.0)}


def turned(profile: list[tuple[float, float]], material: Material, segments: int = SEGMENTS, *, smooth: bool = True) -> Mesh:
    """A skin of revolution about the y axis, not capped; `profile` lists (radius_m, y_m), outer face first."""
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False) - np.pi / 2
    rings = np.stack([np.stack([r * np.cos(angle), np.full(segments, y), r * np.sin(angle)], axis=1) for r, y in profile])
    return loft(rings, material, caps=False, smooth=smooth)


@lru_cache(maxsize=64)  # 0.1 MB each; diameters belong to bodies
def wheel(diameter_m: float, width_m: float, style: WheelStyle, finish: Material, *, rim_share: float = 0.66) -> Mesh:
    """A car's wheel; `rim_share` is the rim's part of the diameter."""
    outer, half = diameter_m / 2, width_m / 2
    rim = outer * rim_share
    tyre = turned(
        [(rim * 0.98, half * 0.80), (rim * 1.06, half * 0.96), ((rim + outer) / 2, half), (outer * 0.965, half * 0.90),
         (outer, half * 0.66), (outer, -half * 0.66), (outer * 0.95, -half * 0.95), (rim, -half * 0.8)],
        surfaces.RUBBER,
    )  # fmt: skip
    flange = turned([(rim * 0.90, half * 0.45), (rim * 0.93, half * 0.80), (rim, half * 0.86), (rim * 1.01, half * 0.78)], finish)
    face = _cover(rim * 0.94, half, style, finish) if style in ("hubcap", "steel") else _spokes(rim * 0.93, half, style, finish)
    return merge([tyre, flange, face, _inside(rim * 0.93, half, covered=style == "hubcap")])


@lru_cache(maxsize=64)
def far_wheel(diameter_m: float, width_m: float, style: WheelStyle, finish: Material) -> Mesh:
    """A car's wheel from afar: tyre, flange, and flat spokes before a dark disc, or a closed cover."""
    outer, half = diameter_m / 2, width_m / 2
    rim = outer * 0.66
    tyre = turned(
        [(rim, half * 0.86), ((rim + outer) / 2, half), (outer, half * 0.7), (outer, -half * 0.7), (rim, -half * 0.8)],
        surfaces.RUBBER, _FAR_SEGMENTS,
    )  # fmt: skip
    depth = turned([(0.001, half * 0.1), (rim, half * 0.1)], _FAR_DEPTH, _FAR_SEGMENTS)
    flange = turned([(rim * 0.90, half * 0.5), (rim * 1.01, half * 0.86)], finish, _FAR_SEGMENTS)
    cover = [(0.001, 0.70), (0.9, 0.72)] if style in ("hubcap", "steel") else [(0.001, 0.70), (0.24, 0.55)]
    hub = turned([(r * rim, y * half) for r, y in cover], finish, _FAR_SEGMENTS)
    return merge([tyre, depth, flange, hub, *_far_spokes(rim, half, style, finish)])


def _far_spokes(rim: float, half: float, style: str, finish: Material) -> list[Mesh]:
    """Flat bars as wide as the spokes are in the mean; none on covers."""
    count, width, _ = _SPOKES.get(style, (0, 0.0, 0.0))
    wide = 0.36 * width * rim
    bar = np.array([(0.16 * rim, wide), (0.95 * rim, wide), (0.95 * rim, -wide), (0.16 * rim, -wide)])
    found = []
    for angle in np.pi / 2 + 2 * np.pi * np.arange(count) / max(count, 1):
        c, s = np.cos(angle), np.sin(angle)
        points = np.column_stack([c * bar[:, 0] - s * bar[:, 1], np.full(4, 0.68 * half), s * bar[:, 0] + c * bar[:, 1]])
        found.append(Mesh.of(points, np.array([[0, 1, 2, 3]]), finish))
    return found


def _spokes(rim: float, half: float, style: str, finish: Material) -> Mesh:
    """Spokes from hub to flange, tapered and dished, and the hub cap."""
    count, width, twin = _SPOKES[style]
    at = np.array([0.16, 0.45, 0.75, 1.0]) * rim  # radius
    face = half * np.array([0.62, 0.66, 0.72, 0.74])
    wide = width * rim * np.array([1.0, 0.72, 0.62, 0.85]) * (1.25 if style == "star" else 1.0) / 2
    parts = [turned([(0.001, half * 0.70), (0.15 * rim, half * 0.70), (0.22 * rim, half * 0.6), (0.24 * rim, half * 0.3)], finish, 14)]
    for i in range(count):
        angle = 2 * np.pi * (i // 2 * 2 + (1 if i % 2 else -1) * (1 - twin) + 1) / count if twin else 2 * np.pi * i / count
        angle += np.pi / 2
        along, across = np.array([np.cos(angle), 0, np.sin(angle)]), np.array([-np.sin(angle), 0, np.cos(angle)])
        out = np.array([0.0, 1.0, 0.0])
        section = [(-1.0, -0.35), (-0.62, 0.0), (0.62, 0.0), (1.0, -0.35)]
        rings = np.stack(
            [[r * along + s * w * across + (y + d * half * 0.5) * out for s, d in section] for r, w, y in zip(at, wide, face, strict=True)]
        )
        parts.append(loft(rings[:, ::-1], finish, closed=False, caps=False))
    return merge(parts)


def _cover(rim: float, half: float, style: str, finish: Material) -> Mesh:
    """A plastic wheel trim, or a bare steel disc, with a ring of dark holes."""
    dish = [(0.001, 0.72), (0.20, 0.72), (0.30, 0.60), (0.62, 0.66), (0.90, 0.76), (1.0, 0.72)]
    if style == "steel":
        dish = [(0.001, 0.30), (0.22, 0.30), (0.30, 0.52), (0.62, 0.50), (0.82, 0.30), (1.0, 0.25)]
    parts = [turned([(r * rim, y * half) for r, y in dish], finish)]
    count, radius = (9, 0.76) if style == "hubcap" else (12, 0.70)
    length, width = (0.10, 0.13) if style == "hubcap" else (0.09, 0.07)
    for i in range(count):
        angle = 2 * np.pi * i / count
        turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
        t = np.linspace(0, 2 * np.pi, 8, endpoint=False)
        height = (0.735 if style == "hubcap" else 0.47) * half + 0.004
        hole = np.stack([rim * (radius + length * np.cos(t)), np.full(8, height), -rim * width * np.sin(t)], axis=1)
        fan = np.stack([np.zeros(6, int), np.arange(1, 7), np.arange(2, 8)], axis=1)
        parts.append(Mesh.of(hole @ turn.T, fan, surfaces.GAP))
    return merge(parts)


def _inside(rim: float, half: float, *, covered: bool) -> Mesh:
    """What shows between the spokes: barrel, brake disc and dark depth, and the closed back of the wheel."""
    back = turned([(0.001, -half * 0.2), (rim * 1.06, -half * 0.2)], surfaces.UNDERBODY, 20)
    if covered:
        return back
    disc = turned([(0.001, half * 0.05), (rim * 0.76, half * 0.05), (rim * 0.76, -half * 0.1)], surfaces.STEEL, 20)
    barrel = turned([(rim * 0.99, -half * 0.2), (rim * 0.97, half * 0.7)], surfaces.DARK_ALLOY, 20)
    return merge([back, disc, Mesh(barrel.vertices, barrel.faces[:, ::-1].copy(), barrel.slots, barrel.smooth, barrel.materials)])


def mounted(one: Mesh, axles_x: tuple[float, ...], half_track_m: float, radius_m: float) -> list[Mesh]:
    """The wheel at both ends of every axle; the right-hand ones are mirrored."""
    right = one.transformed(np.diag([1.0, -1.0, 1.0]))
    pairs = [(one.moved((x, half_track_m, radius_m)), right.moved((x, -half_track_m, radius_m))) for x in axles_x]
    return [mesh for pair in pairs for mesh in pair]

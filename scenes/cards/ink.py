"""Drawings in ink: areas and lines in millimetres (x right, y up, origin in the middle), rasterised with smooth edges.

Shapes: N points of a contour, H and W the image.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

Rgb8 = tuple[int, int, int]
Points = Sequence[tuple[float, float]] | np.ndarray

_OVERSAMPLING = 2  # on top of OpenCV's own smoothing of edges
_SUBPIXEL_BITS = 4


@dataclass(frozen=True)
class Pattern:
    """What breaks up an area: a second colour in lines, checks, dots or lozenges, one repeat every `period_mm`, turned by `turn_rad`."""

    kind: Literal["lines", "checks", "dots", "lozenges"]
    color: Rgb8
    period_mm: float = 1.6
    turn_rad: float = 0.0

    def covers(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Bool, where the second colour is."""
        c, s = np.cos(self.turn_rad), np.sin(self.turn_rad)
        u, v = (c * x_mm + s * y_mm) / self.period_mm, (c * y_mm - s * x_mm) / self.period_mm
        if self.kind == "lines":
            return u % 1.0 < 0.42
        if self.kind == "checks":
            return (u % 1.0 < 0.5) ^ (v % 1.0 < 0.5)
        du, dv = np.abs(u % 1.0 - 0.5), np.abs(v % 1.0 - 0.5)
        return du + dv < 0.34 if self.kind == "lozenges" else du * du + dv * dv < 0.075


@dataclass(frozen=True, eq=False)
class Ink:
    """One colour on the paper: the area inside the contours (overlaps count once), or lines of `width_mm` along them."""

    contours: tuple[np.ndarray, ...]
    color: Rgb8
    width_mm: float = 0.0
    closed: bool = True
    pattern: Pattern | None = None

    def placed(self, scale: float, x_mm: float = 0.0, y_mm: float = 0.0, *, turned: bool = False) -> Ink:
        """Scaled about the origin, turned upside down, shifted."""
        factor = -scale if turned else scale
        shift = np.array([x_mm, y_mm])
        return replace(self, contours=tuple(c * factor + shift for c in self.contours), width_mm=self.width_mm * scale)


def area(color: Rgb8, *contours: Points, pattern: Pattern | None = None) -> Ink:
    """A filled area."""
    return Ink(tuple(np.asarray(c, float) for c in contours), color, pattern=pattern)


def line(color: Rgb8, width_mm: float, points: Points, *, closed: bool = False) -> Ink:
    """A line with round ends."""
    return Ink((np.asarray(points, float),), color, width_mm, closed)


def outlined(color: Rgb8, edge: Rgb8, points: Points, width_mm: float = 0.35, pattern: Pattern | None = None) -> tuple[Ink, Ink]:
    """An area with an edge of another colour."""
    return area(color, points, pattern=pattern), line(edge, width_mm, points, closed=True)


def bezier(*points: tuple[float, float], steps: int = 12) -> np.ndarray:
    """(N, 2) points of joined cubic curves: start, then two controls and an end for each."""
    control = np.array(points, float)
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    parts = []
    for k in range(0, len(control) - 1, 3):
        a, b, c, d = control[k : k + 4]
        parts.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
    return np.concatenate([*parts, control[-1:]])


def curve(points: Points, *, closed: bool = False, steps: int = 6) -> np.ndarray:
    """A smooth curve through the points (Catmull and Rom, 1974)."""
    p = np.asarray(points, float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[k : len(p) - 3 + k, None] for k in range(4))
    points_between = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    found: np.ndarray = points_between.reshape(-1, 2)
    return found if closed else np.concatenate([found, p[-2:-1]])


def ring(x_mm: float, y_mm: float, radius_mm: float, stretch: float = 1.0, sides: int = 24) -> np.ndarray:
    """(sides, 2) points of a circle, or of an ellipse `stretch` times as high as wide."""
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    return np.stack([x_mm + radius_mm * np.cos(angle), y_mm + radius_mm * stretch * np.sin(angle)], axis=1)


def mirrored(points: Points, x_mm: float = 0.0) -> np.ndarray:
    """Left and right exchanged about x."""
    return np.asarray(points, float) * np.array([-1.0, 1.0]) + np.array([2 * x_mm, 0.0])


def drawn(inks: Iterable[Ink], size_mm: tuple[float, float], width_px: int, paper: Rgb8 | np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 of the inks, the later over the earlier, on paper of a colour or on an (H, W, 3) image of that size."""
    import cv2

    height_px = round(width_px * size_mm[1] / size_mm[0])
    wide, high = width_px * _OVERSAMPLING, height_px * _OVERSAMPLING
    if isinstance(paper, np.ndarray):
        image = np.ascontiguousarray(cv2.resize(paper, (wide, high), interpolation=cv2.INTER_LINEAR))
    else:
        image = np.full((high, wide, 3), paper, np.uint8)
    scale = wide / size_mm[0]
    for ink in inks:
        _put(image, ink, scale)
    return cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)


def _put(image: np.ndarray, ink: Ink, scale: float) -> None:
    import cv2

    middle = np.array([image.shape[1], image.shape[0]]) / 2
    factor = 2**_SUBPIXEL_BITS
    fixed = [np.rint((c * np.array([scale, -scale]) + middle - 0.5) * factor).astype(np.int32) for c in ink.contours]
    if ink.width_mm > 0:
        cv2.polylines(image, fixed, ink.closed, ink.color, max(1, round(ink.width_mm * scale)), cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    if ink.pattern is None:
        for contour in fixed:
            cv2.fillPoly(image, [contour], ink.color, cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    _put_patterned(image, ink, fixed, scale)


def _put_patterned(image: np.ndarray, ink: Ink, fixed: list[np.ndarray], scale: float) -> None:
    """An area in two colours, worked out inside its own box."""
    import cv2

    assert ink.pattern is not None
    points = np.concatenate(fixed) / 2**_SUBPIXEL_BITS
    limit = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(points.min(0)).astype(int) - 1, 0, limit)
    high = np.clip(np.ceil(points.max(0)).astype(int) + 2, 0, limit)
    if (high <= low).any():
        return
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    offset = (low * 2**_SUBPIXEL_BITS).astype(np.int32)
    for contour in fixed:
        cv2.fillPoly(mask, [contour - offset], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    covers = ink.pattern.covers((x + 0.5 - limit[0] / 2) / scale, (limit[1] / 2 - y - 0.5) / scale)
    color = np.where(covers[..., None], np.array(ink.pattern.color), np.array(ink.color))
    share = mask[..., None] / 255.0
    region = image[low[1] : high[1], low[0] : high[0]]
    region[:] = np.rint(region * (1 - share) + color * share).astype(np.uint8)


@lru_cache(maxsize=64)
def half_plane(height_px: int, width_px: int, turn_rad: float) -> np.ndarray:
    """(H, W) bool, the upper side of a line through the middle that rises by `turn_rad` to the right; its half turn is the rest."""
    y, x = np.mgrid[0:height_px, 0:width_px]
    across, up = x + 0.5 - width_px / 2, height_px / 2 - y - 0.5
    side = up * np.cos(turn_rad) - across * np.sin(turn_rad)
    upper = (side > 0) | ((side == 0) & (across < 0))
    return np.asarray(upper)


def two_way(image: np.ndarray, turn_rad: float) -> np.ndarray:
    """The image whose lower half is its upper half turned upside down; `turn_rad` as in `half_plane`."""
    upper = half_plane(image.shape[0], image.shape[1], turn_rad)
    return np.where(upper[..., None], image, image[::-1, ::-1])

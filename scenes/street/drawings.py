"""Flat drawings for signs, posters and labels: coloured polygons, strokes and letters, stacked in thin steps so that none coincide.

Picture plane: u to the viewer's right, v up. On an object that faces +X the viewer's right is +Y, so (u, v) becomes (y, z).
Shapes: N points, T triangles of a mark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from generator.mesh import Material, Mesh, merge

Points = Sequence[tuple[float, float]] | np.ndarray

LAYER_M = 0.001  # one layer above the other; coincident faces would flicker between colours
_MITRE_LIMIT = 2.0  # a stroke's outer corner sticks out by at most this many half widths


@dataclass(frozen=True, eq=False)
class Mark:
    """One coloured area: points (N, 2), triangles (T, 3) counter-clockwise, and its surface."""

    points: np.ndarray
    triangles: np.ndarray
    material: Material

    def placed(self, scale: float, u: float = 0.0, v: float = 0.0, turn_rad: float = 0.0) -> Mark:
        """Scaled and turned (counter-clockwise) about the origin, then shifted by (u, v)."""
        c, s = math.cos(turn_rad), math.sin(turn_rad)
        return Mark(self.points @ (scale * np.array([[c, s], [-s, c]])) + np.array([u, v]), self.triangles, self.material)

    def mirrored(self) -> Mark:
        """Left and right exchanged."""
        return Mark(self.points * np.array([-1.0, 1.0]), self.triangles[:, ::-1], self.material)


Drawing = tuple[Mark, ...]


def polygon(points: Points, material: Material) -> Mark:
    """Any simple polygon, convex or not, either way round."""
    outline = np.asarray(points, float)
    if signed_area(outline) < 0:
        outline = outline[::-1]
    return Mark(outline, clipped_ears(outline), material)


def disc(u: float, v: float, radius: float, material: Material, *, stretch: float = 1.0, sides: int = 28) -> Mark:
    """A circle, or an ellipse `stretch` times as high as wide."""
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    rim = np.stack([u + radius * np.cos(angle), v + radius * stretch * np.sin(angle)], axis=1)
    i = np.arange(1, sides - 1)
    return Mark(rim, np.stack([np.zeros_like(i), i, i + 1], axis=1), material)


def bar(u: float, v: float, width: float, height: float, material: Material) -> Mark:
    """An upright rectangle around (u, v)."""
    w, h = width / 2, height / 2
    return polygon([(u - w, v - h), (u + w, v - h), (u + w, v + h), (u - w, v + h)], material)


def stroke(points: Points, width: float, material: Material, *, closed: bool = False) -> Mark:
    """A line of `width` through the points with mitred corners and square ends."""
    line = np.asarray(points, float)
    following = np.roll(line, -1, axis=0) - line
    following /= np.maximum(np.linalg.norm(following, axis=1, keepdims=True), 1e-9)
    if not closed:
        following[-1] = following[-2]
    before = np.roll(following, 1, axis=0)
    if not closed:
        before[0] = following[0]
    normal = np.stack([-(following + before)[:, 1], (following + before)[:, 0]], axis=1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    across = np.stack([-following[:, 1], following[:, 0]], axis=1)
    mitre = np.minimum(1 / np.maximum((normal * across).sum(1), 1e-6), _MITRE_LIMIT)
    half = 0.5 * width * mitre[:, None] * normal
    count = len(line)
    i = np.arange(count if closed else count - 1)
    j = (i + 1) % count
    triangles = np.concatenate([np.stack([i + count, j + count, j], 1), np.stack([i + count, j, i], 1)])
    return Mark(np.concatenate([line + half, line - half]), triangles, material)


def arc(u: float, v: float, radius: float, start_rad: float, end_rad: float, steps: int = 16) -> np.ndarray:
    """(steps + 1, 2) points on a circle, angles counter-clockwise from the right."""
    angle = np.linspace(start_rad, end_rad, steps + 1)
    return np.stack([u + radius * np.cos(angle), v + radius * np.sin(angle)], axis=1)


def arrow(points: Points, width: float, material: Material) -> Drawing:
    """A line that ends in a head at its last point."""
    line = np.asarray(points, float)
    ahead = (line[-1] - line[-2]) / np.linalg.norm(line[-1] - line[-2])
    left = np.array([-ahead[1], ahead[0]])
    neck = line[-1] - 1.9 * width * ahead
    head = polygon([neck + 1.5 * width * left, neck - 1.5 * width * left, line[-1]], material)
    return (stroke(np.concatenate([line[:-1], neck[None]]), width, material), head)


def rounded(points: Points, radius: float, steps: int = 4) -> np.ndarray:
    """(N * (steps + 1), 2) convex outline whose corners are cut by quadratic curves that begin `radius` from the corner."""
    outline = np.asarray(points, float)
    before, after = np.roll(outline, 1, axis=0) - outline, np.roll(outline, -1, axis=0) - outline
    a = outline + radius * before / np.linalg.norm(before, axis=1, keepdims=True)
    b = outline + radius * after / np.linalg.norm(after, axis=1, keepdims=True)
    t = np.linspace(0.0, 1.0, steps + 1)[None, :, None]
    curve: np.ndarray = (1 - t) ** 2 * a[:, None] + 2 * t * (1 - t) * outline[:, None] + t**2 * b[:, None]
    return curve.reshape(-1, 2)


def regular(sides: int, radius: float, turn_rad: float = 0.0) -> np.ndarray:
    """(sides, 2) corners of a regular polygon, the first one `turn_rad` from the right."""
    angle = turn_rad + np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def placed(drawing: Iterable[Mark], scale: float, u: float = 0.0, v: float = 0.0, turn_rad: float = 0.0) -> Drawing:
    """The drawing scaled and turned about the origin, then shifted."""
    return tuple(mark.placed(scale, u, v, turn_rad) for mark in drawing)


def mounted(drawing: Sequence[Mark], at_m: Sequence[float], *, layer_m: float = LAYER_M) -> Mesh:
    """The drawing as a mesh that faces +X, its origin at `at_m`; a mark lies one layer in front of whatever it covers."""
    parts = []
    for k, mark in zip(layers(drawing), drawing, strict=True):
        u, v = mark.points.T
        points = np.stack([np.full(len(u), at_m[0] + k * layer_m), at_m[1] + u, at_m[2] + v], axis=1)
        parts.append(Mesh.of(points, mark.triangles, mark.material))
    return merge(parts)


def layers(drawing: Sequence[Mark]) -> list[int]:
    """The layer (1, 2, ...) of every mark: one above the highest earlier mark whose box meets its own."""
    boxes = np.array([(*mark.points.min(0), *-mark.points.max(0)) for mark in drawing]).reshape(-1, 4)
    found: list[int] = []
    for k, box in enumerate(boxes):
        meets = (boxes[:k] < -np.roll(box, 2)).all(1)
        found.append(1 + max((layer for layer, hit in zip(found, meets, strict=True) if hit), default=0))
    return found


def cropped(drawing: Iterable[Mark], half_width: float, half_height: float) -> Drawing:
    """The part of the drawing inside a frame around the origin."""
    limits = np.array([half_width, half_height])
    kept = []
    for mark in drawing:
        if (np.abs(mark.points) <= limits).all():
            kept.append(mark)
            continue
        for corners in mark.points[mark.triangles]:
            piece = corners
            for axis in (0, 1):
                for sign in (1.0, -1.0):
                    piece = _cut(piece, axis, sign, limits[axis])
            if len(piece) >= 3 and signed_area(piece) > 0:
                i = np.arange(1, len(piece) - 1)
                kept.append(Mark(piece, np.stack([np.zeros_like(i), i, i + 1], axis=1), mark.material))
    return tuple(kept)


def _cut(corners: np.ndarray, axis: int, sign: float, limit: float) -> np.ndarray:
    """A convex polygon (N, 2) without what lies beyond one edge of a frame (Sutherland and Hodgman, 1974)."""
    inside = limit - sign * corners[:, axis] if len(corners) else np.empty(0)
    result = []
    for k, (point, here) in enumerate(zip(corners, inside, strict=True)):
        before, there = corners[k - 1], inside[k - 1]
        if here * there < 0:
            result.append(before + (point - before) * (there / (there - here)))
        if here >= 0:
            result.append(point)
    return np.array(result).reshape(-1, 2)


def panel(outline: Points, thickness_m: float, at_m: Sequence[float], material: Material) -> Mesh:
    """A board of the given convex outline whose front (facing +X) lies at x = `at_m[0]`; closed."""
    rim = np.asarray(outline, float)
    if signed_area(rim) < 0:
        rim = rim[::-1]
    count = len(rim)
    points = np.array([(x, u, v) for x in (-thickness_m, 0.0) for u, v in rim]) + np.asarray(at_m, float)
    i = np.arange(1, count - 1)
    front = np.stack([np.full_like(i, count), i + count, i + 1 + count], axis=1)
    back = np.stack([np.zeros_like(i), i + 1, i], axis=1)
    k = np.arange(count)
    n = (k + 1) % count
    edge = np.concatenate([np.stack([k, n, n + count], 1), np.stack([k, n + count, k + count], 1)])
    return Mesh.of(points, np.concatenate([front, back, edge]), material)


def signed_area(outline: np.ndarray) -> float:
    """Twice-signed half: positive when the outline (N, 2) runs counter-clockwise."""
    u, v = outline.T
    return float(0.5 * (u @ np.roll(v, -1) - v @ np.roll(u, -1)))


def clipped_ears(outline: np.ndarray) -> np.ndarray:
    """(N - 2, 3) triangles of a simple counter-clockwise polygon (N, 2), by ear clipping."""
    points = outline.tolist()  # numpy takes ten times as long on the few points of a letter
    left = list(range(len(points)))
    triangles = []
    while len(left) > 3:
        k = next((k for k in range(len(left)) if _is_ear(points, left, k)), 0)
        triangles.append([left[k - 1], left[k], left[(k + 1) % len(left)]])
        del left[k]
    return np.array([*triangles, left])


def _is_ear(points: list[list[float]], left: list[int], k: int) -> bool:
    """Whether corner k of what is left is convex and no other corner lies in its triangle."""
    corners = [left[i % len(left)] for i in (k - 1, k, k + 1)]
    a, b, c = (points[i] for i in corners)
    if _turn(a, b, c) <= 0:
        return False
    others = (points[i] for i in left if i not in corners)
    return not any(_turn(a, b, p) > 0 and _turn(b, c, p) > 0 and _turn(c, a, p) > 0 for p in others)


def _turn(a: list[float], b: list[float], p: list[float]) -> float:
    """Positive where p lies to the left of the line from a to b."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])

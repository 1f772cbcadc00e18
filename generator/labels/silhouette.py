"""The silhouette of one object as if it stood alone: rays through pixel centres against its own triangles (Embree).

Shapes: V vertices, F faces, N rays. Camera frame: x right, y down, z forward, metres. Rays have z = 1, so that a distance
along a ray is a depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene

from generator.camera import distort, project, rays
from generator.spec import CameraSpec

MAX_OFF_AXIS_RAD = math.radians(80.0)  # beyond it a pinhole's image grows without bound: 10 degrees more double its size
OUTSIDE_RAYS = 40_000  # at most, an object and pass: a truncation of 0.5 is then good to about 0.003
_CONTRACTION = 0.7  # of one undistortion step at the limit; the 20 steps of `camera.undistort` then leave 0.7**20 = 0.08 %
_TIE_PX = 0.005  # rays that miss by less may hit in the render: float32 moves the edge of a triangle by some thousandths of a pixel
_EDGE_PX, _EDGE_SHARE = 0.01, 0.05  # margins of `_near_centers`, see there; the first is above the length of a shift by a tie


@dataclass(frozen=True, eq=False)
class Silhouette:
    """mask: (H, W) bool, inside the frame. outside_px: its area beyond the frame, in pixels of the continued pixel grid."""

    mask: np.ndarray
    outside_px: float


@dataclass(frozen=True, eq=False)
class View:
    """A camera and what of its image plane can be used.

    limit: largest tangent of the angle off the optical axis: 80 degrees, or less where the lens model cannot be inverted.
    bounds: (x0, y0, x1, y1) pixels, the box around the image of that cone.
    """

    camera: CameraSpec
    limit: float
    bounds: np.ndarray


def view_of(camera: CameraSpec) -> View:
    limit = min(math.tan(MAX_OFF_AXIS_RAD), _invertible_radius(camera.distortion))
    angle = np.linspace(0.0, 2 * np.pi, 256)
    ring = distort(limit * np.stack([np.cos(angle), np.sin(angle)], axis=1), camera.distortion)
    ring = ring * (camera.fx, camera.fy) + (camera.cx, camera.cy)
    return View(camera, limit, np.concatenate([ring.min(0), ring.max(0)]))


def silhouette(view: View, points: np.ndarray, faces: np.ndarray, seen: np.ndarray) -> Silhouette:
    """The silhouette of the triangles `faces` (F, 3) over `points` (V, 3), camera frame.

    seen: (H, W) bool, the pixels that show the object in a render. Where their rays miss it by a tie on an edge they count as hit.
    """
    camera = view.camera
    image, inside = _image_points(view, points)
    bounds = _image_bounds(view, image, inside)
    mask = np.zeros((camera.height, camera.width), bool)
    faces = faces[_near_centers(image, inside, faces)]
    if not len(faces):
        return Silhouette(mask, 0.0)
    scene = EmbreeScene(robust=True)
    TriangleMesh(scene, points[faces].astype(np.float32))
    frame = np.array([0, 0, camera.width, camera.height], float)
    x0, y0, x1, y1 = _overlap(bounds, frame)
    if x1 > x0 and y1 > y0:
        mask[y0:y1, x0:x1] = _hits(camera, scene, _grid(x0, y0, x1 - x0, y1 - y0, 1)).reshape(y1 - y0, x1 - x0)
        _take_ties(camera, scene, mask, seen)
    beyond = (bounds[:2] < frame[:2]).any() or (bounds[2:] > frame[2:]).any()
    return Silhouette(mask, _outside_px(view, scene, bounds) if beyond else 0.0)


def _take_ties(camera: CameraSpec, scene: EmbreeScene, mask: np.ndarray, seen: np.ndarray) -> None:
    """Adds to `mask` the pixels of `seen` that one of four rays beside their centres hits."""
    rows, columns = np.nonzero(seen & ~mask)
    if len(rows):
        centers = np.stack([columns, rows], axis=1) + 0.5
        around = centers[:, None] + _TIE_PX * np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)])
        mask[rows, columns] = _hits(camera, scene, around.reshape(-1, 2)).reshape(-1, 4).any(1)


def _outside_px(view: View, scene: EmbreeScene, bounds: np.ndarray) -> float:
    """Pixels of the continued grid, outside the frame, whose rays hit. A second pass looks closer where the first one hit."""
    camera, area = view.camera, 0.0
    for _ in range(2):
        x0, y0, x1, y1 = _overlap(bounds, view.bounds)
        step = 2 * math.ceil((math.sqrt((x1 - x0) * (y1 - y0) / OUTSIDE_RAYS) - 1) / 2) + 1  # odd: samples are pixel centres
        pixels = _grid(x0, y0, math.ceil((x1 - x0) / step), math.ceil((y1 - y0) / step), step)
        framed = ((pixels >= 0) & (pixels < (camera.width, camera.height))).all(1)
        pixels = pixels[~framed]
        hits = pixels[_hits_within(view, scene, pixels)]
        area = float(len(hits) * step * step)
        if step == 1 or not len(hits):
            break
        bounds = np.concatenate([hits.min(0) - step, hits.max(0) + step])
    return area


def _hits(camera: CameraSpec, scene: EmbreeScene, pixels: np.ndarray) -> np.ndarray:
    """(N,) bool: the rays through `pixels` (N, 2) that hit something behind the near plane."""
    return _cast(camera, scene, rays(camera, pixels))


def _hits_within(view: View, scene: EmbreeScene, pixels: np.ndarray) -> np.ndarray:
    """The same for pixels beyond the frame: none where the lens model does not reach."""
    camera = view.camera
    directions = rays(camera, pixels)
    error = np.abs(project(camera, directions) - pixels).max(axis=1, initial=0.0)
    reached = (np.hypot(directions[:, 0], directions[:, 1]) <= view.limit) & (error < 0.5)
    hits = np.zeros(len(pixels), bool)
    hits[reached] = _cast(camera, scene, directions[reached])
    return hits


def _cast(camera: CameraSpec, scene: EmbreeScene, directions: np.ndarray) -> np.ndarray:
    if not len(directions):
        return np.zeros(0, bool)
    origins = (directions * camera.near_m).astype(np.float32)
    return np.asarray(scene.run(origins, directions.astype(np.float32), query="OCCLUDED")) >= 0


def _grid(x0: int, y0: int, columns: int, rows: int, step: int) -> np.ndarray:
    """(rows * columns, 2) centres of the cells of `step` x `step` pixels that start at (x0, y0), row by row."""
    u, v = np.meshgrid(x0 + step * (np.arange(columns) + 0.5), y0 + step * (np.arange(rows) + 0.5))
    return np.stack([u.ravel(), v.ravel()], axis=1)


def _overlap(a: np.ndarray, b: np.ndarray) -> tuple[int, int, int, int]:
    """Whole pixels of the box that `a` and `b` share, (x0, y0, x1, y1)."""
    low, high = np.floor(np.maximum(a[:2], b[:2])).astype(int), np.ceil(np.minimum(a[2:], b[2:])).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _image_points(view: View, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(V, 2) image points, and (V,) bool: within the cone that the camera's model covers (the others' points mean nothing)."""
    depth = points[:, 2]
    inside = (depth > view.camera.near_m) & (np.hypot(points[:, 0], points[:, 1]) <= view.limit * depth)
    return project(view.camera, np.where(inside[:, None], points, (0.0, 0.0, 1.0))), inside


def _image_bounds(view: View, image: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """(x0, y0, x1, y1) around the object's image with a pixel to spare; all of the view when a part lies outside the cone."""
    if not inside.all():
        return view.bounds
    return np.concatenate([image.min(0) - 1.0, image.max(0) + 1.0])


def _near_centers(image: np.ndarray, inside: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F,) bool: the triangles that may cover a pixel centre. Dropping the others spares most of Embree's set-up.

    A triangle whose box holds no pixel centre covers none. The margins allow for edges bent by the lens: an edge of e pixels
    strays from its chord by about 3 e * e / (8 f), less than 5 % of e up to e = 66 pixels for f = 500 pixels; longer ones
    hold a centre anyway.
    """
    a, b, c = faces.T
    keep = ~(inside[a] & inside[b] & inside[c])
    spans = [(np.minimum(np.minimum(x[a], x[b]), x[c]), np.maximum(np.maximum(x[a], x[b]), x[c])) for x in image.T.copy()]
    margin = _EDGE_PX + _EDGE_SHARE * np.maximum(*(high - low for low, high in spans))
    holds = [np.ceil(low - margin - 0.5) <= np.floor(high + margin - 0.5) for low, high in spans]
    return keep | (holds[0] & holds[1])


def _invertible_radius(distortion: tuple[float, ...]) -> float:
    """Radius up to which the fixed-point undistortion contracts: |r g'(r) / g(r)| <= 0.7 for g = 1 + k1 r2 + k2 r4 + k3 r6."""
    k1, k2, _, _, k3 = distortion
    roots: list[float] = []
    for sign in (1, -1):
        polynomial = [(_CONTRACTION + sign * 2 * n) * k for n, k in ((3, k3), (2, k2), (1, k1))] + [_CONTRACTION]
        roots += [r.real for r in np.roots(polynomial) if abs(r.imag) < 1e-9 and r.real > 0]
    return math.sqrt(min(roots)) if roots else math.inf

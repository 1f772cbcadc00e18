"""The OpenCV camera model: pixels to rays and points to pixels.

Shapes: N points. A pixel (u, v) covers [u, u+1) x [v, v+1); the principal point (cx, cy) is in the same coordinates, so that
OpenCV's own functions, whose pixel centres are integers, see cx - 0.5.
Source of the formulas: OpenCV, "Camera Calibration and 3D Reconstruction", the Brown-Conrady model.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.geometry import rotation_matrix
from generator.spec import CameraSpec

_UNDISTORT_ITERATIONS = 20  # fixed-point steps at most; distortion of real lenses converges to 1e-9 in about 10
_UNDISTORT_STEP = 1e-12  # focal lengths; a smaller step ends the iteration: a billionth of a pixel


def pixel_centers(camera: CameraSpec) -> np.ndarray:
    """(height * width, 2) float64 pixel centres (u, v), row by row."""
    u, v = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    return np.stack([u.ravel(), v.ravel()], axis=1)


def rays(camera: CameraSpec, pixels: np.ndarray) -> np.ndarray:
    """(N, 3) float64 directions with z = 1, camera frame, of the (N, 2) image points `pixels`."""
    distorted = (np.asarray(pixels, float) - (camera.cx, camera.cy)) / (camera.fx, camera.fy)
    straight = undistort(distorted, camera.distortion)
    return np.concatenate([straight, np.ones((len(straight), 1))], axis=1)


@lru_cache(maxsize=1)
def sight(camera: CameraSpec) -> np.ndarray:
    """(H, W, 3) float64 directions with z = 1 through the pixel centres, camera frame, read-only; kept while one image is made."""
    directions = rays(camera, pixel_centers(camera)).reshape(camera.height, camera.width, 3)
    directions.flags.writeable = False
    return directions


def project(camera: CameraSpec, points: np.ndarray) -> np.ndarray:
    """(N, 2) float64 image points of (N, 3) points in the camera frame; NaN at and behind the camera plane."""
    points = np.asarray(points, float)
    depth = np.where(points[:, 2:3] > 1e-9, points[:, 2:3], np.nan)
    return distort(points[:, :2] / depth, camera.distortion) * (camera.fx, camera.fy) + (camera.cx, camera.cy)


def camera_from_world(camera: CameraSpec, points: np.ndarray) -> np.ndarray:
    """(N, 3) world points in the camera frame."""
    return (np.asarray(points, float) - camera.position_m) @ rotation_matrix(camera.rotation_wxyz)


def boxes_in_frame(camera: CameraSpec, corners: np.ndarray) -> np.ndarray:
    """(N, 3) float64 of boxes by their (N, 8, 3) corners in the world: width and height in pixels of the part of the projected
    box's rectangle that lies inside the frame, and the share of the rectangle's area that this is; all 0 when none does.

    A box that reaches behind the camera is cut at the near plane; its true outline there is even larger.
    """
    local = camera_from_world(camera, corners.reshape(-1, 3))
    ahead = (local[:, 2].reshape(-1, 8) > camera.near_m).any(axis=1)
    local[:, 2] = np.maximum(local[:, 2], camera.near_m)
    pixels = project(camera, local).reshape(-1, 8, 2)
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    inside = np.minimum(high, (camera.width, camera.height)) - np.maximum(low, 0.0)
    share = inside.prod(axis=1) / np.maximum((high - low).prod(axis=1), 1e-9)
    seen = ahead & (inside > 0).all(axis=1)
    return np.where(seen[:, None], np.column_stack([inside, share]), 0.0)


def distort(xy: np.ndarray, distortion: tuple[float, ...]) -> np.ndarray:
    """(N, 2) normalised image points through the lens (k1, k2, p1, p2, k3)."""
    if not any(distortion):
        return xy
    k1, k2, p1, p2, k3 = distortion
    x, y = xy[:, 0], xy[:, 1]
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return np.stack([x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y], axis=1)


def undistort(xy: np.ndarray, distortion: tuple[float, ...]) -> np.ndarray:
    """The inverse of `distort`, by fixed-point iteration."""
    if not any(distortion):
        return xy
    k1, k2, p1, p2, k3 = distortion
    x0, y0 = np.ascontiguousarray(xy.T)
    x, y = x0, y0
    for _ in range(_UNDISTORT_ITERATIONS):
        xx, yy, xy2 = x * x, y * y, 2 * x * y
        r2 = xx + yy
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        before_x, before_y = x, y
        x = (x0 - (p1 * xy2 + p2 * (r2 + 2 * xx))) / radial
        y = (y0 - (p1 * (r2 + 2 * yy) + p2 * xy2)) / radial
        if max(np.abs(x - before_x).max(initial=0.0), np.abs(y - before_y).max(initial=0.0)) < _UNDISTORT_STEP:
            break
    return np.stack([x, y], axis=1)

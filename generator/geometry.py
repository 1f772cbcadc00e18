"""Rotations, poses, curves and oriented boxes. World: right-handed, metres, +Z up. Quaternions are wxyz, unit length."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


def quaternion_from_yaw(yaw_rad: float) -> Quaternion:
    """A turn about +Z."""
    return (math.cos(yaw_rad / 2), 0.0, 0.0, math.sin(yaw_rad / 2))


def quaternion_product(a: Quaternion, b: Quaternion) -> Quaternion:
    """The rotation that first does `b`, then `a`."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def quaternion_about(axis: Vector, angle_rad: float) -> Quaternion:
    """A turn by `angle_rad` about the unit vector `axis`."""
    sine = math.sin(angle_rad / 2)
    return (math.cos(angle_rad / 2), axis[0] * sine, axis[1] * sine, axis[2] * sine)


def rotation_matrix(q: Quaternion | np.ndarray) -> np.ndarray:
    """(3, 3) float64 rotation matrix of a unit quaternion wxyz; (N, 3, 3) of (N, 4) quaternions."""
    w, x, y, z = q.T if isinstance(q, np.ndarray) else q
    matrix = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    return matrix if matrix.ndim == 2 else matrix.transpose(2, 0, 1)


def quaternion_from_matrix(m: np.ndarray) -> Quaternion:
    """The unit quaternion wxyz (w >= 0) of a (3, 3) rotation matrix; Shepperd's method."""
    candidates = np.array(
        [m[0, 0] + m[1, 1] + m[2, 2], m[0, 0] - m[1, 1] - m[2, 2], m[1, 1] - m[0, 0] - m[2, 2], m[2, 2] - m[0, 0] - m[1, 1]]
    )
    best = int(candidates.argmax())
    root = math.sqrt(candidates[best] + 1) / 2
    quarter = 0.25 / root
    if best == 0:
        q = (root, (m[2, 1] - m[1, 2]) * quarter, (m[0, 2] - m[2, 0]) * quarter, (m[1, 0] - m[0, 1]) * quarter)
    elif best == 1:
        q = ((m[2, 1] - m[1, 2]) * quarter, root, (m[0, 1] + m[1, 0]) * quarter, (m[0, 2] + m[2, 0]) * quarter)
    elif best == 2:
        q = ((m[0, 2] - m[2, 0]) * quarter, (m[0, 1] + m[1, 0]) * quarter, root, (m[1, 2] + m[2, 1]) * quarter)
    else:
        q = ((m[1, 0] - m[0, 1]) * quarter, (m[0, 2] + m[2, 0]) * quarter, (m[1, 2] + m[2, 1]) * quarter, root)
    sign = 1.0 if q[0] >= 0 else -1.0
    return (sign * float(q[0]), sign * float(q[1]), sign * float(q[2]), sign * float(q[3]))


# Columns: the camera's x (right), y (down) and z (forward) in a body frame of x forward, y left, z up.
BODY_FROM_OPENCV = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def camera_rotation(yaw_rad: float, pitch_rad: float, roll_rad: float = 0.0) -> Quaternion:
    """world_from_camera of an OpenCV camera that looks along `yaw_rad` (0 is +X), up by `pitch_rad`, then rolled clockwise."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw_rad, pitch_rad, roll_rad) for f in (math.cos, math.sin))
    yaw = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    pitch = np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    roll = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return quaternion_from_matrix(yaw @ pitch @ roll @ BODY_FROM_OPENCV)


@dataclass(frozen=True, eq=False)
class Strip:
    """A band on the ground along a centre line: a lane, a pavement, a row of parking places, a line of facades.

    points: (N, 3) float64, metres, N >= 2, ordered in the direction of travel; `width_m` is the full width.
    Positions on it are given by `s_m` along the line and `left_m` across (positive to the left of travel).
    """

    points: np.ndarray
    width_m: float

    @cached_property
    def _line(self) -> tuple[list[float], list[list[float]]]:
        """Distances and points as plain numbers: a sampler asks for single places, and numpy is slow at that."""
        points = self.points.tolist()
        return [0.0, *accumulate(map(math.dist, points, points[1:]))], points

    @cached_property
    def length_m(self) -> float:
        return self._line[0][-1]

    def at(self, s_m: float, left_m: float = 0.0) -> tuple[Vector, float]:
        """The point (x, y, z) and the direction of travel (yaw, radians) there; `s_m` is clamped to the strip."""
        distances, points = self._line
        s = min(max(s_m, 0.0), distances[-1])
        i = min(max(bisect_right(distances, s) - 1, 0), len(points) - 2)
        (ax, ay, az), (bx, by, bz) = points[i], points[i + 1]
        t = (s - distances[i]) / (distances[i + 1] - distances[i])
        dx, dy = bx - ax, by - ay
        norm = math.hypot(dx, dy)
        return (ax + t * dx - dy / norm * left_m, ay + t * dy + dx / norm * left_m, az + t * (bz - az)), math.atan2(dy, dx)

    def shifted(self, left_m: float, width_m: float, *, reverse: bool = False) -> Strip:
        """The parallel band `left_m` to the left; `reverse` turns the direction of travel round."""
        tangents = np.gradient(self.points[:, :2], axis=0)
        tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
        points = self.points.copy()
        points[:, 0] -= tangents[:, 1] * left_m
        points[:, 1] += tangents[:, 0] * left_m
        return Strip(points[::-1] if reverse else points, width_m)

    def raised(self, up_m: float) -> Strip:
        """The same band `up_m` higher."""
        return Strip(self.points + np.array([0.0, 0.0, up_m]), self.width_m)


_UNIT_BOX = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0.0, 1.0)])


def box_corners(size_m: Vector) -> np.ndarray:
    """(8, 3) float64 corners of a box of length x, width y, height z that stands on the origin (z from 0 to height)."""
    length, width, height = size_m
    return _UNIT_BOX * np.array([length, width, height])


def box_in_world(size_m: Vector, position_m: Vector, rotation_wxyz: Quaternion) -> np.ndarray:
    """(8, 3) float64 corners of such a box where its frame stands at `position_m`, turned by `rotation_wxyz`."""
    return (_UNIT_BOX * size_m) @ rotation_matrix(rotation_wxyz).T + position_m


def boxes_in_world(sizes_m: np.ndarray, positions_m: np.ndarray, rotations_wxyz: np.ndarray) -> np.ndarray:
    """(N, 8, 3) float64 corners of boxes by (N, 3) sizes and positions and (N, 4) rotations."""
    turned: np.ndarray = (_UNIT_BOX * sizes_m[:, None]) @ rotation_matrix(rotations_wxyz).transpose(0, 2, 1)
    return turned + positions_m[:, None]


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(..., 3) cross products; numpy's own takes ten times as long on few vectors."""
    return a.take(_YZX, -1) * b.take(_ZXY, -1) - a.take(_ZXY, -1) * b.take(_YZX, -1)


_YZX, _ZXY = np.array([1, 2, 0]), np.array([2, 0, 1])

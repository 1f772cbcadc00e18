"""Control nets of a car: the lower body and the cabin, as smooth hulls (see surface.py).

Columns run from front centre by the left side to rear centre, rows from the underside upwards to the centre line.
"""

from __future__ import annotations

import numpy as np

from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.surface import Hull, samples, smoothstep

# Plan of the body: x from 1 (nose) to -1 (tail), y from 0 to 1 (side). Corner columns stand closer.
PLAN = np.array([
    (1.000, 0.00), (0.994, 0.30), (0.976, 0.58), (0.935, 0.80), (0.860, 0.925), (0.760, 0.972), (0.620, 0.99), (0.44, 1.0), (0.26, 1.0),
    (0.08, 1.0), (-0.10, 1.0), (-0.28, 1.0), (-0.46, 0.998), (-0.63, 0.99), (-0.77, 0.972), (-0.875, 0.925), (-0.950, 0.81), (-0.982, 0.58),
    (-0.994, 0.30), (-1.000, 0.00),
])  # fmt: skip
_FRONT = np.array([1, 1, 1, 0.85, 0.5, 0.15] + [0] * 14, float)  # how much of the nose's section a column has
_REAR = np.array([0] * 14 + [0.15, 0.5, 0.85, 1, 1, 1], float)

# Sections from underside to shoulder: share of the height, then how far the skin lies inside the plan at side, nose and tail.
SECTION = np.array([
    (-0.04, 0.300, 0.260, 0.260),
    (0.000, 0.075, 0.090, 0.100),
    (0.035, 0.035, 0.050, 0.060),
    (0.120, 0.016, 0.018, 0.025),
    (0.300, 0.004, 0.000, 0.000),
    (0.460, 0.000, 0.002, 0.000),
    (0.560, 0.000, 0.012, 0.012),
    (0.630, 0.001, 0.040, 0.045),
    (0.700, 0.006, 0.055, 0.055),
    (0.735, 0.013, 0.065, 0.060),
    (0.840, 0.019, 0.095, 0.070),
    (0.930, 0.030, 0.140, 0.085),
    (0.985, 0.045, 0.190, 0.105),
    (1.000, 0.080, 0.250, 0.140),
])  # fmt: skip
_CAP = (0.16, 0.55, 1.0)  # shares of the way from the shoulder to the centre line
BODY_U = samples(len(PLAN), [3, 3, 4, 4, 4, 4, 4, 3, 2, 2, 2, 4, 4, 4, 4, 4, 4, 3, 2])
BODY_V = samples(len(SECTION) + len(_CAP), [1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 1])

# Plan of the cabin: share of the half width, and how far a column of front (rear) lags behind the centre, in bows.
_CABIN_FRONT = np.array([(0.0, 0.0), (0.33, 0.09), (0.63, 0.34), (0.84, 0.66), (0.945, 0.95), (0.985, 1.40)])
_CABIN_REAR = np.array([(0.985, 1.55), (0.945, 1.00), (0.84, 0.62), (0.63, 0.30), (0.33, 0.08), (0.0, 0.0)])
_SIDE_COLUMNS = 7
CABIN_COLUMNS = len(_CABIN_FRONT) + _SIDE_COLUMNS + len(_CABIN_REAR)
_CABIN_ROWS = (-0.10, 0.0, 0.12, 0.35, 0.62, 0.84, 0.96, 1.0)  # shares of the height from belt to roof edge
_ROOF = (0.10, 0.40, 0.72, 1.0)
CABIN_U = samples(CABIN_COLUMNS, [2, 2, 3, 3, 3, 3] + [2] * (_SIDE_COLUMNS - 1) + [3, 3, 3, 3, 2, 2])
CABIN_V = samples(len(_CABIN_ROWS) + len(_ROOF), [1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1])
A_PILLAR_U, C_PILLAR_U = 4.0, float(CABIN_COLUMNS - 5)
GLASS_FOOT_V, GLASS_HEAD_V = 1.15, 5.75


def shoulder_z(profile: Profile, x: np.ndarray) -> np.ndarray:
    """Height of the body's upper edge at `x`: bonnet edge, belt line, boot edge; (N,) metres."""
    p, nose = profile, profile.nose_x
    stations = [
        nose - p.length,
        nose - p.length + 0.3,
        nose - p.rear_back + 0.1,
        nose - p.screen_back,
        nose - p.cowl_back + 0.1,
        nose - 0.30,
        nose,
    ]
    heights = [p.tail_z - 0.05, p.tail_z - 0.012, p.tail_z, p.belt_z + 0.02, p.belt_z - 0.005, p.nose_z + 0.015, p.nose_z - 0.06]
    return _smooth_table(x, stations, heights)


def top_z(profile: Profile, x: np.ndarray) -> np.ndarray:
    """Height of the body on its centre line at `x`: bonnet, boot lid; (N,) metres."""
    p, nose = profile, profile.nose_x
    stations = [nose - p.length, nose - p.length + 0.2, nose - p.rear_back + 0.1, nose - p.cowl_back, nose - 0.55, nose - 0.2, nose]
    heights = [p.tail_z - 0.02, p.tail_z + 0.015, p.tail_z + 0.035, p.cowl_z, p.nose_z + 0.105, p.nose_z + 0.02, p.nose_z - 0.06]
    return _smooth_table(x, stations, heights)


def body_hull(profile: Profile) -> Hull:
    """The lower body, scaled to fill the profile's length and width exactly."""
    p = profile
    half = np.array([p.length / 2, p.width / 2])
    plan = PLAN * half
    tangent = np.gradient(plan, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    inward = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    inward[[0, -1], 1] = 0
    side, front, rear = SECTION[:, 1], SECTION[:, 2], SECTION[:, 3]
    front = front * np.where(SECTION[:, 0] > 0.6, p.nose_lean / 0.2, 1)
    rear = rear * np.where(SECTION[:, 0] > 0.6, p.tail_lean / 0.12, 1)
    inset = side + _FRONT[:, None] * (front - side) + _REAR[:, None] * (rear - side)
    xy = plan[:, None] + inward[:, None] * inset[..., None]
    xy[..., 1] = np.maximum(xy[..., 1], 0)
    edge = shoulder_z(p, plan[:, 0])
    z = p.clearance_z + SECTION[:, 0] * (edge[:, None] - p.clearance_z)
    z[:, -1] = np.maximum(shoulder_z(p, xy[:, -1, 0]), z[:, -2] + 0.008)
    wall = np.concatenate([xy, z[..., None]], axis=-1)
    cap = _cap(wall[:, -1], top_z(p, 0.86 * plan[:, 0]), 0.86 * plan[:, 0], _CAP)
    return _fitted(np.concatenate([wall, cap], axis=1), half)


def cabin_hull(profile: Profile) -> Hull:
    """Windows, pillars and roof; the roof's top lies at the profile's height."""
    p, nose = profile, profile.nose_x
    foot = _loop(nose - p.cowl_back, nose - p.rear_back, p.width / 2 - p.tuck, 0.30 * p.bow, 0.17 * p.bow**2)
    head = _loop(nose - p.screen_back, nose - p.roof_back, p.width / 2 - p.tuck - p.tumble, 0.15 * p.bow, 0.10 * p.bow**2)
    foot_z = np.where(np.arange(CABIN_COLUMNS) < 5, 0.3 * p.belt_z + 0.7 * p.cowl_z, shoulder_z(p, foot[:, 0])) - 0.005
    length = p.roof_back - p.screen_back
    along = (nose - p.screen_back - head[:, 0]) / length  # 0 at the windscreen's head, 1 at the rear window's
    roof = p.height - 0.035 * (1 - smoothstep(along, -0.1, 0.45)) - p.roof_fall * np.clip((along - 0.4) / 0.6, 0, 1.2) ** 2
    drop = 0.055 * smoothstep(np.abs(head[:, 1]) / (p.width / 2 - p.tuck - p.tumble), 0.0, 1.0)
    lower = np.column_stack([foot, foot_z])
    upper = np.column_stack([head, roof - drop - 0.012])
    tangent = np.gradient(foot, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    outward = np.column_stack([tangent[:, 1], -tangent[:, 0], np.zeros(len(foot))])
    t = np.array(_CABIN_ROWS)[None, :, None]
    bulge = np.where(t > 0, 0.030 * np.sin(np.pi * np.clip(t, 0, 1)), 0)
    wall = lower[:, None] * (1 - t) + upper[:, None] * t + bulge * outward[:, None]
    wall[[0, -1], :, 1] = 0
    middle = (nose - p.screen_back + nose - p.roof_back) / 2
    spine = middle + 0.80 * (head[:, 0] - middle)
    at = (nose - p.screen_back - spine) / length
    spine_z = p.height - 0.030 * (1 - smoothstep(at, -0.1, 0.45)) - p.roof_fall * np.clip((at - 0.4) / 0.6, 0, 1.2) ** 2
    hull = Hull(np.concatenate([wall, _cap(wall[:, -1], spine_z, spine, _ROOF)], axis=1))
    return _raised(hull, p.belt_z, p.height)


def _loop(front_x: float, rear_x: float, half_width: float, front_bow: float, rear_bow: float) -> np.ndarray:
    """(U, 2) plan of the cabin at one height."""
    front = np.column_stack([front_x - front_bow * _CABIN_FRONT[:, 1], half_width * _CABIN_FRONT[:, 0]])
    rear = np.column_stack([rear_x + rear_bow * _CABIN_REAR[:, 1], half_width * 0.97 * _CABIN_REAR[:, 0]])
    share = np.linspace(0, 1, _SIDE_COLUMNS + 2)[1:-1]
    side_x = front[-1, 0] + (rear[0, 0] - front[-1, 0]) * share
    side_y = half_width * (0.995 + 0.012 * np.sin(np.pi * share) - 0.03 * share**2)
    return np.concatenate([front, np.column_stack([side_x, side_y]), rear])


def _cap(edge: np.ndarray, spine_z: np.ndarray, spine_x: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """(U, len(shares), 3) rows from the edge to the centre line, arched."""
    r = np.array(shares)[None, :]
    arch = 1 - (1 - r) ** 2
    x = edge[:, :1] + (spine_x[:, None] - edge[:, :1]) * r
    y = edge[:, 1:2] * (1 - r)
    z = edge[:, 2:] + (spine_z[:, None] - edge[:, 2:]) * arch
    return np.stack([x, y, z], axis=-1)


def _fitted(controls: np.ndarray, half: np.ndarray) -> Hull:
    """Stretched so that the surface just fills -half..half in x and 0..half in y."""
    points = Hull(controls).grid(BODY_U, BODY_V).reshape(-1, 3)
    low, high = points[:, 0].min(), points[:, 0].max()
    stretched = controls.copy()
    stretched[..., 0] = (controls[..., 0] - (low + high) / 2) * 2 * half[0] / (high - low)
    stretched[..., 1] *= half[1] / points[:, 1].max()
    return Hull(stretched)


def _raised(hull: Hull, from_z: float, top: float) -> Hull:
    """What lies above `from_z` is stretched upwards until the surface's top is at `top`."""
    points = hull.grid(CABIN_U, CABIN_V).reshape(-1, 3)
    factor = (top - from_z) / (points[:, 2].max() - from_z)
    controls = hull.controls.copy()
    above = controls[..., 2] > from_z
    controls[..., 2] = np.where(above, from_z + (controls[..., 2] - from_z) * factor, controls[..., 2])
    return Hull(controls)


def _smooth_table(x: np.ndarray, stations: list[float], heights: list[float]) -> np.ndarray:
    """A curve through a table with increasing stations: cubic Hermite with limited slopes (Fritsch and Carlson 1980)."""
    xs, ys = np.array(stations), np.array(heights)
    steps = np.diff(xs)
    slopes = np.diff(ys) / steps
    product = slopes[:-1] * slopes[1:]
    inner = np.where(product > 0, 2 * product / np.where(product > 0, slopes[:-1] + slopes[1:], 1), 0)
    tangents = np.concatenate([slopes[:1], inner, slopes[-1:]])
    q = np.clip(np.asarray(x, float), xs[0], xs[-1])
    i = np.clip(np.searchsorted(xs, q, side="right") - 1, 0, len(xs) - 2)
    t = (q - xs[i]) / steps[i]
    a, b = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
    c, d = 3 * t**2 - 2 * t**3, t**3 - t**2
    result: np.ndarray = a * ys[i] + b * steps[i] * tangents[i] + c * ys[i + 1] + d * steps[i] * tangents[i + 1]
    return result

"""Hulls of buses and lorry cabs: upright boxes with rounded corners, leaning windscreens and arched roofs.

Columns and rows as in surface.py; row 4 is the foot, row 9 the head of the upright walls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.mesh import Mesh, merge
from scenes.shapes import plate
from scenes.street.vehicles import regions, surfaces
from scenes.street.vehicles.skin import Skin, remove
from scenes.street.vehicles.surface import Hull, samples, smoothstep

_CAP = (0.12, 0.5, 1.0)
_FRONT_COLUMNS = 5


@dataclass(frozen=True)
class BoxShape:
    """length, width, height over all and clearance below, metres. corner: radius in plan; bow: how far the front is arched.

    lean: how far the windscreen's head lies behind the bumper; lean_from_z: where it begins to lean; roof: radius of the roof's edge.
    """

    length: float
    width: float
    height: float
    clearance_z: float
    corner: float = 0.28
    bow: float = 0.10
    lean: float = 0.15
    lean_from_z: float = 1.2
    roof: float = 0.16
    side_columns: int = 14


def box_hull(shape: BoxShape) -> tuple[Hull, np.ndarray, np.ndarray]:
    """The hull and the parameters (u, v) to sample it at; it fills length, width and height exactly."""
    s = shape
    half, w = s.length / 2, s.width / 2
    front = [(half, 0.0), (half - 0.12 * s.bow, 0.38 * w), (half - 0.45 * s.bow, 0.74 * w), (half - 0.75 * s.bow, w - 0.85 * s.corner)]
    front += [(half - 0.9 * s.bow - 0.12 * s.corner, w - 0.22 * s.corner), (half - s.bow - 0.75 * s.corner, w)]
    rear = [(-half + 0.75 * s.corner, w), (-half + 0.12 * s.corner, w - 0.2 * s.corner), (-half, w - 0.9 * s.corner), (-half, 0.6 * w)]
    rear += [(-half, 0.3 * w), (-half, 0.0)]
    side = [(x, w) for x in np.linspace(front[-1][0], rear[0][0], s.side_columns + 2)[1:-1]]
    plan = np.array(front + side + rear)
    z, inset, lean = _rows(s)
    facing = smoothstep(plan[:, 0], half - s.bow - 0.9 * s.corner, half - s.bow)  # 1 at the front
    outward = np.gradient(plan, axis=0)
    outward = np.column_stack([outward[:, 1], -outward[:, 0]]) / np.linalg.norm(outward, axis=1, keepdims=True)
    outward[[0, -1], 1] = 0
    xy = plan[:, None] - outward[:, None] * inset[None, :, None]
    xy[..., 0] -= facing[:, None] * lean
    xy[..., 1] = np.maximum(xy[..., 1], 0)
    wall = np.concatenate([xy, np.broadcast_to(z, xy.shape[:2])[..., None]], axis=-1)
    spine = 0.93 * wall[:, -1, 0]
    r = np.array(_CAP)
    edge = wall[:, -1]
    cap = np.stack([edge[:, :1] * (1 - r) + spine[:, None] * r, edge[:, 1:2] * (1 - r), edge[:, 2:] + 0.035 * (1 - (1 - r) ** 2)], axis=-1)
    controls = np.concatenate([wall, cap], axis=1)
    u = samples(len(plan), [1, 1, 2, 3, 3, 3] + [3] * (s.side_columns - 1) + [3, 3, 2, 1, 1, 1])
    v = samples(controls.shape[1], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1])
    return _fitted(controls, s, u, v), u, v


def _rows(s: BoxShape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Heights, insets and front lean of the wall's rows."""
    c, top = s.clearance_z, s.height - s.roof - 0.035
    middle = np.linspace(c + 0.25, top, 6)
    z = np.concatenate([[c, c, c + 0.06], middle, [top + 0.45 * s.roof, top + 0.85 * s.roof, s.height - 0.035]])
    inset = np.concatenate([[0.3, 0.05, 0.01, 0.0], np.linspace(0, 0.025, 5), [0.025 + 0.06 * s.roof, 0.03 + 0.4 * s.roof, 0.03 + s.roof]])
    lean = s.lean * np.clip((z - s.lean_from_z) / (top - s.lean_from_z), 0, 1.1)
    return z, inset, lean


def _fitted(controls: np.ndarray, s: BoxShape, u: np.ndarray, v: np.ndarray) -> Hull:
    points = Hull(controls).grid(u, v).reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    scaled = controls.copy()
    scaled[..., 0] = (controls[..., 0] - (low[0] + high[0]) / 2) * s.length / (high[0] - low[0])
    scaled[..., 1] *= s.width / 2 / high[1]
    scaled[..., 2] = s.clearance_z + (controls[..., 2] - s.clearance_z) * (s.height - s.clearance_z) / (high[2] - s.clearance_z)
    return Hull(scaled)


def arches(skin: Skin, axles_x: tuple[float, ...], radius_m: float, center_z: float) -> tuple[Skin, np.ndarray]:
    """Wheel openings cut into the sides; the skin without them and the edges of the holes (E, 2)."""

    def hole(s: Skin) -> np.ndarray:
        distance = np.minimum.reduce([regions.circle(s.x, s.z, (x, center_z), radius_m) for x in axles_x])
        return np.where(s.y > 0.3 * s.y.max(), distance, 9.0)

    return remove(skin, hole)


def wells(skin: Skin, edges: np.ndarray, axles_x: tuple[float, ...], radius_m: float, center_z: float, depth_m: float) -> Mesh:
    """Dark wheel wells of the left side: the edges of the openings drawn inwards, and closed by a dark disc."""
    used, local = np.unique(edges, return_inverse=True)
    local = local.reshape(-1, 2)
    count = len(used)
    outer = skin.points[used]
    inner = np.column_stack([outer[:, 0], np.maximum(outer[:, 1] - depth_m, 0.05), outer[:, 2]])
    a, b = local[:, 0], local[:, 1]
    walls = np.concatenate([np.stack([a, b, b + count], 1), np.stack([a, b + count, a + count], 1)])
    parts = [Mesh.of(np.concatenate([outer, inner]), walls, surfaces.UNDERBODY)]
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    reach, y, lowest = radius_m + 0.05, float(skin.y.max()) - depth_m - 0.01, 0.7 * float(skin.z.min())
    for x in axles_x:
        outline = np.column_stack([x + reach * np.cos(angle), np.full(20, y), np.maximum(center_z + reach * np.sin(angle), lowest)])
        parts.append(plate(outline[::-1], surfaces.UNDERBODY))
    return merge(parts)

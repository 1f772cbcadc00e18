"""Where a vertex lies on the body, measured once on the base mesh: clothes and hair are cut along levels of these fields.

Shapes: V packed vertices. The base mesh is 1.67 m tall with z = 0 at hip height, so heights here are those of that body.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenes.street.people.body import Level, template


@dataclass(frozen=True, eq=False)
class Fields:
    """All (V,) float32.

    x, y, z: place in the base mesh, metres. leg: 0 at the hip, 1 knee, 2 ankle. arm: 0 at the shoulder, 1 elbow, 2 wrist, at
    most 0 off the arm. on_arm, on_head: shares of the skinning weights. neck: height above a tilted ring around the neck's root.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    leg: np.ndarray
    arm: np.ndarray
    on_arm: np.ndarray
    on_head: np.ndarray
    neck: np.ndarray


@lru_cache(maxsize=2)
def fields(level: Level) -> Fields:
    """The fields of the packed body."""
    data = template(level)
    points = data.vertices
    names = list(data.bone_index)
    arm_bones = [
        i for i, n in enumerate(names) if n.startswith(("upperarm", "lowerarm", "hand", "thumb", "index", "middle", "ring", "pinky"))
    ]
    on_arm = data.weights[:, arm_bones].sum(1)
    mirrored = points * np.array([1.0, -1.0, 1.0], np.float32)
    left = np.where(points[:, 1:2] >= 0, points, mirrored)  # the base mesh is symmetric
    arm = _along(left, *(data.joints[data.bone_index[b]] for b in ("upperarm_l", "lowerarm_l", "hand_l")))
    leg = _along(left, *(data.joints[data.bone_index[b]] for b in ("thigh_l", "calf_l", "foot_l")))
    x, y, z = points.T
    # The ring is 2 cm above the collar bones in front, higher at the back.
    neck = z - (0.595 - 0.5 * (x - 0.01)) - 4.5 * np.maximum(np.abs(y) - 0.03, 0.0) ** 2
    on_foot = data.weights[:, [i for i, n in enumerate(names) if n.startswith(("foot", "ball"))]].sum(1)
    leg = leg + 0.4 * on_foot  # the top of the foot is as high as the ankle but beyond it
    return Fields(
        x, y, z, np.where(on_arm > 0.5, -1.0, leg).astype(np.float32),
        np.where(on_arm > 0.5, arm, np.minimum(arm, 0.0)).astype(np.float32), on_arm.astype(np.float32),
        data.weights[:, data.bone_index["head"]], neck.astype(np.float32),
    )  # fmt: skip


def _along(points: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """(V,) place along the bent line a-b-c: 0 at a, 1 at b, 2 at c, beyond both ends too."""
    first = (points - a) @ (b - a) / ((b - a) @ (b - a))
    second = (points - b) @ (c - b) / ((c - b) @ (c - b))
    bend = (b - a) / np.linalg.norm(b - a) + (c - b) / np.linalg.norm(c - b)
    return np.where((points - b) @ bend < 0, np.minimum(first, 1.0), 1 + np.maximum(second, 0.0))

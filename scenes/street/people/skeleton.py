"""Bones: from joint angles to turned bones to moved vertices (linear blend skinning).

Shapes: V vertices, J bones. Angles are in degrees here and in poses.py, as in the gait literature. The zero pose is upright
with hanging arms, palms to the thighs, feet forward. Body frame +X forward, +Y left, +Z up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generator.geometry import cross
from scenes.street.people.body import template

_SIDES = (("l", 1.0), ("r", -1.0))
_FINGERS = ("index", "middle", "ring", "pinky")


@dataclass(frozen=True)
class Leg:
    """hip and knee flexion, `out`wards lift and `turn`, ankle up, toes up."""

    hip: float = 0.0
    knee: float = 0.0
    ankle: float = 0.0
    toe: float = 0.0
    out: float = 2.0
    turn: float = 4.0


@dataclass(frozen=True)
class Arm:
    """`flex` forward, `out`wards, `twist` inwards of the upper arm, elbow, `palm` turned back, wrist, `curl` of the fingers."""

    flex: float = 3.0
    out: float = 6.0
    twist: float = 10.0
    elbow: float = 14.0
    palm: float = 20.0
    wrist: float = 0.0
    curl: float = 22.0


@dataclass(frozen=True)
class Pose:
    """Turns (pitch forward, roll to the right, yaw to the left) of the whole body, pelvis, chest and head; four limbs."""

    root: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pelvis: tuple[float, float, float] = (0.0, 0.0, 0.0)
    chest: tuple[float, float, float] = (0.0, 0.0, 0.0)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    left_leg: Leg = Leg()
    right_leg: Leg = Leg()
    left_arm: Arm = Arm()
    right_arm: Arm = Arm()


def turn(axis: int, angle_deg: float | np.ndarray) -> np.ndarray:
    """(3, 3) rotation about x, y or z (0, 1, 2); (..., 3, 3) of angles (...)."""
    angle = np.radians(angle_deg)
    c, s = np.cos(angle), np.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*np.shape(angle), 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., i, i] = matrix[..., j, j] = c
    matrix[..., i, j], matrix[..., j, i] = -s, s
    return matrix


def turned(angles_deg: np.ndarray) -> np.ndarray:
    """(..., 3, 3) of (..., 3) pitch, roll and yaw: first roll to the right, then pitch forward, then yaw to the left."""
    return turn(2, angles_deg[..., 2]) @ turn(1, angles_deg[..., 0]) @ turn(0, angles_deg[..., 1])


@lru_cache(maxsize=512)
def target_frames(pose: Pose) -> np.ndarray:
    """(J, 3, 3): where each bone's own axes (x forward, y left, z against the bone) point in this pose."""
    return frames_of((pose,))[0]


def frames_of(poses: Sequence[Pose]) -> np.ndarray:
    """(N, J, 3, 3): the `target_frames` of N poses. The 48 steps of a walk take 1 ms together, 20 ms one by one."""
    index = template().bone_index
    frames = np.broadcast_to(np.eye(3), (len(poses), len(index), 3, 3)).copy()
    root, pelvis, chest, head = np.array([(p.root, p.pelvis, p.chest, p.head) for p in poses]).swapaxes(0, 1)
    upright = turned(root)
    spine = {
        "Root": 0 * pelvis, "pelvis": pelvis, "spine_01": 0.67 * pelvis + 0.33 * chest, "spine_02": 0.33 * pelvis + 0.67 * chest,
        "spine_03": chest, "head": head, "neck_01": (chest + head) / 2,
    }  # fmt: skip
    for bone, angles in spine.items():
        frames[:, index[bone]] = upright @ turned(angles)
    for side, sign in _SIDES:
        legs = [p.left_leg if side == "l" else p.right_leg for p in poses]
        arms = [p.left_arm if side == "l" else p.right_arm for p in poses]
        limbs = _leg_frames(legs, sign, upright) | _arm_frames(arms, sign, upright @ turned(chest))
        for bone, frame in limbs.items():
            frames[:, index[f"{bone}_{side}"]] = frame
    return frames


def _leg_frames(legs: Sequence[Leg], sign: float, root: np.ndarray) -> dict[str, np.ndarray]:
    """(N, 3, 3) by bone; root (N, 3, 3)."""
    hip, knee, ankle, toe, out, yaw = np.array([(leg.hip, leg.knee, leg.ankle, leg.toe, leg.out, leg.turn) for leg in legs]).T
    thigh = root @ turn(2, sign * yaw) @ turn(1, -hip) @ turn(0, sign * out)
    calf = thigh @ turn(1, knee)
    foot = calf @ turn(0, -sign * out) @ turn(1, -ankle)
    return {"thigh": thigh, "calf": calf, "foot": foot, "ball": foot @ turn(1, -toe)}


def _arm_frames(arms: Sequence[Arm], sign: float, chest: np.ndarray) -> dict[str, np.ndarray]:
    """(N, 3, 3) by bone; chest (N, 3, 3)."""
    flex, out, twist, elbow, palm, wrist, curl = np.array(
        [(arm.flex, arm.out, arm.twist, arm.elbow, arm.palm, arm.wrist, arm.curl) for arm in arms]
    ).T
    upper = chest @ turn(1, -flex) @ turn(0, sign * out) @ turn(2, -sign * twist)
    lower = upper @ turn(1, -elbow)
    hand = lower @ turn(2, -sign * palm) @ turn(0, -sign * wrist)
    raised = np.maximum(np.abs(flex), out)
    # the shoulder follows a raised arm and drops with a hanging one
    lift = 0.25 * np.maximum(raised - 60.0, 0.0) - 7.0 * np.maximum(1.0 - raised / 50.0, 0.0)
    frames = {"clavicle": chest @ turn(0, sign * lift), "upperarm": upper, "lowerarm": lower @ turn(2, -sign * palm / 2), "hand": hand}
    for k in (1, 2, 3):
        finger, thumb = hand @ turn(0, -sign * curl * k), hand @ turn(0, -sign * curl * 0.4 * k)
        frames |= {f"{name}_0{k}": finger for name in _FINGERS} | {f"thumb_0{k}": thumb}
    return frames


def rest_frames(joints: np.ndarray) -> np.ndarray:
    """(J, 3, 3): the same axes as `target_frames` in the rest pose of a body with these joints (J, 3)."""
    upper, lower, hand, middle, first, last, thigh, calf, foot = joints[_landmarks()]  # (2, 3) each, left and right
    fingers = middle - hand
    along = np.stack([lower - upper, hand - lower, fingers, calf - thigh, foot - calf])
    elbow = cross(hand - lower, lower - upper)
    left = np.broadcast_to(np.array([0.0, 1.0, 0.0]), (2, 3))
    limbs = limb_frames(along, np.stack([elbow, elbow, cross(first - last, fingers), left, left])).reshape(10, 3, 3)
    return np.concatenate([limbs, np.eye(3)[None]])[_limb_of_bone()]


_LIMBS = ("upperarm", "lowerarm", "hand", "thigh", "calf")


@lru_cache(maxsize=1)
def _landmarks() -> np.ndarray:
    """(9, 2) bones whose heads span the limbs' axes, left and right."""
    index = template().bone_index
    names = ("upperarm", "lowerarm", "hand", "middle_01", "index_01", "pinky_01", "thigh", "calf", "foot")
    return np.array([[index[f"{name}_{side}"] for side, _ in _SIDES] for name in names])


@lru_cache(maxsize=1)
def _limb_of_bone() -> np.ndarray:
    """(J,) row of the limb axes that each bone has: fingers those of the hand, all others the last row, the body's own axes."""
    index = template().bone_index
    rows = np.full(len(index), 10)
    for s, (side, _) in enumerate(_SIDES):
        for k, limb in enumerate(_LIMBS):
            rows[index[f"{limb}_{side}"]] = 2 * k + s
        for finger in (*_FINGERS, "thumb"):
            for k in (1, 2, 3):
                rows[index[f"{finger}_0{k}_{side}"]] = 4 + s
    return rows


def limb_frames(along: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """(..., 3, 3) axes of bones that point `along` (..., 3); y is as near to `hinge` (..., 3) as it can be."""
    z = -along / np.sqrt((along * along).sum(-1, keepdims=True))
    y = hinge - z * (hinge * z).sum(-1, keepdims=True)
    y = y / np.sqrt((y * y).sum(-1, keepdims=True))
    return np.stack([cross(y, z), y, z], axis=-1)


@lru_cache(maxsize=1)
def ancestors() -> np.ndarray:
    """(J, J) float: 1 where the column's bone is the row's or one of its ancestors."""
    parents = template().parents
    chain = np.eye(len(parents))
    for bone, parent in enumerate(parents):
        if parent >= 0:
            chain[bone] += chain[parent]
    return chain


def posed_bones(joints: np.ndarray, frames: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(J, 3, 3) rotations and (J, 3) offsets: bone b moves a rest point p to `rotations[b] @ p + offsets[b]`."""
    rotations = frames @ rest.transpose(0, 2, 1)
    parents = template().parents
    steps = joints - joints[parents]
    steps = np.einsum("jab,jb->ja", rotations[parents], steps)
    steps[0] = joints[0]
    places = ancestors() @ steps
    return rotations, places - np.einsum("jab,jb->ja", rotations, joints)


def skinned_few(points: np.ndarray, bones: np.ndarray, strengths: np.ndarray, rotations: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """As `skinned`, by the few bones (V, K) that move each point and how much (V, K); quicker, and without BLAS threads."""
    matrices = np.concatenate([rotations, offsets[:, :, None]], axis=2).astype(np.float32)
    blended = matrices[bones[:, 0]] * strengths[:, 0, None, None]
    for k in range(1, bones.shape[1]):
        blended += matrices[bones[:, k]] * strengths[:, k, None, None]
    return np.einsum("vab,vb->va", blended[:, :, :3], points.astype(np.float32)) + blended[:, :, 3]


def skinned(points: np.ndarray, weights: np.ndarray, rotations: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """(V, 3) float32 posed points; `weights` (V, J) say how much each bone moves each point."""
    matrices = np.concatenate([rotations, offsets[:, :, None]], axis=2).reshape(-1, 12).astype(np.float32)
    blended = (weights @ matrices).reshape(-1, 3, 4)
    return np.einsum("vab,vb->va", blended[:, :, :3], points.astype(np.float32)) + blended[:, :, 3]

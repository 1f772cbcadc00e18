"""Bones: from joint angles to turned bones to moved vertices (linear blend skinning).

Shapes: V vertices, J bones. Angles are in degrees here and in poses.py, as in the gait literature. The zero pose is upright
with hanging arms, palms to the thighs, feet forward. Body frame +X forward, +Y left, +Z up.
"""

from __future__ import annotations

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


def turn(axis: int, angle_deg: float) -> np.ndarray:
    """(3, 3) rotation about x, y or z (0, 1, 2)."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def turned(pitch: float, roll: float, yaw: float) -> np.ndarray:
    """(3, 3): first roll to the right, then pitch forward, then yaw to the left."""
    return turn(2, yaw) @ turn(1, pitch) @ turn(0, roll)


@lru_cache(maxsize=512)
def target_frames(pose: Pose) -> np.ndarray:
    """(J, 3, 3): where each bone's own axes (x forward, y left, z against the bone) point in this pose."""
    index = template().bone_index
    frames = np.broadcast_to(np.eye(3), (len(index), 3, 3)).copy()
    root = turned(*pose.root)
    spine = {
        "Root": np.zeros(3), "pelvis": np.array(pose.pelvis), "spine_01": _between(pose, 0.33), "spine_02": _between(pose, 0.67),
        "spine_03": np.array(pose.chest), "head": np.array(pose.head),
        "neck_01": (np.array(pose.chest) + np.array(pose.head)) / 2,
    }  # fmt: skip
    for bone, angles in spine.items():
        frames[index[bone]] = root @ turned(*angles)
    for side, sign in _SIDES:
        leg, arm = (pose.left_leg, pose.left_arm) if side == "l" else (pose.right_leg, pose.right_arm)
        for bone, frame in _leg_frames(leg, sign, root).items():
            frames[index[f"{bone}_{side}"]] = frame
        for bone, frame in _arm_frames(arm, sign, root @ turned(*pose.chest)).items():
            frames[index[f"{bone}_{side}"]] = frame
    return frames


def _between(pose: Pose, share: float) -> np.ndarray:
    return (1 - share) * np.array(pose.pelvis) + share * np.array(pose.chest)


def _leg_frames(leg: Leg, sign: float, root: np.ndarray) -> dict[str, np.ndarray]:
    thigh = root @ turn(2, sign * leg.turn) @ turn(1, -leg.hip) @ turn(0, sign * leg.out)
    calf = thigh @ turn(1, leg.knee)
    foot = calf @ turn(0, -sign * leg.out) @ turn(1, -leg.ankle)
    return {"thigh": thigh, "calf": calf, "foot": foot, "ball": foot @ turn(1, -leg.toe)}


def _arm_frames(arm: Arm, sign: float, chest: np.ndarray) -> dict[str, np.ndarray]:
    upper = chest @ turn(1, -arm.flex) @ turn(0, sign * arm.out) @ turn(2, -sign * arm.twist)
    lower = upper @ turn(1, -arm.elbow)
    hand = lower @ turn(2, -sign * arm.palm) @ turn(0, -sign * arm.wrist)
    raised = max(abs(arm.flex), arm.out)
    lift = 0.25 * max(raised - 60.0, 0.0) - 7.0 * max(
        1.0 - raised / 50.0, 0.0
    )  # the shoulder follows a raised arm and drops with a hanging one
    frames = {"clavicle": chest @ turn(0, sign * lift), "upperarm": upper, "lowerarm": lower @ turn(2, -sign * arm.palm / 2), "hand": hand}
    for finger in _FINGERS:
        for k in (1, 2, 3):
            frames[f"{finger}_0{k}"] = hand @ turn(0, -sign * arm.curl * k)
    for k in (1, 2, 3):
        frames[f"thumb_0{k}"] = hand @ turn(0, -sign * arm.curl * 0.4 * k)
    return frames


def rest_frames(joints: np.ndarray) -> np.ndarray:
    """(J, 3, 3): the same axes as `target_frames` in the rest pose of a body with these joints (J, 3)."""
    upper, lower, hand, middle, first, last, thigh, calf, foot = joints[_landmarks()]  # (2, 3) each, left and right
    fingers = middle - hand
    along = np.stack([lower - upper, hand - lower, fingers, calf - thigh, foot - calf])
    elbow = cross(hand - lower, lower - upper)
    left = np.broadcast_to(np.array([0.0, 1.0, 0.0]), (2, 3))
    hinge = np.stack([elbow, elbow, cross(first - last, fingers), left, left])
    z = -along / np.sqrt((along * along).sum(-1, keepdims=True))
    y = hinge - z * (hinge * z).sum(-1, keepdims=True)
    y = y / np.sqrt((y * y).sum(-1, keepdims=True))
    limbs = np.stack([cross(y, z), y, z], axis=-1).reshape(10, 3, 3)
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


def limb_frame(along: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """(3, 3) axes of a bone that points `along`; its y is as near to `hinge` as it can be."""
    z = -along / np.linalg.norm(along)
    y = hinge - z * (hinge @ z)
    y = y / np.linalg.norm(y)
    return np.stack([cross(y, z), y, z], axis=1)


@lru_cache(maxsize=1)
def _ancestors() -> np.ndarray:
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
    places = _ancestors() @ steps
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

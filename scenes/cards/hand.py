"""A hand with a sleeve, cut off the packed human body, its fingers bent: what holds cards up or lies beside them."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import loft
from scenes.street.people.body import Physique, shaped, template
from scenes.street.people.complexion import skin_material
from scenes.street.people.skeleton import posed_bones, rest_frames, skinned_few

_FINGERS = ("index", "middle", "ring", "pinky")
_FOREARM_M = 0.17  # how much of it is kept; the sleeve hides its end
_SLEEVE_M = 0.22


@register
class Hand(Actor):
    """A left hand, fingers towards +X, palm up or down, and a sleeve that leads away towards -X.

    curl_rad bends each joint of the fingers towards the palm, thumb_rad those of the thumb across it.
    """

    kind: Literal["hand"] = "hand"
    palm: Literal["up", "down"] = "up"
    curl_rad: float = Field(default=0.15, ge=-0.3, le=1.2)
    thumb_rad: float = Field(default=0.4, ge=0.0, le=0.9)
    sex: float = Field(default=0.5, ge=0.0, le=1.0)
    african: float = Field(default=0.0, ge=0.0, le=1.0)
    sleeve: tuple[float, float, float] = (0.1, 0.12, 0.2)

    def size_m(self) -> Vector:
        low, high = self._mesh().bounds_m()
        return (float(high[0] - low[0]), float(high[1] - low[1]), float(high[2] - low[2]))

    def build(self) -> Mesh:
        mesh = self._mesh()
        low, high = mesh.bounds_m()
        return mesh.moved((-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2]))

    def _mesh(self) -> Mesh:
        points, faces = _hand(self.palm, round(self.curl_rad, 2), round(self.thumb_rad, 2), round(self.sex, 1), round(self.african, 1))
        physique = Physique(35, self.sex, 0.5, 0.5, self.african, 0.0)
        skin = Mesh.of(points, faces, skin_material(physique, self.stream().child("skin"), None), smooth=True)
        return merge([skin, _sleeve(points, Material(color=self.sleeve, texture="fabric", texture_scale_m=0.3, roughness=0.9))])


@lru_cache(maxsize=64)
def _hand(palm: str, curl_rad: float, thumb_rad: float, sex: float, african: float) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 3), the wrist at the origin, and faces (M, 3)."""
    data = template()
    rest, joints = shaped(Physique(35, sex, 0.5, 0.5, african, 0.0), 1.66 + 0.12 * sex)
    own = rest_frames(joints)
    frames = own.copy()
    hand = own[data.bone_index["hand_l"]]
    for k in (1, 2, 3):
        for finger in _FINGERS:
            frames[data.bone_index[f"{finger}_0{k}_l"]] = hand @ _about_x(-curl_rad * k)
        frames[data.bone_index[f"thumb_0{k}_l"]] = hand @ _about_y(0.7 * thumb_rad * k) @ _about_x(-0.25 * thumb_rad * k)
    rotations, offsets = posed_bones(joints, frames, own)
    kept, faces = _cut(rest, joints)
    points = skinned_few(rest[kept], data.weight_bones[kept], data.weight_strengths[kept], rotations, offsets)
    ahead, back = -hand[:, 2], hand[:, 1]
    up = back if palm == "down" else -back
    axes = np.stack([ahead, np.cross(up, ahead), up])
    return (points - joints[data.bone_index["hand_l"]]) @ axes.T, faces


def _cut(rest: np.ndarray, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vertices of the left hand and a piece of the forearm, (N,) indices, and its faces (M, 3) among them."""
    data = template()
    names = ["lowerarm_l", "hand_l", *(f"{finger}_0{k}_l" for finger in (*_FINGERS, "thumb") for k in (1, 2, 3))]
    share = data.weights[:, [data.bone_index[name] for name in names]].sum(axis=1)
    wrist, elbow = joints[data.bone_index["hand_l"]], joints[data.bone_index["lowerarm_l"]]
    along = (elbow - wrist) / np.linalg.norm(elbow - wrist)
    inside = (share > 0.5) & ((rest - wrist) @ along < _FOREARM_M)
    faces = data.skin[inside[data.skin].all(axis=1)]
    kept, packed = np.unique(faces, return_inverse=True)
    return kept, packed.reshape(-1, 3)


def _about_x(angle_rad: float) -> np.ndarray:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _about_y(angle_rad: float) -> np.ndarray:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def _sleeve(hand: np.ndarray, material: Material) -> Mesh:
    """A tube of cloth around the end of the forearm."""
    wrist = hand[np.abs(hand[:, 0]) < 0.015]
    middle, reach = wrist.mean(axis=0), np.ptp(wrist[:, 1:], axis=0) / 2 + 0.004
    angle = np.linspace(2 * np.pi, 0.0, 20, endpoint=False)
    rings = [
        np.stack([np.full(20, x), middle[1] + w * reach[0] * np.cos(angle), middle[2] + w * reach[1] * np.sin(angle)], axis=1)
        for x, w in ((0.012, 1.0), (0.03, 1.18), (-0.07, 1.2), (-_SLEEVE_M, 1.25))
    ]
    return loft(np.stack(rings), material, smooth=True)

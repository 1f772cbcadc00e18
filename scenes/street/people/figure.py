"""A body of one person in one pose: what clothes, hair and carried things are hung on.

Shapes: V packed vertices, J bones, L landmarks. Metres, before it is set on the ground.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from scipy import sparse

from scenes.street.people.body import Level, Physique, shaped, template
from scenes.street.people.skeleton import posed_bones, rest_frames, skinned, skinned_few
from scenes.street.people.surface import averaging, incidence, normals, smoothed

# Places on the base mesh (metres, z = 0 at the hip) that things are hung on, and the bone that carries each; the nearest vertex
# follows the body's shape.
MARKS = {
    "crown_back": ("head", (-0.03, 0.0, 0.79)),
    "brow": ("head", (0.153, 0.0, 0.77)),
    "skull_left": ("head", (0.05, 0.075, 0.77)),
    "skull_right": ("head", (0.05, -0.075, 0.77)),
    "skull_back": ("head", (-0.039, 0.0, 0.75)),
    "back": ("spine_03", (-0.09, 0.0, 0.42)),
    "left_hip": ("pelvis", (0.0, 0.19, 0.02)),
    "left_heel": ("foot_l", (-0.06, 0.22, -0.82)),
    "right_heel": ("foot_r", (-0.06, -0.22, -0.82)),
    "left_toe": ("ball_l", (0.19, 0.24, -0.82)),
    "right_toe": ("ball_r", (0.19, -0.24, -0.82)),
}
MARK_INDEX = {name: k for k, name in enumerate(MARKS)}
SKULL_WIDTH_M = 0.15  # of the base mesh


@dataclass(frozen=True, eq=False)
class Figure:
    """rest (V, 3), outward (V, 3), rest_joints (J, 3), marks (L, 3): the rest pose, its normals, joints and landmarks.

    rotations (J, 3, 3), offsets (J, 3): the pose. level: of the body, which says what V is.
    """

    rest: np.ndarray
    outward: np.ndarray
    rest_joints: np.ndarray
    marks: np.ndarray
    rotations: np.ndarray
    offsets: np.ndarray
    height_m: float
    level: Level = "near"

    def joint(self, bone: str) -> np.ndarray:
        """(3,) where the head of a bone is in the pose."""
        index = template().bone_index[bone]
        return self.rotations[index] @ self.rest_joints[index] + self.offsets[index]

    def rotation(self, bone: str) -> np.ndarray:
        """(3, 3) how far a bone is turned from its rest pose."""
        return self.rotations[template().bone_index[bone]]

    def moved(self, points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """(N, 3) rest points with weights (N, J) in the pose."""
        return skinned(points, weights, self.rotations, self.offsets)

    def moved_vertices(self, points: np.ndarray, index: np.ndarray) -> np.ndarray:
        """(N, 3) rest points that move as the packed vertices `index` (N,) do."""
        data = template(self.level)
        return skinned_few(points, data.weight_bones[index], data.weight_strengths[index], self.rotations, self.offsets)

    def carried(self, points: np.ndarray, bone: str) -> np.ndarray:
        """(N, 3) rest points that follow one bone rigidly."""
        index = template().bone_index[bone]
        return points @ self.rotations[index].T + self.offsets[index]

    def mark(self, name: str) -> np.ndarray:
        """(3,) where a landmark is in the pose."""
        return self.carried(self.marks[MARK_INDEX[name]], MARKS[name][0])

    @cached_property
    def sideways(self) -> np.ndarray:
        """(V, 3) unit directions in which cloth stands off: smooth, and level on trunk and legs so that hems stay level."""
        return sideways(self.outward, self.level)

    @property
    def head_scale(self) -> float:
        """Size of the head against the base mesh's."""
        left, right = self.marks[MARK_INDEX["skull_left"]], self.marks[MARK_INDEX["skull_right"]]
        return float(left[1] - right[1]) / SKULL_WIDTH_M


class Bearer(Protocol):
    """What hats and carried things are placed on: a figure, or the outline of one."""

    @property
    def level(self) -> Level: ...
    @property
    def height_m(self) -> float: ...
    @property
    def head_scale(self) -> float: ...
    def joint(self, bone: str) -> np.ndarray: ...
    def rotation(self, bone: str) -> np.ndarray: ...
    def mark(self, name: str) -> np.ndarray: ...


# Where the bones of a body with these rest joints (J, 3) point, as skeleton.target_frames, and how far the body is shifted (3,).
Stance = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def figure(physique: Physique, height_m: float, stance: Stance, level: Level = "near") -> Figure:
    """A body of that build and stature in a stance."""
    rest, joints = shaped(physique, height_m, level)
    return in_stance(rest, outward_normals(rest, level), joints, rest[mark_vertices(level)], stance, height_m, level)


def outward_normals(rest: np.ndarray, level: Level) -> np.ndarray:
    """(V, 3) normals of skin and shell of a body in its rest pose (V, 3)."""
    faces, around = _faces_around(level)
    return normals(rest, faces, around)


@lru_cache(maxsize=2)
def _faces_around(level: Level) -> tuple[np.ndarray, sparse.csr_array]:
    """Faces (F, 3) of skin and shell, and which vertices they have, see surface.incidence."""
    data = template(level)
    faces = np.concatenate([data.skin, data.cloth])
    return faces, incidence(faces, len(data.vertices))


def in_stance(
    rest: np.ndarray, outward: np.ndarray, joints: np.ndarray, marks: np.ndarray, stance: Stance, height_m: float, level: Level
) -> Figure:
    """The figure of a body in its rest pose: vertices and normals (V, 3), joints (J, 3), landmarks (L, 3)."""
    frames, shift = stance(joints)
    rotations, offsets = posed_bones(joints, frames, rest_frames(joints))
    return Figure(rest, outward, joints, marks, rotations, offsets + shift, height_m, level)


def sideways(outward: np.ndarray, level: Level) -> np.ndarray:
    """(V, 3): see Figure.sideways, from normals (V, 3)."""
    away = cloth_smoothed(outward, 2, level, 1.0)
    away[:, 2] *= np.clip((template(level).vertices[:, 2] - 0.40) / 0.1, 0.15, 1.0)
    return away / np.maximum(np.sqrt(np.einsum("va,va->v", away, away))[:, None], 1e-6)


@lru_cache(maxsize=2)
def mark_vertices(level: Level) -> np.ndarray:
    """(L,) the vertex of each landmark."""
    data = template()
    used = np.unique(np.concatenate([data.skin.ravel(), data.cloth.ravel()]))
    gaps = np.linalg.norm(data.vertices[used][None] - np.array([place for _, place in MARKS.values()])[:, None], axis=2)
    return np.searchsorted(template(level).kept, used[gaps.argmin(1)])


@lru_cache(maxsize=2)
def cloth_vertices(level: Level) -> np.ndarray:
    """(C,) the vertices of the shell that clothes are cut from."""
    return np.unique(template(level).cloth)


def cloth_smoothed(values: np.ndarray, steps: int, level: Level, strength: float = 0.5) -> np.ndarray:
    """(V, 3) values smoothed over the shell; `steps` are those of the near body: edges twice as long carry four times as far."""
    used = cloth_vertices(level)
    result = values.copy()
    result[used] = smoothed(values[used], _cloth_mean(level), steps if level == "near" else -(-steps // 4), strength)
    return result


@lru_cache(maxsize=2)
def _cloth_mean(level: Level) -> sparse.csr_array:
    """(C, C): see surface.averaging."""
    used, cloth = cloth_vertices(level), template(level).cloth
    return averaging(np.searchsorted(used, cloth), len(used))

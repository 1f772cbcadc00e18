"""A body of one person in one pose: what clothes, hair and carried things are hung on.

Shapes: V packed vertices, J bones. Metres, before it is set on the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenes.street.people.body import shaped, template
from scenes.street.people.body import Physique
from scenes.street.people.skeleton import posed_bones, rest_frames, skinned
from scenes.street.people.surface import neighbours, normals


@dataclass(frozen=True, eq=False)
class Figure:
    """rest, rest_joints: before posing; rotations (J, 3, 3), offsets (J, 3): the pose; outward (V, 3): rest normals."""

    rest: np.ndarray
    rest_joints: np.ndarray
    outward: np.ndarray
    rotations: np.ndarray
    offsets: np.ndarray
    height_m: float

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

    def carried(self, points: np.ndarray, bone: str) -> np.ndarray:
        """(N, 3) rest points that follow one bone rigidly."""
        index = template().bone_index[bone]
        return points @ self.rotations[index].T + self.offsets[index]


def figure(physique: Physique, height_m: float, frames: np.ndarray) -> Figure:
    """The body in the pose of the frames (J, 3, 3) of skeleton.target_frames."""
    rest, joints = shaped(physique, height_m)
    rotations, offsets = posed_bones(joints, frames, rest_frames(joints))
    data = template()
    outward = normals(rest, np.concatenate([data.skin, data.cloth]))
    return Figure(rest, joints, outward, rotations, offsets, height_m)


@lru_cache(maxsize=1)
def cloth_neighbours() -> np.ndarray:
    """(V, K): see surface.neighbours."""
    data = template()
    return neighbours(data.cloth, len(data.vertices))

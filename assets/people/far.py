"""Makes far.npz from body.npz: the faces of a body seen from afar, over a subset of the same vertices.

    python assets/people/far.py assets/people/far.npz

A face may be flat at rest and bent in a pose, so errors are added up over bodies of several builds, in several poses.
Shapes: V packed vertices, S shapes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from assets.people.collapse import collapse_edges
from scenes.street.people.body import Physique, template, typical_height_m
from scenes.street.people.dressing import eye_parts
from scenes.street.people.figure import figure, mark_vertices
from scenes.street.people.hair import brow_field, face_faces, lip_field
from scenes.street.people.poses import PoseName, posed
from scenes.street.people.skeleton import target_frames

_SKIN_FACES, _CLOTH_FACES = 1300, 1300  # triangles left; at 120 pixels a pixel is 1.4 cm
_BODIES: tuple[tuple[float, float, float, PoseName], ...] = (  # age in years, sex, weight, pose
    (30.0, 0.0, 0.4, "standing"),
    (6.0, 0.5, 0.5, "walking"),
    (40.0, 1.0, 0.8, "sitting"),
    (70.0, 0.0, 0.6, "crouching"),
)


def main(out: Path) -> None:
    """Writes the npz `out`."""
    data, bodies = template(), shapes()
    np.savez_compressed(
        out,
        skin=collapse_edges(data.skin, bodies, _SKIN_FACES, keep_border=False).astype(np.uint16),
        cloth=collapse_edges(data.cloth, bodies, _CLOTH_FACES, keep_border=False).astype(np.uint16),
        eyes=np.concatenate([collapse_edges(part, bodies, 14, keep_border=False) for part in eye_parts(data.eyes)]).astype(np.uint16),
        brows=_within(brow_field("near"), bodies, 12),
        lips=_within(lip_field("near"), bodies, 12),
        kept=np.unique(np.concatenate([mark_vertices("near"), lowest_and_highest()])),
    )


def lowest_and_highest(each: int = 8) -> np.ndarray:
    """(N,) vertices that may be the lowest or the highest of a body: stature and joints are scaled by these, so both levels share them."""
    data = template()
    heights = data.vertices[:, 2] + np.concatenate(
        [np.zeros((1, len(data.vertices))), data.targets.reshape(len(data.targets), -1, 3)[..., 2]]
    )
    order = heights.argsort(axis=1)
    return np.unique([order[:, :each], order[:, -each:]])


def _within(field: np.ndarray, bodies: np.ndarray, count: int) -> np.ndarray:
    """(F, 3) about `count` faces where most of a field (V,) of the face is positive."""
    faces = face_faces("near")
    return collapse_edges(faces[field[faces].mean(1) > 0], bodies, count, keep_border=False).astype(np.uint16)


def shapes() -> np.ndarray:
    """(S, V, 3) metres: bodies in their poses."""
    return np.stack([_body(*body) for body in _BODIES]).astype(float)


def _body(age_years: float, sex: float, weight: float, pose: PoseName) -> np.ndarray:
    """(V, 3) metres."""
    frames = target_frames(posed(pose, 0.2, 1.0))
    physique = Physique(age_years, sex, 0.5, weight, 0.2, 0.2)
    one = figure(physique, typical_height_m(age_years, sex), lambda joints: (frames, np.zeros(3)))
    return one.moved_vertices(one.rest, np.arange(len(one.rest)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

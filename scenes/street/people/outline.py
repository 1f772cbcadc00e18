"""Some points of a body of any build in any pose, without the rest of it.

In the frame of a bone that carries it a point keeps its place in every pose, and this place is a mix of the places on the bodies of
the grid of targets, to 2 mm. So posed points are one sum over 28 such bodies and one turn: 20 us, where a figure takes 10 ms.

Shapes: S points, D of them moved by a second bone, J bones, N = S + D + J columns: the points as their first bones see them, then as
the second ones do, then the bones' heads as their parents do. B bodies of the grid. Metres; +X forward, +Y left, +Z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenes.street.people.body import Cell, Level, Physique, cell_bodies, cells, coefficients, mixture, template
from scenes.street.people.figure import MARK_INDEX, MARKS, SKULL_WIDTH_M, mark_vertices
from scenes.street.people.skeleton import ancestors, rest_frames

_LEAST_SHARE = 0.1  # of a second bone that moves a point
_ENDS_M = 0.04  # what is farther from the top and the soles of the base mesh is never highest or lowest


@dataclass(frozen=True, eq=False)
class Outline:
    """Points of whatever body: the landmarks of figure.MARKS at the end.

    vertices (S,): the packed vertex of each; those that two bones move come first. bones (S + D,), shares (S + D, 1): what moves
    them, and how much. frames (N,): the bone in whose frame a column is. paths (S, J) float32: how much each bone's head moves a point.
    """

    vertices: np.ndarray
    bones: np.ndarray
    shares: np.ndarray
    frames: np.ndarray
    paths: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """(S + D,) the point of each column but those of bones' heads."""
        return np.concatenate([np.arange(len(self.vertices)), np.arange(len(self.bones) - len(self.vertices))])

    def columns(self, points: np.ndarray, joints: np.ndarray, own: np.ndarray) -> np.ndarray:
        """(B, N, 3): bodies at rest with these points (B, S, 3), joints (B, J, 3) and bones' axes (B, J, 3, 3), as the bones see them."""
        parents = np.maximum(template().parents, 0)
        seen = self.shares * np.einsum("bnij,bni->bnj", own[:, self.bones], points[:, self.points] - joints[:, self.bones])
        return np.concatenate([seen, np.einsum("bnij,bni->bnj", own[:, parents], joints - joints[:, parents])], axis=1)

    def offsets(self, away: np.ndarray) -> np.ndarray:
        """(N, 3) float32: what is to be added to columns so that points move by `away` (S, 3) on the base mesh; landmarks stay."""
        own = rest_frames(template().joints)[self.bones]
        shares = self.shares * (self.points < len(self.vertices) - len(MARKS))[:, None]
        seen = shares * np.einsum("nij,ni->nj", own, away[self.points])
        return np.concatenate([seen, np.zeros((len(self.frames) - len(seen), 3))]).astype(np.float32)


def outline_of(vertices: np.ndarray) -> Outline:
    """The outline of packed vertices (N,), in another order, and of the landmarks."""
    data = template()
    weights = data.weights[vertices]
    bones = np.argsort(-weights, axis=1)[:, :2]
    shares = np.take_along_axis(weights, bones, axis=1)
    shares = shares / shares.sum(1, keepdims=True)
    order = np.argsort(shares[:, 1] < _LEAST_SHARE, kind="stable")
    double = int((shares[:, 1] >= _LEAST_SHARE).sum())
    shares[order[double:]] = (1.0, 0.0)
    bearers = [data.bone_index[bone] for bone, _ in MARKS.values()]
    moved_by = np.concatenate([bones[order, 0], bearers, bones[order[:double], 1]])
    share = np.concatenate([shares[order, 0], np.ones(len(bearers)), shares[order[:double], 1]])[:, None]
    paths = np.zeros((len(vertices) + len(bearers), len(data.joints)))
    np.add.at(paths, np.concatenate([np.arange(len(paths)), np.arange(double)]), share * ancestors()[moved_by])
    return Outline(
        np.concatenate([vertices[order], mark_vertices("near")]),
        moved_by,
        share,
        np.concatenate([moved_by, np.maximum(data.parents, 0)]),
        paths.astype(np.float32),
    )


@dataclass(frozen=True, eq=False)
class Build:
    """An outline on one body in no pose yet: columns (N, 3) float32; joints (J, 3) of its rest pose, standing on z = 0."""

    outline: Outline
    columns: np.ndarray
    joints: np.ndarray
    height_m: float
    head_scale: float

    def posed(self, frames: np.ndarray, worn: np.ndarray) -> Posed:
        """In the pose of frames (J, 3, 3), the root's joint at the origin; worn (N, 3): see Outline.offsets."""
        turned = np.einsum("nij,nj->ni", frames.astype(np.float32).take(self.outline.frames, 0), self.columns + worn)
        count, pairs = len(self.outline.vertices), len(self.outline.bones)
        points = self.outline.paths @ turned[pairs:]
        points += turned[:count]
        points[: pairs - count] += turned[count:pairs]
        return Posed(points, turned[pairs:], frames, self.height_m, self.head_scale)


def build(outline: Outline, physique: Physique, height_m: float) -> Build:
    """The outline on a body of that build and stature."""
    cell, strength = mixture(physique)
    mixed = np.einsum("c,cn->n", strength, _cell_rows(outline, cell))  # BLAS would start threads for this little
    scale = height_m / float(mixed[-2])
    rows = (scale * mixed[:-2]).reshape(-1, 3)
    count = len(outline.frames)
    return Build(outline, rows[:count], rows[count:], height_m, scale * float(mixed[-1]) / SKULL_WIDTH_M)


@dataclass(frozen=True, eq=False)
class Posed:
    """points (S, 3) of a body in a pose, steps (J, 3) from bone to bone, frames (J, 3, 3). A figure.Bearer."""

    points: np.ndarray
    steps: np.ndarray
    frames: np.ndarray
    height_m: float
    head_scale: float
    level: Level = "near"

    def joint(self, bone: str) -> np.ndarray:
        """(3,) where the head of a bone is."""
        place: np.ndarray = ancestors()[template().bone_index[bone]] @ self.steps
        return place

    def rotation(self, bone: str) -> np.ndarray:
        """(3, 3) how far a bone of the trunk is turned: at rest its axes are the body's own."""
        turn: np.ndarray = self.frames[template().bone_index[bone]]
        return turn

    def mark(self, name: str) -> np.ndarray:
        """(3,) where a landmark is."""
        place: np.ndarray = self.points[MARK_INDEX[name] - len(MARKS)]
        return place


@lru_cache(maxsize=128)  # of 6 outlines: people's and those of 5 lengths of skirts and coats
def _cell_rows(outline: Outline, cell: Cell) -> np.ndarray:
    """(28, ...) float32: how much of each body of `_grid_rows` the targets of a cell stand for."""
    rows, (bodies, others) = _grid_rows(outline), _cell_places(cell)
    mixed = rows[bodies]
    mixed[others >= 0] -= rows[others[others >= 0]]
    return mixed.astype(np.float32)


@lru_cache(maxsize=16)  # there are no more cells
def _cell_places(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    """(28,) int: rows in the grid of the `cell_bodies` and of those that are taken off; -1 for none."""
    place, pairs = _grid().place, cell_bodies(cell)
    return np.array([place[one] for one, _ in pairs]), np.array([place[less] if less else -1 for _, less in pairs])


@lru_cache(maxsize=8)
def _grid_rows(outline: Outline) -> np.ndarray:
    """(B, 3 N + 3 J + 2): columns, joints, stature and width of the skull of every body of the grid."""
    grid, data = _grid(), template()
    targets = data.targets.reshape(len(data.targets), -1, 3)[:, outline.vertices]
    points = data.vertices[outline.vertices] + np.einsum("bt,tva->bva", grid.strengths, targets)
    points[..., 2] -= grid.ground_z[:, None]
    left, right = (points[:, MARK_INDEX[name] - len(MARKS), 1] for name in ("skull_left", "skull_right"))
    columns = outline.columns(points, grid.joints, grid.own)
    count = len(points)
    return np.concatenate([columns.reshape(count, -1), grid.joints.reshape(count, -1), np.stack([grid.stature_m, left - right], 1)], 1)


@dataclass(frozen=True, eq=False)
class Grid:
    """The bodies that all others are mixed from, at the size in which targets are packed.

    place: row of each. strengths (B, T) of the targets; joints (B, J, 3) above the ground; own (B, J, 3, 3) the bones' axes at rest;
    stature_m, ground_z (B,): what the lowest vertex is below the height of the packed ones.
    """

    place: dict[Physique, int]
    strengths: np.ndarray
    joints: np.ndarray
    own: np.ndarray
    stature_m: np.ndarray
    ground_z: np.ndarray


@lru_cache(maxsize=1)
def _grid() -> Grid:
    data = template()
    bodies = list(dict.fromkeys(body for cell in cells() for pair in cell_bodies(cell) for body in pair if body))
    strengths = np.zeros((len(bodies), len(data.targets)), np.float32)
    for row, body in enumerate(bodies):
        index, strength = coefficients(body)
        strengths[row, index] = strength
    z = data.vertices[:, 2]
    ends = np.flatnonzero((z < z.min() + _ENDS_M) | (z > z.max() - _ENDS_M))
    heights = z[ends] + np.einsum("bt,tv->bv", strengths, data.targets.reshape(len(data.targets), -1, 3)[:, ends, 2])
    low, high = heights.min(1), heights.max(1)
    joints = data.joints + np.einsum("bt,tn->bn", strengths, data.joint_targets).reshape(len(bodies), -1, 3)
    joints[..., 2] -= low[:, None]
    own = np.stack([rest_frames(one) for one in joints])
    return Grid({body: row for row, body in enumerate(bodies)}, strengths, joints, own, high - low, low)

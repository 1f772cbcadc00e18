"""Fewer triangles by half-edge collapses, so that the vertices that stay are a subset of the old ones and keep their data.

Garland and Heckbert, Surface simplification using quadric error metrics (1997), with the errors of several shapes (S) of
the same topology added up: a face that is flat in one body may be bent in another. Border vertices stay, or go along the
border, where planes across it keep its shape.
"""

from __future__ import annotations

import heapq

import numpy as np


def collapse_edges(faces: np.ndarray, shapes: np.ndarray, count: int, *, keep_border: bool = True) -> np.ndarray:
    """(F', 3) faces, at most about `count` of them, over the same vertices; `shapes` (S, B, 3) metres."""
    live = {i: tuple(int(v) for v in f) for i, f in enumerate(faces)}
    around: dict[int, set[int]] = {}
    for i, face in live.items():
        for v in face:
            around.setdefault(v, set()).add(i)
    border = _border(faces)
    quadrics = _quadrics(faces, shapes)
    if not keep_border:
        _hold_border(quadrics, faces, shapes)
    heap = [(_error(quadrics, shapes, a, b), a, b) for f in live.values() for a, b in _sides(f) if not (keep_border and a in border)]
    heapq.heapify(heap)
    while len(live) > count and heap:
        error, a, b = heapq.heappop(heap)
        if a not in around or b not in around or error < _error(quadrics, shapes, a, b) - 1e-15:
            continue
        if not _may_collapse(live, around, shapes, border, a, b):
            continue
        for i in around.pop(a):
            face = live[i]
            if b in face:
                del live[i]
                for v in set(face) - {a}:
                    around[v].discard(i)
            else:
                live[i] = tuple(b if v == a else v for v in face)
                around[b].add(i)
        quadrics[b] = quadrics[b] + quadrics[a]
        for v in {v for i in around[b] for v in live[i]} - {b}:
            for x, y in ((b, v), (v, b)):
                if not (keep_border and x in border):
                    heapq.heappush(heap, (_error(quadrics, shapes, x, y), x, y))
    return np.array(list(live.values()))


def _sides(face: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(face[i], face[j]) for i in range(3) for j in range(3) if i != j]


def _border(faces: np.ndarray) -> set[int]:
    """Vertices of edges that only one face has."""
    return {int(v) for v in _border_edges(faces)[0].ravel()}


def _border_edges(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(E, 2) edges that only one face has (or more than two), and (E,) a face of each."""
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, first, counts = np.unique(edges, axis=0, return_index=True, return_counts=True)
    return unique[counts != 2], first[counts != 2] % len(faces)


def _quadrics(faces: np.ndarray, shapes: np.ndarray) -> dict[int, np.ndarray]:
    """(S, 4, 4) a vertex: the sum of its faces' plane quadrics, weighted by area."""
    corners = shapes[:, faces]
    normals = np.cross(corners[:, :, 1] - corners[:, :, 0], corners[:, :, 2] - corners[:, :, 0])
    areas = np.linalg.norm(normals, axis=2, keepdims=True) + 1e-15
    planes = np.concatenate([normals / areas, -(normals / areas * corners[:, :, 0]).sum(2, keepdims=True)], axis=2)
    faces_quadrics = planes[..., :, None] * planes[..., None, :] * areas[..., None]
    quadrics: dict[int, np.ndarray] = {}
    for i, face in enumerate(faces):
        for v in face:
            quadrics[int(v)] = quadrics.get(int(v), 0) + faces_quadrics[:, i]
    return quadrics


def _hold_border(quadrics: dict[int, np.ndarray], faces: np.ndarray, shapes: np.ndarray) -> None:
    """Adds the planes through the border's edges at right angles to their faces (Garland and Heckbert, section 6)."""
    edges, owner = _border_edges(faces)
    start = shapes[:, edges[:, 0]]
    along = shapes[:, edges[:, 1]] - start
    across = np.cross(along, _normals(shapes[:, faces[owner]]))
    across /= np.linalg.norm(across, axis=2, keepdims=True) + 1e-15
    planes = np.concatenate([across, -(across * start).sum(2, keepdims=True)], axis=2)
    added = planes[..., :, None] * planes[..., None, :] * (along**2).sum(2)[..., None, None]
    for k, edge in enumerate(edges):
        for v in edge:
            quadrics[int(v)] = quadrics[int(v)] + added[:, k]


def _error(quadrics: dict[int, np.ndarray], shapes: np.ndarray, a: int, b: int) -> float:
    """What moving vertex `a` onto `b` costs, all shapes together."""
    point = np.concatenate([shapes[:, b], np.ones((len(shapes), 1))], axis=1)
    return float(np.einsum("si,sij,sj->", point, quadrics[a] + quadrics[b], point))


def _may_collapse(
    live: dict[int, tuple[int, ...]], around: dict[int, set[int]], shapes: np.ndarray, border: set[int], a: int, b: int
) -> bool:
    """The surface stays a surface (link condition), its border a border, and no face turns over in any shape."""
    sides = len(around[a] & around[b])
    if a in border and (b not in border or sides != 1):
        return False
    ring_a = {v for i in around[a] for v in live[i]}
    ring_b = {v for i in around[b] for v in live[i]}
    if len((ring_a & ring_b) - {a, b}) != sides:
        return False
    old = np.array([live[i] for i in around[a] if b not in live[i]])
    if len(old) == 0:
        return False
    new = np.where(old == a, b, old)
    before, after = _normals(shapes[:, old]), _normals(shapes[:, new])
    cosine = (before * after).sum(-1) / (np.linalg.norm(before, axis=-1) * np.linalg.norm(after, axis=-1) + 1e-15)
    return bool(cosine.min() > 0.3)


def _normals(corners: np.ndarray) -> np.ndarray:
    return np.cross(corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :])

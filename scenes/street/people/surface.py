"""Surgery on triangle meshes: cutting along a level of a field, hems, smoothing, normals.

Shapes: V vertices, F faces, C columns of data a vertex (the first three are x, y, z), K neighbours.
"""

from __future__ import annotations

import numpy as np


def normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) float32 unit normals, averaged over the faces by area; zero where no face is."""
    corners = points[faces]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.stack([np.bincount(faces.ravel(), np.repeat(flat[:, k], 3), len(points)) for k in range(3)], axis=1)
    return (total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def neighbours(faces: np.ndarray, count: int, most: int = 8) -> np.ndarray:
    """(V, K) int32 vertices joined to each by an edge; itself where it has fewer."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    start = np.searchsorted(edges[:, 0], np.arange(count + 1))
    table = np.repeat(np.arange(count)[:, None], most, axis=1)
    for k in range(most):
        has = start[:-1] + k < start[1:]
        table[has, k] = edges[start[:-1][has] + k, 1]
    return table.astype(np.int32)


def smoothed(points: np.ndarray, around: np.ndarray, steps: int, strength: float = 0.5) -> np.ndarray:
    """(V, 3) points moved `steps` times part of the way to the mean of their neighbours (V, K)."""
    for _ in range(steps):
        mean = sum(points[around[:, k]] for k in range(around.shape[1])) / around.shape[1]
        points = points + strength * (mean - points)
    return points


def compact(columns: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same faces over only the vertices that they use."""
    used = np.unique(faces)
    renumber = np.zeros(len(columns), np.int32)
    renumber[used] = np.arange(len(used))
    return columns[used], renumber[faces]


def cut(columns: np.ndarray, faces: np.ndarray, field: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keeps where `field` (V,) is positive; faces across zero are cut there and every column is interpolated."""
    inside = field > 0
    count = inside[faces].sum(1)
    whole = faces[count == 3]
    parts = [whole]
    corner = [faces[count == k] for k in (1, 2)]
    one, two = (_rotated(f, inside[f] if k == 0 else ~inside[f]) for k, f in enumerate(corner))
    edges = np.concatenate([one[:, [0, 1]], one[:, [0, 2]], two[:, [0, 1]], two[:, [0, 2]]])
    keys = np.sort(edges, axis=1)
    unique, index = np.unique(keys, axis=0, return_inverse=True)
    a, b = unique[:, 0], unique[:, 1]
    t = (field[a] / (field[a] - field[b]))[:, None] if len(unique) else np.zeros((0, 1))
    grown = np.concatenate([columns, columns[a] + t * (columns[b] - columns[a])]).astype(columns.dtype)
    new = index.reshape(-1) + len(columns)
    n, m = len(one), len(two)
    ab, ac, pq, pr = new[:n], new[n : 2 * n], new[2 * n : 2 * n + m], new[2 * n + m :]
    parts.append(np.stack([one[:, 0], ab, ac], 1))
    parts.append(np.stack([pq, two[:, 1], two[:, 2]], 1))
    parts.append(np.stack([pq, two[:, 2], pr], 1))
    return compact(grown, np.concatenate(parts).astype(np.int32))


def _rotated(faces: np.ndarray, lone: np.ndarray) -> np.ndarray:
    """Faces turned round so that the one corner where `lone` (F, 3) holds comes first."""
    if len(faces) == 0:
        return faces
    first = lone.argmax(1)[:, None]
    return np.take_along_axis(faces, (first + np.arange(3)) % 3, axis=1)


def border(faces: np.ndarray) -> np.ndarray:
    """(E, 2) directed edges that only one face has."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    keys = np.sort(edges, axis=1)
    _, first, count = np.unique(keys, axis=0, return_index=True, return_counts=True)
    return edges[first[count == 1]]


def hemmed(points: np.ndarray, faces: np.ndarray, inward: np.ndarray, depth_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Adds a rim along every border, `depth_m` along `inward` (V, 3), so that cloth has thickness."""
    edges = border(faces)
    used, index = np.unique(edges, return_inverse=True)
    low = index.reshape(-1, 2) + len(points)
    rim = np.concatenate([np.stack([edges[:, 1], edges[:, 0], low[:, 0]], 1), np.stack([edges[:, 1], low[:, 0], low[:, 1]], 1)])
    return np.concatenate([points, points[used] + depth_m * inward[used]]), np.concatenate([faces, rim]).astype(np.int32)

"""Surgery on triangle meshes: cutting along levels of fields, hems, smoothing, normals.

All bodies share one topology, so where a garment is cut does not depend on who wears it: a cut is worked out once, as a matrix
that takes a body's vertices to the garment's (`Pattern`).
Shapes: V vertices, F faces, N vertices of a piece, S vertices of the body that it is made from, E edges of its border.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from generator.geometry import cross


@dataclass(frozen=True, eq=False)
class Pattern:
    """A piece cut out of a mesh, and the rim along its border.

    source: (S,) the vertices it is made from; weights: (N, S) sparse float32, what each of its own mixes of them.
    faces: (F, 3) int32 over N; rim: (2E, 3) int32 over N and the border once more. border: (E,) which of N have a twin there.
    """

    source: np.ndarray
    weights: sparse.csr_array
    faces: np.ndarray
    rim: np.ndarray
    border: np.ndarray

    def cut(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) the piece of `points` (S, 3), its sources."""
        return np.asarray(self.weights @ points)

    def hemmed(self, points: np.ndarray, inward: np.ndarray, depth_m: float) -> tuple[np.ndarray, np.ndarray]:
        """The piece of `points` (S, 3) with its rim `depth_m` along `inward` (S, 3), so that cloth has thickness: points and faces."""
        piece = self.cut(points)
        low = piece[self.border] + depth_m * (self.weights[self.border] @ inward)
        return np.concatenate([piece, low]), np.concatenate([self.faces, self.rim])


def pattern(faces: np.ndarray, cuts: Sequence[np.ndarray]) -> Pattern:
    """The part of a mesh where all `cuts` (V,) are positive; faces across zero are cut there, in the order of the cuts."""
    weights = sparse.eye_array(len(cuts[0]), format="csr")
    fields = np.stack(cuts, axis=1).astype(float)
    for k in range(len(cuts)):
        a, b, share, faces = _crossing(faces, fields[:, k])
        added = sparse.diags_array(1 - share) @ weights[a] + sparse.diags_array(share) @ weights[b]
        used, faces = compact(faces)
        weights = sparse.vstack([weights, added], format="csr")[used]
        fields = np.concatenate([fields, fields[a] + share[:, None] * (fields[b] - fields[a])])[used]
    source = np.unique(weights.indices)
    edges = border(faces)
    at_border, twin = np.unique(edges, return_inverse=True)
    low = twin.reshape(-1, 2) + len(fields)
    rim = np.concatenate([np.stack([edges[:, 1], edges[:, 0], low[:, 0]], 1), np.stack([edges[:, 1], low[:, 0], low[:, 1]], 1)])
    return Pattern(source, weights[:, source].astype(np.float32), faces, rim.astype(np.int32), at_border)


def _crossing(faces: np.ndarray, field: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Faces where `field` (V,) is positive, split at zero; their new vertices, V and on, lie `share` of the way from a to b."""
    inside = field > 0
    count = inside[faces].sum(1)
    corner = [faces[count == k] for k in (1, 2)]
    one, two = (_rotated(f, inside[f] if k == 0 else ~inside[f]) for k, f in enumerate(corner))
    edges = np.concatenate([one[:, [0, 1]], one[:, [0, 2]], two[:, [0, 1]], two[:, [0, 2]]])
    unique, index = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True)
    a, b = unique[:, 0], unique[:, 1]
    new = index.reshape(-1) + len(field)
    n, m = len(one), len(two)
    ab, ac, pq, pr = new[:n], new[n : 2 * n], new[2 * n : 2 * n + m], new[2 * n + m :]
    parts = [
        faces[count == 3], np.stack([one[:, 0], ab, ac], 1), np.stack([pq, two[:, 1], two[:, 2]], 1), np.stack([pq, two[:, 2], pr], 1),
    ]  # fmt: skip
    return a, b, field[a] / (field[a] - field[b]), np.concatenate(parts).astype(np.int32)


def _rotated(faces: np.ndarray, lone: np.ndarray) -> np.ndarray:
    """Faces turned round so that the one corner where `lone` (F, 3) holds comes first."""
    if len(faces) == 0:
        return faces
    first = lone.argmax(1)[:, None]
    return np.take_along_axis(faces, (first + np.arange(3)) % 3, axis=1)


def compact(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) the vertices that faces (F, 3) use, rising, and the same faces (F, 3) int32 over these alone."""
    used = np.zeros(int(faces.max(initial=-1)) + 1, bool)
    used[faces.ravel()] = True
    return np.flatnonzero(used), (np.cumsum(used, dtype=np.int32) - 1)[faces]


def border(faces: np.ndarray) -> np.ndarray:
    """(E, 2) directed edges that only one face has."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, first, count = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
    return edges[first[count == 1]]


def incidence(faces: np.ndarray, count: int) -> sparse.csr_array:
    """(V, F) sparse: 1 where the face has the vertex."""
    columns = np.repeat(np.arange(len(faces)), 3)
    return sparse.csr_array((np.ones(3 * len(faces), np.float32), (faces.ravel(), columns)), shape=(count, len(faces)))


def normals(points: np.ndarray, faces: np.ndarray, around: sparse.csr_array) -> np.ndarray:
    """(V, 3) float32 unit normals, averaged over the faces `around` each vertex (see incidence) by area; zero where no face is."""
    a, b, c = points[faces[:, 0]], points[faces[:, 1]], points[faces[:, 2]]
    total = around @ cross(b - a, c - a)
    length = np.sqrt(np.einsum("va,va->v", total, total))[:, None]
    return np.asarray(total / np.maximum(length, 1e-12), np.float32)


def averaging(faces: np.ndarray, count: int, most: int = 8) -> sparse.csr_array:
    """(V, V) sparse float32: the mean of the vertices joined to each by an edge, `most` at the most, itself for those it lacks."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    start = np.searchsorted(edges[:, 0], np.arange(count + 1))
    table = np.repeat(np.arange(count)[:, None], most, axis=1)
    for k in range(most):
        has = start[:-1] + k < start[1:]
        table[has, k] = edges[start[:-1][has] + k, 1]
    values = np.full(count * most, 1 / most, np.float32)
    return sparse.csr_array((values, (np.repeat(np.arange(count), most), table.ravel())), shape=(count, count))


def smoothed(points: np.ndarray, mean: sparse.csr_array, steps: int, strength: float = 0.5) -> np.ndarray:
    """(V, 3) points moved `steps` times part of the way to the `mean` (V, V) of their neighbours, see averaging."""
    for _ in range(steps):
        points = points + strength * (mean @ points - points)
    return np.asarray(points)

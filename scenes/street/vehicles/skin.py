"""A triangulated half hull that can be painted: regions are cut out exactly along the zero line of a distance function.

Letters: V vertices, F faces. A region function gives (V,) signed distances in metres, negative inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from generator.geometry import cross
from generator.mesh import Material, Mesh
from scenes.street.vehicles.surface import Hull

ON_LINE_M = 0.0006  # nearer vertices count as lying on the line: spares slivers that would spoil the normals


@dataclass(frozen=True, eq=False)
class Skin:
    """points: (V, 3) metres, left half (y >= 0). uv: (V, 2) on `hull`. faces: (F, 3), outwards. slots: (F,) index into names."""

    hull: Hull
    uv: np.ndarray
    points: np.ndarray
    faces: np.ndarray
    slots: np.ndarray
    names: tuple[str, ...] = ("paint",)

    @property
    def x(self) -> np.ndarray:
        return self.points[:, 0]

    @property
    def y(self) -> np.ndarray:
        return self.points[:, 1]

    @property
    def z(self) -> np.ndarray:
        return self.points[:, 2]

    @property
    def u(self) -> np.ndarray:
        return self.uv[:, 0]

    @property
    def v(self) -> np.ndarray:
        return self.uv[:, 1]


def skin_of(hull: Hull, u: np.ndarray, v: np.ndarray, slot: str = "paint") -> Skin:
    """The surface sampled at the grid of parameters `u` x `v`."""
    uv = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    i, j = np.meshgrid(np.arange(len(u) - 1), np.arange(len(v) - 1), indexing="ij")
    a = (i * len(v) + j).ravel()
    b = a + len(v)
    faces = np.concatenate([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)])
    return Skin(hull, uv, hull.grid(u, v).reshape(-1, 3), faces, np.zeros(len(faces), np.int16), (slot,))


def cut(skin: Skin, region: Callable[[Skin], np.ndarray]) -> tuple[Skin, np.ndarray]:
    """The skin with its triangles split along the border of the region, and (F,) whether each lies inside."""
    f = np.asarray(region(skin), float)
    f = np.where(np.abs(f) < ON_LINE_M, 0.0, f)
    sign = np.sign(f).astype(int)[skin.faces]
    crossing = (sign.min(1) < 0) & (sign.max(1) > 0)
    if crossing.any():
        skin, f = _split(skin, f, crossing, sign)
    corners = f[skin.faces]
    return skin, (corners.max(1) <= 0) & (corners.min(1) < 0)


def paint(skin: Skin, region: Callable[[Skin], np.ndarray], slot: str, over: tuple[str, ...] = ()) -> Skin:
    """Faces inside the region get `slot`; only those that wear one of the slots `over`, when given."""
    skin, inside = cut(skin, region)
    if over:
        inside &= np.isin(skin.slots, [skin.names.index(name) for name in over if name in skin.names])
    names = skin.names if slot in skin.names else (*skin.names, slot)
    return replace(skin, names=names, slots=np.where(inside, names.index(slot), skin.slots).astype(np.int16))


def remove(skin: Skin, region: Callable[[Skin], np.ndarray]) -> tuple[Skin, np.ndarray]:
    """The skin without the region, and (E, 2) edges of the hole, as vertex indices in the order of the removed faces."""
    skin, inside = cut(skin, region)
    return replace(skin, faces=skin.faces[~inside], slots=skin.slots[~inside]), rim(skin.faces[inside])


def paint_between(skin: Skin, line: Callable[[Skin], np.ndarray], half_width_m: float, slot: str, over: tuple[str, ...]) -> Skin:
    """A band along the zero line of a signed distance; as two cuts, so that it may be narrower than the triangles are."""
    skin, _ = cut(skin, lambda s: line(s) - half_width_m)
    skin, _ = cut(skin, lambda s: line(s) + half_width_m)
    middle = np.abs(line(skin)[skin.faces].mean(1)) < half_width_m
    inside = middle & np.isin(skin.slots, [skin.names.index(name) for name in over if name in skin.names])
    names = skin.names if slot in skin.names else (*skin.names, slot)
    return replace(skin, names=names, slots=np.where(inside, names.index(slot), skin.slots).astype(np.int16))


def rim(faces: np.ndarray) -> np.ndarray:
    """(E, 2) edges that belong to one face only."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, first, inverse, counts = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_inverse=True, return_counts=True)
    return edges[np.sort(first[counts == 1])] if len(inverse) else edges


def _split(skin: Skin, f: np.ndarray, crossing: np.ndarray, sign: np.ndarray) -> tuple[Skin, np.ndarray]:
    """Splits the crossing triangles; new vertices lie on the curved surface, not on the chord."""
    faces, slots, signs = skin.faces[crossing], skin.slots[crossing], sign[crossing]
    through_corner = (signs == 0).any(1)
    lone = np.where(through_corner, (signs == 0).argmax(1), (signs == -np.sign(signs.sum(1))[:, None]).argmax(1))
    rows = np.arange(len(faces))
    a, b, c = faces[rows, lone], faces[rows, (lone + 1) % 3], faces[rows, (lone + 2) % 3]
    k = through_corner
    pairs = np.concatenate([np.stack([b[k], c[k]], 1), np.stack([a[~k], b[~k]], 1), np.stack([a[~k], c[~k]], 1)])
    unique, inverse = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    share = np.clip(f[unique[:, 0]] / (f[unique[:, 0]] - f[unique[:, 1]]), 0.02, 0.98)  # no slivers: they have no sound normal
    uv = skin.uv[unique[:, 0]] * (1 - share)[:, None] + skin.uv[unique[:, 1]] * share[:, None]
    new = inverse.reshape(-1) + len(f)
    through, rest = int(k.sum()), int((~k).sum())
    m, p, q = new[:through], new[through : through + rest], new[through + rest :]
    made = [(a[k], b[k], m), (a[k], m, c[k]), (a[~k], p, q), (p, b[~k], c[~k]), (p, c[~k], q)]
    split_faces = np.concatenate([np.stack(t, 1) for t in made])
    split_slots = np.concatenate([slots[k], slots[k], slots[~k], slots[~k], slots[~k]])
    grown = replace(
        skin,
        uv=np.concatenate([skin.uv, uv]),
        points=np.concatenate([skin.points, skin.hull.at(uv)]),
        faces=np.concatenate([skin.faces[~crossing], split_faces]),
        slots=np.concatenate([skin.slots[~crossing], split_slots]),
    )
    return grown, np.concatenate([f, np.zeros(len(unique))])


def both_sides(skin: Skin, materials: dict[str, Material]) -> Mesh:
    """The smooth mesh of the half skin and its mirror image, joined along y = 0."""
    points = skin.points.astype(np.float32)
    count = len(points)
    corners = points[skin.faces]
    area = np.linalg.norm(cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    sound = (area > 1e-9) & (np.abs(corners[:, :, 1]).max(1) > 1e-5)  # none without area, none in the plane of symmetry
    faces, slots = skin.faces[sound], skin.slots[sound]
    twin = np.where(np.abs(points[:, 1]) < 1e-5, np.arange(count), np.arange(count) + count)
    mirrored = points * np.array([1, -1, 1], np.float32)
    every = np.concatenate([faces, twin[faces][:, ::-1]]).astype(np.int32)
    used, compact = np.unique(every, return_inverse=True)
    return Mesh(
        np.ascontiguousarray(np.concatenate([points, mirrored])[used]),
        np.ascontiguousarray(compact.reshape(-1, 3).astype(np.int32)),
        np.concatenate([slots, slots]),
        np.ones(len(every), bool),
        tuple(materials[name] for name in skin.names),
    )


def recess(skin: Skin, slot: str, depth_m: float, edge_slot: str) -> Skin:
    """The faces of `slot` sunk by `depth_m` below the surface, with a step of `edge_slot` around them."""
    if slot not in skin.names:
        return skin
    chosen = skin.slots == skin.names.index(slot)
    sunk, inverse = np.unique(skin.faces[chosen], return_inverse=True)
    edges = rim(skin.faces[chosen])
    edges = edges[~(np.abs(skin.y[edges]) < 1e-6).all(1)]  # none along the plane of symmetry
    lookup = np.zeros(len(skin.points), int)
    lookup[sunk] = np.arange(len(sunk)) + len(skin.points)
    upper = edges + 0  # the step's upper edge keeps the surface's vertices
    names = skin.names if edge_slot in skin.names else (*skin.names, edge_slot)
    lower = lookup[edges]
    steps = np.concatenate([np.stack([upper[:, 0], upper[:, 1], lower[:, 1]], 1), np.stack([upper[:, 0], lower[:, 1], lower[:, 0]], 1)])
    faces = skin.faces.copy()
    faces[chosen] = (inverse + len(skin.points)).reshape(-1, 3)
    moved = skin.points[sunk] - depth_m * normals(skin)[sunk]
    moved[np.abs(skin.y[sunk]) < 1e-6, 1] = 0
    return replace(
        skin,
        uv=np.concatenate([skin.uv, skin.uv[sunk]]),
        points=np.concatenate([skin.points, moved]),
        faces=np.concatenate([faces, steps]),
        slots=np.concatenate([skin.slots, np.full(len(steps), names.index(edge_slot), np.int16)]),
        names=names,
    )


def normals(skin: Skin) -> np.ndarray:
    """(V, 3) unit normals, averaged over the faces around each vertex by their area."""
    corners = skin.points[skin.faces]
    face = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.stack([np.bincount(skin.faces.ravel(), np.repeat(face[:, k], 3), len(skin.points)) for k in range(3)], axis=1)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))

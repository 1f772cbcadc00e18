"""Triangle meshes and materials as plain numpy, before any renderer sees them.

Shapes: V vertices, F faces (triangles). Lengths in metres, object frame: +X forward, +Y left, +Z up, origin on the ground
in the centre of the footprint. Colours are linear RGB in 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

Rgb = tuple[float, float, float]

Texture = Literal[
    "none",  # one even colour
    "asphalt", "concrete", "paving", "brick", "plaster", "roof_tiles", "wood", "bark", "foliage", "grass", "soil",
    "fabric", "skin", "hair", "fur", "paint", "dirt", "rust", "carpet", "marble", "checker", "noise",
]  # fmt: skip


class Material(BaseModel):
    """A surface: a principled BSDF whose colour is broken up by a procedural texture.

    `color` is the mean linear RGB colour; `color2` the second colour of textures that have two (mortar, knots, stains).
    `texture_scale_m` is the size of one repeat (a brick row, a paving slab, a blotch). `variation` 0..1 is how far colour
    and roughness stray from their means. `dirt` 0..1 covers the lower parts with dust. `weathered` surfaces get wet and
    darker with the world's wetness. `emission_w_m2` > 0 makes it glow in `color`. `picture`, the key of a
    generator.picture.Picture, is laid over the mesh by its uv in place of a texture; `color` tints it, and its luminance is
    the relief of the bump, which is `texture_scale_m` deep.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    color: Rgb = (0.5, 0.5, 0.5)
    color2: Rgb | None = None
    texture: Texture = "none"
    picture: str = ""
    texture_scale_m: float = 1.0
    variation: float = 0.2
    roughness: float = 0.6
    metallic: float = 0.0
    specular: float = 0.5
    coat: float = 0.0
    transmission: float = 0.0
    subsurface: float = 0.0
    bump: float = 0.0
    dirt: float = 0.0
    weathered: bool = False
    emission_w_m2: float = 0.0


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles with one material slot each.

    vertices: (V, 3) float32, metres, object frame.
    faces: (F, 3) int32, counter-clockwise seen from outside.
    slots: (F,) int16, index into `materials`.
    smooth: (F,) bool, shaded smooth (vertex normals averaged over smooth faces) or flat.
    materials: the surfaces, one a slot.
    uv: (F, 3, 2) float32, where the corners of each face lie on the picture of its material ((0, 0) is the lower left, (1, 1)
    the upper right corner, beyond it repeats), or None when no material has a picture.
    """

    vertices: np.ndarray
    faces: np.ndarray
    slots: np.ndarray
    smooth: np.ndarray
    materials: tuple[Material, ...]
    uv: np.ndarray | None = None

    @classmethod
    def of(cls, vertices: object, faces: object, material: Material, *, smooth: bool = False) -> Mesh:
        """One material throughout; quads (F, 4) are split into triangles. A mesh may have no faces."""
        points = np.ascontiguousarray(np.asarray(vertices, np.float32).reshape(-1, 3))
        polygons = np.asarray(faces, np.int32)
        if polygons.size == 0:
            polygons = polygons.reshape(0, 3)
        if polygons.shape[1] == 4:
            polygons = np.concatenate([polygons[:, [0, 1, 2]], polygons[:, [0, 2, 3]]])
        count = len(polygons)
        return cls(points, np.ascontiguousarray(polygons), np.zeros(count, np.int16), np.full(count, smooth), (material,))

    def moved(self, offset_m: Sequence[float], yaw_rad: float = 0.0, scale: float | Sequence[float] = 1.0) -> Mesh:
        """Scaled, then turned about +Z, then shifted."""
        if yaw_rad == 0.0 and isinstance(scale, float) and scale == 1.0:  # most often; ten times as fast
            points = self.vertices.astype(float) + np.asarray(offset_m, float)
            return Mesh(points.astype(np.float32), self.faces, self.slots, self.smooth, self.materials, self.uv)
        cosine, sine = math.cos(yaw_rad), math.sin(yaw_rad)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        if isinstance(scale, float) and scale == 1.0:
            points = self.vertices @ turn.T + np.asarray(offset_m, float)
            return Mesh(points.astype(np.float32), self.faces, self.slots, self.smooth, self.materials, self.uv)
        return self.transformed(turn * np.broadcast_to(np.asarray(scale, float), 3), offset_m)

    def transformed(self, matrix: np.ndarray, offset_m: Sequence[float] = (0.0, 0.0, 0.0)) -> Mesh:
        """Every vertex v becomes `matrix @ v + offset_m`; a mirroring (3, 3) matrix turns the faces round."""
        points = self.vertices @ np.asarray(matrix, float).T + np.asarray(offset_m, float)
        order = slice(None, None, -1 if np.linalg.det(matrix) < 0 else None)
        faces, uv = self.faces[:, order], None if self.uv is None else np.ascontiguousarray(self.uv[:, order])
        return Mesh(np.ascontiguousarray(points, np.float32), np.ascontiguousarray(faces), self.slots, self.smooth, self.materials, uv)

    def dressed(self, surfaces: Mapping[Material, Material]) -> Mesh:
        """The same triangles; a material that is a key of `surfaces` is exchanged for its value."""
        return Mesh(self.vertices, self.faces, self.slots, self.smooth, tuple(surfaces.get(m, m) for m in self.materials), self.uv)

    def mapped(self, uv: np.ndarray) -> Mesh:
        """With picture coordinates: `uv` is (V, 2), one a vertex, or (F, 3, 2), one a corner."""
        corners = np.asarray(uv, np.float32)
        if corners.ndim == 2:
            corners = corners[self.faces]
        return Mesh(self.vertices, self.faces, self.slots, self.smooth, self.materials, np.ascontiguousarray(corners))

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        arrays = (self.vertices, self.faces, self.slots, self.smooth, self.uv)
        return sum(array.nbytes for array in arrays if array is not None)

    def bounds_m(self) -> tuple[np.ndarray, np.ndarray]:
        """The corners (low, high), each (3,) float64, of the axis-aligned box around all vertices."""
        return self.vertices.min(0).astype(float), self.vertices.max(0).astype(float)


def merge(meshes: Iterable[Mesh]) -> Mesh:
    """One mesh of all; equal materials share a slot. Raises ValueError when there is none."""
    parts = list(meshes)
    if not parts:
        raise ValueError("merge needs at least one mesh")
    materials: dict[Material, int] = {}
    lookup = np.array([materials.setdefault(m, len(materials)) for part in parts for m in part.materials], np.int16)
    faces_of, vertices_of = np.array([len(part.faces) for part in parts]), np.array([len(part.vertices) for part in parts])
    first_slot = _running([len(part.materials) for part in parts])
    return Mesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.faces for part in parts]) + np.repeat(_running(vertices_of), faces_of).astype(np.int32)[:, None],
        lookup[np.concatenate([part.slots for part in parts]) + np.repeat(first_slot, faces_of)],
        np.concatenate([part.smooth for part in parts]),
        tuple(materials),
        _merged_uv(parts),
    )


def _running(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    """The sum of all counts before each."""
    return np.cumsum(counts) - counts


def _merged_uv(parts: Sequence[Mesh]) -> np.ndarray | None:
    """The uv of all, zeros where a part has none; None when no part has any."""
    if all(part.uv is None for part in parts):
        return None
    return np.concatenate([np.zeros((len(p.faces), 3, 2), np.float32) if p.uv is None else p.uv for p in parts])

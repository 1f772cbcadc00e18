"""The body of a person in its rest pose: a base mesh plus morph targets, from assets/people/body.npz.

It comes at two levels of detail: "far" has a subset of the vertices of "near" under the faces of assets/people/far.npz.

Shapes: V packed vertices, T morph targets, J bones. Metres, +X forward, +Y left, +Z up; the feet stand at z about 0.
"""

from __future__ import annotations

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
    names = template().target_index
    ages = _blend(physique.age_years, _AGES_YEARS, _AGE_TARGETS)
    sexes = {"female": 1 - physique.sex, "male": physique.sex}
    rest = max(1 - physique.african - physique.asian, 0.0)
    total = physique.african + physique.asian + rest
    races = dict(zip(_RACES, (physique.african / total, physique.asian / total, rest / total), strict=True))
    muscles = _blend(physique.muscle, (0.0, 0.5, 1.0), _LEVELS)
    weights = _blend(physique.weight, (0.0, 0.5, 1.0), _LEVELS)
    mix: dict[int, float] = {}
    for age, a in ages.items():
        for sex, s in sexes.items():
            for race, r in races.items():
                _add(mix, names, f"{race}-{sex}-{age}", a * s * r)
            for muscle, m in muscles.items():
                for weight, w in weights.items():
                    _add(mix, names, f"universal-{sex}-{age}-{muscle}muscle-{weight}weight", a * s * m * w)
    return np.fromiter(mix, int), np.fromiter(mix.values(), np.float32)


def _add(mix: dict[int, float], names: dict[str, int], name: str, strength: float) -> None:
    if strength > 0 and name in names:  # targets that move nothing are not packed
        mix[names[name]] = strength


def _blend(value: float, knots: tuple[float, ...], names: tuple[str, ...]) -> dict[str, float]:
    """Weights of the one or two names whose knots are around `value`."""
    i = min(max(int(np.searchsorted(knots, value)) - 1, 0), len(knots) - 2)
    t = min(max((value - knots[i]) / (knots[i + 1] - knots[i]), 0.0), 1.0)
    blend = {names[i]: 1 - t}
    blend[names[i + 1]] = blend.get(names[i + 1], 0.0) + t
    return blend


def typical_height_m(age_years: float, sex: float) -> float:
    """Median stature of that age and sex."""
    male, female = (float(np.interp(age_years, _HEIGHT_AGES, table)) for table in (_HEIGHTS_MALE_M, _HEIGHTS_FEMALE_M))
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

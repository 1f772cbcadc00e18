"""The box around a person without building the mesh: some hundred outermost vertices, padded by what is worn there, posed.

Shapes: S sampled vertices. It takes about 0.2 ms; the full mesh takes 100 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generator.geometry import Vector
from scenes.street.people import wardrobe
from scenes.street.people.body import Physique, coefficients, template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure, Stance, cloth_vertices, in_stance, mark_vertices, outward_normals, sideways
from scenes.street.people.garments import REFERENCE_M, bottom_cuts, bottom_ease, top_cuts, top_ease
from scenes.street.people.hair import hair_thickness
from scenes.street.people.headwear import brim_outline, hat_lift
from scenes.street.people.props import PropName, placed, prop_outline
from scenes.street.people.skirts import depths, skirt_outline
from scenes.street.people.wardrobe import HatName, Outfit

_SHOE_M = 0.013  # upper and sock
_TOE_M = 0.018
_SOLE_M = 0.008  # below the foot


@dataclass(frozen=True, eq=False)
class Sample:
    """index (S,) of the vertices; vertices (S, 3), targets (T, S * 3) and cloth directions (S, 3) of them.

    trunk: which of the sampled vertices are on trunk and legs of the shell; depth: how far down these are, see skirts.depths.
    """

    index: np.ndarray
    vertices: np.ndarray
    targets: np.ndarray
    away: np.ndarray
    trunk: np.ndarray
    depth: np.ndarray


@lru_cache(maxsize=1)
def _sample() -> Sample:
    data = template()
    outward = outward_normals(data.vertices, "near")
    away = np.where(fields("near").on_head[:, None] > 0.3, outward, sideways(outward, "near"))
    index = np.concatenate([mark_vertices("near"), _outermost()])
    targets = data.targets.reshape(len(data.targets), -1, 3)[:, index].reshape(len(data.targets), -1)
    trunk = np.flatnonzero((fields("near").on_arm[index] < 0.5) & np.isin(index, cloth_vertices("near")))
    return Sample(index, data.vertices[index], np.ascontiguousarray(targets), away[index], trunk, depths(index[trunk], "near"))


def _outermost() -> np.ndarray:
    """Vertices farthest out in 26 directions for every bone, and rings around trunk and legs where hems may be."""
    data, f = template(), fields("near")
    ways = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) != (0, 0, 0)], float)
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    used = np.unique(np.concatenate([data.skin.ravel(), data.cloth.ravel()]))
    owner = data.weights[used].argmax(1)
    groups = [used[owner == bone] for bone in np.unique(owner)]
    trunk = used[f.on_arm[used] < 0.5]
    groups += [trunk[np.abs(f.z[trunk] - z) < 0.03] for z in np.arange(-0.05, 0.5, 0.06)]
    groups += [trunk[(np.abs(f.leg[trunk] - s) < 0.06) & (side * f.y[trunk] > 0)] for s in np.arange(0.2, 2.0, 0.15) for side in (-1, 1)]
    groups += [used[(np.abs(f.arm[used] - a) < 0.1) & (side * f.y[used] > 0)] for a in np.arange(0.1, 2.1, 0.25) for side in (-1, 1)]
    return np.unique(np.concatenate([group[np.unique((data.vertices[group] @ ways.T).argmax(0))] for group in groups if len(group)]))


def extent(figure: Figure, outfit: Outfit, hat: HatName, hi_vis: bool, props: tuple[PropName, ...]) -> np.ndarray:
    """(2, 3) float64 low and high corner of the box around a sampled figure, before it is set on the ground."""
    body, head = _pads(outfit.top, outfit.outer, outfit.bottom, outfit.hair, hat, hi_vis)
    sample = _sample()
    padded = figure.rest + figure.outward * (body * (figure.height_m / REFERENCE_M))[:, None] + head * figure.head_scale
    posed = figure.moved_vertices(padded, sample.index)
    points = [posed, brim_outline(figure, hat)]
    points += [skirt_outline(figure, posed[sample.trunk], sample.depth, one) for one in wardrobe.skirts(outfit)]
    points += [placed(figure, name, prop_outline(name)) for name in props]
    every = np.concatenate(points)
    return np.stack([every.min(0), every.max(0)])


def size_of(corners: np.ndarray) -> Vector:
    """Length, width and height of a (2, 3) box."""
    length, width, height = (corners[1] - corners[0]).tolist()
    return (length, width, height)


def sampled_figure(physique: Physique, height_m: float, stance: Stance) -> Figure:
    """As figure.figure, with the sampled vertices only."""
    data, sample = template(), _sample()
    index, strength = coefficients(physique)
    # Sums, not products of matrices: BLAS would start threads for this little.
    vertices = sample.vertices + (strength[:, None] * sample.targets[index]).sum(0).reshape(-1, 3)
    joints = data.joints + (strength[:, None] * data.joint_targets[index]).sum(0).reshape(-1, 3)
    low, high = vertices[:, 2].min(), vertices[:, 2].max()
    scale = height_m / (high - low)
    ground = np.array([0.0, 0.0, low])
    vertices, joints = (vertices - ground) * scale, (joints - ground) * scale
    return in_stance(vertices, sample.away, joints, vertices[: len(mark_vertices("near"))], stance, height_m, "near")


@lru_cache(maxsize=512)
def _pads(top: str, outer: str, bottom: str, hair: str, hat: HatName, hi_vis: bool) -> tuple[np.ndarray, np.ndarray]:
    """(S,) how far clothes stand off a body of 1.7 m; (S, 3) how far hair and hat stand off a head of the base mesh's size."""
    black = (0.0, 0.0, 0.0)
    outfit = Outfit(top, outer, bottom, "shoes", hair, black, black, black, black)  # type: ignore[arg-type]
    index, f = _sample().index, fields("near")
    pad = np.zeros(len(f.z), np.float32)
    if bottom in wardrobe.BOTTOMS:
        trousers = wardrobe.BOTTOMS[bottom]
        pad += np.maximum(bottom_ease(trousers, "near"), 0) * (np.min(bottom_cuts(trousers, "near"), axis=0) > 0)
    for one in wardrobe.tops(outfit, hi_vis):
        pad += np.maximum(top_ease(one, "near"), 0) * (np.min(top_cuts(one, "near"), axis=0) > 0)
    foot = f.leg > 2.02
    pad = np.where(foot, np.maximum(_SHOE_M, _TOE_M * (f.x > 0.15)), pad)
    lift = np.maximum(hair_thickness(hair, "near"), 0.0)[index, None] * _sample().away
    if hat not in ("none", "full_helmet"):
        along, up = hat_lift(hat, "near")
        lift = np.where((along > 0)[index, None], along[index, None] * _sample().away + up[index, None] * np.array([0.0, 0.0, 1.0]), lift)
    return pad[index], lift

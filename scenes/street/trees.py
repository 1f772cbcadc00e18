"""Trees: trunk, limbs, branches and twigs grown inside a crown envelope, leaves in clusters at the twigs' ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.colors import linear_from_srgb
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.shapes import tube
from scenes.street.branching import Branches, Sprouting, blades, profile_envelope, skin, sprout, thinned, unit
from scenes.street.foliage import leaves
from scenes.street.tree_species import SPECIES, Season, Species, SpeciesName

_AUTUMN_LEAVES_LEFT = 0.7  # part of the leaves still on in autumn
_STAKE = Material(color=linear_from_srgb((0.55, 0.42, 0.28)), texture="wood", texture_scale_m=0.3, weathered=True)
_FINE_TWIGS = Sprouting(18, 0.1, 1.0, (0.75, 0.5), (0.5, 0.45), reach=1.0, lift=0.0, wander=0.0, points=2, thickness=0.6)


@dataclass(frozen=True)
class Fineness:
    """sides: of the tubes of trunk, limbs and branches; further levels are blades. One of `leaves` leaves and of `twigs` twigs is
    made and has the area of all (Cook et al., "Stochastic Simplification of Aggregate Detail", 2007)."""

    sides: tuple[int, ...]
    leaves: int
    twigs: int


_NEAR, _FAR = Fineness((9, 5, 3), 1, 1), Fineness((6, 3), 5, 3)


@register
class Tree(Actor):
    """A tree. Species: plane and lime (broad), poplar (column), birch, cherry (blossoms in spring), spruce, young (staked).

    The trunk stands on the origin. `season` sets leaves and colours (winter: bare, but for the spruce); `density` scales the
    number of leaves; crown_width_m 0 means the species' usual width for its height.
    """

    kind: Literal["tree"] = "tree"
    species: SpeciesName = "plane"
    season: Season = "summer"
    height_m: float = Field(default=11.0, ge=2.0, le=35.0)
    crown_width_m: float = Field(default=0.0, ge=0.0, le=30.0)
    density: float = Field(default=1.0, gt=0.0, le=1.5)

    semantic: ClassVar[str] = "vegetation"
    levels: ClassVar[bool] = True

    def size_m(self) -> Vector:
        width = self.crown_width_m or SPECIES[self.species].width * self.height_m
        return (width, width, self.height_m)

    def build(self) -> Mesh:
        species, rng = SPECIES[self.species], self.stream().generator()
        width, _, height = self.size_m()
        fine = _FAR if self.detail == "far" else _NEAR
        wood = skeleton(species, height, width, rng)
        bark = _bark(species)
        parts = [skin(level, sides, bark) for level, sides in zip(wood, fine.sides, strict=False)]
        parts += [blades(thinned(level, fine.twigs if level is wood[-1] else 1), bark, rng) for level in wood[len(fine.sides) :]]
        colors = tuple(_leaf_material(c) for c in species.leaves.get(self.season, ()))
        if colors:
            fullness = self.density * (_AUTUMN_LEAVES_LEFT if self.season == "autumn" else 1.0)
            parts.append(_leaves(wood, species, (width, height), fullness, fine.leaves, colors, rng))
        else:
            last = sprout(thinned(wood[3], fine.twigs), _FINE_TWIGS, lambda p: np.ones(p.shape[:-1], bool), 0.5 * width, rng)
            parts.append(blades(last, bark, rng))
        tree = _stretched(merge(parts), self.size_m())
        return merge([tree, *_stakes(height, width)]) if species.staked else tree


def skeleton(species: Species, height_m: float, width_m: float, rng: np.random.Generator) -> list[Branches]:
    """Trunk, limbs, branches and twigs of a tree."""
    crown_m = species.crown * height_m
    inside = profile_envelope(species.profile, crown_m, height_m, width_m / 2)
    levels = [_trunk(species, height_m, rng)]
    for how in species.levels:
        levels.append(sprout(levels[-1], how, inside, max(width_m / 2, height_m - crown_m), rng))
    return levels


def _trunk(species: Species, height_m: float, rng: np.random.Generator) -> Branches:
    """A nearly straight, tapering trunk with a flared foot."""
    t = np.array([0.0, 0.02, 0.06, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0])
    top_m = species.trunk_top * height_m
    sway = np.cumsum(rng.normal(0, 0.006 * height_m, (len(t), 2)) * np.gradient(t)[:, None] * 4, axis=0) * t[:, None] ** 0.5
    points = np.concatenate([sway, t[:, None] * top_m], axis=1)
    taper = 1.0 - 0.92 * t * min(1.0, 1.1 * species.trunk_top)
    flare = 1.0 + 0.4 * np.exp(-t * top_m / (0.03 * height_m))
    return Branches(points[None], (species.trunk_radius * height_m * taper * flare)[None])


def _leaves(
    wood: list[Branches],
    species: Species,
    size_m: tuple[float, float],
    fullness: float,
    one_of: int,
    colors: tuple[Material, ...],
    rng: np.random.Generator,
) -> Mesh:
    """Leaves along the twigs and at the branches' ends; one of `one_of`, which has the area of as many."""
    width, height = size_m
    diameter = (width * width * height * (1 - species.crown)) ** (1 / 3)
    bases, directions = [], []
    for level, each in ((wood[3], species.leaves_per_twig), (wood[2], species.leaves_per_twig)):
        owner = np.repeat(np.arange(len(level.points)), max(round(each * fullness), 1))
        t = rng.uniform(0.25, 1.0, len(owner)) ** 0.7
        point, tangent, _ = level.at(owner, t)
        bases.append(point)
        directions.append(unit(0.7 * tangent + 0.6 * rng.normal(size=point.shape)) + np.array([0.0, 0.0, species.leaf_rise]))
    base = np.concatenate(bases)
    length = species.leaf_length * diameter * rng.uniform(0.65, 1.25, len(base)) * one_of**0.5
    kept = slice(None, None, one_of)
    return leaves(base[kept], np.concatenate(directions)[kept], length[kept], colors, rng, slender=species.leaf_slender)


def _stretched(mesh: Mesh, size_m: Vector) -> Mesh:
    """The mesh with its bounds moved to `size_m`, each side of the trunk by itself so that the trunk stays on the origin."""
    low, high = mesh.bounds_m()
    half = np.array(size_m[:2]) / 2
    points = mesh.vertices.astype(float)
    flat = points[:, :2]
    points[:, :2] = np.where(flat > 0, flat * (half / high[:2]), flat * (half / -low[:2]))
    points[:, 2] = np.where(points[:, 2] > 0, points[:, 2] * (size_m[2] / high[2]), 0.0)
    return Mesh(points.astype(np.float32), mesh.faces, mesh.slots, mesh.smooth, mesh.materials)


def _stakes(height_m: float, width_m: float) -> list[Mesh]:
    """Two posts beside a young trunk and the tie between them."""
    gap, top = min(0.3, 0.3 * width_m), 0.32 * height_m
    posts = [tube(np.array([[0, y, 0], [0, y, top]]), 0.035, _STAKE, segments=7) for y in (-gap, gap)]
    return [*posts, tube(np.array([[0.02, -gap, 0.85 * top], [0.02, gap, 0.85 * top]]), 0.025, _STAKE, segments=6)]


def _bark(species: Species) -> Material:
    return Material(
        color=linear_from_srgb(species.bark), color2=linear_from_srgb(species.bark2), texture="bark", texture_scale_m=0.25,
        variation=0.4, roughness=0.9, specular=0.2, bump=0.4, weathered=True,
    )  # fmt: skip


def _leaf_material(color: tuple[float, float, float]) -> Material:
    return Material(
        color=linear_from_srgb(color), texture="foliage", texture_scale_m=0.6, variation=0.3, roughness=0.6, specular=0.3, weathered=True
    )

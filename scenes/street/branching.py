"""Growing and skinning branches: levels of polylines, each level sprouting from the one before, all branches of a level at once.

Shapes: B branches, P points a branch, S sides of a tube. Lengths in metres, +Z up, the trunk stands on the origin.
The scheme (levels, down angles, length ratios, taper) follows Weber and Penn, "Creation and Rendering of Realistic Trees", 1995;
lengths are limited by a crown envelope instead of their shape functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from generator.geometry import cross
from generator.mesh import Material, Mesh

Envelope = Callable[[np.ndarray], np.ndarray]  # (..., 3) points -> (...) bool, inside the crown

_GOLDEN_ANGLE_RAD = 2.39996
_REACH_STEPS = 24


@dataclass(frozen=True, eq=False)
class Branches:
    """points: (B, P, 3) metres; radii: (B, P) metres, thick end first."""

    points: np.ndarray
    radii: np.ndarray

    @property
    def lengths_m(self) -> np.ndarray:
        """(B,) length of every branch."""
        return np.linalg.norm(np.diff(self.points, axis=1), axis=2).sum(1)

    def at(self, index: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Point (N, 3), unit tangent (N, 3) and radius (N,) at parameter `t` (0..1) of branch `index`."""
        last = self.points.shape[1] - 1
        x = np.clip(t, 0.0, 1.0) * last
        i = np.minimum(x.astype(int), last - 1)
        f = x - i
        a, b = self.points[index, i], self.points[index, i + 1]
        radius = self.radii[index, i] * (1 - f) + self.radii[index, i + 1] * f
        return a + f[:, None] * (b - a), unit(b - a), radius


@dataclass(frozen=True)
class Sprouting:
    """How one level grows out of the one before it.

    count: branches a parent (on average); start, end: the part of the parent (0..1) they sprout from.
    angle_rad: between branch and parent, at `start` and at `end`. ratio: length as a part of the parent's, at `start` and `end`.
    reach: part of the way to the crown's envelope that a branch may go. lift: how much it turns up (negative: droops) a step.
    """

    count: float
    start: float
    end: float
    angle_rad: tuple[float, float]
    ratio: tuple[float, float]
    reach: float = 0.95
    lift: float = 0.1
    wander: float = 0.12
    points: int = 5
    thickness: float = 0.55


def unit(vectors: np.ndarray) -> np.ndarray:
    """The vectors (..., 3) scaled to length 1."""
    scaled: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return scaled


def perpendicular(directions: np.ndarray, angle_rad: np.ndarray) -> np.ndarray:
    """Unit vectors (N, 3) at right angles to `directions` (N, 3), turned about them by `angle_rad` (N,)."""
    helper = np.where(np.abs(directions[:, 2:]) < 0.9, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    side = unit(cross(directions, helper))
    up = cross(side, directions)
    return np.cos(angle_rad)[:, None] * side + np.sin(angle_rad)[:, None] * up


def reach_m(start: np.ndarray, direction: np.ndarray, inside: Envelope, limit_m: float) -> np.ndarray:
    """(N,) how far the rays stay inside the envelope, in 24 steps up to `limit_m`; a ray that starts outside gets where it leaves."""
    steps = np.linspace(0.0, limit_m, _REACH_STEPS)
    hit = inside(start[:, None] + steps[None, :, None] * direction[:, None])
    last = _REACH_STEPS - 1 - hit[:, ::-1].argmax(1)
    return np.where(hit.any(1), steps[last], 0.0)


def sprout(parents: Branches, how: Sprouting, inside: Envelope, limit_m: float, rng: np.random.Generator) -> Branches:
    """The next level of branches."""
    weight = parents.lengths_m / parents.lengths_m.mean()
    counts = np.maximum(np.round(how.count * weight**0.7 + rng.uniform(-0.5, 0.5, len(weight))), 1).astype(int)
    owner = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    u = (place + rng.uniform(0.1, 0.9, len(owner))) / counts[owner]
    start, tangent, radius = parents.at(owner, how.start + (how.end - how.start) * u)
    azimuth = place * _GOLDEN_ANGLE_RAD + rng.uniform(0, 2 * np.pi, len(counts))[owner] + rng.normal(0, 0.35, len(owner))
    angle = how.angle_rad[0] + (how.angle_rad[1] - how.angle_rad[0]) * u + rng.normal(0, 0.12, len(owner))
    direction = np.cos(angle)[:, None] * tangent + np.sin(angle)[:, None] * perpendicular(tangent, azimuth)
    ratio = how.ratio[0] + (how.ratio[1] - how.ratio[0]) * u
    wanted = parents.lengths_m[owner] * ratio * rng.uniform(0.7, 1.15, len(owner))
    room = reach_m(start, direction, inside, limit_m) * how.reach * rng.uniform(0.85, 1.05, len(owner))
    length = np.maximum(np.minimum(wanted, room), 0.02 * limit_m)
    points = grown(start, direction, length, how, rng)
    thick = np.minimum(radius * 0.9, np.maximum(radius * how.thickness, 0.005))
    taper = np.linspace(1.0, 0.25, how.points)
    return Branches(points, thick[:, None] * taper)


def grown(start: np.ndarray, direction: np.ndarray, length_m: np.ndarray, how: Sprouting, rng: np.random.Generator) -> np.ndarray:
    """(B, P, 3) paths that begin at `start` along `direction`, wander and turn up or down on the way."""
    step = (length_m / (how.points - 1))[:, None]
    points = [start]
    for _ in range(how.points - 1):
        points.append(points[-1] + step * direction)
        direction = unit(direction + how.wander * rng.normal(size=direction.shape) + np.array([0.0, 0.0, how.lift]))
    return np.stack(points, axis=1)


def skin(branches: Branches, sides: int, material: Material) -> Mesh:
    """Open-ended tubes of `sides` sides over all branches, smooth."""
    points, radii = branches.points, branches.radii
    count, rings = radii.shape
    tangents = unit(np.gradient(points, axis=1))
    axis = unit(points[:, -1] - points[:, 0])
    helper = perpendicular(axis, np.zeros(count))[:, None]
    side = unit(helper - tangents * (helper * tangents).sum(2, keepdims=True))
    up = cross(tangents, side)
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)[:, None]
    around = np.cos(angle) * side[:, :, None] + np.sin(angle) * up[:, :, None]
    vertices = points[:, :, None] + radii[:, :, None, None] * around
    b, r, s = np.meshgrid(np.arange(count), np.arange(rings - 1), np.arange(sides), indexing="ij")
    here = (b * rings + r) * sides
    a, c = here + s, here + (s + 1) % sides
    quads = np.stack([a, c, c + sides, a + sides], axis=-1).reshape(-1, 4)
    return Mesh.of(vertices, quads, material, smooth=True)


def blades(branches: Branches, material: Material, rng: np.random.Generator) -> Mesh:
    """The thinnest twigs: flat strips that end in a point, 2 P - 3 triangles each, turned at random."""
    points, count, last = branches.points, len(branches.points), branches.points.shape[1] - 1
    side = perpendicular(unit(points[:, -1] - points[:, 0]), rng.uniform(0, 2 * np.pi, count))[:, None]
    half = branches.radii[:, :-1, None] * side
    vertices = np.concatenate([points[:, :-1] - half, points[:, :-1] + half, points[:, -1:]], axis=1)
    k = np.arange(last - 1)
    strip = np.concatenate(
        [np.stack([k, k + last, k + 1], 1), np.stack([k + last, k + last + 1, k + 1], 1), [[last - 1, 2 * last - 1, 2 * last]]]
    )
    faces = (np.arange(count) * (2 * last + 1))[:, None, None] + strip
    return Mesh.of(vertices, faces.reshape(-1, 3), material)


def thinned(branches: Branches, one_of: int) -> Branches:
    """One of `one_of` branches, as much thicker, so that they cover as much of the picture."""
    return Branches(branches.points[::one_of], branches.radii[::one_of] * one_of)


def profile_envelope(profile: Sequence[tuple[float, float]], base_m: float, top_m: float, radius_m: float) -> Envelope:
    """A crown of revolution: `profile` lists (part of the crown's height, part of its radius) from bottom to top."""
    u, r = np.array(profile).T

    def inside(points: np.ndarray) -> np.ndarray:
        height = (points[..., 2] - base_m) / (top_m - base_m)
        result: np.ndarray = np.hypot(points[..., 0], points[..., 1]) < radius_m * np.interp(height, u, r, left=0.0, right=0.0)
        return result

    return inside

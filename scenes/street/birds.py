"""Birds of the street: pigeon, crow, gull, sparrow; standing, pecking, walking or in flight. Colours are linear RGB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.shapes import lathe, loft, tube
from scenes.street.animal_surface import Cone, cone_bounds, distance, skin

Species = Literal["pigeon", "crow", "gull", "sparrow"]
Posture = Literal["standing", "pecking", "walking", "flying"]

_CELLS = 48
_EYE = Material(color=(0.01, 0.008, 0.006), roughness=0.1)


@dataclass(frozen=True)
class Kind:
    """Body length (bill to tail) and wing span in metres; bill length and thickness, leg and head size in body lengths; colours."""

    length_m: float
    span_m: float
    bill: float
    bill_thick: float
    leg: float
    head: float
    body: Rgb
    wing: Rgb
    throat: Rgb
    beak: Rgb
    feet: Rgb


_KINDS: dict[str, Kind] = {
    "pigeon": Kind(
        0.33,
        0.66,
        0.055,
        0.016,
        0.16,
        1.0,
        (0.22, 0.24, 0.28),
        (0.28, 0.30, 0.33),
        (0.07, 0.12, 0.10),
        (0.05, 0.05, 0.05),
        (0.45, 0.12, 0.08),
    ),
    "crow": Kind(
        0.47,
        0.92,
        0.11,
        0.028,
        0.20,
        1.05,
        (0.012, 0.012, 0.014),
        (0.015, 0.015, 0.018),
        (0.012, 0.012, 0.014),
        (0.012, 0.012, 0.012),
        (0.015, 0.014, 0.013),
    ),
    "gull": Kind(
        0.58,
        1.35,
        0.085,
        0.024,
        0.17,
        1.0,
        (0.75, 0.75, 0.74),
        (0.30, 0.32, 0.35),
        (0.75, 0.75, 0.74),
        (0.65, 0.40, 0.04),
        (0.55, 0.32, 0.25),
    ),
    "sparrow": Kind(
        0.15,
        0.23,
        0.075,
        0.026,
        0.17,
        1.35,
        (0.30, 0.25, 0.19),
        (0.12, 0.065, 0.03),
        (0.06, 0.04, 0.03),
        (0.08, 0.07, 0.06),
        (0.20, 0.12, 0.09),
    ),
}


@register
class Bird(Actor):
    """A bird. size 1: usual for the species. flap -1 (wings down) .. 1 (up) is for one in flight; give it its height in the scene."""

    kind: Literal["bird"] = "bird"
    species: Species = "pigeon"
    size: float = Field(default=1.0, ge=0.7, le=1.3)
    pose: Posture = "standing"
    flap: float = Field(default=0.4, ge=-1.0, le=1.0)

    semantic: ClassVar[str] = "animal"

    def size_m(self) -> Vector:
        low, high = _box(self.species, self.pose, round(self.flap, 1))
        length, width, height = ((high - low) * _KINDS[self.species].length_m * self.size).tolist()
        return (length, width, height)

    def build(self) -> Mesh:
        bird = _KINDS[self.species]
        cones = _cones(bird, self.pose)
        points, faces = skin(cones, float(np.ptp(cone_bounds(cones)[:, 0])) / _CELLS, 0.05)
        plumage = tuple(
            Material(color=c, texture="fur", texture_scale_m=0.02, variation=0.2, roughness=0.75)
            for c in (bird.body, bird.wing, bird.throat)
        )
        part = np.array([cone.part for cone in cones])[
            np.stack([distance(c, points[faces].mean(1).astype(np.float32)) for c in cones]).argmin(0)
        ]
        slots = np.select([part == "wing", part == "throat"], [1, 2], 0).astype(np.int16)
        body = Mesh(points.astype(np.float32), faces.astype(np.int32), slots, np.ones(len(faces), bool), plumage)
        whole = merge([body, *_hard_parts(bird, self.pose, round(self.flap, 1), plumage[1])])
        low, high = whole.bounds_m()
        scale = bird.length_m * self.size
        shift = (-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2])
        return whole.moved([scale * s for s in shift], scale=scale)


def _pitch(pose: Posture) -> float:
    """How far the body is tipped up at the breast, degrees."""
    return {"standing": 26.0, "walking": 20.0, "pecking": -16.0, "flying": 4.0}[pose]


def _turned(pose: Posture, x: float, y: float, z: float) -> tuple[float, float, float]:
    """A point of the body, whose own axis is level, in the posture."""
    c, s = np.cos(np.radians(_pitch(pose))), np.sin(np.radians(_pitch(pose)))
    return (float(c * x - s * z), y, float(s * x + c * z))


def _head(bird: Kind, pose: Posture) -> tuple[float, float, float]:
    """Middle of the head: up and forward of the breast, or down at the ground."""
    x, _, z = _turned(pose, 0.22, 0.0, 0.02)
    ahead, up = {"standing": (0.06, 0.15), "walking": (0.13, 0.13), "pecking": (0.13, -0.14), "flying": (0.16, 0.02)}[pose]
    return (x + ahead, 0.0, z + up)


def _cones(bird: Kind, pose: Posture) -> list[Cone]:
    """Body, neck, head, tail and folded wings of a bird of length 1, its middle at the origin."""

    def at(x: float, y: float, z: float) -> tuple[float, float, float]:
        return _turned(pose, x, y, z)

    head = _head(bird, pose)
    r = 0.075 * bird.head
    cones = [
        Cone(at(0.16, 0, 0.0), at(-0.12, 0, 0.005), 0.135, 0.10, "body", 0.92),
        Cone(at(-0.12, 0, 0.005), at(-0.34, 0, 0.01), 0.10, 0.035, "body", 0.95),
        Cone(at(-0.30, 0, 0.012), at(-0.52, 0, 0.005), 0.030, 0.022, "wing", 1.9),
        Cone(at(0.20, 0, 0.03), head, 0.10, r * 0.86, "throat", 0.9),
        Cone(head, (head[0] + 0.02, 0.0, head[2]), r, r * 0.94, "body"),
    ]
    if pose != "flying":
        cones += [Cone(at(0.16, y, 0.03), at(-0.36, 0.45 * y, 0.035), 0.085, 0.02, "wing", 0.35) for y in (0.105, -0.105)]
    return cones


def _hard_parts(bird: Kind, pose: Posture, flap: float, wing: Material) -> list[Mesh]:
    """Bill, eyes, legs or spread wings."""
    head = np.array(_head(bird, pose))
    r = 0.075 * bird.head
    droop = -0.75 if pose == "pecking" else -0.18
    way = np.array([1.0, 0.0, droop]) / np.hypot(1.0, droop)
    bill = tube(
        head + np.outer([r * 0.8, r + bird.bill * 0.6, r + bird.bill], way),
        [bird.bill_thick, 0.75 * bird.bill_thick, 0.12 * bird.bill_thick],
        _plain(bird.beak),
        segments=6,
    )
    eye = lathe([(np.sin(a), -np.cos(a)) for a in (0.1, 0.9, 1.6, 2.3, 3.0)], _EYE, segments=6)
    eyes = [eye.moved(head + np.array([0.4 * r, side * 0.82 * r, 0.25 * r]), scale=0.2 * r) for side in (1, -1)]
    if pose == "flying":
        left = _wing(bird, flap, wing)
        return [bill, *eyes, left, left.transformed(np.diag([1.0, -1.0, 1.0]))]
    return [bill, *eyes, *(part for side in (1, -1) for part in _leg(bird, pose, side))]


def _plain(color: Rgb) -> Material:
    return Material(color=color, roughness=0.5, variation=0.1)


def _leg(bird: Kind, pose: Posture, side: int) -> list[Mesh]:
    """A shank and three toes."""
    stride = {"walking": 0.10 * side}.get(pose, 0.0)
    hip = np.array([*_turned(pose, -0.02, 0.0, -0.08)]) + np.array([0.0, 0.055 * side, 0.0])
    foot = np.array([hip[0] + stride + 0.01, 0.06 * side, hip[2] - 0.04 - bird.leg])
    toes = [foot + np.array(way) for way in ((0.085, 0.0, 0.0), (0.065, 0.045, 0.0), (0.065, -0.045, 0.0), (-0.05, 0.0, 0.0))]
    coat = _plain(bird.feet)
    shank = tube(np.stack([hip, (hip + foot) / 2 + np.array([-0.015, 0, 0]), foot]), (0.03, 0.014, 0.012), coat, segments=6)
    return [shank, *(tube(np.stack([foot, toe]), (0.011, 0.006), coat, segments=4) for toe in toes)]


def _wing(bird: Kind, flap: float, material: Material) -> Mesh:
    """The left wing spread: a thin sheet from shoulder over wrist to tip."""
    half = bird.span_m / bird.length_m / 2
    share = np.array([0.05, 0.22, 0.42, 0.62, 0.82, 0.95, 1.0])
    lead = np.array([0.14, 0.17, 0.21, 0.17, 0.05, -0.06, -0.12])
    chord = np.array([0.30, 0.29, 0.30, 0.27, 0.22, 0.13, 0.03])
    lift = 0.05 + half * (0.62 * flap * share - 0.12 * share**2)
    rings = []
    for s, x, c, z in zip(share, lead, chord, lift, strict=True):
        section = np.array([(x, 0.012), (x - 0.3 * c, 0.02), (x - c, 0.0), (x - 0.3 * c, -0.006)])
        rings.append(np.column_stack([section[:, 0], np.full(4, s * half), z + section[:, 1] * (1.2 - s)]))
    return loft(np.stack(rings[::-1]), material)


@lru_cache(maxsize=512)
def _box(species: Species, pose: Posture, flap: float) -> np.ndarray:
    """(2, 3) corners of the box around a bird of length 1."""
    bird = _KINDS[species]
    every = np.concatenate([cone_bounds(_cones(bird, pose)), *(mesh.vertices for mesh in _hard_parts(bird, pose, flap, _EYE))])
    return np.stack([every.min(0), every.max(0)])

"""Animals on and beside the road: dogs, cats, deer, horses, cows. Birds are in birds.py. Colours are linear RGB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.streams import Stream
from scenes.street import animal_plans as plans
from scenes.street.animal_heads import EarStyle, antlers, ears, eyes, horns
from scenes.street.animal_plans import Gait, Head, Plan, skeleton
from scenes.street.animal_surface import Cone, cone_bounds, distance, skin

Coat = Literal["plain", "pale_belly", "socks", "saddle", "patches", "tabby"]
Breed = Literal["retriever", "shepherd", "greyhound", "terrier", "dachshund", "poodle"]

_CELLS = 62  # of the grid, along the body, or more where that would lose legs and tail:
_STEP, _BLEND = 0.032, 0.05  # of the height at the withers
_PHASES = 24
_NOSE = Material(color=(0.02, 0.018, 0.018), roughness=0.35)
_HOOF = Material(color=(0.03, 0.025, 0.02), roughness=0.6)
_BARE = Material(color=(0.45, 0.25, 0.20), roughness=0.6)


@dataclass(frozen=True)
class Look:
    """An animal's body, its pose and what grows on its head; everything but its size and colours."""

    plan: Plan
    gait: Gait
    phase: float
    ears: EarStyle
    antler: float = 0.0
    horned: bool = False


def _build(look: Look, height_m: float, coat: Coat, color: Rgb, color2: Rgb, stream: Stream) -> Mesh:
    """The animal on the ground, its box over the origin."""
    points, faces, cones = _body(look)
    _, head = skeleton(look.plan, look.gait, look.phase)
    fur, second = (
        Material(color=c, texture="fur", texture_scale_m=0.05, variation=0.25, roughness=0.85, bump=0.3) for c in (color, color2)
    )
    materials = (fur, second, _NOSE, _HOOF, _BARE)
    slots = _slots(points, faces, cones, coat, stream)
    body = Mesh(points.astype(np.float32), faces.astype(np.int32), slots, np.ones(len(faces), bool), materials)
    whole = merge([body, *_on_head(head, look.ears, look.antler, look.horned, fur)])
    low, high = whole.bounds_m()
    shift = (-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2])
    return whole.moved([height_m * s for s in shift], scale=height_m)


@lru_cache(maxsize=16)
def _body(look: Look) -> tuple[np.ndarray, np.ndarray, list[Cone]]:
    """Vertices, faces and cones of an animal 1 high at the withers."""
    cones, _ = skeleton(look.plan, look.gait, look.phase)
    length = float(np.ptp(cone_bounds(cones)[:, 0]))
    return (*skin(cones, min(length / _CELLS, _STEP), _BLEND), cones)


def _on_head(head: Head, ear: EarStyle, antler: float, horned: bool, fur: Material) -> list[Mesh]:
    parts = [*ears(head, ear, fur), *eyes(head)]
    parts += [antlers(head, antler)] if antler else []
    return parts + ([horns(head)] if horned else [])


@lru_cache(maxsize=4096)
def _box(look: Look) -> np.ndarray:
    """(2, 3) corners of the box around an animal 1 high at the withers."""
    cones, head = skeleton(look.plan, look.gait, look.phase)
    both = np.concatenate([cone_bounds(cones), _head_box(head, look.ears, look.antler, look.horned)])
    return np.stack([both.min(0), both.max(0)])


@lru_cache(maxsize=256)  # steps move the legs, not the head
def _head_box(head: Head, ear: EarStyle, antler: float, horned: bool) -> np.ndarray:
    """(2, 3) corners of the box around what grows on a head."""
    every = np.concatenate([mesh.vertices for mesh in _on_head(head, ear, antler, horned, _NOSE)])
    return np.stack([every.min(0), every.max(0)]).astype(float)


def _size(look: Look, height_m: float) -> Vector:
    low, high = _box(look)
    length, width, height = ((high - low) * height_m).tolist()
    return (length, width, height)


def _slots(points: np.ndarray, faces: np.ndarray, cones: list[Cone], coat: Coat, stream: Stream) -> np.ndarray:
    """(F,) int16: 0 coat, 1 second colour, 2 nose, 3 hoof, 4 bare skin."""
    corners = points[faces]
    centers = corners.mean(1).astype(np.float32)
    nearest = np.stack([distance(cone, centers) for cone in cones]).argmin(0)
    part = np.array([cone.part for cone in cones])[nearest]
    slots = np.select([part == "nose", part == "hoof", part == "skin"], [2, 3, 4], 0)
    second = np.isin(part, _SECOND_PARTS[coat])
    if coat == "pale_belly":
        flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        below = flat[:, 2] < -0.6 * np.linalg.norm(flat, axis=1)
        under = (centers[:, 2] > 0.45) & (centers[:, 0] < 0.3) & (np.abs(centers[:, 1]) < 0.09)
        second |= (below & under) | ((centers[:, 0] < centers[:, 0].min() + 0.10) & (centers[:, 2] > 0.6))
    if coat in ("patches", "tabby", "saddle"):
        second |= _pattern(centers, coat, stream) & (slots == 0)
    slots[second & (slots == 0)] = 1
    return slots.astype(np.int16)


_SECOND_PARTS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "pale_belly": (),
    "socks": ("sock", "mane"),
    "saddle": (),
    "patches": ("sock",),
    "tabby": (),
}


def _pattern(centers: np.ndarray, coat: Coat, stream: Stream) -> np.ndarray:
    """(F,) where the second colour is: a dark back, big patches, or stripes."""
    x, y, z = centers.T
    if coat == "saddle":
        return (z > 0.80 + 0.05 * np.sin(9 * x)) & (x < 0.42) | (z > 1.18)
    if coat == "tabby":
        return np.sin(34 * x + 9 * np.abs(y) + 6 * z + 1.5 * np.sin(12 * z)) > 0.25
    waves = np.zeros(len(x))
    for k in range(5):
        ways = stream.child("patch", k).generator().normal(size=4)
        waves += np.sin(5.5 * (ways[0] * x + ways[1] * y + ways[2] * z) + 6.3 * ways[3])
    return np.asarray(waves > 0.35)


def _phase(phase: float) -> float:
    """Poses are few enough to be remembered."""
    return round(phase * _PHASES) % _PHASES / _PHASES


_BREEDS: dict[str, tuple[Plan, EarStyle, float]] = {
    "retriever": (plans.RETRIEVER, "pendant", 0.58),
    "shepherd": (plans.SHEPHERD, "erect", 0.62),
    "greyhound": (plans.GREYHOUND, "folded", 0.70),
    "terrier": (plans.TERRIER, "folded", 0.33),
    "dachshund": (plans.DACHSHUND, "pendant", 0.23),
    "poodle": (plans.POODLE, "pendant", 0.42),
}


@register
class Dog(Actor):
    """A dog. size 1: usual for the breed. `color2` is the second colour of a coat that has two."""

    kind: Literal["dog"] = "dog"
    breed: Breed = "retriever"
    size: float = Field(default=1.0, ge=0.6, le=1.4)
    pose: Literal["standing", "walking", "running", "sitting"] = "standing"
    phase: float = Field(default=0.1, ge=0.0, le=1.0)
    coat: Coat = "plain"
    color: Rgb = (0.38, 0.22, 0.09)
    color2: Rgb = (0.03, 0.025, 0.02)

    semantic: ClassVar[str] = "animal"

    def size_m(self) -> Vector:
        return _size(*self._look())

    def build(self) -> Mesh:
        return _build(*self._look(), self.coat, self.color, self.color2, self.stream())

    def _look(self) -> tuple[Look, float]:
        plan, ear, height_m = _BREEDS[self.breed]
        return Look(plan, self.pose, _phase(self.phase), ear), height_m * self.size


@register
class Cat(Actor):
    """A cat. height_m: at the withers."""

    kind: Literal["cat"] = "cat"
    height_m: float = Field(default=0.26, ge=0.15, le=0.35)
    pose: Literal["standing", "walking", "running", "sitting"] = "walking"
    phase: float = Field(default=0.1, ge=0.0, le=1.0)
    coat: Coat = "tabby"
    color: Rgb = (0.22, 0.16, 0.11)
    color2: Rgb = (0.05, 0.04, 0.03)

    semantic: ClassVar[str] = "animal"

    def size_m(self) -> Vector:
        return _size(self._look(), self.height_m)

    def build(self) -> Mesh:
        return _build(self._look(), self.height_m, self.coat, self.color, self.color2, self.stream())

    def _look(self) -> Look:
        return Look(plans.CAT, self.pose, _phase(self.phase), "small_erect")


@register
class Deer(Actor):
    """A deer. antlers: their length in heights at the withers; 0 for a doe. height_m: at the withers."""

    kind: Literal["deer"] = "deer"
    height_m: float = Field(default=0.95, ge=0.55, le=1.5)
    antlers: float = Field(default=0.0, ge=0.0, le=0.8)
    pose: Literal["standing", "walking", "running", "grazing"] = "standing"
    phase: float = Field(default=0.1, ge=0.0, le=1.0)
    color: Rgb = (0.20, 0.10, 0.045)
    color2: Rgb = (0.42, 0.33, 0.22)

    semantic: ClassVar[str] = "animal"

    def size_m(self) -> Vector:
        return _size(self._look(), self.height_m)

    def build(self) -> Mesh:
        return _build(self._look(), self.height_m, "pale_belly", self.color, self.color2, self.stream())

    def _look(self) -> Look:
        return Look(plans.DEER, self.pose, _phase(self.phase), "long", antler=self.antlers)


@register
class Horse(Actor):
    """A horse without rider or harness. height_m: at the withers. `color2` is mane, tail and socks with the coat "socks"."""

    kind: Literal["horse"] = "horse"
    height_m: float = Field(default=1.60, ge=0.9, le=1.85)
    pose: Literal["standing", "walking", "running", "grazing"] = "standing"
    phase: float = Field(default=0.1, ge=0.0, le=1.0)
    coat: Coat = "socks"
    color: Rgb = (0.13, 0.055, 0.022)
    color2: Rgb = (0.015, 0.012, 0.01)

    semantic: ClassVar[str] = "animal"

    def size_m(self) -> Vector:
        return _size(self._look(), self.height_m)

    def build(self) -> Mesh:
        return _build(self._look(), self.height_m, self.coat, self.color, self.color2, self.stream())

    def _look(self) -> Look:
        return Look(plans.HORSE, self.pose, _phase(self.phase), "small_erect")


@register
class Cow(Actor):
    """A cow. height_m: at the withers."""

    kind: Literal["cow"] = "cow"
    height_m: float = Field(default=1.40, ge=1.0, le=1.65)
    pose: Literal["standing", "walking", "grazing"] = "standing"
    phase: float = Field(default=0.1, ge=0.0, le=1.0)
    coat: Coat = "patches"
    horned: bool = True
    color: Rgb = (0.62, 0.58, 0.52)
    color2: Rgb = (0.02, 0.018, 0.016)

    semantic: ClassVar[str] = "animal"

    def size_m(self) -> Vector:
        return _size(self._look(), self.height_m)

    def build(self) -> Mesh:
        return _build(self._look(), self.height_m, self.coat, self.color, self.color2, self.stream())

    def _look(self) -> Look:
        return Look(plans.COW, self.pose, _phase(self.phase), "sideways", horned=self.horned)

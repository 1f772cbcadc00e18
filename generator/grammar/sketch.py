"""A scene while it is drawn: the objects placed so far, who is called what, and what stands where."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from generator.actor import Actor
from generator.errors import ConfigError
from generator.geometry import Quaternion, Strip, Vector, rotation_matrix
from generator.grammar.effort import LOOKS_A_STEP
from generator.grammar.footprints import Footprint, Ground
from generator.mesh import Material
from generator.spec import CameraSpec


@dataclass(slots=True)
class Placed:
    """An object with its place. `parent` is what it is fixed to."""

    path: str
    rule: str
    alias: str
    actor: Actor
    values: dict[str, Any]
    category: str | None
    size_m: Vector
    position_m: Vector
    yaw_rad: float
    rotation_wxyz: Quaternion
    footprint: Footprint
    collides: bool
    parent: Placed | None
    velocity_m_s: Vector = (0.0, 0.0, 0.0)
    surfaces: tuple[Material, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass
class Sketch:
    """What is placed so far."""

    rejections: Counter[str]
    objects: list[Placed] = field(default_factory=list)
    strips: dict[str, list[tuple[str, Strip, Placed]]] = field(default_factory=dict)
    find_camera: Callable[[Sketch], CameraSpec | None] = lambda _sketch: None
    camera: CameraSpec | None = None
    steps: int = 0
    _ground: Ground[Placed] = field(default_factory=Ground)
    _found: dict[str, list[tuple[str, Strip]]] = field(default_factory=dict)
    _by_label: defaultdict[str, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    _indexed: int = 0

    def step(self, scope_path: str, source: str, most: int, steps: int = 1) -> None:
        """Counts one rule, repetition or try as `steps`. Raises ConfigError when a scene takes more than `most` of them."""
        self.steps += steps
        if self.steps > most:
            raise ConfigError(
                f"{source}: the scene takes more than {most:,} rules, repetitions and tries, at {scope_path[:200]}; "
                "make the repetitions around it fewer, or raise limits.max_steps"
            )

    def add(self, item: Placed) -> None:
        """Puts an object into the scene."""
        self.objects.append(item)
        if type(item.actor).strips is not Actor.strips:
            self._add_strips(item)
        if item.collides:
            self._ground.add(item.footprint, item)
        if self.camera is None:
            self.place_camera()

    def place_camera(self) -> None:
        """Places the camera if what it is placed by is there."""
        self.camera = self.find_camera(self)

    def _add_strips(self, item: Placed) -> None:
        self._found.clear()
        strips = item.actor.strips()
        if not strips:
            return
        points = np.concatenate([strip.points for strip in strips.values()]) @ rotation_matrix(item.rotation_wxyz).T + item.position_m
        ends = accumulate(len(strip.points) for strip in strips.values())
        for (name, strip), end in zip(strips.items(), ends, strict=True):
            world = Strip(points[end - len(strip.points) : end], strip.width_m)
            self.strips.setdefault(name, []).append((name, world, item))

    def labelled(self) -> dict[str, list[Placed]]:
        """The objects by their names and every label of their paths, in the order in which they were placed."""
        for item in self.objects[self._indexed :]:
            for label in (*item.path.split("/"), *([item.alias] if item.alias else [])):
                bearers = self._by_label[label]
                if not bearers or bearers[-1] is not item:
                    bearers.append(item)
        self._indexed = len(self.objects)
        return self._by_label

    def called(self, name: str, path: str) -> list[Placed]:
        """Objects that `name` stands for, seen from `path`: a label, an object's name, or a whole path; * ? [] and {a,b} are allowed.

        Of several, those that share most of their path with `path` count: a rider's bicycle is its own.
        """
        by_label = self.labelled()
        if name in by_label:
            found = by_label[name]
            self.steps += len(found) // LOOKS_A_STEP
        elif "{" in name:
            found = list({id(o): o for one in alternatives(name) for o in self.called(one, "")}.values())
        elif "/" in name:
            self.steps += len(self.objects) // LOOKS_A_STEP
            found = [o for o in self.objects if fnmatchcase(o.path, name)]
        elif any(c in name for c in "*?["):
            self.steps += len(by_label) // LOOKS_A_STEP
            found = list({id(o): o for label, os in by_label.items() if fnmatchcase(label, name) for o in os}.values())
        else:
            return []
        return found if len(found) < 2 else _nearest(found, path)

    def every(self, name: str) -> list[Placed]:
        """All objects that `name` stands for, near or far."""
        found = self.labelled().get(name) or self.called(name, "")
        self.steps += len(found) // LOOKS_A_STEP
        return found

    def strips_called(self, name: str, path: str) -> list[tuple[str, Strip]]:
        """The strips "object.strip" stands for, in a fixed order."""
        known = self._found.get(name)
        if known is not None:
            return known
        owner, _, band = name.rpartition(".")
        names = [band] if band in self.strips else [n for n in self.strips if _fits(n, band)]
        found = [entry for n in names for entry in self.strips[n]]
        owners = {id(o) for o in self.called(owner, path)} if owner else {id(o) for _, _, o in found}
        strips = [(f"{owner or o.path}.{n}", strip) for n, strip, o in found if id(o) in owners]
        if len(owners) == 1:  # of several, it depends on the path which are nearest
            self._found[name] = strips
        return strips

    def is_free(self, item: Placed, clearance_m: float) -> bool:
        """Whether no footprint comes nearer than `clearance_m` to that of `item`, but for its parents and their other parts."""
        near = self._ground.near(item.footprint, clearance_m)
        return not near or all(not lineage(item).isdisjoint(lineage(other)) for other in near)


_MOST_NAMES = 256  # that a pattern with braces stands for


def alternatives(pattern: str) -> list[str]:
    """The patterns that "{a,b}/*" stands for: "a/*" and "b/*"."""
    if math.prod(group.partition("}")[0].count(",") + 1 for group in pattern.split("{")[1:]) > _MOST_NAMES:
        raise ConfigError(f"{pattern[:80]!r} stands for more than {_MOST_NAMES} names; use a wildcard (*)")
    start, _, rest = pattern.partition("{")
    inside, closed, end = rest.partition("}")
    return [p for option in inside.split(",") for p in alternatives(start + option + end)] if closed else [pattern]


@lru_cache(maxsize=4096)  # the strips of a road and what a grammar asks for are called the same in every scene
def _fits(name: str, pattern: str) -> bool:
    return any(fnmatchcase(name, a) for a in alternatives(pattern))


def lineage(item: Placed) -> set[int]:
    """The object itself and what it is fixed to, up to the last."""
    ids = {id(item)}
    while item.parent is not None:
        item = item.parent
        ids.add(id(item))
    return ids


def _nearest(found: Iterable[Placed], path: str) -> list[Placed]:
    parts = path.split("/")
    best, nearest = -1, []
    for item in found:
        shared = 0
        for a, b in zip(parts, item.path.split("/"), strict=False):
            if a != b:
                break
            shared += 1
        if shared > best:
            best, nearest = shared, [item]
        elif shared == best:
            nearest.append(item)
    return nearest

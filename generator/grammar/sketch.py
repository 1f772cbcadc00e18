"""A scene while it is drawn: the objects placed so far, who is called what, and what stands where.

Footprints are rectangles about the vertical: centre (x, y), unit front direction (ux, uy), half length and half width, and a
range of heights. Shapes: N objects that collide.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from generator.actor import Actor
from generator.errors import ConfigError
from generator.geometry import Quaternion, Strip, Vector, box_corners, rotation_matrix
from generator.mesh import Material
from generator.spec import CameraSpec

_TOUCH_M = 0.001  # what stands on something may sink in by this much
_UNIT_BOX = box_corners((1.0, 1.0, 1.0))
_ROWS = 64  # first capacity of the table of footprints; it doubles when full


@dataclass(slots=True)
class Placed:
    """An object with its place. `parent` is what it is fixed to; `footprint` is a row of the table."""

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
    footprint: tuple[float, ...]
    collides: bool
    parent: Placed | None
    velocity_m_s: Vector = (0.0, 0.0, 0.0)
    surfaces: tuple[Material, ...] = ()
    tags: tuple[str, ...] = ()

    def corners(self) -> np.ndarray:
        """(8, 3) float64 corners of its box in the world."""
        return (_UNIT_BOX * self.size_m) @ rotation_matrix(self.rotation_wxyz).T + self.position_m


@dataclass
class Sketch:
    """What is placed so far. `by_label` finds objects by any label of their path or their name."""

    rejections: Counter[str]
    objects: list[Placed] = field(default_factory=list)
    by_label: dict[str, list[Placed]] = field(default_factory=dict)
    strips: dict[str, list[tuple[str, Strip, Placed]]] = field(default_factory=dict)
    find_camera: Callable[[Sketch], CameraSpec | None] = lambda _sketch: None
    camera: CameraSpec | None = None
    camera_rotation: np.ndarray | None = None
    steps: int = 0
    _table: np.ndarray = field(default_factory=lambda: np.zeros((9, _ROWS)))
    _found: dict[str, list[tuple[str, Strip]]] = field(default_factory=dict)
    _solid: list[Placed] = field(default_factory=list)

    def step(self, scope_path: str, source: str, most: int) -> None:
        """Counts one rule, repetition or try. Raises ConfigError when a scene takes more than `most` of them."""
        self.steps += 1
        if self.steps > most:
            raise ConfigError(
                f"{source}: the scene takes more than {most:,} rules, repetitions and tries, at {scope_path[:200]}; "
                "make the repetitions around it fewer, or raise limits.max_steps"
            )

    def add(self, item: Placed) -> None:
        """Puts an object into the scene."""
        self.objects.append(item)
        for label in {item.alias, *item.path.split("/")} - {""}:
            self.by_label.setdefault(label, []).append(item)
        if type(item.actor).strips is not Actor.strips:
            self._add_strips(item)
        if item.collides:
            self._add_footprint(item)
        if self.camera is None:
            self.place_camera()

    def place_camera(self) -> None:
        """Places the camera if what it is placed by is there."""
        self.camera = self.find_camera(self)
        if self.camera is not None:
            self.camera_rotation = rotation_matrix(self.camera.rotation_wxyz)

    def _add_strips(self, item: Placed) -> None:
        self._found.clear()
        rotation = rotation_matrix(item.rotation_wxyz).T
        for name, strip in item.actor.strips().items():
            world = Strip(strip.points @ rotation + item.position_m, strip.width_m)
            self.strips.setdefault(name, []).append((name, world, item))

    def _add_footprint(self, item: Placed) -> None:
        count = len(self._solid)
        if count == self._table.shape[1]:
            self._table = np.concatenate([self._table, np.zeros_like(self._table)], axis=1)
        self._table[:8, count] = item.footprint
        self._table[8, count] = math.hypot(item.footprint[4], item.footprint[5])
        self._solid.append(item)

    def called(self, name: str, path: str) -> list[Placed]:
        """Objects that `name` stands for, seen from `path`: a label, an object's name, or a whole path; * ? [] and {a,b} are allowed.

        Of several, those that share most of their path with `path` count: a rider's bicycle is its own.
        """
        if name in self.by_label:
            found = self.by_label[name]
        elif "{" in name:
            found = list({id(o): o for one in alternatives(name) for o in self.called(one, "")}.values())
        elif "/" in name:
            found = [o for o in self.objects if fnmatchcase(o.path, name)]
        elif any(c in name for c in "*?["):
            found = list({id(o): o for label, os in self.by_label.items() if fnmatchcase(label, name) for o in os}.values())
        else:
            return []
        return found if len(found) < 2 else _nearest(found, path)

    def strips_called(self, name: str, path: str) -> list[tuple[str, Strip]]:
        """The strips "object.strip" stands for, in a fixed order."""
        known = self._found.get(name)
        if known is not None:
            return known
        owner, _, band = name.rpartition(".")
        names = [band] if band in self.strips else [n for n in self.strips if any(fnmatchcase(n, a) for a in alternatives(band))]
        found = [entry for n in names for entry in self.strips[n]]
        owners = {id(o) for o in self.called(owner, path)} if owner else {id(o) for _, _, o in found}
        strips = [(f"{owner or o.path}.{n}", strip) for n, strip, o in found if id(o) in owners]
        if len(owners) == 1:  # of several, it depends on the path which are nearest
            self._found[name] = strips
        return strips

    def hit(self, item: Placed, clearance_m: float) -> Placed | None:
        """The first object whose footprint comes nearer than `clearance_m` to that of `item`, but for its parents and their other parts."""
        count = len(self._solid)
        if not count:
            return None
        x, y, _, _, hl, hw, bottom, top = item.footprint
        table = self._table[:, :count]
        reach = table[8] + (math.hypot(hl, hw) + clearance_m)
        dx, dy = table[0] - x, table[1] - y
        near = dx * dx + dy * dy < reach * reach
        family = lineage(item)
        for i in near.nonzero()[0].tolist():
            other = self._solid[i]
            above = other.footprint[6] >= top - _TOUCH_M or other.footprint[7] <= bottom + _TOUCH_M
            if not above and family.isdisjoint(lineage(other)) and rectangles_overlap(item.footprint, other.footprint, clearance_m):
                return other
        return None


_MOST_NAMES = 256  # that a pattern with braces stands for


def alternatives(pattern: str) -> list[str]:
    """The patterns that "{a,b}/*" stands for: "a/*" and "b/*"."""
    if math.prod(group.partition("}")[0].count(",") + 1 for group in pattern.split("{")[1:]) > _MOST_NAMES:
        raise ConfigError(f"{pattern[:80]!r} stands for more than {_MOST_NAMES} names; use a wildcard (*)")
    start, _, rest = pattern.partition("{")
    inside, closed, end = rest.partition("}")
    return [p for option in inside.split(",") for p in alternatives(start + option + end)] if closed else [pattern]


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


def rectangles_overlap(a: tuple[float, ...], b: tuple[float, ...], clearance_m: float) -> bool:
    """Whether two footprints, the first grown by `clearance_m` on all sides, overlap: no separating axis among their four."""
    ax, ay, aux, auy, al, aw = a[:6]
    bx, by, bux, buy, bl, bw = b[:6]
    al, aw = al + clearance_m, aw + clearance_m
    dx, dy = bx - ax, by - ay
    c, s = abs(aux * bux + auy * buy), abs(aux * buy - auy * bux)
    return (
        abs(dx * aux + dy * auy) < al + bl * c + bw * s
        and abs(dy * aux - dx * auy) < aw + bl * s + bw * c
        and abs(dx * bux + dy * buy) < bl + al * c + aw * s
        and abs(dy * bux - dx * buy) < bw + al * s + aw * c
    )


def footprint_of(
    position_m: Vector, yaw_rad: float, rotation: Quaternion, size_m: Vector, ground_m: tuple[float, float] | None
) -> tuple[float, ...]:
    """(x, y, ux, uy, half length, half width, bottom, top) of a box; `ground_m` replaces its length and width."""
    x, y, z = position_m
    ux, uy = math.cos(yaw_rad), math.sin(yaw_rad)
    upright = abs(rotation[1]) < 1e-12 and abs(rotation[2]) < 1e-12
    if upright or ground_m is not None:
        length, width = ground_m or size_m[:2]
        return (x, y, ux, uy, length / 2, width / 2, z, z + size_m[2])
    offsets = box_corners(size_m) @ rotation_matrix(rotation).T
    along, across = offsets[:, 0] * ux + offsets[:, 1] * uy, offsets[:, 1] * ux - offsets[:, 0] * uy
    a, b = float(along.min() + along.max()) / 2, float(across.min() + across.max()) / 2
    bottom, top = z + float(offsets[:, 2].min()), z + float(offsets[:, 2].max())
    return (x + a * ux - b * uy, y + a * uy + b * ux, ux, uy, float(np.ptp(along)) / 2, float(np.ptp(across)) / 2, bottom, top)

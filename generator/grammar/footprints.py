"""What stands where on the ground: rectangles about the vertical, and which of them come too near to each other.

A footprint is (x, y, ux, uy, half length, half width, bottom, top): its centre, its unit front direction, and its range of heights.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from generator.geometry import Quaternion, Vector, box_in_world

Footprint = tuple[float, float, float, float, float, float, float, float]
# Centre x and y, radius of the circle around, bottom, top, then the footprint and whose it is.
type Entry[Owner] = tuple[float, float, float, float, float, Footprint, Owner]

_TOUCH_M = 0.001  # what stands on something may sink in by this much
_CELL_M = 16.0  # a street's objects are 0.3 to 30 m long
_WIDE_M = 7 * _CELL_M  # radius of what may reach into 256 cells; it is compared with everything


@dataclass
class Ground[Owner]:
    """Footprints and whose they are, found by the square cells that the circles around them reach into."""

    _cells: dict[tuple[int, int], list[Entry[Owner]]] = field(default_factory=dict)
    _wide: list[Entry[Owner]] = field(default_factory=list)

    def add(self, footprint: Footprint, owner: Owner) -> None:
        x, y, _, _, length, width, bottom, top = footprint
        radius = math.hypot(length, width)
        entry = (x, y, radius, bottom, top, footprint, owner)
        if radius > _WIDE_M:
            self._wide.append(entry)
            return
        for cell in _cells(x, y, radius):
            self._cells.setdefault(cell, []).append(entry)

    def near(self, footprint: Footprint, clearance_m: float) -> list[Owner]:
        """The owners of all footprints nearer than `clearance_m`; some more than once."""
        radius = math.hypot(footprint[4], footprint[5]) + clearance_m
        found = _nearer(self._wide, footprint, radius, clearance_m) if self._wide else []
        cells: Iterable[tuple[int, int]] = self._cells if radius > _WIDE_M else _cells(footprint[0], footprint[1], radius)
        for cell in cells:
            entries = self._cells.get(cell)
            if entries:
                found += _nearer(entries, footprint, radius, clearance_m)
        return found


def _nearer[Owner](entries: list[Entry[Owner]], footprint: Footprint, radius: float, clearance_m: float) -> list[Owner]:
    """The owners of those entries that come nearer than `clearance_m` to a footprint; circles and heights are compared first."""
    x, y, _, _, _, _, bottom, top = footprint
    bottom, top = bottom + _TOUCH_M, top - _TOUCH_M
    return [
        owner
        for its_x, its_y, its_radius, its_bottom, its_top, other, owner in entries
        if (dx := its_x - x) * dx + (dy := its_y - y) * dy < (reach := radius + its_radius) * reach
        and its_bottom < top
        and its_top > bottom
        and rectangles_overlap(footprint, other, clearance_m)
    ]


def _cells(x: float, y: float, radius: float) -> list[tuple[int, int]]:
    """The cells that a circle reaches into."""
    left, right = int((x - radius) // _CELL_M), int((x + radius) // _CELL_M)
    low, high = int((y - radius) // _CELL_M), int((y + radius) // _CELL_M)
    if left == right and low == high:
        return [(left, low)]
    return [(i, j) for i in range(left, right + 1) for j in range(low, high + 1)]


def rectangles_overlap(a: Footprint, b: Footprint, clearance_m: float) -> bool:
    """Whether two footprints, the first grown by `clearance_m` on all sides, overlap: no separating axis among their four."""
    ax, ay, aux, auy, al, aw, _, _ = a
    bx, by, bux, buy, bl, bw, _, _ = b
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
) -> Footprint:
    """The footprint of a box at a place; `ground_m` replaces its length and width."""
    x, y, z = position_m
    ux, uy = math.cos(yaw_rad), math.sin(yaw_rad)
    upright = abs(rotation[1]) < 1e-12 and abs(rotation[2]) < 1e-12
    if upright or ground_m is not None:
        length, width = ground_m or size_m[:2]
        return (x, y, ux, uy, length / 2, width / 2, z, z + size_m[2])
    offsets = box_in_world(size_m, (0.0, 0.0, 0.0), rotation)
    along, across = offsets[:, 0] * ux + offsets[:, 1] * uy, offsets[:, 1] * ux - offsets[:, 0] * uy
    a, b = float(along.min() + along.max()) / 2, float(across.min() + across.max()) / 2
    bottom, top = z + float(offsets[:, 2].min()), z + float(offsets[:, 2].max())
    return (x + a * ux - b * uy, y + a * uy + b * ux, ux, uy, float(np.ptp(along)) / 2, float(np.ptp(across)) / 2, bottom, top)

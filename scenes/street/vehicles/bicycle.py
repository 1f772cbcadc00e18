"""Bicycles: city, road and mountain. `rider_points` says where a rider's body touches one."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, TypedDict

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.shapes import box, loft, tube
from scenes.street.vehicles import surfaces
from scenes.street.vehicles.details import pod
from scenes.street.vehicles.wheels import turned

CRANK_M = 0.17
PEDAL_HALF_M = 0.12  # a pedal's middle from the plane of symmetry
_HEAD_RAD, _SEAT_RAD = math.radians(71), math.radians(73)  # angles of steering axis and seat tube with the ground


class RiderPoints(TypedDict):
    """Metres, in the bicycle's frame. The left one of a pair comes first."""

    saddle: Vector
    grips: tuple[Vector, Vector]
    pedals: tuple[Vector, Vector]
    pedal_axis: Vector


@register
class Bicycle(Actor):
    """A bicycle. `crank_rad` turns the pedals (0: left one forward); `saddle_m` is the height of the saddle's top."""

    kind: Literal["bicycle"] = "bicycle"
    style: Literal["city", "road", "mountain"] = "city"
    color: Rgb = (0.05, 0.12, 0.25)
    wheel_m: float = Field(default=0.69, ge=0.45, le=0.76)
    saddle_m: float = Field(default=0.95, ge=0.65, le=1.12)
    crank_rad: float = 0.5
    step_through: bool = False
    basket: bool = False
    child_seat: bool = False
    headlights: bool = False

    semantic: ClassVar[str] = "bicycle"

    def size_m(self) -> Vector:
        points = rider_points(self)
        wheelbase = _wheelbase_m(self)
        top = max(self.saddle_m, points["grips"][0][2] + (0.06 if self.style == "road" else 0.022), 0.80 + 0.42 if self.child_seat else 0)
        return (wheelbase + self.wheel_m, 2 * points["grips"][0][1] + (0.05 if self.style == "city" else 0.03), top)

    def build(self) -> Mesh:
        paint = surfaces.paint(self.color, flake=0.2, dirt=0.1)
        parts = [*self._frame(paint), *self._wheels(), *_saddle(self), *_handlebar(self), *_drive(self)]
        if self.style == "city":
            parts += [*_mudguards(self), *_carrier(self)]
        if self.basket:
            parts.append(_basket(self))
        if self.child_seat:
            parts.append(_child_seat(self))
        return merge(parts)

    def _frame(self, paint: Material) -> list[Mesh]:
        p = _joints(self)
        thick, thin = (0.019, 0.010) if self.style == "mountain" else (0.0155, 0.008)
        top_front, top_rear = p["head_top"], p["seat_lug"]
        if self.step_through:
            top_rear = p["bottom"] + 0.35 * (p["seat_lug"] - p["bottom"])
            top_front = 0.5 * (p["head_top"] + p["head_low"])
        parts = [
            tube(np.array([p["bottom"], p["post_top"]]), [thick, 0.0135], surfaces.ALLOY, segments=8),
            tube(np.array([p["bottom"], p["seat_lug"]]), thick, paint, segments=8),
            tube(np.array([p["bottom"], p["head_low"]]), thick * 1.15, paint, segments=8),
            tube(np.array([top_rear, top_front]), thick * 0.95, paint, segments=8),
            tube(np.array([p["head_low"] - 0.012 * _axis(), p["head_top"] + 0.012 * _axis()]), 0.021, paint, segments=8),
        ]
        rear, front = p["rear"], p["front"]
        for y in (-1, 1):
            out = np.array([0, 0.058 * y, 0])
            parts.append(tube(np.array([p["bottom"] + out * 0.6, rear + out]), thin * 1.1, paint, segments=6))
            parts.append(tube(np.array([p["seat_lug"] + out * 0.35, rear + out]), thin, paint, segments=6))
            crown = p["crown"] + out * 0.85
            parts.append(
                tube(
                    np.array([crown, crown * 0.45 + (front + out) * 0.55 - [0.012, 0, 0], front + out]),
                    [0.014, 0.012, 0.008],
                    paint,
                    segments=6,
                )
            )
        parts.append(tube(np.array([p["crown"] + [0, -0.055, 0], p["crown"] + [0, 0.055, 0]]), 0.015, paint, segments=6))
        parts.append(tube(np.array([p["crown"], p["head_low"]]), 0.016, paint, segments=6))
        return parts

    def _wheels(self) -> list[Mesh]:
        width = {"city": 0.037, "road": 0.026, "mountain": 0.055}[self.style]
        one = _wheel(self.wheel_m / 2, width / 2)
        x = _wheelbase_m(self) / 2
        return [one.moved((s * x, 0, self.wheel_m / 2)) for s in (-1, 1)]


def rider_points(bicycle: Bicycle) -> RiderPoints:
    """Where seat, hands and feet go."""
    joints = _joints(bicycle)
    bottom, post = joints["bottom"], joints["post_top"]
    grip_x, grip_z, half = _grip(bicycle, joints)
    c, s = CRANK_M * math.cos(bicycle.crank_rad), CRANK_M * math.sin(bicycle.crank_rad)
    bx, bz = float(bottom[0]), float(bottom[2])
    return {
        "saddle": (float(post[0]) - 0.02, 0.0, bicycle.saddle_m),
        "grips": ((grip_x, half, grip_z), (grip_x, -half, grip_z)),
        "pedals": ((bx + c, PEDAL_HALF_M, bz + s), (bx - c, -PEDAL_HALF_M, bz - s)),
        "pedal_axis": (bx, 0.0, bz),
    }


def _wheelbase_m(b: Bicycle) -> float:
    return {"city": 1.08, "road": 0.99, "mountain": 1.10}[b.style] * (0.35 + 0.65 * b.wheel_m / 0.69)


def _axis() -> np.ndarray:
    """The steering axis, upwards."""
    return np.array([-math.cos(_HEAD_RAD), 0, math.sin(_HEAD_RAD)])


def _joints(b: Bicycle) -> dict[str, np.ndarray]:
    """The frame's joints, (3,) metres each."""
    half, r = _wheelbase_m(b) / 2, b.wheel_m / 2
    rear, front = np.array([-half, 0, r]), np.array([half, 0, r])
    bottom = np.array([-half + 0.44 * (0.4 + 0.6 * b.wheel_m / 0.69), 0, r - 0.065])
    seat = np.array([-math.cos(_SEAT_RAD), 0, math.sin(_SEAT_RAD)])
    reach = (b.saddle_m - 0.07 - bottom[2]) / seat[2]
    lug = min(0.52, reach - 0.06)
    foot = front - np.array([0.05, 0, 0])
    crown = foot + _axis() * (r + 0.055) / math.sin(_HEAD_RAD)
    low = crown + _axis() * 0.035
    top = low + _axis() * max(0.10, (b.saddle_m - 0.10 - low[2]) * 0.75)
    return {
        "rear": rear, "front": front, "bottom": bottom, "seat_lug": bottom + seat * lug, "post_top": bottom + seat * reach,
        "crown": crown, "head_low": low, "head_top": top,
    }  # fmt: skip


def _grip(b: Bicycle, joints: dict[str, np.ndarray]) -> tuple[float, float, float]:
    """x, z and half distance of the grips on a frame with these joints."""
    top = joints["head_top"]
    if b.style == "road":
        return float(top[0]) + 0.15, float(top[2]) + 0.035, 0.21
    if b.style == "mountain":
        return float(top[0]) + 0.015, float(top[2]) + 0.09, 0.33
    return float(top[0]) - 0.10, max(float(top[2]) + 0.12, b.saddle_m + 0.06), 0.28


def _wheel(radius: float, half: float) -> Mesh:
    """Tyre, rim, spokes and hub, axle along y through the origin."""
    angle = np.linspace(0, 2 * np.pi, 7)[:-1]
    ring = [(radius - half + half * math.cos(a), half * math.sin(-a)) for a in angle]
    tyre = turned([*ring, ring[0]], surfaces.RUBBER)
    rim_r = radius - 2 * half
    rim = turned(
        [(rim_r + 0.004, half * 0.7), (rim_r - 0.016, half * 0.5), (rim_r - 0.016, -half * 0.5), (rim_r + 0.004, -half * 0.7)],
        surfaces.ALLOY,
    )
    hub = turned([(0.004, 0.05), (0.022, 0.045), (0.013, 0.03), (0.013, -0.03), (0.022, -0.045), (0.004, -0.05)], surfaces.ALLOY, 8)
    spokes = []
    for i in range(20):
        a = 2 * np.pi * i / 20
        lead = a + (0.25 if i % 4 < 2 else -0.25) * 2
        start = np.array([0.02 * math.cos(lead), 0.042 if i % 2 else -0.042, 0.02 * math.sin(lead)])
        end = np.array([rim_r * math.cos(a), 0, rim_r * math.sin(a)])
        spokes.append(_wire(start, end, 0.0013))
    return merge([tyre, rim, hub, *spokes])


def _wire(start: np.ndarray, end: np.ndarray, radius: float) -> Mesh:
    """A thin three-sided rod, open at its ends."""
    along = (end - start) / np.linalg.norm(end - start)
    side = np.cross(along, [0, 1, 0] if abs(along[1]) < 0.9 else [1, 0, 0])
    side /= np.linalg.norm(side)
    up = np.cross(along, side)
    angle = np.array([0, 2, 4]) * np.pi / 3
    ring = radius * (np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * up)
    return loft(np.stack([start + ring, end + ring]), surfaces.STEEL, caps=False, smooth=True)


def _saddle(b: Bicycle) -> list[Mesh]:
    x = float(_joints(b)["post_top"][0])
    wide = {"city": 0.10, "road": 0.068, "mountain": 0.072}[b.style]
    z = b.saddle_m - 0.026
    stations = [
        (x - 0.14, z, wide * 0.55, 0.018),
        (x - 0.11, z, wide, 0.026),
        (x - 0.03, z - 0.004, wide * 0.72, 0.026),
        (x + 0.06, z - 0.004, 0.030, 0.024),
        (x + 0.135, z - 0.008, 0.018, 0.016),
    ]
    rails = box((0.12, 0.045, 0.03), surfaces.STEEL, center_m=(x - 0.01, 0, z - 0.04))
    return [pod(stations, surfaces.SADDLE), rails]


def _handlebar(b: Bicycle) -> list[Mesh]:
    joints = _joints(b)
    top = joints["head_top"]
    x, z, half = _grip(b, joints)
    if b.style == "road":
        stem_end = np.array([x - 0.06, 0, z])
        bar = [
            (x - 0.06, 0.0, z),
            (x - 0.06, half - 0.05, z),
            (x - 0.02, half, z),
            (x + 0.05, half, z - 0.015),
            (x + 0.06, half, z - 0.07),
            (x + 0.02, half, z - 0.125),
            (x - 0.06, half, z - 0.13),
        ]
        grip = [(x - 0.03, half, z), (x + 0.06, half, z + 0.015), (x + 0.075, half, z + 0.045)]
    else:
        sweep = 0.14 if b.style == "city" else 0.03
        stem_end = np.array([x + sweep, 0, z - 0.02])
        bar = [
            (x + sweep, 0.0, z - 0.02),
            (x + sweep, 0.08, z - 0.02),
            (x + sweep * 0.8, half * 0.7, z),
            (x, half, z),
            (x - sweep * 0.4, half + 0.01, z),
        ]
        grip = [(x + sweep * 0.4, half - 0.05, z), (x, half, z), (x - sweep * 0.4, half + 0.01, z)]
        if b.style == "mountain":
            bar[-1], grip[-1] = (x - 0.012, half + 0.0, z), (x - 0.012, half + 0.0, z)
            grip[0] = (x + 0.012, half - 0.12, z)
    mirror = np.array([1, -1, 1])
    parts = [tube(np.array([top, [top[0] - 0.01, 0, stem_end[2] - 0.01], stem_end]), 0.014, surfaces.ALLOY, segments=6)]
    for sign in (np.ones(3), mirror):
        parts.append(tube(np.array(bar) * sign, 0.0125, surfaces.ALLOY, segments=6))
        parts.append(tube(np.array(grip) * sign, 0.0165, surfaces.SADDLE, segments=6))
    glow = surfaces.lens(surfaces.GLOWING_WHITE, 400.0) if b.headlights else surfaces.lens(surfaces.CLEAR)
    parts.append(
        pod(
            [(x + 0.10, z - 0.07, 0.02, 0.02), (x + 0.13, z - 0.07, 0.028, 0.028), (x + 0.15, z - 0.07, 0.028, 0.028)],
            glow if b.style == "city" or b.headlights else surfaces.PLASTIC,
        )
    )
    return parts


def _drive(b: Bicycle) -> list[Mesh]:
    """Cranks, pedals, chain wheel and chain (on the right)."""
    points = rider_points(b)
    x, _, z = points["pedal_axis"]
    rear = _joints(b)["rear"]
    parts = [turned([(0.001, -0.042), (0.035, -0.042)], surfaces.STEEL, 12).moved((x, 0, z))]
    ring = turned([(0.05, -0.043), (0.095, -0.045), (0.095, -0.049), (0.05, -0.050)], surfaces.STEEL, 24).moved((x, 0, z))
    parts += [ring, tube(np.array([(x, -0.06, z), (x, 0.06, z)]), 0.022, surfaces.STEEL, segments=8)]
    for px, py, pz in points["pedals"]:
        inner = math.copysign(0.065, py)
        parts.append(tube(np.array([(x, inner, z), (px, inner * 1.15, pz)]), 0.011, surfaces.ALLOY, segments=6))
        parts.append(box((0.09, 0.085, 0.022), surfaces.PLASTIC, center_m=(px, py, pz)))
    for radius, sign in ((0.093, 1), (0.093, -1)):
        start, end = np.array([x, -0.046, z + sign * radius]), np.array([rear[0], -0.046, rear[2] + sign * 0.036])
        parts.append(_wire(start, end, 0.005))
    parts.append(turned([(0.012, -0.042), (0.038, -0.044), (0.038, -0.048)], surfaces.STEEL, 12).moved(tuple(rear)))
    return parts


def _arc_strip(center: np.ndarray, radius: float, start: float, end: float, half: float, material: Material) -> Mesh:
    """A curved gutter over a wheel."""
    angle = np.linspace(start, end, 14)
    rows = []
    for y, drop in ((half, -0.012), (half * 0.6, 0.0), (-half * 0.6, 0.0), (-half, -0.012)):
        r = radius + drop
        rows.append(np.column_stack([center[0] + r * np.cos(angle), np.full(14, y), center[2] + r * np.sin(angle)]))
    return loft(np.stack(rows)[::-1], material, closed=False, caps=False, smooth=True)


def _mudguards(b: Bicycle) -> list[Mesh]:
    joints, radius = _joints(b), b.wheel_m / 2 + 0.018
    dark = surfaces.GLOSS_BLACK
    return [
        _arc_strip(joints["rear"], radius, math.radians(20), math.radians(185), 0.024, dark),
        _arc_strip(joints["front"], radius, math.radians(75), math.radians(195), 0.024, dark),
        box((0.02, 0.05, 0.045), surfaces.lens(surfaces.RED), center_m=(joints["rear"][0] - radius + 0.022, 0, joints["rear"][2] + 0.10)),
    ]


def _carrier(b: Bicycle) -> list[Mesh]:
    """A luggage rack over the rear wheel, and the stand."""
    rear, z = _joints(b)["rear"], b.wheel_m + 0.055
    parts = []
    for y in (-1, 1):
        parts.append(tube(np.array([(rear[0] + 0.18, 0.05 * y, z), (rear[0] - 0.2, 0.05 * y, z)]), 0.005, surfaces.STEEL, segments=5))
        parts.append(tube(np.array([(rear[0] - 0.08, 0.055 * y, z), (rear[0], 0.062 * y, rear[2])]), 0.004, surfaces.STEEL, segments=5))
    parts += [
        tube(np.array([(rear[0] + dx, -0.05, z), (rear[0] + dx, 0.05, z)]), 0.004, surfaces.STEEL, segments=5) for dx in (-0.2, -0.05, 0.1)
    ]
    bottom = _joints(b)["bottom"]
    parts.append(tube(bottom + np.array([(-0.08, 0.05, 0), (-0.36, 0.07, -0.02)]), 0.008, surfaces.STEEL, segments=5))
    return parts


def _basket(b: Bicycle) -> Mesh:
    """A wire basket before the handlebar."""
    x, z, _ = _grip(b, _joints(b))
    cx, low, high = min(x + 0.34, (_wheelbase_m(b) + b.wheel_m) / 2 - 0.135), z - 0.30, z - 0.06
    corners = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1), (1, 1)], float)
    parts = []
    for height, k in ((low, 0.82), ((low + high) / 2, 0.92), (high, 1.0)):
        loop = np.column_stack([cx + 0.13 * k * corners[:, 0], 0.17 * k * corners[:, 1], np.full(5, height)])
        parts += [tube(loop[i : i + 2], 0.004, surfaces.GLOSS_BLACK, segments=4) for i in range(4)]
    for sx, sy in [(s, t) for s in (-1, -0.33, 0.33, 1) for t in (-1, 1)] + [(s, t) for s in (-1, 1) for t in (-0.5, 0, 0.5)]:
        low_end = np.array([cx + 0.107 * sx, 0.139 * sy, low])
        parts.append(_wire(low_end, np.array([cx + 0.13 * sx, 0.17 * sy, high]), 0.003))
    parts.append(box((0.21, 0.27, 0.006), surfaces.GLOSS_BLACK, center_m=(cx, 0, low)))
    return merge(parts)


def _child_seat(b: Bicycle) -> Mesh:
    """A shell behind the saddle, over the rear wheel."""
    x, z = float(_joints(b)["rear"][0]) + 0.05, 0.80
    seat = pod([(x - 0.14, z + 0.04, 0.12, 0.04), (x, z + 0.02, 0.14, 0.05), (x + 0.14, z + 0.03, 0.13, 0.04)], surfaces.PLASTIC)
    back = pod([(x - 0.17, z + 0.22, 0.11, 0.19), (x - 0.15, z + 0.22, 0.14, 0.20), (x - 0.12, z + 0.21, 0.12, 0.18)], surfaces.PLASTIC)
    legs = [box((0.10, 0.05, 0.26), surfaces.PLASTIC, center_m=(x + 0.12, y, z - 0.10)) for y in (-0.14, 0.14)]
    return merge([seat, back, *legs])

"""Motorcycles and scooters. `rider_points` says where a rider's body touches one."""

from __future__ import annotations

from typing import ClassVar, Literal, TypedDict

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.spec import LampSpec
from scenes.shapes import box, tube
from scenes.street.vehicles import assembly, details, plates, surfaces
from scenes.street.vehicles.details import pair, pod
from scenes.street.vehicles.wheels import turned, wheel

# style: length over all, handlebar's half width, height over all, saddle height, wheel diameters (front, rear)
_SIZES = {
    "scooter": (1.82, 0.36, 1.17, 0.78, 0.47, 0.47),
    "naked": (2.08, 0.39, 1.15, 0.80, 0.60, 0.62),
    "touring": (2.18, 0.42, 1.36, 0.83, 0.63, 0.64),
}


class RiderPoints(TypedDict):
    """Metres, in the motorcycle's frame. The left one of a pair comes first."""

    saddle: Vector
    grips: tuple[Vector, Vector]
    feet: tuple[Vector, Vector]


@register
class Motorcycle(Actor):
    """A motorcycle or scooter, upright on its wheels."""

    kind: Literal["motorcycle"] = "motorcycle"
    style: Literal["scooter", "naked", "touring"] = "naked"
    color: Rgb = (0.30, 0.02, 0.02)
    top_box: bool = False
    headlights: bool = False
    brake_lights: bool = False
    dirt: float = Field(default=0.15, ge=0, le=1)
    plate: plates.PlateStyle = "uk"

    semantic: ClassVar[str] = "motorcycle"
    passing: ClassVar[frozenset[str]] = surfaces.PASSING

    def size_m(self) -> Vector:
        length, half, height = _SIZES[self.style][:3]
        return (length, 2 * half, height)

    def build(self) -> Mesh:
        paint = surfaces.paint(self.color, flake=0.2, dirt=self.dirt)
        body = _scooter(self, paint) if self.style == "scooter" else _motorcycle(self, paint)
        return merge([*body, *_wheels(self), *_controls(self), *_tail(self)])

    def lights(self) -> tuple[LampSpec, ...]:
        if not self.headlights:
            return ()
        x, z = _lamp(self)
        left = assembly.low_beams(x, 0.0, z)[0]
        return (left,)


def rider_points(motorcycle: Motorcycle) -> RiderPoints:
    """Where seat, hands and feet go."""
    _, half, _, saddle, *_ = _SIZES[motorcycle.style]
    grip_x, grip_z = _grips(motorcycle)
    foot_x, foot_z, foot_y = (0.15, 0.30, 0.13) if motorcycle.style == "scooter" else (-0.16, 0.34, 0.19)
    y = half - 0.07
    return {
        "saddle": (-0.30 if motorcycle.style == "scooter" else -0.26, 0.0, saddle),
        "grips": ((grip_x, y, grip_z), (grip_x, -y, grip_z)),
        "feet": ((foot_x, foot_y, foot_z), (foot_x, -foot_y, foot_z)),
    }


def _axles(m: Motorcycle) -> tuple[float, float]:
    length, _, _, _, front, rear = _SIZES[m.style]
    return length / 2 - front / 2, -length / 2 + rear / 2 + (0.10 if m.style == "scooter" else 0.06)


def _grips(m: Motorcycle) -> tuple[float, float]:
    return {"scooter": (0.36, 0.98), "naked": (0.30, 1.02), "touring": (0.30, 1.08)}[m.style]


def _lamp(m: Motorcycle) -> tuple[float, float]:
    return {"scooter": (0.56, 0.93), "naked": (0.62, 0.88), "touring": (0.76, 0.95)}[m.style]


def _wheels(m: Motorcycle) -> list[Mesh]:
    *_, front, rear = _SIZES[m.style]
    a, b = _axles(m)
    narrow, broad = (0.11, 0.12) if m.style == "scooter" else (0.12, 0.17)
    parts = []
    for x, diameter, width in ((a, front, narrow), (b, rear, broad)):
        one = wheel(diameter, width, "five_spoke", surfaces.DARK_ALLOY, rim_share=0.68)
        half = one.transformed(np.diag([1.0, -1.0, 1.0]))
        parts += [one.moved((x, 0, diameter / 2)), half.moved((x, 0, diameter / 2))]
        parts += pair(turned([(0.06, 0.075), (0.145, 0.075), (0.145, 0.070)], surfaces.STEEL, 20).moved((x, 0, diameter / 2)))
    return parts


def _controls(m: Motorcycle) -> list[Mesh]:
    """Fork, handlebar, levers, mirrors, headlamp, front mudguard."""
    _, half, height, _, front, _ = _SIZES[m.style]
    axle = _axles(m)[0]
    x, z = _grips(m)
    lamp_x, lamp_z = _lamp(m)
    steer = np.array([x + 0.09, 0, z - 0.06])
    parts = []
    for y in (-1, 1):
        leg = np.array([(axle, 0.085 * y, front / 2), (steer[0] + 0.01, 0.085 * y, steer[2] - 0.02)])
        middle = leg[0] + 0.45 * (leg[1] - leg[0])
        parts += [
            tube(np.array([leg[0], middle]), 0.028, surfaces.DARK_ALLOY, segments=8),
            tube(np.array([middle, leg[1]]), 0.020, surfaces.CHROME, segments=8),
        ]
    bar = np.array(
        [
            (steer[0], 0, steer[2] + 0.02),
            (steer[0] - 0.01, 0.12, steer[2] + 0.05),
            (x + 0.05, half - 0.16, z),
            (x - 0.01, half - 0.01, z - 0.01),
        ]
    )
    grip = np.array([(x + 0.035, half - 0.135, z), (x - 0.01, half, z - 0.01)])
    stalk = np.array([(x + 0.05, half - 0.17, z), (x + 0.07, half - 0.13, height - 0.07)])
    glass = details.rounded_block((0.035, 0.13, 0.085), surfaces.PLASTIC).moved((x + 0.07, half - 0.10, height - 0.045))
    blinker = [(lamp_x - 0.10, lamp_z - 0.06, 0.012, 0.012), (lamp_x - 0.04, lamp_z - 0.06, 0.025, 0.02)]
    left = merge([
        tube(bar, 0.012, surfaces.STEEL, segments=6), tube(grip, 0.018, surfaces.SADDLE, segments=6),
        tube(stalk, 0.006, surfaces.PLASTIC, segments=5), glass,
        pod(blinker, surfaces.lens(surfaces.AMBER)).moved((0, 0.16, 0)),
    ])  # fmt: skip
    parts += pair(left)
    lens = surfaces.bulb(m.headlights)
    shell = surfaces.GLOSS_BLACK
    parts.append(pod([(lamp_x - 0.15, lamp_z, 0.05, 0.05), (lamp_x - 0.08, lamp_z, 0.095, 0.09), (lamp_x, lamp_z, 0.10, 0.095)], shell))
    parts.append(pod([(lamp_x - 0.002, lamp_z, 0.088, 0.083), (lamp_x + 0.022, lamp_z, 0.06, 0.055)], lens))
    return parts


def _tail(m: Motorcycle) -> list[Mesh]:
    """Rear lamp, number plate, top box."""
    length, saddle = _SIZES[m.style][0], _SIZES[m.style][3]
    x = -length / 2 + 0.03
    parts = [
        pod(
            [(x - 0.03, saddle - 0.10, 0.05, 0.025), (x + 0.03, saddle - 0.08, 0.07, 0.035)],
            surfaces.tail_lamp(m.headlights, m.brake_lights),
        )
    ]
    parts.append(box((0.14, 0.05, 0.03), surfaces.PLASTIC, center_m=(x + 0.06, 0, saddle - 0.16)))
    if m.plate != "none":
        words = plates.registration(m.plate, m.stream().child("plate"))
        square = plates.number_plate(m.plate, words, rear=True).moved((0, 0, 0), np.pi, (1.0, 0.46, 1.3))
        parts.append(square.moved((x - 0.01, 0, saddle - 0.24)))
    if m.top_box:
        parts.append(details.rounded_block((0.36, 0.40, 0.28), surfaces.PLASTIC).moved((x + 0.12, 0, saddle + 0.14)))
    return parts


def _motorcycle(m: Motorcycle, paint: Material) -> list[Mesh]:
    """Engine, tank, seat, side covers, swing arm, exhaust; a fairing on touring machines."""
    saddle, front_d, rear_d = _SIZES[m.style][3:6]
    front, rear = _axles(m)
    tank = pod(
        [
            (-0.14, saddle + 0.01, 0.10, 0.05),
            (-0.04, saddle + 0.055, 0.135, 0.09),
            (0.12, saddle + 0.09, 0.155, 0.11),
            (0.26, saddle + 0.07, 0.12, 0.09),
            (0.31, saddle + 0.04, 0.07, 0.05),
        ],
        paint,
    )
    seat = pod(
        [
            (rear - 0.14, saddle + 0.03, 0.06, 0.03),
            (rear, saddle + 0.02, 0.11, 0.05),
            (-0.34, saddle - 0.045, 0.145, 0.045),
            (-0.18, saddle - 0.045, 0.13, 0.05),
            (-0.10, saddle - 0.02, 0.09, 0.04),
        ],
        surfaces.SADDLE,
    )
    tail = pod(
        [
            (rear - 0.18, saddle - 0.035, 0.06, 0.03),
            (rear - 0.02, saddle - 0.06, 0.10, 0.055),
            (-0.28, saddle - 0.12, 0.10, 0.06),
            (-0.14, saddle - 0.14, 0.07, 0.05),
        ],
        paint,
    )
    engine = [
        details.rounded_block((0.44, 0.36, 0.30), surfaces.DARK_ALLOY, 0.5).moved((0.0, 0, 0.36)),
        details.rounded_block((0.24, 0.30, 0.30), surfaces.STEEL, 0.35).moved((0.10, 0, 0.58)),
        *[box((0.27, 0.33, 0.012), surfaces.DARK_ALLOY, center_m=(0.10, 0, 0.50 + 0.045 * k)) for k in range(5)],
        *pair(turned([(0.001, 0.03), (0.09, 0.025), (0.11, 0.0)], surfaces.ALLOY, 16).moved((-0.08, 0.185, 0.36))),
    ]
    arms = pair(tube(np.array([(-0.22, 0.10, 0.38), (rear, 0.115, rear_d / 2)]), [0.035, 0.025], surfaces.DARK_ALLOY, segments=6))
    frame = pair(
        tube(np.array([(0.34, 0.03, saddle + 0.02), (0.12, 0.17, 0.66), (-0.20, 0.15, 0.46)]), 0.026, surfaces.DARK_ALLOY, segments=6)
    )
    header = tube(
        np.array([(0.22, -0.08, 0.52), (0.27, -0.09, 0.32), (0.12, -0.12, 0.19), (-0.20, -0.15, 0.20), (-0.34, -0.20, 0.27)]),
        0.024,
        surfaces.STEEL,
        segments=8,
    )
    muffler = tube(np.array([(-0.32, -0.205, 0.26), (rear - 0.08, -0.225, 0.40)]), [0.045, 0.055], surfaces.ALLOY, segments=10)
    pegs = [tube(np.array([(-0.16, 0.12 * s, 0.33), (-0.16, 0.24 * s, 0.33)]), 0.014, surfaces.SADDLE, segments=6) for s in (-1, 1)]
    guard = pod(
        [(front - 0.20, front_d + 0.005, 0.05, 0.015), (front, front_d + 0.035, 0.065, 0.02), (front + 0.14, front_d - 0.02, 0.05, 0.015)],
        paint,
    )
    parts = [tank, seat, tail, *engine, *arms, *frame, header, muffler, *pegs, guard]
    shock = tube(np.array([(-0.24, 0, 0.42), (-0.34, 0, 0.68)]), 0.03, surfaces.STEEL, segments=8)
    if m.style == "touring":
        parts += _fairing(m, paint)
    return [*parts, shock]


def _fairing(m: Motorcycle, paint: Material) -> list[Mesh]:
    """Front fairing, screen and panniers of a touring machine."""
    height, saddle = _SIZES[m.style][2], _SIZES[m.style][3]
    rear = _axles(m)[1]
    nose = pod([(0.34, 0.78, 0.22, 0.22), (0.52, 0.86, 0.22, 0.20), (0.66, 0.92, 0.16, 0.14), (0.75, 0.94, 0.11, 0.10)], paint)
    flank = pair(details.rounded_block((0.40, 0.04, 0.42), paint, 0.6).moved((0.30, 0.20, 0.62)))
    screen = Mesh.of(
        [
            (0.62, 0.17, 1.02),
            (0.68, 0, 1.04),
            (0.62, -0.17, 1.02),
            (0.48, 0.13, height - 0.01),
            (0.51, 0, height),
            (0.48, -0.13, height - 0.01),
        ],
        [[0, 3, 4, 1], [1, 4, 5, 2]],
        surfaces.GLASS,
        smooth=True,
    )
    cases = pair(details.rounded_block((0.44, 0.20, 0.34), paint, 0.45).moved((rear + 0.0, 0.27, saddle - 0.22)))
    return [nose, *flank, screen, *cases]


def _scooter(m: Motorcycle, paint: Material) -> list[Mesh]:
    """Leg shield, floor, body shell, seat, front mudguard."""
    saddle, front_d, rear_d = _SIZES[m.style][3:6]
    front, rear = _axles(m)
    shield = pod([(0.30, 0.62, 0.10, 0.24), (0.37, 0.62, 0.22, 0.28), (0.44, 0.64, 0.19, 0.27), (0.50, 0.66, 0.09, 0.22)], paint)
    head = pod([(0.28, 0.95, 0.10, 0.05), (0.36, 0.95, 0.15, 0.075), (0.46, 0.95, 0.14, 0.085), (0.54, 0.93, 0.10, 0.07)], paint)
    floor = pod([(-0.22, 0.27, 0.14, 0.05), (0.0, 0.25, 0.17, 0.05), (0.22, 0.25, 0.16, 0.05), (0.40, 0.33, 0.11, 0.07)], surfaces.PLASTIC)
    shell = pod(
        [
            (0.05 - _SIZES[m.style][0] / 2, 0.68, 0.07, 0.05),
            (rear - 0.05, 0.60, 0.14, 0.13),
            (rear + 0.22, 0.56, 0.18, 0.19),
            (-0.18, 0.52, 0.16, 0.22),
            (-0.12, 0.50, 0.10, 0.20),
        ],
        paint,
    )
    seat = pod(
        [
            (rear - 0.12, saddle - 0.005, 0.07, 0.03),
            (rear + 0.05, saddle - 0.01, 0.13, 0.05),
            (-0.30, saddle - 0.045, 0.14, 0.045),
            (-0.16, saddle - 0.06, 0.10, 0.035),
        ],
        surfaces.SADDLE,
    )
    guard = pod(
        [
            (front - 0.20, front_d - 0.07, 0.06, 0.03),
            (front - 0.04, front_d + 0.02, 0.08, 0.03),
            (front + 0.14, front_d - 0.05, 0.06, 0.03),
        ],
        paint,
    )
    engine = details.rounded_block((0.46, 0.16, 0.18), surfaces.DARK_ALLOY).moved((rear + 0.16, 0.10, rear_d / 2 + 0.02))
    muffler = tube(np.array([(rear + 0.28, -0.15, 0.24), (rear - 0.16, -0.17, 0.32)]), [0.05, 0.06], surfaces.STEEL, segments=10)
    column = tube(np.array([(0.44, 0, 0.40), (0.42, 0, 0.95)]), 0.04, surfaces.PLASTIC, segments=8)
    return [shield, head, floor, shell, seat, guard, engine, muffler, column]

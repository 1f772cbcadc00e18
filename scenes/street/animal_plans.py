"""Proportions of four-footed animals and their skeletons of round cones.

Everything is in units of the height at the withers. +X forward, +Y left, +Z up, withers over x about 0.3, feet on z = 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from scenes.street.animal_surface import Cone, Point

Gait = Literal["standing", "walking", "running", "sitting", "grazing"]

_TRUNK_JOINT = (0.30, 0.62)  # a sitting animal's trunk turns about its shoulder


@dataclass(frozen=True)
class Plan:
    """length: from shoulder to hip joint; leg: share of the height that is leg; girth, neck, head, bone: thickness against a retriever's.

    neck_rise: its steepness in degrees; neck_m, head_m: lengths; muzzle: its share of the head; fur: added all over; tail: points
    (back, up) with radii; hoof: hooves instead of paws; ridge: withers stand up.
    """

    length: float = 0.66
    leg: float = 0.56
    girth: float = 1.0
    belly: float = 1.0
    rump: float = 1.0
    neck_rise: float = 48.0
    neck: float = 0.30
    neck_thick: float = 1.0
    head: float = 0.36
    head_thick: float = 1.0
    muzzle: float = 0.52
    muzzle_thick: float = 1.0
    head_pitch: float = -12.0
    bone: float = 1.0
    paw: float = 1.0
    narrow: float = 0.80
    hoof: bool = False
    tail: tuple[tuple[float, float, float], ...] = ((0.10, -0.06, 0.035), (0.24, -0.22, 0.032), (0.36, -0.30, 0.018))
    mane: bool = False
    udder: bool = False


RETRIEVER = Plan()
SHEPHERD = Plan(length=0.72, muzzle=0.56, neck_rise=52, tail=((0.10, -0.10, 0.045), (0.22, -0.32, 0.06), (0.30, -0.48, 0.03)), rump=0.92)
GREYHOUND = Plan(
    length=0.70, leg=0.60, girth=0.92, belly=0.62, rump=0.85, head_thick=0.78, muzzle_thick=0.8, bone=0.8, neck=0.36, neck_thick=0.78
)
TERRIER = Plan(
    length=0.68,
    leg=0.50,
    girth=1.05,
    belly=1.1,
    head=0.46,
    head_thick=1.15,
    muzzle=0.5,
    muzzle_thick=1.3,
    bone=1.05,
    neck_rise=58,
    tail=((0.04, 0.10, 0.04), (0.06, 0.24, 0.03)),
)
DACHSHUND = Plan(
    narrow=1.1,
    length=1.55,
    leg=0.30,
    girth=1.28,
    belly=1.5,
    rump=1.25,
    head=0.72,
    head_thick=1.35,
    muzzle=0.58,
    muzzle_thick=1.4,
    bone=1.4,
    paw=1.3,
    neck=0.5,
    neck_thick=1.35,
    tail=((0.15, -0.03, 0.05), (0.45, -0.08, 0.035), (0.7, -0.06, 0.03)),
)
POODLE = Plan(
    length=0.58,
    leg=0.56,
    girth=1.1,
    belly=1.05,
    neck_rise=68,
    head_thick=1.25,
    muzzle_thick=0.85,
    neck=0.30,
    bone=1.25,
    neck_thick=1.15,
    tail=((0.06, 0.06, 0.02), (0.10, 0.18, 0.055)),
)
CAT = Plan(
    length=0.92,
    leg=0.52,
    girth=0.92,
    belly=1.12,
    rump=1.05,
    neck_rise=34,
    neck=0.20,
    neck_thick=0.95,
    head=0.26,
    head_thick=1.12,
    muzzle=0.34,
    muzzle_thick=1.1,
    head_pitch=-8,
    bone=0.92,
    paw=0.9,
    tail=((0.12, 0.04, 0.045), (0.34, 0.14, 0.042), (0.52, 0.36, 0.04), (0.56, 0.56, 0.03)),
)
DEER = Plan(
    length=0.74,
    leg=0.60,
    girth=0.88,
    belly=0.92,
    rump=0.95,
    neck_rise=58,
    neck=0.44,
    neck_thick=0.88,
    head=0.32,
    head_thick=0.72,
    muzzle=0.58,
    muzzle_thick=0.72,
    head_pitch=-24,
    bone=0.62,
    hoof=True,
    narrow=0.74,
    tail=((0.05, -0.05, 0.04), (0.07, -0.13, 0.03)),
)
HORSE = Plan(
    length=0.74,
    leg=0.56,
    girth=0.98,
    belly=1.12,
    rump=1.08,
    neck_rise=46,
    neck=0.50,
    neck_thick=1.15,
    head=0.40,
    head_thick=0.80,
    muzzle=0.60,
    muzzle_thick=0.95,
    head_pitch=-48,
    bone=0.72,
    hoof=True,
    narrow=0.72,
    mane=True,
    tail=((0.06, -0.02, 0.04), (0.12, -0.16, 0.06), (0.14, -0.42, 0.055), (0.13, -0.56, 0.02)),
)
COW = Plan(
    length=0.94,
    leg=0.48,
    girth=1.16,
    belly=1.55,
    rump=1.16,
    neck_rise=14,
    neck=0.30,
    neck_thick=1.30,
    head=0.38,
    head_thick=1.02,
    muzzle=0.60,
    muzzle_thick=1.35,
    head_pitch=-38,
    bone=0.86,
    hoof=True,
    narrow=0.82,
    udder=True,
    tail=((0.05, -0.02, 0.025), (0.07, -0.3, 0.018), (0.07, -0.5, 0.022), (0.07, -0.58, 0.03)),
)


@dataclass(frozen=True)
class Head:
    """Where ears, horns and eyes go: the skull's middle, its radius, forward direction, and the cones of the head."""

    skull: Point
    radius: float
    pitch: float
    tip: Point


def skeleton(plan: Plan, gait: Gait, phase: float) -> tuple[list[Cone], Head]:
    """The cones of an animal 1 high at the withers, and its head."""
    trunk = _trunk(plan)
    if gait == "sitting":
        pitch = 46.0
        trunk = [_turned(cone, pitch) for cone in trunk]
    else:
        pitch = 0.0
    shoulder, hip = (0.28, 1 - 0.34 * plan.girth), (-plan.length + 0.30, 1 - 0.30 * plan.rump)
    legs = (
        _sitting_legs(plan, shoulder, _turn_point((hip[0], 0.0, hip[1]), pitch))
        if gait == "sitting"
        else _legs(plan, shoulder, hip, gait, phase)
    )
    neck, head = _neck_and_head(plan, gait, pitch)
    return [*trunk, *legs, *neck, *_tail(plan, hip, pitch, gait)], head


def _trunk(plan: Plan) -> list[Cone]:
    n = plan.narrow
    back = -plan.length + 0.30
    chest, waist, rump = 0.215 * plan.girth, 0.152 * plan.belly, 0.165 * plan.rump
    keel = 1.0 - chest * 1.02
    cones = [
        Cone((0.34, 0, keel + 0.02), (0.06, 0, keel - 0.005), chest * 0.86, chest, "body", n),
        Cone((0.06, 0, keel - 0.005), (back + 0.14, 0, 0.985 - waist), chest * 0.98, waist, "body", n),
        Cone((back + 0.16, 0, 0.985 - waist), (back - 0.04, 0, 0.97 - rump), waist, rump, "body", n),
        Cone((0.30, 0, 0.93), (0.16, 0, 0.95), 0.09 * plan.girth, 0.05, "body", n),
        Cone((0.26, 0, 1 - chest * 1.75), (back + 0.2, 0, 0.98 - waist * 1.75), 0.05, 0.04, "belly", n),
    ]
    if plan.udder:
        cones.append(Cone((back + 0.10, 0, 0.985 - 2.0 * waist), (back + 0.02, 0, 1.0 - 2.05 * waist), 0.07, 0.07, "skin"))
    return cones


def _leg(points: list[Point], radii: list[float], plan: Plan) -> list[Cone]:
    """Cones down a leg: root, two joints, fetlock, foot."""
    root, upper, lower, ankle, toe = points
    b = plan.bone
    r = [
        radii[0] * plan.girth,
        radii[1] * (0.5 + 0.5 * b),
        radii[2] * b,
        radii[3] * b,
        radii[4] * plan.paw * (1.0 if not plan.hoof else b * 1.15),
    ]
    foot = "hoof" if plan.hoof else "sock"
    return [
        Cone(root, upper, r[0], r[1], "body", 0.8),
        Cone(upper, lower, r[1] * 0.92, r[2], "body", 0.9),
        Cone(lower, ankle, r[2] * 0.95, r[3], "sock"),
        Cone(ankle, toe, r[3] * (1.0 if plan.hoof else 1.05), r[4], foot),
    ]


def _legs(plan: Plan, shoulder: tuple[float, float], hip: tuple[float, float], gait: Gait, phase: float) -> list[Cone]:
    cones: list[Cone] = []
    swing = {"walking": 17.0, "running": 34.0}.get(gait, 0.0)
    offsets = {"walking": (0.0, 0.5, 0.75, 0.25), "running": (0.0, 0.12, 0.5, 0.62)}.get(gait, (0.0, 0.3, 0.6, 0.9))
    spread = 0.105 * plan.girth * (0.6 + 0.5 * plan.narrow)
    for k, (side, front) in enumerate(((1, True), (-1, True), (1, False), (-1, False))):
        turn = phase + offsets[k]
        angle = swing * math.sin(2 * math.pi * turn) if swing else (2.0 if k % 3 else -3.0)
        lift = max(math.cos(2 * math.pi * turn), 0.0) if swing else 0.0  # the foot leaves the ground while it swings forward
        y = side * spread
        bones, radii = _front_leg(shoulder, lift * swing, plan) if front else _hind_leg(hip, lift * swing, plan)
        root = shoulder if front else hip
        points = [_swung(p, root, angle) for p in bones]
        flared = [(x, y * (0.85 if i == 0 else 1.0), z) for i, (x, z) in enumerate(points)]
        cones += _leg(flared, radii, plan)
    return cones


def _front_leg(root: tuple[float, float], flex: float, plan: Plan) -> tuple[list[tuple[float, float]], list[float]]:
    """(x, z) of shoulder, elbow, wrist, fetlock and toe, bent by `flex` degrees; radii."""
    x, z = root
    elbow = (x - 0.07, min(plan.leg * 0.86, z - 0.08))
    wrist = _swung((x - 0.06, elbow[1] * 0.47), elbow, 0.9 * flex)
    ankle = _swung((wrist[0] + 0.005, wrist[1] - elbow[1] * 0.36), wrist, -1.9 * flex)
    toe = _swung((ankle[0] + (0.05 if not plan.hoof else 0.03), ankle[1] - elbow[1] * 0.17 + 0.035), ankle, -1.2 * flex)
    return [(x, z), elbow, wrist, ankle, toe], [0.105, 0.068, 0.044, 0.036, 0.042]


def _hind_leg(root: tuple[float, float], flex: float, plan: Plan) -> tuple[list[tuple[float, float]], list[float]]:
    """(x, z) of hip, knee, hock, fetlock and toe, bent by `flex` degrees; radii."""
    x, z = root
    knee = (x + 0.10, z * 0.60)
    hock = _swung((x - 0.10, z * 0.345), knee, -0.8 * flex)
    ankle = _swung((hock[0] + 0.03, hock[1] - z * 0.265), hock, 0.9 * flex)
    toe = _swung((ankle[0] + (0.055 if not plan.hoof else 0.035), ankle[1] - z * 0.08 + 0.035), ankle, -1.0 * flex)
    return [(x, z), knee, hock, ankle, toe], [0.135 * plan.rump / plan.girth, 0.088, 0.042, 0.036, 0.040]


def _sitting_legs(plan: Plan, shoulder: tuple[float, float], hip: Point) -> list[Cone]:
    cones: list[Cone] = []
    spread = 0.105 * plan.girth * (0.6 + 0.5 * plan.narrow)
    for side in (1, -1):
        y = side * spread
        bones, radii = _front_leg(shoulder, 0.0, plan)
        cones += _leg([(x, y * (0.85 if i == 0 else 1), z) for i, (x, z) in enumerate(bones)], radii, plan)
        x, _, z = hip
        folded = [
            (x, y, z),
            (x + 0.22, 1.35 * y, z + 0.10),
            (x + 0.02, 1.25 * y, 0.05),
            (x + 0.16, 1.3 * y, 0.04),
            (x + 0.22, 1.3 * y, 0.035),
        ]
        cones += _leg(folded, [0.145 * plan.rump / plan.girth, 0.095, 0.05, 0.042, 0.044], plan)
    return cones


def _neck_and_head(plan: Plan, gait: Gait, pitch: float) -> tuple[list[Cone], Head]:
    rise = {"grazing": -52.0, "running": plan.neck_rise * 0.6, "walking": plan.neck_rise * 0.9}.get(gait, plan.neck_rise)
    if gait == "sitting":
        rise = 62.0
    base = _turn_point((0.36, 0.0, 1 - 0.17 * plan.girth), pitch * 0.6)
    length = plan.neck * (1.45 if gait == "grazing" else 1.0)
    skull = (base[0] + length * math.cos(math.radians(rise)) + 0.04, 0.0, base[2] + length * math.sin(math.radians(rise)))
    tilt = math.radians({"grazing": min(plan.head_pitch - 22.0, -50.0)}.get(gait, plan.head_pitch))
    thick = 0.105 * plan.head_thick
    nose_r = 0.046 * plan.muzzle_thick
    ahead, down = (math.cos(tilt), math.sin(tilt)), (math.sin(tilt), -math.cos(tilt))

    def at(forward: float, below: float) -> Point:
        return (skull[0] + forward * ahead[0] + below * down[0], 0.0, skull[2] + forward * ahead[1] + below * down[1])

    reach = thick * 0.8 + plan.head * plan.muzzle
    tip = at(reach - nose_r, 0.46 * thick)
    neck = [
        Cone(base, at(-0.25 * thick, 0.1 * thick), 0.165 * plan.neck_thick, 0.092 * plan.neck_thick, "body", 0.72),
        Cone(skull, at(0.25 * thick, 0.06 * thick), thick, thick * 0.9, "head", 0.92),
        Cone(at(0.55 * thick, 0.38 * thick), tip, thick * (0.56 + 0.06 * plan.muzzle_thick), nose_r, "muzzle", 0.9),
        Cone(
            at(0.2 * thick, 0.62 * thick),
            at(reach - 1.5 * nose_r, 0.46 * thick + 0.55 * nose_r),
            thick * 0.42,
            nose_r * 0.62,
            "muzzle",
            0.8,
        ),
        Cone(
            at(reach - 0.55 * nose_r, 0.46 * thick - 0.42 * nose_r),
            at(reach - 0.35 * nose_r, 0.46 * thick - 0.3 * nose_r),
            nose_r * 0.46,
            nose_r * 0.42,
            "nose",
            1.15,
        ),
    ]
    if plan.mane:
        low, poll = (base[0] - 0.10, 0.0, base[2] + 0.13 * plan.neck_thick), at(-0.75 * thick, -0.62 * thick)
        neck.append(Cone(low, poll, 0.04, 0.055, "mane", 0.8))
    return neck, Head(skull, thick, tilt, tip)


def _tail(plan: Plan, hip: tuple[float, float], pitch: float, gait: Gait) -> list[Cone]:
    root = _turn_point((hip[0] - 0.10 * plan.rump, 0.0, 0.96 - 0.05 * plan.rump), pitch)
    points, last, radius = [], root, plan.tail[0][2]
    for back, up, thick in plan.tail:
        lifted = up + (0.10 if gait == "running" else 0.0)
        here = (root[0] - back, 0.0, max(root[2] + (lifted if gait != "sitting" else min(lifted, -0.1)), thick + 0.005))
        points.append(Cone(last, here, radius, thick, "mane" if plan.mane else "body"))
        last, radius = here, thick
    return points


def _swung(point: tuple[float, float], about: tuple[float, float], angle_deg: float) -> tuple[float, float]:
    """(x, z) turned about another; positive swings what hangs below forward."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    x, z = point[0] - about[0], point[1] - about[1]
    return (about[0] + c * x - s * z, about[1] + s * x + c * z)


def _turn_point(point: Point, pitch_deg: float) -> Point:
    """A point of the trunk after it sits down: turned about the shoulder, tail end down."""
    x, z = _swung((point[0], point[2]), _TRUNK_JOINT, pitch_deg)
    return (x, point[1], z)


def _turned(cone: Cone, pitch_deg: float) -> Cone:
    return replace(cone, a=_turn_point(cone.a, pitch_deg), b=_turn_point(cone.b, pitch_deg))

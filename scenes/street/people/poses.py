"""What people do on a street, as joint angles in degrees.

Walking and running follow the mean sagittal joint angles of Winter, Biomechanics and Motor Control of Human Movement (walking,
natural cadence) and Novacheck, The biomechanics of running (Gait and Posture 7, 1998), read at tenths of the cycle.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from scenes.street.people.skeleton import Arm, Leg, Pose

PoseName = Literal[
    "standing",
    "relaxed",
    "waiting",
    "hands_on_hips",
    "hands_in_pockets",
    "arms_crossed",
    "looking_around",
    "phone_ear",
    "phone_look",
    "hailing",
    "pointing",
    "carrying",
    "walking",
    "running",
    "pushing",
    "sitting",
    "crouching",
    "kneeling",
    "fallen_back",
    "fallen_side",
    "fallen_front",
]

_CYCLE = np.linspace(0.0, 1.0, 11)
_WALK_HIP = (24, 21, 13, 4, -5, -11, -7, 9, 22, 26, 24)
_WALK_KNEE = (5, 15, 16, 10, 6, 10, 32, 60, 52, 20, 5)
_WALK_ANKLE = (0, -4, 3, 7, 10, 8, -12, -12, -2, 1, 0)
_WALK_TOE = (8, 0, 0, 0, 4, 22, 30, 6, 4, 8, 8)
_RUN_HIP = (34, 28, 12, -4, -14, -8, 12, 38, 52, 46, 34)
_RUN_KNEE = (20, 38, 36, 22, 18, 52, 92, 108, 82, 36, 20)
_RUN_ANKLE = (4, 14, 18, 2, -20, -12, -4, 2, 4, 4, 4)
_RUN_TOE = (6, 0, 0, 14, 26, 8, 4, 4, 4, 6, 6)


PHASES, STRIDES = 48, 20  # steps of a cycle and of one unit of stride: poses are few enough to be remembered
_MOVING = ("walking", "running", "pushing")


def posed(name: PoseName, phase: float, stride: float) -> Pose:
    """The pose `name`; `phase` 0..1 is the place in the walking or running cycle (0: left heel strikes), `stride` 1 is usual."""
    return cycle(name, stride)[step_of(name, phase)]


def step_of(name: PoseName, phase: float) -> int:
    """Which step of its `cycle` a pose is."""
    return round(phase * PHASES) % PHASES if name in _MOVING else 0


def cycle(name: PoseName, stride: float) -> tuple[Pose, ...]:
    """The steps of walking and running; a pose of those who stay is the only one of its kind."""
    return _cycle(name, round(stride * STRIDES) / STRIDES) if name in _MOVING else (_STILL[name],)


@lru_cache(maxsize=128)
def _cycle(name: PoseName, stride: float) -> tuple[Pose, ...]:
    return tuple(_moving(name, step / PHASES, stride) for step in range(PHASES))


def _moving(name: PoseName, phase: float, stride: float) -> Pose:
    if name == "walking":
        return _walking(phase, stride)
    if name == "running":
        return _running(phase, stride)
    arm = Arm(flex=32.0, out=6.0, twist=20.0, elbow=52.0, palm=70.0, curl=50.0)
    walk = _walking(phase, stride)
    return Pose(pelvis=walk.pelvis, chest=(8.0, 0.0, 0.0), left_leg=walk.left_leg, right_leg=walk.right_leg, left_arm=arm, right_arm=arm)


def _at(table: tuple[float, ...], phase: float) -> float:
    return float(np.interp(phase % 1.0, _CYCLE, table))


def _walking(phase: float, stride: float) -> Pose:
    swing = float(np.cos(2 * np.pi * phase))  # +1: left leg forward
    arm_swing = 21.0 * stride
    return Pose(
        pelvis=(2.0, -3.0 * float(np.sin(2 * np.pi * phase)), -5.0 * stride * swing),
        chest=(3.0, 0.0, 5.0 * stride * swing),
        head=(2.0, 0.0, 0.0),
        left_leg=_walking_leg(phase, stride),
        right_leg=_walking_leg(phase + 0.5, stride),
        left_arm=_swinging_arm(-swing, arm_swing),
        right_arm=_swinging_arm(swing, arm_swing),
    )


def _walking_leg(phase: float, stride: float) -> Leg:
    knee = 5 + (_at(_WALK_KNEE, phase) - 5) * (0.4 + 0.6 * stride)
    return Leg(hip=_at(_WALK_HIP, phase) * stride, knee=knee, ankle=_at(_WALK_ANKLE, phase), toe=_at(_WALK_TOE, phase), out=0.5)


def _swinging_arm(forward: float, swing: float) -> Arm:
    return Arm(flex=3.0 + swing * forward, out=6.0, twist=12.0, elbow=22.0 + 0.6 * swing * max(forward, 0.0), palm=25.0)


def _running(phase: float, stride: float) -> Pose:
    swing = float(np.cos(2 * np.pi * phase))
    return Pose(
        pelvis=(8.0, 0.0, -7.0 * swing),
        chest=(12.0, 0.0, 10.0 * swing),
        head=(5.0, 0.0, 0.0),
        left_leg=_running_leg(phase, stride),
        right_leg=_running_leg(phase + 0.5, stride),
        left_arm=Arm(flex=-2.0 - 36.0 * swing * stride, out=10.0, twist=22.0, elbow=88.0, palm=10.0, curl=48.0),
        right_arm=Arm(flex=-2.0 + 36.0 * swing * stride, out=10.0, twist=22.0, elbow=88.0, palm=10.0, curl=48.0),
    )


def _running_leg(phase: float, stride: float) -> Leg:
    return Leg(_at(_RUN_HIP, phase) * stride, _at(_RUN_KNEE, phase), _at(_RUN_ANKLE, phase), _at(_RUN_TOE, phase), out=0.0)


_FIRM = Leg(hip=-2.0, knee=2.0, ankle=4.0, out=0.0, turn=6.0)
_EASY = Leg(hip=12.0, knee=22.0, ankle=10.0, out=8.0, turn=14.0)
_ON_HIP = Arm(flex=-21.0, out=45.0, twist=60.0, elbow=87.0, palm=-10.0, wrist=20.0, curl=35.0)
_IN_POCKET = Arm(flex=-16.0, out=19.0, twist=35.0, elbow=49.0, palm=10.0, curl=30.0)
_SEATED = Leg(hip=86.0, knee=88.0, ankle=2.0, out=6.0, turn=4.0)
_ON_LAP = Arm(flex=22.0, out=8.0, twist=30.0, elbow=46.0, palm=70.0, curl=20.0)

_STILL: dict[str, Pose] = {
    "standing": Pose(),
    "relaxed": Pose(pelvis=(0.0, 4.0, 6.0), chest=(2.0, -3.0, 2.0), head=(4.0, 2.0, -6.0), left_leg=_FIRM, right_leg=_EASY),
    "waiting": Pose(
        pelvis=(0.0, -4.0, -8.0),
        chest=(3.0, 3.0, -2.0),
        head=(4.0, -2.0, 22.0),
        left_leg=_EASY,
        right_leg=_FIRM,
        left_arm=Arm(flex=-4.0, elbow=18.0),
        right_arm=Arm(flex=14.0, twist=40.0, elbow=70.0, palm=30.0),
    ),
    "hands_on_hips": Pose(left_leg=Leg(out=8.0, turn=12.0), right_leg=Leg(out=8.0, turn=12.0), left_arm=_ON_HIP, right_arm=_ON_HIP),
    "hands_in_pockets": Pose(
        chest=(4.0, 0.0, 0.0), head=(6.0, 0.0, 8.0), right_leg=_EASY, left_leg=_FIRM, left_arm=_IN_POCKET, right_arm=_IN_POCKET
    ),
    "arms_crossed": Pose(
        chest=(-2.0, 0.0, 0.0),
        head=(2.0, 0.0, 4.0),
        left_arm=Arm(flex=30.0, out=10.0, twist=72.0, elbow=104.0, palm=30.0, curl=10.0),
        right_arm=Arm(flex=24.0, out=10.0, twist=72.0, elbow=100.0, palm=40.0, curl=10.0),
    ),
    "looking_around": Pose(
        chest=(2.0, 0.0, 18.0), head=(2.0, 0.0, 62.0), left_leg=Leg(hip=8.0, knee=6.0), right_leg=Leg(hip=-8.0, knee=6.0)
    ),
    "phone_ear": Pose(
        pelvis=(0.0, 3.0, 0.0),
        head=(4.0, 6.0, -8.0),
        left_leg=_FIRM,
        right_leg=_EASY,
        right_arm=Arm(flex=79.0, out=25.0, twist=-2.0, elbow=144.0, palm=-20.0, wrist=10.0, curl=34.0),
    ),
    "phone_look": Pose(
        chest=(6.0, 0.0, 0.0),
        head=(34.0, 0.0, 0.0),
        left_leg=_FIRM,
        right_leg=_EASY,
        right_arm=Arm(flex=5.0, out=17.0, twist=27.0, elbow=107.0, palm=-64.0, curl=26.0),
        left_arm=Arm(flex=0.0, out=12.0, twist=34.0, elbow=98.0, palm=-50.0, curl=26.0),
    ),
    "hailing": Pose(
        chest=(0.0, -4.0, 8.0),
        head=(0.0, 0.0, 10.0),
        left_leg=_FIRM,
        right_leg=_EASY,
        right_arm=Arm(flex=140.0, out=24.0, twist=-10.0, elbow=24.0, palm=20.0, curl=6.0),
    ),
    "pointing": Pose(head=(0.0, 0.0, -10.0), right_arm=Arm(flex=84.0, out=12.0, twist=10.0, elbow=8.0, palm=60.0, curl=4.0)),
    "carrying": Pose(
        chest=(-3.0, 0.0, 0.0),
        left_arm=Arm(flex=18.0, out=10.0, twist=24.0, elbow=84.0, palm=-40.0, curl=20.0),
        right_arm=Arm(flex=18.0, out=10.0, twist=24.0, elbow=84.0, palm=-40.0, curl=20.0),
    ),
    "sitting": Pose(
        pelvis=(-8.0, 0.0, 0.0),
        chest=(4.0, 0.0, 0.0),
        head=(4.0, 0.0, 0.0),
        left_leg=_SEATED,
        right_leg=_SEATED,
        left_arm=_ON_LAP,
        right_arm=_ON_LAP,
    ),
    "crouching": Pose(
        pelvis=(30.0, 0.0, 0.0),
        chest=(42.0, 0.0, 0.0),
        head=(10.0, 0.0, 0.0),
        left_leg=Leg(hip=108.0, knee=132.0, ankle=26.0, out=14.0, turn=16.0),
        right_leg=Leg(hip=96.0, knee=136.0, ankle=20.0, toe=30.0, out=12.0, turn=12.0),
        left_arm=Arm(flex=30.0, out=10.0, elbow=30.0),
        right_arm=Arm(flex=40.0, out=8.0, elbow=20.0),
    ),
    "kneeling": Pose(
        chest=(14.0, 0.0, 0.0),
        head=(20.0, 0.0, 0.0),
        left_leg=Leg(hip=88.0, knee=92.0, ankle=4.0),
        right_leg=Leg(hip=4.0, knee=98.0, ankle=-10.0, toe=50.0),
        left_arm=Arm(flex=40.0, elbow=30.0),
        right_arm=Arm(flex=46.0, elbow=40.0),
    ),
    "fallen_back": Pose(
        root=(-90.0, 0.0, 0.0),
        head=(12.0, 10.0, 30.0),
        left_leg=Leg(hip=18.0, knee=42.0, out=10.0, turn=30.0),
        right_leg=Leg(hip=4.0, knee=6.0, out=14.0, turn=24.0),
        left_arm=Arm(flex=-8.0, out=62.0, twist=-40.0, elbow=50.0),
        right_arm=Arm(flex=-6.0, out=34.0, twist=0.0, elbow=20.0),
    ),
    "fallen_side": Pose(
        root=(0.0, 90.0, 0.0),
        chest=(16.0, 0.0, 0.0),
        head=(14.0, -8.0, 0.0),
        left_leg=Leg(hip=52.0, knee=70.0, out=-4.0),
        right_leg=Leg(hip=20.0, knee=30.0, out=0.0),
        left_arm=Arm(flex=56.0, out=-8.0, elbow=60.0),
        right_arm=Arm(flex=86.0, out=6.0, elbow=40.0),
    ),
    "fallen_front": Pose(
        root=(90.0, 0.0, 0.0),
        head=(-12.0, 0.0, 55.0),
        left_leg=Leg(hip=2.0, knee=4.0, ankle=-46.0, out=10.0, turn=30.0),
        right_leg=Leg(hip=4.0, knee=8.0, ankle=-44.0, out=24.0, turn=40.0),
        left_arm=Arm(flex=-4.0, out=132.0, twist=-20.0, elbow=14.0),
        right_arm=Arm(flex=-4.0, out=30.0, twist=-20.0, elbow=6.0),
    ),
}

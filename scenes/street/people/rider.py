"""Riders of bicycles and motorcycles: hands on the grips, feet on the pedals, on the saddle."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector, cross
from generator.mesh import Mesh, Rgb
from scenes.street.people.body import template
from scenes.street.people.hair import HairStyle
from scenes.street.people.person import Person
from scenes.street.people.skeleton import Pose, ancestors, frames_of, limb_frames, turn
from scenes.street.people.wardrobe import BottomName, OuterName, ShoeName, TopName
from scenes.street.vehicles import bicycle, motorcycle

Mount = Literal["city", "road", "mountain", "scooter", "naked", "touring"]

_LEANS_DEG = {"city": 10.0, "mountain": 26.0, "road": 42.0, "scooter": 2.0, "naked": 12.0, "touring": 4.0}
_MOST_LEAN_DEG = 70.0
_SEAT_M = 0.085  # hip joints above the saddle on a body of 1.7 m
_FOOT = turn(1, 14.0)  # toes down
_SOLE_M = 0.02
_GRIP_M = 0.075  # wrist behind the middle of the grip on a body of 1.7 m


@register
class Rider(Actor):
    """Who rides a bicycle or a motorcycle, in that vehicle's own frame: give both the same pose.

    mount is the style of the bicycle (city, road, mountain) or motorcycle (scooter, naked, touring); wheel_m, saddle_m and
    crank_rad are those of the bicycle. The rest is as for a person.
    """

    kind: Literal["rider"] = "rider"
    mount: Mount = "city"
    wheel_m: float = Field(default=0.69, ge=0.45, le=0.76)
    saddle_m: float = Field(default=0.95, ge=0.65, le=1.12)
    crank_rad: float = 0.5
    age_years: float = Field(default=32.0, ge=6.0, le=85.0)
    sex: float = Field(default=1.0, ge=0.0, le=1.0)
    weight: float = Field(default=0.45, ge=0.0, le=1.0)
    muscle: float = Field(default=0.5, ge=0.0, le=1.0)
    height_m: float = Field(default=0.0, ge=0.0, le=2.15)
    african: float = Field(default=0.1, ge=0.0, le=1.0)
    asian: float = Field(default=0.1, ge=0.0, le=1.0)
    skin_color: Rgb | None = None
    hair: HairStyle | None = None
    hair_color: Rgb | None = None
    beard: bool = False
    top: TopName | None = None
    outer: OuterName | None = None
    bottom: BottomName | None = None
    shoes: ShoeName | None = None
    top_color: Rgb | None = None
    outer_color: Rgb | None = None
    bottom_color: Rgb | None = None
    shoe_color: Rgb | None = None
    hi_vis: bool = False
    hat: Literal["none", "helmet", "full_helmet", "cap", "beanie"] = "helmet"
    hat_color: Rgb | None = None
    bag: Literal["none", "backpack", "shoulder_bag"] = "none"
    bag_color: Rgb | None = None

    semantic: ClassVar[str] = "rider"
    levels: ClassVar[bool] = True
    attached: ClassVar[bool] = True

    def size_m(self) -> Vector:
        low, high = self._wearer().corners(self.stance)
        reach = np.maximum(np.abs(low), np.abs(high))
        return (2 * float(reach[0]), 2 * float(reach[1]), float(high[2]))

    def build(self) -> Mesh:
        return self._wearer().mesh(self.stance)

    def _wearer(self) -> Person:
        """The same body and clothes as a person; a rider's legs are apart, so long skirts and coats are left off."""
        values = self.model_dump(exclude={"kind", "mount", "wheel_m", "saddle_m", "crank_rad"})
        return Person(**values, pose="sitting")

    def stance(self, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return riding(joints, self._contacts(), _LEANS_DEG[self.mount])

    def _contacts(self) -> dict[str, np.ndarray]:
        """saddle (3,); hands and feet (2, 3), the left one first."""
        if self.mount in ("city", "road", "mountain"):
            points = bicycle.rider_points(
                bicycle.Bicycle(style=self.mount, wheel_m=self.wheel_m, saddle_m=self.saddle_m, crank_rad=self.crank_rad)
            )
            return {"saddle": np.array(points["saddle"]), "hands": np.array(points["grips"]), "feet": np.array(points["pedals"])}
        seat = motorcycle.rider_points(motorcycle.Motorcycle(style=self.mount))
        return {"saddle": np.array(seat["saddle"]), "hands": np.array(seat["grips"]), "feet": np.array(seat["feet"])}


def riding(joints: np.ndarray, contacts: dict[str, np.ndarray], lean_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Frames (J, 3, 3) of the bones and shift (3,) of a body with rest joints (J, 3) whose seat, hands and feet are on `contacts`.

    It leans forward by `lean_deg`, or farther when its arms would not reach.
    """
    leaning = _leaning(lean_deg)
    roots = _limb_roots(joints, leaning)
    scale = joints[template().bone_index["head"]][2] / 1.56  # the head joint of a body of 1.7 m is at 1.56 m
    shifts = contacts["saddle"] + np.array([0.03, 0.0, _SEAT_M]) * scale - (roots[:, 0] + roots[:, 1]) / 2
    gap = contacts["hands"][0] - np.array([_GRIP_M * scale, 0, 0]) - roots[:, 2] - shifts
    arm_lengths = _lengths(joints, _ARM)
    reaches = 0.97 * arm_lengths[:, 0].sum() > np.sqrt((gap * gap).sum(1))
    step = int(reaches.argmax()) if reaches.any() else len(reaches) - 1
    frames, places = leaning[step].copy(), roots[step] + shifts[step]
    legs = _legs(joints, places[:2], contacts["feet"])
    arms = _arms(arm_lengths, places[2:], contacts["hands"], scale)
    limbs = limb_frames(np.stack([along for along, _ in (*legs, *arms)]), np.stack([hinge for _, hinge in (*legs, *arms)]))
    frames[_limbs()] = limbs
    fingers, curls = _grasp()
    frames[fingers] = limbs[-1][:, None] @ curls
    frames[_bones("foot")] = frames[_bones("ball")] = _FOOT
    return frames, shifts[step]


@lru_cache(maxsize=8)
def _leaning(lean_deg: float) -> np.ndarray:
    """(K, J, 3, 3) frames of a trunk that leans forward by `lean_deg`, by 4 degrees more, and so on; its limbs hang."""
    leans = np.arange(lean_deg, _MOST_LEAN_DEG + 4.0, 4.0).tolist()
    return frames_of(
        [Pose(pelvis=(0.6 * lean, 0.0, 0.0), chest=(1.1 * lean, 0.0, 0.0), head=(0.35 * lean - 4.0, 0.0, 0.0)) for lean in leans]
    )


def _limb_roots(joints: np.ndarray, leaning: np.ndarray) -> np.ndarray:
    """(K, 4, 3) left and right hip and shoulder for the frames (K, J, 3, 3) of a trunk; at rest a trunk's axes are the body's own."""
    bones, paths = _trunk()
    parents = template().parents[bones]
    turned = np.einsum("knij,nj->kni", leaning[:, parents], joints[bones] - joints[parents])
    return np.asarray(joints[0] + paths @ turned)


@lru_cache(maxsize=1)
def _trunk() -> tuple[np.ndarray, np.ndarray]:
    """(N,) the bones between the root and hips and shoulders; (4, N) which of them lie on the way to each."""
    paths = ancestors()[np.concatenate([_bones("thigh"), _bones("upperarm")])]
    bones = np.flatnonzero(paths.any(0))[1:]  # without the root itself
    return bones, paths[:, bones]


@lru_cache(maxsize=32)
def _bones(name: str) -> np.ndarray:
    """(2,) the left and the right bone."""
    index = template().bone_index
    return np.array([index[f"{name}_l"], index[f"{name}_r"]])


_LEG, _ARM = ("thigh", "calf", "foot"), ("upperarm", "lowerarm", "hand")


def _lengths(joints: np.ndarray, limb: tuple[str, ...]) -> np.ndarray:
    """(2, 2) length of the upper and of the lower bone of a limb, left and right."""
    places = joints[_limb(limb)]
    steps = places[1:] - places[:-1]
    return np.asarray(np.sqrt((steps * steps).sum(-1)))


@lru_cache(maxsize=2)
def _limb(names: tuple[str, ...]) -> np.ndarray:
    """(3, 2) the bones of a limb, left and right."""
    return np.stack([_bones(name) for name in names])


Bones = tuple[np.ndarray, np.ndarray]  # (2, 3) where a left and a right bone point, (2, 3) what their y axes are near to
_LEFT, _UP = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])


@lru_cache(maxsize=1)
def _limbs() -> np.ndarray:
    """(5, 2) the bones that `_legs` and `_arms` give."""
    return np.stack([_bones(name) for name in (*_LEG[:2], *_ARM)])


def _legs(joints: np.ndarray, hips: np.ndarray, pedals: np.ndarray) -> tuple[Bones, Bones]:
    """Thighs and calves: the balls of the feet on the pedals (2, 3), the knees forward."""
    ball = joints[_bones("ball")]
    sole = (ball - joints[_bones("foot")]) @ _FOOT.T
    ankles = pedals - sole
    ankles[:, 2] += _SOLE_M + ball[:, 2]
    knees = _bend(hips, ankles, _lengths(joints, _LEG), np.array([[1.0, 0.12, 0.4], [1.0, -0.12, 0.4]]))
    return (knees - hips, _LEFT), (ankles - knees, _LEFT)


def _arms(lengths: np.ndarray, shoulders: np.ndarray, grips: np.ndarray, scale: float) -> tuple[Bones, Bones, Bones]:
    """Upper arms, lower arms and hands: palms down on the grips (2, 3), the elbows down and out."""
    back = grips - shoulders
    back = back / np.sqrt((back * back).sum(1, keepdims=True))
    behind = back * np.array([0.9, 0.0, 0.6]) + np.array([0.1, 0.0, 0.0])
    wrists = grips - _GRIP_M * scale * behind + np.array([0.0, 0.0, 0.025])
    elbows = _bend(shoulders, wrists, lengths, np.array([[-0.5, 0.5, -0.9], [-0.5, -0.5, -0.9]]))
    hinges = cross(wrists - elbows, elbows - shoulders)
    palms = grips + np.array([0.02, 0.0, -0.005]) - wrists
    return (elbows - shoulders, hinges), (wrists - elbows, hinges), (palms, _UP)


@lru_cache(maxsize=1)
def _grasp() -> tuple[np.ndarray, np.ndarray]:
    """(2, 15) the bones of the fingers of both hands and (2, 15, 3, 3) how far each is turned round a grip."""
    joints = [(finger, k) for finger in ("index", "middle", "ring", "pinky", "thumb") for k in (1, 2, 3)]
    curl = np.array([k * (16.0 if finger == "thumb" else 52.0) for finger, k in joints])
    return np.stack([_bones(f"{finger}_0{k}") for finger, k in joints], axis=1), np.stack([turn(0, -curl), turn(0, curl)])


def _bend(roots: np.ndarray, ends: np.ndarray, lengths: np.ndarray, poles: np.ndarray) -> np.ndarray:
    """(2, 3) the middle joints of limbs from `roots` to `ends`, bent towards `poles`, all (2, 3); lengths (2, 2), see _lengths.

    They are stretched when the ends are out of reach.
    """
    way = ends - roots
    distance = np.sqrt((way * way).sum(1))
    way = way / distance[:, None]
    a, b = lengths
    reach = np.clip(distance, np.abs(a - b) * 1.001, (a + b) * 0.9995)
    along = (a * a - b * b + reach * reach) / (2 * reach)
    side = poles - way * (poles * way).sum(1, keepdims=True)
    away = np.sqrt(np.maximum(a * a - along * along, 0.0) / (side * side).sum(1))
    return np.asarray(roots + way * along[:, None] + side * away[:, None])

"""Riders of bicycles and motorcycles: hands on the grips, feet on the pedals, on the saddle."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector, cross
from generator.mesh import Mesh, Rgb
from scenes.street.people.body import template
from scenes.street.people.hair import HairStyle
from scenes.street.people.person import Person
from scenes.street.people.skeleton import Pose, limb_frame, posed_bones, rest_frames, target_frames, turn
from scenes.street.people.wardrobe import BottomName, OuterName, ShoeName, TopName
from scenes.street.vehicles import bicycle, motorcycle

Mount = Literal["city", "road", "mountain", "scooter", "naked", "touring"]

_LEANS_DEG = {"city": 10.0, "mountain": 26.0, "road": 42.0, "scooter": 2.0, "naked": 12.0, "touring": 4.0}
_MOST_LEAN_DEG = 70.0
_SEAT_M = 0.085  # hip joints above the saddle on a body of 1.7 m
_FOOT_PITCH_DEG = 14.0  # toes down
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
        low, high = self._wearer().corners(self._stance)
        reach = np.maximum(np.abs(low), np.abs(high))
        return (2 * float(reach[0]), 2 * float(reach[1]), float(high[2]))

    def build(self) -> Mesh:
        return self._wearer().mesh(self._stance)

    def _wearer(self) -> Person:
        """The same body and clothes as a person; a rider's legs are apart, so long skirts and coats are left off."""
        values = self.model_dump(exclude={"kind", "mount", "wheel_m", "saddle_m", "crank_rad"})
        return Person(**values, pose="sitting")

    def _stance(self, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    lean = lean_deg
    while True:
        frames, shift, spare = _trunk(joints, contacts, lean)
        if spare > 0 or lean >= _MOST_LEAN_DEG:
            break
        lean += 4.0
    for k, side in enumerate(("l", "r")):
        _leg(frames, joints, shift, contacts["feet"][k], side)
        _arm(frames, joints, shift, contacts["hands"][k], side)
    return frames, shift


def _trunk(joints: np.ndarray, contacts: dict[str, np.ndarray], lean: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Frames of a trunk that leans, the shift onto the saddle, and by how much the arms are longer than they need be."""
    index = template().bone_index
    pose = Pose(pelvis=(0.6 * lean, 0.0, 0.0), chest=(1.1 * lean, 0.0, 0.0), head=(0.35 * lean - 4.0, 0.0, 0.0))
    frames = target_frames(pose).copy()
    places = _places(joints, frames)
    hips = (places[index["thigh_l"]] + places[index["thigh_r"]]) / 2
    scale = joints[index["head"]][2] / 1.56  # the head joint of a body of 1.7 m is at 1.56 m
    shift = contacts["saddle"] + np.array([0.03, 0.0, _SEAT_M]) * scale - hips
    needed = np.linalg.norm(contacts["hands"][0] - np.array([_GRIP_M * scale, 0, 0]) - places[index["upperarm_l"]] - shift)
    length = _length(joints, "upperarm_l", "lowerarm_l") + _length(joints, "lowerarm_l", "hand_l")
    return frames, shift, float(0.97 * length - needed)


def _places(joints: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """(J, 3) posed joints."""
    rotations, offsets = posed_bones(joints, frames, rest_frames(joints))
    return np.einsum("jab,jb->ja", rotations, joints) + offsets


def _length(joints: np.ndarray, a: str, b: str) -> float:
    index = template().bone_index
    return float(np.linalg.norm(joints[index[a]] - joints[index[b]]))


def _leg(frames: np.ndarray, joints: np.ndarray, shift: np.ndarray, pedal: np.ndarray, side: str) -> None:
    """Sets the frames of one leg: the ball of the foot on the pedal, the knee forward."""
    index = template().bone_index
    foot = turn(1, _FOOT_PITCH_DEG)
    sole = joints[index[f"ball_{side}"]] - joints[index[f"foot_{side}"]]
    ankle = pedal + np.array([0.0, 0.0, _SOLE_M + joints[index[f"ball_{side}"]][2]]) - foot @ sole
    hip = _places(joints, frames)[index[f"thigh_{side}"]] + shift
    lengths = (_length(joints, f"thigh_{side}", f"calf_{side}"), _length(joints, f"calf_{side}", f"foot_{side}"))
    knee = _bend(hip, ankle, lengths, np.array([1.0, 0.12 if side == "l" else -0.12, 0.4]))
    left = np.array([0.0, 1.0, 0.0])
    frames[index[f"thigh_{side}"]] = limb_frame(knee - hip, left)
    frames[index[f"calf_{side}"]] = limb_frame(ankle - knee, left)
    frames[index[f"foot_{side}"]] = frames[index[f"ball_{side}"]] = foot


def _arm(frames: np.ndarray, joints: np.ndarray, shift: np.ndarray, grip: np.ndarray, side: str) -> None:
    """Sets the frames of one arm: palm down on the grip, the elbow down and out."""
    index = template().bone_index
    sign = 1.0 if side == "l" else -1.0
    shoulder = _places(joints, frames)[index[f"upperarm_{side}"]] + shift
    scale = joints[index["head"]][2] / 1.56
    back = grip - shoulder
    back = back / np.linalg.norm(back)
    wrist = grip - _GRIP_M * scale * np.array([0.9 * back[0] + 0.1, 0.0, 0.6 * back[2]]) + np.array([0.0, 0.0, 0.025])
    lengths = (_length(joints, f"upperarm_{side}", f"lowerarm_{side}"), _length(joints, f"lowerarm_{side}", f"hand_{side}"))
    elbow = _bend(shoulder, wrist, lengths, np.array([-0.5, 0.5 * sign, -0.9]))
    hinge = cross(wrist - elbow, elbow - shoulder)
    frames[index[f"upperarm_{side}"]] = limb_frame(elbow - shoulder, hinge)
    frames[index[f"lowerarm_{side}"]] = limb_frame(wrist - elbow, hinge)
    hand = limb_frame(grip + np.array([0.02, 0.0, -0.005]) - wrist, np.array([0.0, 0.0, sign]))
    frames[index[f"hand_{side}"]] = hand
    for finger in ("index", "middle", "ring", "pinky"):
        for k in (1, 2, 3):
            frames[index[f"{finger}_0{k}_{side}"]] = hand @ turn(0, -sign * 52.0 * k)
    for k in (1, 2, 3):
        frames[index[f"thumb_0{k}_{side}"]] = hand @ turn(0, -sign * 16.0 * k)


def _bend(root: np.ndarray, end: np.ndarray, lengths: tuple[float, float], pole: np.ndarray) -> np.ndarray:
    """(3,) the middle joint of a limb from `root` to `end`, bent towards `pole`; stretched when the end is out of reach."""
    way = end - root
    distance = float(np.linalg.norm(way))
    way = way / distance
    a, b = lengths
    reach = min(max(distance, abs(a - b) * 1.001), (a + b) * 0.9995)
    along = (a * a - b * b + reach * reach) / (2 * reach)
    side = pole - way * (pole @ way)
    return root + way * along + side / np.linalg.norm(side) * np.sqrt(max(a * a - along * along, 0.0))

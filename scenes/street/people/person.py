"""A pedestrian: a body of any age and build, dressed, in one of many poses."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Mesh, Rgb, merge
from generator.streams import Stream
from scenes.street.people import complexion, wardrobe
from scenes.street.people.body import Physique, typical_height_m
from scenes.street.people.dressing import dressed
from scenes.street.people.extents import extent, size_of
from scenes.street.people.figure import Stance, figure
from scenes.street.people.hair import HairStyle, patch
from scenes.street.people.poses import STRIDES, PoseName, cycle, step_of
from scenes.street.people.props import PropName, prop
from scenes.street.people.skeleton import Arm, frames_of
from scenes.street.people.wardrobe import BagName, BottomName, Clothes, HatName, OuterName, Outfit, ShoeName, TopName

_HANDS_FREE = ("standing", "relaxed", "looking_around", "walking", "running")  # poses with hands that can carry something
_HOLDING_UP = Arm(flex=26.0, out=6.0, twist=30.0, elbow=112.0, palm=-10.0, curl=60.0)
_CARRYING = Arm(flex=2.0, out=12.0, twist=8.0, elbow=10.0, palm=10.0, curl=62.0)
_PULLING = Arm(flex=-16.0, out=14.0, twist=8.0, elbow=8.0, palm=20.0, curl=62.0)
_LYING_OR_SITTING = ("sitting", "crouching", "kneeling", "fallen_back", "fallen_side", "fallen_front")


@register
class Person(Actor):
    """A person on foot. Clothes, hair and colours left at None are chosen by `variant` to suit age and sex.

    sex: 0 woman .. 1 man. weight and muscle: 0 little .. 1 much, 0.5 average. height_m 0: usual for the age. african and asian:
    shares of the ancestry, the rest is European. phase 0..1: place in the cycle of walking and running. Colours are linear RGB.
    """

    kind: Literal["person"] = "person"
    age_years: float = Field(default=32.0, ge=1.0, le=90.0)
    sex: float = Field(default=0.0, ge=0.0, le=1.0)
    weight: float = Field(default=0.5, ge=0.0, le=1.0)
    muscle: float = Field(default=0.5, ge=0.0, le=1.0)
    height_m: float = Field(default=0.0, ge=0.0, le=2.15)
    african: float = Field(default=0.1, ge=0.0, le=1.0)
    asian: float = Field(default=0.1, ge=0.0, le=1.0)
    skin_color: Rgb | None = None
    pose: PoseName = "walking"
    phase: float = Field(default=0.05, ge=0.0, le=1.0)
    stride: float = Field(default=1.0, ge=0.4, le=1.4)
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
    hat: HatName = "none"
    hat_color: Rgb | None = None
    bag: BagName = "none"
    bag_color: Rgb | None = None
    umbrella: bool = False

    semantic: ClassVar[str] = "person"
    levels: ClassVar[bool] = True

    def size_m(self) -> Vector:
        return size_of(*self.corners(self.stance))

    def build(self) -> Mesh:
        return on_ground(self.mesh(self.stance))

    def corners(self, stance: Stance) -> tuple[np.ndarray, np.ndarray]:
        """Low and high corner (3,) of the box around this person in another stance, not set on the ground."""
        clothes = self.clothes()
        return extent(self.physique(), self.stature_m(), stance, clothes, self.hat, self.hi_vis, self._props(clothes.hair))

    def mesh(self, stance: Stance) -> Mesh:
        """This person in another stance, not set on the ground."""
        body = figure(self.physique(), self.stature_m(), stance, "far" if self.detail == "far" else "near")
        stream, outfit = Stream.root("person", self.variant), self.outfit()
        skin = complexion.skin_material(self.physique(), stream.child("skin"), self.skin_color)
        hair = complexion.hair_material(self.hair_color or complexion.hair_color(self.physique(), stream.child("hair color")))
        own = outfit.outer_color if self.hat == "hood" else None  # a hood belongs to the coat
        hat_color = self.hat_color or own or wardrobe.usual_color(stream.child("hat color"), "hat", self.hat, 10.0)
        parts = dressed(body, outfit, skin, hair, self.hat, hat_color, self.hi_vis)
        bag = wardrobe.bag_material(self.bag_color or wardrobe.usual_color(stream.child("bag color"), "outer", self.bag, 30.0), self.bag)
        if self.beard:
            parts.append(patch(body, "beard", 0.004, hair))
        return merge(
            [*parts, *(prop(body, name, hair if name in ("bun", "ponytail") else bag) for name in self._props(outfit.clothes.hair))]
        )

    def stance(self, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Frames (J, 3, 3) of the bones in its pose, whatever the joints (J, 3), and no shift (3,)."""
        cycle = _cycle(self.pose, round(self.stride * STRIDES), self._arms())
        return cycle[step_of(self.pose, self.phase)], np.zeros(3)

    def physique(self) -> Physique:
        return Physique(self.age_years, self.sex, self.muscle, self.weight, self.african, self.asian)

    def stature_m(self) -> float:
        return self.height_m or typical_height_m(self.age_years, self.sex)

    def _arms(self) -> tuple[Arm | None, Arm | None]:
        """Left and right arm where they carry something."""
        if self.pose not in _HANDS_FREE:
            return None, None
        right = _HOLDING_UP if self.umbrella else _PULLING if self.bag == "suitcase" else None
        return _CARRYING if self.bag in ("handbag", "shopping_bag") else None, right

    def _props(self, style: HairStyle) -> tuple[PropName, ...]:
        """What is carried, as far as the pose leaves hands for it, and hair that hangs free."""
        props: list[PropName] = []
        free = self.pose in _HANDS_FREE
        if self.umbrella and free:
            props.append("umbrella")
        if self.bag in ("backpack", "shoulder_bag") or (self.bag in ("handbag", "shopping_bag") and free):
            props.append(self.bag)
        if self.bag == "suitcase" and free and not self.umbrella:
            props.append("suitcase")
        if self.pose in ("phone_ear", "phone_look"):
            props.append(self.pose)
        if (
            style in ("bun", "ponytail")
            and self.hat not in ("hood", "headscarf", "full_helmet")
            and not (style == "bun" and self.hat != "none")
        ):
            props.append(style)
        return tuple(props)

    def clothes(self) -> Clothes:
        """What is worn, with the choices of the variant filled in."""
        s = Stream.root("outfit", self.variant)
        age, sex = self.age_years, self.sex
        return Clothes(
            self.top or wardrobe.usual_top(s.child("top"), age, sex),
            self.outer or wardrobe.usual_outer(s.child("outer"), age),
            self.bottom or wardrobe.usual_bottom(s.child("bottom"), age, sex, upright=self.pose not in _LYING_OR_SITTING),
            self.hair or wardrobe.usual_hair(s.child("hair"), age, sex, self.african),
        )

    def outfit(self) -> Outfit:
        """The clothes with shoes and colours."""
        s, clothes, age = Stream.root("outfit", self.variant), self.clothes(), self.age_years
        return Outfit(
            clothes,
            self.shoes or wardrobe.usual_shoes(s.child("shoes")),
            self.top_color or wardrobe.usual_color(s.child("top color"), "top", clothes.top, age),
            self.outer_color or wardrobe.usual_color(s.child("outer color"), "outer", clothes.outer, age),
            self.bottom_color or wardrobe.usual_color(s.child("bottom color"), "bottom", clothes.bottom, age),
            self.shoe_color or wardrobe.usual_color(s.child("shoe color"), "shoe", "", age),
        )


@lru_cache(maxsize=128)
def _cycle(pose: PoseName, stride_steps: int, arms: tuple[Arm | None, Arm | None]) -> np.ndarray:
    """(steps, J, 3, 3) the frames of every step of a cycle, with other arms where these are given."""
    left, right = arms
    steps = cycle(pose, stride_steps / STRIDES)
    return frames_of([replace(one, left_arm=left or one.left_arm, right_arm=right or one.right_arm) for one in steps])


def on_ground(mesh: Mesh) -> Mesh:
    """The mesh with its lowest vertex at z = 0 and the middle of its box over the origin."""
    low, high = mesh.bounds_m()
    return mesh.moved((-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2]))

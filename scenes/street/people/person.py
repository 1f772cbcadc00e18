"""A pedestrian: a body of any age and build, dressed, in one of many poses."""

from __future__ import annotations

from dataclasses import replace
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
from scenes.street.people.extents import extent, sampled_figure, size_of
from scenes.street.people.figure import Stance, figure
from scenes.street.people.hair import HairStyle, patch
from scenes.street.people.poses import PoseName, posed
from scenes.street.people.props import PropName, prop
from scenes.street.people.skeleton import Arm, Pose, target_frames
from scenes.street.people.wardrobe import BagName, BottomName, HatName, OuterName, Outfit, ShoeName, TopName

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
        return size_of(self.corners(self._stance))

    def build(self) -> Mesh:
        return on_ground(self.mesh(self._stance))

    def corners(self, stance: Stance) -> np.ndarray:
        """(2, 3) box around this person in another stance, not set on the ground."""
        sampled = sampled_figure(self._physique(), self._height_m(), stance)
        outfit = self._outfit()
        return extent(sampled, outfit, self.hat, self.hi_vis, self._props(outfit.hair))

    def mesh(self, stance: Stance) -> Mesh:
        """This person in another stance, not set on the ground."""
        body = figure(self._physique(), self._height_m(), stance, "far" if self.detail == "far" else "near")
        stream, outfit = Stream.root("person", self.variant), self._outfit()
        skin = complexion.skin_material(self._physique(), stream.child("skin"), self.skin_color)
        hair = complexion.hair_material(self.hair_color or complexion.hair_color(self._physique(), stream.child("hair color")))
        own = outfit.outer_color if self.hat == "hood" else None  # a hood belongs to the coat
        hat_color = self.hat_color or own or wardrobe.usual_color(stream.child("hat color"), "hat", self.hat, 10.0)
        parts = dressed(body, outfit, skin, hair, self.hat, hat_color, self.hi_vis)
        bag = wardrobe.bag_material(self.bag_color or wardrobe.usual_color(stream.child("bag color"), "outer", self.bag, 30.0), self.bag)
        if self.beard:
            parts.append(patch(body, "beard", 0.004, hair))
        return merge([*parts, *(prop(body, name, hair if name in ("bun", "ponytail") else bag) for name in self._props(outfit.hair))])

    def _stance(self, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return target_frames(self._pose()), np.zeros(3)

    def _physique(self) -> Physique:
        return Physique(self.age_years, self.sex, self.muscle, self.weight, self.african, self.asian)

    def _height_m(self) -> float:
        return self.height_m or typical_height_m(self.age_years, self.sex)

    def _pose(self) -> Pose:
        pose = posed(self.pose, self.phase, self.stride)
        if self.pose not in _HANDS_FREE:
            return pose
        if self.umbrella:
            pose = replace(pose, right_arm=_HOLDING_UP)
        elif self.bag == "suitcase":
            pose = replace(pose, right_arm=_PULLING)
        return replace(pose, left_arm=_CARRYING) if self.bag in ("handbag", "shopping_bag") else pose

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

    def _outfit(self) -> Outfit:
        """What is worn, with the choices of the variant filled in."""
        s = Stream.root("outfit", self.variant)
        age, sex = self.age_years, self.sex
        top = self.top or wardrobe.usual_top(s.child("top"), age, sex)
        outer = self.outer or wardrobe.usual_outer(s.child("outer"), age)
        bottom = self.bottom or wardrobe.usual_bottom(s.child("bottom"), age, sex, upright=self.pose not in _LYING_OR_SITTING)
        return Outfit(
            top, outer, bottom,
            self.shoes or wardrobe.usual_shoes(s.child("shoes")),
            self.hair or wardrobe.usual_hair(s.child("hair"), age, sex, self.african),
            self.top_color or wardrobe.usual_color(s.child("top color"), "top", top, age),
            self.outer_color or wardrobe.usual_color(s.child("outer color"), "outer", outer, age),
            self.bottom_color or wardrobe.usual_color(s.child("bottom color"), "bottom", bottom, age),
            self.shoe_color or wardrobe.usual_color(s.child("shoe color"), "shoe", "", age),
        )  # fmt: skip


def on_ground(mesh: Mesh) -> Mesh:
    """The mesh with its lowest vertex at z = 0 and the middle of its box over the origin."""
    low, high = mesh.bounds_m()
    return mesh.moved((-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2]))

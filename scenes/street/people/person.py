"""A pedestrian: a body of any age and build, dressed, in one of many poses."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.streams import Stream
from scenes.street.people import complexion, wardrobe
from scenes.street.people.body import Physique, typical_height_m
from scenes.street.people.dressing import dressed
from scenes.street.people.figure import Figure, figure
from scenes.street.people.hair import HairStyle
from scenes.street.people.poses import PoseName, posed
from scenes.street.people.skeleton import Pose, target_frames
from scenes.street.people.wardrobe import BagName, BottomName, HatName, OuterName, Outfit, ShoeName, TopName

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

    semantic: ClassVar[str] = "person"

    def size_m(self) -> Vector:
        low, high = self.build().bounds_m()
        return tuple(float(v) for v in high - low)  # type: ignore[return-value]

    def build(self) -> Mesh:
        return on_ground(merge(self._parts()))

    def physique(self) -> Physique:
        return Physique(self.age_years, self.sex, self.muscle, self.weight, self.african, self.asian)

    def _parts(self) -> list[Mesh]:
        stream = Stream.root("person", self.variant)
        body = figure(self.physique(), self.height_m or typical_height_m(self.age_years, self.sex), target_frames(self._pose()))
        outfit = self.outfit()
        skin = complexion.skin_material(self.physique(), stream.child("skin"), self.skin_color)
        hair = complexion.hair_material(self.hair_color or complexion.hair_color(self.physique(), stream.child("hair color")))
        hat_color = self.hat_color or wardrobe.usual_color(stream.child("hat color"), "hat", self.hat, 10.0)
        return dressed(body, outfit, skin, hair, self.hat, hat_color, self.hi_vis)

    def _pose(self) -> Pose:
        return posed(self.pose, self.phase, self.stride)

    def outfit(self) -> Outfit:
        """What is worn, with the choices of the variant filled in."""
        s = Stream.root("outfit", self.variant)
        age, sex = self.age_years, self.sex
        top = self.top or wardrobe.usual_top(s.child("top"), age, sex)
        outer = self.outer or wardrobe.usual_outer(s.child("outer"), age)
        bottom = self.bottom or wardrobe.usual_bottom(s.child("bottom"), age, sex, upright=self.pose not in _LYING_OR_SITTING)
        return Outfit(
            top, outer, bottom,
            self.shoes or wardrobe.pick(s.child("shoes"), "sneakers", "sneakers", "shoes", "boots"),
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

"""What looks like a person and is none: shop dummies and statues, of the same bodies, without labels of people."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from scenes.shapes import lathe, prism
from scenes.street.people.person import Person

DummyPose = Literal["standing", "relaxed", "hands_on_hips", "walking", "pointing"]
StatuePose = Literal["standing", "relaxed", "hands_on_hips", "pointing", "hailing", "looking_around", "walking", "sitting"]

_BRONZE = Material(
    color=(0.045, 0.055, 0.042), texture="rust", texture_scale_m=0.5, roughness=0.5, metallic=0.7, variation=0.3, weathered=True
)
_MARBLE = Material(color=(0.55, 0.53, 0.49), texture="marble", texture_scale_m=0.6, roughness=0.55, dirt=0.3, weathered=True)
_STONE = Material(color=(0.26, 0.24, 0.21), texture="concrete", texture_scale_m=0.5, roughness=0.9, bump=0.2, dirt=0.4, weathered=True)
_STUFFS = {"bronze": _BRONZE, "marble": _MARBLE, "stone": _STONE}
_FOOT_M = 0.012  # a dummy's foot plate
_STEP = 0.28  # share of the plinth's height that is its base and its cornice together


@register
class Mannequin(Actor):
    """A shop dummy: a plastic body in this season's clothes, on a round foot plate."""

    kind: Literal["mannequin"] = "mannequin"
    sex: float = Field(default=0.0, ge=0.0, le=1.0)
    height_m: float = Field(default=1.78, ge=1.0, le=1.95)
    pose: DummyPose = "relaxed"
    plastic_color: Rgb = (0.75, 0.73, 0.70)

    semantic: ClassVar[str] = "object"
    levels: ClassVar[bool] = True

    def size_m(self) -> Vector:
        length, width, height = self._body().size_m()
        return (max(length, 2 * self._plate_m()), max(width, 2 * self._plate_m()), height + _FOOT_M)

    def build(self) -> Mesh:
        plastic = Material(color=self.plastic_color, roughness=0.3, variation=0.02)
        body = self._body().build()
        skin = tuple(plastic if m.texture in ("skin", "hair") or m.subsurface or m.color in _FACE else m for m in body.materials)
        plate = lathe(
            [(self._plate_m(), 0.0), (self._plate_m(), _FOOT_M)], Material(color=(0.4, 0.4, 0.4), metallic=1.0, roughness=0.3), segments=24
        )
        return merge([_in(body, skin).moved((0.0, 0.0, _FOOT_M)), plate])

    def _plate_m(self) -> float:
        return 0.17 * self.height_m / 1.78

    def _body(self) -> Person:
        return Person(
            variant=self.variant,
            detail=self.detail,
            sex=self.sex,
            height_m=self.height_m,
            pose=self.pose,
            age_years=24.0,
            weight=0.3,
            hair="bald",
            phase=0.06,
            stride=0.6,
        )


_FACE = ((0.62, 0.60, 0.57), (0.03, 0.018, 0.01))  # eyes


@register
class Statue(Actor):
    """A statue of a dressed person on a plinth, all of one stuff. height_m: of the figure alone."""

    kind: Literal["statue"] = "statue"
    stuff: Literal["bronze", "marble", "stone"] = "bronze"
    age_years: float = Field(default=45.0, ge=8.0, le=85.0)
    sex: float = Field(default=1.0, ge=0.0, le=1.0)
    height_m: float = Field(default=1.9, ge=1.0, le=2.15)
    pose: StatuePose = "relaxed"
    plinth_m: float = Field(default=1.2, ge=0.1, le=3.0)

    semantic: ClassVar[str] = "object"
    levels: ClassVar[bool] = True

    def size_m(self) -> Vector:
        length, width, height = self._body().size_m()
        plinth = self._plinth_width_m() * 1.12
        return (max(length, plinth), max(width, plinth), height + self.plinth_m)

    def build(self) -> Mesh:
        stuff = _STUFFS[self.stuff]
        body = self._body().build()
        return merge([_in(body, (stuff,) * len(body.materials)).moved((0.0, 0.0, self.plinth_m)), *self._plinth()])

    def _plinth_width_m(self) -> float:
        return 0.46 * self.height_m

    def _plinth(self) -> list[Mesh]:
        """Base, shaft and cornice."""
        stone = _MARBLE if self.stuff == "marble" else _STONE
        half, edge = self._plinth_width_m() / 2, _STEP * min(self.plinth_m, 1.0) / 2
        levels = ((0.0, edge, 1.12), (edge, self.plinth_m - edge, 0.94), (self.plinth_m - edge, self.plinth_m, 1.06))
        parts = []
        for low, high, wide in levels:
            w = half * wide
            parts.append(prism([(-w, -w), (w, -w), (w, w), (-w, w)], high - low, stone, bottom_m=low))
        return parts

    def _body(self) -> Person:
        return Person(
            variant=self.variant,
            detail=self.detail,
            sex=self.sex,
            age_years=self.age_years,
            height_m=self.height_m,
            pose=self.pose,
            phase=0.1,
            stride=0.8,
            hair="side",
            outer="coat" if self.pose != "sitting" else "suit_jacket",
            bottom="trousers",
            shoes="boots",
        )


def _in(mesh: Mesh, materials: tuple[Material, ...]) -> Mesh:
    """The same mesh with other surfaces, slot by slot."""
    return Mesh(mesh.vertices, mesh.faces, mesh.slots, mesh.smooth, materials)

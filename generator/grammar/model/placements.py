"""Models of where things stand: relations to strips, objects and the camera, and how a thing is turned from there."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from generator.grammar.model.parts import NumberValue, Part, TextValue, Value


class Along(Part):
    """On a strip: `object.strip`, both may hold wildcards; one of those that fit is picked by length.

    Left out: s_m is even over the strip, left_m is 0. In a `fill` the strip and s_m are given by it.
    """

    strip: TextValue = None
    s_m: NumberValue = None
    left_m: NumberValue = 0.0
    heading: Literal["with", "against", "random", "any"] = "with"


class Beside(Part):
    """Next to an object with `gap_m` between the two boxes, turned as it is."""

    object: TextValue
    side: TextValue = None  # left, right, front, back; null: any of them
    gap_m: NumberValue = 0.5
    shift_m: NumberValue = 0.0  # along the side


class Behind(Part):
    """On the camera's ray through an object, `gap_m` beyond it."""

    object: TextValue
    gap_m: NumberValue = 1.0
    sideways_m: NumberValue = 0.0


class Occluding(Part):
    """On the camera's ray to an object, at `share` of its distance."""

    object: TextValue
    share: NumberValue = 0.5
    sideways_m: NumberValue = 0.0


class OnTop(Part):
    """Standing on an object's box; x_m and y_m in its frame, even over its top when left out."""

    object: TextValue
    x_m: NumberValue = None
    y_m: NumberValue = None


class Attached(Part):
    """Fixed to an object: its pose, moved by offset_m (x, y, z) in its frame. Shares its velocity."""

    object: TextValue
    offset_m: Value = [0.0, 0.0, 0.0]


class At(Part):
    """At a point of the world."""

    x_m: NumberValue = 0.0
    y_m: NumberValue = 0.0
    z_m: NumberValue = 0.0
    yaw_rad: NumberValue = 0.0


RELATIONS = ("along", "beside", "behind", "occluding", "on_top", "attached", "at")


class Placement(Part):
    """Exactly one relation, then how the object is turned from there."""

    along: Along | None = None
    beside: Beside | None = None
    behind: Behind | None = None
    occluding: Occluding | None = None
    on_top: OnTop | None = None
    attached: Attached | None = None
    at: At | None = None
    facing: TextValue = None  # camera, an object, or a strip
    turn_rad: NumberValue = 0.0  # counter-clockwise, after heading and facing
    pitch_rad: NumberValue = 0.0  # front up
    roll_rad: NumberValue = 0.0  # left side up
    up_m: NumberValue = 0.0

    @model_validator(mode="after")
    def _one_relation(self) -> Placement:
        self.only_one(RELATIONS)
        return self

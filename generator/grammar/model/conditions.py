"""Models of requirements: the named conditions that an object must meet."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from generator.grammar.model.parts import NumberValue, Part


class NoOverlap(Part):
    """Its footprint keeps `clearance_m` from those of all others."""

    clearance_m: NumberValue = 0.05


class KeepDistance(Part):
    """At least `min_m` between its centre and that of every object called `object` (a name, wildcards allowed, or camera)."""

    object: str
    min_m: NumberValue


class InView(Part):
    """The share of its projected box that lies in the frame is in [min_share, max_share]; max_share below 1 asks for truncation."""

    min_share: NumberValue = 0.01
    max_share: NumberValue = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> InView:
        _check_order("min_share", self.min_share, "max_share", self.max_share)
        return self


class OutOfView(Part):
    """No part of its projected box lies in the frame."""


class CameraDistance(Part):
    """Its distance to the camera is in [min_m, max_m]."""

    min_m: NumberValue = 0.0
    max_m: NumberValue = 1e9

    @model_validator(mode="after")
    def _ordered(self) -> CameraDistance:
        _check_order("min_m", self.min_m, "max_m", self.max_m)
        return self


def _check_order(low_name: str, low: Any, high_name: str, high: Any) -> None:
    """Of constants; what is drawn or worked out is known only in a scene."""
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise ValueError(f"can never hold: {low_name} is {low}, above {high_name}, which is {high}")


class Requirement(Part):
    """One of the named conditions; `name` is what it is called when it fails."""

    name: str | None = None
    no_overlap: NoOverlap | None = None
    keep_distance: KeepDistance | None = None
    in_view: InView | None = None
    out_of_view: OutOfView | None = None
    min_size_px: NumberValue = None
    camera_distance: CameraDistance | None = None
    check: NumberValue = None

    @model_validator(mode="after")
    def _one_condition(self) -> Requirement:
        self.only_one(REQUIREMENTS)
        return self


REQUIREMENTS = ("no_overlap", "keep_distance", "in_view", "out_of_view", "min_size_px", "camera_distance", "check")

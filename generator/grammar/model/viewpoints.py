"""Models of the camera and of where it is."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from generator.grammar.model.parts import NumberValue, Part, TextValue, Value


class Mount(Part):
    """On a strip, as a rig on a car: height above it, turned from the direction of travel, moving at speed_m_s."""

    strip: TextValue
    s_m: NumberValue = None
    left_m: NumberValue = 0.0
    height_m: NumberValue = 1.4
    heading: Literal["with", "against"] = "with"
    yaw_rad: NumberValue = 0.0
    pitch_rad: NumberValue = 0.0
    roll_rad: NumberValue = 0.0
    speed_m_s: NumberValue = 0.0


class Station(Part):
    """At a point of the world."""

    x_m: NumberValue = 0.0
    y_m: NumberValue = 0.0
    z_m: NumberValue = 1.4
    yaw_rad: NumberValue = 0.0
    pitch_rad: NumberValue = 0.0
    roll_rad: NumberValue = 0.0
    velocity_m_s: Value = [0.0, 0.0, 0.0]  # in the world, for motion blur


class Orbit(Part):
    """On a sphere around a target, an object or a point [x, y, z], looking at it."""

    target: Value = [0.0, 0.0, 0.0]
    distance_m: NumberValue
    azimuth_rad: NumberValue = 0.0  # direction from the target to the camera
    elevation_rad: NumberValue = 0.3
    roll_rad: NumberValue = 0.0
    velocity_m_s: Value = [0.0, 0.0, 0.0]  # in the world, for motion blur


class CameraPart(Part):
    """The camera: size of its image, lens, and where it is. hfov_rad is the undistorted lens's; fx and fy instead of it."""

    width: NumberValue = 640
    height: NumberValue = 360
    hfov_rad: NumberValue = None
    fx: NumberValue = None
    fy: NumberValue = None
    cx: NumberValue = None
    cy: NumberValue = None
    distortion: Value = [0.0, 0.0, 0.0, 0.0, 0.0]
    sensor_width_m: NumberValue = 0.0064
    f_number: NumberValue = 0.0
    focus_distance_m: NumberValue = 20.0
    shutter_s: NumberValue = 0.0
    near_m: NumberValue = 0.05
    far_m: NumberValue = 2000.0
    mount: Mount | None = None
    position: Station | None = None
    orbit: Orbit | None = None

    @model_validator(mode="after")
    def _complete(self) -> CameraPart:
        self.only_one(("mount", "position", "orbit"))
        if (self.hfov_rad is None) == (self.fx is None):
            raise ValueError("needs either hfov_rad or fx (and fy where pixels are not square)")
        return self

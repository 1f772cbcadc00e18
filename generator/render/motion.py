"""Motion blur: objects and the camera move straight at their velocities while the shutter is open.

Frame 1 is mid-shutter and one frame lasts as long as the shutter, so that the label render, which has no motion blur, sees
the pose of the spec.
"""

from __future__ import annotations

from collections.abc import Sequence

import bpy
from mathutils import Vector

MID_SHUTTER_FRAME = 1


def move(placed: bpy.types.Object, velocity_m_s: Sequence[float], shutter_s: float) -> None:
    """Let the object travel along `velocity_m_s`, through its present place at mid-shutter."""
    if shutter_s <= 0 or not any(velocity_m_s):
        return
    middle = placed.location.copy()
    step = Vector(velocity_m_s) * shutter_s  # a frame
    for frame in (MID_SHUTTER_FRAME - 1, MID_SHUTTER_FRAME + 1):
        placed.location = middle + step * (frame - MID_SHUTTER_FRAME)
        placed.keyframe_insert("location", frame=frame)
    placed.location = middle
    for curve in placed.animation_data.action.layers[0].strips[0].channelbags[0].fcurves:
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"

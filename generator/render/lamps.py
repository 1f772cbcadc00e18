"""Lamps: radiant watts in, Blender lights out. Lamps light the scene but are never seen themselves."""

from __future__ import annotations

import math

import bpy
from mathutils import Quaternion, Vector

from generator.spec import LampSpec, PoseSpec

_MIN_RADIUS_M = 0.005  # a lamp without size would give infinitely bright highlights


def add_lamp(scene: bpy.types.Scene, name: str, lamp: LampSpec, pose: PoseSpec | None = None) -> bpy.types.Object:
    """A lamp in the world, or in the frame of an object that has `pose`."""
    turn = Quaternion(pose.rotation_wxyz) if pose else Quaternion()
    offset = Vector(pose.position_m) if pose else Vector()
    placed = bpy.data.objects.new(name, _light(name, lamp))
    placed.location = offset + turn @ Vector(lamp.position_m)
    placed.rotation_mode = "QUATERNION"
    placed.rotation_quaternion = (turn @ Vector(lamp.direction)).to_track_quat("-Z", "Y")
    placed.visible_camera = False
    scene.collection.objects.link(placed)
    return placed


def _light(name: str, lamp: LampSpec) -> bpy.types.Light:
    light = bpy.data.lights.new(name, lamp.kind.upper())
    light.color = lamp.color
    light.energy = lamp.power_w
    radius = max(lamp.radius_m, _MIN_RADIUS_M)
    if lamp.kind == "area":
        light.shape = "DISK"
        light.size = 2 * radius
        light.spread = min(lamp.spread_rad, math.pi)
        return light
    light.shadow_soft_size = radius
    if lamp.kind == "spot":
        light.spot_size = min(lamp.spread_rad, math.pi)
        light.spot_blend = 0.3
        # Blender takes the power of a point lamp of the same intensity; ours leaves through the cone alone.
        light.energy *= 2 / (1 - math.cos(light.spot_size / 2))
    return light

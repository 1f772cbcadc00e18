"""Relations: each turns values into a place on the ground (or on another object) for an object of known size."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.errors import ConfigError
from generator.geometry import (
    Quaternion,
    Strip,
    Vector,
    box_in_world,
    quaternion_about,
    quaternion_from_yaw,
    quaternion_product,
    rotation_matrix,
)
from generator.grammar.fields import NUMBER, Field
from generator.grammar.model.placements import Along, At, Attached, Behind, Beside, Occluding, OnTop, Placement
from generator.grammar.picking import cumulated, pick_weighted
from generator.grammar.problems import quoted, unknown
from generator.grammar.scope import Scope, Slot
from generator.grammar.sketch import Placed, Sketch
from generator.grammar.values import Spot, Value, compile_number, compile_text, compile_value

SIZE_NAMES = frozenset({"length_m", "width_m", "height_m"})
SIDES = {"front": 0.0, "left": math.pi / 2, "back": math.pi, "right": -math.pi / 2}
_STRIP_NAMES = frozenset({"strip_length_m", "strip_width_m"})
_VECTOR = Field(items=NUMBER)


@dataclass(slots=True)
class Spotted:
    """A place that a relation found; `parent` is what the object is fixed to, `turn_rad` the turn there if the place took it to know."""

    position_m: Vector
    yaw_rad: float
    parent: Placed | None = None
    turn_rad: float | None = None


class NoPlace(Exception):
    """A relation found no place; the message is counted like a failed requirement."""


Relation = Callable[[Scope, Sketch, Vector], Spotted]
Place = Callable[[Scope, Sketch, Vector], tuple[Vector, float, Quaternion, Placed | None]]


def compile_place(place: Placement, spot: Spot) -> Place:
    """position, yaw, rotation and parent of an object of a given size. Raises NoPlace."""
    names = ("turn_rad", "pitch_rad", "roll_rad", "up_m")
    turn, pitch, roll, up = (compile_number(getattr(place, n), spot.at(n)) for n in names)
    relation = _relation(place, spot, turn)
    facing = compile_text(place.facing, spot.at("facing")) if place.facing is not None else None
    level = all(v.is_constant and v.constant == 0 for v in (pitch, roll))

    def find(scope: Scope, sketch: Sketch, size_m: Vector) -> tuple[Vector, float, Quaternion, Placed | None]:
        found = relation(scope, sketch, size_m)
        yaw = found.yaw_rad
        if facing is not None:
            yaw = _direction(facing.draw(scope), scope, sketch, found)
        yaw += turn.draw(scope) if found.turn_rad is None else found.turn_rad
        if level and found.parent is None:
            x, y, z = found.position_m
            return (x, y, z + up.draw(scope)), yaw, quaternion_from_yaw(yaw), None
        tip = _tipped(pitch.draw(scope), roll.draw(scope))
        if found.parent is not None:
            lean = quaternion_product(quaternion_from_yaw(-found.parent.yaw_rad), found.parent.rotation_wxyz)
            rotation = quaternion_product(quaternion_product(quaternion_from_yaw(yaw), lean), tip)
            lift = 0.0
        else:
            rotation = quaternion_product(quaternion_from_yaw(yaw), tip)
            lift = 0.0 if tip[0] == 1.0 or place.at is not None else -float(box_in_world(size_m, (0.0, 0.0, 0.0), rotation)[:, 2].min())
        x, y, z = found.position_m
        return (x, y, z + lift + up.draw(scope)), yaw, rotation, found.parent

    return find


def _tipped(pitch_rad: float, roll_rad: float) -> Quaternion:
    return quaternion_product(quaternion_about((0.0, -1.0, 0.0), pitch_rad), quaternion_about((1.0, 0.0, 0.0), roll_rad))


def _relation(place: Placement, spot: Spot, turn: Value) -> Relation:
    if place.along is not None:
        return _along(place.along, spot.at("along"), turn)
    if place.beside is not None:
        return _beside(place.beside, spot.at("beside"))
    if place.behind is not None:
        return _behind(place.behind, spot.at("behind"))
    if place.occluding is not None:
        return _occluding(place.occluding, spot.at("occluding"))
    if place.on_top is not None:
        return _on_top(place.on_top, spot.at("on_top"))
    if place.attached is not None:
        return _attached(place.attached, spot.at("attached"))
    assert place.at is not None
    return _at(place.at, spot.at("at"))


def _along(along: Along, spot: Spot, turned: Value) -> Relation:
    """`turned` is how the object is turned after its heading: what it takes of a strip depends on both."""
    strip_name = compile_text(along.strip, spot.at("strip")) if along.strip is not None else None
    knowing = spot.knowing(_STRIP_NAMES).asking()
    s_value = compile_number(along.s_m, knowing.at("s_m")) if along.s_m is not None else None
    left_value = compile_number(along.left_m, knowing.at("left_m"))
    s_key, heading_key = f"{spot.key}.s_m", f"{spot.key}.heading"
    heading = along.heading
    sees_strip = not knowing.asked.isdisjoint(_STRIP_NAMES)
    spot.asked.update(knowing.asked)

    def find(scope: Scope, sketch: Sketch, size_m: Vector) -> Spotted:
        turn, turned_rad = _heading(heading, scope, heading_key), None
        slot = scope.slot
        if strip_name is None:
            if slot is None:
                raise ConfigError(f"{scope.path}: place.along needs a strip (only inside `fill` may it be left out)")
            strip = slot.strip
        else:
            strip = pick_strip(strip_name.draw(scope), scope, sketch, spot.key)
        inner = scope.seeing({"strip_length_m": strip.length_m, "strip_width_m": strip.width_m}) if sees_strip else scope
        if slot is not None and strip_name is None:
            turned_rad = turned.draw(scope)
            s = _slot_center(slot, 2 * _half_depth(size_m, turn + turned_rad))
        elif s_value is not None:
            s = s_value.draw(inner)
        else:
            turned_rad = turned.draw(scope)
            margin = min(_half_depth(size_m, turn + turned_rad), strip.length_m / 2)
            s = margin + (strip.length_m - 2 * margin) * scope.uniform(s_key)
            scope.note(s_key, s)
        position, yaw = strip.at(s, left_value.draw(inner))
        return Spotted(position, yaw + turn, turn_rad=turned_rad)

    return find


def _slot_center(slot: Slot, extent_m: float) -> float:
    if slot.centered:
        slot.used_m = 0.0
        return float(slot.s_m)
    if slot.s_m + extent_m > slot.end_m:
        slot.full = True
        raise NoPlace("fill")
    slot.used_m = extent_m
    return float(slot.s_m + extent_m / 2)


def _heading(heading: str, scope: Scope, key: str) -> float:
    """The turn away from the direction of travel."""
    if heading == "with":
        return 0.0
    if heading == "against":
        return math.pi
    turn = math.tau * scope.uniform(key) if heading == "any" else math.pi * (scope.uniform(key) < 0.5)
    scope.note(key, turn)
    return turn


def pick_strip(name: Any, scope: Scope, sketch: Sketch, key: str) -> Strip:
    """The strip called `name`; of several, one by length. Raises NoPlace when there is none."""
    found = sketch.strips_called(str(name), scope.path)
    if not found:
        raise NoPlace(f"no strip called {name}")
    if len(found) == 1:
        return found[0][1]
    position = pick_weighted(scope.uniform(f"{key}.strip"), cumulated([strip.length_m for _, strip in found]))
    scope.note(f"{key}.strip", found[position][0])
    return found[position][1]


def pick_object(name: Any, scope: Scope, sketch: Sketch, key: str) -> Placed:
    """The object called `name`, one at random of several. Raises NoPlace when there is none."""
    found = sketch.called(str(name), scope.path)
    if not found:
        raise NoPlace(f"no object called {name}")
    if len(found) == 1:
        return found[0]
    picked = found[min(int(scope.uniform(f"{key}.object") * len(found)), len(found) - 1)]
    scope.note(f"{key}.object", picked.path)
    return picked


def _beside(beside: Beside, spot: Spot) -> Relation:
    target = compile_text(beside.object, spot.at("object"))
    side = compile_text(beside.side, spot.at("side")) if beside.side is not None else None
    for sample in side.samples if side else ():
        if sample not in SIDES:
            spot.at("side").wrong(unknown("side", sample, SIDES))
    gap, shift = (compile_number(getattr(beside, n), spot.at(n)) for n in ("gap_m", "shift_m"))

    def find(scope: Scope, sketch: Sketch, size_m: Vector) -> Spotted:
        other = pick_object(target.draw(scope), scope, sketch, spot.key)
        turn = SIDES[side.draw(scope)] if side else _any_side(scope, f"{spot.key}.side")
        axis = 0 if turn in (SIDES["front"], SIDES["back"]) else 1
        away = (other.size_m[axis] + size_m[axis]) / 2 + gap.draw(scope)
        a, b = other.yaw_rad + turn, shift.draw(scope)
        x, y, z = other.position_m
        place = (x + away * math.cos(a) - b * math.sin(a), y + away * math.sin(a) + b * math.cos(a), z)
        return Spotted(place, other.yaw_rad)

    return find


def _any_side(scope: Scope, key: str) -> float:
    name = list(SIDES)[min(int(scope.uniform(key) * 4), 3)]
    scope.note(key, name)
    return SIDES[name]


def _camera_ray(name: Value, scope: Scope, sketch: Sketch, key: str) -> tuple[Placed, float, float, float, float]:
    """The target, the camera's x and y, the distance to the target and its direction, all in the ground plane."""
    if sketch.camera is None:
        raise ConfigError(
            f"{scope.path}: is placed by the camera's view, but the camera has no place yet (its strip or target comes later)"
        )
    other = pick_object(name.draw(scope), scope, sketch, key)
    cx, cy, _ = sketch.camera.position_m
    dx, dy = other.position_m[0] - cx, other.position_m[1] - cy
    return other, cx, cy, math.hypot(dx, dy), math.atan2(dy, dx)


def _behind(behind: Behind, spot: Spot) -> Relation:
    target = compile_text(behind.object, spot.at("object"))
    gap, sideways = (compile_number(getattr(behind, n), spot.at(n)) for n in ("gap_m", "sideways_m"))

    def find(scope: Scope, sketch: Sketch, size_m: Vector) -> Spotted:
        other, cx, cy, distance, direction = _camera_ray(target, scope, sketch, spot.key)
        depths = (_half_depth(other.size_m, other.yaw_rad - direction), _half_depth(size_m, other.yaw_rad - direction))
        return _on_ray(other, cx, cy, direction, distance + sum(depths) + gap.draw(scope), sideways.draw(scope))

    return find


def _occluding(occluding: Occluding, spot: Spot) -> Relation:
    target = compile_text(occluding.object, spot.at("object"))
    share, sideways = (compile_number(getattr(occluding, n), spot.at(n)) for n in ("share", "sideways_m"))

    def find(scope: Scope, sketch: Sketch, _size_m: Vector) -> Spotted:
        other, cx, cy, distance, direction = _camera_ray(target, scope, sketch, spot.key)
        return _on_ray(other, cx, cy, direction, distance * share.draw(scope), sideways.draw(scope))

    return find


def _half_depth(size_m: Vector, turn_rad: float) -> float:
    """Half of what a footprint turned by `turn_rad` takes up along a line."""
    return (abs(size_m[0] * math.cos(turn_rad)) + abs(size_m[1] * math.sin(turn_rad))) / 2


def _on_ray(other: Placed, cx: float, cy: float, direction: float, distance: float, sideways: float) -> Spotted:
    x = cx + distance * math.cos(direction) - sideways * math.sin(direction)
    y = cy + distance * math.sin(direction) + sideways * math.cos(direction)
    return Spotted((x, y, other.position_m[2]), other.yaw_rad)


def _on_top(on_top: OnTop, spot: Spot) -> Relation:
    target = compile_text(on_top.object, spot.at("object"))
    given = [compile_number(v, spot.at(n)) if v is not None else None for n, v in (("x_m", on_top.x_m), ("y_m", on_top.y_m))]

    def find(scope: Scope, sketch: Sketch, size_m: Vector) -> Spotted:
        other = pick_object(target.draw(scope), scope, sketch, spot.key)
        local = []
        for axis, value in enumerate(given):
            key = f"{spot.key}.{'xy'[axis]}_m"
            free = max(other.size_m[axis] - size_m[axis], 0.0)
            drawn = value.draw(scope) if value else free * (scope.uniform(key) - 0.5)
            if value is None:
                scope.note(key, drawn)
            local.append(float(drawn))
        return Spotted(_moved(other, (local[0], local[1], other.size_m[2])), other.yaw_rad)

    return find


def _attached(attached: Attached, spot: Spot) -> Relation:
    target = compile_text(attached.object, spot.at("object"))
    offset = compile_value(attached.offset_m, spot.at("offset_m"), _VECTOR)
    for sample in offset.samples:
        if not isinstance(sample, list) or len(sample) != 3:
            spot.at("offset_m").wrong(f"must be [x, y, z], found {quoted(sample)}")

    def find(scope: Scope, sketch: Sketch, _size_m: Vector) -> Spotted:
        other = pick_object(target.draw(scope), scope, sketch, spot.key)
        x, y, z = offset.draw(scope)
        return Spotted(_moved(other, (x, y, z)), other.yaw_rad, other)

    return find


def _moved(other: Placed, offset: Vector) -> Vector:
    x, y, z = (float(v) for v in rotation_matrix(other.rotation_wxyz) @ offset + other.position_m)
    return (x, y, z)


def _at(at: At, spot: Spot) -> Relation:
    x, y, z, yaw = (compile_number(getattr(at, n), spot.at(n)) for n in ("x_m", "y_m", "z_m", "yaw_rad"))
    return lambda scope, _sketch, _size_m: Spotted(
        (float(x.draw(scope)), float(y.draw(scope)), float(z.draw(scope))), float(yaw.draw(scope))
    )


def _direction(target: Any, scope: Scope, sketch: Sketch, found: Spotted) -> float:
    """The yaw that looks from the found place to the camera, an object, or the nearest point of a strip."""
    x, y, _ = found.position_m
    if target == "camera":
        if sketch.camera is None:
            raise ConfigError(f"{scope.path}: faces the camera, which has no place yet (its strip or target comes later)")
        tx, ty, _ = sketch.camera.position_m
    elif "." in str(target) and (strips := sketch.strips_called(str(target), scope.path)):
        tx, ty = min((_nearest_point(strip, x, y) for _, strip in strips), key=lambda p: math.hypot(p[0] - x, p[1] - y))
    else:
        tx, ty, _ = pick_object(target, scope, sketch, "place.facing").position_m
    return math.atan2(ty - y, tx - x) if math.hypot(tx - x, ty - y) > 1e-9 else found.yaw_rad


def _nearest_point(strip: Strip, x: float, y: float) -> tuple[float, float]:
    """The point of a strip's middle line that is nearest to (x, y), seen from above."""
    starts, steps = strip.points[:-1, :2], np.diff(strip.points[:, :2], axis=0)
    share = np.clip(((x - starts[:, 0]) * steps[:, 0] + (y - starts[:, 1]) * steps[:, 1]) / (steps**2).sum(axis=1), 0, 1)
    points = starts + share[:, None] * steps
    px, py = points[np.argmin((points[:, 0] - x) ** 2 + (points[:, 1] - y) ** 2)].tolist()
    return px, py

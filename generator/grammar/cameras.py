"""The camera of a scene: its lens from values, its place on a strip, at a point, or on a sphere around a target."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

from pydantic import ValidationError

from generator.errors import ConfigError
from generator.geometry import Quaternion, Vector, camera_rotation
from generator.grammar.fields import NUMBER, Field
from generator.grammar.model.viewpoints import CameraPart, Mount, Orbit, Station
from generator.grammar.placing import pick_strip
from generator.grammar.problems import quoted, told
from generator.grammar.scope import Scope
from generator.grammar.sketch import Sketch
from generator.grammar.values import Spot, Value, compile_number, compile_text, compile_value
from generator.spec import MOST_PIXELS, MOST_SIDE_PX, CameraSpec

Pose = tuple[Vector, Quaternion, Vector]
Locate = Callable[[Scope, Sketch], Pose | None]

_PLAIN = ("width", "height", "sensor_width_m", "f_number", "focus_distance_m", "shutter_s", "near_m", "far_m")
_STRIP_NAMES = frozenset({"strip_length_m", "strip_width_m"})


def compile_camera(part: CameraPart, spot: Spot) -> Callable[[Scope, Sketch], CameraSpec | None]:
    """The camera of a sketch, or None while the object that it is placed by does not exist yet."""
    numbers = {n: compile_number(getattr(part, n), spot.at(n)) for n in _PLAIN}
    lens = {n: compile_number(v, spot.at(n)) for n in ("hfov_rad", "fx", "fy", "cx", "cy") if (v := getattr(part, n)) is not None}
    distortion = _vector(part.distortion, spot.at("distortion"), 5, "k1, k2, p1, p2, k3")
    _check(numbers | lens, spot)
    locate = _place(part, spot)
    source = spot.problems.source

    def camera(scope: Scope, sketch: Sketch) -> CameraSpec | None:
        pose = locate(scope, sketch)
        if pose is None:
            return None
        position, rotation, velocity = pose
        values: dict[str, Any] = {n: v.draw(scope) for n, v in numbers.items()}
        if problem := _size_problem(values["width"], values["height"]):
            raise ConfigError(f"{source}: camera: {problem}")
        try:
            values |= _intrinsics(lens, scope, numbers)
        except ValueError as error:
            raise ConfigError(f"{source}: camera.hfov_rad: {error}") from error
        values |= {"position_m": position, "rotation_wxyz": rotation, "velocity_m_s": velocity}
        values["distortion"] = tuple(distortion.draw(scope) or (0.0,) * 5)  # null: none
        try:
            return CameraSpec.model_validate(values)
        except ValidationError as error:
            raise ConfigError(f"{source}: {told('camera', error)}") from error

    return camera


def _vector(data: Any, spot: Spot, count: int, names: str, others: tuple[type, ...] = (type(None),)) -> Value:
    """A list of `count` numbers, or a value of one of the types `others`."""
    value = compile_value(data, spot, Field(items=NUMBER))
    for sample in value.samples:
        good = isinstance(sample, list) and len(sample) == count and all(isinstance(v, int | float) for v in sample)
        if not good and not isinstance(sample, others):
            spot.wrong(f"must be a list of {count} numbers ({names}), found {quoted(sample)}")
    return value


def _check(values: dict[str, Value], spot: Spot) -> None:
    """What is known at load: the size of the picture and the opening of the lens."""
    for name in ("width", "height", "fx", "fy", "near_m", "far_m", "sensor_width_m"):
        for sample in values[name].samples if name in values else ():
            if isinstance(sample, int | float) and sample <= 0:
                spot.at(name).wrong(f"must be above 0, found {sample}")
    for sample in values["hfov_rad"].samples if "hfov_rad" in values else ():
        if isinstance(sample, int | float) and not 0 < sample < math.pi:
            spot.at("hfov_rad").wrong(_wrong_angle(sample))
    for width, height in product(values["width"].samples, values["height"].samples):
        if isinstance(width, int | float) and isinstance(height, int | float) and (problem := _size_problem(width, height)):
            spot.wrong(problem)
            return


def _size_problem(width: float, height: float) -> str:
    """Why a picture of this size cannot be made, or nothing."""
    if max(width, height) <= MOST_SIDE_PX and width * height <= MOST_PIXELS:
        return ""
    return (
        f"width and height are at most {MOST_SIDE_PX} (the largest WebP), together at most {MOST_PIXELS:,} pixels "
        f"(8 GB of memory while they are labelled); found {width:g} x {height:g}"
    )


def _wrong_angle(angle_rad: float) -> str:
    return f'must be above 0 and below pi, the angle in radians (60 degrees are "deg(60)"); found {angle_rad:g}'


def _intrinsics(lens: dict[str, Value], scope: Scope, numbers: dict[str, Value]) -> dict[str, float]:
    width, height = numbers["width"].draw(scope), numbers["height"].draw(scope)
    drawn = {n: float(v.draw(scope)) for n, v in lens.items()}
    if "fx" not in drawn and not 0 < drawn["hfov_rad"] < math.pi:
        raise ValueError(_wrong_angle(drawn["hfov_rad"]))
    fx = drawn["fx"] if "fx" in drawn else width / 2 / math.tan(drawn["hfov_rad"] / 2)
    return {"fx": fx, "fy": drawn.get("fy", fx), "cx": drawn.get("cx", width / 2), "cy": drawn.get("cy", height / 2)}


def _place(part: CameraPart, spot: Spot) -> Locate:
    if part.mount is not None:
        return _mount(part.mount, spot.at("mount"))
    if part.position is not None:
        return _station(part.position, spot.at("position"))
    assert part.orbit is not None
    return _orbit(part.orbit, spot.at("orbit"))


def _mount(mount: Mount, spot: Spot) -> Locate:
    name = compile_text(mount.strip, spot.at("strip"))
    inner = spot.knowing(_STRIP_NAMES)
    s_value = compile_number(mount.s_m, inner.at("s_m")) if mount.s_m is not None else None
    names = ("left_m", "height_m", "yaw_rad", "pitch_rad", "roll_rad", "speed_m_s")
    values = {n: compile_number(getattr(mount, n), inner.at(n)) for n in names}
    s_key, against = f"{spot.key}.s_m", mount.heading == "against"

    def locate(scope: Scope, sketch: Sketch) -> Pose | None:
        wanted = name.draw(scope)
        if not sketch.strips_called(str(wanted), scope.path):
            return None
        strip = pick_strip(wanted, scope, sketch, spot.key)
        seeing = scope.seeing({"strip_length_m": strip.length_m, "strip_width_m": strip.width_m})
        s = s_value.draw(seeing) if s_value else strip.length_m * scope.uniform(s_key)
        if s_value is None:
            scope.note(s_key, s)
        drawn = {n: float(v.draw(seeing)) for n, v in values.items()}
        (x, y, z), travel = strip.at(s, drawn["left_m"])
        travel += math.pi if against else 0.0
        velocity = (drawn["speed_m_s"] * math.cos(travel), drawn["speed_m_s"] * math.sin(travel), 0.0)
        rotation = camera_rotation(travel + drawn["yaw_rad"], drawn["pitch_rad"], drawn["roll_rad"])
        return (x, y, z + drawn["height_m"]), rotation, velocity

    return locate


def _station(station: Station, spot: Spot) -> Locate:
    names = ("x_m", "y_m", "z_m", "yaw_rad", "pitch_rad", "roll_rad")
    values = [compile_number(getattr(station, n), spot.at(n)) for n in names]
    velocity = _velocity(station.velocity_m_s, spot)

    def locate(scope: Scope, _sketch: Sketch) -> Pose:
        x, y, z, yaw, pitch, roll = (float(v.draw(scope)) for v in values)
        return (x, y, z), camera_rotation(yaw, pitch, roll), velocity(scope)

    return locate


def _orbit(orbit: Orbit, spot: Spot) -> Locate:
    target = _vector(orbit.target, spot.at("target"), 3, "x, y, z", (str,))
    names = ("distance_m", "azimuth_rad", "elevation_rad", "roll_rad")
    values = [compile_number(getattr(orbit, n), spot.at(n)) for n in names]
    velocity = _velocity(orbit.velocity_m_s, spot)

    def locate(scope: Scope, sketch: Sketch) -> Pose | None:
        aim = _aim(target.draw(scope), scope, sketch)
        if aim is None:
            return None
        distance, azimuth, elevation, roll = (float(v.draw(scope)) for v in values)
        flat = distance * math.cos(elevation)
        x, y, z = aim[0] + flat * math.cos(azimuth), aim[1] + flat * math.sin(azimuth), aim[2] + distance * math.sin(elevation)
        return (x, y, z), camera_rotation(azimuth + math.pi, -elevation, roll), velocity(scope)

    return locate


def _velocity(given: Any, spot: Spot) -> Callable[[Scope], Vector]:
    value = compile_value(given, spot.at("velocity_m_s"), Field(items=NUMBER))

    def draw(scope: Scope) -> Vector:
        x, y, z = (float(v) for v in value.draw(scope))
        return (x, y, z)

    return draw


def _aim(target: Any, scope: Scope, sketch: Sketch) -> Vector | None:
    """A point, or the middle of an object's box."""
    if isinstance(target, list):
        x, y, z = (float(v) for v in target)
        return (x, y, z)
    found = sketch.called(str(target), scope.path)
    if not found:
        return None
    x, y, z = found[0].position_m
    return (x, y, z + found[0].size_m[2] / 2)

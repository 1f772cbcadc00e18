"""Requirements: named conditions on a place; a place that fails one is counted under its name and drawn again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from generator.camera import boxes_in_frame
from generator.geometry import box_in_world
from generator.grammar.model.conditions import CameraDistance, InView, KeepDistance, NoOverlap, Requirement
from generator.grammar.placing import SIZE_NAMES
from generator.grammar.scope import Scope
from generator.grammar.sketch import Placed, Sketch
from generator.grammar.values import Spot, compile_number

Check = Callable[[Placed, Sketch, Scope], bool]

PLACE_NAMES = frozenset({"x_m", "y_m", "z_m", "distance_m"})
CAMERA_CLEARANCE = 6.0  # free space around the camera, in near planes: nearer, a surface fills the picture


@dataclass(frozen=True)
class Named:
    name: str
    holds: Check


def compile_requirement(requirement: Requirement, spot: Spot) -> Named:
    name, check = _condition(requirement, spot)
    return Named(requirement.name or name, check)


def _condition(given: Requirement, spot: Spot) -> tuple[str, Check]:
    if given.no_overlap is not None:
        return "no_overlap", no_overlap(given.no_overlap, spot.at("no_overlap"))
    if given.keep_distance is not None:
        return f"keep_distance to {given.keep_distance.object}", _keep_distance(given.keep_distance, spot.at("keep_distance"))
    if given.in_view is not None:
        return "in_view", _in_view(given.in_view, spot.at("in_view"))
    if given.out_of_view is not None:
        return "out_of_view", _out_of_view
    if given.min_size_px is not None:
        return "min_size_px", _min_size(given.min_size_px, spot.at("min_size_px"))
    if given.camera_distance is not None:
        return "camera_distance", _camera_distance(given.camera_distance, spot.at("camera_distance"))
    return f"check {given.check}", _custom(given.check, spot.at("check"))


def no_overlap(given: NoOverlap, spot: Spot) -> Check:
    clearance = compile_number(given.clearance_m, spot.at("clearance_m"))
    if clearance.is_constant:
        least_m = clearance.constant
        return lambda item, sketch, _scope: not item.collides or sketch.is_free(item, least_m)
    return lambda item, sketch, scope: not item.collides or sketch.is_free(item, clearance.draw(scope))


def clear_of_camera(item: Placed, sketch: Sketch, _scope: Scope) -> bool:
    """No box holds the camera or comes within a few times its near plane."""
    if sketch.camera is None:
        return True
    x, y, z = sketch.camera.position_m
    ox, oy, ux, uy, hl, hw, bottom, top = item.footprint
    dx, dy, reach = x - ox, y - oy, CAMERA_CLEARANCE * sketch.camera.near_m
    inside = abs(dx * ux + dy * uy) < hl + reach and abs(dy * ux - dx * uy) < hw + reach
    return not (inside and bottom - reach < z < top + reach)


def _keep_distance(given: KeepDistance, spot: Spot) -> Check:
    least = compile_number(given.min_m, spot.at("min_m"))

    def holds(item: Placed, sketch: Sketch, scope: Scope) -> bool:
        limit = least.draw(scope)
        x, y, _ = item.position_m
        if given.object == "camera":
            return camera_distance(item, sketch) >= limit
        return all(math.hypot(o.position_m[0] - x, o.position_m[1] - y) >= limit for o in sketch.every(given.object))

    return holds


def camera_distance(item: Placed, sketch: Sketch) -> float:
    """Metres from the camera to the middle of the box; infinite while there is no camera."""
    if sketch.camera is None:
        return math.inf
    x, y, z = item.position_m
    cx, cy, cz = sketch.camera.position_m
    return math.dist((x, y, z + item.size_m[2] / 2), (cx, cy, cz))


def _camera_distance(given: CameraDistance, spot: Spot) -> Check:
    least, most = (compile_number(getattr(given, n), spot.at(n)) for n in ("min_m", "max_m"))
    return lambda item, sketch, scope: least.draw(scope) <= camera_distance(item, sketch) <= most.draw(scope)


def _seen(item: Placed, sketch: Sketch) -> tuple[float, float, float]:
    """Width and height in pixels of its projected box inside the frame, and the share of the box that this is."""
    if sketch.camera is None:
        return 0.0, 0.0, 0.0
    corners = box_in_world(item.size_m, item.position_m, item.rotation_wxyz)
    width, height, share = boxes_in_frame(sketch.camera, corners[None])[0].tolist()
    return width, height, share


def _in_view(given: InView, spot: Spot) -> Check:
    least, most = (compile_number(getattr(given, n), spot.at(n)) for n in ("min_share", "max_share"))

    def holds(item: Placed, sketch: Sketch, scope: Scope) -> bool:
        share = _seen(item, sketch)[2]
        return share > 0 and least.draw(scope) <= share <= most.draw(scope)

    return holds


def _out_of_view(item: Placed, sketch: Sketch, _scope: Scope) -> bool:
    return _seen(item, sketch)[2] == 0


def _min_size(given: object, spot: Spot) -> Check:
    """The longer side of the projected box inside the frame."""
    least = compile_number(given, spot)
    return lambda item, sketch, scope: max(_seen(item, sketch)[:2]) >= least.draw(scope)


def _custom(given: object, spot: Spot) -> Check:
    condition = compile_number(given, spot.knowing(PLACE_NAMES | SIZE_NAMES))

    def holds(item: Placed, sketch: Sketch, scope: Scope) -> bool:
        x, y, z = item.position_m
        return bool(condition.draw(scope.seeing({"x_m": x, "y_m": y, "z_m": z, "distance_m": camera_distance(item, sketch)})))

    return holds

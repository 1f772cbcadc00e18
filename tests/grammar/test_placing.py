"""Relations and requirements against geometry worked out by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generator.camera import camera_from_world, project
from generator.geometry import rotation_matrix
from generator.grammar import sample
from generator.spec import CameraSpec, ObjectSpec, SceneSpec
from tests.grammar.toys import STREET, grammar, lone, world_corners

ACTOR: dict[str, Any] = {"kind": "actor", "actor": "test_block"}


def front(item: ObjectSpec) -> np.ndarray:
    return rotation_matrix(item.pose.rotation_wxyz)[:, 0]


def placed(place: dict[str, Any], *, index: int = 0, others: dict[str, Any] | None = None, **node: Any) -> tuple[ObjectSpec, SceneSpec]:
    """The thing placed so on the toy street (after `others`), with its scene."""
    rules = {**STREET["rules"], **(others or {}), "thing": {**ACTOR, "place": place, **node}}
    rules["street"] = {"kind": "sequence", "of": ["road", *(others or {}), "thing"]}
    spec = sample(grammar(rules=rules, params__lane_width_m=3.0), 0, index)
    return next(o for o in spec.objects if o.name == "thing"), spec


def block(x_m: float, y_m: float, yaw_rad: float = 0.0, **node: Any) -> dict[str, Any]:
    return {**ACTOR, "place": {"at": {"x_m": x_m, "y_m": y_m, "yaw_rad": yaw_rad}}, **node}


@pytest.mark.parametrize(("heading", "x"), [("with", 1.0), ("against", -1.0)])
def test_along_a_lane(heading: str, x: float) -> None:
    item, _ = placed({"along": {"strip": "road.lane_0", "s_m": 30, "left_m": 0.5, "heading": heading}})
    assert item.pose.position_m == pytest.approx((30, -1.0, 0))
    assert front(item) == pytest.approx((x, 0, 0), abs=1e-12)


def test_along_without_a_position_stays_on_the_strip() -> None:
    xs = [placed({"along": {"strip": "road.lane_0"}}, index=i, params={"length_m": 30.0})[0].pose.position_m[0] for i in range(60)]
    assert 15 <= min(xs) < 25
    assert 75 < max(xs) <= 85


def test_expressions_see_the_strip_and_the_size() -> None:
    item, _ = placed({"along": {"strip": "road.pavement_left", "s_m": "strip_length_m / 4", "left_m": "(strip_width_m - width_m) / 2"}})
    assert item.pose.position_m == pytest.approx((25, 9 + (3 - 1.8) / 2, 0.15))


@pytest.mark.parametrize(("side", "place"), [("left", (40, 5.3)), ("right", (40, 0.7)), ("front", (44.5, 3)), ("back", (35.5, 3))])
def test_beside(side: str, place: tuple[float, float]) -> None:
    item, _ = placed({"beside": {"object": "other", "side": side, "gap_m": 0.5}}, others={"other": block(40, 3)})
    assert item.pose.position_m[:2] == pytest.approx(place)


def test_behind_and_occluding_stand_on_the_cameras_ray() -> None:
    target = {"target": block(40, 8.0, 0.3)}
    camera = np.array([0.0, -1.5])
    for place, nearer in (({"behind": {"object": "target", "gap_m": 2}}, False), ({"occluding": {"object": "target", "share": 0.5}}, True)):
        item, spec = placed(place, others=target)
        assert spec.camera.position_m[:2] == pytest.approx(tuple(camera))
        to_target, to_item = np.array([40, 8.0]) - camera, np.array(item.pose.position_m[:2]) - camera
        assert to_target[0] * to_item[1] - to_target[1] * to_item[0] == pytest.approx(0, abs=1e-9)
        assert (np.linalg.norm(to_item) < np.linalg.norm(to_target)) is np.bool_(nearer)
        assert np.linalg.norm(to_item) == pytest.approx(np.linalg.norm(to_target) / 2) if nearer else True


def test_facing_the_camera_an_object_and_a_strip() -> None:
    at = {"x_m": 40, "y_m": 4}
    item, spec = placed({"at": at, "facing": "camera"})
    assert front(item)[:2] == pytest.approx(unit(np.array(spec.camera.position_m[:2]) - (40, 4)))
    item, _ = placed({"at": at, "facing": "other", "turn_rad": math.pi}, others={"other": block(50, 14)})
    assert front(item)[:2] == pytest.approx(-unit(np.array([10, 10])))
    item, _ = placed({"at": at, "facing": "road.pavement_right"})
    assert front(item)[:2] == pytest.approx((0, -1), abs=1e-9)


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def test_on_top_stands_on_the_box_and_attached_moves_with_it() -> None:
    table = {"table": block(30, 6, 0.7, params={"length_m": 6.0, "width_m": 4.0, "height_m": 0.75}, speed_m_s=5)}
    item, _ = placed({"on_top": {"object": "table"}}, others=table, params={"length_m": 0.5, "width_m": 0.4})
    assert item.pose.position_m[2] == pytest.approx(0.75)
    local = rotation_matrix((math.cos(0.35), 0, 0, math.sin(0.35))).T @ (np.array(item.pose.position_m) - (30, 6, 0))
    assert abs(local[0]) <= 2.75
    assert abs(local[1]) <= 1.8
    item, _ = placed({"attached": {"object": "table", "offset_m": [1, 0, 0.2]}}, others=table)
    assert item.pose.position_m == pytest.approx((30 + math.cos(0.7), 6 + math.sin(0.7), 0.2))
    assert front(item) == pytest.approx((math.cos(0.7), math.sin(0.7), 0), abs=1e-12)
    assert item.velocity_m_s == pytest.approx((5 * math.cos(0.7), 5 * math.sin(0.7), 0))


def test_things_on_one_table_do_not_stand_in_each_other() -> None:
    table = block(30, 6, params={"length_m": 2.0, "width_m": 2.0, "height_m": 0.7})
    things = {
        "kind": "repeat",
        "count": 30,
        "of": {**ACTOR, "place": {"on_top": {"object": "table"}}, "params": {"length_m": 0.4, "width_m": 0.4}},
    }
    rules = {**STREET["rules"], "street": {"kind": "sequence", "of": {"road": "road", "table": "table", "things": things}}, "table": table}
    items = [o for o in sample(grammar(rules=rules), 0, 0).objects if o.name.startswith("things")]
    assert 5 < len(items) < 30
    spots = np.array([o.pose.position_m[:2] for o in items])
    apart = np.abs(spots[:, None] - spots[None]).max(axis=2)
    assert apart[~np.eye(len(items), dtype=bool)].min() > 0.4


def test_a_name_means_the_nearest_object_of_that_name() -> None:
    pair = {
        "kind": "sequence",
        "of": {
            "bike": {**ACTOR, "params": {"width_m": 0.5}, "place": {"at": {"x_m": "20 + 10 * k"}}},
            "rider": {"kind": "actor", "actor": "test_person", "place": {"attached": {"object": "bike", "offset_m": [0, 0, 0.5]}}},
        },
    }
    spec = sample(lone({"kind": "repeat", "count": 4, "of": pair}), 0, 0)
    xs = {o.name: o.pose.position_m[0] for o in spec.objects}
    assert all(xs[f"thing/{k}/sequence/rider"] == xs[f"thing/{k}/sequence/bike"] == 20 + 10 * k for k in range(4))


def test_what_is_tipped_over_lies_on_the_ground() -> None:
    item, _ = placed({"along": {"strip": "road.lane_0", "s_m": 20}, "roll_rad": math.pi / 2})
    assert world_corners(item)[:, 2].min() == pytest.approx(0, abs=1e-9)
    assert world_corners(item)[:, 2].max() == pytest.approx(1.8)


def test_fill_puts_things_end_to_end() -> None:
    car = {**ACTOR, "params": {"length_m": {"uniform": [3.5, 5.5]}}, "place": {"along": {}}}
    spec = sample(lone({"kind": "repeat", "fill": "road.parking_left", "gap_m": 0.7, "start_m": 2, "end_m": 3, "of": car}), 0, 0)
    cars = [o for o in spec.objects if o.semantic == "vehicle"]
    ends = [(o.pose.position_m[0] - o.size_m[0] / 2, o.pose.position_m[0] + o.size_m[0] / 2) for o in cars]
    assert ends[0][0] == pytest.approx(2)
    assert [b[0] - a[1] for a, b in pairwise(ends)] == pytest.approx([0.7] * (len(cars) - 1))
    assert 97 - 5.5 - 0.7 < ends[-1][1] <= 97


def test_what_stands_across_takes_its_width() -> None:
    house = {**ACTOR, "params": {"length_m": 9.0, "width_m": 6.0}, "place": {"along": {}, "turn_rad": "-pi / 2"}}
    spec = sample(lone({"kind": "repeat", "fill": "road.pavement_left", "of": house}), 0, 0)
    houses = [o for o in spec.objects if o.semantic == "vehicle"]
    assert [o.pose.position_m[0] for o in houses] == pytest.approx([3 + 6 * k for k in range(16)])
    assert all(front(o) == pytest.approx((0, -1, 0), abs=1e-12) for o in houses)


def test_fill_every_so_many_metres_and_on_all_strips_that_fit() -> None:
    lamp = {**ACTOR, "params": {"length_m": 0.2, "width_m": 0.2}, "place": {"along": {}}}
    spec = sample(lone({"kind": "repeat", "fill": "road.pavement_*", "every_m": 25, "of": lamp}), 0, 0)
    spots = sorted((o.pose.position_m[1], round(o.pose.position_m[0], 6)) for o in spec.objects if o.semantic == "vehicle")
    assert spots == [(y, x) for y in (-9.0, 9.0) for x in (0, 25, 50, 75, 100)]
    assert any(o.name == "thing/pavement_left/0/test_block" for o in spec.objects)


def shown(camera: CameraSpec, item: ObjectSpec) -> tuple[float, float]:
    """The longer side in pixels of the box of an object's corners inside the frame, and the share of that box, by the pinhole formula."""
    local = (world_corners(item) - camera.position_m) @ rotation_matrix(camera.rotation_wxyz)
    if local[:, 2].max() <= camera.near_m:
        return 0.0, 0.0
    pixels = [(camera.fx * x / max(z, camera.near_m) + camera.cx, camera.fy * y / max(z, camera.near_m) + camera.cy) for x, y, z in local]
    sides = []
    for values, most in zip(zip(*pixels, strict=True), (camera.width, camera.height), strict=True):
        sides.append((max(values) - min(values), max(min(max(values), most) - max(min(values), 0), 0)))
    (width, shown_width), (height, shown_height) = sides
    share = shown_width * shown_height / (width * height)
    return (max(shown_width, shown_height) if share else 0.0), share


def test_view_requirements_agree_with_the_projection() -> None:
    node = {**ACTOR, "category": "car", "place": {"at": {"x_m": {"uniform": [-40, 90]}, "y_m": {"uniform": [-40, 40]}}}, "tries": 300}
    for requires in (["in_view"], ["out_of_view"], [{"min_size_px": 60}], [{"in_view": {"min_share": 0.2, "max_share": 0.8}}]):
        g = lone({**node, "requires": requires})
        specs = [s for s in (sample(g, 0, i) for i in range(15)) if len(s.objects) > 1]
        assert len(specs) > 10
        for spec in specs:
            size_px, share = shown(spec.camera, spec.objects[1])
            assert (share > 0) == (requires != ["out_of_view"])
            if "min_size_px" in requires[0]:
                assert size_px >= 60
            elif "in_view" in requires[0] and requires != ["in_view"]:
                assert 0.2 - 1e-9 <= share <= 0.8 + 1e-9


def test_keep_distance_from_all_of_a_name() -> None:
    person = {"kind": "actor", "actor": "test_person", "place": {"at": {"x_m": {"uniform": [10, 40]}, "y_m": {"uniform": [-9, 9]}}}}
    node = {"kind": "repeat", "count": 25, "of": {**person, "requires": [{"keep_distance": {"object": "test_person", "min_m": 3}}]}}
    spots = np.array([o.pose.position_m[:2] for o in sample(lone(node), 0, 0).objects if o.semantic == "person"])
    apart = np.linalg.norm(spots[:, None] - spots[None], axis=2)
    assert len(spots) > 8
    assert apart[~np.eye(len(spots), dtype=bool)].min() >= 3


def test_no_object_holds_the_camera() -> None:
    spec = sample(lone(block(0.5, -1.5)), 0, 0)
    assert len(spec.objects) == 1
    assert spec.rejections["thing: clear_of_camera"] >= 1


def test_a_small_footprint_lets_things_stand_below_a_crown() -> None:
    tree = block(30, 0, params={"length_m": 8.0, "width_m": 8.0}, footprint_m=[0.6, 0.6])
    item, spec = placed({"at": {"x_m": 33}}, others={"tree": tree}, params={"length_m": 1.0})
    assert item.pose.position_m[0] == 33
    assert len(spec.objects) == 3


def test_an_orbiting_camera_looks_at_its_target() -> None:
    orbit = {"orbit": {"target": "thing", "distance_m": 12, "azimuth_rad": {"uniform": [0, 6]}, "elevation_rad": 0.4}, "hfov_rad": 1.0}
    for index in range(5):
        spec = sample(lone(block(30, 4), camera=orbit), 0, index)
        middle = np.array([30, 4, 0.75])
        assert project(spec.camera, camera_from_world(spec.camera, middle[None]))[0] == pytest.approx((320, 180), abs=1e-6)
        assert np.linalg.norm(np.array(spec.camera.position_m) - middle) == pytest.approx(12)


def test_the_mounted_camera_rides_along_its_lane() -> None:
    mount = {"strip": "road.lane_1", "s_m": 10, "height_m": 1.5, "left_m": 0.2, "pitch_rad": -0.05, "speed_m_s": 8}
    camera = sample(grammar(camera={"fx": 500, "mount": mount}, params__lane_width_m=3.0), 0, 0).camera
    assert camera.position_m == pytest.approx((90, 1.5 - 0.2, 1.5))  # lane_1 runs towards -X, so left of travel is -Y
    assert camera.velocity_m_s == pytest.approx((-8, 0, 0))
    axis = rotation_matrix(camera.rotation_wxyz)[:, 2]
    assert axis == pytest.approx((-math.cos(0.05), 0, -math.sin(0.05)), abs=1e-12)

"""What a scene is a function of, and what it is made of."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ConfigError, UnsatisfiableError
from generator.grammar import explain, load_grammar, sample
from generator.spec import SceneSpec
from tests.grammar.toys import STREET, grammar, lone, street, world_corners

ROOT = Path(__file__).resolve().parents[2]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**40), index=st.integers(0, 10_000_000))
def test_a_spec_is_its_json(seed: int, index: int) -> None:
    spec = sample(grammar(), seed, index)
    assert SceneSpec.from_json(spec.to_json()) == spec


def test_any_order_and_a_pickled_grammar_give_the_same_bytes() -> None:
    first, second = grammar(), pickle.loads(pickle.dumps(grammar()))  # noqa: S301  # our own bytes
    forwards = [sample(first, 3, i).to_json() for i in range(12)]
    backwards = [sample(second, 3, i).to_json() for i in reversed(range(12))]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 12


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    code = "from tests.grammar.toys import *; from generator.grammar import sample; print(sample(grammar(), 5, 77).to_json().decode())"
    outputs = {
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": s}, capture_output=True, text=True, check=True).stdout
        for s in ("1", "2")
    }
    assert outputs == {sample(grammar(), 5, 77).to_json().decode() + "\n"}


def draws(spec: SceneSpec) -> dict[str, Any]:
    """Every draw by its full name."""
    return {f"{path}.{key}": value for path, node in spec.trace.items() for key, value in node.items()}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), position=st.integers(1, 3), height_m=st.floats(0.3, 3.0))
def test_a_new_rule_changes_no_other_draw(seed: int, position: int, height_m: float) -> None:
    """The new objects stand far off, so that they reject nobody's place."""
    data = street()
    parts = list(data["rules"]["street"]["of"].items())
    far = {"kind": "repeat", "count": {"integers": [1, 4]}, "of": "post"}
    data["rules"]["street"]["of"] = dict([*parts[:position], ("posts", far), *parts[position:]])
    data["rules"]["post"] = {
        "kind": "actor", "actor": "test_block", "params": {"height_m": {"uniform": [height_m, height_m + 1]}},
        "place": {"at": {"x_m": "5000 + 50 * k", "yaw_rad": {"uniform": [0, 6]}}},
    }  # fmt: skip
    data["factors"] = {"added": {"uniform": [0, 1]}, **data["factors"]}
    before, after = sample(grammar(), seed, 4), sample(load_grammar(data, source="toy.yaml"), seed, 4)
    assert {k: v for k, v in draws(after).items() if not k.startswith(("posts", "factors.added"))} == draws(before)
    kept = [o.model_copy(update={"id": 1}) for o in after.objects if not o.name.startswith("posts")]
    assert kept == [o.model_copy(update={"id": 1}) for o in before.objects]


def test_a_longer_repeat_keeps_the_objects_it_had() -> None:
    node = {"kind": "repeat", "of": {**STREET["rules"]["car"], "place": {"at": {"x_m": "20 * k", "y_m": {"uniform": [-1, 1]}}}}}
    short, long = (sample(lone({**node, "count": n}), 0, 0) for n in (3, 6))
    assert long.objects[: len(short.objects)] == short.objects
    assert len(long.objects) == len(short.objects) + 3


def test_counts_and_choices_follow_their_distributions() -> None:
    g = grammar(params__rate=4.0, rules__car__place={"at": {"x_m": "10000 + 50 * k"}}, rules__bus__place={"at": {"x_m": "10000 + 50 * k"}})
    specs = [sample(g, 1, i) for i in range(400)]
    vehicles = [o.category for s in specs for o in s.objects if o.name.startswith("traffic")]
    assert len(vehicles) / 400 == pytest.approx(4.0, abs=3 * 2.0 / 20)  # three standard errors of a mean of Poisson(4)
    assert vehicles.count("bus") / len(vehicles) == pytest.approx(1 / 9, abs=3 * np.sqrt(1 / 9 * 8 / 9 / len(vehicles)))


def test_no_two_objects_overlap() -> None:
    """Against an independent oracle: no corner, edge point or centre of a box lies inside another."""
    g = grammar(params__rate=25.0)
    grid = np.array([(x, y) for x in np.linspace(-0.5, 0.5, 9) for y in np.linspace(-0.5, 0.5, 9)])
    for index in range(15):
        objects = [o for o in sample(g, 2, index).objects if o.semantic != "road"]
        for a in objects:
            corners = world_corners(a)
            origin, ex, ey = corners[0, :2], corners[4, :2] - corners[0, :2], corners[2, :2] - corners[0, :2]
            for b in (o for o in objects if o is not a):
                c = world_corners(b)
                points = c[0, :2] + (grid[:, :1] + 0.5) * (c[4, :2] - c[0, :2]) + (grid[:, 1:] + 0.5) * (c[2, :2] - c[0, :2]) - origin
                u, v = points @ ex / (ex @ ex), points @ ey / (ey @ ey)
                assert not ((u > 0) & (u < 1) & (v > 0) & (v < 1)).any(), (a.name, b.name)


def test_parameters_are_passed_down_and_seen_as_names() -> None:
    spec = sample(grammar(factors__traffic=1.0), 0, 1)
    walkers = [o for o in spec.objects if o.category == "person"]
    assert walkers
    assert all(abs(o.pose.position_m[1]) == pytest.approx(9.0) and o.pose.position_m[2] == pytest.approx(0.15) for o in walkers)


def test_a_rule_may_call_itself_until_it_gets_too_deep() -> None:
    tower = {
        "kind": "sequence",
        "of": {
            "floor": {"kind": "actor", "actor": "test_block", "place": {"at": {"z_m": "2 * level"}}},
            "more": {
                "kind": "optional",
                "probability": "level < 4",
                "of": {"kind": "rule", "rule": "thing", "with": {"level": {"expr": "level + 1"}}},
            },
        },
    }
    start = {"kind": "sequence", "of": {"road": "road", "tower": {"kind": "rule", "rule": "thing", "with": {"level": 0}}}}
    rules = {**STREET["rules"], "street": start, "thing": tower}
    spec = sample(grammar(rules=rules), 0, 0)
    assert [o.pose.position_m[2] for o in spec.objects[1:]] == [0, 2, 4, 6, 8]
    tower["of"]["more"]["probability"] = "level < 400"  # type: ignore[index]
    with pytest.raises(ConfigError, match=r"rules\.thing: 32 rules are nested .* limits\.max_depth"):
        sample(grammar(rules=rules), 0, 0)


def test_an_unsatisfiable_scene_says_which_requirement_failed_how_often_and_what_to_do() -> None:
    node = {
        "kind": "actor", "actor": "test_block", "category": "car", "on_failure": "fail", "tries": 7,
        "place": {"along": {"strip": "road.lane_0"}}, "requires": [{"camera_distance": {"min_m": 500}}],
    }  # fmt: skip
    with pytest.raises(UnsatisfiableError) as failure:
        sample(lone(node, limits={"tries_per_scene": 3}), 9, 4)
    text = str(failure.value)
    assert "seed 9, index 4" in text
    assert "rule thing" in text
    assert "21 places failed in 3 scenes: camera_distance 21" in text
    assert "1. loosen" in text
    assert "3. give it more tries" in text


def test_what_is_left_out_is_counted_by_rule_and_requirement() -> None:
    node = {
        "kind": "actor", "actor": "test_block", "place": {"along": {"strip": "road.lane_0"}}, "tries": 5,
        "requires": [{"check": "length_m > 100 and distance_m > 0", "name": "long enough"}],
    }  # fmt: skip
    spec = sample(lone(node), 0, 0)
    assert len(spec.objects) == 1
    assert spec.rejections["thing: left out"] == 1
    assert sum(n for k, n in spec.rejections.items() if k in ("thing: long enough", "thing: clear_of_camera", "thing: no_overlap")) == 5


def test_a_scene_that_fails_is_drawn_again_with_the_same_factors() -> None:
    node = {
        "kind": "actor", "actor": "test_block", "on_failure": "fail", "tries": 1, "params": {"length_m": {"uniform": [1, 5]}},
        "place": {"at": {"x_m": 60}}, "requires": [{"check": "length_m < 2"}],
    }  # fmt: skip
    g = lone(node, limits={"tries_per_scene": 200})
    specs = [sample(g, 0, i) for i in range(10)]
    assert all(s.objects[1].size_m[0] < 2 for s in specs)
    assert any("scene.attempt" in draws(s) for s in specs)
    assert [s.factors for s in specs] == [sample(grammar(), 0, i).factors for i in range(10)]


def test_explain_tells_the_rules_and_draws_of_an_object() -> None:
    spec = next(s for s in (sample(grammar(), 0, i) for i in range(50)) if any(o.name == "traffic/0/vehicle/car" for o in s.objects))
    item = next(o for o in spec.objects if o.name == "traffic/0/vehicle/car")
    text = explain(spec, item.id)
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == f"object {item.id}: test_block (car), traffic/0/vehicle/car"
    assert "pick = car" in lines
    assert f"count = {spec.trace['traffic']['count']}" in lines
    assert any(line.startswith("params.length_m = ") for line in lines)
    assert not any("walkers" in line for line in lines)
    with pytest.raises(ConfigError, match=r"has no object 999"):
        explain(spec, 999)


def test_moving_objects_move_along_their_front() -> None:
    for spec in (sample(grammar(), 0, i) for i in range(10)):
        for item in (o for o in spec.objects if o.category == "car"):
            speed = spec.trace[item.name]["speed_m_s"]
            front = world_corners(item)[4] - world_corners(item)[0]
            assert np.asarray(item.velocity_m_s) == pytest.approx(speed * front / np.linalg.norm(front), abs=1e-9)


def test_full_domain_randomisation_can_dress_every_object() -> None:
    surfaces = [{"color": {"hsv": [{"uniform": [0, 1]}, 0.9, 0.8]}, "roughness": {"uniform": [0, 1]}}]
    spec = sample(grammar(surfaces=surfaces), 0, 0)
    colors = [o.surfaces[0].color for o in spec.objects]
    assert len(set(colors)) == len(spec.objects) > 1


def test_the_trace_is_json_and_finite() -> None:
    trace = sample(grammar(), 0, 3).trace
    assert json.loads(json.dumps(trace, allow_nan=False)) == trace

"""The street's grammar as a whole: it loads in every width, satisfies every corner case, and gives what its file promises."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from generator.camera import camera_from_world
from generator.geometry import rotation_matrix
from generator.grammar import Grammar, load_grammar, read_grammar_file, sample
from generator.spec import SceneSpec
from generator.statistics import summarise

FILE = Path(__file__).resolve().parents[2] / "configs" / "scene" / "street.yaml"
CASES = sorted(read_grammar_file(FILE)["corner_cases"])
SCENES = 60


@lru_cache
def street(width: str = "wide", case: str = "") -> Grammar:
    data = {**read_grammar_file(FILE), "width": width}
    if case:
        data["corner_cases"] = {**data["corner_cases"], case: {**data["corner_cases"][case], "quota": 1.0}}
    return load_grammar(data, source=str(FILE))


@lru_cache
def scenes() -> tuple[SceneSpec, ...]:
    return tuple(sample(street(), 7, i) for i in range(SCENES))


@pytest.mark.parametrize("width", ["narrow", "wide", "full"])
def test_every_width_loads_and_samples(width: str) -> None:
    spec = sample(street(width), 1, 5)
    assert len(spec.objects) > 30
    assert SceneSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("case", CASES)
def test_every_corner_case_can_be_forced_and_is_recorded(case: str) -> None:
    added = 0
    for index in range(3):
        spec = sample(street(case=case), 3, index)
        assert case in spec.corner_cases
        added += sum(case in o.tags for o in spec.objects)
    if read_grammar_file(FILE)["corner_cases"][case].get("add"):
        assert added >= 2


def test_corner_cases_keep_their_quotas() -> None:
    quotas = {name: case["quota"] for name, case in read_grammar_file(FILE)["corner_cases"].items()}
    schedule = street().schedule(7)
    counts = Counter(name for i in range(1000) for name in schedule.cases(i))
    assert all(abs(counts[name] - 1000 * quota) <= 2 for name, quota in quotas.items()), counts


def test_every_category_is_seen() -> None:
    counts = summarise(scenes(), street().categories).instances()
    common = {"person", "rider", "bicycle", "car", "van", "truck", "bus", "traffic_light", "traffic_sign"}
    assert all(counts[name] > 0 for name in common), counts


def test_cars_stand_on_the_road_and_buildings_beside_it() -> None:
    for spec in scenes()[:20]:
        heights = {o.pose.position_m[2] for o in spec.objects if o.category == "car"}
        assert all(abs(z) < 0.03 for z in heights)
        cars = np.array([o.pose.position_m for o in spec.objects if o.category == "car"]).reshape(-1, 3)
        for house in (o for o in spec.objects if o.semantic == "building"):
            local = (cars - house.pose.position_m) @ rotation_matrix(house.pose.rotation_wxyz)
            inside = (np.abs(local[:, 0]) < house.size_m[0] / 2 - 0.5) & (np.abs(local[:, 1]) < house.size_m[1] / 2 - 0.5)
            assert not inside.any(), (spec.index, house.name)


def test_riders_sit_on_what_they_ride() -> None:
    found = 0
    for spec in scenes():
        vehicles = [o for o in spec.objects if o.category in ("bicycle", "motorcycle")]
        for rider in (o for o in spec.objects if o.category == "rider"):
            found += 1
            distances = [math.dist(rider.pose.position_m, v.pose.position_m) for v in vehicles]
            assert min(distances) < 1e-6
    assert found > 5


def test_camera_rides_in_its_lane_and_looks_ahead() -> None:
    for spec in scenes()[:20]:
        assert 1.0 < spec.camera.position_m[2] < 2.0
        far = camera_from_world(spec.camera, np.array([[80.0, spec.camera.position_m[1], 1.0]]))
        assert far[0, 2] > 50


def test_factors_are_evenly_drawn_and_uncorrelated() -> None:
    summary = summarise([s.model_copy(update={"objects": ()}) for s in scenes()], [])
    densities = np.sort(summary.numeric_factors()["traffic_density"])
    assert np.abs(densities - (np.arange(SCENES) + 0.5) / SCENES).max() < 0.06  # Sobol: far below the 0.17 of chance
    designed = {
        "traffic_density",
        "parked_density",
        "pedestrian_density",
        "cyclist_density",
        "greenery",
        "camera_height_m",
        "time_of_day_h",
    }
    worst = max(abs(r) for a, b, r in summary.correlations() if {a, b} <= designed)
    assert worst < 0.2

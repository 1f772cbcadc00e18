"""Counterfactuals: images of one scene that differ in one factor and in nothing that does not follow from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ConfigError
from generator.grammar import Grammar, sample
from generator.grammar.counterfactuals import Change, images_a_scene, told, variant_of
from generator.spec import SceneSpec
from tests.grammar.toys import grammar

WEATHERS = ("clear", "rain", "fog")
SKY = {"sky": {"kind": "plain", "strength": "0.2 if weather == 'fog' else 1"}}
DOMAIN = {"semantic": ["traffic"], "visual": ["weather"]}


def changed(asked: Any, **changes: Any) -> Grammar:
    return grammar(**{"domain": DOMAIN, "world": SKY, **changes}, design__counterfactual=asked)


def without(spec: SceneSpec, *names: str) -> dict[str, Any]:
    values = spec.model_dump()
    values["trace"].pop("factors", None)
    return {key: value for key, value in values.items() if key not in {"index", "counterfactual", "trace", *names}}


@pytest.mark.parametrize("method", ["independent", "sobol", "covering"])
def test_an_image_is_the_scene_of_its_draw_with_the_factor_set(method: str) -> None:
    g = changed("weather", design__method=method)
    for draw in range(6):
        for position, weather in enumerate(WEATHERS):
            made = sample(g, 5, 3 * draw + position)
            oracle = sample(grammar(domain=DOMAIN, world=SKY, design={"method": method}, factors__weather=weather), 5, draw)
            if method != "covering":  # there a constant takes the factor out of the design
                assert without(made) == without(oracle)
            assert made.counterfactual is not None
            assert made.counterfactual.model_dump() == {"draw": draw, "factor": "weather", "value": weather}
            assert (made.index, made.draw, made.factors["weather"]) == (3 * draw + position, draw, weather)


def test_all_that_does_not_follow_from_the_factor_is_equal() -> None:
    g = changed(["weather"])
    for draw in range(10):
        clear, rain, fog = (sample(g, 1, 3 * draw + k) for k in range(3))
        assert without(clear, "factors") == without(rain, "factors")  # the same sky
        assert without(clear, "factors", "world") == without(fog, "factors", "world")
        assert (clear.world.sky.strength, fog.world.sky.strength) == (1.0, 0.2)
        assert {k: v for k, v in clear.factors.items() if k != "weather"} == {k: v for k, v in fog.factors.items() if k != "weather"}


def test_several_factors_are_changed_one_at_a_time() -> None:
    g = changed({"weather": ["clear", "fog"], "traffic": [0.1, 0.9, 0.5]})
    plain = grammar(domain=DOMAIN, world=SKY)
    for draw in range(4):
        own = sample(plain, 2, draw).factors
        specs = [sample(g, 2, 5 * draw + k) for k in range(5)]
        assert [s.factors["weather"] for s in specs] == ["clear", "fog", *3 * [own["weather"]]]
        assert [s.factors["traffic"] for s in specs] == [*2 * [own["traffic"]], 0.1, 0.9, 0.5]


@settings(max_examples=50, deadline=None)
@given(sizes=st.lists(st.integers(2, 5), min_size=1, max_size=4), index=st.integers(0, 10**7))
def test_every_index_is_one_value_of_one_change_of_one_scene(sizes: list[int], index: int) -> None:
    changes = tuple(Change(f"f{i}", tuple(range(n)), "visual", frozenset()) for i, n in enumerate(sizes))
    size = images_a_scene(changes)
    first = index - index % size
    group = [variant_of(changes, i) for i in range(first, first + size)]
    assert {v.draw for v in group} == {index // size}
    assert [(v.change, v.value) for v in group] == [(c, value) for c in changes for value in c.values]


def test_values_follow_from_the_definition_when_none_are_named() -> None:
    changes = {"factors__hour": {"uniform": [7, 20], "range": [0, 24]}, "factors__day": {"integers": [1, 366]}, "factors__wet": "rain_only",
               "factors__traffic": 0.25}  # fmt: skip
    changes["factors__wet"] = {"value": True, "values": [True, False]}
    g = changed(["hour", "day", "wet", "weather"], domain={"semantic": ["traffic"], "visual": ["hour", "day", "wet", "weather"]}, **changes)
    assert [c.values for c in g.changes] == [(7.0, 13.5, 20.0), (1, 184, 366), (True, False), WEATHERS]
    assert isinstance(g.changes[1].values[1], int)


def test_a_dynamic_is_changed_like_a_factor_and_follows_the_scene_not_the_image() -> None:
    dynamics = {"season": {"cycle": ["winter", "summer"], "period_images": 4}, "age": {"drift": [0, 1], "over_images": 4}}
    domain = {"semantic": ["traffic"], "visual": ["weather", "season", "age"], "dynamics": dynamics}
    g = changed("season", domain=domain)
    specs = [sample(g, 1, i) for i in range(6)]
    assert [s.factors["season"] for s in specs] == 3 * ["winter", "summer"]
    assert [s.factors["age"] for s in specs] == [0, 0, 0.25, 0.25, 0.5, 0.5]


CASES = {
    "storm": {"quota": 0.25, "set": {"factors.weather": "rain"}},
    "flood": {"quota": 0.25, "set": {"params.wetness": 1}},
    "haze": {"quota": 0.25, "set": {"world.sky.strength": 0.5}},
    "narrow": {"quota": 0.25, "set": {"params.lane_width_m": 2.8}},
}


def test_corner_cases_that_would_overrule_the_change_are_left_out() -> None:
    params = {"lane_width_m": {"uniform": [2.8, 3.5]}, "rate": "6 * traffic", "wetness": "0.3 if weather == 'rain' else 0"}
    g = changed("weather", params=params, corner_cases=CASES)
    assert g.changes[0].without == {"storm", "flood", "haze"}
    plain = grammar(domain=DOMAIN, world=SKY, params=params, corner_cases=CASES)
    own = [sample(plain, 4, i).corner_cases for i in range(12)]
    assert {c for cases in own for c in cases} == set(CASES)
    for draw in range(12):
        for k in range(3):
            assert sample(g, 4, 3 * draw + k).corner_cases == (own[draw] if own[draw] == ("narrow",) else ())


@pytest.mark.parametrize(
    ("asked", "changes", "expected"),
    [
        ("wether", {}, r'design.counterfactual: there is no factor "wether". Did you mean "weather"\? Known: traffic, weather'),
        ({"weather": ["clear", "rainy"]}, {}, r"design.counterfactual.weather: weather must be one of clear, rain, fog; found 'rainy'"),
        ({"weather": ["fog"]}, {}, r"takes two or more different values, found \['fog'\]; say which values, e.g. counterfactual.weather="),
        ({"traffic": [0.2, 0.2]}, {}, r"takes two or more different values, found \[0.2, 0.2\]"),
        ({"traffic": [0, 2]}, {}, r"traffic must be a number in 0..1; found 2"),
        ("traffic", {"factors__traffic": {"normal": [0, 1]}}, r"traffic has no list of values and no bounds of its own: say which values"),
        ({"traffic": [i / 2000 for i in range(1001)]}, {}, r"asks for 1,001 images of a scene, at most 1,000"),
        ({"weather": "clear"}, {}, r"design.counterfactual"),
        ("weather", {"corner_cases": {"storm": {"quota": 1, "set": {"factors.weather": "rain"}}}},
         r"corner case storm is in every image \(quota 1\) and sets weather, or what follows from it"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_told(asked: Any, changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        changed(asked, **changes)


def test_a_spec_says_what_it_is_and_only_when_it_is() -> None:
    made = sample(changed("weather"), 1, 4)
    assert SceneSpec.from_json(made.to_json()) == made
    assert b"counterfactual" not in sample(grammar(), 1, 4).to_json()


def test_people_are_told_what_comes_and_what_it_means() -> None:
    assert told((), 100) == []
    assert told(changed("weather").changes, 9) == ["counterfactual: 3 scenes, 3 images each: weather = clear, rain, fog"]
    lines = told(changed({"traffic": [0.1, 0.9]}).changes, 9)
    assert lines[1] == "  the last scene has 1 of its 2 images: count=10 completes it"
    assert lines[2].startswith("  traffic is semantic: it may change the labels")
    (line,) = told(grammar(design__counterfactual="weather").changes, 3)[1:]
    assert "weather is not said to be visual (the scene file has no `domain`)" in line

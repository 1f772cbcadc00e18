"""How much work a scene file can ask for is counted: what takes long counts as many steps, and all tries of a scene count together."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import ConfigError, UnsatisfiableError
from generator.grammar import Grammar, sample
from generator.grammar.effort import values_in
from tests.grammar.toys import STREET, grammar, lone

CAR: dict[str, Any] = {"kind": "actor", "actor": "test_block", "place": {"at": {"x_m": {"uniform": [0, 1]}}}, "collides": False}
CROWD = 640  # cars; to look at all of them counts 20 steps
ROUNDS = 120
MANY = {f"r{i}": {"kind": "sequence", "of": []} for i in range(300)}


def crowded(node: dict[str, Any]) -> Grammar:
    """Many cars, then `node` as often as 3,000 steps allow if it is a plain one."""
    crowd = {"kind": "repeat", "count": CROWD, "max_count": CROWD, "of": {**CAR, "name": "one"}}
    rules = {
        **STREET["rules"],
        **MANY,
        "street": {"kind": "sequence", "of": ["road", crowd, {"kind": "repeat", "count": ROUNDS, "of": node}]},
    }
    return grammar(rules=rules, limits={"max_steps": 3000})


def test_plain_rules_are_within_bounds() -> None:
    assert len(sample(crowded(CAR), 0, 0).objects) == 1 + CROWD + ROUNDS


@pytest.mark.parametrize(
    "node",
    [
        {**CAR, "place": {"beside": {"object": "one"}}},
        {**CAR, "place": {"beside": {"object": "*a*b*c*"}}},
        {**CAR, "place": {"beside": {"object": "*/a*b*c*"}}},
        {**CAR, "requires": [{"keep_distance": {"object": "one", "min_m": 0}}]},
        {**CAR, "surfaces": [{"color": [{"beta": [2, 2]}, 0, 0]}] * 50},
        {**CAR, "place": {"at": {"x_m": {"mixture": [{"value": i} for i in range(200)]}}}},
        {"kind": "choice", "weights": dict.fromkeys(MANY, 1)},
        {"kind": "repeat", "count": {"mixture": [{"value": 0}] * 200}, "of": "nothing"},
    ],
    ids=["near", "wildcard", "path", "distance", "surfaces", "place", "choice", "count"],
)
def test_what_takes_long_counts_as_many_steps(node: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"takes more than 3,000 rules, repetitions and tries, at .*limits\.max_steps"):
        sample(crowded(node), 0, 0)


def test_all_tries_of_a_scene_count_together() -> None:
    g = lone(
        {**CAR, "tries": 50, "on_failure": "fail", "requires": [{"check": "x_m > 2"}]}, limits={"tries_per_scene": 1000, "max_steps": 400}
    )
    with pytest.raises(UnsatisfiableError, match="200 places failed in 4 scenes: check x_m > 2 200"):
        sample(g, 0, 0)


def test_presets_and_corner_cases_of_a_large_file_have_a_bound() -> None:
    rules = {**STREET["rules"], **{f"r{i}": {"kind": "choice", "weights": {"nothing": 1}} for i in range(5000)}}
    assert 10_000 < values_in(rules) < 11_000
    grammar(rules=rules, corner_cases={"x": {"quota": 0.1, "add": {"x": "nothing"}}})
    many = {f"x{i}": {"quota": 0.001, "add": {"x": "nothing"}} for i in range(100)}
    with pytest.raises(ConfigError, match=r"corner_cases: the file has 10,\d\d\d values .*300,000 at most, found 1,\d\d\d,\d\d\d") as error:
        grammar(rules=rules, corner_cases=many)
    assert len(str(error.value)) < 500


def test_params_have_a_bound() -> None:
    with pytest.raises(ConfigError, match=r"params: .*at most 1000 items") as error:
        grammar(params={f"p{i}": 1 for i in range(1001)})
    assert len(str(error.value)) < 2000

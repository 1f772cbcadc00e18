"""What a factor may be: read off its definition, kept whatever replaces that, and known to every expression."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest

from generator.errors import ConfigError
from generator.grammar import load_grammar, sample
from generator.grammar.allowed import Allowed, outcomes
from tests.grammar.toys import grammar, street


def overridden(before: dict[str, Any] | None = None, **changes: Any) -> Any:
    """The street as changed on the command line."""
    base = before or street()
    return load_grammar(street(**changes), source="toy.yaml", layers=(base,))


@pytest.mark.parametrize(
    ("definition", "allowed"),
    [
        ({"choice": {"a": 1, "2": 0, "true": 3}}, Allowed(("a", 2, True))),
        ({"choice": ["a", {"choice": ["b", "a"]}]}, Allowed(("a", "b"))),
        ({"uniform": [0, "2 * pi"]}, Allowed(low=0, high=2 * math.pi)),
        ({"uniform": {"low": 1, "high": 2}}, Allowed(low=1, high=2)),
        ({"integers": [3, 9]}, Allowed(low=3, high=9)),
        ({"normal": [0, 1]}, Allowed()),
        ({"normal": [0, 1, -2, 2]}, Allowed(low=-2, high=2)),
        ({"normal": {"mean": 0, "std": 1, "min": 0}}, Allowed(low=0)),
        ({"beta": [2, 3]}, Allowed(low=0, high=1)),
        ({"beta": {"a": 2, "b": 3, "min": 5, "max": 6}}, Allowed(low=5, high=6)),
        ({"poisson": 4}, Allowed(low=0)),
        ({"poisson": {"mean": 4, "max": 7}}, Allowed(low=0, high=7)),
        ({"mixture": [{"value": 7}, {"weight": 2, "value": {"uniform": [0, 1]}}]}, Allowed(low=0, high=7)),
        ({"uniform": [0, "traffic"]}, None),
        ({"expr": "traffic"}, None),
        ({"choice": ["a", {"uniform": [0, 1]}]}, None),
    ],
)
def test_a_definition_bounds_what_it_gives(definition: Any, allowed: Allowed | None) -> None:
    assert outcomes(definition) == allowed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"factors__weather": "rainy"}, r"factors\.weather: must be one of clear, rain, fog; found 'rainy'\. Did you mean \"rain\"\?"),
        ({"factors__weather": {"choice": ["rain", "snow"]}}, r"factors\.weather: must be one of clear, rain, fog; found 'snow'"),
        ({"factors__weather": 1}, r"factors\.weather: must be one of clear, rain, fog; found 1"),
        ({"factors__traffic": 3}, r"factors\.traffic: must be a number in 0\.\.1; found 3"),
        ({"factors__traffic": "dense"}, r"factors\.traffic: must be a number in 0\.\.1; found 'dense'"),
        ({"factors__traffic": True}, r"factors\.traffic: must be a number in 0\.\.1; found True"),
        ({"factors__traffic": {"uniform": [0.5, 2]}}, r"factors\.traffic: must be .* this gives a number in 0\.5\.\.2"),
        ({"factors__traffic": {"normal": [0.5, 0.1]}}, r"factors\.traffic: .*; give it a min and a max"),
        ({"corner_cases": {"wet": {"quota": 0.1, "set": {"factors.weather": "rainy"}}}},
         r"factors\.weather: must be one of .*as changed by corner case wet"),
        ({"presets": {"narrow": {"set": {"factors.traffic": 2}}}}, r"factors\.traffic: must be .*as changed by preset narrow"),
        ({"domain": {"semantic": ["traffic"], "visual": ["weather"], "subdomains": {"wet": "weather == 'rainy'"}}},
         r'domain\.subdomains\.wet: "weather == .rainy.": weather must be one of clear, rain, fog; found .rainy.\. Did you mean "rain"'),
        ({"params__rate": "2 if weather in ['fog', 'mist'] else 1"}, r"params\.rate: .*weather must be one of .*; found 'mist'"),
        ({"rules__car__speed_m_s": "9 * ('clera' != weather)"}, r"rules\.car\.speed_m_s: .*found 'clera'\. Did you mean \"clear\""),
        ({"params__rate": "2 if traffic == 'dense' else 1"}, r"traffic must be a number in 0\.\.1; found 'dense'"),
    ],
)  # fmt: skip
def test_a_value_that_no_rule_knows_is_an_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        overridden(**changes)


def test_what_is_within_its_definition_is_fine() -> None:
    for changes in (
        {"factors__weather": "fog"},
        {"factors__weather": {"choice": ["rain"]}},
        {"factors__traffic": 1},
        {"factors__traffic": {"normal": [0.5, 0.2, 0, 1]}},
        {"factors__traffic": {"beta": [2, 2]}},
    ):
        sample(overridden(**changes), 0, 0)


def test_what_only_drawing_tells_is_checked_when_it_is_drawn() -> None:
    good = overridden(factors__weather={"expr": "'fog' if traffic > 0.5 else 'rain'"})
    assert {sample(good, 0, i).factors["weather"] for i in range(20)} == {"fog", "rain"}
    with pytest.raises(ConfigError, match=r"toy\.yaml with the changes of the command line: factors\.weather: must be .* found 'snow'"):
        sample(overridden(factors__weather={"expr": "'snow' if traffic > -1 else 'rain'"}), 0, 0)


def test_a_declaration_beside_the_distribution_allows_more() -> None:
    declared = street(
        factors__weather={"choice": ["clear"], "values": ["clear", "snow"]}, factors__traffic={"uniform": [0, 1], "range": [0, 5]}
    )
    g = load_grammar(declared, source="toy.yaml")
    assert {sample(g, 0, i).factors["weather"] for i in range(5)} == {"clear"}
    sample(overridden(declared, factors__weather="snow", factors__traffic=4), 0, 0)
    with pytest.raises(ConfigError, match="must be one of clear, snow; found 'rain'"):
        overridden(declared, factors__weather="rain")
    sample(overridden(factors__weather={"value": "hail", "values": ["hail"]}), 0, 0)  # the newest declaration counts
    constant = street(factors__weather={"value": "rain", "values": ["rain", "fog"]})
    assert sample(load_grammar(constant, source="toy.yaml"), 0, 0).factors["weather"] == "rain"
    covering = street(factors__weather={"choice": ["rain", "fog"], "values": ["rain", "fog", "clear"]}, design={"method": "covering"})
    assert load_grammar(covering, source="toy.yaml").levels == {"weather": (1.0, 1.0)}


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        ({"choice": ["a"], "values": []}, "values: takes a list of numbers or texts"),
        ({"uniform": [0, 1], "range": [1, 0]}, r"range: takes \[low, high\]"),
        ({"uniform": [0, 1], "range": [0, 1], "values": [1]}, "takes one distribution"),
        ({"uniform": [0, 2], "range": [0, 1]}, r"must be a number in 0\.\.1; this gives a number in 0\.\.2"),
        ({"range": [0, 1]}, "takes one distribution"),
    ],
)
def test_wrong_declarations(factor: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"factors\.traffic: {message}"):
        grammar(factors__traffic=factor)


def test_dynamics_keep_to_their_course() -> None:
    def domain(season: dict[str, Any]) -> dict[str, Any]:
        return {"semantic": ["traffic"], "visual": ["weather", "season"], "dynamics": {"season": {"period_images": 8, **season}}}

    base = street(domain=domain({"cycle": ["winter", "summer"]}))
    overridden(base, domain=domain({"cycle": ["summer"]}))
    with pytest.raises(ConfigError, match=r"domain\.dynamics\.season: must be one of winter, summer; found 'sumer'.*Did you mean"):
        overridden(base, domain=domain({"cycle": ["sumer"]}))
    with pytest.raises(ConfigError, match="season must be one of winter, summer; found 'spring'"):
        overridden(base, domain=domain({"cycle": ["winter", "summer"]}), params__rate="1 if season == 'spring' else 2")
    overridden(base, domain=domain({"cycle": ["spring"], "values": ["spring"]}))


def test_a_parameter_hides_the_factor_of_its_name() -> None:
    walker = {"kind": "rule", "rule": "walker", "with": {"weather": "mild", "strip": "road.pavement_*"}}
    grammar(rules__walker__speed_m_s="1 if weather == 'mild' else 2", rules__street__of__walkers__of=walker)


def test_a_copy_in_another_process_knows_the_same() -> None:
    before = street()
    narrow = load_grammar(
        street(factors__traffic=0.5, corner_cases={"jam": {"quota": 0.5, "set": {"factors.traffic": 1}}}),
        source="toy.yaml",
        layers=(before,),
    )
    again = pickle.loads(pickle.dumps(narrow))  # noqa: S301  (our own bytes)
    assert [sample(again, 0, i) for i in range(4)] == [sample(narrow, 0, i) for i in range(4)]


def test_problems_say_what_was_set_on_the_command_line() -> None:
    with pytest.raises(ConfigError) as error:
        overridden(street(rules__bus__category="bos"), rules__bus__category="bos", factors__weather="rainy")
    lines = str(error.value).splitlines()
    assert lines[0] == "toy.yaml with the changes of the command line: 2 problems"
    assert {line.split(":")[0].strip(): "[set on the command line, scene." in line for line in lines[1:]} == {
        "factors.weather": True,
        "rules.bus.category": False,
    }

"""Values: expressions, distributions, reading files, and the errors that a scene file can cause."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from generator.colors import linear_from_hsv, linear_from_kelvin
from generator.errors import ConfigError
from generator.grammar import grammar_schema, load_grammar, read_grammar_file, sample
from generator.grammar.expressions import ExpressionError, parse
from generator.grammar.numbers import poisson_quantile
from generator.grammar.sun import sun_azimuth, sun_elevation
from tests.grammar.toys import STREET, grammar, lone, street

numbers = st.floats(-1e6, 1e6)


@given(a=numbers, b=numbers, c=st.floats(0.1, 100))
def test_expressions_mean_what_python_means(a: float, b: float, c: float) -> None:
    names = {"a": a, "b": b, "c": c}
    assert parse("a + b * c - a / c").run(names) == a + b * c - a / c
    assert parse("a if a > b and not c < 1 else b").run(names) == (a if a > b and not c < 1 else b)
    assert parse("clip(a, -c, c)").run(names) == min(max(a, -c), c)
    assert parse("a % c + b // c - -a").run(names) == a % c + b // c - -a
    assert parse("min(a, b, c) <= c < max(a, b, c) + 1").run(names) is True
    assert parse("c ** 0.5").run(names) == math.sqrt(c)


def test_expressions_know_angles_text_and_lists() -> None:
    assert parse("deg(180)").run({}) == math.pi
    assert parse("weather in ['fog', 'rain'] or night").run({"weather": "rain", "night": False}) is True
    assert parse("'lane_' + side").run({"side": "left"}) == "lane_left"
    assert parse("lerp(2, 4, smoothstep(0, 10, 5))").run({}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "().__class__", "a.b", "a[0]", "[x for x in a]", "lambda: 1", "__import__('os')", "open('x')", "f'{a}'", "a := 1",
        "print(1)", "1 if",
        "", "a" * 501, "(" * 300, "9 ** 9 ** 9", "1e999", "'a' * 10", "1j", "None", "sqrt(-1)", "1 / 0", "min(1)",
        "clip(1, low=2)", "a is b",
        "-" * 60 + "1", "exp(1000)", "'x' in 'xyz'", "1 & 2", "~1", "*a",
    ],
)  # fmt: skip
def test_expressions_refuse_all_else(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text).run({"a": 1.0, "b": 2.0})


def test_the_sun_of_solstices_and_equinoxes() -> None:
    """Elevation at noon is 90 degrees - latitude + declination; at the equinox the sun rises at 6 in the east."""
    latitude = math.radians(50)
    assert sun_elevation(12, latitude, 172) == pytest.approx(math.radians(90 - 50 + 23.45), abs=math.radians(0.1))
    assert sun_elevation(12, latitude, 355) == pytest.approx(math.radians(90 - 50 - 23.45), abs=math.radians(0.1))
    assert sun_elevation(6, latitude, 81) == pytest.approx(0, abs=math.radians(0.5))
    assert sun_azimuth(6, latitude, 81) == pytest.approx(0, abs=math.radians(0.5))
    assert sun_azimuth(12, latitude, 100) == pytest.approx(-math.pi / 2)
    assert abs(sun_azimuth(17, latitude, 100)) > math.pi / 2  # in the west in the afternoon


def drawn(value: Any, count: int = 400, **changes: Any) -> list[Any]:
    """The value as a param, `count` times."""
    g = lone({"kind": "optional", "probability": 0, "of": "road"}, params={"lane_width_m": 3.0, "x": value}, **changes)
    return [sample(g, 7, i).trace["params"]["x"] for i in range(count)]


# The p-value of a Kolmogorov-Smirnov test; the seed is fixed, so that this holds always or never.
@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ({"uniform": [2, 5]}, stats.uniform(2, 3)),
        ({"uniform": [2, "3 + 2"]}, stats.uniform(2, 3)),
        ({"log_uniform": [0.1, 10]}, stats.loguniform(0.1, 10)),
        ({"normal": [1, 2]}, stats.norm(1, 2)),
        ({"normal": {"mean": 1, "std": 2, "min": 0, "max": 2}}, stats.truncnorm(-0.5, 0.5, 1, 2)),
        ({"beta": [2, 5]}, stats.beta(2, 5)),
        ({"beta": {"a": 2, "b": 5, "min": 10, "max": 20}}, stats.beta(2, 5, 10, 10)),
    ],
)  # fmt: skip
def test_continuous_distributions_are_those_of_scipy(value: Any, reference: Any) -> None:
    assert stats.kstest(drawn(value), reference.cdf).pvalue > 0.01


@given(u=st.floats(0, 1, exclude_max=True), mean=st.floats(0.0, 500))
def test_poisson_is_that_of_scipy(u: float, mean: float) -> None:
    count = poisson_quantile(u, mean)
    assert stats.poisson.cdf(count, mean) >= u - 1e-9
    assert count == 0 or stats.poisson.cdf(count - 1, mean) <= u + 1e-9


def test_discrete_distributions() -> None:
    values = drawn({"choice": {"1": 3, "2.5": 1, "'a' if true else 'b'": 0}})
    assert set(values) == {1, 2.5}
    assert values.count(1) / 400 == pytest.approx(0.75, abs=3 * math.sqrt(0.75 * 0.25 / 400))
    assert set(drawn({"integers": [-1, 2]})) == {-1, 0, 1, 2}
    assert set(drawn({"choice": [1, 2, {"uniform": [5, 6]}]}, 200)) > {1, 2}
    mixed = drawn({"mixture": [{"weight": 1, "value": {"uniform": [0, 1]}}, {"weight": 3, "value": {"uniform": [10, 11]}}]})
    assert np.mean(np.array(mixed) > 5) == pytest.approx(0.75, abs=3 * math.sqrt(0.75 * 0.25 / 400))
    assert all(isinstance(v, bool) for v in drawn({"choice": {"true": 1, "false": 1}}, 20))


@pytest.mark.parametrize(
    ("constants", "drawn_ones"),
    [
        ({"integers": [-1, 2]}, {"integers": [{"choice": [-1]}, 2]}),
        ({"log_uniform": [0.5, 1.6]}, {"log_uniform": [{"choice": [0.5]}, 1.6]}),
        ({"beta": [2, 2.5, 1, 3]}, {"beta": [{"choice": [2]}, 2.5, 1, 3]}),
    ],
)
def test_arguments_that_are_drawn_give_what_constants_give(constants: Any, drawn_ones: Any) -> None:
    assert drawn(constants, 50) == pytest.approx(drawn(drawn_ones, 50), rel=1e-12)


def test_points_on_a_sphere_are_even() -> None:
    points = np.array(drawn({"on_sphere": {"radius_m": 2, "min_elevation_rad": 0}}))
    assert np.linalg.norm(points, axis=1) == pytest.approx(2)
    assert stats.kstest(points[:, 2] / 2, stats.uniform.cdf).pvalue > 0.01  # Archimedes: heights are uniform
    assert stats.kstest(np.arctan2(points[:, 1], points[:, 0]), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01


def test_colors_are_linear() -> None:
    assert drawn({"hsv": [0.1, 0.5, 0.9]}, 1)[0] == pytest.approx(linear_from_hsv(0.1, 0.5, 0.9))
    assert drawn({"kelvin": 3000}, 1)[0] == pytest.approx(linear_from_kelvin(3000))


def test_a_csv_column_beside_the_scene_file(tmp_path: Path) -> None:
    (tmp_path / "heights.csv").write_text("name,height\na,1.5\nb,1.7\nc,1.7\nd,\n")
    value = {"empirical": {"csv": "heights.csv", "column": "height"}}

    def loaded(**arguments: Any) -> list[float]:
        g = load_grammar(street(params__x={"empirical": {**value["empirical"], **arguments}}), source=str(tmp_path / "scene.yaml"))
        return [sample(g, 0, i).trace["params"]["x"] for i in range(200)]

    values = loaded()
    assert set(values) == {1.5, 1.7}
    assert values.count(1.7) / 200 == pytest.approx(2 / 3, abs=3 * math.sqrt(2 / 9 / 200))
    assert min(loaded(interpolate=True)) < 1.6 < max(loaded(interpolate=True)) <= 1.7
    (tmp_path.parent / "outside.csv").write_text("height\n1\n")
    (tmp_path / "link.csv").symlink_to(tmp_path.parent / "outside.csv")
    for name in ("../outside.csv", str(tmp_path.parent / "outside.csv"), "link.csv"):
        with pytest.raises(ConfigError, match="lies outside the scene file's folder"):
            loaded(csv=name)
    with pytest.raises(ConfigError, match=r'there is no column "hight"\. Did you mean "height"\?'):
        loaded(column="hight")


def test_the_digest_follows_the_csv_file(tmp_path: Path) -> None:
    data = street(params__x={"empirical": {"csv": "h.csv", "column": "h"}})
    digests = set()
    for text in ("h\n1\n", "h\n2\n", "h\n1\n"):
        (tmp_path / "h.csv").write_text(text)
        digests.add(load_grammar(data, source=str(tmp_path / "scene.yaml")).digest)
    assert len(digests) == 2


CAR = STREET["rules"]["car"]
ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"rules__vehicle__weights": {"car": 1, "buss": 2}}, r'rules\.vehicle\.weights\.buss: there is no rule "buss"\. Did you mean "bus"\?'),
    ({"rules__car__params": {"colr": [0, 0, 0]}},
     r'rules\.car\.params\.colr: there is no parameter of actor test_block "colr"\. Did you mean "color"'),
    ({"rules__car__params": {"body": "sedann"}},
     r"rules\.car\.params\.body: input should be 'sedan'.*found 'sedann'\. Did you mean \"sedan\""),
    ({"rules__car__params": {"body": {"choice": {"sedan": 1, "wagn": 1}}}},
     r"rules\.car\.params\.body: .*found 'wagn'\. Did you mean \"wagon\""),
    ({"rules__car__params": {"length_m": -1}}, r"rules\.car\.params\.length_m: input should be greater than 0, found -1"),
    ({"rules__car__params": {"length_m": {"uniform": [-1, 2]}}}, r"rules\.car\.params\.length_m: input should be greater than 0"),
    ({"rules__car__params": {"length_m": {"unifrom": [1, 2]}}}, r'rules\.car\.params\.length_m: .*Did you mean "uniform"\?'),
    ({"rules__car__params": {"length_m": {"uniform": [2, 1]}}}, r"rules\.car\.params\.length_m\.uniform: low must not be above high"),
    ({"rules__car__params": {"material": {"rougness": 1}}},
     r'rules\.car\.params\.material\.rougness: there is no field "rougness"\. Did you mean "roughness"'),
    ({"rules__car__actor": "test_blok"}, r'rules\.car\.actor: there is no actor "test_blok"\. Did you mean "test_block"'),
    ({"rules__car__category": "cra"}, r'rules\.car\.category: there is no category "cra"\. Did you mean "car"'),
    ({"rules__car__plaice": {}}, r"rules\.car\.plaice: there is no key \"plaice\"\. Did you mean \"place\""),
    ({"rules__car__place": {}}, r"rules\.car\.place: needs exactly one of along, beside"),
    (
        {"rules__car__requires": [{"camera_distance": {"min_m": 60, "max_m": 10}}]},
        r"rules\.car\.requires\.0\.camera_distance: can never hold: min_m is 60, above max_m, which is 10",
    ),
    ({"rules__car__requires": [{"in_view": {"min_share": 0.5, "max_share": 0.1}}]}, r"in_view: can never hold: min_share is 0\.5"),
    ({"rules__car__place": {"along": {"strip": "road.lane_0", "heding": 1}}},
     r"rules\.car\.place\.along\.heding: there is no key .*Did you mean \"heading\""),
    ({"rules__car__requires": [{"in_vew": {}}]}, r"rules\.car\.requires\.0\.in_vew: there is no key .*Did you mean \"in_view\""),
    ({"rules__car__kind": "acter"}, r'rules\.car: there is no kind "acter"\. Did you mean "actor"'),
    ({"rules__car__speed_m_s": "trafic * 3"}, r'rules\.car\.speed_m_s: "trafic \* 3": there is no name "trafic"\. Did you mean "traffic"'),
    ({"params__rate": "6 *"}, r'params\.rate: "6 \*" is not an expression'),
    ({"params__a": "b", "params__b": 1.0}, r'params\.a: "b": there is no name "b"'),
    ({"rules__street__of__traffic__count": {"poison": 3}}, r'rules\.street\.of\.traffic\.count: must be a number.*Did you mean "poisson"'),
    ({"start": "stret"}, r'start: there is no rule "stret"\. Did you mean "street"'),
    ({"rules__vehicle__weights__bus": -3}, r"rules\.vehicle\.weights\.bus: a weight must be 0 or more, found -3"),
    ({"rules__car__params": {"body": {"choice": {"sedan": 1, "wagon": -1}}}}, r"choice: the weight of wagon must be .* found -1"),
    ({"rules__vehicle__weights": {"car": 1e308, "bus": 1e308}},
     r"rules\.vehicle.*: the weights add up to more than a number can hold \(1\.8e308\); the largest is 1e\+308"),
    ({"rules__car__params": {"body": {"choice": {"sedan": 1.7e308, "wagon": 1e308}}}},
     r"rules\.car\.params\.body\.choice: the weights add up to more than a number can hold"),
    ({"rules__car__speed_m_s": 1e30}, r"rules\.car\.speed_m_s: must be in -10,000\.\.10,000, found 1e\+30"),
    ({"rules__car__speed_m_s": {"uniform": [0, 1e30]}}, r"rules\.car\.speed_m_s: must be in -10,000\.\.10,000"),
    ({"rules__car__velocity_m_s": [0, 1e30, 0]}, r"rules\.car\.velocity_m_s: must be in -10,000\.\.10,000, found 1e\+30"),
    ({"rules__car__place": {"along": {"strip": "road.lane_0", "left_m": 1e300}}},
     r"rules\.car\.place\.along\.left_m: must be in -1,000,000\.\.1,000,000, found 1e\+300"),
    ({"limits": {"max_objects": "1e3"}},
     r"limits\.max_objects: .*found '1e3': YAML takes this for text; .* needs a point and a sign, 1\.0e\+3"),
    ({"rules__vehicle": None}, r"rules\.vehicle: must be the name of a rule, or a mapping with a kind .*; found null; .* \"nothing\""),
    ({"rules__vehicle": 7}, r"rules\.vehicle: must be the name of a rule, or a mapping with a kind .*; found 7"),
    ({"camera__hfov_rad": 60}, r"camera\.hfov_rad: must be above 0 and below pi, .* \"deg\(60\)\"\); found 60"),
    ({"camera__hfov_rad": 0}, r"camera\.hfov_rad: must be above 0"),
    ({"camera__distortion": [1, 2]}, r"camera\.distortion: must be a list of 5 numbers \(k1, k2, p1, p2, k3\), found \[1, 2\]"),
    ({"camera": {"fx": 9, "orbit": {"target": [1], "distance_m": 3}}}, r"camera\.orbit\.target: must be a list of 3 numbers"),
    ({"surfaces": 5}, r"rules\.road\.surfaces: must be a list of materials, found 5"),
    ({"world": {"sky": {"kind": "hdri", "name": "../../etc/passwd"}}}, r"world\.sky\.name: input should be 'city', "),
    ({"sensor": {"jpeg_quality": 1000}}, r"sensor\.jpeg_quality: input should be less than or equal to 100"),
    ({"factors": {f"f{i}": {"integers": [1, 64]} for i in range(9)}, "params__rate": 1, "design": {"method": "covering"}},
     r"design\.method: covering has 147,456 pairs of values to cover, at most 20,000 are allowed"),
    ({"camera__width": 0}, r"camera\.width: must be above 0, found 0"),
    ({"camera__width": 20_000}, r"camera: width and height are at most 16383 .* found 20000 x 360"),
    ({"camera__width": 16_000, "camera__height": 16_000}, r"together at most 40,000,000 pixels .* found 16000 x 16000"),
    ({"factors__weather": {"chioce": ["clear"]}}, r"factors\.weather: a factor is a number.*Did you mean \"choice\"\?"),
    ({"factors__weather": {"qqq": 1}}, r"factors\.weather: .*Distributions: uniform, log_uniform"),
    ({"factors__wether": "rain", "domain": {"semantic": ["traffic"], "visual": ["weather"]}},
     r"factors\.wether: every factor must be listed .* Did you mean \"weather\""),
    ({"rules__loop": {"kind": "sequence", "of": ["road", "loop"]}}, r"rules\.loop: never ends"),
    ({"domain": {"semantic": ["trafic"], "visual": ["weather"]}},
     r'domain\.semantic\.0: there is no factor "trafic"\. Did you mean "traffic"'),
    ({"domain": {"semantic": ["traffic"]}}, r"factors\.weather: every factor must be listed under domain\.semantic"),
    ({"domain": {"semantic": ["traffic", "weather"], "visual": ["weather"]}}, r"domain: weather: a factor is semantic .* not both"),
    ({"domain": {"semantic": ["traffic", "weather"], "subdomains": {"dense": "traffik > 1"}}},
     r'domain\.subdomains\.dense: .*Did you mean "traffic"'),
    ({"width": "wid", "presets": {"wide": {}}}, r'width: there is no preset "wid"\. Did you mean "wide"'),
    ({"presets": {"full": {"set": {"factors.whether": "fog"}}}},
     r'presets\.full\.set\.factors\.whether: there is no entry of factors "whether"'),
    ({"corner_cases": {"fog": {"quota": 0.1, "set": {"rules.cra.speed_m_s": 0}}}},
     r'corner_cases\.fog\.set\.rules\.cra\.speed_m_s: there is no key "cra"'),
    ({"corner_cases": {"fog": {"quota": 0.1, "set": {"rules.car.speed": 0}}}},
     r"rules\.car\.speed: there is no key .*as changed by corner case fog"),
    ({"corner_cases": {"x": {"quota": 0.1, "add": ["dogg"]}}}, r'corner_cases\.x\.add\.0: there is no rule "dogg"'),
    ({"corner_cases": {"a": {"quota": 0.6}, "b": {"quota": 0.5}}},
     r"corner_cases: the quotas add up to 1\.1, which is more than 1: a 0\.6, b 0\.5"),
    ({"camera": {"hfov_rad": 1}}, r"camera: needs exactly one of mount, position, orbit"),
    ({"world": {"sky": {"kind": "fysical"}}}, r'world\.sky: there is no kind "fysical"\. Did you mean "physical"'),
    ({"world": {"sky": {"kind": "plain"}, "fog": 1}}, r'world\.fog: there is no field "fog"'),
    ({"world": {"sky": {"kind": "plain"}, "wetness": 2}}, r"world\.wetness: input should be less than or equal to 1, found 2"),
    ({"sensor": {"noise": 1}}, r'sensor\.noise: there is no field "noise"'),
    ({"categories": ["car", "car"]}, r"categories: the same category is listed twice"),
    ({"rules__car__params": {"_target_": "os.system"}}, r"rules\.car\.params: `_target_` is not allowed"),
    ({"rules__car__params": {"length_m": float("nan")}}, r"rules\.car\.params\.length_m: found nan"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), ERRORS, ids=[m[:50] for _, m in ERRORS])
def test_errors_name_the_place_what_was_found_and_the_nearest_spelling(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        grammar(**changes)
    assert str(error.value).startswith("toy.yaml: ")


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        grammar(rules__car__actor="nothing", rules__bus__category="bos", params__rate="1 +")
    assert str(error.value).startswith("toy.yaml: 3 problems\n")


def test_what_is_wrong_in_the_form_hides_nothing_else() -> None:
    wrong = {
        "name": 5,
        "rules__walker": {"kind": "acter"},
        "presets": {"wide": {"sett": {}}},
        "corner_cases": {"x": {"quota": 2}},
        "frob": 1,
    }
    with pytest.raises(ConfigError) as error:
        grammar(**wrong, rules__bus__category="bos", params__rate="1 +", camera={"hfov_rad": 1}, limits={"max_depth": 0}, start=3)
    told = str(error.value)
    places = ("name", "rules.walker", "presets.wide.sett", "corner_cases.x.quota", "frob", "camera", "limits.max_depth", "start",
              "rules.bus.category", "params.rate")  # fmt: skip
    assert told.startswith(f"toy.yaml: {len(places)} problems\n")
    assert {line.split(":")[0].strip() for line in told.splitlines()[1:]} == set(places)


def test_a_lens_that_is_only_wrong_when_drawn_is_named_as_written() -> None:
    with pytest.raises(ConfigError, match=r"toy\.yaml: camera\.hfov_rad: must be above 0 and below pi.*found -9"):
        sample(grammar(camera__hfov_rad="traffic - 10"), 0, 0)
    with pytest.raises(ConfigError, match=r"toy\.yaml: camera: width and height are at most .*found 1e\+06 x 360"):
        sample(grammar(camera__width="1000000 + 0 * traffic"), 0, 0)


def test_a_value_that_is_only_wrong_when_drawn_names_its_place() -> None:
    g = lone({**CAR, "params": {"length_m": "traffic - 10"}})
    with pytest.raises(ConfigError, match=r"toy\.yaml: rules\.thing\.params\.length_m: input should be greater than 0, found -9"):
        sample(g, 0, 0)


@pytest.mark.parametrize(
    "change",
    [{"speed_m_s": "traffic * 1e30"}, {"place": {"at": {"x_m": "traffic * 1e30"}}}, {"velocity_m_s": ["traffic * 1e30", 0, 0]}],
)
def test_what_is_too_far_or_too_fast_when_it_is_drawn_is_told(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"toy\.yaml: rules\.thing: its place or velocity must be in .* \(drawn at "):
        sample(lone({**CAR, "requires": [], "collides": False, **change}), 0, 0)


def test_a_camera_whose_strip_is_never_made_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"camera: the strip or object that it is placed by is never made\. Strips: road\.lane_0"):
        sample(grammar(camera__mount={"strip": "road.lane_7"}), 0, 0)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rules__street__of__traffic__count": "weather"}, r"rules\.street\.of\.traffic\.count"),
        ({"rules__car__speed_m_s": "weather"}, r"rules\.car\.speed_m_s"),
        ({"rules__car__place": {"at": {"x_m": "weather"}}}, r"rules\.car\.place\.at\.x_m"),
        ({"rules__vehicle__weights__car": "weather"}, r"rules\.vehicle\.weights\.car"),
        ({"camera__hfov_rad": "weather"}, r"camera\.hfov_rad"),
        ({"camera__width": "weather"}, r"camera\.width"),
        ({"camera__mount__s_m": {"mixture": [{"value": "weather"}]}}, r"camera\.mount\.s_m"),
    ],
)
def test_text_where_a_number_is_drawn_names_its_place(changes: dict[str, Any], place: str) -> None:
    g = grammar(**{"rules__street__of__traffic__count": 1, **changes})
    with pytest.raises(ConfigError, match=rf"toy\.yaml: {place}: must be a number, drawn was '(clear|rain|fog)'"):
        [sample(g, 0, i) for i in range(20)]


ENDLESS: list[dict[str, Any]] = [
    {
        "kind": "repeat",
        "count": 10_000,
        "max_count": 10_000,
        "of": {"kind": "repeat", "count": 10_000, "max_count": 10_000, "of": "nothing"},
    },
    {"kind": "repeat", "count": 10_000, "max_count": 10_000, "of": {"kind": "repeat", "count": 500, "of": "car"}},
    {"kind": "sequence", "of": ["c0"]},
]


@pytest.mark.parametrize("node", ENDLESS, ids=["empty", "objects", "doubling"])
def test_a_scene_that_would_never_end_is_an_error(node: dict[str, Any]) -> None:
    chain = {f"c{i}": {"kind": "sequence", "of": [f"c{i + 1}", f"c{i + 1}"]} for i in range(25)} | {"c25": "nothing"}
    g = grammar(rules={**STREET["rules"], **chain, "street": {"kind": "sequence", "of": ["road", node]}}, limits={"max_steps": 5000})
    with pytest.raises(
        ConfigError, match=r"toy\.yaml: the scene takes more than 5,000 rules, repetitions and tries, at .*limits\.max_steps"
    ):
        sample(g, 0, 0)


def test_names_with_braces_have_bounds() -> None:
    g = lone({**CAR, "place": {"beside": {"object": "{a,b}" * 30}}})
    with pytest.raises(ConfigError, match="stands for more than 256 names"):
        sample(g, 0, 0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/etc/passwd", "lies outside the scene file's folder"),
        ("folder/secret.csv", "lies outside the scene file's folder"),
        ("zero", "lies outside the scene file's folder"),
        ("pipe", "is no file of at most 2,000,000 bytes"),
        ("large.csv", "is no file of at most 2,000,000 bytes"),
        ("a\0b", "cannot be read: .*null"),
        ("x" * 5000, "cannot be read: .*too long"),
        ("binary.csv", r"binary\.csv: is no CSV text in UTF-8"),
        ("field.csv", r"field\.csv: column 'a': field larger than field limit"),
        ("text.csv", r"text\.csv: column 'a': could not convert string to float"),
    ],
)
def test_a_csv_file_can_reach_nothing_else_and_do_no_harm(name: str, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "scene"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (folder / "folder").symlink_to("..")
    (folder / "zero").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    (folder / "large.csv").write_text("a\n" + "1\n" * 1_000_000)
    (folder / "binary.csv").write_bytes(b"a\n" + bytes(range(256)))
    (folder / "field.csv").write_text("a\n" + "1" * 200_000)
    (folder / "text.csv").write_text("a\n" + "x" * 1000)
    with pytest.raises(ConfigError, match=message) as error:
        load_grammar(street(params__x={"empirical": {"csv": name, "column": "a"}}), source=str(folder / "scene.yaml"))
    assert len(str(error.value)) < 6000


def test_files_are_read_safely(tmp_path: Path) -> None:
    def read(text: str) -> dict[str, Any]:
        (tmp_path / "s.yaml").write_text(text)
        return read_grammar_file(tmp_path / "s.yaml")

    assert read("name: a\nfactors: {w: {choice: {1: 2}}}") == {"name": "a", "factors": {"w": {"choice": {"1": 2}}}}
    bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9))
    wrong = {
        "!!python/object/apply:os.system ['true']": "is not valid YAML",
        "a: 1\nb: [1, 2\nc: 3": r"s\.yaml, line 3, column 2: is not valid YAML: .*expected ',' or '\]'",
        "a: \x00": "is not valid YAML: (?!.*byte string)",
        "- 1": "must hold a mapping",
        bomb: "more than 30000 values",
        "a: " + "[" * 60 + "]" * 60: "nested deeper than 48 levels",
        "a: " + "[" * 50_000: "is not valid YAML",
        "a0: &a0 {k: 1}\n"
        + "".join(f"a{i}: &a{i} {{<<: [{','.join([f'*a{i - 1}'] * 50)}]}}\n" for i in range(1, 6)): "more than 30000 values",
        "a: 1\nb: 2\na: 3": r"s\.yaml, line 3: the key 'a' is given twice; the first is in line 1",
        "a: {b: 1, b: 2}": "the key 'b' is given twice",
        "a: 2001-01-01": "allowed are text, finite numbers",
        "a: &x [*x]": "nested deeper than 48 levels",
        "b: {_target_: os.system}": "cannot name code to run",
    }
    for text, message in wrong.items():
        with pytest.raises(ConfigError, match=message):
            read(text)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_grammar_file(tmp_path / "none.yaml")


def test_only_plain_files_of_bounded_size_are_scene_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "folder.yaml").mkdir()
    for name in ("pipe", "zero", "folder"):
        with pytest.raises(ConfigError, match=rf"{name}\.yaml: is no plain file but a folder, pipe or device"):
            read_grammar_file(tmp_path / f"{name}.yaml")
    with open(tmp_path / "large.yaml", "wb") as large:
        large.truncate(2**40)  # of holes: reading it all would take a tebibyte of memory
    with pytest.raises(ConfigError, match=r"large\.yaml: has more than 200,000 bytes"):
        read_grammar_file(tmp_path / "large.yaml")
    with pytest.raises(ConfigError, match=r"cannot be read .*null"):
        read_grammar_file("a\0b.yaml")


def test_the_schema_knows_actors_and_places() -> None:
    schema = grammar_schema()
    rules = {
        rule["if"]["properties"]["actor"]["const"]: rule["then"]["properties"]["params"] for rule in schema["$defs"]["ActorNode"]["allOf"]
    }
    assert set(rules["test_block"]["properties"]) == {
        "variant",
        "detail",
        "length_m",
        "width_m",
        "height_m",
        "color",
        "body",
        "lit",
        "doors",
        "material",
    }
    assert {"$ref": "#/$defs/Expression"} in rules["test_block"]["properties"]["length_m"]["anyOf"]
    assert rules["test_block"]["additionalProperties"] is False
    references = {part.split('"')[0] for part in str(schema).replace("'", '"').split("#/$defs/")[1:]}
    assert references <= set(schema["$defs"])


def test_constants_texts_and_expressions_by_place() -> None:
    """A string is an expression where a number belongs, text elsewhere; {expr: ...} is an expression everywhere."""
    node = {**CAR, "params": {"length_m": "2 + 2", "lit": "1 > 0", "body": {"expr": "'wa' + 'gon'"}, "doors": 3, "width_m": "length_m / 2"}}
    item = next(o for o in sample(lone({**node, "place": {"at": {"x_m": 20}}}), 0, 0).objects if o.name == "thing")
    assert (item.actor["length_m"], item.actor["lit"], item.actor["body"], item.actor["doors"]) == (4.0, True, "wagon", 3)
    assert item.actor["width_m"] == 2.0

"""Slices: what a file may say, what belongs to a slice, whether intervals and p values can be believed, effects of factors."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.datasets import LabelledImage, LabelledObject
from evaluator.slices.automatic import automatic_slices, with_automatic_slices
from evaluator.slices.conditions import condition
from evaluator.slices.definition import METRICS, SliceFile, read_slices
from evaluator.slices.effects import effects
from evaluator.slices.examined import Examined
from evaluator.slices.fields import check_fields, of_image, of_object
from evaluator.slices.findings import effect_sentence, spread
from evaluator.slices.measure import Judging, SliceResult, drawn_together, measure
from evaluator.slices.metadata import with_metadata
from evaluator.slices.resampling import drawn_weights, holm, interval, p_value
from generator.errors import ConfigError, DatasetInputError
from generator.streams import Stream
from tests.evaluator.detections import CLASSES, detector, pairs, scenes

JUDGING = Judging(draws=300, metric="ap", worse_fails=True, seed=0)


def weather(i: int) -> dict[str, Any]:
    return (
        {"weather": ("clear", "rain")[i % 2], "hour": i % 24, "subdomains.night": True}
        if i % 24 > 18
        else {"weather": "clear", "hour": i % 24}
    )


def file_of(text: str, tmp_path: Path) -> SliceFile:
    path = tmp_path / "slices.yaml"
    path.write_text(text)
    return read_slices(path)


def by_name(results: list[SliceResult]) -> dict[str, SliceResult]:
    return {result.name: result for result in results}


@pytest.mark.parametrize(
    ("data", "yes", "no"),
    [
        ("rain", ["rain"], ["clear", 1, None, True]),
        ([1, 2], [1, 2.0], [3, True, "1", None]),
        (True, [True], [1, False, None]),
        ({"from": 0.2, "below": 0.5}, [0.2, 0.499], [0.5, 0.1, "0.3", True, None]),
        ({"below": 3}, [-1e9, 2.9], [3]),
        ({"not": "rain"}, ["clear", 1], ["rain", None]),
        ({"not": {"from": 5}}, [4], [5, 6, None]),
        ("night", [("night",), ("wet", "night")], [(), ("wet",)]),
        ([], [()], [("wet",), "wet"]),
        ({"not": []}, [("wet",)], [()]),
    ],
)
def test_conditions_hold_of_what_they_say(data: Any, yes: list[Any], no: list[Any]) -> None:
    rule = condition(data)
    assert [rule.holds(value) for value in yes] == [True] * len(yes)
    assert [rule.holds(value) for value in no] == [False] * len(no)


@given(value=st.floats(-10, 10), bounds=st.lists(st.floats(-10, 10), min_size=2, max_size=6, unique=True))
def test_ranges_that_meet_share_nothing_and_leave_nothing_out(value: float, bounds: list[float]) -> None:
    ends = [None, *sorted(bounds), None]
    rules = [condition({k: v for k, v in (("from", low), ("below", high)) if v is not None}) for low, high in pairwise(ends)]
    assert sum(rule.holds(value) for rule in rules) == 1


def test_everything_wrong_in_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = """
clases: [car]
slices:
  night: {image: {subdomains: night}, at_least: {ap: 1.2, ap60: 0.1}}
  range: {objects: {area_px: {from: 5, below: 2}, size: {above: 3}}}
effects: {weather: {most_los: 0.1}}
"""
    with pytest.raises(ConfigError) as caught:
        file_of(text, tmp_path)
    told = str(caught.value)
    assert "7 problems" in told.splitlines()[0]
    assert 'there is no key "clases". Did you mean "classes"?' in told
    assert 'slices.night.image: there is no key "image". Did you mean "images"?' in told
    assert "slices.night.at_least.ap: Input should be less than or equal to 1, found 1.2" in told
    assert 'slices.night.at_least.ap60: there is no key "ap60". Did you mean "ap50"? Known: ap, ap50, ap75, recall' in told
    assert "slices.range.objects.area_px: found {'from': 5, 'below': 2}; `from` and `below` are numbers, `from` the smaller one" in told
    assert "slices.range.objects.size: found {'above': 3}; a value, a list of values, {from: a, below: b}, or {not: ...}" in told
    assert 'effects.weather.most_los: there is no key "most_los". Did you mean "most_loss"?' in told


def test_fields_and_classes_that_the_dataset_lacks_are_told() -> None:
    dataset = scenes(10, factors=lambda _: {"weather": "rain"})
    file = SliceFile.model_validate(
        {"classes": ["cat"], "resample_by": "drive", "slices": {"a": {"images": {"wether": "rain"}, "objects": {"oclusion": 1}}},
         "effects": {"weather": {}}}
    )  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        check_fields(file, dataset, "slices.yaml")
    told = str(caught.value)
    assert "slices.yaml on made.json: 5 problems" in told
    assert 'classes: there is no class "cat". Did you mean "car"?' in told
    assert 'slices.a.images: there is no field of images "wether". Did you mean "weather"?' in told
    assert 'slices.a.objects: there is no field of objects "oclusion". Did you mean "occlusion"?' in told
    assert 'effects: there is no factor with counterfactual images "weather". Known: none' in told


@pytest.mark.parametrize(
    ("images", "meant", "noted"),
    [
        ({"weather": ["rainn", "mist"]}, ["weather: no image has 'rainn'. Did you mean \"rain\"?"], []),
        ({"weather": {"not": "rian"}}, ["weather: no image has 'rian'. Did you mean \"rain\"?"], []),
        ({"corner_cases": ["dense_fog", "dense_fgo"]}, [], ["corner_cases = dense_fgo"]),  # what it resembles is named beside it
        ({"weather": ["rain", "mist", "snow"]}, [], ["weather = snow"]),
        ({"weather": ["rain", "mist"], "lanes": [2, 7]}, [], ["lanes = 7"]),
        ({"weather": {"not": ["rain", "mist"]}, "lanes": {"not": {"from": 3}}}, [], []),
    ],
)
def test_misspelt_values_in_lists_are_refused_and_others_that_nothing_has_are_noted(
    images: dict[str, Any], meant: list[str], noted: list[str]
) -> None:
    facts = ({"weather": "rain"}, {"weather": "mist", "corner_cases.dense_fog": True}, {"weather": "dry"})
    dataset = scenes(12, factors=lambda i: {**facts[i % 3], "lanes": 1 + i % 2})
    file = SliceFile.model_validate({"slices": {"a": {"images": images}}})
    if meant:
        with pytest.raises(ConfigError) as caught:
            check_fields(file, dataset, "slices.yaml")
        assert str(caught.value).splitlines()[1:] == [f"slices.a.images.{text}" for text in meant]
        return
    check_fields(file, dataset, "slices.yaml")
    (found,) = measure(file, Examined(dataset, detector(dataset, 1), "bbox"), None, JUDGING)
    assert found.note == "; ".join(f"no image has {text}" for text in noted)


def test_misspelt_values_of_objects_are_refused() -> None:
    file = SliceFile.model_validate({"slices": {"a": {"objects": {"size": ["small", "midium"]}}}})
    with pytest.raises(ConfigError, match=r"slices.a.objects.size: no object has 'midium'. Did you mean \"medium\"\?"):
        check_fields(file, scenes(40), "slices.yaml")


def test_slices_of_images_and_objects_count_what_they_name() -> None:
    dataset = scenes(48, 2, factors=weather)
    examined = Examined(dataset, detector(dataset, 2), "bbox")
    file = SliceFile.model_validate(
        {"slices": {
            "night": {"images": {"subdomains": "night"}},
            "morning": {"images": {"hour": {"from": 6, "below": 12}}},
            "hidden people": {"objects": {"category": "person", "occlusion": {"from": 0.5}}},
            "fallen": {"objects": {"tags": "fallen"}},
            "far": {"objects": {"distance_m": {"from": 30}}},
        }}
    )  # fmt: skip
    found = by_name(measure(file, examined, None, JUDGING))
    assert found["night"].positions == tuple(i for i in range(48) if i % 24 > 18)
    assert len(found["morning"].positions) == 12
    things = [t for i in dataset.images for t in i.objects if not t.crowd]
    assert found["hidden people"].objects == sum(t.category == "person" and (t.visible_ratio or 0) <= 0.5 for t in things)
    assert found["hidden people"].classes.keys() == {"person"}
    assert found["fallen"].objects == sum("fallen" in t.attributes["tags"] for t in things)  # type: ignore[operator]
    assert found["far"].objects == sum(900 / t.box[3] >= 30 for t in things)


def test_a_detector_that_misses_what_is_hidden_fails_that_slice_alone() -> None:
    dataset = scenes(60, 3)
    results = detector(dataset, 3, finds=lambda _, t: 0.95 if (t.visible_ratio or 0) > 0.5 else 0.1)
    limits = {"at_least": {"recall": 0.25}}
    parts = {"seen": {"objects": {"occlusion": {"below": 0.5}}, **limits}, "hidden": {"objects": {"occlusion": {"from": 0.5}}, **limits}}
    found = by_name(measure(SliceFile.model_validate({"slices": parts}), Examined(dataset, results, "bbox"), None, JUDGING))
    assert (found["seen"].status, found["hidden"].status) == ("passed", "failed")
    assert found["hidden"].failures[0].startswith("recall 0.0")
    assert "is below 0.25" in found["hidden"].failures[0]


def test_what_cannot_be_judged_fails_when_it_has_limits() -> None:
    dataset = scenes(20, 4, factors=lambda i: {"weather": "rain" if i == 0 else "clear"})
    examined = Examined(dataset, detector(dataset, 4), "bbox")
    parts = {
        "rain": {"images": {"weather": "rain"}, "at_least": {"ap": 0.0}, "least_objects": 50},
        "snow": {"images": {"weather": "snow"}, "at_least": {"ap": 0.0}},
        "sleet": {"images": {"weather": "sleet"}},
    }
    found = by_name(measure(SliceFile.model_validate({"slices": parts}), examined, None, JUDGING))
    assert "objects are too few to judge by (least_objects: 50)" in found["rain"].failures[0]
    assert found["snow"].failures == ("nothing to find: no image meets its condition on weather; it is clear, rain",)
    assert (found["sleet"].status, found["sleet"].failures) == ("empty", ())


def test_only_the_slices_that_got_worse_are_called_so() -> None:
    dataset = scenes(120, 5, factors=lambda i: {"weather": ("clear", "rain", "fog")[i % 3]})
    before = detector(dataset, 5)
    now = detector(dataset, 6, finds=lambda i, _: 0.4 if i.factors["weather"] == "fog" else 0.8)
    parts = {w: {"images": {"weather": w}} for w in ("clear", "rain", "fog")}
    file = SliceFile.model_validate({"slices": parts})
    found = by_name(measure(file, Examined(dataset, now, "bbox"), Examined(dataset, before, "bbox"), JUDGING))
    assert [name for name, r in found.items() if r.against and r.against.worse] == ["fog"]
    assert found["fog"].status == "failed"
    assert "ap fell from" in found["fog"].failures[0]
    kept = measure(file, Examined(dataset, now, "bbox"), Examined(dataset, before, "bbox"), Judging(300, "ap", False, 0))
    assert not any(r.failures for r in kept)
    same = by_name(measure(file, Examined(dataset, now, "bbox"), Examined(dataset, now, "bbox"), JUDGING))
    assert all(r.against and r.against.p_adjusted == 1.0 and r.against.change.value == 0 for r in same.values())


def test_many_slices_leave_something_to_be_found() -> None:
    """With 100 drawn sets no p value is below 1/101, which 60 comparisons would make 0.6."""
    dataset = scenes(40, 5)
    file = SliceFile.model_validate({"slices": {f"part {i}": {} for i in range(60)}})
    found = measure(file, Examined(dataset, [], "bbox"), Examined(dataset, detector(dataset, 5), "bbox"), Judging(100, "ap", True, 0))
    assert all(result.against and result.against.worse for result in found)


@pytest.mark.parametrize(("count", "enough"), [(1, False), (9, False), (10, True)])
def test_few_images_are_not_compared_and_have_no_interval(count: int, enough: bool) -> None:
    """The new detector finds nothing in rain, which has `count` images with objects, and as many without."""
    weathers = ["rain"] * 2 * count + ["clear"] * 40
    dataset = scenes(len(weathers), 5, most=0, factors=lambda i: {"weather": weathers[i]})
    full = iter(image.objects for image in scenes(200, 5).images if len(image.objects) >= 2 and not any(t.crowd for t in image.objects))
    bare = set(range(count))
    dataset = replace(dataset, images=tuple(i if n in bare else replace(i, objects=next(full)) for n, i in enumerate(dataset.images)))
    before = detector(dataset, 5, finds=0.9)
    now = [r for r in before if weathers[r["image_id"] - 1] == "clear"]
    parts = {
        "rain": {"images": {"weather": "rain"}, "at_least": {"ap": 0.3}, "least_objects": 1},
        "clear": {"images": {"weather": "clear"}},
    }
    file = SliceFile.model_validate({"slices": parts})
    rain, clear = measure(file, Examined(dataset, now, "bbox"), Examined(dataset, before, "bbox"), JUDGING)
    assert rain.against
    assert clear.against
    assert (rain.units, rain.too_few, rain.against.worse) == (count, not enough, enough)
    assert rain.against.change.value < -0.3
    assert clear.against.p_adjusted == 1.0
    if not enough:
        assert (rain.against.p_value, rain.against.p_adjusted, rain.against.change.known) == (None, None, False)
        assert not any(number.known for number in rain.numbers.values())
        assert rain.failures == ("ap 0.000 is below 0.3 (no interval: fewer than 10 independent images)",)


def test_images_of_one_drive_are_one_unit() -> None:
    dataset = scenes(40, 5, factors=lambda i: {"drive": i % 9})
    file = SliceFile.model_validate({"slices": {"all": {}}})
    examined = Examined(dataset, detector(dataset, 5), "bbox")
    (alone,) = measure(file, examined, None, JUDGING)
    (drives,) = measure(file.model_copy(update={"resample_by": "drive"}), examined, None, JUDGING)
    assert alone.numbers["ap"].known
    assert (drives.units, drives.numbers["ap"].known, drives.numbers["ap"].value) == (9, False, alone.numbers["ap"].value)


@pytest.mark.parametrize(("count", "enough"), [(2, False), (9, False), (10, True)])
def test_few_pairs_are_not_compared_and_have_no_interval(count: int, enough: bool) -> None:
    """Scenes without objects do not count."""
    every = pairs(40, ["clear", "fog"], 1)
    full = [i for i, image in enumerate(every.images) if any(not thing.crowd for thing in image.objects)]
    empty = [i for i in range(80) if i not in full]
    dataset = every.subset(sorted(full[: 2 * count] + empty[:4]))
    examined = Examined(dataset, detector(dataset, 1, finds=lambda i, _: 0.95 if i.factors["weather"] == "clear" else 0.1), "bbox")
    (fog,) = effects(SliceFile.model_validate({"effects": {"weather": {"most_loss": 0.1}}}), examined, JUDGING)
    assert (fog.pairs, fog.units) == (count + 2, count)
    assert (fog.significant, fog.change.known, fog.p_value is not None) == (enough, enough, enough)
    assert ("too few to compare" in effect_sentence(fog)) == (not enough)
    assert [text.endswith("more than 0.1") for text in fog.failures] == [True] * enough
    assert fog.not_judged == ("" if enough else "most_loss 0.1 is not judged: fewer than 10 pairs with objects")
    assert effect_sentence(fog).endswith("which chance explains" if enough and not fog.significant else fog.not_judged)
    (unlimited,) = effects(SliceFile(), examined, JUDGING)
    assert not unlimited.failures
    assert not unlimited.not_judged


def test_an_interval_of_no_width_is_none() -> None:
    assert not interval(0.5, np.full(100, 0.5)).known
    assert spread(interval(0.5, np.full(100, 0.5))) == "-"
    assert spread(interval(0.5, np.linspace(0.4, 0.6, 1001))) == "[0.405, 0.595]"


def test_the_effect_of_a_factor_is_found_with_its_size() -> None:
    dataset = pairs(100, ["clear", "rain", "fog"], 1)
    chance = {"clear": 0.9, "rain": 0.9, "fog": 0.5}
    found = effects(
        SliceFile.model_validate({"slices": {"all": {}}, "effects": {"weather": {"most_loss": 0.1}}}),
        Examined(dataset, detector(dataset, 1, finds=lambda i, _: chance[str(i.factors["weather"])], jitter=0.02), "bbox"),
        JUDGING,
    )
    rain, fog = found
    assert [(r.value, r.baseline, r.pairs, r.labels_differ) for r in found] == [("rain", "clear", 100, False), ("fog", "clear", 100, False)]
    assert not rain.significant
    assert rain.change.low < 0 < rain.change.high
    assert fog.significant
    assert fog.change.low < fog.change.value < fog.change.high < -0.2
    assert fog.change.value == pytest.approx(fog.after - fog.before)
    assert (rain.failures, fog.failures[0].startswith("ap loses 0.")) == ((), True)


def test_an_effect_needs_both_images_of_a_scene_and_tells_changed_labels() -> None:
    dataset = pairs(12, ["clear", "rain"], 1)
    lone = dataset.subset([0, 3, *range(4, 24)])  # scene 0 has only clear, scene 1 only rain
    examined = Examined(lone, detector(dataset, 1), "bbox")
    everything = {"slices": {"all": {}}, "effects": {"weather": {"baseline": "rain"}}}
    (found,) = effects(SliceFile.model_validate(everything), examined, JUDGING)
    assert (found.value, found.baseline, found.pairs, found.labels_differ) == ("clear", "rain", 10, False)
    moved = lone.where(lambda image, _: image.factors["weather"] == "clear" or image.image_id % 4 == 0)
    (found,) = effects(SliceFile.model_validate(everything), Examined(moved, detector(dataset, 1), "bbox"), JUDGING)
    assert found.labels_differ
    with pytest.raises(ConfigError, match=r'effects.weather.baseline: there is no value "snow"'):
        effects(SliceFile.model_validate({"slices": {"all": {}}, "effects": {"weather": {"baseline": "snow"}}}), examined, JUDGING)


def test_images_of_one_scene_or_drive_are_drawn_together() -> None:
    dataset = pairs(5, ["clear", "rain"])
    assert drawn_together(dataset, None) == [("draw", i // 2) for i in range(10)]
    plain = scenes(4, factors=lambda i: {"drive": i // 2} if i < 3 else {})
    assert drawn_together(plain, "drive") == [("field", 0), ("field", 0), ("field", 1), ("image", 3)]
    weights = drawn_weights(drawn_together(dataset, None), 50, Stream.root("t"))
    assert (weights[:, ::2] == weights[:, 1::2]).all()
    assert (weights[:, ::2].sum(axis=1) == 5).all()


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """The truth is the AP on 2,000 images; 95 % of the intervals from 50 images should hold it: of 40, fewer than 33 once in 300."""
    large = scenes(2000, 99)
    truth = Examined(large, detector(large, 99), "bbox").numbers(range(2000), CLASSES, {})[0]
    held = np.zeros(2)
    for seed in range(40):
        dataset = scenes(50, 1000 + seed)
        examined = Examined(dataset, detector(dataset, 1000 + seed), "bbox")
        values = examined.numbers(range(50), CLASSES, {})[0]
        drawn = examined.drawn_mean(range(50), drawn_weights(range(50), 200, Stream.root(seed)), CLASSES, {})
        for k, name in enumerate(("ap", "recall")):
            found = interval(values[name], drawn[:, METRICS.index(name)])  # type: ignore[index, arg-type]
            held[k] += found.low <= truth[name] <= found.high  # type: ignore[index]
    assert (held >= 33).all()


def test_equal_detectors_are_seldom_told_apart() -> None:
    """At p <= 0.05 one pair of equally good detectors in 20: of 50, more than 7 once in 300."""
    told_apart = 0
    for seed in range(50):
        dataset = scenes(40, 3000 + seed)
        a, b = (Examined(dataset, detector(dataset, s + seed), "bbox") for s in (5000, 9000))
        weights = drawn_weights(range(40), 200, Stream.root(seed))
        change = a.numbers(range(40), CLASSES, {})[0]["ap"] - b.numbers(range(40), CLASSES, {})[0]["ap"]
        drawn = (a.drawn_mean(range(40), weights, CLASSES, {}) - b.drawn_mean(range(40), weights, CLASSES, {}))[:, 0]
        told_apart += p_value(change, drawn) <= 0.05
    assert told_apart <= 7


def test_holms_correction_is_that_of_the_paper() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # R: p.adjust(p, "holm")
    assert holm([0.01, None, 0.04]) == pytest.approx([0.02, None, 0.04])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_a_csv_file_says_what_the_coco_file_does_not(tmp_path: Path) -> None:
    dataset = scenes(4)
    file = tmp_path / "photos.csv"
    file.write_text("file_name,weather,speed_kmh,wet\nphotos/0.png,rain,42,TRUE\n1.png,clear,,false\n2.png,clear,7,false\n")
    known = with_metadata(dataset, file)
    assert [dict(image.factors) for image in known.images] == [
        {"weather": "rain", "speed_kmh": 42.0, "wet": True}, {"weather": "clear", "wet": False},
        {"weather": "clear", "speed_kmh": 7.0, "wet": False}, {},
    ]  # fmt: skip
    assert known.notes == (f"1 images have no row in {file}: 3.png, ...",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,weather\n0.png,rain\n", "needs a first line of different column names with file_name among them, found name, weather"),
        ("", "found nothing"),
        ("file_name,weather\n0.png\n0.png,a\n0.png,b\n", "2 problems\nline 2: 1 cells for 2 columns\n0.png has several rows"),
        ("file_name,weather\nx.png,rain\n", "has no row for any image of made.json; they are called 0.png, 1.png, 2.png"),
    ],
)
def test_a_csv_file_that_does_not_fit_is_told(text: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "photos.csv"
    file.write_text(text)
    with pytest.raises(DatasetInputError) as caught:
        with_metadata(scenes(4), file)
    assert expected in str(caught.value)


def test_a_dataset_is_cut_by_all_that_is_known() -> None:
    dataset = scenes(48, 2, factors=weather)
    names = set(automatic_slices(dataset).slices)
    assert {"everything", "category car", "size small", "occlusion 25% to 50%", "weather rain", "subdomains night"} <= names
    assert not any(
        name.startswith(("hour", "file_name", "width", "truncation")) for name in names - {"truncation 1% to 50%", "truncation 50% to 100%"}
    )
    parts = [p for n, p in automatic_slices(dataset).slices.items() if n.startswith("occlusion")]
    for ratio in (0.0, 0.1, 0.25, 0.6, 1.0):
        assert sum(p.objects["occlusion"].holds(1 - ratio) for p in parts) == 1


def test_numbers_that_follow_a_counterfactual_scene_are_no_slices() -> None:
    dataset = pairs(6, ["clear", "rain"])
    heights = [1.3233, 1.41, 1.5017, 1.3233, 1.6, 1.7]
    images = tuple(
        replace(i, factors={**i.factors, "camera_height_m": heights[n // 2], "lanes": n // 2 % 2}) for n, i in enumerate(dataset.images)
    )
    names = set(automatic_slices(replace(dataset, images=images)).slices)
    assert {"weather clear", "weather rain", "lanes 0", "lanes 1"} <= names
    assert not any(name.startswith("camera_height_m") for name in names)


def test_a_file_without_slices_is_cut_by_all_that_is_known(tmp_path: Path) -> None:
    dataset = scenes(20, 2, factors=weather)
    file = with_automatic_slices(file_of("classes: [car]\noverlap: bbox", tmp_path), dataset)
    assert file.classes == ["car"]
    assert "everything" in file.slices
    assert not any(name.startswith("category") for name in file.slices)


def test_fields_are_what_is_known() -> None:
    thing = LabelledObject("car", (0, 0, 40.0, 30.0), 900.0, 1, visible_ratio=0.25, attributes={"tags": ("a",)})
    assert of_object(thing) == {"tags": ("a",), "visible_ratio": 0.25, "occlusion": 0.75, "area_px": 900.0, "width_px": 40.0,
                                "height_px": 30.0, "size": "small", "category": "car"}  # fmt: skip
    image = LabelledImage(Path("a.png"), "a.png", 1, 8, 6, (), {"weather": "rain", "subdomains.wet": True})
    assert of_image(image) == {"weather": "rain", "subdomains": ("wet",), "corner_cases": (), "file_name": "a.png", "width": 8, "height": 6}

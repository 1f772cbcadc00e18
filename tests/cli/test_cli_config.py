"""What people type: overrides, sweeps, scene files of their own, and what they are told when it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import tests.actors  # noqa: F401  (registers the test actors)
from generator.cli import main
from generator.commands.compose import compose_points, out_folders
from generator.commands.merging import merged
from generator.commands.tree import groups
from generator.commands.validate import loaded, validated
from generator.errors import ConfigError
from generator.job import Job, SampleJob
from tests.farm.runs import BALLS, ROOT


def composed(*words: str) -> dict:  # type: ignore[type-arg]
    (point,) = compose_points("generate", [f"scene={BALLS}", *words], multirun=False)
    return point.config


def message(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one message of a wrong command line."""
    assert main(words) == 2
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert captured.out == ""
    return captured.err


def test_every_option_of_every_group_composes_and_validates() -> None:
    for group in ("render", "output", "farm"):
        for option in groups()[group]:
            validated(Job, composed(f"{group}={option}"))


def test_the_defaults_of_the_models_are_those_of_the_yaml() -> None:
    from generator.job import FarmSettings
    from generator.settings import OutputSettings

    config = composed()
    assert FarmSettings.model_validate(config["farm"]) == FarmSettings()
    assert OutputSettings.model_validate(config["output"]) == OutputSettings()


def test_overrides_reach_every_knob_of_a_scene_file() -> None:
    config = composed("render.samples=5", "scene.camera.width=32", "+scene.sensor.vignette=0.5", "seed=9")
    assert (config["render"]["samples"], config["scene"]["camera"]["width"], config["seed"]) == (5, 32, 9)
    assert config["scene"]["sensor"] == {"vignette": 0.5}
    assert config["out"] == "out/balls"


def test_a_scene_file_is_taken_as_it_is() -> None:
    assert composed()["scene"] == yaml.safe_load(BALLS.read_text())


def test_extends_lays_a_file_over_a_scene(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: street\nname: mine\nfactors: {traffic_density: 0.5}\nrules: {vehicle: {weights: {bus: 99}}}\n")
    (base,) = compose_points("generate", ["scene=street"], multirun=False)
    (point,) = compose_points("generate", [f"scene={file}"], multirun=False)
    street, mine = base.config["scene"], point.config["scene"]
    assert mine["rules"]["vehicle"]["weights"] == {**street["rules"]["vehicle"]["weights"], "bus": 99}
    assert mine["factors"] == {**street["factors"], "traffic_density": 0.5}
    assert mine["camera"] == street["camera"]
    assert (mine["name"], "extends" in mine) == ("mine", False)


def test_merging_replaces_distributions_and_parts_of_another_kind_whole() -> None:
    base = {"a": {"uniform": [0, 1]}, "b": {"kind": "actor", "actor": "car"}, "c": {"x": 1, "y": {"z": 2}}, "d": {"choice": {"p": 1}}}
    over = {"a": {"normal": {"mean": 1}}, "b": {"kind": "sequence", "of": []}, "c": {"y": {"w": 3}}, "d": {"choice": {"q": 1}}}
    assert merged(base, over) == {**over, "c": {"x": 1, "y": {"z": 2, "w": 3}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: '${oc.env:HOME}'", '"${" is not allowed in scene files'),
        ("name: x\nrules: {a: [1, '${render.samples}']}", "rules.a.1: found '${render.samples}'"),
        ("defaults: [{/render: final}]", "defaults: a scene file cannot name other configuration"),
        ("name: x\nrules: {a: {_target_: os.system}}", "`_target_` is not allowed"),
        ("name: !!python/object/apply:os.system ['true']", "is not valid YAML"),
        ("extends: street\nrules: {vehicle: {weights: {}}}", "rules.vehicle.weights: an empty mapping changes nothing"),
        ("extends: stret", 'extends: there is no scene "stret". Did you mean "street"?'),
        ("[1, 2]", "must hold a mapping"),
    ],
)
def test_a_scene_file_cannot_reach_out(text: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "shared.yaml"
    file.write_text(f"# @package _global_\n{text}\n")
    found = message(capsys, "generate", f"scene={file}")
    assert expected in found
    assert str(file) in found


def test_a_package_header_moves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shared.yaml"
    file.write_text(f"# @package render\n{BALLS.read_text()}\nsamples: 9999\n")
    (point,) = compose_points("generate", [f"scene={file}"], multirun=False)
    assert point.config["render"]["samples"] == 64
    assert point.config["scene"]["samples"] == 9999


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("render.sampels=3", 'there is no "render.sampels". Did you mean "render.samples"? Known: engine, device'),
        ("samples=3", 'there is no "samples". Did you mean "render.samples"?'),
        ("render=stadnard", 'there is no render "stadnard". Did you mean "standard"? Known: draft, final, standard'),
        ("scene=stret", 'there is no scene "stret". Did you mean "street"? Known: cards, street, or a path to a .yaml file'),
        ("scene=missing.yaml", "missing.yaml: cannot be read (No such file or directory)"),
        ("render.samples=0", "render.samples: input should be greater than or equal to 1, found 0"),
        ("render.samples=many", "render.samples: input should be a valid integer"),
        (
            "render.device=nvidia",
            "render.device: input should be 'auto', 'cpu', 'cuda', 'optix', 'hip', 'oneapi' or 'metal', found 'nvidia'",
        ),
        ("scene.factors.weather=rainy", "must be one of clear, cloudy, overcast, rain, mist; found 'rainy'. Did you mean \"rain\"?"),
        ("scene.factors.time_of_day_h={uniform:[0,30]}", "must be a number in 0..24; this gives a number in 0..30"),
        ("+scene.factors.wether=rain", "factors.wether: every factor must be listed under domain.semantic"),
        ("scene.rules.vehicle=null", 'found null; to have no object there, write "nothing" [set on the command line, scene.rules.vehicle]'),
        ("scene.camera.hfov_rad=-1", "camera.hfov_rad: must be above 0 and below pi"),
        ("scene.camera.width=1e6", "camera: width and height are at most 16383"),
        ("count=1e12", "count: "),
        ("render.samples=1000000000", "render.samples: input should be less than or equal to 65536"),
        ("+render.sample=3", 'render.sample: there is no key "sample". Did you mean "samples"?'),
        ("+farm.adress=x", 'farm.adress: there is no key "adress"'),
        ("+rendering.samples=1", 'rendering: there is no key "rendering". Did you mean "render"?'),
        ("scene.rules.vehicle.weights.buss=5", 'Did you mean "scene.rules.vehicle.weights.bus"?'),
        ("scene.rules.vehicle.weights.tram=5", "To add it, write +scene.rules.vehicle.weights.tram=5."),
        ("count=0", "count: input should be greater than or equal to 1"),
        ("seed=-1", "seed: input should be greater than or equal to 0"),
        ("seed=1,2", "several values are a sweep: add --multirun"),
        ("seed", "seed: is not of the form key=value"),
        (f"+scene.params.x={'[' * 3000}{']' * 3000}", "brackets are nested far deeper than 48 levels"),
        (f"scene.params.dim={'{a:' * 3000}1{'}' * 3000}", "brackets are nested far deeper than 48 levels"),
        ("out=", "out: "),
        ("render={_target_: os.system}", "`_target_` is not allowed"),
        ("+render._target_=os.system", "code that they name is never run"),
        ("scene._target_=os.system", "`_target_` is not allowed: configurations and scene files are data"),
        ("scene.factors.weather=[rain,mist]", "To draw one of several write 'scene.factors.weather={choice:[rain,mist]}'; with weights: "),
        ("scene.rules.vehicle.weights={}", "rules.vehicle.weights: an empty mapping changes nothing, since mappings are merged key by key"),
        ("scene.rules={}", "To take an entry away write ~scene.rules.street on the command line"),
        ("scene.rules.vehicle={weights:{}}", "rules.vehicle.weights: an empty mapping changes nothing"),
        ("scene.rules=[street]", "scene.rules=[street]: a list cannot replace the mapping that is there (of "),
    ],
)
def test_wrong_words_are_told_in_one_message(word: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert expected in message(capsys, "generate", word)


def test_all_that_is_wrong_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    found = message(capsys, "generate", "count=0", "render.device=gpu", "+render.sample=3", "scene.name=5", "scene.factors.weather=rainy")
    for place in ("count: ", "render.device: ", "render.sample: ", "name: input should be a valid string", "factors.weather: "):
        assert place in found


@pytest.mark.parametrize("command", ["generate", "sample"])
def test_every_point_of_a_sweep_is_checked_before_the_first_begins(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = message(capsys, command, "--multirun", "scene.factors.weather=clear,rainy,snow", "count=1,0")
    assert "scene.factors.weather=rainy count=1: " in found
    assert "scene.factors.weather=snow count=1: " in found
    assert "scene.factors.weather=clear count=0: configuration: 1 problem" in found
    assert "weather=clear count=1" not in found


def test_a_sweep_has_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert "more than 10,000 points" in message(capsys, "generate", "--multirun", "seed=range(0,1000000000)")


def test_a_distribution_on_the_command_line_replaces_the_old_one() -> None:
    (street,) = compose_points("sample", ["scene=street"], multirun=False)
    normal = {"normal": [12, 2, 8, 18]}
    words = ["scene.factors.time_of_day_h={normal:[12,2,8,18]}", "scene.rules.clutter={kind:choice,weights:{bin:9}}"]
    (point,) = compose_points("sample", words, multirun=False)
    before, after = street.config["scene"], point.config["scene"]
    assert after["factors"] == {**before["factors"], "time_of_day_h": normal}
    assert list(after["factors"]) == list(before["factors"])  # their order is that of the design
    assert after["rules"]["clutter"]["weights"] == {**before["rules"]["clutter"]["weights"], "bin": 9}
    assert point.layers == (before,)
    swept = compose_points("sample", ["scene.factors.time_of_day_h={uniform:[8,9]},{uniform:[9,10]}"], multirun=True)
    assert [p.config["scene"]["factors"]["time_of_day_h"] for p in swept] == [{"uniform": [8, 9]}, {"uniform": [9, 10]}]


def test_a_file_that_extends_a_scene_keeps_what_its_factors_may_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: street\nfactors: {weather: {choice: [rain, drizzle]}}\n")
    assert "must be one of clear, cloudy, overcast, rain, mist; found 'drizzle'" in message(capsys, "sample", f"scene={file}")
    file.write_text(
        "extends: street\nfactors: {weather: {choice: [rain, drizzle], values: [clear, rain, mist, overcast, cloudy, drizzle]}}\n"
    )
    (point,) = compose_points("sample", [f"scene={file}", "scene.factors.weather=drizzle"], multirun=False)
    assert loaded(SampleJob, [point])[0][1].name == "street"


def test_wrong_commands_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert 'there is no command "genrate". Did you mean "generate"?' in message(capsys, "genrate")


def test_a_sweep_has_a_folder_for_every_point() -> None:
    points = compose_points("generate", [f"scene={BALLS}", "seed=1,2", "render=draft,final", "out=data"], multirun=True)
    folders = [str(f) for f in out_folders(points)]
    assert folders == [f"data/render={r},seed={s}" for s in (1, 2) for r in ("draft", "final")]
    assert [(p.config["seed"], p.config["render"]["samples"]) for p in points] == [(1, 8), (1, 512), (2, 8), (2, 512)]


def test_a_sweep_over_range_choice_and_out() -> None:
    points = compose_points("generate", ["seed=range(1,4)"], multirun=True)
    assert [p.config["seed"] for p in points] == [1, 2, 3]
    named = compose_points("generate", ["seed=choice(5,6)", "out='data/${seed}'"], multirun=True)
    assert out_folders(named) == ["data/5", "data/6"]
    added = compose_points("generate", [f"scene={BALLS}", "+scene.sensor.vignette=0.1,0.2"], multirun=True)
    assert [p.config["scene"]["sensor"]["vignette"] for p in added] == [0.1, 0.2]


def test_equal_points_are_refused() -> None:
    with pytest.raises(ConfigError, match="two points of the sweep are equal"):
        out_folders(compose_points("generate", ["seed=1,1"], multirun=True))


def test_a_scene_is_swept_over_files(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(BALLS.read_text().replace("name: balls", "name: other"))
    points = compose_points("generate", [f"scene={BALLS},{other}"], multirun=True)
    assert [p.config["scene"]["name"] for p in points] == ["balls", "other"]
    assert [p.source for p in points] == [str(BALLS), str(other)]


@pytest.mark.parametrize("command", ["generate", "sample"])
def test_cfg_prints_what_is_wrong_and_says_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, f"scene={BALLS}", "count=1000000000000000", "--cfg"]) == 2
    shown, said = capsys.readouterr()
    assert yaml.safe_load(shown)["count"] == 10**15
    assert "count: input should be less than or equal to 10000000, found 1000000000000000" in said


def test_the_documented_message_is_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    word, message = re.findall(r"\(`(count=\S+)`: `(.*?)`\)", (ROOT / "docs/cli.md").read_text())[0]
    assert main(["generate", f"scene={BALLS}", word, "--cfg"]) == 2
    assert message in capsys.readouterr().err


def test_cfg_prints_what_would_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", f"scene={BALLS}", "count=3", "--cfg"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert (shown["count"], shown["scene"]["name"]) == (3, "balls")
    validated(Job, shown)

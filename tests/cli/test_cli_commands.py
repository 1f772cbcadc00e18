"""Every command on one small dataset, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

import tests.actors  # noqa: F401  (registers the test actors)
from generator.cli import COMMANDS, main
from generator.commands.compose import compose_points
from generator.commands.doctor import how_to_install, missing_libraries
from generator.commands.facts import facts_of
from generator.dataset import open_dataset
from generator.grammar import load_grammar, read_grammar_file
from generator.job import Job
from tests.farm.runs import BALLS, ENVIRONMENT, ROOT, TINY, card, checksums, generate, run

CONFIGS = ROOT / "configs"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cli") / "balls"
    result = generate(out, 3)
    assert result.returncode == 0, result.stderr
    text = result.stdout
    assert "3 of 3 images: 0 were there, 3 made now, 0 put into quarantine now" in text
    assert "images/hour on 2 worker(s), cpu" in text
    assert f"contact sheet: {out / 'contact_sheet.png'}" in text
    assert f"instances: {card(out)['counts']['instances']}" in text
    assert "seconds an image by stage: " in text
    assert " 0.00" not in text.split("seconds an image by stage: ")[1].splitlines()[0]
    assert "3/3 images" in result.stderr
    return out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    text = capsys.readouterr().out
    assert f"usage: scenewright {name}" in text
    assert "examples:" in text
    assert f"scenewright {name} " in text.split("examples:")[1]


def test_help_lists_commands_and_loads_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)
    code = (
        "import sys; from generator.cli import main\n"
        "try: main(['generate', '--help'])\n"
        "except SystemExit: pass\n"
        "print('LOADED', sorted({'bpy', 'hydra', 'numpy', 'pydantic', 'cv2', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    env = {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    shown = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert shown.endswith("LOADED []\n")
    assert "scene=street" in shown
    assert "render=draft" in shown


def test_the_driver_never_imports_bpy(tmp_path: Path) -> None:
    """A finder that refuses bpy is put into the driver; its children do not have it."""
    words = ["generate", f"scene={BALLS}", "count=1", f"out={tmp_path / 'out'}", *TINY]
    code = (
        "import sys, importlib.abc\n"
        "class Refuse(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        assert name.split('.')[0] != 'bpy', 'the driver imports bpy'\n"
        "sys.meta_path.insert(0, Refuse())\n"
        f"from generator.cli import main; sys.exit(main({words!r}))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_generate_leaves_nothing_but_its_folder(tmp_path: Path) -> None:
    result = run("generate", f"scene={BALLS}", "count=1", "out=data", *TINY, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_a_sweep_makes_a_dataset_for_every_point(tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    result = run("generate", "--multirun", f"scene={BALLS}", "seed=1,2", "count=1", f"out={out}", *TINY)
    assert result.returncode == 0, result.stderr
    assert sorted(p.name for p in out.iterdir()) == ["seed=1", "seed=2"]
    assert [card(out / name)["seed"] for name in ("seed=1", "seed=2")] == [1, 2]
    assert not set(checksums(out / "seed=1").values()) & {v for k, v in checksums(out / "seed=2").items() if k.startswith("scenes/")}


def test_the_card_says_how_it_was_made_and_timing_lies_apart(dataset: Path) -> None:
    found = card(dataset)
    assert found["configuration"]["render"]["samples"] == 2
    assert found["versions"]["bpy"].startswith("5.")
    assert {"sha256", "elapsed", "workers"} & set(str(found)) == set()
    timing = orjson.loads((dataset / "run/timing.json").read_bytes())
    assert timing["images"] == 3
    assert timing["seconds_an_image_by_stage"]["rgb"] > 0


def test_replay_finds_the_same_bytes(dataset: Path, tmp_path: Path) -> None:
    picture = tmp_path / "again.png"
    result = run("replay", dataset, "images/000/000002.png", "--out", picture)
    assert (result.returncode, "identical (depth, images" in result.stdout) == (0, True), result.stdout + result.stderr
    assert picture.read_bytes() == (dataset / "images/000/000002.png").read_bytes()


def test_replay_says_what_differs(dataset: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    job = orjson.loads((other / "job.json").read_bytes())
    job["job"]["render"]["samples"] = 3
    (other / "job.json").write_bytes(orjson.dumps(job))
    result = run("replay", other, 1)
    assert result.returncode == 1
    assert "these differ: images (identical: depth, instances, normals, scenes, semantic)" in result.stdout


def test_replay_compares_with_what_is_stored_now(dataset: Path, tmp_path: Path) -> None:
    """The records still hold the checksums of the files as they were made."""
    import shutil

    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    shutil.copyfile(other / "images/000/000002.png", other / "images/000/000001.png")
    (other / "depth/000/000001.png").unlink()
    result = run("replay", other, 1)
    assert result.returncode == 1, result.stderr
    assert "image 1: renders as it was made, but what is stored is not that any more (identical: instances, normals" in result.stdout
    assert "images/000/000001.png has changed since it was made" in result.stdout
    assert "depth/000/000001.png is missing" in result.stdout


def test_replay_says_when_the_scene_is_missing(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    (other / "scenes/000/000001.json").unlink()
    assert main(["replay", str(other), "1"]) == 2
    assert "has no scene 1 any more: scenes/000/000001.json is missing" in capsys.readouterr().err


def test_scenes_that_cannot_be_drawn_are_no_images(tmp_path: Path) -> None:
    words = ["+scene.rules.box.requires=[{min_size_px: 10000}]", "+scene.rules.box.on_failure=fail"]
    result = generate(tmp_path / "none", 2, *words)
    assert result.returncode == 3, result.stderr
    assert "images/hour" not in result.stdout
    assert "no image was made on 2 worker(s)" in result.stdout
    assert "scenewright replay" not in result.stdout
    for text in (result.stdout, run("replay", tmp_path / "none", 0).stderr, run("farm", "status", tmp_path / "none").stdout):
        assert "could not be drawn" in text
        assert f"{tmp_path / 'none'}/quarantine/000000/reason.json" in text
        assert "scenewright sample with the same scene, seed and scene.* words and count=" in text
    assert "count=2, which draws images 0 to 1" in result.stdout
    assert "(scene, log and reason in" not in result.stdout, "there is no scene"
    assert "min_size_px" in result.stdout.split("in quarantine: 2")[1], "which requirement failed"
    assert orjson.loads((tmp_path / "none/run/timing.json").read_bytes())["images_per_hour"] == 0
    assert main(["farm", "plan", f"scene={BALLS}", "count=4", f"out={tmp_path / 'plan'}", "--images", "2", *TINY, *words]) == 0


def test_replay_of_what_is_not_there(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(dataset), "99"]) == 2
    assert "has no scene 99" in capsys.readouterr().err
    assert main(["replay", str(tmp_path), "1"]) == 2
    assert "is no dataset (there is no job.json)" in capsys.readouterr().err
    assert main(["replay", str(dataset), "first"]) == 2
    assert "'first' names no image" in capsys.readouterr().err


def test_explain_names_rules_and_draws(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coco = orjson.loads((dataset / "annotations/instances.json").read_bytes())
    balls = next(c["id"] for c in coco["categories"] if c["name"] == "ball")
    annotation = next(a for a in coco["annotations"] if a["category_id"] == balls)
    assert main(["explain", str(dataset), str(annotation["id"])]) == 0
    text = capsys.readouterr().out
    assert "test_sphere (ball), balls/" in text
    assert "params.radius_m = " in text
    index = annotation["id"] // 32768
    assert main(["explain", str(dataset), str(index), "--object", str(annotation["object_id"])]) == 0
    assert capsys.readouterr().out == text


def test_explain_says_what_there_is_instead(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*words: object) -> str:
        assert main(["explain", *map(str, words)]) == 2
        return capsys.readouterr().err

    record = next(open_dataset(dataset).records())
    ids, index = [a["id"] for a in record["annotations"]], record["image"]["index"]
    missing = index * 32768 + 30_000
    found = told(dataset, missing)
    assert f"{dataset} has no annotation {missing}: image {index} has {len(ids)} annotations, the nearest are " in found
    assert str(ids[0]) in found
    assert f"scenewright explain {dataset} {index} --object 30000" in found
    assert f"{dataset} has no annotation 9999999: it would belong to image 305, which is not there" in told(dataset, 9999999)
    for number in (0, -3):
        text = told(dataset, number)
        assert f"{dataset} has no annotation {number}: their ids begin at 1" in text
        assert f"scenewright explain {dataset} IMAGE --object ID" in text
        assert "not there" not in text, "image 0 is"
    objects = len(open_dataset(dataset).spec(index).objects)
    assert f"{dataset}: image {index} has no object 999; its objects are 1 to {objects}" in told(dataset, index, "--object", 999)
    assert f"{dataset} has no scene 77" in told(dataset, 77, "--object", 1)
    assert "is no dataset" in told(tmp_path, 1)
    assert "there is no dataset" in told(tmp_path / "none", 1)


def test_what_is_damaged_is_told_as_such(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    (other / "scenes/000/000001.json").write_text("{}")
    (other / "files.sha256").write_text("nonsense\n")
    assert main(["explain", str(other), "1", "--object", "1"]) == 1
    assert "000001.json is damaged: it is no SceneSpec" in capsys.readouterr().err
    assert main(["verify", str(other)]) == 1
    assert "files.sha256 has a line without a path: 'nonsense'" in capsys.readouterr().out
    for name, words in (("dataset.json", ["verify", str(other)]), ("job.json", ["replay", str(other), "1"])):
        (other / name).write_text("{")
        assert main(words) == 1
        assert f"{name} is damaged: it is no JSON" in capsys.readouterr().err
    (other / "dataset.json").unlink()
    assert main(["verify", str(other)]) == 1
    assert "is not finished" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["verify", "{none}"], "there is no dataset {none}"),
        (["verify", "{empty}"], "{empty} is no dataset"),
        (["contact-sheet", "{none}", "{empty}/x.png"], "there is no dataset {none}"),
        (["contact-sheet", "{dataset}", "{empty}/x.tiff"], "must end in one of .png, .jpg, .jpeg, .webp"),
        (["contact-sheet", "{dataset}", "{empty}/x.png", "--count", "0"], "--count must be 1 to 100"),
        (["export", "{none}", "coco", "{empty}/x"], "there is no dataset {none}"),
        (["export", "{dataset}", "coco", "{dataset}"], "{dataset} is inside the dataset {dataset}"),
        (["export", "{dataset}", "cocoo", "{empty}/x"], "there is no export format 'cocoo'"),
        (["export", "{dataset}", "coco"], "needs a dataset, a format and a folder, or --list"),
        (["export"], "needs a dataset, a format and a folder, or --list"),
        (["replay", "{none}", "1"], "there is no dataset {none}"),
        (["replay", "{dataset}", "1", "--out", "{empty}/x.txt"], "the dataset's pictures are png: its name must end in .png"),
        (["replay", "{dataset}", "1", "--out", "{empty}/x.jpg"], "the dataset's pictures are png: its name must end in .png"),
        (["replay", "{dataset}", "1", "--out", "{dataset}/images/000/000001.png"], "lies in the dataset {dataset}, which only its own"),
        (["replay", "{dataset}", "1", "--out", "{dataset}/job.json/x.png"], "lies in the dataset {dataset}"),
        (["replay", "{dataset}", "1", "--samples", "0"], "--samples must be at least 1"),
        (["render", "{dataset}/scenes/000/000001.json", "--out", "{dataset}"], "is not empty"),
        (["render", "{dataset}/scenes/000/000001.json", "--out", "{empty}/x", "--samples", "0"], "samples: input should be greater"),
        (["render", "{dataset}/scenes/000/000001.json", "--out", "{empty}/x", "--device", "gpu"], "device: input should be 'auto', "),
        (["render", "{empty}", "--out", "{empty}/x"], "cannot be read (Is a directory)"),
        (["doctor", "--fast"], "unrecognized arguments: --fast"),
        (["explain", "{dataset}", "first"], "invalid int value"),
    ],
)
def test_wrong_input_exits_with_2(
    words: list[str], expected: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"none": tmp_path / "none", "empty": tmp_path, "dataset": dataset}
    try:
        code = main([word.format_map(places) for word in words])
    except SystemExit as stop:  # argparse's own way out
        code = stop.code  # type: ignore[assignment]
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert expected.format_map(places) in shown.err


def test_the_card_lists_the_licences_of_what_it_is_made_of(dataset: Path) -> None:
    assert card(dataset)["licences"] == []  # balls and boxes
    street = CONFIGS / "scene/street.yaml"
    job = Job.model_validate(compose_points("generate", ["scene=street"], multirun=False)[0].config)
    assert [entry["name"] for entry in facts_of(job, load_grammar(read_grammar_file(street), source=str(street))).licences] == [
        "people/body.npz",
        "people/far.npz",
        "people/outermost.npz",
    ]


def test_render_takes_a_scene_file(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "look"
    scene = dataset / "scenes/000/000001.json"
    result = run("render", scene, "--out", out, "--render", "draft", "--samples", 1, "--device", "cpu")
    assert result.returncode == 0, result.stderr
    assert (out / "images/000/000001.png").exists()
    assert (out / "scenes/000/000001.json").read_bytes() == scene.read_bytes()
    again = run("render", scene, "--out", out)
    assert "is not empty" in again.stderr


def test_render_refuses_what_is_no_scene(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(dataset / "dataset.json"), "--out", str(tmp_path / "x")]) == 2
    assert "is no SceneSpec: " in capsys.readouterr().err
    assert main(["render", str(tmp_path / "none.json"), "--out", str(tmp_path / "x")]) == 2
    assert "none.json: cannot be read (No such file or directory)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "spaceship"}, "objects.0.actor: there is no actor 'spaceship'; known actors: "),
        ({"segments": "many"}, "objects.0.actor.segments: input should be a valid integer"),
        ({"wings": 2}, "objects.0.actor.wings: extra inputs are not permitted"),
    ],
)
def test_render_names_an_actor_that_is_none(
    change: dict[str, object], expected: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = orjson.loads((dataset / "scenes/000/000001.json").read_bytes())
    spec["objects"] = [{**item, "actor": {**item["actor"], **change}} for item in spec["objects"] if item["category"] == "ball"]
    (tmp_path / "scene.json").write_bytes(orjson.dumps(spec))
    assert main(["render", str(tmp_path / "scene.json"), "--out", str(tmp_path / "x")]) == 2
    assert f"scene balls, index 1: {expected}" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_verify_finds_what_has_changed(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    assert main(["verify", str(dataset)]) == 0
    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    (other / "images/000/000001.png").write_bytes(b"broken")
    (other / "scenes/000/000002.json").unlink()
    capsys.readouterr()
    assert main(["verify", str(other)]) == 1
    assert sorted(capsys.readouterr().out.splitlines()) == ["images/000/000001.png has changed", "scenes/000/000002.json is missing"]


def test_contact_sheet_and_export(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contact-sheet", str(dataset), str(tmp_path / "sheet.png"), "--count", "2"]) == 0
    assert (tmp_path / "sheet.png").stat().st_size > 1000
    for name, start in (("x.jpg", b"\xff\xd8\xff"), ("x.webp", b"RIFF"), ("x.png", b"\x89PNG")):
        assert main(["contact-sheet", str(dataset), str(tmp_path / name), "--count", "1"]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    assert main(["export", "--list"]) == 0
    assert "kitti " in capsys.readouterr().out
    assert main(["export", str(dataset), "kitti", str(tmp_path / "kitti")]) == 0
    assert len(list((tmp_path / "kitti" / "label_2").iterdir())) == 3
    assert main(["export", str(dataset), "voc", str(tmp_path / "voc")]) == 2
    assert "known formats: coco" in capsys.readouterr().err


def test_sample_counts_without_blender_and_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    assert main(["sample", f"scene={BALLS}", "count=20", f"page={page}"]) == 0
    text = capsys.readouterr().out
    assert "20 scenes of balls" in text
    assert "ball" in text
    assert f"plots: {page}" in text
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("more", [[], ["--multirun", "seed=1,2"]])
def test_sample_looks_at_its_page_before_it_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    (tmp_path / "file").touch()
    words = (("", "is a folder: name the file to write"), ("/file/page.html", f"{tmp_path}/file is a file, no folder"))
    for below, text in words:
        assert main(["sample", f"scene={BALLS}", "count=20", f"page={tmp_path}{below}", *more]) == 2
        shown = capsys.readouterr()
        assert text in shown.err
        assert shown.out == "", "nothing was drawn"


def test_sample_says_why_scenes_cannot_be_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["+scene.rules.box.requires=[{min_size_px: 10000}]", "+scene.rules.box.on_failure=fail"]
    assert main(["sample", f"scene={BALLS}", "count=3", "page=null", *words]) == 3
    text = capsys.readouterr().out
    assert text.startswith("0 of 3 scenes of balls in ")
    assert "could not be drawn: 3 of 3 scenes\n3 for box: min_size_px; the first:\n" in text
    assert text.count("index 0: rule box (at ") == 1
    assert "index 1" not in text, "one scene stands for all that fail alike"
    assert " scenes: min_size_px " in text
    assert "what can be changed:" in text


@pytest.mark.parametrize("key", ["seed", "counts", "files_sha256"])
def test_a_card_without_a_key_is_one_clear_error(key: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    shutil.copytree(dataset, tmp_path / "other")
    (tmp_path / "other/dataset.json").write_bytes(orjson.dumps({k: v for k, v in card(dataset).items() if k != key}))
    assert main(["export", str(tmp_path / "other"), "coco", str(tmp_path / "out")]) == 2
    assert f"dataset.json lacks {key}: it was changed after it was made" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_schema_accepts_the_scenes_of_the_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--out", str(tmp_path / "schema.json")]) == 0
    schema = orjson.loads((tmp_path / "schema.json").read_bytes())
    assert "rules" in schema["properties"]


def test_doctor_finds_this_machine_fit() -> None:
    result = run("doctor", "--quick")
    assert result.returncode == 0, result.stdout
    assert "bpy 5." in result.stdout
    assert "cpu: " in result.stdout


def test_doctor_names_the_packages_of_missing_libraries() -> None:
    output = "\tlibXi.so.6 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibSM.so.6 => not found\n\tlibodd.so.9 => not found\n"
    missing = missing_libraries(output)
    assert missing == ["libSM.so.6", "libXi.so.6", "libodd.so.9"]
    assert how_to_install(missing) == "apt-get install libsm6 libxi6; find the package with: apt-file search libodd.so.9"

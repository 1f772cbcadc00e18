"""`scenewright unit-test` as a user runs it, on COCO folders of others and on a counterfactual dataset of ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
import torch
from junitparser import JUnitXml

from evaluator.detection import Detector, save_detector
from evaluator.detectors.all_detectors import DETECTOR
from generator.cli import main
from generator.dataset import open_dataset
from tests.evaluator.made import annotation, coco, picture, write_coco, write_picture
from tests.farm.runs import ENVIRONMENT, ROOT, generate

DRAWS = "draws=100"
LIMITS = """
slices:
  everything: {at_least: {ap: 0.5}, least_objects: 1}
  people: {objects: {category: person}, at_least: {recall: 0.9}, least_objects: 1}
"""


def photos(folder: Path, count: int = 6) -> Path:
    """`count` pictures with a car and a person in each; the person is at the same place everywhere."""
    content = coco(count)
    content["annotations"] = [annotation(i, i) for i in range(1, count + 1)]
    content["annotations"] += [annotation(100 + i, i, category_id=7, bbox=[40, 5, 8, 30]) for i in range(1, count + 1)]
    for i, entry in enumerate(content["images"]):
        entry["weather"] = ("clear", "rain")[i % 2]
    return write_coco(folder, content)


def results(file: Path, count: int = 6, *, people: Sequence[int] = range(1, 7)) -> Path:
    """What a detector found: every car, and people in some images. Ids are those of the COCO file, 3 and 7."""
    found: list[dict[str, Any]] = [{"image_id": i, "category_id": 3, "bbox": [10, 8, 20, 12], "score": 0.9} for i in range(1, count + 1)]
    found += [{"image_id": i, "category_id": 7, "bbox": [40, 5, 8, 30], "score": 0.8} for i in people if i <= count]
    file.write_bytes(orjson.dumps(found))
    return file


def slices(file: Path, text: str = LIMITS) -> Path:
    file.write_text(text)
    return file


def test_a_slice_that_falls_short_is_told_and_exits_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = photos(tmp_path / "photos"), tmp_path / "out"
    words = [str(folder), f"slices={slices(tmp_path / 's.yaml')}", f"out={out}", DRAWS]
    assert main(["unit-test", str(results(tmp_path / "good.json")), *words]) == 0
    told = capsys.readouterr().out
    assert "nothing failed" in told
    assert "passed, no interval" in told
    assert main(["unit-test", str(results(tmp_path / "blind.json", people=[1])), *words]) == 4
    told = capsys.readouterr().out
    assert "FAILED  people: recall 0.167 is below 0.9" in told
    assert "everything" in told.split("FAILED  people")[0]
    report = JUnitXml.fromfile(str(out / "junit.xml"))
    cases = {case.name: case for suite in report for case in suite}
    assert (report.tests, report.failures, report.skipped, report.errors) == (2, 1, 0, 0)
    assert [len(cases[name].result) for name in ("everything", "people")] == [0, 1]
    assert cases["people"].result[0].message == "recall 0.167 is below 0.9 (no interval: fewer than 10 independent images)"
    assert "ap50 " in cases["everything"].system_out
    content = orjson.loads((out / "unit_test.json").read_bytes())
    assert content["failed"] is True
    assert [(s["name"], s["status"], s["objects"]) for s in content["slices"]] == [("everything", "passed", 12), ("people", "failed", 6)]
    page = (out / "unit_test.html").read_text()
    assert "Worst images of people" in page
    assert page.count("data:image/jpeg") == 4
    assert "2.png: 0 found, 1 missed, 0 false" in page


def test_a_model_that_got_worse_somewhere_fails_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = photos(tmp_path / "photos", 40)
    old, new = results(tmp_path / "old.json", 40, people=range(1, 41)), results(tmp_path / "new.json", 40, people=range(1, 41, 2))
    text = "slices: {clear: {images: {weather: clear}}, rain: {images: {weather: rain}}}"
    words = [str(new), str(folder), f"slices={slices(tmp_path / 's.yaml', text)}", f"against={old}", f"out={tmp_path / 'out'}", DRAWS]
    assert main(["unit-test", *words]) == 4
    told = capsys.readouterr().out
    assert "significantly worse: rain\n" in told
    assert "FAILED  rain: ap fell from 1.000 to 0.500" in told
    assert main(["unit-test", *words, "worse_fails=false"]) == 0


def test_few_images_are_told_as_such_and_fail_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Six images, and half of the people are no longer found: not enough to say that the model is worse."""
    folder = photos(tmp_path / "photos")
    old, new = results(tmp_path / "old.json"), results(tmp_path / "new.json", people=[1, 2, 3])
    words = [str(new), str(folder), f"slices={slices(tmp_path / 's.yaml', 'slices: {all: {}}')}", f"against={old}", DRAWS]
    assert main(["unit-test", *words, f"out={tmp_path / 'out'}"]) == 0
    told = capsys.readouterr().out
    assert "too few images to compare" in told
    assert "significantly worse: none" in told
    assert "[" not in told
    (part,) = orjson.loads((tmp_path / "out" / "unit_test.json").read_bytes())["slices"]
    assert part["independent_images"] == 6
    assert (part["numbers"]["ap"]["low"], part["against"]["p"], part["against"]["p_holm"]) == (None, None, None)


def test_a_value_that_nothing_has_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "slices: {wet: {images: {weather: rainn}}, all: {}}"
    words = [str(results(tmp_path / "r.json")), str(photos(tmp_path / "photos")), f"slices={slices(tmp_path / 's.yaml', text)}", DRAWS]
    assert main(["unit-test", *words, f"out={tmp_path / 'out'}"]) == 0
    expected = 'note: wet: nothing to find: no image meets its condition on weather; it is clear, rain. Did you mean "rain"?\n'
    assert expected in capsys.readouterr().out


def test_a_detector_that_finds_nothing_is_noted_and_nothing_to_find_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.json").write_text("[]")
    words = [str(tmp_path / "none.json"), str(photos(tmp_path / "photos")), DRAWS, f"out={tmp_path / 'out'}"]
    assert main(["unit-test", *words]) == 0
    assert f"note: {tmp_path / 'none.json'} found nothing in any image\n" in capsys.readouterr().out
    bare = write_coco(tmp_path / "bare", {**coco(3), "annotations": []})
    assert main(["unit-test", words[0], str(bare), DRAWS, f"out={tmp_path / 'out'}"]) == 2
    assert "no object is labelled in any of its 3 images; there is nothing to find" in capsys.readouterr().err


def test_two_slices_of_one_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Or a limit would be lost without a word."""
    text = "slices:\n  all: {at_least: {ap: 0.9}}\n  all: {at_least: {ap: 0.1}}\n"
    words = [str(results(tmp_path / "r.json")), str(photos(tmp_path / "photos")), f"slices={slices(tmp_path / 's.yaml', text)}"]
    assert main(["unit-test", *words, f"out={tmp_path / 'out'}"]) == 2
    assert "line 3: the key 'all' is given twice; the first is in line 2" in capsys.readouterr().err


def test_values_in_a_list_that_nothing_has_are_refused_or_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(results(tmp_path / "r.json")), str(photos(tmp_path / "photos")), DRAWS, f"out={tmp_path / 'out'}"]
    text = "slices: {wet: {images: {weather: [clear, rian]}, at_least: {ap: 0.5}, least_objects: 1}}"
    assert main(["unit-test", *words, f"slices={slices(tmp_path / 's.yaml', text)}"]) == 2
    assert "slices.wet.images.weather: no image has 'rian'. Did you mean \"rain\"?" in capsys.readouterr().err
    assert main(["unit-test", *words, f"slices={slices(tmp_path / 's.yaml', text.replace('rian', 'fog'))}"]) == 0
    assert "note: wet: no image has weather = fog\n" in capsys.readouterr().out


def test_a_file_of_results_needs_no_network(tmp_path: Path) -> None:
    """In an environment without torch, torchvision and timm; a checkpoint there is one clear error, which says what suffices."""
    words = [str(photos(tmp_path / "photos")), f"out={tmp_path / 'out'}", DRAWS]
    hidden = "import sys, importlib.util as u; find = u.find_spec; names = {'torch', 'torchvision', 'timm', *sys.argv.pop().split()}\n"
    hidden += "u.find_spec = lambda name, *a: None if name in names else find(name, *a)\n"
    hidden += "sys.modules.update(dict.fromkeys(names)); from generator.cli import main; sys.exit(main(['unit-test', *sys.argv[1:]]))"
    (tmp_path / "best.pt").touch()
    scores, extra = "faster_coco_eval", "pip install 'scenewright[train]'"
    for model, lacks, code, told in (
        (results(tmp_path / "r.json"), "", 0, ""),
        (tmp_path / "r.json", scores, 1, f"needs {scores}, not installed here: pip install faster-coco-eval\n"),
        (tmp_path / "best.pt", "", 1, f"needs torch, torchvision, timm, not installed here: {extra}"),
        (tmp_path / "best.pt", scores, 1, f"needs torch, torchvision, timm, {scores}, not installed here: {extra}"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", hidden, str(model), *words, lacks],
            cwd=ROOT,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, told in done.stderr) == (code, True), done.stderr


def test_metadata_and_class_names_come_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = photos(tmp_path / "photos")
    table = tmp_path / "photos.csv"
    table.write_text("file_name,speed_kmh\n" + "".join(f"{i}.png,{10 * i}\n" for i in range(1, 7)))
    names = tmp_path / "map.yaml"
    names.write_text("car: null\nperson: human\n")
    text = "slices: {fast: {images: {speed_kmh: {from: 35}}, objects: {category: human}, at_least: {ap: 0.9}, least_objects: 3}}"
    words = [f"slices={slices(tmp_path / 's.yaml', text)}", f"metadata={table}", f"class_map={names}", f"out={tmp_path / 'out'}", DRAWS]
    assert main(["unit-test", str(results(tmp_path / "r.json")), str(folder), *words]) == 0
    assert capsys.readouterr().out.splitlines()[2].split()[:4] == ["fast", "3", "3", "1.000"]


def test_a_checkpoint_is_run_and_its_results_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = photos(tmp_path / "photos")
    torch.manual_seed(0)
    settings = DETECTOR.validate_python(
        {"kind": "fcos", "size_px": 64, "pyramid": {"channels": 32, "levels": 3, "finest_stride": 8}, "backbone": {"weights": "none"}}
    )
    save_detector(Detector(settings.build(2, pretrained=True), ("person", "car"), settings), tmp_path / "best.pt")
    words = [str(folder), f"out={tmp_path / 'out'}", "least_score=0", DRAWS]
    assert main(["unit-test", str(tmp_path / "best.pt"), *words]) == 0
    first = capsys.readouterr().out.splitlines()
    kept = tmp_path / "out" / "predictions.json"
    assert {entry["category_id"] for entry in orjson.loads(kept.read_bytes())} <= {3, 7}
    assert main(["unit-test", str(kept), *words]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == first[1:]


def test_a_detector_that_learnt_from_the_images_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = photos(tmp_path / "photos")
    small = ["detector.size_px=64", "detector.pyramid.channels=32", "detector.pyramid.levels=3", "detector.backbone.weights=none"]
    split = ["split.validation=0.3", "recipe.steps=1", "recipe.batch=2", "threads=1", "seeds=[0]"]
    assert main(["train", "mix=real", f"real={folder}", f"out={tmp_path / 'train'}", *small, *split]) == 0
    model = str(tmp_path / "train" / "seed_0" / "final.pt")
    trained = orjson.loads((tmp_path / "train" / "seed_0" / "result.json").read_bytes())["counts"][1][1]
    copy = shutil.copytree(folder, tmp_path / "copy")
    capsys.readouterr()
    assert main(["unit-test", model, str(copy), f"against={model}", f"out={tmp_path / 'out'}", DRAWS]) == 0
    text = f"{model} was trained on {trained} of the 6 images"
    assert capsys.readouterr().out.count(f"note: {text}") == 2
    assert any(note.startswith(text) for note in orjson.loads((tmp_path / "out" / "unit_test.json").read_bytes())["notes"])
    assert text in (tmp_path / "out" / "unit_test.html").read_text("utf-8")

    for path in (copy / "images").iterdir():  # other pictures of the same names
        write_picture(path, picture(int(path.stem) + 100))
    capsys.readouterr()
    assert main(["unit-test", model, str(copy), f"out={tmp_path / 'out'}", DRAWS]) == 0
    assert "was trained on" not in capsys.readouterr().out


def test_results_that_look_wrong_are_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = photos(tmp_path / "photos"), results(tmp_path / "results.json")
    entries = [{**entry, "score": 5.0} for entry in orjson.loads(file.read_bytes())]
    file.write_bytes(orjson.dumps([*entries, *entries[:3]]))
    assert main(["unit-test", str(file), str(folder), f"out={tmp_path / 'out'}", DRAWS]) == 0
    told = capsys.readouterr().out
    for text in ("has 3 detections that it has already", "has 15 scores above 1", "has one score for all detections"):
        assert f"note: {file} {text}" in told


FOUND = {"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([{**FOUND, "category_id": 1}], "category_id: the dataset has no class 1; it has 3 car, 7 person"),
        ([{**FOUND, "image_id": 9}, {"image_id": 1}],
         "2 problems\n  entry 0: image_id: the dataset has no image 9\n  entry 1: found {'image_id': 1}; image_id, category_id, bbox"),
        ([{**FOUND, "bbox": [1, 2, 3]}], "bbox, score: found [1, 2, 3], 1; [x, y, width, height]"),
        ({"annotations": []}, "must hold a list of COCO results (image_id, category_id, bbox, score), found {'annotations': []}"),
    ],
)  # fmt: skip
def test_results_of_something_else_are_refused(content: Any, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "r.json"
    file.write_bytes(orjson.dumps(content))
    assert main(["unit-test", str(file), str(photos(tmp_path / "photos"))]) == 2
    assert expected in capsys.readouterr().err


def test_wrong_words_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = photos(tmp_path / "photos"), results(tmp_path / "r.json")
    assert main(["unit-test", str(folder)]) == 2
    assert "name a detector and a dataset" in capsys.readouterr().err
    assert main(["unit-test", str(tmp_path / "no.pt"), str(folder)]) == 2
    assert "no.pt: there is no such file; a checkpoint or a .json file of COCO results is needed" in capsys.readouterr().err
    assert main(["unit-test", str(file), str(folder), f"slices={slices(tmp_path / 's.yaml', 'overlap: segm' + LIMITS)}"]) == 2
    assert "overlap: segm needs masks; 12 objects have a box alone" in capsys.readouterr().err
    assert main(["unit-test", str(file), str(folder / "images")]) == 2
    assert "has no labels; a detector can be tested only on what is labelled" in capsys.readouterr().err


def test_the_effect_of_a_factor_is_told_on_a_counterfactual_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A detector that sees nothing in the darkest of the three pictures of each scene: of two scenes, too few to judge it."""
    out = tmp_path / "balls"
    assert generate(out, 6, "counterfactual=brightness").returncode == 0
    found = [
        {"image_id": a["image_id"], "category_id": a["category_id"], "bbox": a["bbox"], "score": 0.9, "segmentation": a["segmentation"]}
        for record in open_dataset(out).records()
        for a in record["annotations"]
        if record["image"]["factors"]["brightness"] > 0.3
    ]
    (tmp_path / "r.json").write_bytes(orjson.dumps(found))
    text = "overlap: segm\neffects: {brightness: {baseline: 1.0, most_loss: 0.2}}"
    words = [f"slices={slices(tmp_path / 's.yaml', text)}", f"out={tmp_path / 'out'}", DRAWS]
    assert main(["unit-test", str(tmp_path / "r.json"), str(out), *words]) == 0
    told = capsys.readouterr().out
    left = "too few to compare; most_loss 0.2 is not judged: fewer than 10 pairs with objects\n"
    assert f"effect of brightness: AP -1.000 0.3 against 1, 2 pairs, {left}" in told
    assert f"effect of brightness: AP +0.000 0.65 against 1, 2 pairs, {left}" in told
    assert "nothing failed; 2 limits are not judged\n" in told
    report = JUnitXml.fromfile(str(tmp_path / "out" / "junit.xml"))
    assert [(suite.name, suite.failures, suite.skipped) for suite in report] == [("slices of balls", 0, 0), ("effects on balls", 0, 2)]
    (effects,) = [suite.tests for suite in report if suite.name == "effects on balls"]
    assert effects == 2
    assert [e["not_judged"][:13] for e in orjson.loads((tmp_path / "out" / "unit_test.json").read_bytes())["effects"]] == [
        "most_loss 0.2"
    ] * 2


def test_an_effect_beyond_its_limit_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty pictures of ten scenes, each by clear sky and in rain, where no person is found."""
    folder = photos(tmp_path / "photos", 20)
    content = orjson.loads((folder / "annotations.json").read_bytes())
    for i, entry in enumerate(content["images"]):
        entry["counterfactual"] = {"draw": i // 2, "factor": "weather", "value": entry["weather"]}
    (folder / "annotations.json").write_bytes(orjson.dumps(content))
    file = slices(tmp_path / "s.yaml", "effects: {weather: {most_loss: 0.2}}")
    words = [str(results(tmp_path / "r.json", 20, people=range(1, 20, 2))), str(folder), f"slices={file}", f"out={tmp_path / 'out'}", DRAWS]
    assert main(["unit-test", *words]) == 4
    assert "FAILED  effect of weather: ap loses 0.500 with weather = rain, more than 0.2\n" in capsys.readouterr().out
    assert JUnitXml.fromfile(str(tmp_path / "out" / "junit.xml")).failures == 1

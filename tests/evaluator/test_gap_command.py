"""`scenewright gap` as a user runs it, on small COCO folders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import yaml

from evaluator.settings import GapJob
from generator.cli import main
from generator.commands.gap import sources_and_overrides
from tests.evaluator.made import HEIGHT, WIDTH, annotation, coco, picture, write_coco
from tests.farm.runs import ENVIRONMENT, ROOT

QUICK = (
    "features=[pixels,spectrum]",
    "resampling.halves=20",
    "resampling.permutations=39",
    "resampling.splits=10",
    "size_px=32",
    "crops.size_px=32",
)


def content(count: int, side: int, seed: int) -> dict[str, Any]:
    """Three cars an image with sides about `side` and a factor that is by chance."""
    rng = np.random.default_rng(seed)
    images = [
        {"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT, "camera": "left" if i % 2 else "right"} for i in range(count)
    ]
    boxes = [[int(rng.integers(0, 20)), int(rng.integers(0, 10)), int(s), int(s)] for s in rng.integers(side - 2, side + 3, 3 * count)]
    return {**coco(), "images": images, "annotations": [annotation(i, i // 3, bbox=b) for i, b in enumerate(boxes)]}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Real pictures; others of the same kind; others with a colour cast and larger cars."""
    folder = tmp_path_factory.mktemp("sets")
    count = 20
    pictures = {name: [picture(start + i) for i in range(count)] for name, start in (("real", 0), ("same", 100), ("other", 200))}
    pictures["other"] = [np.clip(p + np.array([30, 0, -30]), 0, 255).astype(np.uint8) for p in pictures["other"]]
    sides = {"real": 17, "same": 17, "other": 24}
    return {name: write_coco(folder / name, content(count, sides[name], i), pictures[name]) for i, name in enumerate(sides)}


def gap(sets: dict[str, Path], out: Path, *words: str, names: tuple[str, ...] = ("real", "same", "other")) -> tuple[int, dict[str, Any]]:
    code = main(["gap", *(str(sets[n]) for n in names), *QUICK, f"out={out}", f"cache={out.parent / 'cache'}", *words])
    return code, orjson.loads((out / "gap.json").read_bytes()) if code == 0 else {}


def test_a_report_of_two_synthetic_sets(sets: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = gap(sets, tmp_path / "out")
    text = capsys.readouterr().out
    assert code == 0
    same, other = found["gaps"]
    assert (same["synthetic"]["name"], other["synthetic"]["name"]) == ("same", "other")
    assert same["findings"] == []
    assert any(line.startswith("car: too large by ") for line in other["findings"])
    assert "real (20 images) against other (20)" in text
    assert "no single feature differs by more than chance" in text
    spaces = {s["space"]: s for s in other["spaces"]}
    assert {"images: colour", "images: spectrum", "car: colour", "car: size", "all: layout"} <= spaces.keys()
    for estimate in spaces["images: colour"]["estimates"]:
        assert estimate["p_value"] <= 0.05 or estimate["number"] in ("precision", "recall", "density", "coverage", "frechet", "cmd")
        assert estimate["baseline"] is not None
    assert [f["factor"] for f in other["factors"]] == ["camera"]
    page = (tmp_path / "out" / "gap.html").read_text()
    assert "<h2>Times real against real</h2>" in page
    assert page.count("data:image/jpeg") == 2 * 18
    assert "http" not in page  # nothing beside it


def test_small_sets_and_missing_ratios_are_told(sets: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every image has three cars: of their number there is no distance between real images, and so no ratio to it."""
    few = content(19, 17, 7)
    folder = {**sets, "few": write_coco(tmp_path / "few", few, [picture(300 + i) for i in range(19)])}
    code, found = gap(folder, tmp_path / "out", names=("real", "few"))
    assert code == 0
    told = found["gaps"][0]["synthetic"]["notes"][-1]
    assert told.startswith("only 19 images: parts of 9 are what intervals and the comparison of real with real rest on")
    assert found["real"]["notes"] == ["classes without an object: person"]  # of 20 images
    reason = "no x real-real (-) for all: objects an image"
    text, page = capsys.readouterr().out, (tmp_path / "out" / "gap.html").read_text()
    for shown in (text, page):
        assert reason in shown
        assert f"few: {told}" in shown


def test_classes_of_too_few_objects_are_named(sets: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rare = content(20, 17, 8)
    rare["annotations"] += [annotation(900 + i, i, category_id=7, bbox=[40, 5, 18, 30]) for i in range(3)]
    folder = {**sets, "rare": write_coco(tmp_path / "rare", rare, [picture(400 + i) for i in range(20)])}
    folder["again"] = write_coco(tmp_path / "again", rare, [picture(500 + i) for i in range(20)])
    code, found = gap(folder, tmp_path / "out", names=("rare", "again"))
    assert code == 0
    told = [
        "the look of objects is not compared of classes with fewer than 20 large enough in a set: person (3 and 3)",
        "size, shape and position are not compared of classes in fewer than 4 images of a set: person (3 and 3)",
    ]
    assert found["gaps"][0]["not_compared"] == told
    text, page = capsys.readouterr().out, (tmp_path / "out" / "gap.html").read_text()
    assert all(line in text and line in page for line in told)


def test_the_same_words_give_the_same_report(sets: dict[str, Path], tmp_path: Path) -> None:
    assert gap(sets, tmp_path / "a", names=("real", "other"))[1] == gap(sets, tmp_path / "b", "threads=1", names=("real", "other"))[1]


def test_pictures_alone_are_enough(sets: dict[str, Path], tmp_path: Path) -> None:
    pictures = {name: sets[name] / "images" for name in sets}
    code, found = gap(pictures, tmp_path / "out", "farthest=0", names=("real", "other"))
    assert (code, {s["kind"] for s in found["gaps"][0]["spaces"]}) == (0, {"appearance"})
    assert "data:image/jpeg" not in (tmp_path / "out" / "gap.html").read_text()


def test_a_class_map_is_applied(sets: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("car: vehicle\nperson: null\n")
    _, found = gap(sets, tmp_path / "out", f"class_map={tmp_path / 'map.yaml'}", "crops.enabled=false", names=("real", "other"))
    assert {s["category"] for s in found["gaps"][0]["spaces"]} == {None, "vehicle"}


def test_broken_labels_stop_it_or_are_dropped(sets: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = content(20, 17, 5)
    broken["annotations"][3]["bbox"] = [0, 0, 0, 0]
    broken["annotations"][4]["category_id"] = 55
    folder = {**sets, "other": write_coco(tmp_path / "broken", broken)}
    assert gap(folder, tmp_path / "out", names=("real", "other"))[0] == 2
    text = capsys.readouterr().err
    assert "2 problems\n  annotation 3: bbox" in text
    assert "Traceback" not in text
    code, found = gap(folder, tmp_path / "out", "--drop", names=("real", "other"))
    assert (code, len(found["gaps"][0]["synthetic"]["dropped"])) == (0, 2)
    assert "broken: 2 broken entries left out" in capsys.readouterr().out
    assert "2 broken entries of the labels were left out" in (tmp_path / "out" / "gap.html").read_text()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["REAL"], "name the real set and at least one synthetic one"),
        (["REAL", "nowhere"], "nowhere: there is no such file or folder"),
        (["REAL", "SAME", "metrics=[fid]"], 'metrics: there is no metric "fid". Did you mean "kid"'),
        (["REAL", "SAME", "features=[pixel]"], 'features: there is no set of features "pixel"'),
        (["REAL", "SAME", "crops.classes=[cat]"], 'crops.classes: there is no class "cat". Did you mean "car"'),
        (["REAL", "SAME", "size_px=3"], "size_px: input should be greater than or equal to 32"),
        (["REAL", "SAME", "sizepx=64"], 'there is no "sizepx". Did you mean "size_px"'),
        (["REAL", "SAME", "class_map=none.yaml"], "none.yaml: cannot be read"),
    ],
)
def test_mistakes_are_told_in_one_message(
    words: list[str], expected: str, sets: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    named = [str({"REAL": sets["real"], "SAME": sets["same"]}.get(word, word)) for word in words]
    assert main(["gap", *named]) == 2
    captured = capsys.readouterr()
    assert expected in captured.err
    assert "Traceback" not in captured.err


def test_a_folder_of_a_sweep_is_no_override(tmp_path: Path) -> None:
    (tmp_path / "render=draft,seed=1").mkdir()
    sources, overrides = sources_and_overrides([str(tmp_path / "render=draft,seed=1"), "seed=3", "other"])
    assert ([s.name for s in sources], overrides) == (["render=draft,seed=1", "other"], ["seed=3"])


def test_cfg_prints_a_valid_job(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gap", "--cfg", "--drop", "network.model=dinov2"]) == 0
    job = GapJob.model_validate(yaml.safe_load(capsys.readouterr().out))
    assert (job.on_problems, job.network.model) == ("drop", "dinov2")


def test_torch_stays_away_until_a_network_is_asked_for(sets: dict[str, Path], tmp_path: Path) -> None:
    words = ["gap", str(sets["real"]), str(sets["same"]), *QUICK, f"out={tmp_path}/out", f"cache={tmp_path}/cache", "crops.enabled=false"]
    shown = "print('LOADED', sorted({'torch', 'timm', 'bpy'} & set(sys.modules)))"
    code = f"import sys; from generator.cli import main; main({words!r}); {shown}"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert result.stdout.endswith("LOADED []\n"), result.stderr

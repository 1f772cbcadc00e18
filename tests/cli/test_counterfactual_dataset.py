"""`scenewright generate counterfactual=...` as a user runs it: pictures differ, labels do not, and everything else works as ever."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

import tests.actors  # noqa: F401  (registers the test actors)
from generator.cli import main
from generator.dataset import open_dataset
from generator.verification import verify
from generator.writers.coco import IDS_PER_IMAGE
from tests.farm.runs import checksums, generate, run

WORD = "counterfactual=brightness"  # takes 0.3, 0.65 and 1 in turn


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pairs") / "balls"
    result = generate(out, 6, WORD)
    assert result.returncode == 0, result.stderr
    assert "counterfactual: 2 scenes, 3 images each: brightness = 0.3, 0.65, 1" in result.stdout
    return out


def test_labels_are_the_same_and_pictures_are_not(dataset: Path) -> None:
    opened = open_dataset(dataset)
    records = list(opened.records())
    assert [r["image"]["counterfactual"] for r in records] == [
        {"draw": draw, "factor": "brightness", "value": value} for draw in (0, 1) for value in (0.3, 0.65, 1.0)
    ]
    for draw in (0, 1):
        first, *others = records[3 * draw : 3 * draw + 3]
        for record in others:
            old, new = first["image"]["sha256"], record["image"]["sha256"]
            assert {kind for kind in old if old[kind] != new[kind]} == {"images", "scenes"}
            ids = {"id", "image_id"}
            assert [{k: v for k, v in a.items() if k not in ids} for a in first["annotations"]] == [
                {k: v for k, v in a.items() if k not in ids} for a in record["annotations"]
            ]
            assert {a["id"] // IDS_PER_IMAGE for a in record["annotations"]} == {record["image"]["index"]}
    assert opened.rgb(0).mean() != opened.rgb(2).mean()
    assert [c for r in records[:2] for c in [r["image"]["factors"]["brightness"]]] == [0.3, 0.65]


def test_the_second_of_a_pair_is_replayed_to_the_same_bytes(dataset: Path) -> None:
    result = run("replay", dataset, 1)
    assert (result.returncode, "image 1: identical" in result.stdout) == (0, True), result.stdout + result.stderr


def test_card_and_coco_file_say_what_the_images_are(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = orjson.loads((dataset / "dataset.json").read_bytes())
    assert card["configuration"]["scene"]["design"] == {"counterfactual": "brightness"}
    assert card["counts"]["factors"]["brightness"]["values"] == {"0.3": 2, "0.65": 2, "1.0": 2}
    coco = orjson.loads((dataset / "annotations/instances.json").read_bytes())
    assert coco["images"][4]["counterfactual"] == {"draw": 1, "factor": "brightness", "value": 0.65}
    assert verify(dataset) == []
    assert main(["explain", str(dataset), "4", "--object", "1"]) == 0
    assert "counterfactual: draw 1 with brightness = 0.65" in capsys.readouterr().out


def test_a_run_that_grows_and_shares_that_merge_give_the_same_bytes(dataset: Path, tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    first = generate(grown, 2, WORD)
    assert "the last scene has 2 of its 3 images: count=3 completes it" in first.stdout
    assert generate(grown, 6, WORD).returncode == 0
    assert checksums(grown) == checksums(dataset)
    refused = generate(grown, 6)
    assert refused.returncode != 0
    assert "belongs to another" in refused.stderr or "another job" in refused.stderr


def test_a_split_keeps_the_images_of_a_scene_together(dataset: Path, tmp_path: Path) -> None:
    assert main(["export", str(dataset), "coco", str(tmp_path / "parts"), "--split", "a=0.5,b=0.5"]) == 0
    for part in ("a", "b"):
        found = sorted((tmp_path / "parts" / part).rglob("instances.json"))
        draws = [i // 3 for f in found for i in (int(Path(e["file_name"]).stem) for e in orjson.loads(f.read_bytes())["images"])]
        assert all(draws.count(d) == 3 for d in draws)

"""Exports in parts, and as tars that WebDataset's own reader takes."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import main
from generator.dataset import Dataset, open_dataset
from generator.errors import ConfigError, DatasetInputError
from generator.storage import folder_at
from generator.writers.card import finish
from generator.writers.coco import record_bytes
from generator.writers.exports import ExportOptions, export, webdataset
from generator.writers.exports.splits import parts, share_of
from generator.writers.store import open_store
from tests.writers.made import make_dataset
from tests.writers.synthetic import FACTS, JOB, files, record

IMAGES = 40


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Forty small images; corner case, factors and so on follow from the index."""
    root = tmp_path_factory.mktemp("parts") / "dataset"
    with open_store(root, JOB) as store:
        for index in range(IMAGES):
            store.commit(index, files(index), record(index))
        finish(store, FACTS)
    return open_dataset(root)


def exported(out: Path) -> dict[str, set[int]]:
    """Indices of the images by part, from the COCO files."""
    found = {path.parent.parent.name: json.loads(path.read_bytes()) for path in out.glob("*/annotations/instances.json")}
    return {name: {image["id"] - 1 for image in document["images"]} for name, document in found.items()}


def test_shares_are_a_partition_that_growing_does_not_change(dataset: Dataset, tmp_path: Path) -> None:
    counts = export(dataset, "coco", tmp_path / "out", split="train=0.8,val=0.2")
    found = exported(tmp_path / "out")
    assert counts == {name: len(indices) for name, indices in found.items()}
    assert found == {"train": {i for i in range(IMAGES) if share_of(i) < 0.8}, "val": {i for i in range(IMAGES) if share_of(i) >= 0.8}}
    document = json.loads((tmp_path / "out/val/annotations/instances.json").read_bytes())
    assert {a["image_id"] - 1 for a in document["annotations"]} == found["val"]
    assert all((tmp_path / "out/val" / image["file_name"]).is_file() for image in document["images"])
    assert not any((tmp_path / "out/train" / image["file_name"]).exists() for image in document["images"])


def test_a_part_without_images_is_told(dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = min(share_of(i) for i in range(IMAGES)) / 2
    assert main(["export", str(dataset.root), "coco", str(tmp_path / "out"), "--split", f"val={few!r},train={1 - few!r}"]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{IMAGES} images as coco in {tmp_path}/out (val 0, train {IMAGES})\n"
    assert shown.err == "scenewright: note: no image is in the part val\n"


@pytest.mark.parametrize("split", ["", "train=0.5,val=0.5"])
def test_a_dataset_without_images_is_not_exported(split: str, tmp_path: Path) -> None:
    with open_store(tmp_path / "none", JOB) as store:
        store.quarantine(0, "no place", "log", None)
        finish(store, FACTS)
    with pytest.raises(DatasetInputError, match=rf"{tmp_path}/none has no images to export \(1 are in quarantine\)"):
        export(open_dataset(tmp_path / "none"), "coco", tmp_path / "out", split=split)
    assert not (tmp_path / "out").exists()


def test_shares_are_met_and_spread() -> None:
    values = [share_of(i) for i in range(20_000)]
    for start in range(10):
        inside = sum(start / 10 <= value < (start + 1) / 10 for value in values)
        assert abs(inside - 2000) < 5 * (20_000 * 0.1 * 0.9) ** 0.5  # five standard deviations
    assert sum(value < 0.5 for value in values[::2]) == pytest.approx(5000, abs=250)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5), st.integers(0, 10**9))
def test_every_image_is_in_exactly_one_share(weights: list[float], index: int) -> None:
    text = ",".join(f"p{i}={weight / sum(weights)!r}" for i, weight in enumerate(weights))
    made = parts(text, Dataset(folder_at("nowhere"), {}))
    assert sum(part.holds({"image": {"index": index}}) for part in made) == 1


def test_parts_by_corner_case_and_factor(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, "coco", tmp_path / "cases", split="corner_case")
    glare = {i for i in range(IMAGES) if i % 4 == 0}
    assert exported(tmp_path / "cases") == {"glare": glare, "none": set(range(IMAGES)) - glare}
    export(dataset, "coco", tmp_path / "weather", split="factor.weather")
    assert exported(tmp_path / "weather") == {"dry": set(range(0, IMAGES, 2)), "rain": set(range(1, IMAGES, 2))}
    export(dataset, "coco", tmp_path / "night", split="factor.night")
    assert exported(tmp_path / "night")["true"] == set(range(0, IMAGES, 3))
    assert exported(tmp_path / "night").keys() == {"true", "false"}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("train=0.8", ConfigError, "add up to 0.8 instead of 1"),
        ("train=0.8,train=0.2", ConfigError, "a name of its own"),
        ("train=x,val=0.2", ConfigError, "expected train=0.8,val=0.2"),
        ("a/b=1", ConfigError, "cannot be the name of a folder"),
        ("colour", ConfigError, "expected train=0.8,val=0.2"),
        ("factor.wether", DatasetInputError, "has no factor 'wether'; it has hour, night, weather"),
    ],
)
def test_wrong_wishes_say_what_there_is(dataset: Dataset, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        parts(text, dataset)


def test_a_factor_of_many_values_is_refused(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dataset.card["counts"]["factors"], "hour", {"count": 99, "min": 0, "max": 1, "mean": 0.5})
    with pytest.raises(DatasetInputError, match="has too many values"):
        parts("factor.hour", dataset)


def test_tars_hold_every_file_under_one_key_and_are_the_same_every_time(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webdataset, "SHARD_IMAGES", 10)
    assert export(dataset, "webdataset", tmp_path / "a") == {"": IMAGES}
    export(dataset, "webdataset", tmp_path / "b")
    names = sorted(path.name for path in (tmp_path / "a").glob("*.tar"))
    assert names == [f"{shard:05d}-00.tar" for shard in range(4)]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    with tarfile.open(tmp_path / "a/00001-00.tar") as tar:
        members = tar.getmembers()
        assert {(m.mtime, m.uid, m.gid, m.uname, m.mode) for m in members} == {(0, 0, 0, "", 0o644)}
        assert [m.name for m in members] == sorted(m.name for m in members)
        assert [m.name for m in members[:2]] == ["000010.json", "000010.scene.json"]
    assert json.loads((tmp_path / "a/index.json").read_bytes())["images"] == dict.fromkeys(names, 10)


def test_a_full_tar_is_followed_by_another(tmp_path: Path) -> None:
    root = tmp_path / "dataset"
    with open_store(root, JOB) as store:
        for index in range(5):
            large = {
                path: orjson.dumps("x" * 600_000) for path in files(index)
            }  # the "image" of these records is JSON, so the record hides it
            store.commit(index, large, record(index))
        finish(store, FACTS)
    export(open_dataset(root), "webdataset", tmp_path / "out", options=ExportOptions(tar_mb=2))
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "out").glob("*.tar")}
    assert json.loads((tmp_path / "out/index.json").read_bytes())["images"] == {"00000-00.tar": 3, "00000-01.tar": 2}
    assert max(sizes.values()) < 2_000_000 + 10_240  # a tar ends with up to a record of zeros
    export(open_dataset(root), "webdataset", tmp_path / "small", options=ExportOptions(tar_mb=1))
    assert len(list((tmp_path / "small").glob("*.tar"))) == 5


def test_webdataset_reads_what_was_written(tmp_path: Path) -> None:
    import webdataset as wds

    dataset = make_dataset(tmp_path / "dataset")
    export(dataset, "webdataset", tmp_path / "tars")
    urls = sorted(str(path) for path in (tmp_path / "tars").glob("*.tar"))
    samples = list(wds.WebDataset(urls, shardshuffle=False))
    assert [sample["__key__"] for sample in samples] == [f"{i:06d}" for i in dataset.indices()]
    for sample, own in zip(samples, dataset.records(), strict=True):
        image = own["image"]
        assert sample["json"] == record_bytes(own)
        assert sample["png"] == (dataset.root / image["files"]["images"]).read_bytes()
        assert sample["depth.png"] == (dataset.root / image["files"]["depth"]).read_bytes()
        assert sample["scene.json"] == (dataset.root / image["files"]["scenes"]).read_bytes()
        assert {name for name in sample if not name.startswith("__")} == {
            "png", "json", "scene.json", "depth.png", "normals.png", "semantic.png", "instances.png",
        }  # fmt: skip

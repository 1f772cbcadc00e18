"""Records that nobody of this house wrote: every reader refuses them in one sentence, and none of them leads out of the dataset."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from generator.dataset import Dataset, open_dataset
from generator.errors import DatasetError
from generator.pictures import contact_sheet
from generator.writers.exports import export, export_formats
from generator.writers.records import parse_record
from generator.writers.shards import read_record
from tests.writers.made import make_dataset
from tests.writers.synthetic import record

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_dataset(tmp_path_factory.mktemp("made") / "dataset")


def changed(dataset: Dataset, root: Path, change: Change) -> Dataset:
    """A copy of the dataset, whose second record was changed by somebody who keeps the index of the lines right."""
    copy = shutil.copytree(dataset.root, root)
    shard, index = copy / "annotations/shards/00000.jsonl", copy / "annotations/shards/00000.index.json"
    records = [orjson.loads(line) for line in shard.read_bytes().splitlines()]
    change(records[1])
    shard.write_bytes(b"".join(orjson.dumps(entry) + b"\n" for entry in records))
    index.unlink()  # read off the lines
    return open_dataset(copy)


def named(path: str) -> Change:
    def change(record: dict[str, Any]) -> None:
        record["image"]["file_name"] = record["image"]["files"]["images"] = path

    return change


def of_kind(kind: str, path: str) -> Change:
    def change(record: dict[str, Any]) -> None:
        record["image"]["files"][kind] = path
        record["image"]["sha256"][kind] = 64 * "0"

    return change


def of_object(field: str, value: Any) -> Change:
    def change(record: dict[str, Any]) -> None:
        record["annotations"][0][field] = value

    return change


OUTSIDE = {
    "above": named("images/../../secret.png"),
    "absolute": named("/secret.png"),
    "only the name": lambda record: record["image"].update(file_name="images/../../secret.png"),
    "hidden in the name": named("images/000/000001.png/../../../../secret.png"),
    "of another image": named("images/000/000002.png"),
    "depth": of_kind("depth", "/etc/hostname"),
    "kind": of_kind("../../secret", "../../secret/000/000001.png"),
    "kind of two": of_kind("..", "../000/000001.png"),
}


@pytest.mark.parametrize("change", OUTSIDE.values(), ids=OUTSIDE.keys())
@pytest.mark.parametrize("format_name", sorted(export_formats()))
def test_no_export_reads_or_writes_outside(dataset: Dataset, tmp_path: Path, format_name: str, change: Change) -> None:
    (tmp_path / "secret.png").write_bytes((dataset.root / "images/000/000000.png").read_bytes())
    hostile = changed(dataset, tmp_path / "hostile", change)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(DatasetError, match=r"00000\.jsonl is damaged: the record.* of image 1"):
        export(hostile, format_name, tmp_path / "deep/out")
    assert set(tmp_path.rglob("*")) - before <= {tmp_path / "deep"}


BROKEN = {
    "a box of five numbers": (
        of_object("bbox", [1, 2, 3, 4, 5]),
        r"annotations\.0\.bbox: list should have at most 4 items.*found \[1, 2, 3, 4, 5\]",
    ),
    "a box of words": (of_object("bbox", [1, 2, 3, "4"]), r"annotations\.0\.bbox\.3: input should be a valid number, found '4'"),
    "an unknown class": (of_object("category_id", 77), r"has category_id 77; the card knows 1 to \d"),
    "a mask of another size": (of_object("segmentation", {"size": [9, 9], "counts": "1"}), r"segmentation of size \[9, 9\]"),
    "no depth of an object": (lambda record: record["annotations"][0].pop("distance_m"), r"annotations\.0\.distance_m: field required"),
    "no files": (lambda record: record["image"].pop("files"), r"image\.files: field required"),
    "no size": (lambda record: record["image"].update(width=0), r"image\.width: input should be greater than 0, found 0"),
}


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_every_reader_names_what_is_wrong(dataset: Dataset, tmp_path: Path, change: Change, message: str) -> None:
    broken = changed(dataset, tmp_path / "broken", change)
    for read in (
        lambda: export(broken, "yolo", tmp_path / "yolo"),
        lambda: contact_sheet(broken, tmp_path / "sheet.png", 3),
        lambda: broken.record(1),
        lambda: broken.path(1, "images"),
    ):
        with pytest.raises(DatasetError, match=r"00000\.jsonl is damaged: .*" + message):
            read()
    assert broken.record(0) == dataset.record(0)


def test_a_loose_record_is_read_with_the_same_care(dataset: Dataset, tmp_path: Path) -> None:
    copy = shutil.copytree(dataset.root, tmp_path / "copy")
    (copy / "records/000").mkdir(parents=True)
    (copy / "records/000/000001.json").write_bytes(b'{"image":')
    with pytest.raises(DatasetError, match=r"records/000/000001\.json is damaged: a record of image 1 in it is no JSON"):
        read_record(open_dataset(copy).folder, 1)


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"null", b'{"image": 3}', b'{"image": {"index": "x"}}', b"\xff", b"{}"])
def test_what_is_no_record_at_all_is_named(data: bytes) -> None:
    with pytest.raises(DatasetError, match="some file is damaged"):
        parse_record(data, "some file")


def test_what_was_written_is_read(dataset: Dataset) -> None:
    assert parse_record(orjson.dumps(record(3)), "x", 3) == record(3)
    with pytest.raises(DatasetError, match="the record of image 4 says that it is of image 3"):
        parse_record(orjson.dumps(record(3)), "x", 4)


@pytest.mark.parametrize("inner", ["yolo", "images/yolo", "../dataset/yolo"])
def test_no_export_goes_into_its_dataset(dataset: Dataset, inner: str) -> None:
    before = set(dataset.root.rglob("*"))
    with pytest.raises(DatasetError, match=r"is inside the dataset .*: choose a folder beside it"):
        export(dataset, "yolo", dataset.root / inner)
    assert set(dataset.root.rglob("*")) == before

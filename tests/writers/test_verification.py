"""What is told about a dataset that somebody changed after it was made."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import orjson
import pytest

from evaluator.datasets import open_images
from generator.cli import main
from generator.dataset import Dataset, open_dataset
from generator.errors import DatasetError
from generator.verification import alterations, verify
from generator.writers.card import OWN_SUM
from tests.writers.made import make_dataset


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_dataset(tmp_path_factory.mktemp("made") / "dataset")


@pytest.fixture
def copy(made: Dataset, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.root, tmp_path / "copy"))


def replace_in(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new, 1))


def test_of_what_is_as_written_there_is_nothing_to_tell(copy: Path) -> None:
    assert verify(copy) == alterations(open_dataset(copy)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seed": 7', b'"seed": 8'),
        (b'"images": 3', b'"images": 30'),
        (b'"scene": "studio"', b'"scene":  "studio"'),  # another byte, no other value
        (b'"card_sha256": "', b'"card_sha256": "0'),
        (b'  "card_sha256"', b'   "card_sha256"'),
    ],
)
def test_a_card_is_known_to_have_changed_by_any_byte(copy: Path, old: bytes, new: bytes) -> None:
    replace_in(copy / "dataset.json", old, new)
    assert verify(copy) == ["dataset.json has changed"]
    (note,) = alterations(open_dataset(copy))
    assert note.startswith("dataset.json has changed since the dataset was made")


def test_a_card_without_its_checksum_cannot_be_verified(copy: Path) -> None:
    card = orjson.loads((copy / "dataset.json").read_bytes())
    (copy / "dataset.json").write_bytes(orjson.dumps({k: v for k, v in card.items() if k != OWN_SUM}))
    assert verify(copy) == ["dataset.json lacks card_sha256: whether it has changed cannot be told"]


def test_the_checksum_of_a_card_is_of_its_bytes_with_zeros_for_it(made: Dataset) -> None:
    data, own = (made.root / "dataset.json").read_bytes(), made.card[OWN_SUM]
    assert hashlib.sha256(data.replace(own.encode(), b"0" * 64)).hexdigest() == own


def test_a_changed_coco_file_is_told_to_have_no_effect(copy: Path) -> None:
    replace_in(copy / "annotations/instances.json", b'"area"', b'"arex"')
    (note,) = open_images(copy).notes
    assert note.startswith("annotations/instances.json has changed since the dataset was made, and is not read: labels come from ")
    assert f"name the file itself: {copy}/annotations/instances.json" in note


@pytest.mark.parametrize("path", ["images/000/000001.png", "semantic/000/000002.png"])
def test_changed_pictures_are_told_by_the_readers(path: str, copy: Path) -> None:
    (copy / path).write_bytes((copy / path.replace("00001.", "00000.").replace("00002.", "00000.")).read_bytes())
    (note,) = open_images(copy).notes
    assert note.startswith(f"{path} has changed since the dataset was made, so this is not the dataset that dataset.json describes")
    assert f"`scenewright verify {copy}` names every such file" in note


def test_export_and_contact_sheet_tell_and_go_on(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "files.sha256").unlink()
    assert main(["export", str(copy), "coco", str(tmp_path / "coco")]) == 0
    assert f"note: {copy}: files.sha256 is missing since the dataset was made" in capsys.readouterr().err
    assert main(["contact-sheet", str(copy), str(tmp_path / "sheet.png")]) == 0
    assert "files.sha256 is missing" in capsys.readouterr().err


def test_changed_labels_are_told_or_refused_never_a_traceback(copy: Path) -> None:
    shard = copy / "annotations/shards/00000.jsonl"
    lines = shard.read_bytes().splitlines(keepends=True)
    shard.write_bytes(lines[0].replace(b'"weather":"dry"', b'"weather":"wet"') + b"".join(lines[1:]))  # as long as before
    (note,) = open_images(copy).notes
    assert note.startswith("annotations/shards/00000.jsonl has changed")
    for changed in (lines[:2], [*lines, lines[0]], [lines[1], lines[0], lines[2]], [lines[0], b"{\n", lines[2]]):
        shard.write_bytes(b"".join(changed))
        with pytest.raises(
            DatasetError,
            match=r"00000\.jsonl (was changed or|is) damaged: (its lines are not where .*00000\.index\.json says|.* of image \d)",
        ):
            open_images(copy)
    shard.write_bytes(b"".join(lines[:2]))
    (copy / "annotations/shards/00000.index.json").unlink()
    assert len(open_images(copy).images) == 2
    (copy / "annotations/shards/00000.index.json").write_bytes(orjson.dumps({"indices": [0, 1], "offsets": [0, 5]}))
    with pytest.raises(DatasetError, match="is damaged: a record of image 1 in it is no JSON"):
        open_dataset(copy).record(1)

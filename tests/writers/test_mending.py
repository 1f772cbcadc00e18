"""What a run finds broken: an unfinished dataset is mended to the bytes of an undisturbed one, a changed finished one is left alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path

import pytest

from generator.dataset import Dataset, open_dataset
from generator.errors import DatasetError
from generator.settings import OutputSettings
from generator.verification import refuse_changed, verify
from generator.writers import layout
from generator.writers.card import finish
from generator.writers.files import file_paths, image_files
from generator.writers.mending import mend
from generator.writers.shards import compact, compacted_records
from generator.writers.store import Store, open_store
from tests.studio import frame_of
from tests.writers.made import SPECS, make_dataset, truth_of
from tests.writers.synthetic import FACTS, JOB, files, record, tree

COUNT = 6
Damage = Callable[[Path], None]


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SHARD_IMAGES", 4)


def paths_of(index: int) -> Mapping[str, str]:
    return {path.split("/")[0]: path for path in files(index)}


def commit_missing(store: Store) -> None:
    done = store.done_indices()
    for index in set(range(COUNT)).difference(done.tolist()):
        store.commit(index, files(index), record(index))


def begun(root: Path) -> None:
    """Images 0 to 3 in a shard, 4 and 5 loose."""
    with open_store(root, JOB) as store:
        commit_missing(store)
        compact(store, 0)


def mended(root: Path, mine: Callable[[int], bool] = lambda index: True) -> dict[int, str]:
    """What a run does, and what it found."""
    with open_store(root, JOB) as store:
        refuse_changed(store.folder)
        lost = mend(store, paths_of, mine)
        commit_missing(store)
        finish(store, FACTS)
    return lost


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, bytes]:
    begun(tmp_path / "undisturbed")
    mended(tmp_path / "undisturbed")
    return tree(tmp_path / "undisturbed")


LOST = {
    "record cut off": (lambda root: cut(root / "records/001/000004.json", 100), {4: "records/001/000004.json is damaged"}),
    "record empty": (lambda root: cut(root / "records/001/000005.json", 0), {5: "records/001/000005.json is damaged"}),
    "record of another": (
        lambda root: shutil.copy(root / "records/001/000004.json", root / "records/001/000005.json"),
        {5: "records/001/000005.json is damaged"},
    ),
    "picture": (lambda root: (root / "images/001/000004.json").unlink(), {4: "images/001/000004.json is missing"}),
    "picture in a shard": (lambda root: (root / "images/000/000002.json").unlink(), {2: "images/000/000002.json is missing"}),
    "scene empty": (lambda root: cut(root / "scenes/000/000000.json", 0), {0: "scenes/000/000000.json is empty"}),
    "all of a shard": (lambda root: shutil.rmtree(root / "images/000"), {i: f"images/000/00000{i}.json is missing" for i in range(4)}),
    "lines of a shard": (lambda root: (root / "annotations/shards/00000.jsonl").unlink(), {}),
    "index of a shard": (lambda root: (root / "annotations/shards/00000.index.json").unlink(), {}),
    "nothing": (lambda root: None, {}),
}


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize(("damage", "lost"), LOST.values(), ids=LOST.keys())
def test_what_is_lost_is_made_again(tmp_path: Path, undisturbed: dict[str, bytes], damage: Damage, lost: dict[int, str]) -> None:
    begun(tmp_path / "made")
    damage(tmp_path / "made")
    assert mended(tmp_path / "made") == lost
    assert tree(tmp_path / "made") == undisturbed


GONE = (
    "images/000/000001.json",
    "scenes/001/000005.json",
    "annotations/shards/00001.jsonl",
    "annotations/shards/00000.index.json",
    "annotations/instances.json",
)


@pytest.mark.parametrize("gone", GONE)
def test_what_a_finished_dataset_lost_is_made_again(tmp_path: Path, undisturbed: dict[str, bytes], gone: str) -> None:
    shutil.copytree(tmp_path / "undisturbed", tmp_path / "made")
    (tmp_path / "made" / gone).unlink()
    mended(tmp_path / "made")
    assert tree(tmp_path / "made") == undisturbed


def without_last_line(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def other_areas(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"area":100', b'"area":5'))


CHANGED = {
    "a line less": ("annotations/shards/00000.jsonl", without_last_line),
    "other areas": ("annotations/shards/00001.jsonl", other_areas),
    "cut off": ("annotations/shards/00000.jsonl", lambda path: cut(path, 1000)),
    "index": ("annotations/shards/00001.index.json", lambda path: cut(path, 9)),
    "merged": ("annotations/instances.json", other_areas),
    "sums": ("files.sha256", without_last_line),
    "card": ("dataset.json", lambda path: path.write_bytes(path.read_bytes().replace(b"made", b"mode"))),
}


@pytest.mark.parametrize(("name", "change"), CHANGED.values(), ids=CHANGED.keys())
def test_a_finished_dataset_that_was_changed_is_not_overwritten(
    tmp_path: Path, undisturbed: dict[str, bytes], name: str, change: Damage
) -> None:
    root = tmp_path / "undisturbed"
    change(root / name)
    before = tree(root)
    for _ in range(2):  # not the second time either
        with pytest.raises(DatasetError, match=rf"is finished, and since then .*{name} has changed.*Nothing was overwritten.*delete"):
            mended(root)
    assert tree(root) == before
    for path in {name, "dataset.json"}:  # as the message says
        (root / path).unlink()
    mended(root)
    assert tree(root) == undisturbed


def test_a_lost_list_of_checksums_is_told(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    (tmp_path / "undisturbed/files.sha256").unlink()
    with pytest.raises(DatasetError, match=r"since then files\.sha256 is missing"):
        mended(tmp_path / "undisturbed")


def test_a_shard_that_was_cut_off_before_the_end_of_the_job_is_named(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    begun(tmp_path / "made")
    shard = tmp_path / "made/annotations/shards/00000.jsonl"
    cut(shard, 1000)
    with pytest.raises(DatasetError, match=r"00000\.jsonl is damaged: it ends after 1,000 bytes, its 4 records do not\. Delete it and run"):
        mended(tmp_path / "made")
    shard.unlink()
    mended(tmp_path / "made")
    assert tree(tmp_path / "made") == undisturbed


@pytest.mark.parametrize("with_index", [True, False])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, undisturbed: dict[str, bytes], with_index: bool) -> None:
    begun(tmp_path / "made")
    shard = tmp_path / "made/annotations/shards/00000.jsonl"
    lines = shard.read_bytes().splitlines(keepends=True)
    shard.write_bytes(b"".join([lines[0], b"x" * (len(lines[1]) - 1) + b"\n", *lines[2:]]))
    if not with_index:
        (shard.parent / "00000.index.json").unlink()
    with pytest.raises(DatasetError, match=r"00000\.jsonl is damaged: .*delete it and run"):
        mended(tmp_path / "made")
    shard.unlink()
    mended(tmp_path / "made")
    assert tree(tmp_path / "made") == undisturbed


def test_a_record_that_breaks_later_stays_out_of_the_shard(tmp_path: Path) -> None:
    begun(tmp_path)
    cut(tmp_path / "records/001/000004.json", 100)
    with open_store(tmp_path, JOB) as store:
        with pytest.raises(DatasetError, match=r"records/001/000004\.json is damaged"):
            compact(store, 1)
        assert [r["image"]["index"] for r in compacted_records(store.folder)] == [0, 1, 2, 3]


def test_each_driver_sees_to_its_own_images(tmp_path: Path) -> None:
    begun(tmp_path)
    for index in (1, 2):
        (tmp_path / f"images/000/00000{index}.json").unlink()
    with open_store(tmp_path, JOB, "0-of-2") as store:
        assert set(mend(store, paths_of, lambda index: index % 2 == 0)) == {2}
        assert set(store.done_indices()) == {0, 1, 3, 4, 5}


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"job": 3}', ""])
def test_a_damaged_job_is_named(tmp_path: Path, text: str) -> None:
    begun(tmp_path)
    (tmp_path / "job.json").write_text(text)
    with pytest.raises(DatasetError, match=r"job\.json is damaged: .*or use another folder"), open_store(tmp_path, JOB):
        pass


def test_a_file_that_is_gone_is_no_full_disk(tmp_path: Path) -> None:
    folder = Store.at(tmp_path).folder
    with pytest.raises(DatasetError, match=r"some\.json is missing in the dataset folder") as caught, folder.errors():
        folder.read("some.json")
    assert "make room" not in str(caught.value)


def test_the_files_of_an_image_are_those_that_are_looked_for() -> None:
    spec, labels, picture = truth_of(SPECS[0])
    for form, depth, linear in product(("png", "jpeg"), ("none", "png16", "exr"), (False, True)):
        settings = OutputSettings(image_format=form, depth=depth, linear_exr=linear, normals=linear, semantic=not linear)
        assert [*image_files(spec, picture, labels, settings, frame_of(spec))] == [*file_paths(spec.index, settings).values()]


@pytest.fixture
def pictures(tmp_path: Path) -> Dataset:
    return make_dataset(tmp_path / "pictures", depth="exr")


READERS = {"depth": "depth_m", "images": "rgb", "normals": "normal", "semantic": "semantic", "instances": "instances", "scenes": "spec"}


@pytest.mark.parametrize(("kind", "read"), READERS.items())
@pytest.mark.parametrize("size", [None, 0, 150])
def test_a_picture_that_cannot_be_read_is_named(pictures: Dataset, kind: str, read: str, size: int | None) -> None:
    path = pictures.root / pictures.path(1, kind)
    if size is None:
        path.unlink()
    else:
        cut(path, size)
    with pytest.raises(DatasetError, match=rf"{kind}/\S+ is (missing|damaged).*command makes the image again"):
        getattr(open_dataset(pictures.root), read)(1)
    assert len(verify(pictures.root)) == 1

"""Compaction and the merged file: right content, one pass, bounded memory."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.writers import layout
from generator.writers.card import finish
from generator.writers.coco import category_list
from generator.writers.merge import merge_instances
from generator.writers.shards import compact, compact_all, compact_complete, compacted_records, read_record
from generator.writers.store import Store, open_store, shard_index
from tests.writers.synthetic import FACTS, JOB, files, record


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(layout, "SHARD_IMAGES", 4)
    with open_store(tmp_path, JOB) as store:
        yield store


def commit(store: Store, *indices: int) -> None:
    for index in indices:
        store.commit(index, files(index), record(index))


def test_only_complete_ranges_are_compacted(store: Store) -> None:
    commit(store, 0, 1, 2, 4, 5, 6, 7)
    assert compact_complete(store) == 1
    assert [p.name for p in sorted((store.root / layout.SHARDS).iterdir())] == ["00001.index.json", "00001.jsonl"]
    assert store.loose() == {0: [0, 1, 2]}
    assert set(store.done_indices()) == {0, 1, 2, 4, 5, 6, 7}


def test_records_are_found_loose_and_compacted(store: Store) -> None:
    commit(store, 0, 1, 5, 6)
    compact(store, 1)
    assert [read_record(store.folder, i) for i in (0, 5, 6)] == [record(i) for i in (0, 5, 6)]
    assert read_record(store.folder, 4) is None
    assert read_record(store.folder, 999) is None


def test_a_missing_shard_index_is_read_off_the_lines(store: Store) -> None:
    commit(store, 5, 7, 6)
    compact(store, 1)
    before = shard_index(store.folder, 1)
    (store.root / layout.shard_index_path(1)).unlink()
    assert shard_index(store.folder, 1) == before == {"indices": [5, 6, 7], "offsets": before["offsets"]}
    assert set(store.done_indices()) == {5, 6, 7}


def test_late_records_join_their_shard_in_order(store: Store) -> None:
    commit(store, 7, 4)
    compact(store, 1)
    commit(store, 5)
    compact(store, 1)
    assert [r["image"]["index"] for r in compacted_records(store.folder)] == [4, 5, 7]
    assert [read_record(store.folder, i) for i in (4, 5, 7)] == [record(i) for i in (4, 5, 7)]


def test_the_merged_file_is_coco_in_order_of_the_index(store: Store) -> None:
    commit(store, 9, 2, 0, 5)
    finish(store, FACTS)
    merged = json.loads((store.root / layout.INSTANCES).read_bytes())
    assert list(merged) == ["annotations", "categories", "images", "info", "licenses"]
    assert [i["index"] for i in merged["images"]] == [0, 2, 5, 9]
    assert merged["annotations"] == [a for i in (0, 2, 5, 9) for a in record(i)["annotations"]]
    assert [c["id"] for c in merged["categories"]] == [1, 2]


def test_an_empty_dataset_is_still_coco(store: Store) -> None:
    finish(store, FACTS)
    merged = json.loads((store.root / layout.INSTANCES).read_bytes())
    assert (merged["images"], merged["annotations"]) == ([], [])


def test_merging_holds_one_record_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the images must not take more memory; the merged files are 0.7 and 7 MB."""
    monkeypatch.setattr(layout, "SHARD_IMAGES", 100)
    monkeypatch.setattr("generator.storage.atomic.os.fsync", lambda handle: None)
    monkeypatch.setattr("generator.writers.merge.COPY_BYTES", 1 << 16)  # a buffer that the smaller one does not fill would look like growth
    peaks = []
    for images in (100, 1000):
        for index in range(images):
            path = store.root / layout.record_path(index)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(json.dumps(record(index, 20)).encode() + b"\n")
        compact_all(store)
        tracemalloc.start()
        merge_instances(store, category_list(("ball", "crate")), "")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (store.root / layout.INSTANCES).stat().st_size > 5e6
    assert peaks[1] < peaks[0] + 500_000

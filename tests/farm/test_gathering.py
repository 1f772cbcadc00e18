"""Ranges of a thousand are put together beside the work: by whom, when, and what happens if that fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.dataset import Store, open_store
from generator.errors import DatasetError
from generator.writers import layout
from render_farm import gathering
from render_farm.gathering import Gathering, Ranges
from render_farm.share import Share
from tests.writers.synthetic import JOB, files, record

SIZE = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SHARD_IMAGES", SIZE)
    monkeypatch.setattr(gathering, "SHARD_IMAGES", SIZE)


def commit(store: Store, *indices: int) -> None:
    for index in indices:
        store.commit(index, files(index), record(index))


@given(order=st.permutations(list(range(12))), of=st.integers(1, 4))
def test_every_range_is_offered_once_by_the_share_that_owns_it_when_its_own_images_are_settled(order: list[int], of: int) -> None:
    gathering.SHARD_IMAGES = SIZE
    for number in range(of):
        share, given_ = Share(number, of), []
        ranges = Ranges(share, share.indices(12), given_.append)
        settled: set[int] = set()
        for index in (i for i in order if i % of == number):
            settled.add(index)
            ranges.settle(index)
            assert all({i for i in range(s * SIZE, s * SIZE + SIZE) if i % of == number} <= settled for s in given_)
        assert sorted(given_) == [s for s in range(3) if s % of == number]


def test_what_an_earlier_run_left_is_offered_at_once_and_so_is_what_others_fill() -> None:
    given_: list[int] = []
    Ranges(Share(0, 1), np.array([5, 6]), given_.append).begin(20, {0, 1, 4})
    assert given_ == [0, 4], "range 1 has images to come"
    given_.clear()
    Ranges(Share(2, 6), np.array([2, 8, 14]), given_.append).begin(16, ())
    assert given_ == [], "it has images of range 2 itself"
    Ranges(Share(1, 6), np.array([1, 7, 13]), given_.append).begin(40, ())
    assert given_ == [7], "of ranges 1 and 7, it has images in the first alone"


def test_a_complete_range_is_put_together_and_an_incomplete_one_when_others_have_completed_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_AGAIN_S", 0.01)
    with open_store(tmp_path, JOB) as store:
        commit(store, 0, 1, 2, 3, 4, 5, 6)
        with Gathering(store) as gatherer:
            gatherer.give(0)
            gatherer.give(1)
            while store.loose_of(0):
                pass
            assert store.loose_of(1) == [4, 5, 6]
            commit(store, 7)
            while store.loose_of(1):
                pass
        assert set(store.done_indices()) == set(range(8))


def test_an_image_in_quarantine_completes_its_range(tmp_path: Path) -> None:
    with open_store(tmp_path, JOB) as store:
        commit(store, 0, 1, 3)
        store.quarantine(2, "it crashed", "", None)
        with Gathering(store) as gatherer:
            gatherer.give(0)
        assert store.loose_of(0) == []
        assert store.committed(range(8)) == {0, 1, 3}


def test_a_storage_that_fails_for_a_while_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = iter([DatasetError("no room: make room"), None])

    def unsteady(store: Store, shard: int) -> bool:
        if (error := next(outcomes)) is not None:
            raise error
        return True

    monkeypatch.setattr(gathering, "compact_if_complete", unsteady)
    with Gathering(Store.at(tmp_path)) as gatherer:
        gatherer.give(3)
    assert next(outcomes, "used up") == "used up", "the end looks once more"


def test_what_is_committed_is_told_of_loose_and_put_together_records_alike(tmp_path: Path) -> None:
    with open_store(tmp_path, JOB) as store:
        commit(store, *range(6), 9)
        with Gathering(store) as gatherer:
            gatherer.give(0)
        assert store.committed([0, 3, 5, 7, 9, 11, 40]) == {0, 3, 5, 9}
        assert store.committed([]) == set()

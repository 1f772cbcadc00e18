"""Whatever is lost, repeated or late: every image ends committed or in quarantine, once, and only its own failures count."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import DatasetError
from render_farm.backend import Event, Heard, Report
from render_farm.driver import Driver, Patience
from render_farm.interrupts import Interrupts
from render_farm.leases import Failure, Leases, told
from render_farm.protocol import Answer
from tests.farm.fake_backend import FakeBackend, FakeLedger

PATIENCE = Patience(lease_s=40.0, silence_s=60.0)
ATTEMPTS = 3


def driven(backend: FakeBackend, indices: list[int], looks: int = 5000) -> FakeLedger:
    """A run to its end over `indices`; the ledger."""
    ledger = FakeLedger(backend)
    driver = Driver(Leases(np.array(indices, np.int64), ATTEMPTS), backend, ledger, PATIENCE, lambda: backend.now)
    left = iter(range(looks))
    driver.run(Interrupts(60.0), lambda: next(left))  # StopIteration: it does not end
    assert driver.leases.unsettled == 0
    return ledger


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    indices=st.sets(st.integers(0, 60), min_size=1, max_size=40),
    bad=st.sets(st.integers(0, 60), max_size=5),
    flaky=st.dictionaries(st.integers(0, 60), st.integers(1, ATTEMPTS - 1), max_size=10),
    losses=st.integers(0, 30),
)
def test_any_interleaving_settles_each_image_once(seed: int, indices: set[int], bad: set[int], flaky: dict[int, int], losses: int) -> None:
    backend = FakeBackend(Random(seed), bad, dict(flaky), losses)
    ledger = driven(backend, sorted(indices))
    assert ledger.settled.keys() == indices
    aside = {index for index, how in ledger.settled.items() if how == "quarantined"}
    assert aside == bad & indices, "an image is given up for its own failures, and never for a lost place"
    assert set(backend.committed) >= indices - bad
    assert all(reason == f"it crashed (in {ATTEMPTS} of {ATTEMPTS} tries)" for reason in ledger.reasons.values())


def test_without_losses_every_image_is_made_once() -> None:
    backend = FakeBackend(Random(1), set(), {}, 0)
    driven(backend, list(range(500)))
    assert backend.committed == dict.fromkeys(range(500), 1)


def test_told_to_stop_what_is_begun_ends_and_nothing_is_settled_without_being_made() -> None:
    backend = FakeBackend(Random(2), set(), {}, 0)
    ledger = FakeLedger(backend)
    stop = Interrupts(1e9)
    driver = Driver(Leases(np.arange(1000), ATTEMPTS), backend, ledger, PATIENCE, lambda: backend.now)
    looks = iter([False] * 5 + [True] * 1000)
    driver.run(stop, lambda: stop.ask() if next(looks) and not stop.stop.is_set() else None)
    assert 0 < driver.leases.unsettled < 1000
    assert set(ledger.settled) == set(backend.committed)
    assert not driver.leases.any_held


class Refusing(FakeBackend):
    """A store that refuses everything until `until`."""

    until = 100.0

    def _make(self, index: int) -> Report:
        if self.now < self.until:
            return Report(index=index, answer=Answer(status="storage", index=index, error="no room: make room"))
        return super()._make(index)


def test_a_store_that_comes_back_in_time_costs_nothing_and_one_that_does_not_ends_the_run() -> None:
    for storage_s, ends in ((500.0, False), (50.0, True), (0.0, True)):
        backend = Refusing(Random(3), set(), {}, 0)
        ledger = FakeLedger(backend)
        patience = Patience(40.0, 60.0, storage_s)
        driver = Driver(Leases(np.arange(20), ATTEMPTS), backend, ledger, patience, lambda b=backend: b.now)
        if ends:
            with pytest.raises(DatasetError, match="no room: make room"):
                driver.run(Interrupts(60.0), lambda: None)
        else:
            driver.run(Interrupts(60.0), lambda: None)
            assert set(ledger.settled) == set(range(20))


def test_a_failed_image_goes_last_and_elsewhere() -> None:
    leases = Leases(np.arange(4), 3)
    assert leases.lend("a", 2, alone=False) == (0, 1)
    assert leases.fail(0, "a", "crash") is None
    assert leases.lend("a", 5, alone=False) == (2, 3), "not what failed there"
    assert leases.lend("b", 5, alone=False) == (0,)
    assert leases.fail(0, "a", "late word") is None, "it does not hold it any more"
    assert leases.fail(0, "b", "crash") is None
    assert leases.lend("b", 5, alone=False) == ()
    assert leases.lend("b", 5, alone=True) == (0,), "one place alone tries again"
    assert leases.fail(0, "b", "hang") == (Failure("a", "crash"), Failure("b", "crash"), Failure("b", "hang"))


def test_what_a_lost_place_held_comes_first() -> None:
    leases = Leases(np.array([5, 6, 7, 8, 9]), 2)
    leases.lend("a", 3, alone=False)
    assert leases.settle(6)
    assert not leases.settle(6)
    assert not leases.settle(4)
    assert leases.return_all("a") == (5, 7)
    assert leases.lend("b", 3, alone=False) == (5, 7, 8)
    assert leases.unsettled == 4


def test_reasons_are_told_once_when_alike() -> None:
    assert told(["crash", "crash"]) == "crash (in 2 of 2 tries)"
    assert told(["crash", "hang"]) == "try 1: crash; try 2: hang"
    assert told(["crash"]) == "crash"


class Timed(FakeBackend):
    """One place that takes `seconds` an image, and remembers the sizes of its leases."""

    seconds = 1.0

    def places(self) -> dict[str, int]:
        self._work.setdefault("only", [])
        return {"only": 1}

    def give(self, place: str, indices: tuple[int, ...]) -> None:
        super().give(place, indices)
        self.sizes = [*getattr(self, "sizes", []), len(indices)]

    def hear(self, timeout_s: float) -> list[Event]:
        done = self._work["only"]
        self.now += self.seconds * len(done)
        reports = tuple(self._make(index) for index in done)
        self._work["only"] = []
        return [Heard("only", reports)]


@pytest.mark.parametrize(("seconds", "size"), [(0.1, 400), (2.0, 20), (100.0, 1)])
def test_leases_last_about_as_long_as_wanted_and_end_small(seconds: float, size: int) -> None:
    backend = Timed(Random(0), set(), {}, 0)
    backend.seconds = seconds
    driven(backend, list(range(2000)), looks=3000)
    assert backend.sizes[0] == 2, "a small one first, to learn"
    assert backend.sizes[1] == size
    assert backend.sizes[-1] == 1


def test_what_lasts_long_is_lent_one_at_a_time_from_the_first() -> None:
    """So that no place holds what another could begin."""
    backend = Timed(Random(0), set(), {}, 0)
    backend.seconds = 100.0
    patience = Patience(PATIENCE.lease_s, 1e9, first=1)
    driver = Driver(Leases(np.arange(20), ATTEMPTS), backend, FakeLedger(backend), patience, lambda: backend.now)
    driver.run(Interrupts(60.0), lambda: None)
    assert backend.sizes == [1] * 20

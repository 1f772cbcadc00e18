"""Leases keep two drivers apart, outlive nobody, and are renewed."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest

from generator.errors import DatasetError, DatasetInUseError
from generator.exit_codes import INTERRUPTED
from generator.storage import Folder, folder_at, lease
from generator.writers.store import open_store
from tests.writers.synthetic import JOB


@pytest.fixture
def folder(memory: str, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr(lease, "_LOOK_S", 0.01)
    return folder_at(memory)


def put_foreign(folder: Folder, path: str, until: float, host: str = "elsewhere") -> None:
    folder.put(path, orjson.dumps({"host": host, "pid": 2**22 + 1, "since_ns": 1, "until": until}))


def test_two_drivers_cannot_share_a_url_but_parts_can(place: str | Path) -> None:
    with open_store(place, JOB), pytest.raises(DatasetError, match=r"in use by another process \(pid \d+ on "):
        open_store(place, JOB).__enter__()
    with open_store(place, JOB, "0-of-4"), open_store(place, JOB, "1-of-4"):
        for part in ("0-of-4", None):
            with pytest.raises(DatasetInUseError, match=r"in use by another process \(.*pid \d+ on ") as raised:
                open_store(place, JOB, part).__enter__()
            assert raised.value.exit_code == INTERRUPTED
    with open_store(place, JOB), pytest.raises(DatasetError, match="in use"):
        open_store(place, JOB, "0-of-4").__enter__()
    with open_store(place, JOB):
        pass


def test_the_lease_of_a_dead_process_of_this_machine_is_taken_at_once(folder: Folder) -> None:
    import os

    put_foreign(folder, "run/lease", time.time() + 1000, host=os.uname().nodename)
    with folder.hold(None):
        assert orjson.loads(folder.read("run/lease"))["pid"] == os.getpid()
    assert not folder.has("run/lease")


def test_a_lease_from_elsewhere_is_taken_when_it_has_run_out(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    put_foreign(folder, "run/lease", time.time() - lease.SKEW_S - 1)
    with folder.hold(None):
        pass
    put_foreign(folder, "run/lease", time.time() - lease.SKEW_S + 0.3)
    with folder.hold(None):
        pass
    assert not folder.has("run/lease")


def test_a_lease_that_is_renewed_is_respected(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    put_foreign(folder, "run/lease", time.time() + 50)
    looks = []

    def renewing(seconds: float) -> None:
        looks.append(seconds)
        put_foreign(folder, "run/lease", time.time() + 50 + len(looks))

    monkeypatch.setattr(lease.time, "sleep", renewing)
    with pytest.raises(DatasetError, match=r"in use by another process \(pid 4194305 on elsewhere\)"):
        folder.hold(None).__enter__()
    assert len(looks) == 1


def test_a_lease_is_renewed_while_it_is_held_and_not_after_it_is_lost(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEW_S", 0.01)
    with folder.hold(None):
        first = folder.read("run/lease")
        deadline = time.monotonic() + 5
        while folder.read("run/lease") == first and time.monotonic() < deadline:
            time.sleep(0.01)
        assert orjson.loads(folder.read("run/lease"))["until"] > orjson.loads(first)["until"]
        put_foreign(folder, "run/lease", time.time() + 50)
        time.sleep(0.05)
        assert orjson.loads(folder.read("run/lease"))["host"] in ("elsewhere", lease.os.uname().nodename)

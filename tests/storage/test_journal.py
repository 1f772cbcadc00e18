"""The log of a run: whole lines, in files of bounded size, however often and wherever the run goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from generator.dataset import Store
from render_farm import journal
from render_farm.journal import Journal


def note_all(store: Store, numbers: range) -> None:
    log = Journal(store, None)
    for number in numbers:
        log.note("image", index=number)
    log.close()


def noted(store: Store) -> list[int]:
    names = [name for name in store.folder.names("run") if name.endswith(".jsonl")]
    full = sorted(name for name in names if name != "run/log.jsonl")
    lines = [line for name in (*full, "run/log.jsonl") for line in store.folder.read(name).splitlines()]
    return [orjson.loads(line)["index"] for line in lines]


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_a_log_is_turned_over_and_goes_on(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LOG_BYTES", 1000)
    store = Store.at(tmp_path if kind == "local" else request.getfixturevalue("s3"))
    note_all(store, range(50))
    assert len([name for name in store.folder.names("run") if ".0000" in name]) > 1
    note_all(store, range(50, 120))
    if kind == "s3":  # the run goes on on another machine, which has nothing of it
        shutil.rmtree(store.run_folder)
    note_all(store, range(120, 200))
    assert noted(store) == list(range(200))
    assert max(store.folder.sizes("run").values()) < 1100
    if kind == "s3":  # this machine once made another dataset there
        store.folder.remove_below("run")
        note_all(store, range(10))
        assert noted(store) == list(range(10))

"""The log of a run: whole lines, in files of bounded size, however often and wherever the run goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from generator.dataset import Store
from render_farm import journal
from render_farm.journal import Journal
from tests.farm.runs import ENVIRONMENT, ROOT


def note_all(store: Store, numbers: range) -> None:
    log = Journal(store, None)
    note(log, numbers)
    log.close()


def note(log: Journal, numbers: range) -> None:
    for number in numbers:
        log.note("image", index=number)


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


FILL = """
import itertools, pathlib, sys
from generator.dataset import Store
from render_farm import journal
from tests.storage.test_journal import note, noted

journal.LOG_BYTES = 5000
store, folder = Store.at(sys.argv[1]), pathlib.Path(sys.argv[1])
log = journal.Journal(store, None)
note(log, range(100))
log.state({"images": 100})
filler = open(folder / "filler", "wb", buffering=0)
try:
    while True:
        filler.write(bytes(1000))
except OSError:
    pass
try:
    for number in itertools.count():
        (folder / f"empty-{number}").touch()
except OSError:
    pass
note(log, range(100, 300))  # into what is left of a page, and then nowhere
log.state({"images": 300})
log.trace({"traceEvents": []})
between = noted(store)
for path in folder.glob("empty-*"):
    path.unlink()
filler.truncate(0)
note(log, range(300, 400))
log.close()
print(between, noted(store), store.folder.read("run/state.json"), store.folder.names("run"), sep="\\n")
"""


def test_a_full_disk_costs_whole_lines_and_nothing_else(tmp_path: Path) -> None:
    """Neither room nor free inodes: lines are left out, none is torn, the old state stays, and with room it goes on."""
    script = f'mount -t tmpfs -o size=64k,nr_inodes=20 tmpfs {tmp_path} || exit 99; exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", sys.executable, "-c", FILL, str(tmp_path)]
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    result = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if result.returncode == 99 or "unshare" in result.stderr:
        pytest.skip("this machine does not allow mounting a small disk")
    assert result.returncode == 0, result.stderr
    between, after, state, names = result.stdout.splitlines()
    kept = orjson.loads(between)
    assert kept == list(range(len(kept)))
    assert 100 <= len(kept) < 300, "the disk was full"
    assert orjson.loads(after) == kept + list(range(300, 400))
    assert "100" in state
    assert ".tmp" not in names

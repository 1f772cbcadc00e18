"""The store: whatever happens, what is there is whole, and going on gives the bytes of an undisturbed run."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from generator.errors import DatasetError, DatasetInputError
from generator.storage import atomic
from generator.writers import layout
from generator.writers.card import finish
from generator.writers.shards import compact_complete
from generator.writers.store import Store, open_store
from tests.writers.synthetic import FACTS, JOB, files, record, tree

# The children that are forked here only write files; the warning is about threads that others may have started.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

COUNT = 6
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SHARD_IMAGES", 4)


def fill(root: Path, order: list[int] | None = None) -> None:
    """The whole job: what is missing is made, ranges are compacted as they fill, at the end all is merged."""
    with open_store(root, JOB) as store:
        done = store.done_indices()
        for index in order or range(COUNT):
            if index not in done:
                store.commit(index, files(index), record(index))
                compact_complete(store)
        finish(store, FACTS)


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, bytes]:
    fill(tmp_path / "undisturbed")
    return tree(tmp_path / "undisturbed")


def test_a_commit_is_files_then_record(tmp_path: Path) -> None:
    with open_store(tmp_path, JOB) as store:
        assert set(store.done_indices()) == set()
        store.commit(5, files(5), record(5))
        assert set(store.done_indices()) == {5}
        assert orjson.loads((tmp_path / "records/001/000005.json").read_bytes()) == record(5)
        assert (tmp_path / "images/001/000005.json").read_bytes() == files(5)["images/001/000005.json"]
        assert list((tmp_path / "run/tmp").iterdir()) == []


def test_any_order_gives_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    fill(tmp_path / "other", [5, 0, 3, 1, 4, 2])
    assert tree(tmp_path / "other") == undisturbed
    assert not any(path.startswith("records/") for path in undisturbed)


def test_finishing_twice_changes_nothing(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    fill(tmp_path / "undisturbed")
    assert tree(tmp_path / "undisturbed") == undisturbed


class Steps:
    """Counts the calls that change the disk and does something at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, action: Callable[[], None]) -> None:
        self.count, self.at, self.action = 0, at, action
        for module, name in ((os, "replace"), (os, "fsync"), (atomic.Path, "unlink"), (atomic.Path, "rmdir")):
            monkeypatch.setattr(module, name, self.wrapped(getattr(module, name)))

    def wrapped(self, function: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **kwargs: object) -> object:
            self.count += 1
            if self.count == self.at:
                self.action()
            return function(*args, **kwargs)

        return step


def test_a_kill_at_any_step_leaves_nothing_behind(tmp_path: Path, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends at once at step n, for every n, as by kill -9; then the same job runs again."""
    with monkeypatch.context() as patch:
        steps = Steps(patch, -1, lambda: None)
        fill(tmp_path / "counted")
        total = steps.count
    assert total > 100
    for at in range(1, total + 1):
        root = tmp_path / f"killed{at}"
        child = os.fork()
        if child == 0:
            Steps(monkeypatch, at, lambda: os._exit(9))
            fill(root)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        fill(root)
        assert tree(root) == undisturbed, f"killed at step {at} of {total}"


@pytest.mark.parametrize("at", range(1, 60, 7))
def test_a_full_disk_stops_with_one_message_and_the_job_goes_on(
    tmp_path: Path, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    root = tmp_path / "full"
    with monkeypatch.context() as patch:
        Steps(patch, at, full)
        with pytest.raises(DatasetError, match=r"No space left on device.*run the same command again"):
            fill(root)
    fill(root)
    assert tree(root) == undisturbed


def test_a_truncated_file_is_never_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(tmp_path, JOB) as store:
        broken = {path: data[:-3] for path, data in files(0).items()}
        with pytest.raises(DatasetError, match="does not read back as json"):
            store.commit(0, broken, record(0))
        monkeypatch.setattr(os, "fsync", lambda handle: os.ftruncate(handle, 2))
        with pytest.raises(DatasetError, match=r"holds 2 of \d+ bytes"):
            store.commit(0, files(0), record(0))
        assert set(store.done_indices()) == set()
        assert not (tmp_path / "images").exists()


def test_another_job_is_refused_and_told_apart(tmp_path: Path) -> None:
    with open_store(tmp_path, JOB) as store:
        store.quarantine(0, "a reason", "a log", None)
    other = {**JOB, "render": {"samples": 8, "engine": "cycles"}, "seed": 1}
    with pytest.raises(DatasetError) as caught, open_store(tmp_path, other):
        pass
    assert "render.samples: 4 in the folder, 8 asked for" in str(caught.value)
    assert "seed: None in the folder, 1 asked for" in str(caught.value)


def test_a_folder_without_images_is_free_for_another_job(tmp_path: Path) -> None:
    other = {**JOB, "seed": 1}
    with open_store(tmp_path, JOB):
        pass
    with open_store(tmp_path, other) as store:
        store.quarantine(0, "a reason", "a log", None)
    with open_store(tmp_path, other):
        pass
    with pytest.raises(DatasetError, match="belongs to another job"), open_store(tmp_path, JOB):
        pass


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DatasetError, match="is not empty and not a dataset"), open_store(tmp_path, JOB):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DatasetInputError, match="is a file, not a folder"), open_store(tmp_path / "thesis.txt", JOB):
        pass


def test_an_error_of_the_caller_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_store(tmp_path, JOB):
        raise FileNotFoundError("the caller's own")


def test_two_drivers_cannot_share_a_folder_but_parts_can(tmp_path: Path) -> None:
    with open_store(tmp_path, JOB), pytest.raises(DatasetError, match=rf"in use by another process \(pid {os.getpid()} on "):
        open_store(tmp_path, JOB).__enter__()
    with open_store(tmp_path, JOB, "0-of-2"), open_store(tmp_path, JOB, "1-of-2"):
        me = rf"pid {os.getpid()} on {re.escape(os.uname().nodename)}"
        for part, holders in (("0-of-2", me), (None, f"0-of-2: {me}, 1-of-2: {me}")):
            with pytest.raises(DatasetError, match=rf"in use by another process \({holders}\)"):
                open_store(tmp_path, JOB, part).__enter__()
    with open_store(tmp_path, JOB, "1-of-2"), pytest.raises(DatasetError, match=rf"process \(1-of-2: {me}\)"):
        open_store(tmp_path, JOB).__enter__()
    with open_store(tmp_path, JOB):
        pass


def test_the_lock_ends_with_a_killed_driver_though_its_child_lives_on(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time; from pathlib import Path; from generator.writers.store import open_store\n"
        f"with open_store(Path({str(tmp_path)!r}), {JOB!r}):\n"
        "    print(subprocess.Popen(['sleep', '30'], stdout=subprocess.DEVNULL).pid, flush=True); time.sleep(30)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        child = int(driver.stdout.readline())
        with pytest.raises(DatasetError, match=f"pid {driver.pid}"), open_store(tmp_path, JOB):
            pass
        driver.kill()
        driver.wait()
        with open_store(tmp_path, JOB):
            pass
        os.kill(child, signal.SIGKILL)


def test_quarantine_keeps_what_is_needed_and_ends_with_a_commit(tmp_path: Path) -> None:
    with open_store(tmp_path, JOB) as store:
        store.quarantine(2, "box is not tight", "the log's end", None)
        assert store.quarantined() == {2: "box is not tight"}
        assert (tmp_path / "quarantine/000002/log.txt").read_text() == "the log's end"
        assert set(store.done_indices()) == set()
        for index in (0, 1, 3):
            store.commit(index, files(index), record(index))
        assert compact_complete(store) == 1  # the range has an answer for every image
        store.commit(2, files(2), record(2))
        assert store.quarantined() == {}
        assert set(store.done_indices()) == {0, 1, 2, 3}


def test_an_image_that_comes_late_gives_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    root = tmp_path / "late"
    with open_store(root, JOB) as store:
        store.quarantine(1, "crashed", "", None)
        for index in (0, 2, 3, 4, 5):
            store.commit(index, files(index), record(index))
        card = finish(store, FACTS)
        assert card["quarantined"] == {"1": "crashed"}
        assert card["counts"]["images"] == 5
    fill(root)
    assert tree(root) == undisturbed


def test_many_processes_may_commit_at_once(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    with open_store(tmp_path / "many", JOB) as store:
        children = []
        for share in range(3):
            child = os.fork()
            if child == 0:
                for index in range(share, COUNT, 3):
                    Store.at(store.root).commit(index, files(index), record(index))
                os._exit(0)
            children.append(child)
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
        finish(store, FACTS)
    assert tree(tmp_path / "many") == undisturbed


def test_timing_is_no_part_of_the_dataset(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    root = tmp_path / "undisturbed"
    Store.at(root).write_timing(layout.TIMING, {"finished": time.time(), "rgb_s": 3.2})
    assert (root / "run/timing.json").exists()
    assert tree(root) == undisturbed
    assert "run/" not in undisturbed["files.sha256"].decode()

"""A dataset at a URL has the bytes and the promises of one in a folder, whatever the storage does meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.core import set_initial_no_auth_action_count
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from generator.dataset import open_dataset
from generator.errors import DatasetError
from generator.storage import Place, folder_at, lease, retry
from generator.storage.remote import RemoteFolder
from generator.verification import verify
from generator.writers import layout
from generator.writers.card import finish
from generator.writers.exports import export
from generator.writers.shards import compact_complete, read_record
from generator.writers.store import Store, open_store
from tests.writers.synthetic import FACTS, JOB, files, record

COUNT = 6


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SHARD_IMAGES", 4)


def fill(place: Place, order: list[int] | None = None, count: int = COUNT) -> None:
    """The whole job, as the farm does it: an image that failed once is set aside and made later."""
    with open_store(place, JOB) as store:
        store.begin()
        done = store.done_indices()
        for index in order or range(count):
            if index not in done:
                if index == 2:
                    store.quarantine(index, "a reason", "a log", None)
                store.commit(index, files(index), record(index))
                compact_complete(store)
        finish(store, FACTS)


def tree(place: Place) -> dict[str, bytes]:
    """Every file by path, without what belongs to a run."""
    folder = folder_at(place)
    return folder.read_many(name for name in folder.names("") if not name.startswith("run/"))


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, bytes]:
    fill(tmp_path / "undisturbed")
    return tree(tmp_path / "undisturbed")


def test_the_bytes_are_those_of_a_local_folder(place: Place, undisturbed: dict[str, bytes]) -> None:
    fill(place, [5, 0, 2, 1, 4, 3])
    assert tree(place) == undisturbed
    assert verify(place) == []
    dataset = open_dataset(place)
    assert dataset.indices() == list(range(COUNT))
    assert list(dataset.records()) == [record(i) for i in range(COUNT)]
    assert [dataset.record(i) for i in (0, 3, 5)] == [record(i) for i in (0, 3, 5)]
    fill(place)
    assert tree(place) == undisturbed, "finishing twice changes nothing"


def test_verify_reads_the_bytes(place: Place) -> None:
    fill(place)
    folder = folder_at(place)
    folder.put("images/000/000001.json", b"{}")
    folder.remove(["scenes/000/000003.json"])
    assert verify(place) == ["images/000/000001.json has changed", "scenes/000/000003.json is missing"]


def test_exports_go_to_urls(s3: str, tmp_path: Path) -> None:
    fill(tmp_path / "made")
    assert export(open_dataset(tmp_path / "made"), "coco", f"{s3}/coco") == {"": COUNT}
    export(open_dataset(tmp_path / "made"), "coco", tmp_path / "coco")
    assert tree(f"{s3}/coco") == tree(tmp_path / "coco")
    with pytest.raises(DatasetError, match="is not empty"):
        export(open_dataset(tmp_path / "made"), "coco", f"{s3}/coco")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(COUNT)), cut=st.integers(0, COUNT))
def test_any_order_and_any_interruption_give_the_same_bytes(memory: str, undisturbed: dict[str, bytes], order: list[int], cut: int) -> None:
    place = f"{memory}/{cut}-{''.join(map(str, order))}"
    with open_store(place, JOB) as store:
        for index in order[:cut]:
            store.commit(index, files(index), record(index))
    fill(place, list(order))
    assert tree(place) == undisturbed


class Killed(BaseException):
    """The process is gone: nothing that it does afterwards reaches the storage."""


class Steps:
    """Counts the calls that reach the storage; at one of them the process dies, before it or in the middle of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, when: str) -> None:
        self.count, self.at, self.when, self.dead = 0, at, when, False
        original = RemoteFolder._call

        def step(folder: RemoteFolder, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            if self.dead:
                raise Killed
            self.count += 1
            self.dead = self.count == self.at
            if self.dead and self.when == "in the middle" and isinstance(arguments[0], dict | list):
                half = arguments[0][:1] if isinstance(arguments[0], list) else dict(list(arguments[0].items())[:1])
                original(folder, function, half, **options)
            if self.dead:
                raise Killed
            return original(folder, function, *arguments, **options)

        monkeypatch.setattr(RemoteFolder, "_call", step)


@pytest.mark.parametrize("when", ["before", "in the middle"])
def test_a_kill_at_any_call_loses_nothing(memory: str, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr(lease, "is_gone", lambda host, pid: True)  # the next run sees a lease whose process is gone
    with monkeypatch.context() as patch:
        steps = Steps(patch, -1, when)
        fill(f"{memory}/counted")
    assert steps.count > 80
    for at in range(1, steps.count + 1):
        place = f"{memory}/killed{at}"
        with monkeypatch.context() as patch:
            Steps(patch, at, when)
            with pytest.raises(Killed):
                fill(place)
        fill(place)
        assert tree(place) == undisturbed, f"killed {when} call {at} of {steps.count}"


def test_two_writers_of_one_image_both_succeed_and_one_record_stands(s3: str) -> None:
    made: list[bool] = []
    original = RemoteFolder.put_new

    def counted(folder: RemoteFolder, path: str, data: bytes) -> bool:
        made.append(original(folder, path, data))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch, open_store(s3, JOB) as store:
        patch.setattr(RemoteFolder, "put_new", counted)
        start = threading.Barrier(8)

        def commit() -> None:
            start.wait()
            Store.at(s3).commit(3, files(3), record(3))

        threads = [threading.Thread(target=commit) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Counter(made) == {True: 1, False: 7}
        assert read_record(store.folder, 3) == record(3)


def test_the_record_is_of_the_files_that_are_there(memory: str) -> None:
    """A second writer whose bytes differ (another kind of processor) has replaced the files, so its record must replace the first."""
    with open_store(memory, JOB) as store:
        store.commit(1, files(1), record(1))
        store.commit(1, files(1), record(1, annotations=5))
        assert read_record(store.folder, 1) == record(1, annotations=5)


def test_a_network_that_comes_back_is_waited_for(
    server: ThreadedMotoServer, s3: str, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_FIRST_WAIT_S", 0.05)
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    host, port = server.get_host_and_port()
    back = threading.Event()

    def return_later() -> None:
        back.wait()
        server.__init__(ip_address=host, port=port, verbose=False)  # type: ignore[misc]
        server.start()

    waiting = threading.Thread(target=return_later)
    waiting.start()
    sleep = retry.time.sleep

    def slept(seconds: float) -> None:
        back.set()  # the storage returns while the run waits for it
        sleep(seconds)

    with open_store(s3, JOB) as store:
        for index in range(3):
            store.commit(index, files(index), record(index))
        server.stop()
        monkeypatch.setattr(retry.time, "sleep", slept)
        store.commit(3, files(3), record(3))
    waiting.join()
    fill(s3)
    assert tree(s3) == undisturbed


def test_a_storage_that_stays_away_is_one_error_and_the_job_goes_on(
    memory: str, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.storage.remote.PATIENCE_S", 0.2)
    monkeypatch.setattr(retry, "_FIRST_WAIT_S", 0.05)
    with open_store(memory, JOB) as store, monkeypatch.context() as patch:
        store.commit(0, files(0), record(0))

        def gone(*arguments: Any, **options: Any) -> None:
            raise ConnectionResetError("connection reset by peer")

        patch.setattr(store.folder.system, "pipe", gone)  # type: ignore[attr-defined]
        with pytest.raises(DatasetError, match=r"does not answer \(ConnectionResetError.*run the same command again"):
            store.commit(1, files(1), record(1))
    fill(memory)
    assert tree(memory) == undisturbed


def test_no_bucket_and_no_permission_are_said_before_anything_is_made(s3: str) -> None:
    with pytest.raises(DatasetError, match=r"s3://nowhere/x cannot be written to, its bucket does not exist: make it first"):
        open_store("s3://nowhere/x", JOB).__enter__()

    @set_initial_no_auth_action_count(0)
    def forbidden() -> None:
        with pytest.raises(DatasetError, match=r"may not be read or written with the credentials found here .*AWS_ACCESS_KEY_ID"):
            open_store(s3, JOB).__enter__()

    forbidden()


def test_no_server_is_said_soon(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    monkeypatch.setattr("generator.storage.remote.FIRST_PATIENCE_S", 0.1)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(DatasetError, match=r"does not answer .*127\.0\.0\.1:9.*check the address"):
        open_store(s3, JOB).__enter__()


def test_resuming_costs_one_request_a_shard(s3: str, requests: Counter[str]) -> None:
    fill(s3, count=40)
    store = Store.at(s3)
    requests.clear()
    assert set(store.done_indices()) == set(range(40))
    assert requests["GetObject"] == 10, "the index of each shard"
    assert requests.total() <= 10 + 4, "and the listings"


def test_an_image_costs_one_request_a_file_and_one_for_its_record(s3: str, requests: Counter[str]) -> None:
    with open_store(s3, JOB) as store:
        requests.clear()
        for index in range(4):
            store.commit(index, files(index), record(index))
        assert requests == {"PutObject": 4 * (len(files(0)) + 1)}
        requests.clear()
        assert compact_complete(store) == 1
        assert requests["GetObject"] <= 4 + 4, "its records, and a few for the range"
        assert requests["DeleteObjects"] <= 3
        requests.clear()
        finish(store, FACTS)
        assert not any("images" in name for name in requests)
        assert requests["GetObject"] <= 8, "no image is downloaded"

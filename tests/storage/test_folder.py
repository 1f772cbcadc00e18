"""The same promises for a folder on disk, in memory and in an object store."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import ConfigError, DatasetError, MissingPackageError
from generator.storage import Folder, folder_at, is_url, joined, parent_and_name, tidied

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(place: str | Path) -> Folder:
    return folder_at(place)


def test_what_is_put_is_there_whole(folder: Folder) -> None:
    folder.put("a/b.txt", b"one")
    folder.put("a/b.txt", b"another")
    assert folder.read("a/b.txt") == b"another"
    assert (folder.has("a/b.txt"), folder.has("a"), folder.has("a/c.txt")) == (True, False, False)
    with pytest.raises(FileNotFoundError):
        folder.read("a/c.txt")
    assert folder.read_many(["a/c.txt", "a/b.txt"]) == {"a/b.txt": b"another"}
    assert folder.read_many([]) == {}
    assert folder.read_range("a/b.txt", 2, 5) == b"oth"
    assert folder.read_range("a/b.txt", 4, None) == b"her"


def test_put_new_leaves_the_first(folder: Folder) -> None:
    assert folder.put_new("x", b"first")
    assert not folder.put_new("x", b"second")
    assert folder.read("x") == b"first"


def test_listing(folder: Folder) -> None:
    assert folder.entries() == folder.names("") == []
    for path in ("b/2", "b/c/1", "bb", "a"):
        folder.put(path, path.encode())
    own = [name for name in folder.entries() if name != "run"]
    assert own == ["a", "b", "bb"]
    assert folder.names("b") == ["b/2", "b/c/1"]
    assert folder.sizes("b") == {"b/2": 3, "b/c/1": 5}
    assert [name for name in folder.names("") if not name.startswith("run/")] == ["a", "b/2", "b/c/1", "bb"]
    assert folder.names("nothing") == []


def test_removing_what_is_not_there_is_no_error(folder: Folder) -> None:
    for path in ("d/1", "d/2", "d/e/3", "keep"):
        folder.put(path, b"x")
    folder.remove(["d/1", "d/nothing"])
    folder.remove([])
    folder.remove(["other/nothing"])
    assert folder.names("d") == ["d/2", "d/e/3"]
    folder.prune("d")
    assert folder.has("d/2")
    folder.remove_below("d")
    folder.prune("nothing")
    assert folder.names("d") == []
    assert folder.has("keep")


def test_a_large_file_streams_both_ways(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.storage.remote.CHUNK_BYTES", 1000)
    lines = [b"%d\n" % i for i in range(3000)]
    with folder.write("big/file") as out:
        for line in lines:
            out.write(line)
        assert not folder.has("big/file"), "it appears when it is complete"
    with folder.open("big/file") as file:
        assert file.readline() == b"0\n"
        assert list(file) == lines[1:]
    folder.put("empty", b"")
    with folder.open("empty") as file:
        assert file.read() == b""
    with pytest.raises(FileNotFoundError):
        folder.open("nothing")


def test_an_error_while_writing_leaves_nothing(folder: Folder) -> None:
    def fails() -> Iterator[bytes]:
        yield b"half of it"
        raise RuntimeError("the producer's own")

    with pytest.raises(RuntimeError), folder.write("a/file") as out:
        out.writelines(fails())
    assert folder.names("") == []


def test_files_that_fail_their_check_are_not_put(folder: Folder) -> None:
    def check(path: str, data: bytes) -> None:
        if data == b"bad":
            raise DatasetError(f"{path} is bad")

    with pytest.raises(DatasetError, match="b is bad"):
        folder.put_all({"a": b"good", "b": b"bad"}, check)
    assert folder.names("") == []
    folder.put_all({"a": b"good", "c/b": b"fine"}, check)
    assert (folder.read("a"), folder.read("c/b")) == (b"good", b"fine")


def test_a_spool_is_written_and_read_and_gone(folder: Folder) -> None:
    with folder.spool() as file:
        file.write(b"abc")
        file.seek(0)
        assert file.read() == b"abc"
    assert folder.names("") == []


def test_one_process_at_a_time_has_its_turn(folder: Folder) -> None:
    with folder.turn("compact", wait=False) as mine:
        assert mine
        with folder.turn("compact", wait=False) as second:
            assert not second
    with folder.turn("compact", wait=True) as mine:
        assert mine


def test_places() -> None:
    assert not any(map(is_url, ("data/street", Path("/x"), "file:///x", "C:/x")))
    assert all(map(is_url, ("s3://bucket/x", "gs://b", "memory://x")))
    assert str(folder_at("file:///tmp/x")) == "/tmp/x"
    assert (joined("s3://b/x/", "y/z"), joined("data/x/", "y")) == ("s3://b/x/y/z", "data/x/y")
    assert (tidied("s3://b/x/"), tidied("data//x/")) == ("s3://b/x", "data/x")
    folder, name = parent_and_name("s3://b/x/sheet.png")
    assert (str(folder), name) == ("s3://b/x", "sheet.png")
    with pytest.raises(ConfigError, match="a URL has two slashes, s3://bucket/x"):
        folder_at(Path("s3://bucket/x"))


def test_a_missing_backend_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(importlib.import_module("fsspec.registry").__dict__["_registry"], "s3", raising=False)
    with pytest.raises(
        MissingPackageError,
        match=r"s3://b/x: this machine cannot read s3:// yet: pip install s3fs \(or pip install \"scenewright\[s3\]\"\)",
    ):
        folder_at("s3://b/x")
    with pytest.raises(ConfigError, match=r"nonsense://x: Protocol not known: nonsense; known are s3, gs"):
        folder_at("nonsense://x")


def test_memory_is_no_place_for_other_processes(memory: str) -> None:
    with pytest.raises(DatasetError, match="is in the memory of one process"):
        _ = folder_at(memory).place


def test_local_datasets_need_no_fsspec() -> None:
    code = (
        "import sys, generator.dataset as d; d.Store.at('/tmp/x').folder; print(sorted({'fsspec', 's3fs', 'aiohttp'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"

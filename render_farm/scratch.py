"""Folders for the renderer's temporary files, on a RAM disk where there is room, gone afterwards even after kill -9."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generator.errors import ConfigError

_RAM_DISK = Path("/dev/shm")
_PREFIX = "scenewright-"
_ROOM_BYTES = 200_000_000  # a worker's uncompressed passes at 1920 x 1080 take 60 MB


@contextlib.contextmanager
def scratch_folders(count: int, wanted: str | None) -> Iterator[list[Path]]:
    """`count` empty folders under `wanted`, or on the RAM disk, or where the system keeps temporary files. Raises ConfigError."""
    parent = existing_folder(Path(wanted), f"farm.scratch={wanted}") if wanted else _default_parent(count)
    _sweep(parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as root, open(Path(root, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folders = [Path(root, str(i)) for i in range(count)]
        for folder in folders:
            folder.mkdir()
        yield folders


def existing_folder(folder: Path, setting: str) -> Path:
    """`folder`. Raises ConfigError, naming the `setting`, when there is no such folder: it would more likely be mistyped than wanted."""
    if not folder.is_dir():
        raise ConfigError(f"{setting}: there is no folder {folder}: make it, or name another")
    return folder


def _default_parent(count: int) -> Path:
    if _RAM_DISK.is_dir() and shutil.disk_usage(_RAM_DISK).free > count * _ROOM_BYTES:
        return _RAM_DISK
    return Path(tempfile.gettempdir())


def _sweep(parent: Path) -> None:
    """Removes what killed runs left: a folder of ours whose lock nobody holds."""
    for lock in parent.glob(f"{_PREFIX}*/lock"):
        with contextlib.suppress(OSError), open(lock, "r+") as file:  # in use, or another user's
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)

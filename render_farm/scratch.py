"""Folders for the renderer's temporary files, on a RAM disk where there is room, gone afterwards even after kill -9."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_RAM_DISK = Path("/dev/shm")
_PREFIX = "scenewright-"
_ROOM_BYTES = 200_000_000  # a worker's uncompressed passes at 1920 x 1080 take 60 MB


@contextlib.contextmanager
def scratch_folders(count: int, wanted: str | None) -> Iterator[list[Path]]:
    """`count` empty folders under `wanted`, or on the RAM disk, or where the system keeps temporary files."""
    parent = Path(wanted) if wanted else _default_parent(count)
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as root, open(Path(root, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folders = [Path(root, str(i)) for i in range(count)]
        for folder in folders:
            folder.mkdir()
        yield folders


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

"""Locks of the kernel on local files: they end with their process, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from generator.errors import DatasetError


@contextlib.contextmanager
def flocked(file_path: Path, root: Path, *, shared: bool) -> Iterator[None]:
    """Holds the lock of `file_path`. Raises DatasetError naming its owner when another process does."""
    with open(file_path, "a+") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise DatasetError(f"{root} is in use by another process ({owner}): wait for it, stop it, or write elsewhere") from error
        if not shared:
            file.truncate(0)
            file.write(f"pid {os.getpid()} on {os.uname().nodename}")
            file.flush()
        yield


@contextlib.contextmanager
def flocked_turn(file_path: Path, *, wait: bool) -> Iterator[bool]:
    """Holds the lock of `file_path` and gives True; False when another process has it and `wait` is not set."""
    with open(file_path, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True

"""Locks of the kernel on local files: they end with their process, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from generator.storage.lease import in_use

_NAMED = 3  # sharers that an error lists


@contextlib.contextmanager
def flocked(file_path: Path, root: Path, *, shared: bool) -> Iterator[None]:
    """Holds the lock of `file_path`. Raises DatasetInUseError naming its owner when another process does.

    Who shares it holds besides a lock `file_path`.NAME of its own, and is named by that.
    """
    with open(file_path, "a+") as file:
        if not _locked(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            raise in_use(str(root), _sharers(file_path) if _locked(file, fcntl.LOCK_SH) else _owner(file))
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


def _locked(file: IO[str], kind: int) -> bool:
    """Whether the lock could be had at once."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sharers(file_path: Path) -> str:
    """'0-of-2: pid 12 on a, 1-of-2: pid 13 on a'"""
    found = []
    for own in sorted(file_path.parent.glob(f"{file_path.name}.*-of-*")):
        with open(own) as file:
            if not _locked(file, fcntl.LOCK_SH):
                found.append(f"{own.name.removeprefix(file_path.name + '.')}: {_owner(file)}")
    return _listed(found)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _owner(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip()

"""Local files that are there whole or not at all, whatever happens in between: staged, synced, then renamed into place."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generator.errors import DatasetError


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns a failing disk into one clear DatasetError."""
    try:
        yield
    except FileNotFoundError as error:
        raise DatasetError(
            f"{error.filename or folder} is missing in the dataset folder {folder}, or was taken away meanwhile: put it back and run "
            "the same command again, or use another folder"
        ) from error
    except OSError as error:
        free = f"; {shutil.disk_usage(folder).free / 1e9:.2f} GB are free there" if folder.exists() else ""
        raise DatasetError(
            f"cannot write to the dataset folder {folder}: {error}{free}. What is finished is safe: make room or mend it and run "
            "the same command again"
        ) from error


def stage(scratch: Path, data: bytes) -> Path:
    """A new synced file with `data` in the folder `scratch`, which is on the file system of its target."""
    scratch.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=scratch)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # mkstemp's 0600 would hide the dataset from others
            os.fsync(file.fileno())
        if os.stat(name).st_size != len(data):
            raise OSError(f"{name} holds {os.stat(name).st_size} of {len(data)} bytes")
    except BaseException:
        remove(Path(name))
        raise
    return Path(name)


def place(staged: Path, target: Path) -> None:
    """Renames a staged file to its target; a reader sees the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)


def sync_folder(folder: Path) -> None:
    """Makes renames in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(scratch: Path, target: Path, data: bytes) -> None:
    """`data` at `target`, atomic and durable."""
    staged = stage(scratch, data)
    try:
        place(staged, target)
    finally:
        remove(staged)
    sync_folder(target.parent)


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)

"""A folder of files, on a local disk or in an object store: the few operations that datasets are made of.

A path is relative to the folder, with forward slashes. A file is there whole or not at all, whatever happens to its writer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from generator.errors import ConfigError

type Place = str | Path  # a local folder, or a URL such as s3://bucket/street

RUN = "run"  # what belongs to the machines that work on it: locks, temporary files, timing
COPY_BYTES = 1 << 20
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LOST_SLASH = re.compile(r"(s3|s3a|gs|gcs|abfs|az|memory):/(?!/)")


class Folder(Protocol):
    """Reading raises FileNotFoundError for what is not there. What else goes wrong is a DatasetError, for a local disk inside `errors`."""

    @property
    def place(self) -> str:
        """What names this folder to any process: an absolute path, or a URL."""
        ...

    def read(self, path: str) -> bytes: ...

    def read_range(self, path: str, start: int, stop: int | None) -> bytes:
        """Bytes [start, stop) of a file; to its end when stop is None."""
        ...

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The files that are there by path, at once where the storage is far away."""
        ...

    def open(self, path: str) -> BinaryIO:
        """The file for streamed reading in bounded memory."""
        ...

    def has(self, path: str) -> bool: ...

    def names(self, below: str) -> list[str]:
        """Sorted paths of all files below a folder; empty when there is none."""
        ...

    def sizes(self, below: str) -> dict[str, int]:
        """Bytes of all files below a folder by path, by listing alone."""
        ...

    def entries(self) -> list[str]:
        """Names of what lies directly in the folder."""
        ...

    def put(self, path: str, data: bytes) -> None:
        """Makes or replaces a file, whole; a reader sees the old one or the new one."""
        ...

    def put_new(self, path: str, data: bytes) -> bool:
        """Makes a file unless there is one; whether it was made."""
        ...

    def put_all(self, files: Mapping[str, bytes], check: Callable[[str, bytes], None]) -> None:
        """Several files, none of them before `check(path, bytes)` has passed on all."""
        ...

    def write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """A large file, streamed; it appears when the block is left without an error, and leaves no trace otherwise."""
        ...

    def spool(self) -> AbstractContextManager[BinaryIO]:
        """A temporary file without a name."""
        ...

    def remove(self, paths: Iterable[str]) -> None:
        """Removes files; those that are not there are no error."""
        ...

    def remove_below(self, path: str) -> None:
        """Removes a folder with all that is in it."""
        ...

    def prune(self, path: str) -> None:
        """Removes a folder if it is empty, where folders exist at all."""
        ...

    def hold(self, part: str | None) -> AbstractContextManager[None]:
        """Keeps other drivers off, but for those of other parts. Raises DatasetError when the folder is in use."""
        ...

    def turn(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """One process at a time does what `name` stands for; gives False when it is another's turn and `wait` is not set."""
        ...

    def errors(self) -> AbstractContextManager[None]:
        """Turns failures of the storage inside the block into one clear DatasetError."""
        ...


def folder_at(place: Place) -> Folder:
    """The folder at a path or URL; nothing is touched. Raises ConfigError for a URL that cannot be served."""
    if is_url(place):
        from generator.storage.remote import remote_folder  # imports fsspec: local runs do without

        return remote_folder(str(place))
    from generator.storage.local import LocalFolder

    return LocalFolder(Path(str(place).removeprefix("file://")))


def is_url(place: Place) -> bool:
    """Whether a place is an object store's. Raises ConfigError for "s3:/bucket", which some shell or Path made of "s3://bucket"."""
    text = str(place)
    if lost := _LOST_SLASH.match(text):
        raise ConfigError(f"{text}: a URL has two slashes, {lost[1]}://{text[lost.end() :]}")
    return _URL.match(text) is not None and not text.startswith("file://")


def tidied(place: Place) -> str:
    """A place as text, the same for two spellings of it."""
    return str(place).rstrip("/") if is_url(place) else str(Path(place))


def joined(place: Place, name: str) -> str:
    """`name` in the folder `place`, as text."""
    return f"{str(place).rstrip('/')}/{name}" if is_url(place) else str(Path(place) / name)


def parent_and_name(place: Place) -> tuple[Folder, str]:
    """The folder that a file lies in, and its name there; a local one without the syncs of a dataset."""
    if not is_url(place):
        from generator.storage.local import LocalFolder

        return LocalFolder(Path(place).parent, durable=False), Path(place).name
    parent, _, name = str(place).rpartition("/")
    return folder_at(parent), name

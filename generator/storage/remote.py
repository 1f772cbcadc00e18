"""A folder in an object store, or at any other URL that fsspec knows: s3://, gs://, memory:// ...

A file is one object, put whole; there is no rename. Credentials and addresses are those of the backend's own environment and of
fsspec's configuration (docs/dataset.md).
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.core import url_to_fs

from generator.errors import ConfigError, DatasetError, MissingPackageError
from generator.storage.folder import RUN
from generator.storage.lease import holder_of, in_use, leased, leased_turn
from generator.storage.retry import FIRST_PATIENCE_S, PATIENCE_S, patiently

CHUNK_BYTES = 8 << 20  # of a streamed read: 0.1 s at 100 MB/s, so that the 30 ms of a request count little
# s3fs asks for the size of every object before it reads it, unless told not to read it in parallel parts. Its ten connections would
# make a thousand records of 30 ms a request take 3 s
_S3 = {"max_concurrency": 1, "config_kwargs": {"max_pool_connections": 64}}
_OPTIONS: dict[str, dict[str, Any]] = {"s3": _S3, "s3a": _S3}
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}


def remote_folder(url: str) -> RemoteFolder:
    """The folder at a URL; nothing is touched. Raises MissingPackageError, ConfigError for an unknown backend."""
    protocol = url.split("://", 1)[0]
    try:
        # what others write must be seen: no cache of listings
        system, base = url_to_fs(url, use_listings_cache=False, **_OPTIONS.get(protocol, {}))
    except ImportError as error:
        extra = _EXTRAS.get(protocol)
        package = {"s3": "s3fs", "gcs": "gcsfs"}.get(extra or "", "")
        what = f'pip install {package} (or pip install "scenewright[{extra}]")' if extra else f"install the package it names ({error})"
        raise MissingPackageError(f"{url}: this machine cannot read {protocol}:// yet: {what}") from error
    except ValueError as error:
        known = ", ".join(("s3", "gs", "abfs", "memory"))
        raise ConfigError(f"{url}: {error}; known are {known} and all others of fsspec, or a local folder") from error
    return RemoteFolder(url.rstrip("/"), system, base.rstrip("/"))


@dataclass(frozen=True)
class RemoteFolder:
    """url: as given. base: the same as `system` names it."""

    url: str
    system: fsspec.AbstractFileSystem
    base: str
    _reached: list[bool] = field(default_factory=list, compare=False)

    def __str__(self) -> str:
        return self.url

    @property
    def place(self) -> str:
        if self.url.startswith("memory://"):
            raise DatasetError(
                f"{self.url} is in the memory of one process, but images are rendered by others: use a folder or an object store"
            )
        return self.url

    def read(self, path: str) -> bytes:
        return bytes(self._call(self.system.cat_file, self._at(path)))

    def read_range(self, path: str, start: int, stop: int | None) -> bytes:
        return bytes(self._call(self.system.cat_file, self._at(path), start=start, end=stop))

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        wanted = {self._at(path): path for path in paths}
        return self._call(self._read_many, wanted) if wanted else {}

    def open(self, path: str) -> BinaryIO:
        size = int(self._call(self.system.info, self._at(path))["size"])
        return io.BufferedReader(_Ranges(partial(self.read_range, path), size), CHUNK_BYTES)

    def has(self, path: str) -> bool:
        try:
            return bool(self._call(self.system.info, self._at(path))["type"] == "file")  # isfile says no when there is no network
        except FileNotFoundError:
            return False

    def names(self, below: str) -> list[str]:
        return sorted(self.sizes(below))

    def sizes(self, below: str) -> dict[str, int]:
        try:
            found = self._call(self.system.find, self._at(below), detail=True)
        except FileNotFoundError:  # no bucket yet
            return {}
        return {name[len(self.base) + 1 :]: int(entry["size"]) for name, entry in found.items()}

    def entries(self) -> list[str]:
        try:
            found = self._call(self.system.ls, self.base, detail=False)
        except FileNotFoundError:
            return []
        return sorted(name.rstrip("/").rsplit("/", 1)[-1] for name in found if name.rstrip("/") != self.base)

    def put(self, path: str, data: bytes) -> None:
        self._change(self.system.pipe_file, self._at(path), data)

    def put_new(self, path: str, data: bytes) -> bool:
        try:
            self._change(self._create, self._at(path), data)
        except FileExistsError:
            return False
        return True

    def put_all(self, files: Mapping[str, bytes], check: Callable[[str, bytes], None]) -> None:
        for path, data in files.items():
            check(path, data)
        self._change(self.system.pipe, {self._at(path): data for path, data in files.items()})

    @contextlib.contextmanager
    def write(self, path: str) -> Iterator[BinaryIO]:
        """By way of a local temporary file, so that the whole object can be sent again when the network fails."""
        with tempfile.NamedTemporaryFile(prefix="scenewright-") as file:
            yield cast(BinaryIO, file)
            file.flush()
            self._change(self.system.put_file, file.name, self._at(path))

    @contextlib.contextmanager
    def spool(self) -> Iterator[BinaryIO]:
        with tempfile.TemporaryFile() as file:
            yield file

    def remove(self, paths: Iterable[str]) -> None:
        wanted = [self._at(path) for path in paths]
        if not wanted:
            return
        try:
            self._call(self.system.rm, wanted)  # S3 takes a thousand in one request, and those that are not there
        except FileNotFoundError:
            for name in wanted:
                with contextlib.suppress(FileNotFoundError):
                    self._call(self.system.rm_file, name)

    def remove_below(self, path: str) -> None:
        self.remove(self.names(path))

    def prune(self, path: str) -> None:
        """There are no folders."""

    @contextlib.contextmanager
    def hold(self, part: str | None) -> Iterator[None]:
        lease = f"{RUN}/lease"
        with leased(self, lease if part is None else f"{lease}.part-{part}", self.url):
            rivals = [lease] if part is not None else [name for name in self.names(RUN) if name.startswith(f"{lease}.part-")]
            for holder in (holder_of(self, rival) for rival in rivals):
                if holder is not None:
                    raise in_use(self.url, holder)
            yield

    def turn(self, name: str, *, wait: bool) -> contextlib.AbstractContextManager[bool]:
        return leased_turn(self, f"{RUN}/lease.{name}", wait=wait)

    def errors(self) -> contextlib.AbstractContextManager[None]:
        """Every call turns its own failures into a DatasetError."""
        return contextlib.nullcontext()

    def _at(self, path: str) -> str:
        return f"{self.base}/{path}" if path else self.base

    def _change(self, function: Callable[..., Any], *arguments: Any) -> None:
        try:
            self._call(function, *arguments)
        except FileNotFoundError as error:
            raise DatasetError(f"{self.url} cannot be written to, its bucket does not exist: make it first ({error})") from error

    def _call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        result = patiently(partial(function, *arguments, **options), self.url, PATIENCE_S if self._reached else FIRST_PATIENCE_S)
        if not self._reached:
            self._reached.append(True)
        return result

    def _create(self, name: str, data: bytes) -> None:
        """Raises FileExistsError when there is such an object: a conditional put (If-None-Match) of the store."""
        try:
            self.system.pipe_file(name, data, mode="create")
        except OSError as error:
            if "PreconditionFailed" in repr(error.__cause__) or "PreconditionFailed" in str(error) or "pre-conditions" in str(error):
                raise FileExistsError(name) from error
            raise

    def _read_many(self, wanted: Mapping[str, str]) -> dict[str, bytes]:
        found = self.system.cat_ranges(list(wanted), None, None, on_error="return")
        failed = [data for data in found if isinstance(data, Exception) and not isinstance(data, FileNotFoundError)]
        if failed:
            raise failed[0]
        return {path: bytes(data) for path, data in zip(wanted.values(), found, strict=True) if not isinstance(data, Exception)}


class _Ranges(io.RawIOBase):
    """A file of `size` bytes as a stream of ranged reads, each of which may be tried again."""

    def __init__(self, read_range: Callable[[int, int], bytes], size: int) -> None:
        self._read_range, self._size, self._position = read_range, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        stop = min(self._position + len(view), self._size)
        if stop <= self._position:
            return 0
        data = self._read_range(self._position, stop)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

"""A folder on a local disk, or on a network file system that is mounted like one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from generator.errors import DatasetInputError
from generator.storage.atomic import disk_errors, place, remove, stage, sync_folder, write_file
from generator.storage.flock import flocked, flocked_turn
from generator.storage.folder import RUN, Folder


@dataclass(frozen=True)
class LocalFolder:
    """Every file is staged in `run/tmp`, synced and renamed. `durable=False` spares that, for what can simply be made again."""

    root: Path
    durable: bool = True

    def __str__(self) -> str:
        return str(self.root)

    @property
    def place(self) -> str:
        return str(self.root.resolve())

    @property
    def scratch(self) -> Path:
        return self.root / RUN / "tmp"

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def read_range(self, path: str, start: int, stop: int | None) -> bytes:
        with open(self.root / path, "rb") as file:
            file.seek(start)
            return file.read() if stop is None else file.read(stop - start)

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        found = {}
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                found[path] = self.read(path)
        return found

    def open(self, path: str) -> BinaryIO:
        return open(self.root / path, "rb")

    def has(self, path: str) -> bool:
        return (self.root / path).is_file()

    def names(self, below: str) -> list[str]:
        base = str(self.root / below)
        inner = ((folder[len(base) + 1 :], names) for folder, _, names in os.walk(base))
        return sorted("/".join(part for part in (below, folder, name) if part) for folder, names in inner for name in names)

    def sizes(self, below: str) -> dict[str, int]:
        return {name: os.stat(f"{self.root}/{name}").st_size for name in self.names(below)}  # a Path each would take as long again

    def entries(self) -> list[str]:
        if self.root.exists() and not self.root.is_dir():
            raise DatasetInputError(f"{self.root} is a file, not a folder: choose another place")
        return sorted(p.name for p in self.root.iterdir()) if self.root.is_dir() else []

    def put(self, path: str, data: bytes) -> None:
        target = self.root / path
        if self.durable:
            write_file(self.scratch, target, data)
            return
        with self.write(path) as file:
            file.write(data)

    def put_new(self, path: str, data: bytes) -> bool:
        """Not exclusive: the folder's lock keeps other drivers off, and workers that do the same work write the same bytes."""
        if self.has(path):
            return False
        self.put(path, data)
        return True

    def put_all(self, files: Mapping[str, bytes], check: Callable[[str, bytes], None]) -> None:
        """All are staged and read back before the first is renamed into place."""
        staged: dict[str, Path] = {}
        try:
            for path, data in files.items():
                staged[path] = stage(self.scratch, data)
            for path, temporary in staged.items():
                check(path, temporary.read_bytes())
            for path, temporary in staged.items():
                place(temporary, self.root / path)
        finally:
            for temporary in staged.values():
                remove(temporary)
        for folder in sorted({(self.root / path).parent for path in staged}):
            sync_folder(folder)

    @contextlib.contextmanager
    def write(self, path: str) -> Iterator[BinaryIO]:
        target = self.root / path
        staged = self.scratch / target.name if self.durable else target.with_name(target.name + ".part")
        staged.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(staged, "wb") as file:
                yield file
                file.flush()
                if self.durable:
                    os.fsync(file.fileno())
            place(staged, target)
        finally:
            remove(staged)
        if self.durable:
            sync_folder(target.parent)

    @contextlib.contextmanager
    def spool(self) -> Iterator[BinaryIO]:
        folder = self.scratch if self.durable else self.root  # an export has no run folder
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            yield file

    def remove(self, paths: Iterable[str]) -> None:
        targets = [self.root / path for path in paths]
        for target in targets:
            remove(target)
        for folder in {target.parent for target in targets} if self.durable else ():
            if folder.is_dir():
                sync_folder(folder)

    def remove_below(self, path: str) -> None:
        shutil.rmtree(self.root / path, ignore_errors=True)

    def prune(self, path: str) -> None:
        try:
            (self.root / path).rmdir()
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise

    @contextlib.contextmanager
    def hold(self, part: str | None) -> Iterator[None]:
        """Kernel locks, so that they end with their process however it ends. A part shares the folder's lock and owns its own."""
        folder = self.root / RUN
        with contextlib.ExitStack() as locks:
            with self.errors():
                folder.mkdir(parents=True, exist_ok=True)
                locks.enter_context(flocked(folder / "lock", self.root, shared=part is not None))
                if part is not None:
                    locks.enter_context(flocked(folder / f"lock.{part}", self.root, shared=False))
                else:
                    shutil.rmtree(self.scratch, ignore_errors=True)  # what a killed run left half-written
            yield

    @contextlib.contextmanager
    def turn(self, name: str, *, wait: bool) -> Iterator[bool]:
        with contextlib.ExitStack() as locks:
            with self.errors():
                (self.root / RUN).mkdir(parents=True, exist_ok=True)
                got = locks.enter_context(flocked_turn(self.root / RUN / f"lock.{name}", wait=wait))
            yield got

    def errors(self) -> contextlib.AbstractContextManager[None]:
        return disk_errors(self.root)


def is_within(inner: Folder, outer: Folder) -> bool:
    """Whether `inner` is `outer` or lies in it."""
    if isinstance(inner, LocalFolder) and isinstance(outer, LocalFolder):
        return inner.root.resolve().is_relative_to(outer.root.resolve())
    return f"{inner}/".startswith(f"{outer}/")

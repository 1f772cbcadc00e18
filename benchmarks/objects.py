"""An object store in this process's memory that answers at once and counts the seconds that a distant one would have taken.

For fsspec, so that all of generator/storage/remote.py is at work. What it counts is told to `pay`, in the thread that asked.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from fsspec import AbstractFileSystem

REQUEST_S = 0.03  # of a request to an object store in the same region (docs/dataset.md)
BYTES_A_S = 100e6  # of one machine's connection
KEYS_A_LISTING = 1000  # S3's ListObjectsV2 and DeleteObjects


class Objects(AbstractFileSystem):
    """Keys by folder, so that a million of them are no burden. together: requests under way at once, of those that may be.

    pay: is given the seconds of every call. requests: how many by operation.
    """

    protocol = "objects"
    cachable = False

    def __init__(self, pay: Callable[[float], None], together: int) -> None:
        super().__init__()
        self._folders: dict[str, dict[str, bytes]] = {}
        self._pay = pay
        self._together = together
        self.requests: Counter[str] = Counter()
        self.own_s = 0.0  # CPU seconds that playing the store took

    def place(self, path: str, data: bytes) -> None:
        """Puts an object there free of charge, as another machine does."""
        folder, _, name = path.rpartition("/")
        self._folders.setdefault(folder, {})[name] = data

    def sizes(self) -> Mapping[str, tuple[int, int]]:
        """Objects and bytes by the first part of the key below the dataset."""
        found: dict[str, tuple[int, int]] = {}
        for folder, names in self._folders.items():
            kind = [*folder.split("/"), ""][1]
            count, size = found.get(kind, (0, 0))
            found[kind] = (count + len(names), size + sum(map(len, names.values())))
        return found

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        data = self._object(path)
        self._charge("get", 1, len(data))
        return data[start:end]

    def cat_ranges(self, paths: list[str], starts: Any, ends: Any, max_gap: Any = None, on_error: str = "return", **_: Any) -> list[Any]:
        found = [self._folders.get(path.rpartition("/")[0], {}).get(path.rpartition("/")[2]) for path in paths]
        self._charge("get", len(paths), sum(len(data) for data in found if data is not None))
        return [FileNotFoundError(path) if data is None else data for path, data in zip(paths, found, strict=True)]

    def find(self, path: str, maxdepth: int | None = None, withdirs: bool = False, detail: bool = False, **_: Any) -> Any:
        began = time.thread_time()
        inside = [folder for folder in self._folders if folder == path or folder.startswith(f"{path}/")]
        found = {
            f"{f}/{name}": {"size": len(data), "type": "file"} for f in sorted(inside) for name, data in sorted(self._folders[f].items())
        }
        self.own_s += time.thread_time() - began
        self._charge("list", -(-max(len(found), 1) // KEYS_A_LISTING), 0, together=1)
        return found if detail else list(found)

    def ls(self, path: str, detail: bool = True, **_: Any) -> Any:
        self._charge("list", 1, 0)
        return [{"name": f"{path}/job.json", "size": 1, "type": "file"}] if detail else [f"{path}/job.json"]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        self._charge("head", 1, 0)
        return {"name": path, "size": len(self._object(path)), "type": "file"}

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        folder, _, name = path.rpartition("/")
        self._charge("put", 1, len(value))
        if mode == "create" and name in self._folders.get(folder, {}):
            raise FileExistsError(path)
        self.place(path, value)

    def put_file(self, lpath: str, rpath: str, **_: Any) -> None:
        with open(lpath, "rb") as file:
            self.pipe_file(rpath, file.read())

    def rm(self, path: list[str], **_: Any) -> None:
        self._charge("delete", math.ceil(len(path) / KEYS_A_LISTING), 0)
        for own in path:
            folder, _, name = own.rpartition("/")
            self._folders.get(folder, {}).pop(name, None)
            if not self._folders.get(folder, True):
                del self._folders[folder]

    def _object(self, path: str) -> bytes:
        folder, _, name = path.rpartition("/")
        try:
            return self._folders[folder][name]
        except KeyError as error:
            raise FileNotFoundError(path) from error

    def _charge(self, kind: str, requests: int, size: int, together: int | None = None) -> None:
        self.requests[kind] += requests
        self._pay(math.ceil(requests / (together or self._together)) * REQUEST_S + size / BYTES_A_S)

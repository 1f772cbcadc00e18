"""What happened in a run, for people and tools, in the dataset's run/ folder: outside of what is compared byte for byte.

run/log.jsonl: one JSON object an event, appended as it happens; a full one becomes run/log.00000.jsonl, then .00001 and so on. An
object store cannot append: there a log is put when it is full, and the last one when the run ends.
run/state.json: how the run stands, replaced every few seconds.
run/trace.json: which stage of which worker worked on which image, of the last few thousand; written when the run ends.
Shares of a job write files of their own: log-0-of-4.jsonl.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path
from typing import Any

import orjson

from generator.dataset import Store
from generator.errors import DatasetError
from generator.storage.atomic import disk_errors
from generator.storage.local import LocalFolder
from generator.writers.layout import RUN

LOG, STATE, TRACE = "log", "state", "trace"
LOG_BYTES = 64 << 20  # about 300,000 images; ten million make 2 GB of logs


class Journal:
    """Appends to the log of one driver. A line is one write, so that a reader sees whole lines.

    What cannot be written is left out: it is only news, and what matters meets the same storage. Raises DatasetError when there
    is not even room to begin.
    """

    def __init__(self, store: Store, part: str | None) -> None:
        self._folder = store.folder
        self._is_local = isinstance(store.folder, LocalFolder)
        self._state, self._trace = (f"{RUN}/{named(name, part)}.json" for name in (STATE, TRACE))
        self._path = store.run_folder / f"{named(LOG, part)}.jsonl"
        with disk_errors(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._is_local:
                self._fetch()
            self._log = open(self._path, "ab", buffering=0)  # noqa: SIM115 (closed by close)
        names = [path.name for path in self._path.parent.iterdir()] + [name.rsplit("/", 1)[-1] for name in self._folder.names(RUN)]
        full = re.compile(rf"{re.escape(self._path.stem)}\.(\d+)\.jsonl")
        self._full = max((int(found[1]) + 1 for name in names if (found := full.fullmatch(name))), default=0)
        self._bytes = self._path.stat().st_size

    def note(self, event: str, **facts: Any) -> None:
        line = orjson.dumps({"time": round(time.time(), 3), "event": event, **facts}) + b"\n"
        with contextlib.suppress(OSError):
            if self._log.write(line) == len(line):
                self._bytes += len(line)
            else:  # the disk took half of it
                self._log.truncate(self._bytes)
        if self._bytes >= LOG_BYTES:
            self._turn_over()

    def state(self, facts: dict[str, Any]) -> None:
        self._replace(self._state, orjson.dumps(facts, option=orjson.OPT_INDENT_2))

    def trace(self, events: dict[str, Any]) -> None:
        self._replace(self._trace, orjson.dumps(events))

    def close(self) -> None:
        self._log.close()
        if not self._is_local:
            self._put(self._remote, self._path.read_bytes())

    @property
    def _remote(self) -> str:
        return f"{RUN}/{self._path.name}"

    def _fetch(self) -> None:
        """The log that an earlier run put into the store, unless there is a longer one here, of a driver that was killed."""
        found = self._folder.read_many([self._remote, self._state])
        put, here = found.get(self._remote, b""), self._path.read_bytes() if self._path.exists() else b""
        if not found or not here.startswith(put):  # of another dataset that once was there, or of another machine's run
            self._path.write_bytes(put)

    def _turn_over(self) -> None:
        """To a fresh log; while there is no room for one, the full one takes more."""
        full, fresh = self._path.with_suffix(f".{self._full:05d}.jsonl"), self._path.with_suffix(".fresh")
        try:
            log = open(fresh, "ab", buffering=0)  # noqa: SIM115 (closed by close)
        except OSError:
            return
        self._log.close()
        self._path.rename(full)
        fresh.rename(self._path)
        if not self._is_local and self._put(f"{RUN}/{full.name}", full.read_bytes()):
            full.unlink()
        self._log, self._full, self._bytes = log, self._full + 1, 0

    def _replace(self, path: str, data: bytes) -> None:
        """Without the syncs of a dataset: it happens every few seconds."""
        if not self._is_local:
            self._put(path, data)
            return
        target = Path(self._path.parent, Path(path).name)
        staged = target.with_suffix(f".{os.getpid()}.tmp")
        with contextlib.suppress(OSError):
            try:
                staged.write_bytes(data)
                staged.replace(target)
            finally:
                staged.unlink(missing_ok=True)

    def _put(self, path: str, data: bytes) -> bool:
        """Whether it worked."""
        try:
            self._folder.put(path, data)
        except DatasetError:
            return False
        return True


def named(name: str, part: str | None) -> str:
    return f"{name}-{part}" if part else name

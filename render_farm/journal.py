"""What happened in a run, for people and tools, in the dataset's run/ folder: outside of what is compared byte for byte.

run/log.jsonl: one JSON object an event, appended as it happens; in an object store, which cannot append, put there when the run ends.
run/state.json: how the run stands, replaced every few seconds.
Shares of a job write files of their own: log-0-of-4.jsonl.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any

import orjson

from generator.dataset import Store
from generator.errors import DatasetError
from generator.storage.local import LocalFolder
from generator.writers.layout import RUN

LOG, STATE = "log", "state"


class Journal:
    """Appends to the log of one driver. A line is one write, so that a reader sees whole lines."""

    def __init__(self, store: Store, part: str | None) -> None:
        self._folder = store.folder
        self._state = f"{RUN}/{named(STATE, part)}.json"
        store.run_folder.mkdir(parents=True, exist_ok=True)
        self._log = open(store.run_folder / f"{named(LOG, part)}.jsonl", "ab", buffering=0)  # noqa: SIM115 (closed by close)

    def note(self, event: str, **facts: Any) -> None:
        self._log.write(orjson.dumps({"time": round(time.time(), 3), "event": event, **facts}) + b"\n")

    def state(self, facts: dict[str, Any]) -> None:
        data = orjson.dumps(facts, option=orjson.OPT_INDENT_2)
        if not isinstance(self._folder, LocalFolder):
            with contextlib.suppress(DatasetError):  # only news; what matters meets the same storage
                self._folder.put(self._state, data)
            return
        target = self._folder.root / self._state
        staged = target.with_suffix(f".{os.getpid()}.tmp")
        staged.write_bytes(data)
        staged.replace(target)

    def close(self) -> None:
        self._log.close()
        if not isinstance(self._folder, LocalFolder):
            path = Path(self._log.name)
            with contextlib.suppress(DatasetError):
                self._folder.put(f"{RUN}/{path.name}", path.read_bytes())


def named(name: str, part: str | None) -> str:
    return f"{name}-{part}" if part else name

"""What happened in a run, for people and tools, in the dataset's run/ folder: outside of what is compared byte for byte.

run/log.jsonl: one JSON object an event, appended as it happens. run/state.json: how the run stands, replaced every few seconds.
Shares of a job write files of their own: log-0-of-4.jsonl.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import orjson

from generator.writers.layout import RUN

LOG, STATE = "log", "state"


class Journal:
    """Appends to the log of one driver. A line is one write, so that a reader sees whole lines."""

    def __init__(self, root: Path, part: str | None) -> None:
        folder = root / RUN
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / f"{named(STATE, part)}.json"
        self._log = open(folder / f"{named(LOG, part)}.jsonl", "ab", buffering=0)  # noqa: SIM115 (closed by close)

    def note(self, event: str, **facts: Any) -> None:
        self._log.write(orjson.dumps({"time": round(time.time(), 3), "event": event, **facts}) + b"\n")

    def state(self, facts: dict[str, Any]) -> None:
        staged = self._state.with_suffix(f".{os.getpid()}.tmp")
        staged.write_bytes(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        staged.replace(self._state)

    def close(self) -> None:
        self._log.close()


def named(name: str, part: str | None) -> str:
    return f"{name}-{part}" if part else name

"""Tells how a run stands: on the terminal, in run/state.json for `farm status`, and as Prometheus metrics in a text file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from render_farm.journal import Journal
from render_farm.progress import Show
from render_farm.tally import Tally

Standing = dict[str, dict[str, float]]
_STATE_S = 5.0  # between two files of state
_METRICS = (
    ("images_done", "gauge", "Images that are finished, earlier runs included"),
    ("images_wanted", "gauge", "Images of the job"),
    ("images_quarantined_total", "counter", "Images that this run gave up"),
    ("retries_total", "counter", "Tries that failed and were not the last"),
    ("places_lost_total", "counter", "Workers and nodes that were lost"),
    ("workers", "gauge", "Blender processes at work"),
    ("images_per_hour", "gauge", "Mean of this run"),
    ("heartbeat_seconds", "gauge", "Unix time of this file"),
)


class Watch:
    """Call it often; it does something every few seconds. `standing` says of every place how it stands (Driver.standing)."""

    def __init__(self, tally: Tally, journal: Journal, show: Show, standing: Callable[[], Standing], metrics: str | None) -> None:
        self._tally = tally
        self._journal = journal
        self._show = show
        self._standing = standing
        self._metrics = Path(metrics) if metrics else None
        self._start = time.monotonic()
        self._began = time.time()
        self._next = 0.0

    def look(self) -> None:
        self._show(self._tally)
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _STATE_S
            self.tell("running")

    def tell(self, state: str) -> None:
        """state: running, finished or interrupted."""
        tally, places = self._tally, self._standing() if state == "running" else {}
        elapsed = time.monotonic() - self._start
        facts: dict[str, Any] = {
            "state": state,
            "time": round(time.time(), 3),
            "began": round(self._began, 3),
            "host": os.uname().nodename,
            "pid": os.getpid(),
            "wanted": tally.wanted,
            "before": tally.before,
            "done": tally.done,
            "quarantined": tally.quarantined,
            "retries": tally.retries,
            "lost": tally.lost,
            "images_per_hour": round(tally.images_per_hour(elapsed), 1),
            "places": places,
        }
        self._journal.state(facts)
        if self._metrics is not None:
            write_whole(self._metrics, prometheus_text(facts))


def prometheus_text(facts: Mapping[str, Any]) -> str:
    """The text format 0.0.4 of Prometheus, as node_exporter's textfile collector reads it."""
    values = {
        "images_done": facts["before"] + facts["done"],
        "images_wanted": facts["wanted"],
        "images_quarantined_total": facts["quarantined"],
        "retries_total": facts["retries"],
        "places_lost_total": facts["lost"],
        "workers": sum(place["processes"] for place in facts["places"].values()),
        "images_per_hour": facts["images_per_hour"],
        "heartbeat_seconds": facts["time"],
    }
    lines = []
    for name, kind, text in _METRICS:
        lines += [f"# HELP scenewright_{name} {text}.", f"# TYPE scenewright_{name} {kind}", f"scenewright_{name} {values[name]}"]
    return "\n".join(lines) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Readers see the old file or the new one."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.write_text(text)
    staged.replace(path)

"""Seconds an image by stage over all runs, shares and machines that made a dataset, read off their logs in bounded memory.

Kept in run/, outside of what is compared byte for byte: times differ from run to run, and the card must not.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from generator.storage import Folder
from generator.writers.layout import RUN
from render_farm.journal import LOG

_STEP = math.log(1.02)  # medians and percentiles are good to 1 %
_LEAST_S = 1e-4  # logs have four digits


@dataclass
class Spread:
    """Of one stage, without keeping every value."""

    count: int = 0
    total: float = 0.0
    most: float = 0.0
    _steps: Counter[int] = field(default_factory=Counter)

    def add(self, seconds: float) -> None:
        self.count += 1
        self.total += seconds
        self.most = max(self.most, seconds)
        self._steps[round(math.log(max(seconds, _LEAST_S)) / _STEP)] += 1

    def below(self, share: float) -> float:
        """The value below which `share` of all lie."""
        left = share * self.count
        for step, count in sorted(self._steps.items()):
            left -= count
            if left <= 0:
                return min(math.exp(step * _STEP), self.most)
        return self.most

    def summary(self) -> dict[str, float]:
        facts = {"mean": self.total / self.count, "median": self.below(0.5), "p95": self.below(0.95), "max": self.most}
        return {name: round(value, 4) for name, value in facts.items()}


def timings(folder: Folder) -> dict[str, Any]:
    """images: how many were logged; seconds: mean, median, p95 and max by stage, and of their sum."""
    spreads: dict[str, Spread] = {}
    total = Spread()
    for seconds in _logged(folder):
        total.add(sum(seconds.values()))
        for stage, value in seconds.items():
            spreads.setdefault(stage, Spread()).add(value)
    by_stage = {stage: spread.summary() for stage, spread in spreads.items()}
    return {"images": total.count, "seconds": {**by_stage, "all stages": total.summary()} if total.count else {}}


def _logged(folder: Folder) -> Iterator[dict[str, float]]:
    """Seconds by stage of every image that a log tells of."""
    for name in folder.names(RUN):
        if name.startswith(f"{RUN}/{LOG}") and name.endswith(".jsonl"):
            with folder.open(name) as lines:
                for line in lines:
                    if b'"event":"image"' in line:
                        with contextlib.suppress(orjson.JSONDecodeError):  # half a line: a driver was killed, or its disk was full
                            yield orjson.loads(line)["seconds"]

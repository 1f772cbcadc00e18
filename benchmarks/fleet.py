"""A back end of workers that render nothing: thousands of them in virtual time, which commit records at once and take seconds to say so."""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from render_farm.backend import Event, Heard, Report
from render_farm.protocol import Answer

_SPREAD = 0.3  # standard deviation of the logarithm of an image's seconds
_STAGES = {"sample": 0.03, "meshes": 0.43, "build": 0.36, "rgb": 0.6, "labels": 0.3, "annotate": 0.1, "encode": 0.04, "commit": 0.02}


@dataclass
class Fleet:
    """`workers` places that take `seconds` an image. `commit` is told of every image that is done,
    `gathered` of every range of a thousand.

    now: virtual time. What the driver's thread computes, and waits for a storage (`wait`), passes on that clock too: a driver that
    is too slow hears of many images at once, late. busy_s: CPU seconds of that thread that went into playing the workers.
    hearings: how often the driver asked.
    """

    workers: int
    seconds: float
    commit: Callable[[int], None]
    gathered: Callable[[int], None]
    now: float = 0.0
    busy_s: float = 0.0
    waited_s: float = 0.0
    hearings: int = 0
    made: int = 0
    _queued: dict[str, deque[int]] = field(default_factory=dict)
    _ends: list[tuple[float, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._queued = {f"node{i // 8:03d}/{i % 8}": deque() for i in range(self.workers)}
        self._places = dict.fromkeys(self._queued, 1)
        self._idle = set(self._queued)
        self._left = time.thread_time()  # the end of the last hearing, later by what was played since
        self._low = dict.fromkeys(self._queued)
        self._random = np.random.default_rng(0)
        self._factors: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """The driver's thread waits for something."""
        self.now += seconds
        self.waited_s += seconds

    def places(self) -> Mapping[str, int]:
        return self._places

    def wanting(self) -> list[str]:
        return list(self._low)

    def give(self, place: str, indices: tuple[int, ...]) -> None:
        start = time.thread_time()
        self._queued[place].extend(indices)
        self._low.pop(place, None)
        if place in self._idle:
            self._idle.discard(place)
            self._begin(place, self.now)
        self._left += time.thread_time() - start
        self.busy_s += time.thread_time() - start

    def hear(self, timeout_s: float) -> list[Event]:
        start = time.thread_time()
        self.now = max(self.now + start - self._left, self._ends[0][0] if self._ends else 0.0)
        self.hearings += 1
        events: list[Event] = []
        while self._ends and self._ends[0][0] <= self.now:
            end, place, index = heapq.heappop(self._ends)
            events.append(Heard(place, (self._make(index),)))
            self._begin(place, end)
        self._left = time.thread_time()
        self.busy_s += self._left - start
        return events

    def gather(self, shard: int) -> None:
        start = time.thread_time()
        self.gathered(shard)
        self._left += time.thread_time() - start
        self.busy_s += time.thread_time() - start

    def abandon(self, place: str) -> None:
        raise AssertionError(f"{place} was given up, but the fleet is never silent for long")

    def wind_down(self) -> None:
        """What is queued is not begun any more; the benchmark leaves it."""

    def _begin(self, place: str, now: float) -> None:
        queue = self._queued[place]
        if len(queue) < 2:
            self._low[place] = None
        if not queue:
            self._idle.add(place)
            return
        if not self._factors:
            self._factors = self._random.lognormal(0.0, _SPREAD, 10_000).tolist()
        heapq.heappush(self._ends, (now + self.seconds * self._factors.pop(), place, queue.popleft()))

    def _make(self, index: int) -> Report:
        self.commit(index)
        self.made += 1
        answer = Answer(status="done", index=index, seconds=_STAGES, spans=_SPANS, cpu_seconds=2.0, instances=_SEEN, rss_mb=1100.0)
        return Report(index=index, answer=answer, rejections={"overlap": 3})


_SPANS = {"prepare": (1.0, 1.5), "render": (1.5, 2.8), "finish": (2.8, 3.0)}
_SEEN = {"car": 12, "person": 13}

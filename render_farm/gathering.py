"""Puts the records of complete ranges of a thousand images together while others are still made, by threads that nobody waits for.

Without it a large job ends with millions of loose records, which take an object store hours to list and to read one by one. It is
no task for the driver: a range takes seconds there, in which a thousand workers would wait for leases.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection

import numpy as np

from generator.dataset import Store, compact_if_complete
from generator.errors import DatasetError
from generator.writers.layout import SHARD_IMAGES
from render_farm.share import Share

_AGAIN_S = 60.0  # between two looks at a range that other drivers have still to complete
_LOG = logging.getLogger(__name__)


class Ranges:
    """Which ranges of a share are settled. `gather` is called with the number of each, once, but only by the share that owns it."""

    def __init__(self, share: Share, missing: np.ndarray, gather: Callable[[int], None]) -> None:
        """missing: (n,) int64, what is still to be settled."""
        shards, counts = np.unique(missing // SHARD_IMAGES, return_counts=True)
        self._left: dict[int, int] = dict(zip(shards.tolist(), counts.tolist(), strict=True))
        self._share = share
        self._gather = gather

    def begin(self, count: int, loose: Collection[int]) -> None:
        """Of the ranges in which this share has nothing to do: those that earlier runs left `loose`, and those that others fill."""
        others = range(-(-count // SHARD_IMAGES)) if self._share.of > SHARD_IMAGES else sorted(loose)
        for shard in others:
            if shard not in self._left:
                self._offer(shard)

    def settle(self, index: int) -> None:
        """Books an image; call it once for each."""
        shard = index // SHARD_IMAGES
        self._left[shard] -= 1
        if not self._left[shard]:
            del self._left[shard]
            self._offer(shard)

    def _offer(self, shard: int) -> None:
        if shard % self._share.of == self._share.number:
            self._gather(shard)


class Gathering:
    """Compacts the ranges that it is given when they are complete; tries again later what is not, or fails. Use as a context manager."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._given: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._later: deque[tuple[float, int]] = deque()  # until when they wait (monotonic), and which
        self._thread = threading.Thread(target=self._work, name="gathering", daemon=True)

    def give(self, shard: int) -> None:
        self._given.put(shard)

    def __enter__(self) -> Gathering:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends after one more look at what is left."""
        self._given.put(None)
        self._thread.join()
        for _when, shard in self._later:
            self._gathered(shard)

    def _work(self) -> None:
        while (shard := self._next()) is not None:
            if not self._gathered(shard):
                self._later.append((time.monotonic() + _AGAIN_S, shard))

    def _next(self) -> int | None:
        """The next range to look at, when it is time; None at the end."""
        while True:
            wait_s = max(0.0, self._later[0][0] - time.monotonic()) if self._later else None
            try:
                return self._given.get(timeout=wait_s)
            except queue.Empty:
                return self._later.popleft()[1]

    def _gathered(self, shard: int) -> bool:
        try:
            return compact_if_complete(self._store, shard)
        except DatasetError as error:  # no image is lost by it, and who writes images meets the same storage
            _LOG.warning("the records of range %d could not be put together now: %s", shard, error)
            return False

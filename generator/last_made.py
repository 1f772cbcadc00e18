"""What was made last, kept up to a number of bytes, so that a long run's memory stays flat."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol


class Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


class LastMade[Key, Made: Sized]:
    """The things asked for last, up to `limit` bytes; others are made again. Threads may ask at once.

    Making happens outside of the lock, so that nobody waits for another's; what was stored first stays.
    """

    def __init__(self, make: Callable[[Key], Made], limit: int) -> None:
        self.make = make
        self.limit = limit
        self.bytes = 0
        self._kept: OrderedDict[Key, Made] = OrderedDict()  # in the order of their last use
        self._lock = threading.Lock()

    def get(self, key: Key) -> Made:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        return self._keep(key, self.make(key))

    def _keep(self, key: Key, made: Made) -> Made:
        with self._lock:
            if key in self._kept:  # another thread was faster
                return self._kept[key]
            self._kept[key] = made
            self.bytes += made.nbytes
            while self.bytes > self.limit and len(self._kept) > 1:
                self.bytes -= self._kept.popitem(last=False)[1].nbytes
        return made

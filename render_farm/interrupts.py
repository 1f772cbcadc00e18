"""Ctrl-C and SIGTERM: the first asks to end what is begun in good order, the second, or the end of the grace time, to stop at once."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """stop: begin no more. stop_now: end what is begun. doing: what happens between the two, for the user."""

    def __init__(self, grace_s: float, doing: str = "finishing the images that are begun") -> None:
        self.stop = threading.Event()
        self.stop_now = threading.Event()
        self._grace_s = grace_s
        self._doing = doing
        self._deadline = float("inf")

    def ask(self) -> None:
        """What one signal does."""
        if self.stop.is_set():
            self.stop_now.set()
        self.stop.set()
        self._deadline = min(self._deadline, time.monotonic() + self._grace_s)

    def look_at_clock(self) -> None:
        if time.monotonic() > self._deadline:
            self.stop_now.set()

    def stop_all(self) -> None:
        self.stop.set()
        self.stop_now.set()

    def take_over(self) -> None:
        """Makes SIGINT and SIGTERM ask this object, also after somebody else took them. Main thread only."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        first = not self.stop.is_set()
        self.ask()
        if first:
            text = f"{self._doing}, for at most {self._grace_s:g} s; once more to stop at once"
            print(f"\n{signal.Signals(number).name}: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def interrupts(grace_s: float, doing: str = "finishing the images that are begun") -> Iterator[Interrupts]:
    """Takes SIGINT and SIGTERM over for the block. Main thread only, as Python's signal handlers are."""
    state = Interrupts(grace_s, doing)
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    state.take_over()
    try:
        yield state
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

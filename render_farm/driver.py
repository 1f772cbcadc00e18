"""The driver: lends missing images to the places of a back end, books what comes back, and takes back what lost places held.

It knows nothing of threads, engines or Blender; an image may as well be a task (render_farm/tasks.py). A place that fails costs no
image a try; an image that fails costs no place.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from generator.errors import DatasetError
from render_farm.backend import Backend, Heard, Lost, Report
from render_farm.interrupts import Interrupts
from render_farm.leases import Leases, told

_LOOK_S = 0.2
_BETWEEN_TRIES = 0.05  # of the time that the store may refuse to be written to
_RATE_KEPT = 0.7  # of the old estimate of a place's speed, at every lease


class Ledger(Protocol):
    """Where results are booked. The store behind it has the last word."""

    def committed(self, indices: Sequence[int]) -> Set[int]:
        """Those of `indices` that the store has."""
        ...

    def done(self, place: str, report: Report) -> None: ...

    def found(self, index: int) -> None:
        """The image was committed by a place that could not say so."""
        ...

    def quarantine(self, place: str, report: Report, reason: str) -> None: ...

    def retry(self, place: str, report: Report) -> None: ...

    def lost(self, place: str, why: str, held: int) -> None: ...

    def trouble(self, place: str, report: Report) -> None:
        """`place` could not write to the store; it is tried again."""
        ...


@dataclass(frozen=True)
class Patience:
    """Seconds: how long a lease should last, a place may be silent, and the store may refuse to be written to.

    first: for each process of a place, in its first lease, when nobody knows how fast it is.
    """

    lease_s: float = 40.0
    silence_s: float = 90.0
    storage_s: float = 0.0
    first: int = 2


@dataclass
class _Place:
    """What the driver knows of a place. seconds: for an image, all its processes together; None before the first."""

    heard: float
    lent: float
    images: int = 0
    seconds: float | None = None


class Driver:
    """One run over `leases`. `clock` gives seconds, monotonic."""

    def __init__(self, leases: Leases, backend: Backend, ledger: Ledger, patience: Patience, clock: Callable[[], float] = time.monotonic):
        self.leases = leases
        self._backend = backend
        self._ledger = ledger
        self._patience = patience
        self._clock = clock
        self._places: dict[str, _Place] = {}
        self._refused_since: float | None = None
        self._lend_again = -math.inf

    def run(self, stop: Interrupts, look: Callable[[], None]) -> None:
        """Until all images are settled, or the run was told to stop and what was begun has ended. `look` is called now and then."""
        winding_down = False
        while self.leases.unsettled and not stop.stop_now.is_set():
            if stop.stop.is_set():
                if not winding_down:
                    self._backend.wind_down()
                    winding_down = True
                if not self.leases.any_held:
                    return
            else:
                self._lend()
            self._hear()
            self._give_up_on_silent_places()
            stop.look_at_clock()
            look()

    def standing(self) -> dict[str, dict[str, float]]:
        """Of every place: its Blender processes, the images it holds, and the seconds since it was heard of."""
        now = self._clock()
        silent = {name: now - place.heard for name, place in self._places.items()}
        return {
            name: {"processes": processes, "images": self.leases.held(name), "silent_s": round(silent.get(name, 0.0), 1)}
            for name, processes in self._backend.places().items()
        }

    def _lend(self) -> None:
        if self._clock() < self._lend_again:
            return
        there = self._backend.places()
        for name in there.keys() - self._places.keys():
            self._places[name] = _Place(self._clock(), self._clock())
        for name in self._backend.wanting():
            indices = self.leases.lend(name, self._size(name, there), alone=len(there) == 1)
            if indices:
                now = self._clock()
                place = self._places[name]
                place.heard, place.lent, place.images = now, now, 0
                self._backend.give(name, indices)

    def _size(self, name: str, there: Mapping[str, int]) -> int:
        """Images that last `lease_s`, but not more than half of a fair share: so the last places end together."""
        place = self._places[name]
        fair = math.ceil(self.leases.waiting / (2 * len(there)))
        if place.seconds is None:
            return min(fair, self._patience.first * there[name])
        return max(1, min(fair, round(self._patience.lease_s / max(place.seconds, 1e-3))))

    def _hear(self) -> None:
        for event in self._backend.hear(_LOOK_S):
            if isinstance(event, Lost):
                self._lose(event.place, event.why)
            else:
                self._listen(event)

    def _listen(self, heard: Heard) -> None:
        for report in heard.reports:
            self._book(heard.place, report)
        place, now = self._places.get(heard.place), self._clock()
        if place is None:  # given up before, and not quite dead
            return
        place.heard = now
        made = sum(report.answer is not None for report in heard.reports)
        if made:
            place.images += made
            seconds = (now - place.lent) / place.images
            place.seconds = seconds if place.seconds is None else _RATE_KEPT * place.seconds + (1 - _RATE_KEPT) * seconds

    def _book(self, place: str, report: Report) -> None:
        answer = report.answer
        if answer is None:
            self.leases.return_one(report.index, place)
        elif answer.status == "storage":
            self._refused(place, report)
        elif answer.status == "given_up":  # at that place; another try may cure it
            failures = self.leases.fail(report.index, place, answer.error)
            if failures is None:
                self._ledger.retry(place, report)
            else:
                self._give_up(place, report, told([failure.reason for failure in failures]))
        elif answer.status == "done":
            self._refused_since = None
            if self.leases.settle(report.index):
                self._ledger.done(place, report)
        else:
            self._give_up(place, report, answer.error)

    def _give_up(self, place: str, report: Report, reason: str) -> None:
        """Quarantine, unless a place that was thought lost has made the image after all."""
        if not self.leases.settle(report.index):
            return
        if self._ledger.committed((report.index,)):
            self._ledger.found(report.index)
        else:
            self._ledger.quarantine(place, report, reason)

    def _refused(self, place: str, report: Report) -> None:
        """The store could not be written to: the image is tried again for `storage_s`, then the run ends with DatasetError."""
        now = self._clock()
        self._refused_since = self._refused_since if self._refused_since is not None else now
        assert report.answer is not None
        if now - self._refused_since >= self._patience.storage_s:
            raise DatasetError(report.answer.error)
        self._lend_again = now + self._patience.storage_s * _BETWEEN_TRIES
        self.leases.return_one(report.index, place)
        self._ledger.trouble(place, report)

    def _lose(self, place: str, why: str) -> None:
        """What the place had committed counts; the rest is lent again."""
        self._places.pop(place, None)
        held = self.leases.return_all(place)
        for index in sorted(self._ledger.committed(held)):
            if self.leases.settle(index):
                self._ledger.found(index)
        self._ledger.lost(place, why, len(held))

    def _give_up_on_silent_places(self) -> None:
        """The only defence against a network that swallows everything: no engine reports that."""
        now = self._clock()
        silent = [name for name, place in self._places.items() if now - place.heard > self._patience.silence_s]
        for name in silent:
            self._backend.abandon(name)
            self._lose(name, f"nothing was heard of it for {self._patience.silence_s:g} s")

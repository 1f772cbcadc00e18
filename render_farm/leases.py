"""Who makes which image: missing indices lent to places (a crew, an actor) a few at a time, taken back when a place is lost.

Pure bookkeeping, without clock or I/O. Three things are kept apart: an image that was settled (committed, or given up), a try
that failed because of the image, which counts, and a place that was lost, which does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Failure:
    """One try of an image that failed, at `place`."""

    place: str
    reason: str


class Leases:
    """`missing`: (n,) int64, ascending. An image has `attempts` tries.

    Order: what a lost place gave back, what nobody had yet, what failed before.
    """

    def __init__(self, missing: np.ndarray, attempts: int) -> None:
        self._missing = missing
        self._next = 0
        self._attempts = attempts
        self._returned: deque[int] = deque()
        self._failed: deque[int] = deque()
        self._holder: dict[int, str] = {}
        self._held: dict[str, set[int]] = {}
        self._failures: dict[int, list[Failure]] = {}
        self._unsettled = np.zeros(int(missing[-1]) + 1 if len(missing) else 0, bool)
        self._unsettled[missing] = True
        self.unsettled = len(missing)

    @property
    def waiting(self) -> int:
        """Images that nobody holds; a few more when some of them were settled by a place that was thought lost."""
        return len(self._missing) - self._next + len(self._returned) + len(self._failed)

    @property
    def any_held(self) -> bool:
        return bool(self._holder)

    def held(self, place: str) -> int:
        return len(self._held.get(place, ()))

    def lend(self, place: str, most: int, *, alone: bool) -> tuple[int, ...]:
        """Up to `most` indices for `place`. What failed there goes to another place, unless it is `alone`."""
        lent: list[int] = []
        while len(lent) < most:
            index = self._take(place, alone)
            if index is None:
                break
            self._holder[index] = place
            self._held.setdefault(place, set()).add(index)
            lent.append(index)
        return tuple(lent)

    def settle(self, index: int) -> bool:
        """Books an image as committed or given up, whoever says so; False when that is known already or was never asked for."""
        if not (0 <= index < len(self._unsettled) and self._unsettled[index]):
            return False
        self._unsettled[index] = False
        self.unsettled -= 1
        self._release(index)
        self._failures.pop(index, None)
        return True

    def fail(self, index: int, place: str, reason: str) -> tuple[Failure, ...] | None:
        """Counts a try that failed. All failures of the image when it has no try left (settle it then), else None.

        What a place says about an image that it does not hold any more is not counted.
        """
        if self._holder.get(index) != place:
            return None
        failures = self._failures.setdefault(index, [])
        failures.append(Failure(place, reason))
        if len(failures) >= self._attempts:
            return tuple(failures)
        self._release(index)
        self._failed.append(index)
        return None

    def return_one(self, index: int, place: str) -> None:
        """`place` gives an image back untried."""
        if self._holder.get(index) == place:
            self._release(index)
            self._returned.append(index)

    def return_all(self, place: str) -> tuple[int, ...]:
        """Takes back all that `place` holds: it is lost. The indices, ascending."""
        lost = tuple(sorted(self._held.get(place, ())))
        for index in lost:
            self.return_one(index, place)
        self._held.pop(place, None)
        return lost

    def _take(self, place: str, alone: bool) -> int | None:
        while self._returned:
            if self._unsettled[index := self._returned.popleft()]:
                return index
        while self._next < len(self._missing):
            index = int(self._missing[self._next])
            self._next += 1
            if self._unsettled[index]:
                return index
        for _ in range(len(self._failed)):
            index = self._failed.popleft()
            if self._unsettled[index] and (alone or self._failures[index][-1].place != place):
                return index
            if self._unsettled[index]:
                self._failed.append(index)
        return None

    def _release(self, index: int) -> None:
        place = self._holder.pop(index, None)
        if place is not None:
            self._held[place].discard(index)


def told(reasons: Sequence[str]) -> str:
    """Why an image was given up, by the reasons of its tries. Without places: it goes into the dataset's card."""
    if len(set(reasons)) > 1:
        return "; ".join(f"try {number}: {reason}" for number, reason in enumerate(reasons, start=1))
    return f"{reasons[0]} (in {len(reasons)} of {len(reasons)} tries)" if len(reasons) > 1 else reasons[0]

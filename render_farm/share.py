"""Which images of a job a run is to make: all of them, or every N-th for one of N drivers that know nothing of each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.errors import ConfigError

# Who numbers the tasks of an array: the variables of the task's number, the first number, and how many there are.
_ARRAYS = (
    ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"),
    ("JOB_COMPLETION_INDEX", None, None),
)


@dataclass(frozen=True)
class Share:
    """Indices number, number + of, number + 2 of, ... Interleaved, so that all shares take equally long."""

    number: int
    of: int

    @property
    def part(self) -> str | None:
        """Its name in the dataset's run folder; None for all of the job."""
        return None if self.of == 1 else f"{self.number}-of-{self.of}"

    def indices(self, count: int) -> np.ndarray:
        """(n,) int64, ascending."""
        return np.arange(self.number, count, self.of, dtype=np.int64)


ALL = Share(0, 1)


def missing_indices(share: Share, count: int, finished: np.ndarray) -> np.ndarray:
    """(n,) int64: the images of `share` that are not in `finished` (m,), ascending."""
    there = np.zeros(count, bool)
    there[finished[finished < count]] = True
    own = share.indices(count)
    return own[~there[own]]


def parse_share(word: str | None, environment: Mapping[str, str]) -> Share:
    """The share named "K/N", K from 0 on; without K, or without a word, from the array task that this is. Raises ConfigError."""
    number, of = _of_array(environment)
    if word is not None:
        match = re.fullmatch(r"(\d*)/(\d+)", word)
        if match is None:
            raise ConfigError(f"{word!r} is no share: give K/N with K from 0 to N-1, e.g. 3/16, or /16 in an array task")
        number, of = int(match[1]) if match[1] else number, int(match[2])
    if number is None or of is None:
        known = ", ".join(array[0] for array in _ARRAYS)
        lacks = "which of the shares" if of is not None else "how many shares there are"
        raise ConfigError(f"it is not said {lacks}: give K/N, e.g. 3/16, or run it as an array task ({known})")
    if not 0 <= number < of:
        raise ConfigError(f"there is no share {number} of {of}: K goes from 0 to N-1")
    return Share(number, of)


def _of_array(environment: Mapping[str, str]) -> tuple[int | None, int | None]:
    for number, first, count in _ARRAYS:
        if number in environment:
            least = int(environment.get(first, "0")) if first else 0
            return int(environment[number]) - least, int(environment[count]) if count and count in environment else None
    return None, None

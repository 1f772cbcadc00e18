"""What was made last is kept, up to a number of bytes."""

from __future__ import annotations

import numpy as np

from generator.last_made import LastMade

SIZE = 8 * 10


def made(key: int) -> np.ndarray:
    return np.full(10, key, np.int64)


def test_the_limit_in_bytes_holds_and_what_was_used_last_stays() -> None:
    kept = LastMade(made, limit=2 * SIZE)
    first, second = kept.get(1), kept.get(2)
    assert kept.get(1) is first
    kept.get(3)
    assert kept.bytes == 2 * SIZE
    assert kept.get(1) is first
    assert kept.get(2) is not second


def test_what_is_larger_than_the_limit_is_still_given() -> None:
    kept = LastMade(made, limit=1)
    first = kept.get(1)
    assert kept.get(1) is first
    kept.get(2)
    assert kept.bytes == first.nbytes

"""Named random streams: what a stream gives depends on its seed and its path alone.

There is no global state and no shared generator, so adding, removing or reordering one choice changes no other. A stream
hands out the same numbers every time it is asked: draw twice from `stream.child("width")` and get the same width twice.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

_TWO_TO_MINUS_53 = 2.0**-53
_STANDARD_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Stream:
    """A node in the tree of random streams; `key` is the 16-byte digest of its seed and path."""

    key: bytes

    @classmethod
    def root(cls, *parts: int | str) -> Stream:
        """The stream of e.g. `(seed, index)`; 0 is a seed like any other."""
        return cls(hashlib.blake2b(_encode(parts), digest_size=16).digest())

    def child(self, *parts: int | str) -> Stream:
        """The stream at `parts` below this one."""
        return Stream(hashlib.blake2b(_encode(parts), digest_size=16, key=self.key).digest())

    def uniform(self) -> float:
        """One number in [0, 1) with 53 random bits; always the same one for this stream."""
        return (int.from_bytes(self.key[:8], "little") >> 11) * _TWO_TO_MINUS_53

    def uniform_at(self, part: int | str) -> float:
        """The same number as `child(part).uniform()`, in half the time: a scene draws thousands."""
        digest = hashlib.blake2b(_encode((part,)), digest_size=16, key=self.key).digest()
        return (int.from_bytes(digest[:8], "little") >> 11) * _TWO_TO_MINUS_53

    def between(self, low: float, high: float) -> float:
        """One number in [low, high)."""
        return low + (high - low) * self.uniform()

    def normal(self) -> float:
        """One draw of the standard normal distribution, by inversion."""
        return _STANDARD_NORMAL.inv_cdf(max(self.uniform(), _TWO_TO_MINUS_53))

    def integer(self, count: int) -> int:
        """One integer in [0, count)."""
        return min(math.floor(self.uniform() * count), count - 1)

    def generator(self) -> np.random.Generator:
        """A numpy generator seeded by this stream, for arrays of numbers."""
        return np.random.Generator(np.random.PCG64(int.from_bytes(self.key, "little")))


@lru_cache(maxsize=65536)  # a scene asks for the same few hundred names thousands of times
def _encode(parts: tuple[int | str, ...]) -> bytes:
    """Bytes that no other tuple of ints and strings has (type and length come first)."""
    encoded = bytearray()
    for part in parts:
        data = str(part).encode()
        encoded += b"%c%d:" % (b"s" if isinstance(part, str) else b"i", len(data)) + data
    return bytes(encoded)

"""Named random streams: what a stream gives depends on its seed and its path alone.

There is no global state and no shared generator, so adding, removing or reordering one choice changes no other. A stream
hands out the same numbers every time it is asked: draw twice from `stream.child("width")` and get the same width twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist
from struct import Struct

import numpy as np

TWO_TO_MINUS_53 = 2.0**-53
_STANDARD_NORMAL = NormalDist()
first_64_bits = Struct("<Q").unpack_from


@dataclass(frozen=True, slots=True)
class Stream:
    """A node in the tree of random streams. `path` is the digest of its root's parts, then the names that lead here.

    Nothing is hashed before a number is asked for: a scene has more nodes than draws.
    """

    path: bytes

    @classmethod
    def root(cls, *parts: int | str) -> Stream:
        """The stream of e.g. `(seed, index)`; 0 is a seed like any other."""
        return cls(blake2b(b"".join(map(encoded, parts)), digest_size=16).digest())

    def child(self, *parts: int | str) -> Stream:
        """The stream at `parts` below this one."""
        return Stream(self.path + b"".join(map(encoded, parts)))

    def uniform(self) -> float:
        """One number in [0, 1) with 53 random bits; always the same one for this stream."""
        return uniform_at(self.path)

    def between(self, low: float, high: float) -> float:
        """One number in [low, high)."""
        return low + (high - low) * self.uniform()

    def normal(self) -> float:
        """One draw of the standard normal distribution, by inversion."""
        return _STANDARD_NORMAL.inv_cdf(max(self.uniform(), TWO_TO_MINUS_53))

    def integer(self, count: int) -> int:
        """One integer in [0, count)."""
        return min(math.floor(self.uniform() * count), count - 1)

    def generator(self) -> np.random.Generator:
        """A numpy generator seeded by this stream, for arrays of numbers."""
        return np.random.Generator(np.random.PCG64(int.from_bytes(blake2b(self.path, digest_size=16).digest(), "little")))


def uniform_at(path: bytes) -> float:
    """The number of the stream with this path."""
    bits: int = first_64_bits(blake2b(path).digest())[0]
    return (bits >> 11) * TWO_TO_MINUS_53


@lru_cache(maxsize=4096)  # a scene asks for the same few hundred names thousands of times
def encoded(part: int | str) -> bytes:
    """A name in a path: no other sequence of names gives the same bytes (type and length come first)."""
    data = part.encode() if isinstance(part, str) else b"%d" % part
    return b"%c%d:" % (b"s" if isinstance(part, str) else b"i", len(data)) + data

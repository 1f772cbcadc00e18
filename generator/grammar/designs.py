"""Factors over the image index: scrambled Sobol points and pairwise covering designs, both by random access and without state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from generator.errors import ConfigError
from generator.grammar.joe_kuo import DIRECTIONS
from generator.streams import Stream

_BITS = 32
_FIRST_BITS = 6  # 64 images
MOST_DIMENSIONS = len(DIRECTIONS) + 1


def sobol_point(seed: int, name: str, dimension: int, index: int) -> float:
    """Coordinate `dimension` (0, 1, ...) of point `index` of a scrambled Sobol sequence; its scrambling depends on seed and name.

    Scrambled by a random lower triangular matrix and a digital shift: J. Matousek, "On the L2-discrepancy for anchored
    boxes", J. Complexity 14 (1998). Points in the order of Gray codes, as Antonov and Saleev.
    """
    columns, shift = _scrambled(seed, name, dimension)
    gray = index ^ (index >> 1)
    bits = shift
    position = 0
    while gray:
        if gray & 1:
            bits ^= columns[position % _BITS]
        gray >>= 1
        position += 1
    return (bits + 0.5) * 2.0**-_BITS


@lru_cache(maxsize=256)
def _scrambled(seed: int, name: str, dimension: int) -> tuple[tuple[int, ...], int]:
    generator = Stream.root("sobol", seed, name).generator()
    shift, *masks = (int(v) for v in generator.integers(0, 2**_BITS, size=_BITS + 1))
    # Row r of the matrix: output bit r (most significant first) mixes the input bits above it with itself.
    rows = [(mask & ~((1 << (_BITS - r)) - 1)) | (1 << (_BITS - 1 - r)) for r, mask in enumerate(masks)]
    columns = [sum(((row & d).bit_count() & 1) << (_BITS - 1 - r) for r, row in enumerate(rows)) for d in directions(_chosen()[dimension])]
    return tuple(columns), shift


@lru_cache(maxsize=1)
def _chosen() -> tuple[int, ...]:
    """The dimensions of Sobol's sequence in the order in which they are used: those first that share no leading digits.

    Where the first digit of one is the second of another (plus its first, which scrambling may add) over the first points,
    the two are correlated by 3/8, at any scrambling or at every other one; small datasets would be biased.
    """
    chosen: list[tuple[int, int, int]] = []  # dimension, first and second digit as sums of the bits of the point's number
    rest = []
    for dimension in range(MOST_DIMENSIONS):
        first, second = _digit(dimension, 0), _digit(dimension, 1)
        if all(first not in (a, b, a ^ b) and a not in (second, first ^ second) for _, a, b in chosen):
            chosen.append((dimension, first, second))
        else:
            rest.append(dimension)
    return (*(dimension for dimension, _, _ in chosen), *rest)


def _digit(dimension: int, row: int) -> int:
    """Which bits of the number of one of the first points are added up to its digit `row` (0 is the most significant)."""
    return sum((d >> (_BITS - 1 - row) & 1) << k for k, d in enumerate(directions(dimension)[:_FIRST_BITS]))


@lru_cache(maxsize=64)
def directions(dimension: int) -> tuple[int, ...]:
    """The 32 direction numbers of a dimension as 32-bit fractions (Joe and Kuo's recurrence)."""
    if dimension == 0:
        return tuple(1 << (_BITS - 1 - i) for i in range(_BITS))
    if dimension >= MOST_DIMENSIONS:
        raise ConfigError(f"design.method sobol takes at most {MOST_DIMENSIONS} factors; use independent")
    polynomial, first = DIRECTIONS[dimension - 1]
    degree = len(first)
    numbers = [m << (_BITS - 1 - i) for i, m in enumerate(first)]
    for i in range(degree, _BITS):
        value = numbers[i - degree] ^ (numbers[i - degree] >> degree)
        for k in range(1, degree):
            if (polynomial >> (degree - 1 - k)) & 1:
                value ^= numbers[i - k]
        numbers.append(value)
    return tuple(numbers)


def covering_row(seed: int, levels: Mapping[str, int], index: int) -> dict[str, int]:
    """The level of every factor at `index`: the rows of a pairwise covering design, in a new seeded order in every round."""
    names = tuple(sorted(levels))
    rows = covering_design(tuple(levels[n] for n in names))
    turn, position = divmod(index, len(rows))
    return dict(zip(names, rows[_order(seed, turn, len(rows))[position]], strict=True))


@lru_cache(maxsize=8)
def _order(seed: int, turn: int, count: int) -> tuple[int, ...]:
    return tuple(int(i) for i in Stream.root("covering", seed, turn).generator().permutation(count))


@lru_cache(maxsize=16)
def covering_design(levels: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Rows in which every pair of levels of every two factors occurs; greedy, one row at a time.

    The principle is AETG's (D. Cohen et al., "The AETG System", IEEE Trans. Software Eng. 23 (1997)): start with the pair
    whose levels miss most, then give each factor the level that covers most missing pairs, the rarest level on a tie.
    """
    if len(levels) < 2:
        return tuple((i,) for i in range(levels[0])) if levels else ((),)
    missing = {(a, i, b, j) for a, b in combinations(range(len(levels)), 2) for i in range(levels[a]) for j in range(levels[b])}
    used = [[0] * count for count in levels]
    rows = []
    while missing:
        row = _next_row(levels, missing, used)
        missing -= {(a, row[a], b, row[b]) for a, b in combinations(range(len(levels)), 2)}
        for factor, level in enumerate(row):
            used[factor][level] += 1
        rows.append(tuple(row))
    return tuple(rows)


def _next_row(levels: Sequence[int], missing: set[tuple[int, int, int, int]], used: list[list[int]]) -> list[int]:
    a, i, b, j = min(missing)
    row = {a: i, b: j}
    for factor in sorted(range(len(levels)), key=lambda f: (-levels[f], f)):
        if factor in row:
            continue

        def gain(level: int, factor: int = factor) -> tuple[int, int, int]:
            pairs = (((factor, level, f, v) if factor < f else (f, v, factor, level)) for f, v in row.items())
            return (sum(p in missing for p in pairs), -used[factor][level], -level)

        row[factor] = max(range(levels[factor]), key=gain)
    return [row[f] for f in range(len(levels))]


def stratum(level: int, weights: Sequence[float] | None, count: int) -> float:
    """A number in [0, 1) that picks option `level` of a choice with these weights (None: even)."""
    if weights is None:
        return (level + 0.5) / count
    total = float(np.sum(weights))
    return float((np.sum(weights[:level]) + weights[level] / 2) / total)

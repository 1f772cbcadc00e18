"""Which image is which corner case: exact quotas, spread evenly, by random access and without state.

The corner cases together get one image in each of the blocks that cut the index into pieces of 1 / (sum of quotas), at a
seeded place in its block (a fixed step would lock onto cycles and low-discrepancy designs). Their running number is then
split by error diffusion at every fork of a Huffman tree of the cases, down to one case. In every prefix of the images each
case is within 2 of its exact share: less than 1 from the blocks times the shares on the way, half a unit from every split
times the shares below it.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from generator.streams import Stream


@dataclass(frozen=True)
class _Split:
    """A node of the tree: either a case's name or two nodes, the first of which gets `share`."""

    quota: Fraction
    name: str = ""
    parts: tuple[_Split, _Split] | None = None


@dataclass(frozen=True)
class Schedule:
    """`exclusive` cases share a tree; each of `others` has its own."""

    seed: int
    exclusive: _Split | None
    others: tuple[_Split, ...]

    def cases(self, index: int) -> tuple[str, ...]:
        """The corner cases of an image, sorted."""
        trees = [t for t in (self.exclusive, *self.others) if t is not None]
        names = (_case(tree, self.seed, index) for tree in trees)
        return tuple(sorted(name for name in names if name))


def schedule(seed: int, quotas: Mapping[str, float], others: Mapping[str, float]) -> Schedule:
    """The schedule of exclusive cases and of others by quota; a quota of 1 switches the other exclusive cases off."""
    forced = {name: q for name, q in quotas.items() if q == 1}
    used = {name: Fraction(str(q)) for name, q in (forced or quotas).items() if q > 0}
    singles = tuple(_Split(Fraction(str(q)), name) for name, q in sorted(others.items()) if q > 0)
    return Schedule(seed, _tree(used) if used else None, singles)


def _tree(quotas: Mapping[str, Fraction]) -> _Split:
    """Huffman's tree: a frequent case is split off early, so that few rounding errors add up."""
    heap = [(q, name, _Split(q, name)) for name, q in sorted(quotas.items())]
    heapq.heapify(heap)
    while len(heap) > 1:
        q1, name1, a = heapq.heappop(heap)
        q2, _, b = heapq.heappop(heap)
        heapq.heappush(heap, (q1 + q2, name1, _Split(q1 + q2, parts=(b, a))))
    return heap[0][2]


def _case(tree: _Split, seed: int, index: int) -> str:
    number = _number(tree, seed, index)
    if number is None:
        return ""
    while tree.parts:
        first, second = tree.parts
        share = first.quota / tree.quota
        before = _rounded(number * share)
        if _rounded((number + 1) * share) > before:
            tree, number = first, before
        else:
            tree, number = second, number - before
    return tree.name


def _number(tree: _Split, seed: int, index: int) -> int | None:
    """Which one (0, 1, ...) of the tree's images this is, or None."""
    block = index * tree.quota.numerator // tree.quota.denominator  # the last that starts at or before index
    start, end = (_ceil(n / tree.quota) for n in (Fraction(block), Fraction(block + 1)))
    name = tree.name or "exclusive"
    place = start + Stream.root("corner case", seed, name, block).integer(end - start)
    return block if place == index else None


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _rounded(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)

"""Drawing and counting many scenes on the cores of this machine; their number and the order in which they finish change nothing."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from generator.errors import UnsatisfiableError
from generator.grammar import Grammar, sample
from generator.spec import SceneSpec
from generator.statistics import Summary, merged, summarise

_SCENES_A_PART = 50
_LEAST_SCENES = 250  # a process is started for; starting one and reading the grammar there takes as long as 100 scenes


@dataclass(frozen=True)
class Undrawn:
    """Scenes that could not be drawn, all for one cause. text: why the first of them could not."""

    scenes: int
    text: str


Count = tuple[Summary, dict[str, Undrawn]]  # the undrawn by their cause


def counted(grammar: Grammar, seed: int, count: int, workers: int = 0) -> Count:
    """The summary of scenes 0..`count` - 1, and those that could not be drawn by their cause. workers: processes, 0 is one a core.

    Raises what `sample` raises, but for UnsatisfiableError.
    """
    parts = [range(start, min(start + _SCENES_A_PART, count)) for start in range(0, count, _SCENES_A_PART)]
    count_part = partial(_counted, grammar, seed)
    processes = workers or min(os.process_cpu_count() or 1, count // _LEAST_SCENES)
    if processes < 2:
        return _together(list(map(count_part, parts)))
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start, (grammar, seed)) as pool:
        return _together(list(pool.map(_count_here, parts)))


def settle() -> None:
    """Calms the garbage collector in a process that draws from a grammar as long as it lives.

    Scenes hold no cycles. By default it would look through the new objects ten times in 8 scenes and through the grammar's 350,000
    once in 200: 5 and 8 % of the time.
    """
    gc.freeze()
    gc.set_threshold(100_000)


def _counted(grammar: Grammar, seed: int, indices: range) -> Count:
    failures: dict[str, Undrawn] = {}
    return summarise(_drawn(grammar, seed, indices, failures), grammar.categories), failures


def _drawn(grammar: Grammar, seed: int, indices: range, failures: dict[str, Undrawn]) -> Iterator[SceneSpec]:
    for index in indices:
        try:
            yield sample(grammar, seed, index)
        except UnsatisfiableError as error:
            _add(failures, error.cause, Undrawn(1, str(error)))


def _add(failures: dict[str, Undrawn], cause: str, more: Undrawn) -> None:
    before = failures.get(cause)
    failures[cause] = Undrawn(before.scenes + more.scenes, before.text) if before else more


def _together(parts: list[Count]) -> Count:
    failures: dict[str, Undrawn] = {}
    for _, own in parts:
        for cause, undrawn in own.items():
            _add(failures, cause, undrawn)
    return merged([summary for summary, _ in parts]), failures


_of_this_process: list[partial[Count]] = []


def _start(grammar: Grammar, seed: int) -> None:
    """Keeps the grammar for all the parts that this process will be given: reading it takes half a second."""
    settle()
    _of_this_process[:] = [partial(_counted, grammar, seed)]


def _count_here(indices: range) -> Count:
    return _of_this_process[0](indices)

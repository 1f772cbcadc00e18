"""Works leases off: draws each scene a little ahead of a crew of supervisors, and reports images in the order they are ready.

The same bench stands in the process of a local run and in every actor of a cluster.
"""

from __future__ import annotations

from collections import deque

from generator.errors import UnsatisfiableError
from generator.grammar import Grammar, sample
from render_farm.backend import Report
from render_farm.crew import Crew, Outcome
from render_farm.protocol import Answer


class RenderBench:
    """A Bench of images. low: images queued; with fewer it wants more. Belongs to one thread, but for `give`."""

    def __init__(self, grammar: Grammar, seed: int, crew: Crew, low: int) -> None:
        self._grammar = grammar
        self._seed = seed
        self._crew = crew
        self._low = low
        self._indices: deque[int] = deque()

    @property
    def wants_more(self) -> bool:
        return len(self._indices) < self._low

    def give(self, indices: tuple[int, ...]) -> None:
        self._indices.extend(indices)

    def give_back(self) -> tuple[Report, ...]:
        """Everything that is not begun."""
        reports = []
        while self._indices:
            reports.append(Report(index=self._indices.popleft(), answer=None))
        return tuple(reports)

    def reports(self, timeout_s: float) -> tuple[Report, ...]:
        """What got ready; waits for the first, but not longer than `timeout_s`. Raises what ended a supervisor."""
        ready = self._draw_ahead()
        outcome = self._crew.take(0 if ready else timeout_s)
        if outcome is not None:
            ready.append(report(outcome))
            ready += self._draw_ahead()
        return tuple(ready)

    def _draw_ahead(self) -> list[Report]:
        """Scenes for the crew; reports of those that the grammar cannot satisfy."""
        impossible = []
        while self._indices and self._crew.wants_more:
            index = self._indices.popleft()
            try:
                self._crew.put(sample(self._grammar, self._seed, index))
            except UnsatisfiableError as error:
                impossible.append(Report(index=index, answer=Answer(status="quarantined", index=index, error=str(error))))
        return impossible


def report(outcome: Outcome) -> Report:
    """A crew's outcome in the words of a back end."""
    spec, answer = outcome.spec, outcome.answer
    if answer is None:
        return Report(index=spec.index, answer=None)
    scene = None if answer.status == "done" else spec.to_json().decode()
    return Report(
        index=spec.index,
        answer=answer,
        log=outcome.log,
        scene=scene,
        rejections=spec.rejections,
        worker=outcome.worker,
        began=outcome.began,
    )

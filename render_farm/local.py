"""The local back end: all work on this machine; images by a crew of Blender processes. No service, no port, no engine.

One place, whose processes share what it was given: who is free takes the next.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.dataset import Store
from generator.grammar import Grammar
from generator.job import Job
from render_farm.backend import Bench, Event, Heard, Renderers
from render_farm.bench import RenderBench
from render_farm.crew import Crew
from render_farm.gathering import Gathering
from render_farm.interrupts import Interrupts
from render_farm.journal import named
from render_farm.plan import Slot, plan
from render_farm.protocol import WorkerSettings
from render_farm.scratch import scratch_folders
from render_farm.supervisor import Limits, Supervisor

PLACE = "local"


class LocalBackend:
    """One place, the `bench` with its `processes`."""

    def __init__(self, bench: Bench, processes: int) -> None:
        self._bench = bench
        self._processes = processes
        self._given_back: tuple[Heard, ...] = ()

    def places(self) -> Mapping[str, int]:
        return {PLACE: self._processes}

    def wanting(self) -> list[str]:
        return [PLACE] if self._bench.wants_more else []

    def give(self, place: str, indices: tuple[int, ...]) -> None:
        self._bench.give(indices)

    def hear(self, timeout_s: float) -> list[Event]:
        back, self._given_back = self._given_back, ()
        return [*back, Heard(PLACE, self._bench.reports(timeout_s))]

    def abandon(self, place: str) -> None:
        """Threads of this process are never silent."""

    def wind_down(self) -> None:
        self._given_back = (Heard(PLACE, self._bench.give_back()),)


@contextlib.contextmanager
def local_renderers(job: Job, grammar: Grammar, store: Store, images: int, part: str | None, stop: Interrupts) -> Iterator[Renderers]:
    """Hires a crew for `images` images of `job`, or of the share `part` of it. Raises DeviceError, RenderError."""
    slots = plan(job.render, job.farm, images, os.environ)
    with scratch_folders(len(slots), job.farm.scratch) as scratch:
        logs = [store.run_folder / f"{named('worker', part)}-{folder.name}.log" for folder in scratch]
        supervisors = [
            supervisor(job, grammar, store.folder.place, slot, folder, log, stop)
            for slot, folder, log in zip(slots, scratch, logs, strict=True)
        ]
        with Crew(supervisors, stop) as crew, Gathering(store) as gathering:
            backend = LocalBackend(RenderBench(grammar, job.seed, crew, low=len(slots)), len(slots))
            yield Renderers(backend, gathering.give, lambda: supervisors[0].device or slots[0].render.device)


def supervisor(job: Job, grammar: Grammar, dataset: str, slot: Slot, scratch: Path, log: Path, stop: Interrupts) -> Supervisor:
    """The owner of one Blender process that makes images of `job`. It tries an image once: the driver counts tries.

    dataset: absolute path or URL, the same for any process.
    """
    settings = WorkerSettings(
        render=slot.render,
        output=job.output,
        categories=grammar.categories,
        semantic_classes=grammar.semantic_classes,
        dataset=dataset,
        scratch=str(scratch),
    )
    limits = Limits(job.render.time_limit_s, slot.memory_mb, job.farm.recycle_after, attempts=1)
    return Supervisor(settings, limits, slot.environment, log, stop.stop_now)

"""One run of tasks on the farm's engine: its driver, leases and back ends, with a ledger that looks for result files.

The folders of the tasks are the only state: what has its result is done, so any interruption is cured by the same call again.
"""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from generator.dataset import Store
from generator.settings import EngineSettings
from generator.writers.layout import RUN
from render_farm.backend import Backend, Report
from render_farm.driver import Driver, Patience
from render_farm.interrupts import Interrupts, interrupts
from render_farm.journal import Journal
from render_farm.leases import Leases
from render_farm.local import LocalBackend
from render_farm.progress import Words, left, progress
from render_farm.tally import Tally
from render_farm.task_bench import TaskBench
from render_farm.tasks import LOG, Task
from render_farm.trades import Doing, Need, check_engine

_PART_EVERY_S = 5.0


@dataclass(frozen=True)
class Undertaking:
    """What is to be done, and by whom. things: the plural of what the tasks are. out: a folder, where the run's journal is kept.

    environments: of the processes that work at a time on this machine. need: of each that works in a cluster. part: how much is done of
    tasks that are begun and have no result, in tasks; for the time left.
    """

    things: str
    tasks: Sequence[Task]
    out: str
    environments: Sequence[Mapping[str, str]]
    need: Need
    part: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True)
class TaskResult:
    """failed: why, by the number of the task. interrupted: the run was told to stop before all were done or had failed."""

    failed: Mapping[int, str]
    interrupted: bool


@dataclass(frozen=True)
class TaskBooks:
    """The ledger of one driver of tasks, whose folders are seen from `root`."""

    tasks: Sequence[Task]
    root: Path
    tally: Tally
    journal: Journal
    failed: dict[int, str] = field(default_factory=dict)

    def committed(self, indices: Sequence[int]) -> Set[int]:
        return {index for index in indices if self.tasks[index].is_done(self.root)}

    def done(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.add(report.answer, {})
        seconds = report.answer.seconds.get("task")  # none when somebody else has done it
        self._say(report.index, "done", "done elsewhere" if seconds is None else f"{seconds / 60:.1f} min", place=place, seconds=seconds)

    def found(self, index: int) -> None:
        self.tally.done += 1
        self._say(index, "found", "done by a worker that was thought lost")

    def quarantine(self, place: str, report: Report, reason: str) -> None:
        assert report.answer is not None
        self.tally.add(report.answer.model_copy(update={"status": "quarantined"}), {})
        self.failed[report.index] = reason
        self._say(report.index, "failed", f"failed: {reason}; {Path(self.tasks[report.index].folder, LOG)}", place=place, log=report.log)

    def retry(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.retries += 1
        self._say(report.index, "retry", f"{report.answer.error}; it is tried again", place=place, log=report.log)

    def lost(self, place: str, why: str, held: int) -> None:
        self.tally.lost += 1
        self.journal.note("lost", place=place, why=why, held=held)

    def trouble(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self._say(report.index, "storage", report.answer.error, place=place)

    def _say(self, index: int, event: str, text: str, **facts: object) -> None:
        name = self.tasks[index].name
        self.journal.note(event, task=name, folder=self.tasks[index].folder, text=text, **facts)
        print(f"{name}: {text}", file=sys.stderr, flush=True)


def run_tasks(undertaking: Undertaking, engine: EngineSettings) -> TaskResult:
    """Does the tasks that have no result. Raises DatasetError when nothing can be written, RenderError when no worker can be had."""
    root, tasks, things = Path.cwd(), undertaking.tasks, undertaking.things
    missing = np.array([i for i, task in enumerate(tasks) if not task.is_done(root)], np.int64)
    if not len(missing):
        return TaskResult({}, interrupted=False)
    tally = Tally(wanted=len(tasks), before=len(tasks) - len(missing))
    patience = Patience(silence_s=engine.silence_s, storage_s=engine.storage_wait_s, first=1)
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(interrupts(engine.grace_s, f"the {things} that are begun write down how far they are"))
        journal = stack.enter_context(contextlib.closing(Journal(Store.at(undertaking.out), os.uname().nodename)))
        show = stack.enter_context(progress(engine.report_s, Words(things, Facts(undertaking.part).told)))
        backend = stack.enter_context(_backend(undertaking, root, engine, stop))
        stop.take_over()  # an engine installs handlers of its own
        books = TaskBooks(tasks, root, tally, journal)
        journal.note("begin", missing=len(missing), workers=dict(backend.places()))
        driver = Driver(Leases(missing, engine.attempts), backend, books, patience)
        try:
            driver.run(stop, lambda: show(tally))
        finally:
            journal.note("end", done=tally.done, failed=tally.quarantined, retries=tally.retries, lost=tally.lost)
    return TaskResult(books.failed, interrupted=driver.leases.unsettled > 0)


class Facts:
    """What is told of a run besides its count. part: as in `Undertaking`; asked for every few seconds."""

    def __init__(self, part: Callable[[], float]) -> None:
        self._part = part
        self._before = self._now = part()
        self._asked_s = 0.0

    def told(self, tally: Tally, elapsed_s: float) -> str:
        """'3:12:30 left, 1 failed'"""
        if elapsed_s - self._asked_s >= _PART_EVERY_S:
            self._now, self._asked_s = self._part(), elapsed_s
        failed = f", {tally.quarantined} failed" if tally.quarantined else ""
        return f"{left(tally, elapsed_s, self._now, self._before)} left{failed}"


def _backend(undertaking: Undertaking, root: Path, engine: EngineSettings, stop: Interrupts) -> AbstractContextManager[Backend]:
    if engine.kind == "local":
        return _local(undertaking, root, stop)
    check_engine()
    return _ray(undertaking, root, engine)


@contextlib.contextmanager
def _local(undertaking: Undertaking, root: Path, stop: Interrupts) -> Iterator[Backend]:
    with TaskBench(undertaking.tasks, root, undertaking.environments, stop) as bench:
        yield LocalBackend(bench, len(undertaking.environments))


@contextlib.contextmanager
def _ray(undertaking: Undertaking, root: Path, engine: EngineSettings) -> Iterator[Backend]:
    from render_farm.ray_backend import RayBackend, joined  # loads Ray, which takes a second

    mark = Path(undertaking.out, RUN, f"mark-{uuid.uuid4().hex}")  # by which stations know that it is the same folder
    (root / mark).touch()
    trade = Doing(tuple(undertaking.tasks), str(root), str(mark), engine.grace_s, undertaking.need)
    try:
        with joined(str(engine.address)), contextlib.closing(RayBackend(trade, engine.start_wait_s)) as backend:
            yield backend
    finally:
        (root / mark).unlink(missing_ok=True)

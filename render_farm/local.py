"""The local back end: all images of a job on this machine, by a crew of Blender processes. No service, no port, no engine.

The dataset folder is the only state: what is committed is done, so any interruption is cured by the same command again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.dataset import DatasetFacts, Store, compact_complete, finish, open_store
from generator.errors import DatasetError, UnsatisfiableError
from generator.grammar import Grammar, sample
from generator.job import Job, identity
from generator.spec import SceneSpec
from generator.writers.layout import CARD, RUN
from render_farm.crew import Crew
from render_farm.interrupts import Interrupts, interrupts
from render_farm.plan import Slot, plan
from render_farm.progress import Show, progress
from render_farm.protocol import Answer, WorkerSettings
from render_farm.scratch import scratch_folders
from render_farm.supervisor import Limits, Supervisor
from render_farm.tally import Tally

ALL_DONE, DONE_WITH_QUARANTINE, INTERRUPTED = 0, 3, 75  # exit codes; 75 is EX_TEMPFAIL of sysexits.h: run again
_LOOK_S = 0.2
_COMPACT_EVERY = 1000


@dataclass(frozen=True)
class Batch:
    """What is to be made: the `missing` images of a job, counted in `tally`."""

    job: Job
    grammar: Grammar
    store: Store
    missing: tuple[int, ...]
    tally: Tally


@dataclass(frozen=True)
class Result:
    """What a run came to. card is dataset.json, None when the run was interrupted."""

    tally: Tally
    card: dict[str, Any] | None
    timing: dict[str, Any]

    @property
    def exit_code(self) -> int:
        if self.card is None:
            return INTERRUPTED
        return DONE_WITH_QUARANTINE if self.card["quarantined"] else ALL_DONE


def run(job: Job, grammar: Grammar, facts: DatasetFacts) -> Result:
    """Makes the images of `job` that are not there yet, then merges. Raises DatasetError, DeviceError, RenderError."""
    with open_store(Path(job.out), identity(job, grammar)) as store, interrupts(job.farm.grace_s) as stop:
        missing = missing_indices(store, job)
        tally = Tally(wanted=job.count, before=job.count - len(missing))
        timing = _make(Batch(job, grammar, store, missing, tally), stop) if missing else {}
        card = finish(store, facts) if tally.finished == tally.wanted else None
    return Result(tally, card, timing)


def missing_indices(store: Store, job: Job) -> tuple[int, ...]:
    """Indices still to be made, in order. Raises DatasetError when the folder holds images beyond the job's count."""
    done = store.done_indices()
    beyond = sum(index >= job.count for index in done)
    if beyond:
        raise DatasetError(
            f"{store.root} holds {len(done)} images, {beyond} of them beyond count={job.count}: "
            f"ask for count={max(done) + 1} or more, or use another folder"
        )
    skipped = done if job.farm.retry_quarantined else done | store.quarantined().keys()
    return tuple(index for index in range(job.count) if index not in skipped)


def _make(batch: Batch, stop: Interrupts) -> dict[str, Any]:
    """Hires a crew, has it make the batch, and returns the timing that was written to the dataset's run folder."""
    start = time.monotonic()
    job, store = batch.job, batch.store
    (store.root / CARD).unlink(missing_ok=True)  # a dataset with a card is finished
    slots = plan(job.render, job.farm, len(batch.missing), os.environ)
    with scratch_folders(len(slots), job.farm.scratch) as scratch, progress(job.farm.report_s) as show:
        supervisors = [_supervisor(batch, slot, folder, stop) for slot, folder in zip(slots, scratch, strict=True)]
        with Crew(supervisors, stop) as crew:
            _drive(batch, crew, stop, show)
    timing = batch.tally.timing(time.monotonic() - start, len(slots), supervisors[0].device or slots[0].render.device)
    store.write_timing(timing)
    return timing


def _supervisor(batch: Batch, slot: Slot, scratch: Path, stop: Interrupts) -> Supervisor:
    job, root = batch.job, batch.store.root
    settings = WorkerSettings(
        render=slot.render,
        output=job.output,
        categories=batch.grammar.categories,
        semantic_classes=batch.grammar.semantic_classes,
        dataset=str(root.resolve()),
        scratch=str(scratch),
    )
    limits = Limits(job.render.time_limit_s, slot.memory_mb, job.farm.recycle_after, job.farm.attempts)
    return Supervisor(settings, limits, slot.environment, root / RUN / f"worker-{scratch.name}.log", stop.stop_now)


def _drive(batch: Batch, crew: Crew, stop: Interrupts, show: Show) -> None:
    """Draws scenes a little ahead of the crew and books what comes back, until all is done or the run is told to stop."""
    scenes = _scenes(batch)
    more = True
    while more or crew.waiting:
        while more and crew.wants_more and not stop.stop.is_set():
            spec = next(scenes, None)
            more = spec is not None
            if spec is not None:
                crew.put(spec)
        outcome = crew.take(_LOOK_S)
        if outcome is not None and outcome.answer is not None:
            _book(batch, outcome.spec, outcome.answer, outcome.log)
        stop.look_at_clock()
        show(batch.tally)
        more = more and not stop.stop.is_set()


def _scenes(batch: Batch) -> Iterator[SceneSpec]:
    """The missing scenes; those that the grammar cannot satisfy go into quarantine."""
    for index in batch.missing:
        try:
            yield sample(batch.grammar, batch.job.seed, index)
        except UnsatisfiableError as error:
            batch.store.quarantine(index, str(error), "", None)
            batch.tally.add(Answer(status="quarantined", index=index), {})


def _book(batch: Batch, spec: SceneSpec, answer: Answer, log: str) -> None:
    tally = batch.tally
    if answer.status == "storage":
        raise DatasetError(answer.error)
    if answer.status == "quarantined":
        batch.store.quarantine(spec.index, answer.error, log, spec)
    tally.add(answer, spec.rejections)
    if (tally.done + tally.quarantined) % _COMPACT_EVERY == 0:
        compact_complete(batch.store)

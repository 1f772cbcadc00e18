"""One run of a job: opens the store, finds what is missing, has a back end make it, and merges when all is there.

The dataset folder is the only state: what is committed is done, so any interruption is cured by the same command again.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.dataset import DatasetFacts, Store, file_paths, finish, mend, open_store
from generator.errors import ConfigError, DatasetInputError
from generator.exit_codes import INTERRUPTED
from generator.grammar import Grammar
from generator.job import FarmSettings, Job, identity
from generator.verification import refuse_changed
from generator.writers import layout
from render_farm.backend import Renderers
from render_farm.books import Books
from render_farm.driver import Driver, Patience
from render_farm.gathering import Ranges
from render_farm.interrupts import Interrupts, interrupts
from render_farm.journal import Journal
from render_farm.leases import Leases
from render_farm.local import local_renderers
from render_farm.progress import Show, progress
from render_farm.request import write_request
from render_farm.scratch import existing_folder
from render_farm.share import ALL, Share, missing_indices
from render_farm.tally import Tally
from render_farm.timeline import Recent, trace_events
from render_farm.timings import timings
from render_farm.trades import check_engine
from render_farm.watch import Watch

_TOLD = 5  # images that have lost something, by name
_LOG = logging.getLogger(__name__)
ALL_DONE, DONE_WITH_QUARANTINE = 0, 3  # exit codes


@dataclass(frozen=True)
class Result:
    """What a run came to. aside: of its images, those in quarantine. card is dataset.json, None when the dataset is not finished."""

    tally: Tally
    aside: int
    card: dict[str, Any] | None
    timing: dict[str, Any]

    @property
    def exit_code(self) -> int:
        if self.tally.finished < self.tally.wanted:
            return INTERRUPTED
        return DONE_WITH_QUARANTINE if self.aside else ALL_DONE


@dataclass(frozen=True)
class Batch:
    """What is to be made: the `missing` images (n,) of a job, counted in `tally`.

    aside: images in quarantine. loose: ranges with records that are not yet put together.
    """

    job: Job
    grammar: Grammar
    store: Store
    share: Share
    missing: np.ndarray
    tally: Tally
    aside: frozenset[int]
    loose: frozenset[int]


def run(job: Job, grammar: Grammar, facts: DatasetFacts, share: Share = ALL) -> Result:
    """Makes the images of `share` that are not there yet; a run of all merges them then.

    Raises ConfigError, DatasetError, DeviceError, RenderError.
    """
    part = share.part
    check_places(job.farm)
    with open_store(job.out, identity(job, grammar), part) as store, interrupts(job.farm.grace_s) as stop:
        make_sound(store, job, share)
        write_request(store.folder, job, grammar)
        batch = find_missing(store, job, grammar, share)
        timing = _make(batch, stop) if len(batch.missing) else {}
        tally, aside = batch.tally, sum(index % share.of == share.number for index in store.quarantined_indices())
        card = finish_all(store, facts) if part is None and tally.finished == tally.wanted else None
    return Result(tally, aside, card, timing)


def check_places(farm: FarmSettings) -> None:
    """Raises ConfigError when a folder that is written to beside the dataset is not there; workers elsewhere look at their own scratch."""
    if farm.scratch and farm.kind == "local":
        existing_folder(Path(farm.scratch), f"farm.scratch={farm.scratch}")
    if farm.metrics_file:
        metrics = Path(farm.metrics_file)
        existing_folder(metrics.absolute().parent, f"farm.metrics_file={metrics}")
        if metrics.is_dir():
            raise ConfigError(f"farm.metrics_file={metrics} is a folder: name a file in it, e.g. {metrics / 'scenewright.prom'}")


def merge_shares(job: Job, grammar: Grammar, facts: DatasetFacts) -> tuple[Result, np.ndarray]:
    """Makes the finished dataset of what is there, unless images are missing: their indices (n,), ascending.

    What is missing is told while shares still run, too. Raises DatasetError, DatasetInUseError when nothing is missing but one runs.
    """
    batch = find_missing(Store.at(job.out), job, grammar, ALL)
    if len(batch.missing):
        return Result(batch.tally, len(batch.aside), None, {}), batch.missing
    with open_store(job.out, identity(job, grammar)) as store:
        make_sound(store, job, ALL)
        batch = find_missing(store, job, grammar, ALL)
        card = None if len(batch.missing) else finish_all(store, facts)
        return Result(batch.tally, len(store.quarantined_indices()), card, {}), batch.missing


def make_sound(store: Store, job: Job, share: Share) -> None:
    """Takes back the images of `share` that have lost something, and tells it. Raises DatasetError for a finished one that was changed."""
    refuse_changed(store.folder)
    lost = mend(store, lambda index: file_paths(index, job.output), lambda index: index % share.of == share.number)
    if lost:
        more = f", and {len(lost) - _TOLD} more" if len(lost) > _TOLD else ""
        _LOG.warning("%s: to be made again: %s%s", store.folder, ", ".join(list(lost.values())[:_TOLD]), more)


def finish_all(store: Store, facts: DatasetFacts) -> dict[str, Any]:
    """Merges, and sums up beside it what the card only points to: seconds an image by stage, of all runs."""
    store.write_timing(layout.TIMINGS, timings(store.folder))
    return finish(store, facts)


def find_missing(store: Store, job: Job, grammar: Grammar, share: Share) -> Batch:
    """What is still to be made. Raises DatasetInputError when the folder holds images beyond the job's count."""
    loose = store.loose()
    done = store.done_beside(loose)
    beyond = int(np.count_nonzero(done >= job.count))
    if beyond:
        raise DatasetInputError(
            f"{store.folder} holds {len(done)} images, {beyond} of them beyond count={job.count}: "
            f"ask for count={done[-1] + 1} or more, or use another folder"
        )
    aside = frozenset(store.quarantined_indices())
    finished = done if job.farm.retry_quarantined else np.concatenate([done, np.array(sorted(aside), np.int64)])
    missing = missing_indices(share, job.count, finished)
    wanted = len(share.indices(job.count))
    tally = Tally(wanted=wanted, before=wanted - len(missing))
    return Batch(job, grammar, store, share, missing, tally, aside, frozenset(loose))


def _make(batch: Batch, stop: Interrupts) -> dict[str, Any]:
    """Has a back end make the batch, and returns the timing that was written to the dataset's run folder."""
    start = time.monotonic()
    job, store, tally = batch.job, batch.store, batch.tally
    store.begin()
    with progress(job.farm.report_s) as show, _renderers(batch, stop) as renderers:
        stop.take_over()  # an engine installs handlers of its own
        with at_work(batch, renderers, show) as (driver, watch):
            driver.run(stop, watch.look)
        elapsed = time.monotonic() - start
        timing = tally.timing(elapsed, sum(renderers.backend.places().values()), renderers.device(), job.farm.price_per_hour)
    if batch.share.part is None:
        store.write_timing(layout.TIMING, timing)
    return timing


@contextlib.contextmanager
def at_work(batch: Batch, renderers: Renderers, show: Show, clock: Callable[[], float] = time.monotonic) -> Iterator[tuple[Driver, Watch]]:
    """A driver over `batch` with its books, and who tells how it stands; the journal says when it began and how it ended."""
    job, store, tally, part = batch.job, batch.store, batch.tally, batch.share.part
    with contextlib.closing(Journal(store, part)) as journal:
        journal.note("begin", images=len(batch.missing), workers=dict(renderers.backend.places()))
        ranges = Ranges(batch.share, batch.missing, renderers.gather)
        ranges.begin(job.count, batch.loose)
        recent = Recent(time.time())
        books = Books(job.out, store, tally, journal, ranges, recent, batch.aside)
        driver = Driver(Leases(batch.missing, job.farm.attempts), renderers.backend, books, patience(job), clock)
        watch = Watch(tally, journal, show, driver.standing, job.farm.metrics_file)
        try:
            yield driver, watch
        finally:
            watch.tell("finished" if tally.finished == tally.wanted else "interrupted")
            journal.note("end", done=tally.done, quarantined=tally.quarantined, retries=tally.retries, lost=tally.lost)
            journal.trace(trace_events(recent.spans()))


def _renderers(batch: Batch, stop: Interrupts) -> AbstractContextManager[Renderers]:
    job = batch.job
    if job.farm.kind == "local":
        return local_renderers(job, batch.grammar, batch.store, len(batch.missing), batch.share.part, stop)
    check_engine()
    from render_farm.ray_backend import ray_renderers  # loads Ray, which takes a second

    return ray_renderers(job, batch.grammar, batch.store)


def patience(job: Job) -> Patience:
    return Patience(job.farm.lease_s, job.farm.silence_s, job.farm.storage_wait_s)

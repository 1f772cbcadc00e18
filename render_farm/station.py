"""A place of a cluster: one actor with one supervisor and its bpy child. What it is told and what it says is JSON.

No engine is imported here and bpy only in the child: a station is a plain object that a back end has made on another machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from generator import __version__
from generator.dataset import Store
from generator.errors import DatasetError, DeviceError, RenderError, ScenewrightError
from generator.grammar.tables import load_with_tables
from generator.job import FarmSettings, Job
from generator.storage import Folder, folder_at
from render_farm.backend import Report
from render_farm.bench import Bench
from render_farm.crew import Crew
from render_farm.gathering import Gathering
from render_farm.interrupts import Interrupts
from render_farm.local import supervisor
from render_farm.plan import Slot, plan
from render_farm.processes import available_memory_mb
from render_farm.protocol import Message
from render_farm.request import REQUEST
from render_farm.scratch import scratch_folders

_LOOK_S = 0.2
_LOW = 2  # images queued: fewer, and the next lease should come
_LEAST_LIMIT_MB = 2000.0


class Posting(Message):
    """What a station is told once. job: with `out` as all machines see it and `render.device` as it is wanted there.

    tables: CSV files of the scene. token: SHA-256 of the dataset's run/request.json, to know that it is the same folder.
    gpu: whether the engine gave it a GPU. neighbours: stations of its machine, itself included.
    """

    job: Job
    tables: Mapping[str, str]
    token: str
    gpu: bool
    neighbours: int


class Ready(Message):
    """A station's first word. error: why it cannot work, empty when it can."""

    device: str = ""
    error: str = ""
    version: str = __version__


class Word(Message):
    """What a station says when it is asked. queued: images it has not begun. error: what ended its supervisor."""

    reports: tuple[Report, ...] = ()
    queued: int = 0
    error: str = ""


class Station:
    """Works on by itself between two calls, but begins nothing beyond what it was given."""

    def __init__(self, posting: str) -> None:
        self._posting = Posting.model_validate_json(posting)
        self._stop = Interrupts(self._posting.job.farm.grace_s)
        self._open = contextlib.ExitStack()
        self._bench: Bench | None = None
        self._gathering: Gathering | None = None
        self._said = threading.Condition()
        self._reports: list[Report] = []
        self._error = ""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Ready, as JSON. Whatever is wrong comes back as a value."""
        try:
            device = self._start()
        except ScenewrightError as error:
            return Ready(error=f"{os.uname().nodename}: {error}").model_dump_json()
        return Ready(device=device).model_dump_json()

    def work(self, indices: list[int], shards: list[int], wait_s: float, wind_down: bool) -> str:
        """Takes `indices` over, and `shards` to be gathered; says what has happened since it was last asked: a Word, as JSON.

        Waits for something to say, but not longer than `wait_s`; with `wind_down` begins no more images.
        """
        assert self._bench is not None
        assert self._gathering is not None
        self._bench.give(tuple(indices))
        for shard in shards:
            self._gathering.give(shard)
        if wind_down:
            self._stop.ask()
        end = time.monotonic() + wait_s
        with self._said:
            while (left := end - time.monotonic()) > 0 and not self._error and not (self._reports and self._bench.queued < _LOW):
                self._said.wait(left)
            said, self._reports = tuple(self._reports), []
        return Word(reports=said, queued=self._bench.queued, error=self._error).model_dump_json()

    def close(self) -> None:
        """Ends the child at once, as the end of the actor's process does."""
        self._closing.set()
        self._stop.stop_all()
        if self._thread is not None:
            self._thread.join()
        self._open.close()

    def _start(self) -> str:
        job = self._posting.job
        check_same_folder(folder_at(job.out), self._posting.token)
        grammar = load_with_tables(job.scene, self._posting.tables, Path(self._open.enter_context(tempfile.TemporaryDirectory())))
        slot = self._slot()
        (scratch,) = self._open.enter_context(scratch_folders(1, job.farm.scratch))
        own = supervisor(job, grammar, job.out, slot, scratch, scratch / "worker.log", self._stop)
        crew = self._open.enter_context(Crew([own], self._stop))
        self._bench = Bench(grammar, job.seed, crew)
        self._gathering = self._open.enter_context(Gathering(Store.at(job.out)))
        self._thread = threading.Thread(target=self._work_on, name="bench", daemon=True)
        self._thread.start()
        return slot.render.device

    def _slot(self) -> Slot:
        """The one place that the engine gave: its GPU, or its share of the processor. Raises DeviceError."""
        job, posting = self._posting.job, self._posting
        memory = job.farm.memory_mb or int(min(1e9, max(_LEAST_LIMIT_MB, 0.9 * available_memory_mb() / posting.neighbours)))
        (slot,) = plan(job.render, FarmSettings(workers=1, memory_mb=memory), 1, os.environ)
        if posting.gpu and slot.render.device == "cpu":
            raise DeviceError(
                "the cluster gave this worker a GPU, but Cycles finds none that it can use: mend its driver (see `scenewright doctor` "
                "there), or say render.device=cpu to render on processors"
            )
        return slot

    def _work_on(self) -> None:
        """Bench and crew belong to this thread."""
        assert self._bench is not None
        try:
            while not self._closing.is_set():
                reports = self._bench.give_back() if self._stop.stop.is_set() else ()
                reports += self._bench.reports(_LOOK_S)
                if reports:
                    with self._said:
                        self._reports += reports
                        self._said.notify()
        except ScenewrightError as error:
            with self._said:
                self._error = str(error)
                self._said.notify()


def check_same_folder(folder: Folder, token: str) -> None:
    """Raises RenderError when this machine sees another dataset than the driver, or none: its images would be lost."""
    try:
        found = token_of(folder)
    except (OSError, DatasetError) as error:
        raise RenderError(f"it does not see the dataset {folder} ({error}): use a folder that all machines share, or a URL") from error
    if found != token:
        raise RenderError(f"{folder} is another folder here than for the driver: use a folder that all machines share, or a URL")


def token_of(folder: Folder) -> str:
    """What tells a dataset from all others, while its driver runs."""
    return hashlib.sha256(folder.read(REQUEST)).hexdigest()

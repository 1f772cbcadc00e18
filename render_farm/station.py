"""A place of a cluster: one actor with one bench and its child process. What it is told and what it says is JSON.

No engine is imported here and bpy only in the child: a station is a plain object that a back end has made on another machine.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import Annotated

from pydantic import Field, TypeAdapter

from generator import __version__
from generator.errors import ScenewrightError
from render_farm.backend import Report
from render_farm.interrupts import Interrupts
from render_farm.postings import RenderPosting, TaskPosting, Workplace
from render_farm.protocol import Message

_LOOK_S = 0.2
_POSTING: TypeAdapter[RenderPosting | TaskPosting] = TypeAdapter(Annotated[RenderPosting | TaskPosting, Field(discriminator="kind")])


class Ready(Message):
    """A station's first word. error: why it cannot work, empty when it can."""

    device: str = ""
    error: str = ""
    version: str = __version__


class Word(Message):
    """What a station says when it is asked. wants_more: it will soon have nothing to do. error: what ended its work for good."""

    reports: tuple[Report, ...] = ()
    wants_more: bool = True
    error: str = ""


class Station:
    """Works on by itself between two calls, but begins nothing beyond what it was given."""

    def __init__(self, posting: str) -> None:
        self._posting = _POSTING.validate_json(posting)
        self._stop = Interrupts(self._posting.grace_s)
        self._open = contextlib.ExitStack()
        self._workplace: Workplace | None = None
        self._said = threading.Condition()
        self._reports: list[Report] = []
        self._error = ""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Ready, as JSON. Whatever is wrong comes back as a value."""
        try:
            self._workplace = self._posting.open(self._stop, self._open)
        except ScenewrightError as error:
            return Ready(error=f"{os.uname().nodename}: {error}").model_dump_json()
        self._thread = threading.Thread(target=self._work_on, args=(self._workplace,), name="bench", daemon=True)
        self._thread.start()
        return Ready(device=self._workplace.device).model_dump_json()

    def work(self, indices: list[int], shards: list[int], wait_s: float, wind_down: bool) -> str:
        """Takes `indices` over, and `shards` to be gathered; says what has happened since it was last asked: a Word, as JSON.

        Waits for something to say, but not longer than `wait_s`; with `wind_down` begins nothing more.
        """
        assert self._workplace is not None
        bench, gather = self._workplace.bench, self._workplace.gather
        bench.give(tuple(indices))
        for shard in shards:
            assert gather is not None
            gather(shard)
        if wind_down and not self._stop.stop.is_set():  # asked twice it would end what is begun; when the grace ends, the driver does
            self._stop.ask()
        end = time.monotonic() + wait_s
        with self._said:
            while (left := end - time.monotonic()) > 0 and not self._error and not (self._reports and bench.wants_more):
                self._said.wait(left)
            said, self._reports = tuple(self._reports), []
        return Word(reports=said, wants_more=bench.wants_more, error=self._error).model_dump_json()

    def close(self) -> None:
        """Ends the child at once, as the end of the actor's process does."""
        self._closing.set()
        self._stop.stop_all()
        if self._thread is not None:
            self._thread.join()
        self._open.close()

    def _work_on(self, workplace: Workplace) -> None:
        """The bench belongs to this thread."""
        try:
            while not self._closing.is_set():
                reports = workplace.bench.give_back() if self._stop.stop.is_set() else ()
                reports += workplace.bench.reports(_LOOK_S)
                if reports:
                    with self._said:
                        self._reports += reports
                        self._said.notify()
        except ScenewrightError as error:
            with self._said:
                self._error = str(error)
                self._said.notify()

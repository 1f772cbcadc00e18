"""The way of an image through a bpy child: three stages, with another image in each at the same time.

    lines -> prepare: parse, build meshes -> render: Blender -> finish: develop, label, encode, commit -> answers
             thread                          main thread        thread

While Cycles renders it does not hold Python's lock (measured: another thread runs on undisturbed), and most of the other
stages' time is spent in numpy, OpenCV, Embree and zlib, which let go of it too: so threads overlap, and meshes need no copying.
No stage changes what another one makes of an image; the order in which they run has no influence on its bytes.
"""

from __future__ import annotations

import os
import queue
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from generator.errors import DatasetError
from generator.frame import Frame
from generator.pipeline import Made, Studio, finish, prepare, render
from generator.spec import SceneSpec
from render_farm.processes import give_back_memory, is_disk_full, own_memory_mb
from render_farm.protocol import Answer, Stage, Status


@dataclass
class Passage:
    """An image on its way, and what it took so far."""

    spec: SceneSpec
    frame: Frame | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    spans: dict[Stage, tuple[float, float]] = field(default_factory=dict)


class Stages:
    """`send` is told of every beginning, end and result, from any of the threads; spans count from `start_s` (monotonic)."""

    def __init__(self, studio: Studio, send: Callable[[Answer], None], start_s: float) -> None:
        self._studio = studio
        self._send = send
        self._start_s = start_s
        self._cpu_s = time.process_time()  # at the last answer
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._prepared: queue.Queue[Passage | None] = queue.Queue(1)
        self._rendered: queue.Queue[Passage | None] = queue.Queue(1)
        self._closing = threading.Event()

    def run(self, lines: Iterable[bytes]) -> None:
        """Makes the images of `lines`, SceneSpecs in JSON. When these end, only what is being rendered is finished."""
        _begin("read", self._read, lines)
        _begin("prepare", self._prepare_all)
        finisher = _begin("finish", self._finish_all)
        while (passage := self._prepared.get()) is not None and not self._closing.is_set():
            if self._work("render", passage, self._render):
                self._rendered.put(passage)
        self._rendered.put(None)
        finisher.join()

    @property
    def closing(self) -> bool:
        """Whether the end of the input was seen."""
        return self._closing.is_set()

    def _read(self, lines: Iterable[bytes]) -> None:
        """Takes lines in as they come, so that the end is seen at once and the supervisor never waits."""
        for line in lines:
            if line.endswith(b"\n"):  # else the rest of it was taken back
                self._lines.put(line)
        self._closing.set()
        self._lines.put(None)

    def _prepare_all(self) -> None:
        while (line := self._lines.get()) is not None and not self._closing.is_set():
            passage = Passage(SceneSpec.from_json(line))
            if self._work("prepare", passage, self._prepare):
                self._prepared.put(passage)
        self._prepared.put(None)

    def _finish_all(self) -> None:
        while (passage := self._rendered.get()) is not None:
            self._work("finish", passage, self._finish)
            give_back_memory()

    def _prepare(self, passage: Passage) -> None:
        passage.seconds |= prepare(passage.spec)

    def _render(self, passage: Passage) -> None:
        passage.frame, seconds = render(self._studio, passage.spec)
        passage.seconds |= seconds

    def _finish(self, passage: Passage) -> Made:
        frame, passage.frame = passage.frame, None  # megabytes, gone as soon as they are files
        assert frame is not None
        return finish(self._studio, passage.spec, frame)

    def _work(self, stage: Stage, passage: Passage, step: Callable[[Passage], Made | None]) -> bool:
        """Whether the stage went well; whatever goes wrong is sent as the image's answer, as is what was made."""
        index = passage.spec.index
        self._send(Answer(status="enters", index=index, stage=stage))
        start = time.monotonic()
        try:
            made = step(passage)
        except Exception as error:
            self._send(self._trouble(index, error))
            return False
        passage.spans[stage] = (start - self._start_s, time.monotonic() - self._start_s)
        self._send(Answer(status="leaves", index=index, stage=stage) if made is None else self._result(passage, made))
        return True

    def _result(self, passage: Passage, made: Made) -> Answer:
        cpu_s, before_s = time.process_time(), self._cpu_s
        self._cpu_s = cpu_s
        return Answer(
            status="quarantined" if made.problems else "done",
            index=passage.spec.index,
            seconds={**passage.seconds, **made.seconds},
            spans=passage.spans,
            cpu_seconds=cpu_s - before_s,
            instances=dict(Counter(made.instances)),
            rss_mb=own_memory_mb(),
            error="; ".join(made.problems),
        )

    def _trouble(self, index: int, error: Exception) -> Answer:
        if isinstance(error, DatasetError):
            return Answer(status="storage", index=index, error=str(error))
        traceback.print_exception(error)
        status: Status = "storage" if is_disk_full(error) else "failed"
        return Answer(status=status, index=index, error=f"{type(error).__name__}: {error}", rss_mb=own_memory_mb())


def _begin(name: str, work: Callable[..., None], *arguments: object) -> threading.Thread:
    """A thread without which the process is of no use: it ends with it."""

    def run() -> None:
        try:
            work(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread

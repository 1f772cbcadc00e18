"""A crew of supervisors, each in a thread of its own: scenes go in, answers come out in the order in which they are ready.

Who is free takes the next scene, but one that comes again because it failed goes to another worker: it may be the worker's GPU.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from dataclasses import dataclass

from generator.spec import SceneSpec
from render_farm.interrupts import Interrupts
from render_farm.protocol import Answer
from render_farm.supervisor import Supervisor

_LOOK_S = 0.1  # between two looks at the scenes that have come meanwhile, and at the wish to stop


@dataclass(frozen=True)
class Outcome:
    """answer is None when the scene was dropped because the run stops; log is the end of the child's log unless all went well.

    worker is the name of its log, and began the Unix time from which the answer's spans count.
    """

    spec: SceneSpec
    answer: Answer | None
    log: str = ""
    worker: str = ""
    began: float = 0.0


class Scenes:
    """What waits for `workers` threads, first in, first out."""

    def __init__(self, workers: int) -> None:
        self._alone = workers == 1
        self._changed = threading.Condition()
        self._waiting: deque[SceneSpec | None] = deque()
        self._failed_at: dict[int, str] = {}  # by index: the worker of the last try

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, spec: SceneSpec | None) -> None:
        """None: one worker may go home."""
        with self._changed:
            self._waiting.append(spec)
            self._changed.notify_all()

    def take(self, worker: str, *, wait: bool) -> SceneSpec | None:
        """The next scene for `worker`. Raises queue.Empty when there is none and it does not wait."""
        with self._changed:
            while (place := self._first_for(worker)) is None:
                if not wait:
                    raise queue.Empty
                self._changed.wait()
            spec = self._waiting[place]
            del self._waiting[place]
            if spec is not None:
                self._failed_at.pop(spec.index, None)
            return spec

    def failed(self, spec: SceneSpec, worker: str) -> None:
        """If it is put in again, another worker gets it."""
        if not self._alone:
            self._failed_at[spec.index] = worker

    def _first_for(self, worker: str) -> int | None:
        return next((i for i, spec in enumerate(self._waiting) if spec is None or self._failed_at.get(spec.index) != worker), None)


class Crew:
    """Threads wait in pipes most of the time, so Python's lock does not slow them. Use as a context manager."""

    def __init__(self, supervisors: list[Supervisor], stop: Interrupts) -> None:
        self.supervisors = supervisors
        self.waiting = 0  # scenes put in whose outcome has not been taken out
        self._stop = stop
        self._scenes = Scenes(len(supervisors))
        self._outcomes: queue.Queue[Outcome | BaseException] = queue.Queue()
        self._threads = [threading.Thread(target=self._work, args=(s,), name=s.log.stem) for s in supervisors]

    @property
    def wants_more(self) -> bool:
        """Whether another scene should be drawn: one for each worker beyond those that its child has already."""
        return len(self._scenes) < len(self.supervisors)

    def put(self, spec: SceneSpec) -> None:
        self.waiting += 1
        self._scenes.put(spec)

    def take(self, timeout_s: float) -> Outcome | None:
        """The next outcome, None when there is none in time. Raises what ended a supervisor."""
        try:
            outcome = self._outcomes.get(timeout=timeout_s)
        except queue.Empty:
            return None
        self.waiting -= 1
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def __enter__(self) -> Crew:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.waiting:  # left by an error: nobody waits for the rest
            self._stop.stop_all()
        for _thread in self._threads:
            self._scenes.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self, supervisor: Supervisor) -> None:
        try:
            more = True
            while more or supervisor.waiting:
                more = more and self._feed(supervisor)
                if self._stop.stop.is_set():
                    supervisor.finish_begun()
                result = supervisor.take(_LOOK_S) if supervisor.waiting else None
                if result is not None:
                    self._outcomes.put(self._outcome(supervisor, *result))
        except BaseException as error:
            self._outcomes.put(error)
        finally:
            supervisor.close()

    def _feed(self, supervisor: Supervisor) -> bool:
        """Gives the supervisor what it wants and is there; waits only while it has nothing to do. False: no more will come."""
        while supervisor.wants_more or not supervisor.waiting:
            try:
                spec = self._scenes.take(supervisor.log.stem, wait=not supervisor.waiting)
            except queue.Empty:
                return True
            if spec is None:
                return False
            if self._stop.stop.is_set():
                self._outcomes.put(Outcome(spec, None))
            else:
                supervisor.put(spec)
        return True

    def _outcome(self, supervisor: Supervisor, spec: SceneSpec, answer: Answer | None) -> Outcome:
        if answer is not None and answer.status == "given_up":
            self._scenes.failed(spec, supervisor.log.stem)
        done = answer is None or answer.status == "done"
        return Outcome(spec, answer, "" if done else supervisor.log_tail(), supervisor.log.stem, supervisor.began)

"""Works tasks off by child processes of this machine. The same bench serves a local run and a station of a cluster."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from generator.errors import DatasetError
from generator.storage.atomic import disk_errors, write_file
from generator.storage.flock import flocked_turn
from render_farm.backend import Report
from render_farm.interrupts import Interrupts
from render_farm.protocol import Answer
from render_farm.tasks import LOCK, Task, TaskProcess

_LOOK_S = 0.1  # between two looks at the processes
_AGAIN_S = 2.0  # between two looks at tasks that others hold


@dataclass(frozen=True)
class _Work:
    """A task's process, the environment that it occupies, and the lock on its folder."""

    process: TaskProcess
    environment: Mapping[str, str]
    lock: ExitStack


class TaskBench:
    """A Bench of `tasks`, whose folders are seen from `root`; a process at a time in each of `environments`.

    A task that somebody else works on is kept until that one has done it or left it. Use as a context manager: at its end all
    processes are killed.
    """

    def __init__(self, tasks: Sequence[Task], root: Path, environments: Sequence[Mapping[str, str]], stop: Interrupts) -> None:
        self._tasks = tasks
        self._root = root
        self._stop = stop
        self._free = deque(environments)
        self._running: list[_Work] = []
        self._queued: deque[int] = deque()
        self._elsewhere: deque[int] = deque()
        self._look_again_s = 0.0

    @property
    def wants_more(self) -> bool:
        """As soon as a process has nothing to do, and no sooner: a task lasts long, and another place may take it."""
        return len(self._queued) < len(self._free)

    def give(self, indices: tuple[int, ...]) -> None:
        self._queued.extend(indices)

    def give_back(self) -> tuple[Report, ...]:
        back = tuple(Report(index=index, answer=None) for index in [*self._queued, *self._elsewhere])
        self._queued.clear()
        self._elsewhere.clear()
        return back

    def reports(self, timeout_s: float) -> tuple[Report, ...]:
        end = time.monotonic() + timeout_s
        while not (ready := [*self._ended(), *self._begin()]) and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_S))
        return tuple(ready)

    def __enter__(self) -> TaskBench:
        return self

    def __exit__(self, *_: object) -> None:
        for work in self._running:
            work.process.kill()
            work.lock.close()

    def _ended(self) -> list[Report]:
        """What became of processes that have ended; when told to stop, has them end."""
        reports = []
        for work in list(self._running):
            if self._stop.stop_now.is_set():
                work.process.kill()
            elif self._stop.stop.is_set():
                work.process.stop()
            report = work.process.report()
            if report is not None:
                work.lock.close()
                reports.append(report)
                self._running.remove(work)
                self._free.append(work.environment)
        return reports

    def _begin(self) -> list[Report]:
        """Processes for what was given; reports of what needs none."""
        if self._stop.stop.is_set():
            return []
        now = time.monotonic()
        if now >= self._look_again_s:
            self._look_again_s = now + _AGAIN_S
            self._queued.extend(self._elsewhere)
            self._elsewhere.clear()
        reports = []
        while self._queued and self._free:
            report = self._try(self._queued.popleft())
            if report is not None:
                reports.append(report)
        return reports

    def _try(self, index: int) -> Report | None:
        """Begins a task, or sets it aside because somebody else works on it; a Report when it is done, or cannot be written."""
        task = self._tasks[index]
        folder = self._root / task.folder
        try:
            with disk_errors(folder), ExitStack() as lock:
                folder.mkdir(parents=True, exist_ok=True)
                if not lock.enter_context(flocked_turn(folder / LOCK, wait=False)):
                    self._elsewhere.append(index)
                    return None
                if task.is_done(self._root):
                    return Report(index=index, answer=Answer(status="done", index=index))
                write_file(folder, folder / task.order_name, task.order.encode())
                process = TaskProcess(index, task, self._root, self._free[0])
                self._running.append(_Work(process, self._free.popleft(), lock.pop_all()))
        except DatasetError as error:
            return Report(index=index, answer=Answer(status="storage", index=index, error=str(error)))
        return None

"""The owner of one bpy child: starts it, feeds it ahead, watches it from outside, and replaces it when it dies.

It never imports bpy, and belongs to one thread. A crash, a hang or a memory hog costs one image one of its tries (see orders.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import DeviceError, RenderError
from generator.spec import SceneSpec
from render_farm.child import Child, ChildLost, log_tail
from render_farm.orders import Orders, Result
from render_farm.protocol import Answer, WorkerSettings

START_LIMIT_S = 300.0  # importing bpy takes 0.4 s from a warm disk; a cold network disk reads its 900 MB at 10 MB/s
_LOOK_S = 0.1  # between two looks at clock, memory and the wish to stop
_STARTS = 3  # of children in a row that are killed before they are ready
_IDLE_LOSSES = 3  # of children that worked on nothing: the machine's fault, not an image's


@dataclass(frozen=True)
class Limits:
    """When to give up on a child: seconds for each stage of an image, memory_mb resident, images until it is replaced."""

    seconds: float
    memory_mb: float
    images: int
    attempts: int


class Supervisor:
    """One child at a time, in `environment`, printing to `log`. Set `stop_now` to have it killed and its images dropped.

    Put an image in whenever it `wants_more`, and take answers out; or `render` one after the other.
    """

    def __init__(
        self, settings: WorkerSettings, limits: Limits, environment: Mapping[str, str], log: Path, stop_now: threading.Event
    ) -> None:
        self.settings = settings
        self.limits = limits
        self.environment = environment
        self.log = log
        self.stop_now = stop_now
        self.device = ""
        self.start_s = time.monotonic()  # what the spans of its answers count from
        self.began = time.time()  # the same moment in Unix time
        self._orders = Orders(limits.attempts)
        self._child: Child | None = None
        self._images = 0  # handed to this child
        self._killed_starts = 0
        self._looked_s = 0.0
        self._closing = False

    @property
    def waiting(self) -> int:
        """Images put in and not yet taken out."""
        return self._orders.waiting

    @property
    def wants_more(self) -> bool:
        return not self._closing and self._orders.wants_more

    def put(self, spec: SceneSpec) -> None:
        self._orders.put(spec)

    def take(self, timeout_s: float) -> Result | None:
        """An image and its answer, which is None when it was dropped; None when there is none in time.

        Raises RenderError when no child starts, DeviceError when the wanted device is not there.
        """
        if not self._orders.results:
            try:
                self._step(min(timeout_s, _LOOK_S))
            except ChildLost as lost:
                self._replace(str(lost))
        return self._orders.results.popleft() if self._orders.results else None

    def render(self, spec: SceneSpec) -> Answer | None:
        """The answer for one image, after as many tries as allowed; None when it was dropped. Raises as `take` does."""
        self.put(spec)
        while (result := self.take(_LOOK_S)) is None:
            pass
        return result[1]

    def finish_begun(self) -> None:
        """Drops all images but those whose rendering has begun."""
        if not self._closing:
            self._closing = True
            self._orders.drop(begun=self._child is None)
            if self._child is not None:
                self._child.close_input()

    def log_tail(self) -> str:
        """The last lines that the child printed."""
        return log_tail(self.log)

    def close(self) -> None:
        """Ends the child, at once."""
        if self._child is not None:
            self._child.kill()
        self._child = None

    def _step(self, timeout_s: float) -> None:
        """Hands over what may go, then hears the next message, or looks after the child when there is none."""
        if self.stop_now.is_set():
            self.close()
            self._orders.drop(begun=True)
            return
        self._hand_over()
        if self._child is None:
            return
        answer = self._child.receive(timeout_s)
        if answer is not None:
            self._hear(answer)
        elif (late := self._orders.late(time.monotonic() - self.limits.seconds)) is not None:
            self._child.write_stacks()
            self._replace("it took longer than allowed (render.time_limit_s) and was ended", late)
        self._look_at_memory()

    def _hand_over(self) -> None:
        if self._closing:
            return
        if self._images >= self.limits.images:  # old: it finishes what it has
            if self._orders.sent:
                return
            self.close()
        while (self._child is not None or self._start()) and self._child and (spec := self._orders.next()) is not None:
            self._images += 1
            self._child.send(spec.to_json() + b"\n")

    def _hear(self, answer: Answer) -> None:
        if answer.status in ("enters", "leaves"):
            self._orders.mark(answer.index, answer.stage if answer.status == "enters" else None, time.monotonic())
        elif answer.status == "failed":  # whatever state the error left behind goes with the child
            self._replace(answer.error, answer.index)
        else:
            self._orders.finish(answer)

    def _look_at_memory(self) -> None:
        now = time.monotonic()
        if self._child is None or now < self._looked_s + _LOOK_S:
            return
        self._looked_s = now
        if self._child.rss_mb > self.limits.memory_mb:
            self._replace("it took more memory than allowed (farm.memory_mb) and was ended")

    def _replace(self, reason: str, guilty: int | None = None) -> None:
        """The child is gone or has to go. When told to stop there is no next one, and nobody to blame for the end."""
        self.close()
        if self._closing:
            self._orders.drop(begun=True)
            return
        self._orders.lost(reason, guilty)
        if self._orders.idle_losses >= _IDLE_LOSSES:
            raise RenderError(f"Blender does not stay alive: {reason}, {_IDLE_LOSSES} times in a row. Its last lines:\n{self.log_tail()}")

    def _start(self) -> bool:
        """A fresh child that is ready for scenes; False when it was told to stop meanwhile."""
        child = self._child = Child(self.environment, self.log, self.start_s)
        self._images = 0
        child.send(self.settings.to_line())
        deadline = time.monotonic() + START_LIMIT_S
        try:
            while (answer := child.receive(_LOOK_S)) is None:
                if self.stop_now.is_set():
                    self.close()
                    return False
                if time.monotonic() > deadline:
                    raise ChildLost(f"it was not ready after {START_LIMIT_S:.0f} s")
        except ChildLost as lost:
            self.close()
            self._killed_starts += lost.killed
            if lost.killed and self._killed_starts < _STARTS:
                return self._start()
            raise RenderError(
                f"Blender does not start: {lost}. Its last lines:\n{self.log_tail()}\nRun `scenewright doctor` to see what is missing"
            ) from lost
        if answer.status == "unusable":
            self.close()
            raise DeviceError(answer.error)
        self.device = answer.device
        self._killed_starts = 0
        return True

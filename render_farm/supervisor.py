"""The owner of one bpy child: starts it, sends it scenes, watches it from outside, and replaces it when it dies.

It never imports bpy, and belongs to one thread. A crash, a hang or a memory hog costs one try of one image.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import DeviceError, RenderError
from generator.spec import SceneSpec
from render_farm.processes import rss_mb
from render_farm.protocol import Answer, WorkerSettings

_CODE = Path(__file__).resolve().parent.parent  # the child runs the same code as this process
START_LIMIT_S = 300.0  # importing bpy takes 0.4 s from a warm disk; a cold network disk reads its 900 MB at 10 MB/s
_LOOK_S = 0.1  # between two looks at clock, memory and the wish to stop
_LOG_BYTES = 4_000_000  # a longer log is cut between two images
_LOG_LINES = 40  # of the log that go into a crash report


@dataclass(frozen=True)
class Limits:
    """When to give up on a child. memory_mb is resident memory; images is the age at which it is replaced."""

    seconds: float
    memory_mb: float
    images: int
    attempts: int


class ChildLost(Exception):
    """The child ended or was ended; the text says how, without numbers that differ from run to run (it goes into the card)."""


class Supervisor:
    """One child at a time, in `environment`, printing to `log`. Set `stop_now` to have it killed and `render` return None."""

    def __init__(
        self, settings: WorkerSettings, limits: Limits, environment: Mapping[str, str], log: Path, stop_now: threading.Event
    ) -> None:
        self.settings = settings
        self.limits = limits
        paths = [str(_CODE), *environment.get("PYTHONPATH", "").split(os.pathsep)]
        self.environment = {**environment, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
        self.log = log
        self.stop_now = stop_now
        self.device = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._images = 0

    def render(self, spec: SceneSpec) -> Answer | None:
        """The answer for one image, after as many tries as allowed; None when it was told to stop.

        Raises RenderError when no child starts, DeviceError when the wanted device is not there.
        """
        reasons = []
        for attempt in range(1, self.limits.attempts + 1):
            try:
                answer = self._attempt(spec)
            except ChildLost as lost:
                self.close()
                reasons.append(f"try {attempt}: {lost}")
            else:
                if answer is None or answer.status != "failed":
                    return answer
                self.close()  # whatever state the error left behind goes with the child
                reasons.append(f"try {attempt}: {answer.error}")
        return Answer(status="quarantined", index=spec.index, error=_without_repeats(reasons))

    def log_tail(self) -> str:
        """The last lines that the child printed."""
        try:
            with open(self.log, "rb") as file:
                file.seek(max(0, self.log.stat().st_size - 16_000))
                return "\n".join(file.read().decode(errors="replace").splitlines()[-_LOG_LINES:])
        except OSError:
            return ""

    def close(self) -> None:
        """Ends the child, at once: it has nothing to lose between two answers, and commits are atomic."""
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # unsent bytes for a dead child
                    pipe.close()
        self._child = None

    def _attempt(self, spec: SceneSpec) -> Answer | None:
        if self._child is not None and self._images >= self.limits.images:
            self.close()
        if self._child is None and not self._start():
            return None
        self._images += 1
        self._send(spec.to_json() + b"\n")
        return self._wait(self.limits.seconds)

    def _start(self) -> bool:
        """A fresh child that is ready for scenes; False when it was told to stop meanwhile."""
        with open(self.log, "ab") as log:
            if log.tell() > _LOG_BYTES:
                log.truncate(0)
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "render_farm.worker", str(os.getpid())],  # -P: not what lies in the current folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self.environment,
                start_new_session=True,  # Ctrl-C in the terminal reaches the driver alone
            )
        self._images = 0
        try:
            self._send(self.settings.to_line())
            answer = self._wait(START_LIMIT_S)
        except ChildLost as lost:
            tail = self.log_tail()
            self.close()
            raise RenderError(
                f"Blender does not start: {lost}. Its last lines:\n{tail}\nRun `scenewright doctor` to see what is missing"
            ) from lost
        if answer is not None and answer.status == "unusable":
            self.close()
            raise DeviceError(answer.error)
        if answer is not None:
            self.device = answer.device
        return answer is not None

    def _send(self, line: bytes) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(line)
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._lost() from None

    def _wait(self, seconds: float) -> Answer | None:
        """The next answer; None when told to stop. Raises ChildLost when the child ends, takes too long or grows too large."""
        assert self._child is not None
        assert self._child.stdout is not None
        deadline = time.monotonic() + seconds
        while not self.stop_now.is_set():
            ready, _, _ = select.select([self._child.stdout], [], [], _LOOK_S)
            if ready:
                line = self._child.stdout.readline()
                if not line.endswith(b"\n"):
                    raise self._lost()
                return Answer.model_validate_json(line)
            if time.monotonic() > deadline:
                raise ChildLost("it took longer than allowed (render.time_limit_s) and was ended")
            if rss_mb(self._child.pid) > self.limits.memory_mb:
                raise ChildLost("it took more memory than allowed (farm.memory_mb) and was ended")
        self.close()
        return None

    def _lost(self) -> ChildLost:
        assert self._child is not None
        code = self._child.wait()
        if code >= 0:
            return ChildLost(f"Blender's process ended with exit code {code}")
        hint = ", as the kernel does when memory runs out" if -code == signal.SIGKILL else ""
        return ChildLost(f"Blender's process was ended by {signal.Signals(-code).name}{hint}")


def _without_repeats(reasons: list[str]) -> str:
    """One line when all tries failed alike."""
    texts = {reason.split(": ", 1)[1] for reason in reasons}
    return f"{texts.pop()} (in {len(reasons)} of {len(reasons)} tries)" if len(texts) == 1 else "; ".join(reasons)

"""One bpy process seen from outside: lines in, answers out, memory, and how it ended.

Nothing here waits longer than it was told, so that a child that hangs cannot hang its owner.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from render_farm.processes import STACK_SIGNAL, rss_mb
from render_farm.protocol import Answer

_CODE = Path(__file__).resolve().parent.parent  # the child runs the same code as this process
_LOG_BYTES = 4_000_000  # a longer log is cut between two children
_LOG_LINES = 80  # of the log that go into a crash report: the stacks of four threads
_STACK_S = 0.3  # for writing them
_PIPE_BYTES = 65_536  # a pipe holds as much on Linux


class ChildLost(Exception):
    """The child ended or was ended; the text says how, without numbers that differ from run to run (it goes into the card).

    killed: by a signal, so that the next one may fare better.
    """

    def __init__(self, how: str, *, killed: bool = False) -> None:
        super().__init__(how)
        self.killed = killed


class Child:
    """A running child, which counts its spans from `start_s` (monotonic), in `environment`, printing to `log`."""

    def __init__(self, environment: Mapping[str, str], log: Path, start_s: float) -> None:
        with open(log, "ab") as file:
            if file.tell() > _LOG_BYTES:
                file.truncate(0)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "render_farm.worker", str(os.getpid()), repr(start_s)],  # -P: not the current folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                env=environment_of_child(environment),
                bufsize=0,
                start_new_session=True,  # Ctrl-C in the terminal reaches the driver alone
            )
        self._stdin, self._stdout = _pipes(self._process)
        os.set_blocking(self._stdin.fileno(), False)
        self._unsent = b""
        self._unread = b""
        self._answers: deque[Answer] = deque()

    @property
    def rss_mb(self) -> float:
        return rss_mb(self._process.pid)

    def send(self, line: bytes) -> None:
        """Hands a line over, as far as the pipe takes it; the rest goes while answers are received."""
        self._unsent += line
        self._write()

    def close_input(self) -> None:
        """Tells the child to begin no more images and to end."""
        self._unsent = b""
        self._stdin.close()

    def receive(self, timeout_s: float) -> Answer | None:
        """The next answer, None when there is none in time. Raises ChildLost when the child has ended and said no more."""
        if not self._answers:
            writers = [self._stdin] if self._unsent else []
            readable, writable, _ = select.select([self._stdout], writers, [], timeout_s)
            if writable:
                self._write()
            if readable:
                self._read()
        return self._answers.popleft() if self._answers else None

    def write_stacks(self) -> None:
        """Has the child write down what its threads are doing, into its log."""
        self._process.send_signal(STACK_SIGNAL)
        time.sleep(_STACK_S)

    def kill(self) -> None:
        """Ends it at once: it has nothing to lose, because commits are atomic."""
        self._process.kill()
        self._process.wait()
        self._stdin.close()
        self._stdout.close()

    def _write(self) -> None:
        if self._stdin.closed:
            return
        try:
            self._unsent = self._unsent[os.write(self._stdin.fileno(), self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:  # it has ended, as `receive` will tell
            self._unsent = b""

    def _read(self) -> None:
        data = os.read(self._stdout.fileno(), _PIPE_BYTES)
        if not data:
            code = self._process.wait()
            raise ChildLost(ending("Blender's process", code), killed=code < 0)
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._answers.extend(Answer.model_validate_json(line) for line in lines)


def environment_of_child(outer: Mapping[str, str]) -> dict[str, str]:
    paths = [str(_CODE), *outer.get("PYTHONPATH", "").split(os.pathsep)]
    return {**outer, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def log_tail(log: Path) -> str:
    """The last lines that a child printed."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - 16_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-_LOG_LINES:])
    except OSError:
        return ""


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def ending(whose: str, code: int) -> str:
    """How a process ended. code: as subprocess says, negative for a signal."""
    if code >= 0:
        return f"{whose} ended with exit code {code}"
    hint = ", as the kernel does when memory runs out" if -code == signal.SIGKILL else ""
    return f"{whose} was ended by {signal.Signals(-code).name}{hint}"

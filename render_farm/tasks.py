"""Work that is no image: tasks, each done by a process of its own in a folder of its own, where a result file ends it.

What such a process exits with is read as generator/exit_codes.py says; every other end without a result is a crash, and costs the
task one of its tries. Its folder is locked while it works, so that no two processes work on one task, whoever else knows of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from generator.exit_codes import INTERRUPTED, REFUSED, STORAGE
from render_farm.backend import Report
from render_farm.child import ending, environment_of_child, log_tail
from render_farm.protocol import Answer, Message, Status

LOCK, LOG = "lock", "log.txt"  # in a task's folder
_STATUS: dict[int, Status] = {STORAGE: "storage", REFUSED: "quarantined"}  # any other: crashed, another try may cure it
_LOG_END = 16_000  # bytes in which its last line is looked for


class Task(Message):
    """`python -m MODULE FOLDER`, which finds `order` in the file `order_name` there, and writes `result_name` last of all.

    name: for people. folder: absolute, or seen from where the work is begun.
    """

    name: str
    module: str
    folder: str
    order: str
    order_name: str
    result_name: str

    def is_done(self, root: Path) -> bool:
        return (root / self.folder / self.result_name).exists()


class TaskProcess:
    """Task number `index`, under way from `root` in `environment`."""

    def __init__(self, index: int, task: Task, root: Path, environment: Mapping[str, str]) -> None:
        self._index = index
        self._task = task
        self._root = root
        self._told_to_stop = False
        self._began = time.monotonic()
        self._log = root / task.folder / LOG
        with open(self._log, "ab") as log:
            self._first_byte = log.tell()
            self._process = _started(task, root, environment, log)

    def report(self) -> Report | None:
        """What became of it; None while it works."""
        code = self._process.poll()
        if code is None:
            return None
        index = self._index
        if self._task.is_done(self._root):
            return Report(index=index, answer=Answer(status="done", index=index, seconds={"task": time.monotonic() - self._began}))
        if self._told_to_stop or code == INTERRUPTED:
            return Report(index=index, answer=None)
        answer = Answer(status=_STATUS.get(code, "given_up"), index=index, error=self._why(code))
        return Report(index=index, answer=answer, log=log_tail(self._log))

    def stop(self) -> None:
        """Asks it once to write down how far it is, and to end."""
        if not self._told_to_stop:
            self._told_to_stop = True
            self._process.terminate()

    def kill(self) -> None:
        self._told_to_stop = True
        self._process.kill()
        self._process.wait()

    def _why(self, code: int) -> str:
        """The last line that it printed, unless it was killed or printed none."""
        with open(self._log, "rb") as log:
            log.seek(max(self._first_byte, os.fstat(log.fileno()).st_size - _LOG_END))
            lines = log.read().decode(errors="replace").split("\n")
        said = [line for line in lines if line.strip()]
        return said[-1].removeprefix("scenewright: ") if said and code >= 0 else ending("its process", code)


def _started(task: Task, root: Path, environment: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "render_farm.task_child", str(os.getpid()), task.module, task.folder],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=environment_of_child(environment),
        start_new_session=True,  # Ctrl-C in the terminal reaches the driver alone
    )

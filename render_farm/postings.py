"""What a station is told once, and what it makes of it: a bench on its machine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.dataset import Store
from generator.errors import DatasetError, DeviceError, RenderError
from generator.grammar.tables import Beside, load_with
from generator.job import FarmSettings, Job
from generator.storage import Folder, folder_at, joined
from generator.writers.layout import JOB
from render_farm.backend import Bench
from render_farm.bench import RenderBench
from render_farm.crew import Crew
from render_farm.gathering import Gathering
from render_farm.interrupts import Interrupts
from render_farm.local import supervisor
from render_farm.plan import Slot, plan
from render_farm.processes import available_memory_mb
from render_farm.protocol import Message
from render_farm.request import REQUEST
from render_farm.scratch import scratch_folders
from render_farm.task_bench import TaskBench
from render_farm.tasks import Task

_LOW = 2  # images queued: fewer, and the next lease should come
_LEAST_LIMIT_MB = 2000.0


@dataclass(frozen=True)
class Workplace:
    """A bench that is ready. gather: puts the records of a thousand images together, None where there are no records."""

    bench: Bench
    device: str = ""
    gather: Callable[[int], None] | None = None


class RenderPosting(Message):
    """To make images. job: with `out` as all machines see it and `render.device` as it is wanted there.

    beside: what the scene needs besides its data. token: SHA-256 of the dataset's run/request.json, to know that it is the same folder.
    gpu: whether the engine gave it a GPU. neighbours: stations of its machine, itself included.
    """

    kind: Literal["render"] = "render"
    job: Job
    beside: Beside
    token: str
    gpu: bool
    neighbours: int

    @property
    def grace_s(self) -> float:
        return self.job.farm.grace_s

    def open(self, stop: Interrupts, stack: ExitStack) -> Workplace:
        """A supervisor with its bpy child, until `stack` is closed. Raises DeviceError, RenderError."""
        job = self.job
        check_same_folder(folder_at(job.out), self.token)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        grammar = load_with(job.scene, self.beside, folder, joined(job.out, JOB))
        slot = self._slot()
        (scratch,) = stack.enter_context(scratch_folders(1, job.farm.scratch))
        own = supervisor(job, grammar, job.out, slot, scratch, scratch / "worker.log", stop)
        crew = stack.enter_context(Crew([own], stop))
        gathering = stack.enter_context(Gathering(Store.at(job.out)))
        return Workplace(RenderBench(grammar, job.seed, crew, _LOW), slot.render.device, gathering.give)

    def _slot(self) -> Slot:
        """The one place that the engine gave: its GPU, or its share of the processor. Raises DeviceError."""
        memory = self.job.farm.memory_mb or int(min(1e9, max(_LEAST_LIMIT_MB, 0.9 * available_memory_mb() / self.neighbours)))
        (slot,) = plan(self.job.render, FarmSettings(workers=1, memory_mb=memory), 1, os.environ)
        if self.gpu and slot.render.device == "cpu":
            raise DeviceError(
                "the cluster gave this worker a GPU, but Cycles finds none that it can use: mend its driver (see `scenewright doctor` "
                "there), or say render.device=cpu to render on processors"
            )
        return slot


class TaskPosting(Message):
    """To do `tasks`, whose folders are seen from `root`. mark: a file that only the driver's folder has, seen from there too."""

    kind: Literal["tasks"] = "tasks"
    tasks: tuple[Task, ...]
    root: str
    mark: str
    grace_s: float

    def open(self, stop: Interrupts, stack: ExitStack) -> Workplace:
        """A bench with one process at a time, until `stack` is closed. Raises RenderError."""
        root = Path(self.root)
        if not root.is_dir() or not (root / self.mark).exists():
            missing = (root / self.mark).parent.parent if root.is_dir() else root
            raise RenderError(
                f"it does not see the folder {missing} as the driver does: begin in a folder that all machines share, and name such folders"
            )
        return Workplace(stack.enter_context(TaskBench(self.tasks, root, [os.environ], stop)))


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

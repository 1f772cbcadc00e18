"""What the stations of a cluster can be hired for, and the room that one takes. No engine is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, Protocol

from generator.errors import MissingPackageError
from generator.grammar.tables import Beside
from generator.job import Job
from render_farm.postings import RenderPosting, TaskPosting
from render_farm.protocol import Message
from render_farm.tasks import Task

_STATION_MB = 1500.0  # as render_farm/plan.py
NO_LIMIT = 10**9  # stations


@dataclass(frozen=True)
class Room:
    """What a node offers: `stations` of `cpus` and `gpus` each, which work with `threads`."""

    stations: int
    cpus: float
    gpus: float
    threads: int


def check_engine() -> None:
    """Raises MissingPackageError when Ray is not installed."""
    if find_spec("ray") is None:
        raise MissingPackageError("farm=ray needs Ray, which is not installed here: pip install 'scenewright[ray]'")


class Trade(Protocol):
    """What a run hires stations for."""

    @property
    def needs(self) -> str:
        """What a node must have, as the user said it: 'render.device=cuda'."""
        ...

    @property
    def most(self) -> int:
        """Stations that there may be now, in all."""
        ...

    def room(self, resources: Mapping[str, float]) -> Room:
        """In a node with these `resources`, by Ray's names."""
        ...

    def posting(self, own: Room) -> Message:
        """What a station of a node with room `own` is told."""
        ...

    def started(self, device: str) -> None:
        """A station has started, and works on `device`."""
        ...


@dataclass
class Rendering:
    """Making the images of `job`, whose scene needs `beside` its data. device: "auto" until the first station says what that is."""

    job: Job
    beside: Beside
    token: str
    device: str

    @property
    def needs(self) -> str:
        return f"render.device={self.job.render.device}"

    @property
    def most(self) -> int:
        """One at first decides the device for all, so that no two mix in one dataset."""
        return 1 if self.device == "auto" else self.job.farm.workers or NO_LIMIT

    def room(self, resources: Mapping[str, float]) -> Room:
        return render_room(resources, self.device, self.job.render.threads, self.job.farm.workers_per_gpu)

    def posting(self, own: Room) -> RenderPosting:
        render = self.job.render.model_copy(update={"device": self.device, "threads": own.threads})
        job = self.job.model_copy(update={"render": render})
        return RenderPosting(job=job, beside=self.beside, token=self.token, gpu=own.gpus > 0, neighbours=own.stations)

    def started(self, device: str) -> None:
        self.device = device


@dataclass(frozen=True)
class Need:
    """What a process that does a task takes of a cluster: a GPU, or `cpus` processors, 0 for all of a node.

    most: such processes at a time, 0 for as many as there is room for. device: which the user asked for.
    """

    device: Literal["cpu", "cuda"]
    cpus: int
    most: int


@dataclass(frozen=True)
class Doing:
    """Doing `tasks`, as TaskPosting tells them."""

    tasks: tuple[Task, ...]
    root: str
    mark: str
    grace_s: float
    need: Need

    @property
    def needs(self) -> str:
        return f"device={self.need.device}"

    @property
    def most(self) -> int:
        return self.need.most or NO_LIMIT

    def room(self, resources: Mapping[str, float]) -> Room:
        cpus, gpus = int(resources.get("CPU", 0)), int(resources.get("GPU", 0))
        if self.need.device == "cuda":
            return Room(gpus, min(1.0, cpus / max(gpus, 1)), 1, max(1, cpus // max(gpus, 1)))
        each = self.need.cpus or max(cpus, 1)
        return Room(cpus // each, each, 0, each)

    def posting(self, own: Room) -> TaskPosting:
        return TaskPosting(tasks=self.tasks, root=self.root, mark=self.mark, grace_s=self.grace_s)

    def started(self, device: str) -> None:
        """It is known from the beginning."""


def render_room(resources: Mapping[str, float], device: str, threads: int, workers_per_gpu: int) -> Room:
    """Stations for a node with Ray's `resources`; on GPUs if `device` is not the CPU."""
    cpus, memory = int(resources.get("CPU", 0)), resources.get("memory", float("inf")) / 2**20
    if device == "cpu":
        each = threads or 1
        return Room(max(0, min(cpus // each, int(min(memory, 1e9) // _STATION_MB))), each, 0, each)
    stations = int(resources.get("GPU", 0)) * workers_per_gpu
    each = threads or max(1, cpus // max(stations, 1))
    return Room(stations, min(1.0, cpus / max(stations, 1)), 1 / workers_per_gpu, each)

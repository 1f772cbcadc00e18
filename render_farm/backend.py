"""What the driver and a back end say to each other. A back end has places; a place works leases off and is heard of, or lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from render_farm.protocol import Answer, Message


class Report(Message):
    """What became of one image, or of one task, at a place.

    answer: None when it was given back untried. log: the end of its process's log and scene: the SceneSpec as JSON, both only of what
    is not done. rejections: of the sampler, by requirement. worker: which of the place's had it. began: Unix time from which the
    answer's spans count.
    """

    index: int
    answer: Answer | None
    log: str = ""
    scene: str | None = None
    rejections: Mapping[str, int] = {}
    worker: str = ""
    began: float = 0.0


@dataclass(frozen=True)
class Heard:
    """A sign of life of `place`, with what has become of its images since the last."""

    place: str
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True)
class Lost:
    """`place` is gone, through no fault of the images it held."""

    place: str
    why: str


Event = Heard | Lost


class Bench(Protocol):
    """Works leases off by processes of its machine. Belongs to one thread, but for `give`."""

    @property
    def wants_more(self) -> bool:
        """Whether it will soon have nothing to do."""
        ...

    def give(self, indices: tuple[int, ...]) -> None: ...

    def give_back(self) -> tuple[Report, ...]:
        """Everything that is not begun."""
        ...

    def reports(self, timeout_s: float) -> tuple[Report, ...]:
        """What got ready; waits for the first, but not longer than `timeout_s`. Raises what makes further work impossible."""
        ...


class Backend(Protocol):
    """Where the work is done. All calls come from one thread."""

    def places(self) -> Mapping[str, int]:
        """Places that can work, and how many working processes each has."""
        ...

    def wanting(self) -> list[str]:
        """Places that will soon have nothing to do."""
        ...

    def give(self, place: str, indices: tuple[int, ...]) -> None: ...

    def hear(self, timeout_s: float) -> list[Event]:
        """What happened since the last call; waits for it, but not longer than `timeout_s`.

        A place that was given up may still be heard of. A place says once that an image failed: each word is a try.
        """
        ...

    def abandon(self, place: str) -> None:
        """Nothing was heard of `place` for too long: it must not be waited for."""
        ...

    def wind_down(self) -> None:
        """Begin no more: what is begun is reported, the rest given back untried."""
        ...


@dataclass(frozen=True)
class Renderers:
    """Who makes the images of a run.

    gather: is told that all images of a thousand are settled, and puts its records together, anywhere and any time; nobody waits
    for it. device: what renders, for the record.
    """

    backend: Backend
    gather: Callable[[int], None]
    device: Callable[[], str]

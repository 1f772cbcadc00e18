"""A back end without processes whose places do what a script of random numbers says, losses and late words included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from render_farm.backend import Event, Heard, Lost, Report
from render_farm.protocol import Answer

CLOCK_STEP_S = 5.0


@dataclass
class FakeBackend:
    """bad: images that fail whoever tries. flaky: how often an image fails before it works. steady: nothing is lost any more."""

    random: Random
    bad: set[int]
    flaky: dict[int, int]
    losses: int
    committed: dict[int, int] = field(default_factory=dict)
    now: float = 0.0
    _made: int = 0
    _work: dict[str, list[int]] = field(default_factory=dict)
    _silent: dict[str, list[int]] = field(default_factory=dict)
    _said: list[tuple[str, Report]] = field(default_factory=list)
    _stopping: bool = False

    def places(self) -> Mapping[str, int]:
        while len(self._work) < 3:
            self._made += 1
            self._work[f"place {self._made}"] = []
        return dict.fromkeys(self._work, 1)

    def wanting(self) -> list[str]:
        return [name for name in self.places() if not self._work[name] and name not in self._silent]

    def give(self, place: str, indices: tuple[int, ...]) -> None:
        self._work[place].extend(indices)

    def hear(self, timeout_s: float) -> list[Event]:
        self.now += CLOCK_STEP_S
        events: list[Event] = [event for name in list(self._work) if (event := self._of(name)) is not None]
        late = [(place, report) for place, report in self._said if place not in self._work or not given_up(report)]
        if late and self.losses and self.random.random() < 0.2:  # an old word once more, or that of a place thought lost
            place, report = self.random.choice(late)
            events.append(Heard(place, (report,)))
        self.random.shuffle(events)
        return events

    def abandon(self, place: str) -> None:
        """It may have been alive all the time: what it made counts, and may arrive late."""
        for index in self._silent.pop(place, []) + self._work.pop(place, []):
            if self.random.random() < 0.5 and index not in self.bad:
                report = self._make(index)
                self._said.append((place, report))

    def wind_down(self) -> None:
        self._stopping = True

    def _of(self, name: str) -> Event | None:
        if name in self._silent:
            return None
        if self.losses and self.random.random() < 0.15:
            self.losses -= 1
            return self._lose(name)
        if self._stopping:
            back = tuple(Report(index=index, answer=None) for index in self._work[name])
            self._work[name].clear()
            return Heard(name, back)
        count = self.random.randint(0, len(self._work[name]))
        reports = tuple(self._make(self._work[name].pop(0)) for _ in range(count))
        self._said += [(name, report) for report in reports]
        return Heard(name, reports)

    def _lose(self, name: str) -> Event | None:
        """A death that may come between commit and word, or a silence."""
        if self.random.random() < 0.5:
            self._silent[name] = []
            return None
        held = self._work.pop(name)
        if held and held[0] not in self.bad and self.random.random() < 0.5:
            self._make(held[0])
        return Lost(name, "killed")

    def _make(self, index: int) -> Report:
        if index in self.bad or self.flaky.get(index, 0) > 0:
            self.flaky[index] = self.flaky.get(index, 0) - 1
            return Report(index=index, answer=Answer(status="given_up", index=index, error="it crashed"), scene="{}")
        self.committed[index] = self.committed.get(index, 0) + 1
        return Report(index=index, answer=Answer(status="done", index=index, seconds={"rgb": 1.0}))


@dataclass
class FakeLedger:
    """Every settled image once, with how."""

    backend: FakeBackend
    settled: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    losses: int = 0

    def committed(self, indices: Sequence[int]) -> set[int]:
        return self.backend.committed.keys() & set(indices)

    def done(self, place: str, report: Report) -> None:
        self._settle(report.index, "done")

    def found(self, index: int) -> None:
        self._settle(index, "found")

    def quarantine(self, place: str, report: Report, reason: str) -> None:
        self._settle(report.index, "quarantined")
        self.reasons[report.index] = reason

    def retry(self, place: str, report: Report) -> None:
        assert given_up(report)

    def lost(self, place: str, why: str, held: int) -> None:
        self.losses += 1

    def trouble(self, place: str, report: Report) -> None:
        assert report.answer is not None
        assert report.answer.status == "storage"

    def _settle(self, index: int, how: str) -> None:
        assert index not in self.settled, f"image {index} is settled twice: {self.settled[index]}, then {how}"
        self.settled[index] = how


def given_up(report: Report) -> bool:
    """By its place: one try."""
    return report.answer is not None and report.answer.status == "given_up"

"""Progress for people: a live bar in a terminal, a plain line now and then where there is none."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from render_farm.tally import Tally

Show = Callable[[Tally], None]


def facts(tally: Tally, elapsed_s: float) -> str:
    """'1,240 images/h, 0:12:30 left, 2 quarantined'; until the first image is there, why it is not."""
    if not tally.done + tally.quarantined:
        return "Blender starts"
    rate = tally.images_per_hour(elapsed_s)
    failed = f", {tally.quarantined} quarantined" if tally.quarantined else ""
    return f"{rate:,.0f} images/h, {left(tally, elapsed_s)} left{failed}"


def left(tally: Tally, elapsed_s: float, part: float = 0.0, part_before: float = 0.0) -> str:
    """How long the rest takes if it goes on as in this run. part: how much is done of things that are begun, in things; part_before:
    and was so when the run began."""
    done = tally.done + tally.quarantined + part - part_before
    return clock(max(tally.wanted - tally.finished - part, 0) / done * elapsed_s) if done > 0 else "-:--:--"


@dataclass(frozen=True)
class Words:
    """How progress is told: the plural of what is done, and what is said besides the count."""

    things: str
    facts: Callable[[Tally, float], str]


IMAGES = Words("images", facts)


@contextlib.contextmanager
def progress(report_s: float, words: Words = IMAGES) -> Iterator[Show]:
    """A function to call with the tally, often; it shows on stderr how many are done, how fast, the time left and failures."""
    if sys.stderr.isatty():
        with _bar(words) as show:
            yield show
    else:
        yield _lines(report_s, words)


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _lines(report_s: float, words: Words) -> Show:
    start = last = time.monotonic()

    def show(tally: Tally) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= report_s or tally.finished == tally.wanted:
            last = now
            print(f"{tally.finished}/{tally.wanted} {words.things}, {words.facts(tally, now - start)}", file=sys.stderr, flush=True)

    return show


@contextlib.contextmanager
def _bar(words: Words) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    start = time.monotonic()
    columns = (TextColumn(words.things), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[facts]}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(words.things, total=None, facts="")

        def show(tally: Tally) -> None:
            bar.update(task, total=tally.wanted, completed=tally.finished, facts=words.facts(tally, time.monotonic() - start))

        yield show

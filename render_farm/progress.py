"""Progress for people: a live bar in a terminal, a plain line now and then where there is none."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from render_farm.tally import Tally

Show = Callable[[Tally], None]


@contextlib.contextmanager
def progress(report_s: float) -> Iterator[Show]:
    """A function to call with the tally, often; it shows on stderr images done, images/hour, time left and failures."""
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines(report_s)


def facts(tally: Tally, elapsed_s: float) -> str:
    """'1,240 images/h, 0:12:30 left, 2 quarantined'"""
    rate = tally.images_per_hour(elapsed_s)
    tried = tally.done + tally.quarantined
    left = clock((tally.wanted - tally.finished) / tried * elapsed_s) if tried else "-:--:--"
    failed = f", {tally.quarantined} quarantined" if tally.quarantined else ""
    return f"{rate:,.0f} images/h, {left} left{failed}"


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _lines(report_s: float) -> Show:
    start = last = time.monotonic()

    def show(tally: Tally) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= report_s or tally.finished == tally.wanted:
            last = now
            print(f"{tally.finished}/{tally.wanted} images, {facts(tally, now - start)}", file=sys.stderr, flush=True)

    return show


@contextlib.contextmanager
def _bar() -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    start = time.monotonic()
    columns = (TextColumn("images"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[facts]}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("images", total=None, facts="Blender starts")

        def show(tally: Tally) -> None:
            text = facts(tally, time.monotonic() - start) if tally.done + tally.quarantined else "Blender starts"
            bar.update(task, total=tally.wanted, completed=tally.finished, facts=text)

        yield show

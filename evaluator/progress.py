"""Progress for people, on stderr: a live bar in a terminal, a plain line every few seconds where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator

_EVERY_S = 10.0


def with_progress[T](items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, counted as they pass: how many of `total`, how fast, how long to go."""
    if sys.stderr.isatty():
        yield from _bar(items, total, what)
    else:
        yield from _lines(items, total, what)


def _lines[T](items: Iterable[T], total: int, what: str) -> Iterator[T]:
    start = last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= _EVERY_S:
            last = now
            rate = done / (now - start)
            print(f"{what}: {done:,} of {total:,}, {rate:,.1f} a second, {(total - done) / rate:.0f} s left", file=sys.stderr, flush=True)


def _bar[T](items: Iterable[T], total: int, what: str) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=total)

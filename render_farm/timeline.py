"""When which stage of which worker worked on which image: how busy the renderers were, and a trace to look at.

Times are seconds from the run's start, as far as the clocks of its machines agree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from render_farm.protocol import Answer, Stage

IMAGES_KEPT = 5000  # of a run, for its trace: 2 MB
STAGES: tuple[Stage, ...] = ("prepare", "render", "finish")


@dataclass(frozen=True)
class Span:
    """`stage` of `worker` worked on image `index` from `start_s` to `end_s`."""

    worker: str
    stage: Stage
    index: int
    start_s: float
    end_s: float


class Recent:
    """The spans of the last IMAGES_KEPT images of a run that began at `began` (Unix time)."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._images: deque[tuple[str, Answer, float]] = deque(maxlen=IMAGES_KEPT)

    def add(self, worker: str, answer: Answer, began: float) -> None:
        """`began`: Unix time from which the answer's spans count."""
        self._images.append((worker, answer, began - self._began))

    def spans(self) -> list[Span]:
        return [span for image in self._images for span in spans_of(*image)]


def spans_of(worker: str, answer: Answer, offset_s: float = 0.0) -> list[Span]:
    """The spans of an image; `offset_s` is how much later its worker's clock began."""
    return [Span(worker, stage, answer.index, offset_s + start, offset_s + end) for stage, (start, end) in answer.spans.items()]


def busy_share(spans: Iterable[Span], stage: Stage = "render", skip: int = 0) -> float:
    """Share of the time between a worker's first and last image in `stage` in which it worked there; the mean over workers.

    The first `skip` images of each worker are left out: they load kernels and compile shaders. 1 where a worker has one image.
    """
    workers: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda s: s.start_s):
        if span.stage == stage:
            workers.setdefault(span.worker, []).append(span)
    shares = [_share(own[skip:]) for own in workers.values() if len(own) > skip]
    return sum(shares) / len(shares) if shares else 0.0


def trace_events(spans: Iterable[Span]) -> dict[str, Any]:
    """Chrome's trace-event format, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a process a worker, a row a stage."""
    ordered = sorted(spans, key=lambda s: (s.worker, s.start_s))
    numbers = {worker: i for i, worker in enumerate(dict.fromkeys(s.worker for s in ordered))}
    names: list[dict[str, Any]] = []
    for worker, number in numbers.items():
        names.append({"ph": "M", "name": "process_name", "pid": number, "args": {"name": worker}})
        names += [{"ph": "M", "name": "thread_name", "pid": number, "tid": i, "args": {"name": s}} for i, s in enumerate(STAGES)]
    return {"displayTimeUnit": "ms", "traceEvents": names + [_event(span, numbers[span.worker]) for span in ordered]}


def draw(spans: Sequence[Span], path: Path) -> None:
    """The stages over time as a picture (PNG, SVG, PDF by the name of `path`): a bar an image, a row a stage and worker."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # late: a worker needs no plots
    from matplotlib.figure import Figure

    workers = sorted({span.worker for span in spans})
    rows = [(worker, stage) for worker in workers for stage in STAGES]
    figure = Figure(figsize=(14, 1 + 0.45 * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for span in spans:
        place = (span.worker, span.stage)
        axes.barh(rows.index(place), span.end_s - span.start_s, left=span.start_s, color=f"C{span.index % 10}", edgecolor="white")
        axes.text((span.start_s + span.end_s) / 2, rows.index(place), str(span.index), ha="center", va="center", fontsize=7)
    axes.set_yticks(range(len(rows)), [f"{worker}: {stage}" for worker, stage in rows])
    axes.invert_yaxis()
    axes.set_xlabel("seconds since the start")
    axes.set_title(f"Stages of {len({s.index for s in spans})} images; the renderers were busy {100 * busy_share(spans):.0f} % of the time")
    figure.savefig(path, dpi=100)


def _event(span: Span, worker: int) -> dict[str, Any]:
    start_us, end_us = round(1e6 * span.start_s), round(1e6 * span.end_s)
    name = f"{span.stage} {span.index}"
    return {"ph": "X", "name": name, "pid": worker, "tid": STAGES.index(span.stage), "ts": start_us, "dur": end_us - start_us}


def _share(spans: Sequence[Span]) -> float:
    """Of spans that follow one another: the part of the time until the last one's end that they fill."""
    wall_s = spans[-1].end_s - spans[0].start_s
    return sum(span.end_s - span.start_s for span in spans) / wall_s if wall_s > 0 else 1.0

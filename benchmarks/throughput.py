"""Images an hour of crews of workers, how busy their renderers are, and how much memory they take.

    python -m benchmarks.throughput                                      # 2 workers x 1 thread against 1 x 2, 8 and 64 samples
    python -m benchmarks.throughput --crews 1x1 --samples 1 --gpu-seconds 1                # a stand-in for a GPU: does it wait?
    python -m benchmarks.throughput --crews 1x1 --samples 1 --gpu-seconds 1 --one-by-one   # the same without overlap
    python -m benchmarks.throughput --crews 2x1 --samples 8 --timeline out.png --trace out.json

The workers are those of `scenewright generate`, each behind its supervisor. The first --warm-up images start Blender and compile
shaders and do not count, nor does the end, when one worker is done before the other: images an hour are the sum of what each worker
makes an hour between its first and last image that count. `renderer busy` is the share of that time in which Blender had an image.
With --gpu-seconds path tracing is replaced by sleep, because a GPU leaves the CPU alone; `GPU busy` is its share. --timeline draws
who did what when, --trace writes the same for ui.perfetto.dev.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import resource
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import orjson

from benchmarks.street import grammar_of, load, size_of, specs_of
from generator.dataset import open_store
from generator.grammar import Grammar
from generator.settings import OutputSettings, RenderSettings
from render_farm.crew import Crew, Outcome
from render_farm.interrupts import Interrupts
from render_farm.protocol import WorkerSettings
from render_farm.supervisor import Limits, Supervisor
from render_farm.timeline import Span, busy_share, draw, spans_of, trace_events

STAND_IN = Path(__file__).parent / "gpu_stand_in"


@dataclass(frozen=True)
class Setup:
    """What is measured: `workers` with `threads` each. gpu_s > 0: the stand-in for a GPU."""

    scene: str
    size: tuple[int, int]
    seed: int
    images: int
    warm_up: int
    samples: int
    workers: int
    threads: int
    gpu_s: float
    one_by_one: bool


@dataclass(frozen=True)
class Run:
    """What a crew did after the warm-up; cpu_s an image, peak_mb of its largest process."""

    images_per_s: float
    cpu_s: float
    peak_mb: float
    spans: list[Span]


def main() -> None:
    options = parsed()
    print(f"{options.images} images of {options.scene} at {options.size[0]} x {options.size[1]} after {options.warm_up}; {load()}\n")
    print("| workers x threads | samples | images an hour | s an image | CPU s an image | renderer busy | GPU busy | peak MB a worker |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for setup in setups(options):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:  # so that its children's peak is this crew's
            run = fresh.submit(measured, setup).result()
        print(row(setup, run), flush=True)
    if options.trace:
        options.trace.write_bytes(orjson.dumps(trace_events(run.spans)))
    if options.timeline:
        draw(run.spans, options.timeline)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="street", help="a scene of configs/scene, or a YAML file")
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--warm-up", type=int, default=4, help="images before the clock starts")
    parser.add_argument("--crews", type=size_of, nargs="+", default=[(2, 1), (1, 2)], help="workers x threads, e.g. 2x1")
    parser.add_argument("--samples", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--size", type=size_of, default=(320, 240))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--gpu-seconds", type=float, default=0.0, help="stand-in for a GPU: so much sleep an image")
    parser.add_argument("--one-by-one", action="store_true", help="no overlap: the next scene only when an image is there")
    parser.add_argument("--timeline", type=Path, help="picture of the last crew's stages over time")
    parser.add_argument("--trace", type=Path, help="the same as trace events, for ui.perfetto.dev")
    options = parser.parse_args()
    most = max(workers for workers, _ in options.crews)
    if options.warm_up < most or options.images < 2 * most:
        parser.error(f"--warm-up must be at least {most}, one image a worker, and --images {2 * most}")
    return options


def setups(options: argparse.Namespace) -> list[Setup]:
    return [
        Setup(
            scene=options.scene,
            size=options.size,
            seed=options.seed,
            images=options.images,
            warm_up=options.warm_up,
            samples=samples,
            workers=workers,
            threads=threads,
            gpu_s=options.gpu_seconds,
            one_by_one=options.one_by_one,
        )
        for samples in options.samples
        for workers, threads in options.crews
    ]


def measured(setup: Setup) -> Run:
    grammar = grammar_of(setup.scene, setup.size)
    cpu, spans = [], []
    with crew_of(setup, grammar) as crew:
        first_s = min(supervisor.start_s for supervisor in crew.supervisors)
        offsets = {supervisor.log.stem: supervisor.start_s - first_s for supervisor in crew.supervisors}
        for outcome in outcomes(crew, setup, grammar):
            if outcome.answer is None or outcome.answer.status != "done":
                raise RuntimeError(f"image {outcome.spec.index}: {outcome.answer}\n{outcome.log}")
            cpu.append(outcome.answer.cpu_seconds)
            spans += spans_of(outcome.worker, outcome.answer, offsets[outcome.worker])
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Run(images_per_s(spans, setup.warm_up // setup.workers), mean(cpu[setup.warm_up :]), peak_mb, spans)


def images_per_s(spans: list[Span], skip: int) -> float:
    """What all workers make a second, each from the end of its image number `skip` to its last one's."""
    ends: dict[str, list[float]] = {}
    for span in spans:
        if span.stage == "finish":
            ends.setdefault(span.worker, []).append(span.end_s)
    counted = [sorted(own)[skip - 1 :] for own in ends.values()]
    return sum((len(own) - 1) / (own[-1] - own[0]) for own in counted)


def outcomes(crew: Crew, setup: Setup, grammar: Grammar) -> Iterator[Outcome]:
    scenes = specs_of(grammar, setup.seed, setup.warm_up + setup.images)
    for spec in scenes:
        crew.put(spec)
        while crew.waiting and (setup.one_by_one or not crew.wants_more):
            if (outcome := crew.take(0.05)) is not None:
                yield outcome
    while crew.waiting:
        if (outcome := crew.take(0.05)) is not None:
            yield outcome


@contextlib.contextmanager
def crew_of(setup: Setup, grammar: Grammar) -> Iterator[Crew]:
    """The workers, never replaced, that fill a dataset in a folder of their own."""
    ram = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(dir=ram) as scratch:
        environment = stand_in(Path(folder), setup.gpu_s) if setup.gpu_s else dict(os.environ)
        with open_store(Path(folder, "dataset"), {"benchmark": "throughput"}):
            supervisors = []
            for i in range(setup.workers):
                Path(scratch, str(i)).mkdir()
                settings = settings_of(setup, grammar, Path(folder, "dataset"), Path(scratch, str(i)))
                limits = Limits(seconds=600.0, memory_mb=1e6, images=10**9, attempts=1)
                supervisors.append(Supervisor(settings, limits, environment, Path(folder, f"worker-{i}.log"), threading.Event()))
            with Crew(supervisors, Interrupts(grace_s=0.0)) as crew:
                yield crew


def settings_of(setup: Setup, grammar: Grammar, dataset: Path, scratch: Path) -> WorkerSettings:
    return WorkerSettings(
        render=RenderSettings(samples=setup.samples, max_bounces=4, device="cpu", threads=setup.threads, denoise=not setup.gpu_s),
        output=OutputSettings(),
        categories=grammar.categories,
        semantic_classes=grammar.semantic_classes,
        dataset=str(dataset),
        scratch=str(scratch),
    )


def stand_in(folder: Path, gpu_s: float) -> dict[str, str]:
    """The environment in which a worker sleeps instead of tracing paths."""
    path = os.pathsep.join([str(STAND_IN), os.environ.get("PYTHONPATH", "")])
    names = {"SCENEWRIGHT_GPU_STAND_IN_S": str(gpu_s), "SCENEWRIGHT_GPU_STAND_IN_LOCK": str(folder / "gpu.lock")}
    return {**os.environ, "PYTHONPATH": path, **names}


def row(setup: Setup, run: Run) -> str:
    each_s = 1.0 / run.images_per_s
    gpu = f"{100 * setup.gpu_s / each_s:.0f} %" if setup.gpu_s else ""
    busy = 100 * busy_share(run.spans, skip=setup.warm_up // setup.workers)
    return (
        f"| {setup.workers} x {setup.threads}{', one by one' if setup.one_by_one else ''} | {setup.samples} | {3600 / each_s:.0f} "
        f"| {each_s:.2f} | {run.cpu_s:.2f} | {busy:.0f} % | {gpu} | {run.peak_mb:.0f} |"
    )


if __name__ == "__main__":
    main()

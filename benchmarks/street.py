"""What the benchmarks share: scenes of a grammar at a size of their own, and clocks and gauges of this process."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from generator.dataset import open_store
from generator.errors import UnsatisfiableError
from generator.grammar import Grammar, load_grammar, read_grammar_file, sample
from generator.settings import OutputSettings, RenderSettings
from generator.spec import SceneSpec
from render_farm.protocol import Answer, WorkerSettings
from render_farm.supervisor import Limits, Supervisor

SCENES = Path(__file__).parents[1] / "configs" / "scene"


def grammar_of(scene: str, size: tuple[int, int] | None = None) -> Grammar:
    """The grammar of configs/scene/<scene>.yaml, or of a YAML file; `size` overrides the camera's (width, height)."""
    path = Path(scene) if scene.endswith(".yaml") else SCENES / f"{scene}.yaml"
    data = read_grammar_file(path)
    if size is not None:
        data["camera"] = {**data["camera"], "width": size[0], "height": size[1]}
    return load_grammar(data, source=str(path))


def specs_of(grammar: Grammar, seed: int, count: int) -> Iterator[SceneSpec]:
    """The first `count` scenes of the grammar that can be drawn; what finds no place is left out, it would only be quarantined."""
    found = 0
    for index in itertools.count():
        with contextlib.suppress(UnsatisfiableError):
            spec = sample(grammar, seed, index)
            found += 1
            yield spec
        if found == count:
            return


@contextlib.contextmanager
def worker(render: RenderSettings, output: OutputSettings, grammar: Grammar, folder: Path) -> Iterator[Supervisor]:
    """One worker of the farm, never replaced, that fills the new dataset `folder`/dataset. Any failure counts at once."""
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    with open_store(folder / "dataset", {"benchmark": folder.name}) as store:
        settings = WorkerSettings(
            render=render,
            output=output,
            categories=grammar.categories,
            semantic_classes=grammar.semantic_classes,
            dataset=str(store.root),
            scratch=str(scratch),
        )
        limits = Limits(seconds=600.0, memory_mb=1e6, images=10**9, attempts=1)
        supervisor = Supervisor(settings, limits, os.environ, folder / "worker.log", threading.Event())
        try:
            yield supervisor
        finally:
            supervisor.close()


def rendered(supervisor: Supervisor, spec: SceneSpec) -> Answer:
    """The answer for an image that was made. Raises RuntimeError for one that was not: the figures would mean nothing."""
    answer = supervisor.render(spec)
    if answer is None or answer.status != "done":
        raise RuntimeError(f"image {spec.index}: {answer.error if answer else 'stopped'}\n{supervisor.log_tail()}")
    return answer


def size_of(text: str) -> tuple[int, int]:
    """640x480 as (640, 480)."""
    width, height = text.split("x")
    return int(width), int(height)


def cpu_s() -> float:
    """CPU seconds of this process, all threads, user and system, from getrusage."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    """The most resident memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def load() -> str:
    """How busy the machine is: a benchmark on a busy one measures the others too."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"

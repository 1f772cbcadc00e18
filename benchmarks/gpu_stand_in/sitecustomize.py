"""Put first on PYTHONPATH by benchmarks.throughput: a stand-in for a GPU in every Blender process of a run.

The picture is synchronised and rendered with the few samples asked for, and then the process sleeps, as it does while a GPU
traces paths; workers take turns, as on one GPU. All else is real.
"""

import fcntl
import os
import time
from pathlib import Path

from generator import pipeline

GPU_S = float(os.environ["SCENEWRIGHT_GPU_STAND_IN_S"])
TURN = os.environ["SCENEWRIGHT_GPU_STAND_IN_LOCK"]
real_render = pipeline.render


def first_render(studio, spec):  # type: ignore[no-untyped-def]
    """Blender is imported by now, and not before: its worker wants to be the one who does."""
    from generator.render import engine

    real_run = engine.run

    def run(scene, path: Path) -> None:  # type: ignore[no-untyped-def]
        real_run(scene, path)
        if path.name.startswith("picture"):
            with open(TURN, "w") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)
                time.sleep(GPU_S)

    engine.run = run
    stages.render = real_render
    return real_render(studio, spec)


pipeline.render = first_render
from render_farm import stages  # noqa: E402  (takes the name from the pipeline)

"""Put first on PYTHONPATH by benchmarks.overhead: the render stage of every Blender process takes a fixed time.

Each image is really rendered, small, and then the process sleeps until the time is over. All else is real.
"""

import os
import time

from generator import pipeline

SECONDS = float(os.environ["SCENEWRIGHT_FIXED_RENDER_S"])
real_render = pipeline.render


def fixed_render(studio, spec):  # type: ignore[no-untyped-def]
    end = time.monotonic() + SECONDS
    made = real_render(studio, spec)
    time.sleep(max(0.0, end - time.monotonic()))
    return made


pipeline.render = fixed_render
from render_farm import stages  # noqa: E402, F401  (takes the name from the pipeline)

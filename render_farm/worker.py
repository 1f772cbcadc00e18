"""The bpy child: `python -m render_farm.worker PARENT_PID START_S`, SceneSpecs in on stdin, answers out on stdout, one JSON line each.

Blender prints to file descriptors 1 and 2, so the answers get a descriptor of their own and both of these go to the log that
the supervisor gave as stderr. Blender stays in the main thread: bpy used from another one crashes.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from generator.actor import actor_kinds
from generator.dataset import Store
from generator.errors import ScenewrightError
from generator.pipeline import Studio
from render_farm.processes import STACK_SIGNAL, die_with_parent, own_memory_mb
from render_farm.protocol import Answer, WorkerSettings
from render_farm.stages import Stages

Send = Callable[[Answer], None]


def main() -> None:
    faulthandler.enable()
    faulthandler.register(STACK_SIGNAL, file=sys.stderr)  # of all threads, into the log
    die_with_parent(int(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGTERM):  # the driver decides when to stop; it kills if it must
        signal.signal(number, signal.SIG_IGN)
    send = take_stdout()
    settings = WorkerSettings.model_validate_json(sys.stdin.buffer.readline())
    Stages(start(settings, send), send, float(sys.argv[2])).run(sys.stdin.buffer)
    os._exit(0)  # at once: a thread may be in the middle of a mesh


def take_stdout() -> Send:
    """The pipe to the driver, for all threads, on a descriptor of its own; what prints to stdout from now on goes to the log."""
    own, lock = os.fdopen(os.dup(1), "wb"), threading.Lock()
    os.dup2(2, 1)

    def send(message: Answer) -> None:
        with lock:
            own.write(message.to_line())
            own.flush()

    return send


def start(settings: WorkerSettings, send: Send) -> Studio:
    """Blender and the dataset, ready for images. Ends the process when the device or the folder cannot be used."""
    from generator.render.blender import Blender  # imports bpy: after faulthandler is on, and only in this process

    faulthandler.enable()  # bpy installs handlers of its own
    actor_kinds()  # loads all scenes' code now: later it would count for the first image's time limit
    try:
        renderer = Blender(settings.render, Path(settings.scratch))
    except ScenewrightError as error:
        send(Answer(status="unusable", error=str(error)))
        sys.exit(1)
    send(Answer(status="ready", device=renderer.device, rss_mb=own_memory_mb()))
    return Studio(renderer, Store.at(settings.dataset), settings.output, settings.categories, settings.semantic_classes)


if __name__ == "__main__":
    main()

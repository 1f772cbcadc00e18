"""The bpy child: `python -m render_farm.worker PARENT_PID`, SceneSpecs in on stdin, answers out on stdout, one JSON line each.

Blender prints to file descriptors 1 and 2, so the answers get a descriptor of their own and both of these go to the log that
the supervisor gave as stderr. Everything runs in the main thread: bpy used from another one crashes.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import BinaryIO

from generator.dataset import Store
from generator.errors import DatasetError, ScenewrightError
from generator.pipeline import Studio, make_image
from generator.spec import SceneSpec
from render_farm.processes import die_with_parent, give_back_memory, is_disk_full, own_memory_mb
from render_farm.protocol import Answer, Status, WorkerSettings

_STACK_AT = 0.9  # of the time limit, at whose end the supervisor kills: the stack of a hang is in the log by then


def main() -> None:
    faulthandler.enable()
    die_with_parent(int(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGTERM):  # the driver decides when to stop; it kills if it must
        signal.signal(number, signal.SIG_IGN)
    answers = take_stdout()
    settings = WorkerSettings.model_validate_json(sys.stdin.buffer.readline())
    studio = start(settings, answers)
    for line in sys.stdin.buffer:
        faulthandler.dump_traceback_later(_STACK_AT * settings.render.time_limit_s, file=sys.stderr)
        send(answers, answer(studio, line))
        faulthandler.cancel_dump_traceback_later()
        give_back_memory()


def take_stdout() -> BinaryIO:
    """The pipe to the driver on a descriptor of its own; whatever prints to stdout from now on goes to the log."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def send(answers: BinaryIO, message: Answer) -> None:
    answers.write(message.to_line())
    answers.flush()


def start(settings: WorkerSettings, answers: BinaryIO) -> Studio:
    """Blender and the dataset, ready for images. Ends the process when the device or the folder cannot be used."""
    from generator.render.blender import Blender  # imports bpy: after faulthandler is on, and only in this process

    faulthandler.enable()  # bpy installs handlers of its own
    try:
        renderer = Blender(settings.render, Path(settings.scratch))
    except ScenewrightError as error:
        send(answers, Answer(status="unusable", error=str(error)))
        sys.exit(1)
    send(answers, Answer(status="ready", device=renderer.device, rss_mb=own_memory_mb()))
    return Studio(renderer, Store(Path(settings.dataset)), settings.output, settings.categories, settings.semantic_classes)


def answer(studio: Studio, line: bytes) -> Answer:
    """Make one image; whatever goes wrong comes back as a value."""
    spec = SceneSpec.from_json(line)
    cpu = time.process_time()
    try:
        made = make_image(studio, spec)
    except DatasetError as error:
        return Answer(status="storage", index=spec.index, error=str(error))
    except Exception as error:
        traceback.print_exc()
        status: Status = "storage" if is_disk_full(error) else "failed"
        return Answer(status=status, index=spec.index, error=f"{type(error).__name__}: {error}", rss_mb=own_memory_mb())
    return Answer(
        status="quarantined" if made.problems else "done",
        index=spec.index,
        seconds=made.seconds,
        cpu_seconds=time.process_time() - cpu,
        instances=dict(Counter(made.instances)),
        rss_mb=own_memory_mb(),
        error="; ".join(made.problems),
    )


if __name__ == "__main__":
    main()

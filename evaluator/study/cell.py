"""One cell of a study in a process of its own: python -m evaluator.study.cell FOLDER, where spec.json lies.

Trains (or goes on where it was stopped), judges the weights on every test set, and writes cell.json last. On SIGTERM it writes a
checkpoint after the step that it is in. It exits as generator/exit_codes.py says.
"""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from evaluator.class_map import read_class_map, renamed
from evaluator.datasets import open_images
from evaluator.detection import load_detector
from evaluator.study.cells import CELL, SPEC
from evaluator.study.settings import REAL
from evaluator.train.judge import judged
from evaluator.train.loop import Interrupted, Stopping, never
from evaluator.train.processes import Place
from evaluator.train.run import FINAL, Result, computing, run
from evaluator.train.selection import synthetic_held_out, worth
from evaluator.train.settings import TrainJob
from generator.errors import DatasetError, DeviceError, ScenewrightError
from generator.exit_codes import INTERRUPTED, REFUSED, STORAGE
from generator.storage.atomic import disk_errors, write_file


def main(folder: Path, stopping: Stopping = never) -> int:
    spec = orjson.loads((folder / SPEC).read_bytes())
    job = TrainJob.model_validate(spec["train"])
    try:
        (result,) = run(job, stopping)
        scores = {REAL: result.test, **_elsewhere(job, result, spec["tests"])}
        content = {**{k: v for k, v in asdict(result).items() if k != "folder"}, "scores": scores}
        with disk_errors(folder):
            write_file(folder, folder / CELL, orjson.dumps(content, option=orjson.OPT_INDENT_2))
    except ScenewrightError as error:
        print(f"scenewright: {error}", file=sys.stderr)
        return _code(error)
    return 0


def _code(error: ScenewrightError) -> int:
    if isinstance(error, Interrupted):
        return INTERRUPTED
    if isinstance(error, DatasetError) and isinstance(error.__cause__, OSError):
        return STORAGE
    return 1 if isinstance(error, DeviceError) else REFUSED  # another machine may have what this one lacks


def _elsewhere(job: TrainJob, result: Result, tests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    detector = load_detector(result.folder / FINAL, job.device)
    place = Place(0, 1, detector.device)
    scores = {}
    with computing(job, place):
        for name, test in tests.items():
            dataset = open_images(test["source"], on_problems=job.on_problems)
            if job.class_map is not None:
                dataset = renamed(dataset, read_class_map(job.class_map))
            part = synthetic_held_out(dataset, job.split) if test["held_out"] else dataset
            known, _ = worth(part, result.classes, job, ignore=True)
            scores[name] = judged(detector, known, place, job.recipe.batch)
    return scores


if __name__ == "__main__":
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    sys.exit(main(Path(sys.argv[1]), asked.is_set))

"""One cell of a study in a process of its own: python -m evaluator.study.cell FOLDER, where spec.json lies.

Trains (or goes on where it was killed), judges the weights on every test set, and writes cell.json last.
"""

from __future__ import annotations

import sys
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
from evaluator.train.processes import Place
from evaluator.train.run import FINAL, Result, computing, run
from evaluator.train.selection import synthetic_held_out, worth
from evaluator.train.settings import TrainJob
from generator.errors import ScenewrightError
from generator.storage.atomic import write_file


def main(folder: Path) -> int:
    spec = orjson.loads((folder / SPEC).read_bytes())
    job = TrainJob.model_validate(spec["train"])
    try:
        (result,) = run(job)
        scores = {REAL: result.test, **_elsewhere(job, result, spec["tests"])}
    except ScenewrightError as error:
        print(f"scenewright: {error}", file=sys.stderr)
        return error.exit_code
    content = {**{k: v for k, v in asdict(result).items() if k != "folder"}, "scores": scores}
    write_file(folder, folder / CELL, orjson.dumps(content, option=orjson.OPT_INDENT_2))
    return 0


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
    sys.exit(main(Path(sys.argv[1])))

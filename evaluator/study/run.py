"""What the farm is told of a study's cells: which are done, what a cell's process finds, and in which environments they run."""

from __future__ import annotations

import os
from collections.abc import Sequence

import orjson
import torch

from evaluator.study.cells import CELL, Cell
from evaluator.study.settings import StudyJob
from evaluator.train.curves import last_step
from evaluator.train.loop import LAST


def done(cell: Cell) -> bool:
    return (cell.folder / CELL).exists()


def standing(cell: Cell) -> str:
    """ "done", "begun" where there is a checkpoint to go on from, or ""."""
    return "done" if done(cell) else "begun" if (cell.folder / f"seed_{cell.seed}" / LAST).exists() else ""


def part(cells: Sequence[Cell]) -> float:
    """How much is done of those that are begun and not done, in trainings."""
    reached = (last_step(cell.folder / f"seed_{cell.seed}") / cell.train.recipe.steps for cell in cells if not done(cell))
    return sum(min(share, 1.0) for share in reached)


def order(cell: Cell) -> str:
    """The content of its spec.json."""
    return orjson.dumps({"train": cell.train.model_dump(mode="json"), "tests": cell.tests}, option=orjson.OPT_INDENT_2).decode()


def environments(job: StudyJob) -> list[dict[str, str]]:
    """Of the trainings that run at a time on this machine: each has a GPU for itself, as far as they go."""
    count = torch.cuda.device_count() if job.device != "cpu" else 0
    outer = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    gpus = outer if len(outer) == count else [str(number) for number in range(count)]
    return [
        {**os.environ, **({"CUDA_VISIBLE_DEVICES": gpus[number % count]} if count else {})}
        for number in range(job.workers or max(count, 1))
    ]

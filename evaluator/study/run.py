"""Runs the cells of a study that are not done, each in a process of its own and under a lock of its own.

Several machines may work on one folder that they share: each takes the next cell that nobody holds. The farm's engine is not used: what
its back ends deal in is images for Blender.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import orjson
import torch

from evaluator.study.cells import CELL, LOG, SPEC, Cell
from evaluator.study.settings import StudyJob
from generator.storage.atomic import write_file
from generator.storage.flock import flocked_turn

_LOOK_S = 2.0  # between looks at cells that others hold


Start = Callable[[Cell, int | None], int]  # runs a cell, on a GPU by its number, and gives its exit code


def in_own_process(cell: Cell, gpu: int | None) -> int:
    environment = {**os.environ, **({} if gpu is None else {"CUDA_VISIBLE_DEVICES": str(gpu)})}
    with open(cell.folder / LOG, "ab") as log:
        return subprocess.call([sys.executable, "-m", "evaluator.study.cell", str(cell.folder)], stdout=log, stderr=log, env=environment)


def run_cells(job: StudyJob, wanted: Sequence[Cell], start: Start = in_own_process) -> dict[Cell, str]:
    """Until every cell is done or has failed here; the last line that those which failed had to say."""
    gpus = torch.cuda.device_count() if job.device != "cpu" else 0
    workers = job.workers or max(gpus, 1)
    failed: dict[Cell, str] = {}
    places: Queue[int] = Queue()
    for number in range(workers):
        places.put(number)

    def attempt(cell: Cell) -> bool:
        place = places.get()
        try:
            return _attempt(cell, place % gpus if gpus else None, start, failed)
        finally:
            places.put(place)

    with ThreadPoolExecutor(workers) as pool:
        try:
            while left := [cell for cell in wanted if not done(cell) and cell not in failed]:
                if not any(pool.map(attempt, left)):
                    time.sleep(_LOOK_S)  # others are at it
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return failed


def done(cell: Cell) -> bool:
    return (cell.folder / CELL).exists()


def _attempt(cell: Cell, gpu: int | None, start: Start, failed: dict[Cell, str]) -> bool:
    """Whether something was done: the cell was free."""
    cell.folder.mkdir(parents=True, exist_ok=True)
    with flocked_turn(cell.folder / "lock", wait=False) as mine:
        if not mine:
            return False
        if done(cell):
            return True
        began = time.monotonic()
        spec = {"train": cell.train.model_dump(mode="json"), "tests": cell.tests}
        write_file(cell.folder, cell.folder / SPEC, orjson.dumps(spec, option=orjson.OPT_INDENT_2))
        code = start(cell, gpu)
    if code or not done(cell):
        failed[cell] = last_line(cell)
        print(f"{cell}: failed ({failed[cell]}); {cell.folder / LOG}", file=sys.stderr, flush=True)
    else:
        print(f"{cell}: {(time.monotonic() - began) / 60:.1f} min", file=sys.stderr, flush=True)
    return True


def last_line(cell: Cell) -> str:
    log = cell.folder / LOG
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "its process ended without a word"

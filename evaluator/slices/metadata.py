"""What is known about images from a CSV file beside the dataset: one row an image, found by its file name.

file_name,weather,speed_kmh
images/000123.jpg,rain,42
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from evaluator.datasets import LabelledImages, Value
from generator.errors import DatasetInputError

NAME = "file_name"
_MOST_TOLD = 10


def with_metadata(dataset: LabelledImages, file: Path) -> LabelledImages:
    """The dataset with the columns of a CSV file among its images' factors; they go before what was known.

    Rows are found by the whole name, else by the last part of it where that is unique. Columns in which everything is a number are numbers,
    `true` and `false` are truth values; empty cells say nothing. Raises DatasetInputError with what is wrong in the file.
    """
    rows = _rows(file)
    short = Counter(PurePosixPath(name).name for name in rows)
    by_short = {PurePosixPath(name).name: row for name, row in rows.items() if short[PurePosixPath(name).name] == 1}
    shared = Counter(PurePosixPath(image.name).name for image in dataset.images)
    images, missing = [], []
    for image in dataset.images:
        last = PurePosixPath(image.name).name
        row = rows.get(image.name) or (by_short.get(last) if shared[last] == 1 else None)
        missing += [image.name] if row is None else []
        images.append(replace(image, factors={**image.factors, **(row or {})}))
    if len(missing) == len(images):
        raise DatasetInputError(f"{file}: has no row for any image of {dataset.source}; they are called {', '.join(missing[:3])}, ...")
    notes = (f"{len(missing)} images have no row in {file}: {', '.join(missing[:3])}, ...",) if missing else ()
    return replace(dataset, images=tuple(images), notes=(*dataset.notes, *notes))


def _rows(file: Path) -> dict[str, dict[str, Value]]:
    """Typed cells by column, by file name."""
    try:
        with open(file, newline="", encoding="utf-8-sig") as text:
            table = list(csv.reader(text, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetInputError(f"{file}: cannot be read as CSV ({error})") from error
    head = [name.strip() for name in table[0]] if table else []
    if NAME not in head or len(set(head)) < len(head):
        raise DatasetInputError(
            f"{file}: needs a first line of different column names with {NAME} among them, found {', '.join(head) or 'nothing'}"
        )
    body = [row for row in table[1:] if row]
    wrong = [f"line {i}: {len(row)} cells for {len(head)} columns" for i, row in enumerate(body, start=2) if len(row) != len(head)]
    twice = [name for name, n in Counter(row[head.index(NAME)] for row in body if len(row) == len(head)).items() if n > 1]
    wrong += [f"{name} has several rows" for name in twice]
    if wrong:
        raise DatasetInputError(f"{file}: {len(wrong)} problems\n" + "\n".join(wrong[:_MOST_TOLD]))
    columns = {name: _typed([row[k].strip() for row in body]) for k, name in enumerate(head) if name != NAME}
    return {row[head.index(NAME)]: {name: cells[i] for name, cells in columns.items() if cells[i] != ""} for i, row in enumerate(body)}


def _typed(cells: Sequence[str]) -> list[Value]:
    said = [cell for cell in cells if cell]
    if said and {cell.lower() for cell in said} <= {"true", "false"}:
        return [cell.lower() == "true" if cell else "" for cell in cells]
    try:
        numbers = [float(cell) if cell else math.nan for cell in cells]
    except ValueError:
        return list(cells)
    if not all(math.isfinite(n) for n, cell in zip(numbers, cells, strict=True) if cell):
        return list(cells)
    return [number if cell else "" for number, cell in zip(numbers, cells, strict=True)]

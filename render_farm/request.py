"""The job as it was asked for, kept beside what was made of it: `farm resume` and `farm merge` need no more than the dataset.

job.json holds what decides the bytes of the images. run/request.json adds what does not (how many, and how they are made) and
the CSV files that the scene draws from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from generator.dataset import read_json
from generator.errors import DatasetInputError
from generator.grammar import Grammar
from generator.grammar.tables import tables
from generator.job import Job
from generator.writers.atomic import disk_errors, write_file
from generator.writers.layout import JOB, RUN, SCRATCH

REQUEST = f"{RUN}/request.json"


def write_request(root: Path, job: Job, grammar: Grammar) -> None:
    """Notes down what job.json leaves out."""
    request = {"job": job.model_dump(mode="json", exclude={"scene", "out"}), "tables": tables(grammar)}
    with disk_errors(root):
        write_file(root / SCRATCH, root / REQUEST, orjson.dumps(request, option=orjson.OPT_INDENT_2))


def read_request(root: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The configuration of the job that fills `root`, plain as it was composed, and the texts of its CSV files.

    Raises DatasetInputError when the folder is no dataset, or its run folder was taken away.
    """
    for path, what in ((root / JOB, "is no dataset"), (root / REQUEST, "does not say how many images it is to have: run its command")):
        if not path.is_file():
            raise DatasetInputError(f"{root} {what} (there is no {path.relative_to(root)})")
    identity, request = read_json(root / JOB)["job"], read_json(root / REQUEST)
    return {**request["job"], "scene": identity["scene"], "out": str(root)}, request["tables"]

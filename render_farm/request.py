"""The job as it was asked for, kept beside what was made of it: `farm resume` and `farm merge` need no more than the dataset.

job.json holds what decides the bytes of the images. run/request.json adds what does not (how many, and how they are made), the
CSV files that the scene draws from, and what its factors may be.
"""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import ValidationError

from generator.dataset import no_dataset, read_json
from generator.errors import DatasetError, DatasetInputError
from generator.grammar import Grammar
from generator.grammar.tables import Beside, beside
from generator.job import Job
from generator.storage import Folder, Place, folder_at
from generator.writers.layout import JOB, RUN

REQUEST = f"{RUN}/request.json"


def write_request(folder: Folder, job: Job, grammar: Grammar) -> None:
    """Notes down what job.json leaves out."""
    request = {"job": job.model_dump(mode="json", exclude={"scene", "out"}), **beside(grammar).model_dump(mode="json")}
    with folder.errors():
        folder.put(REQUEST, orjson.dumps(request, option=orjson.OPT_INDENT_2))


def read_request(place: Place) -> tuple[dict[str, Any], Beside]:
    """The configuration of the job that fills `place`, plain as it was composed, and what its scene needs besides.

    Raises DatasetInputError when the folder is no dataset, or its run folder was taken away, DatasetError when these files are damaged.
    """
    folder = folder_at(place)
    claim, request = read_json(folder, JOB), read_json(folder, REQUEST)
    if claim is None:
        raise no_dataset(folder, JOB)
    if request is None:
        raise DatasetInputError(f"{folder} does not say how many images it is to have: run its command (there is no {REQUEST})")
    try:
        more = Beside(tables=request["tables"], allowed=request.get("allowed"))
        return {**request["job"], "scene": claim["job"]["scene"], "out": str(place)}, more
    except (KeyError, TypeError, ValidationError) as error:
        raise DatasetError(
            f"{folder}: {JOB} or {REQUEST} is damaged; the dataset's own command writes {REQUEST} again ({error!r:.200})"
        ) from error

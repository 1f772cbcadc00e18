"""A training job from words to files: selects images, builds the detector, trains, judges; once for each seed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import orjson
import torch

from evaluator.datasets import LabelledImages
from evaluator.detectors.checkpoints import Detector, load_detector, save_detector
from evaluator.train.batches import Lesson
from evaluator.train.curves import write_page
from evaluator.train.judge import Judgement, judged
from evaluator.train.loop import LAST, Course, Stopping, never, train
from evaluator.train.processes import Place, place
from evaluator.train.selection import Selection, selected
from evaluator.train.settings import TrainJob
from generator.errors import ConfigError, DatasetInputError
from generator.storage.atomic import disk_errors, write_file
from generator.storage.flock import flocked
from generator.streams import Stream

JOB, RESULT, FINAL = "job.json", "result.json", "final.pt"
_NOT_OF_THE_RESULT = {"out", "seeds", "threads", "readers", "device"}  # the rest of a job decides what comes out


@dataclass(frozen=True)
class Result:
    """A finished training. validation, test: scores by "bbox" and "segm", None without such images. steps: done, over all phases."""

    seed: int
    folder: Path
    classes: tuple[str, ...]
    counts: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    steps: int
    seconds: float
    validation: Judgement | None
    test: Judgement | None


def run(job: TrainJob, stopping: Stopping = never) -> list[Result]:
    """One Result for each seed, in `out`/seed_N; finished ones are read, begun ones go on. In every process the same."""
    with place(job.device) as here, computing(job, here):
        return [_one(job, seed, here, stopping) for seed in job.seeds]


def begun(job: TrainJob) -> bool:
    """Whether the same job goes on from something: a checkpoint, or a training that is finished."""
    return any((Path(job.out) / f"seed_{seed}" / name).exists() for seed in job.seeds for name in (LAST, RESULT))


@contextlib.contextmanager
def computing(job: TrainJob, here: Place) -> Iterator[None]:
    """The process as trainings want it: its threads, and on the CPU algorithms that repeat to the bit."""
    threads, exact = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(job.threads or os.cpu_count() or 1)
    torch.use_deterministic_algorithms(here.device == "cpu", warn_only=True)
    cv2_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # readers are threads already
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(exact)
        cv2.setNumThreads(cv2_threads)


def _one(job: TrainJob, seed: int, here: Place, stopping: Stopping) -> Result:
    """Nothing is written before all that a job can be refused for was looked at."""
    folder = Path(job.out) / f"seed_{seed}"
    with disk_errors(folder):
        if found := _finished(job, folder):
            return found
        chosen = selected(job, seed)
        lesson, detector = _lesson(job, chosen, seed, here), _detector(job, chosen, seed, here)
        with _own(folder, here):
            if found := _finished(job, folder):  # by another process since
                return found
            _note_job(job, folder, here)
            return _trained(job, chosen, lesson, detector, folder, here, stopping)


def _finished(job: TrainJob, folder: Path) -> Result | None:
    """What the folder holds of this job. Raises DatasetInputError when it belongs to another."""
    _check_job(job, folder)
    return read_result(folder) if (folder / RESULT).exists() else None


def _trained(job: TrainJob, chosen: Selection, lesson: Lesson, detector: Detector, folder: Path, here: Place, stopping: Stopping) -> Result:
    began = time.monotonic()
    phases = job.mix.phases(job.recipe.steps, *(_count(chosen.train.get(s)) for s in ("real", "synthetic")))
    standing = train(Course(detector, lesson, phases, job.recipe, chosen.validation, here, folder, job.readers, stopping))
    steps = sum(phase.steps for phase in phases[: standing.phase]) + standing.step
    scores = [judged(detector, d, here, job.recipe.batch) if d else None for d in (chosen.validation, chosen.test)]
    result = Result(lesson.seed, folder, chosen.classes, chosen.counts, chosen.notes, steps, time.monotonic() - began, *scores)
    if here.writes:
        _write(job, result, detector)
    here.wait()
    return result


def _lesson(job: TrainJob, chosen: Selection, seed: int, here: Place) -> Lesson:
    parts = here.count * job.recipe.accumulate
    if job.recipe.batch % parts:
        raise ConfigError(f"recipe.batch={job.recipe.batch} cannot be dealt to {here.count} processes x accumulate={job.recipe.accumulate}")
    recipe = job.recipe
    return Lesson(chosen.train, chosen.classes, job.detector.masks, job.detector.size_px, recipe.augment, seed, recipe.batch, parts)


def _detector(job: TrainJob, chosen: Selection, seed: int, here: Place) -> Detector:
    """Built, or read where `start` names one, with all that is known about how it is trained. The seed decides the new weights."""
    about = {"job": deciding(job), "seed": seed, "counts": chosen.counts}
    learnt = {image.fingerprint() for dataset in chosen.train.values() for image in dataset.images}
    torch.manual_seed(Stream.root("weights", seed).integer(2**53))
    model = job.detector.build(len(chosen.classes), pretrained=job.start is None)
    if job.start is not None:
        begun = load_detector(job.start, "cpu")
        if (begun.classes, begun.settings.model_dump(exclude={"backbone"})) != (
            chosen.classes,
            job.detector.model_dump(exclude={"backbone"}),
        ):
            raise DatasetInputError(
                f"{job.start}: holds a detector of other classes ({', '.join(begun.classes)}) or settings than this job's"
            )
        model.load_state_dict(begun.model.state_dict())
        learnt |= begun.trained_on
    model.to(here.device).to(memory_format=torch.channels_last)  # as the pictures lie
    return Detector(model, chosen.classes, job.detector, here.device, about, frozenset(learnt))


def _count(dataset: LabelledImages | None) -> int:
    return len(dataset.images) if dataset else 0


@contextlib.contextmanager
def _own(folder: Path, here: Place) -> Iterator[None]:
    """The folder, for this training alone."""
    folder.mkdir(parents=True, exist_ok=True)
    with flocked(folder / "lock", folder, shared=False) if here.writes else contextlib.nullcontext():
        yield


def _check_job(job: TrainJob, folder: Path) -> None:
    """Raises DatasetInputError when the folder belongs to another job."""
    file = folder / JOB
    if file.exists():
        differs = _differences(orjson.loads(file.read_bytes()), orjson.loads(orjson.dumps(deciding(job))))
        if differs:
            raise DatasetInputError(f"{folder}: belongs to another job, with other {', '.join(differs)}; name another folder with out=")


def _note_job(job: TrainJob, folder: Path, here: Place) -> None:
    here.wait()  # all have looked
    if here.writes:
        write_file(folder, folder / JOB, orjson.dumps(deciding(job), option=orjson.OPT_INDENT_2))


def deciding(job: TrainJob) -> dict[str, Any]:
    """What of a job decides what comes out, besides the seed."""
    return job.model_dump(mode="json", exclude=_NOT_OF_THE_RESULT)


def _differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Paths of the values in which two nested dicts differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [d for key in sorted({*one, *other}) for d in _differences(one.get(key), other.get(key), f"{at}.{key}".lstrip("."))]
    return [] if one == other else [at]


def _write(job: TrainJob, result: Result, detector: Detector) -> None:
    folder = result.folder
    save_detector(detector, folder / FINAL)
    write_page(folder, f"{job.mix.kind}, seed {result.seed}", result.counts, f"{job.detector.kind}, {result.steps:,} steps")
    content = {
        "seed": result.seed, "classes": result.classes, "counts": result.counts, "notes": result.notes, "steps": result.steps,
        "seconds": result.seconds, "validation": result.validation, "test": result.test, "torch": torch.__version__,
    }  # fmt: skip
    write_file(folder, folder / RESULT, orjson.dumps(content, option=orjson.OPT_INDENT_2))
    (folder / LAST).unlink(missing_ok=True)  # what only a training that goes on needs


def read_result(folder: Path) -> Result:
    """Of a finished training. Raises DatasetInputError when it is none."""
    try:
        found = orjson.loads((folder / RESULT).read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise DatasetInputError(f"{folder}: holds no finished training ({RESULT})") from error
    counts = tuple(tuple(row) for row in found["counts"])
    return Result(
        found["seed"], folder, tuple(found["classes"]), counts, tuple(found["notes"]), found["steps"], found["seconds"],
        found["validation"], found["test"],
    )  # fmt: skip

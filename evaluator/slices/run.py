"""A unit-test job from names of files to results: reads dataset, metadata and slices, runs the detectors, measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluator.class_map import harmonise, read_class_map
from evaluator.datasets import LabelledImages, open_images
from evaluator.packages import need_scoring_packages, need_training_packages
from evaluator.settings import UnitTestJob
from evaluator.slices.automatic import with_automatic_slices
from evaluator.slices.definition import SliceFile, read_slices
from evaluator.slices.effects import EffectResult, changed, effects
from evaluator.slices.examined import Examined
from evaluator.slices.fields import check_fields
from evaluator.slices.measure import Judging, SliceResult, measure
from evaluator.slices.metadata import with_metadata
from evaluator.slices.predictions import holds_results, predictions, read_results, write_results
from generator.errors import DatasetInputError


@dataclass(frozen=True)
class Verdict:
    """model, against: what was tested, by name. before: the latter's results. classes: those that count."""

    model: str
    against: str | None
    examined: Examined
    before: Examined | None
    classes: tuple[str, ...]
    slices: Sequence[SliceResult]
    effects: Sequence[EffectResult]

    @property
    def failed(self) -> bool:
        return any(result.failures for result in self.slices) or any(result.failures for result in self.effects)


def run(job: UnitTestJob, model: Path, source: Path) -> Verdict:
    """Everything that can be wrong with names and files is found before a detector runs.

    A checkpoint's results are kept in `job.out`, as COCO results that can be named in its place. Raises ConfigError, DatasetInputError.
    """
    models = [model, *([Path(job.against)] if job.against else [])]
    for name in models:
        if not name.is_file():
            raise DatasetInputError(f"{name}: there is no such file; a checkpoint or a .json file of COCO results is needed")
    if all(map(holds_results, models)):
        need_scoring_packages("scenewright unit-test")
    else:
        need_training_packages("scenewright unit-test with a checkpoint")
    dataset = opened(job, source)
    file = read_slices(job.slices) if job.slices else SliceFile()
    check_fields(file, dataset, job.slices or "slices")
    file = file if file.slices else with_automatic_slices(file, dataset)
    _check_masks(file, dataset)
    examined = _examined(job, model, dataset, file, "predictions")
    before = _examined(job, Path(job.against), dataset, file, "predictions_against") if job.against else None
    judging = Judging(job.draws, job.metric, job.worse_fails, job.seed)
    return Verdict(
        model=str(model),
        against=job.against,
        examined=examined,
        before=before,
        classes=tuple(file.classes or dataset.categories),
        slices=measure(file, examined, before, judging),
        effects=effects(file, examined, judging) if changed(dataset) else [],
    )


def opened(job: UnitTestJob, source: Path) -> LabelledImages:
    """The dataset with what the CSV file knows, under common class names."""
    dataset = open_images(source, on_problems=job.on_problems)
    if not dataset.labelled:
        raise DatasetInputError(f"{source}: has no labels; a detector can be tested only on what is labelled")
    if not any(image.objects for image in dataset.images):
        raise DatasetInputError(f"{source}: no object is labelled in any of its {len(dataset.images):,} images; there is nothing to find")
    if job.metadata:
        dataset = with_metadata(dataset, Path(job.metadata))
    return harmonise([dataset], read_class_map(job.class_map))[0] if job.class_map else dataset


def _check_masks(file: SliceFile, dataset: LabelledImages) -> None:
    bare = [thing for image in dataset.images for thing in image.objects if not thing.segmentation]
    if file.overlap == "segm" and bare:
        raise DatasetInputError(f"{dataset.source}: overlap: segm needs masks; {len(bare)} objects have a box alone")


def _examined(job: UnitTestJob, model: Path, dataset: LabelledImages, file: SliceFile, kept: str) -> Examined:
    results, trained_on = predictions(model, dataset, device=job.device, batch=job.batch, least_score=job.least_score)
    if file.overlap == "segm" and any("segmentation" not in r for r in results):
        raise DatasetInputError(f"{model}: overlap: segm needs masks, and it gives boxes alone")
    if not holds_results(model):
        write_results(Path(job.out) / f"{kept}.json", results, dataset)
        results = read_results(Path(job.out) / f"{kept}.json", dataset)  # what was kept is what is tested
    return Examined(dataset, results, file.overlap, trained_on)

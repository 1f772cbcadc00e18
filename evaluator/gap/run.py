"""A gap job from folders to results: reads, extracts features of images and of crops, and measures each synthetic set in turn."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from evaluator.class_map import harmonise, read_class_map
from evaluator.datasets import LabelledImages, open_images
from evaluator.features.cache import default_folder
from evaluator.features.extract import Part, extract
from evaluator.features.extractor import Extractor, extractors_named
from evaluator.gap.comparison import Points, Resampling
from evaluator.gap.measure import Gap, measure
from evaluator.gap.metrics import metrics_named
from evaluator.gap.spaces import FEWEST_IMAGES, Space
from evaluator.settings import CropSettings, GapJob
from generator.errors import ConfigError, DatasetInputError, unknown
from generator.streams import Stream

FEWEST_CROPS = 20  # of a class and side
FEW_IMAGES = 20  # below which a set is measured with a warning: real against real then compares fewer than ten with ten
Features = dict[str, Points]


def run(job: GapJob, real: Path, made: Sequence[Path]) -> list[Gap]:
    """One Gap for each synthetic set. Everything that can be wrong with words and labels is found before features are taken."""
    metrics = metrics_named(job.metrics)
    sets = opened(job, [real, *made])
    for dataset in sets:
        if len(dataset.images) < FEWEST_IMAGES:
            raise DatasetInputError(f"{dataset.source}: has {len(dataset.images)} images; a gap needs at least {FEWEST_IMAGES}")
    sets = [_with_note_on_size(dataset) for dataset in sets]
    extractors = extractors_named(job.features, job.network)
    _check_classes(job.crops, sets)
    resampling = Resampling(job.resampling.halves, job.resampling.permutations, job.resampling.splits)
    of_sets = [image_features(job, extractors, dataset) for dataset in sets]
    crops_of_real: dict[str, Features] = {}
    gaps: list[Gap] = []
    for dataset, features in zip(sets[1:], of_sets[1:], strict=True):
        spaces = image_spaces(extractors, of_sets[0], features)
        few: dict[str, tuple[int, int]] = {}
        for category in crop_classes(job.crops, sets[0], dataset):
            if category not in crops_of_real:
                crops_of_real[category] = crop_features(job, extractors, sets[0], category)
            made_crops = crop_features(job, extractors, dataset, category)
            counts = _count(crops_of_real[category]), _count(made_crops)
            if min(counts) >= FEWEST_CROPS:
                spaces += image_spaces(extractors, crops_of_real[category], made_crops, category)
            else:
                few[category] = counts
        stream = Stream.root("gap", job.seed, len(gaps))
        gap = measure(sets[0], dataset, spaces, metrics, resampling, stream, threads=job.threads or os.cpu_count() or 1)
        gaps.append(replace(gap, notes=(*_too_few_crops(few), *_too_few_images(sets[0], dataset))))
    return gaps


def _too_few_crops(counts: Mapping[str, tuple[int, int]]) -> list[str]:
    named = ", ".join(f"{category} ({real} and {made})" for category, (real, made) in counts.items())
    return (
        [f"the look of objects is not compared of classes with fewer than {FEWEST_CROPS} large enough in a set: {named}"] if named else []
    )


def _too_few_images(real: LabelledImages, made: LabelledImages) -> list[str]:
    """Classes of both sets that the tables of their labels leave out."""
    counts = [Counter(name for image in s.images for name in {o.category for o in image.objects}) for s in (real, made)]
    few = {n: [c[n] for c in counts] for n in real.categories if n in made.categories and min(c[n] for c in counts) < FEWEST_IMAGES}
    named = ", ".join(f"{category} ({of_real} and {of_made})" for category, (of_real, of_made) in few.items())
    return [f"size, shape and position are not compared of classes in fewer than {FEWEST_IMAGES} images of a set: {named}"] if named else []


def opened(job: GapJob, sources: Sequence[Path]) -> list[LabelledImages]:
    """All sets with the common class names, without objects that one of them may not have labelled for being small."""
    sets = [open_images(source, on_problems=job.on_problems) for source in sources]
    named = harmonise(sets, read_class_map(job.class_map)) if job.class_map else sets
    least = job.min_object_share
    return [s.where(lambda image, thing: min(thing.box[2:]) >= least * min(image.width, image.height)) for s in named]


def _with_note_on_size(dataset: LabelledImages) -> LabelledImages:
    count = len(dataset.images)
    if count >= FEW_IMAGES:
        return dataset
    note = (
        f"only {count} images: parts of {count // 2} are what intervals and the comparison of real with real rest on, so that only large "
        f"differences stand out from chance and numbers change with other images; take {FEW_IMAGES} at least, better 100"
    )
    return replace(dataset, notes=(*dataset.notes, note))


def image_features(job: GapJob, extractors: Sequence[Extractor], dataset: LabelledImages) -> Features:
    found = _extracted(job, extractors, [Part(image) for image in dataset.images], job.size_px, f"{dataset.name}: images")
    return {name: Points(values, np.arange(len(values))) for name, values in found.items()}


def crop_features(job: GapJob, extractors: Sequence[Extractor], dataset: LabelledImages, category: str) -> Features:
    """Features of the objects of a class, cut out by their boxes; `crops.most` of them at random when there are more."""
    settings = job.crops
    places = [
        (n, thing.box)
        for n, image in enumerate(dataset.images)
        for thing in image.objects
        if thing.category == category and not thing.crowd and min(thing.box[2:]) >= settings.min_side_px
    ]
    drawn = Stream.root("crops", job.seed, dataset.name, category).generator().permutation(len(places))[: settings.most]
    kept = [places[i] for i in np.sort(drawn)]
    parts = [Part(dataset.images[n], box, settings.margin) for n, box in kept]
    found = _extracted(job, extractors, parts, settings.size_px, f"{dataset.name}: crops of {category}")
    return {name: Points(values, np.array([n for n, _ in kept], int)) for name, values in found.items()}


def crop_classes(settings: CropSettings, real: LabelledImages, made: LabelledImages) -> list[str]:
    common = [name for name in real.categories if name in made.categories] if settings.enabled else []
    return common if settings.classes is None else [name for name in common if name in settings.classes]


def _extracted(job: GapJob, extractors: Sequence[Extractor], parts: Sequence[Part], size_px: int, what: str) -> dict[str, np.ndarray]:
    folder = Path(job.cache) if job.cache else default_folder()
    return extract(extractors, parts, size_px, folder, what, batch=job.network.batch, threads=job.threads)


def image_spaces(extractors: Sequence[Extractor], real: Features, made: Features, category: str | None = None) -> list[Space]:
    """The features of both sets, shallow to deep: of whole images, or of the crops of a class."""
    return [
        Space(
            f"{category or 'images'}: {name}", "appearance", names, real[name], made[name], category, e.kind == "network", category is None
        )
        for e in extractors
        for name, names in e.spaces.items()
    ]


def _count(features: Features) -> int:
    return len(next(iter(features.values())).values)


def _check_classes(settings: CropSettings, sets: Sequence[LabelledImages]) -> None:
    known = sorted({name for dataset in sets for name in dataset.categories})
    for name in settings.classes or ():
        if name not in known:
            raise ConfigError(f"crops.classes: {unknown('class', name, known)}")

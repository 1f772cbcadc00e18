"""Which images and objects a training sees, and which it is judged on; with the counts of everything left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from evaluator.class_map import harmonise, read_class_map
from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject, open_images
from evaluator.train.mixes import Source
from evaluator.train.settings import FilterSettings, SplitSettings, TrainJob
from generator.errors import ConfigError, DatasetInputError, unknown
from generator.streams import Stream

_REASONS = ("another class", "crowd", "too small", "too hidden", "cut off")


@dataclass(frozen=True)
class Selection:
    """train: by source. validation, test: real images, or synthetic ones where there are no real ones; None for a share of 0.

    counts: rows of a table, a head and one row for each set. notes: what is odd.
    """

    classes: tuple[str, ...]
    train: dict[Source, LabelledImages]
    validation: LabelledImages | None
    test: LabelledImages | None
    counts: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def selected(job: TrainJob, seed: int) -> Selection:
    """Raises ConfigError and DatasetInputError for all that cannot be trained on."""
    sets = _opened(job)
    classes = _classes(job, sets)
    held_from: Source = "real" if "real" in sets else "synthetic"
    parts = split(sets[held_from], job.split)
    rows: list[tuple[str, ...]] = [("images of", "images", "objects", *_REASONS)]
    train: dict[Source, LabelledImages] = {}
    for source in job.mix.needs:
        pool = parts["train"] if source == held_from else synthetic_pool(sets[source], job.split)
        train[source], counted = worth(_drawn(pool, source, job, seed), classes, job, ignore=False)
        rows.append(_row(f"{source}, training", train[source], counted))
    judged: dict[str, LabelledImages] = {}
    for name in ("validation", "test"):
        if name in parts:
            judged[name], counted = worth(parts[name], classes, job, ignore=True)
            rows.append(_row(f"{held_from}, {name}", judged[name], counted))
    _check(job, train, judged)
    return Selection(classes, train, judged.get("validation"), judged.get("test"), tuple(rows), _notes(sets, classes))


def split(dataset: LabelledImages, shares: SplitSettings, *, test_key: str = "split.test") -> dict[str, LabelledImages]:
    """Training, validation and test images by a checksum of their names, so that a photo is on the same side on every machine. Test
    images are taken from one end of the checksums, validation images from the other: which they are depends on their own share alone, so
    that what was chosen on validation images was not chosen on those of a later test.

    test_key: how the user set the share of the test images. Raises DatasetInputError when a share above 0 is empty.
    """
    parts: dict[str, list[int]] = {"train": [], "validation": [], "test": []}
    for position, image in enumerate(dataset.images):
        at = int.from_bytes(blake2b(image.name.encode(), digest_size=8).digest(), "big") / 2**64
        parts["test" if at < shares.test else "validation" if at >= 1 - shares.validation else "train"].append(position)
    for name, key, share in (("validation", "split.validation", shares.validation), ("test", test_key, shares.test)):
        if share and not parts[name]:
            raise DatasetInputError(
                f"{dataset.source}: of its {len(dataset.images)} images none falls into the share {key}={share}; raise the share, take "
                "more images, or set it to 0 (`scenewright study` needs its tests)"
            )
    return {name: dataset.subset(positions) for name, positions in parts.items() if name == "train" or positions}


def synthetic_pool(dataset: LabelledImages, shares: SplitSettings) -> LabelledImages:
    """What synthetic images beside real ones are trained on."""
    return _synthetic(dataset, shares)["train"]


def synthetic_held_out(dataset: LabelledImages, shares: SplitSettings) -> LabelledImages:
    """The others. Raises DatasetInputError when there are none."""
    return _synthetic(dataset, shares)["test"]


def _synthetic(dataset: LabelledImages, shares: SplitSettings) -> dict[str, LabelledImages]:
    return split(dataset, SplitSettings(validation=0, test=shares.synthetic_test), test_key="split.synthetic_test")


def worth(dataset: LabelledImages, classes: Sequence[str], job: TrainJob, *, ignore: bool) -> tuple[LabelledImages, dict[str, int]]:
    """The dataset without objects of no value, or, with `ignore`, with these as regions that do not count; how many, by reason.

    Objects of classes that are not learnt are gone either way.
    """
    counted: Counter[str] = Counter()
    size_px = job.detector.size_px

    def keep(image: LabelledImage, thing: LabelledObject) -> bool:
        reason = reason_against(job.filter, image, thing, size_px)
        counted[reason or ""] += 1
        return reason is None

    known = dataset.where(lambda _, thing: thing.category in classes)
    counted["another class"] = sum(len(i.objects) for i in dataset.images) - sum(len(i.objects) for i in known.images)
    left = known.ignoring(keep) if ignore else known.where(keep)
    return replace(left, categories=tuple(classes)), {reason: counted[reason] for reason in _REASONS}


def reason_against(settings: FilterSettings, image: LabelledImage, thing: LabelledObject, size_px: int) -> str | None:
    """Why an object has no value, None when it has."""
    scale = size_px / max(image.width, image.height)
    if thing.crowd:
        return "crowd"
    if thing.area_px * scale**2 < settings.min_area_px or min(thing.box[2:]) * scale < settings.min_side_px:
        return "too small"
    if thing.visible_ratio is not None and thing.visible_ratio < settings.min_visible_ratio:
        return "too hidden"
    if thing.truncation is not None and thing.truncation > settings.max_truncation:
        return "cut off"
    return None


def _opened(job: TrainJob) -> dict[Source, LabelledImages]:
    sources: dict[Source, str | None] = {"real": job.real, "synthetic": job.synthetic}
    sets = {name: open_images(path, on_problems=job.on_problems) for name, path in sources.items() if path is not None}
    for dataset in sets.values():
        if not dataset.labelled:
            raise DatasetInputError(f"{dataset.source}: has no labels to learn from")
    if job.class_map is None:
        return sets
    return dict(zip(sets, harmonise(list(sets.values()), read_class_map(job.class_map)), strict=True))


def _classes(job: TrainJob, sets: dict[Source, LabelledImages]) -> tuple[str, ...]:
    leading = sets.get("real") or sets["synthetic"]
    if job.classes is None:
        return leading.categories
    known = sorted({name for dataset in sets.values() for name in dataset.categories})
    for name in job.classes:
        if name not in known:
            raise ConfigError(f"classes: {unknown('class', name, known)}")
    return tuple(job.classes)


def _drawn(dataset: LabelledImages, source: Source, job: TrainJob, seed: int) -> LabelledImages:
    """The images that fraction and count ask for. Each has a place in a queue of its own, by seed and name: more are the same, and
    some more."""
    stream = Stream.root("images", seed).child(source)
    queue = sorted(range(len(dataset.images)), key=lambda i: stream.child(dataset.images[i].name).uniform())
    mix = job.mix
    if source == "real" and mix.kind != "synthetic":
        queue = queue[: max(round(mix.real_fraction * len(queue)), 1)]
    elif source == "synthetic" and mix.kind != "real" and mix.synthetic_count is not None:
        if mix.synthetic_count > len(queue):
            raise ConfigError(
                f"mix.synthetic_count: found {mix.synthetic_count:,}, {dataset.source} has {len(queue):,} images for training"
            )
        queue = queue[: mix.synthetic_count]
    return dataset.subset(sorted(queue))


def _check(job: TrainJob, train: dict[Source, LabelledImages], judged: dict[str, LabelledImages]) -> None:
    for source, dataset in train.items():
        if not any(image.objects for image in dataset.images):
            raise DatasetInputError(f"{dataset.source}: no object of the classes is left to learn from ({source} images)")
    for dataset in (*train.values(), *judged.values()) if job.detector.masks else ():
        bare = sum(not thing.segmentation for image in dataset.images for thing in image.objects)
        if bare:
            raise DatasetInputError(
                f"{dataset.source}: {bare:,} objects have a box and no mask; detector={job.detector.kind} learns masks. "
                "Take detector=fcos or detector=faster_rcnn"
            )


def _row(name: str, dataset: LabelledImages, counted: dict[str, int]) -> tuple[str, ...]:
    objects = sum(not thing.crowd for image in dataset.images for thing in image.objects)
    return (name, f"{len(dataset.images):,}", f"{objects:,}", *(f"{counted[reason]:,}" for reason in _REASONS))


def _notes(sets: dict[Source, LabelledImages], classes: Sequence[str]) -> tuple[str, ...]:
    notes = [f"{d.name}: {len(d.dropped)} broken entries left out" for d in sets.values() if d.dropped]
    notes += [f"{d.name}: {note}" for d in sets.values() for note in d.notes]
    for source, dataset in sets.items():
        seen = {thing.category for image in dataset.images for thing in image.objects}
        lacking = [name for name in classes if name not in seen]
        if lacking:
            notes.append(f"the {source} images show no {', '.join(lacking)}; classes with other names meet by class_map=FILE")
    return tuple(notes)

"""From slots to what a detector of torchvision trains on: pictures and targets, made ahead by threads."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from evaluator.datasets import LabelledImage, LabelledImages
from evaluator.detectors.pictures import ahead, as_tensor
from evaluator.train.augment import Example, varied
from evaluator.train.mixes import Phase, Slot, Source, slots
from evaluator.train.settings import AugmentSettings

_BATCHES_AHEAD = 2


@dataclass(frozen=True)
class Batch:
    """pictures: (3, H, W) uint8 each. targets: boxes (N, 4) float32 corners, labels (N,) int64 from 1, masks (N, H, W) uint8 for
    detectors of masks. names: of the images, for reports."""

    pictures: list[Tensor]
    targets: list[dict[str, Tensor]]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """What batches are made of. parts: into which each step's pictures are dealt; part p gets slots p, p + parts, ..."""

    sets: dict[Source, LabelledImages]
    classes: tuple[str, ...]
    masks: bool
    size_px: int
    augment: AugmentSettings
    seed: int
    batch: int
    parts: int


def batches(lesson: Lesson, phase: Phase, first: int, own_parts: Sequence[int], readers: int) -> Generator[list[Batch]]:
    """For each step of a phase from `first` on, a batch for every part of this process."""
    counts = {source: len(dataset.images) for source, dataset in lesson.sets.items()}

    def wanted() -> Iterator[Slot]:
        for step in range(first, phase.steps):
            dealt = slots(phase, counts, lesson.seed, lesson.batch, step)
            for part in own_parts:
                yield from dealt[part :: lesson.parts]

    size = lesson.batch // lesson.parts
    each_step = size * len(own_parts)
    examples = ahead(lambda slot: _example(lesson, slot), wanted(), threads=readers, most=_BATCHES_AHEAD * each_step)
    for _ in range(first, phase.steps):
        yield [_batch([next(examples) for _ in range(size)]) for _ in own_parts]


def _batch(examples: Sequence[tuple[str, Tensor, dict[str, Tensor]]]) -> Batch:
    names, pictures, targets = zip(*examples, strict=True)
    return Batch(list(pictures), list(targets), names)


def _example(lesson: Lesson, slot: Slot) -> tuple[str, Tensor, dict[str, Tensor]]:
    dataset = lesson.sets[slot.source]
    image = dataset.images[slot.image]
    example = varied(stored(image, lesson.classes, masks=lesson.masks), lesson.augment, lesson.size_px, slot.stream)
    target = {"boxes": torch.from_numpy(np.ascontiguousarray(example.boxes)), "labels": torch.from_numpy(example.labels)}
    if example.masks is not None:
        target["masks"] = torch.from_numpy(np.ascontiguousarray(example.masks))
    return f"{dataset.name}/{image.name}", as_tensor(example.rgb), target


def stored(image: LabelledImage, classes: Sequence[str], *, masks: bool) -> Example:
    """An image as it lies on disk."""
    boxes = np.array([o.box for o in image.objects], np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    labels = np.array([classes.index(o.category) + 1 for o in image.objects], np.int64)
    drawn = [image.mask(o) for o in image.objects] if masks else []
    stack = np.array(drawn, np.uint8).reshape(-1, image.height, image.width) if masks else None
    return Example(image.rgb(), boxes, labels, stack)

"""Mixes of real and synthetic images: which of them, in which proportion, in which order. One class each.

A training is a sequence of phases. In each, the share of real pictures in a batch is fixed, and each set is gone through in shuffled
rounds of its own: which picture is shown when depends on the seed and the number of the step alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.settings import Settings
from generator.streams import Stream

Source = Literal["real", "synthetic"]


@dataclass(frozen=True)
class Phase:
    """steps of training with `real_share` (0..1) of the pictures real and the learning rate times `lr`."""

    name: str
    real_share: float
    steps: int
    lr: float = 1.0


class RealMix(Settings):
    """real_fraction: of the photos left for training, drawn by the seed; a smaller fraction is part of a larger one."""

    kind: Literal["real"] = "real"
    real_fraction: float = Field(default=1.0, gt=0, le=1)
    needs: ClassVar[tuple[Source, ...]] = ("real",)

    def phases(self, steps: int, real: int, synthetic: int) -> tuple[Phase, ...]:
        return (Phase("train", 1.0, steps),)


class SyntheticMix(Settings):
    """synthetic_count: images, drawn by the seed; null takes all. Photos, if there are any, serve to validate."""

    kind: Literal["synthetic"] = "synthetic"
    synthetic_count: int | None = Field(default=None, ge=1)
    needs: ClassVar[tuple[Source, ...]] = ("synthetic",)

    def phases(self, steps: int, real: int, synthetic: int) -> tuple[Phase, ...]:
        return (Phase("train", 0.0, steps),)


class MixedMix(Settings):
    """Both in every batch. real_share: of the pictures in a batch, however many there are of each; null is their share of the pool
    of both sets, so that every image is shown equally often."""

    kind: Literal["mixed"] = "mixed"
    real_fraction: float = Field(default=1.0, gt=0, le=1)
    synthetic_count: int | None = Field(default=None, ge=1)
    real_share: float | None = Field(default=0.5, gt=0, lt=1)
    needs: ClassVar[tuple[Source, ...]] = ("real", "synthetic")

    def phases(self, steps: int, real: int, synthetic: int) -> tuple[Phase, ...]:
        share = real / (real + synthetic) if self.real_share is None else self.real_share
        return (Phase("train", share, steps),)


class FinetuneMix(Settings):
    """First synthetic images alone, then real ones alone. pretrain_share: of all steps, 0 when the detector that training starts with
    has seen them already; lr: times the learning rate, in the second phase."""

    kind: Literal["finetune"] = "finetune"
    real_fraction: float = Field(default=1.0, gt=0, le=1)
    synthetic_count: int | None = Field(default=None, ge=1)
    pretrain_share: float = Field(default=0.5, ge=0, lt=1)
    lr: float = Field(default=0.3, gt=0)
    needs: ClassVar[tuple[Source, ...]] = ("real", "synthetic")

    def phases(self, steps: int, real: int, synthetic: int) -> tuple[Phase, ...]:
        if not self.pretrain_share:
            return (Phase("finetune", 1.0, steps, self.lr),)
        first = min(max(round(steps * self.pretrain_share), 1), max(steps - 1, 1))
        return (Phase("pretrain", 0.0, first), Phase("finetune", 1.0, max(steps - first, 1), self.lr))


@dataclass(frozen=True)
class Slot:
    """One picture of one batch: which image of which set, and the stream that its variations are drawn from."""

    source: Source
    image: int
    stream: Stream


def slots(phase: Phase, counts: dict[Source, int], seed: int, batch: int, step: int) -> list[Slot]:
    """The pictures of one step of a phase. counts: images of each set."""
    stream = Stream.root("train", seed).child(phase.name)
    return list(_slots(phase.real_share, counts, stream, range(step * batch, (step + 1) * batch)))


def _slots(real_share: float, counts: dict[Source, int], stream: Stream, numbers: range) -> Iterator[Slot]:
    """Slot n is real when the number of real ones due grows at n: shares are exact over any stretch, to one picture."""
    for n in numbers:
        before = math.floor(n * real_share)
        real = math.floor((n + 1) * real_share) > before
        source: Source = "real" if real else "synthetic"
        lap, position = divmod(before if real else n - before, counts[source])
        image = int(_order(stream.child(source, lap), counts[source])[position])
        yield Slot(source, image, stream.child("slot", n))


@lru_cache(maxsize=4)
def _order(stream: Stream, count: int) -> np.ndarray:
    """(count,) int64: the images of a set in the order of one round."""
    return stream.generator().permutation(count)

"""The cells of a study: one training each, in a folder named after everything that decides what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from evaluator.datasets import LabelledImages, open_images
from evaluator.study.settings import REAL, SYNTHETIC, StudyJob
from evaluator.train.run import FINAL, deciding
from evaluator.train.selection import split, synthetic_pool
from evaluator.train.settings import TrainJob
from generator.errors import ConfigError

CELLS, CELL, SPEC = "cells", "cell.json", "spec.json"


@dataclass(frozen=True, eq=False)
class Cell:
    """One training and its tests. made: the synthetic set it uses. fraction, count: of photos and of synthetic images; count None is
    all. tests: set by name; `held_out` says that only its held-out images count. start: what another cell writes and this one begins
    with."""

    mix: str
    made: str
    fraction: float
    count: int | None
    seed: int
    train: TrainJob
    tests: dict[str, dict[str, Any]]
    folder: Path
    start: Path | None = None

    def __str__(self) -> str:
        real = f"{self.fraction:.0%} of the photos" if self.fraction else ""
        made = f"{'all' if self.count is None else format(self.count, ',')} images of {self.made}" if self.mix != "real" else ""
        return f"{self.mix}: {' + '.join(filter(None, (real, made)))}, seed {self.seed}"


def cells(job: StudyJob) -> list[Cell]:
    """All cells, seed by seed, whole sets before fractions of them. Raises ConfigError when images are lacking."""
    prints = {name: _fingerprint(open_images(source, on_problems=job.on_problems)) for name, source in _sources(job).items()}
    _check_counts(job)
    return [_cell(job, seed, mix, made, f, c, prints) for seed in job.seeds for mix, made, f, c in _points(job)]


def rounds(wanted: Sequence[Cell]) -> list[list[Cell]]:
    """Cells that can run side by side; those that begin with what another one writes come after it."""
    parts = [[cell for cell in wanted if cell.start is None], [cell for cell in wanted if cell.start is not None]]
    return [part for part in parts if part]


def begun(job: StudyJob) -> bool:
    """Whether a training has begun in the study's folder, of this job or of another that shares it."""
    folder = Path(job.out) / CELLS
    return folder.is_dir() and any(folder.iterdir())


def _points(job: StudyJob) -> Iterator[tuple[str, str, float, int | None]]:
    """Mix, synthetic set, fraction and count."""
    for fraction in sorted(job.fractions, reverse=True):
        for count in sorted(job.counts, reverse=True):
            if fraction and count:
                if job.mixed_counts is None or count in job.mixed_counts:
                    yield from ((mix, SYNTHETIC, fraction, count) for mix in job.mixes)
            elif fraction or count:
                yield ("real" if fraction else "synthetic", SYNTHETIC, fraction, count)
    yield from (("synthetic", name, 0.0, None) for name in job.others)


def _sources(job: StudyJob) -> dict[str, str]:
    return {REAL: job.real, SYNTHETIC: job.synthetic, **job.others, **job.tests}


def _cell(job: StudyJob, seed: int, mix: str, made: str, fraction: float, count: int | None, prints: dict[str, str]) -> Cell:
    pretrained = None
    if mix == "finetune" and job.finetune_steps is not None:
        pretrained = _cell(job, seed, "synthetic", made, 0.0, count, prints)
    of_mix: dict[str, dict[str, Any]] = {
        "real": {"real_fraction": fraction},
        "synthetic": {"synthetic_count": count},
        "mixed": {"real_fraction": fraction, "synthetic_count": count, "real_share": job.real_share},
        "finetune": {
            "real_fraction": fraction, "synthetic_count": count, "lr": job.finetune_lr,
            "pretrain_share": 0.0 if pretrained else job.pretrain_share,
        },
    }  # fmt: skip
    sources = _sources(job)
    tests = {name: {"source": s, "held_out": name not in job.tests} for name, s in sources.items() if name != REAL}
    shared = job.model_dump(include=set(TrainJob.model_fields) - {"mix", "start", "seeds", "out", "synthetic"})
    # a name for the folder is made first, then the job that is told to write there
    draft = {**shared, "synthetic": sources[made] if mix != "real" else None, "mix": {"kind": mix, **of_mix[mix]}, "start": None}
    start = None
    if pretrained:
        start = pretrained.folder / f"seed_{seed}" / FINAL
        draft = {**draft, "start": pretrained.folder.name, "recipe": {**shared["recipe"], "steps": job.finetune_steps}}
    unplaced = TrainJob.model_validate({**draft, "seeds": [seed], "out": "."})
    content = orjson.dumps([deciding(unplaced), seed, tests, prints], option=orjson.OPT_SORT_KEYS)
    folder = Path(job.out) / CELLS / blake2b(content, digest_size=8).hexdigest()
    placed = unplaced.model_copy(update={"out": str(folder), "start": str(start) if start else None})
    return Cell(mix, made, fraction, count, seed, placed, tests, folder, start)


def _fingerprint(dataset: LabelledImages) -> str:
    """Of names and labels: a set that was changed is another one. Pictures are not read."""
    digest = blake2b(digest_size=8)
    for image in dataset.images:
        digest.update(repr((image.name, [(o.category, o.box) for o in image.objects])).encode())
    return digest.hexdigest()


def _check_counts(job: StudyJob) -> None:
    dataset = open_images(job.synthetic, on_problems=job.on_problems)
    left = len(synthetic_pool(dataset, job.split).images)
    if max(job.counts) > left:
        raise ConfigError(
            f"counts: found {max(job.counts):,}; {job.synthetic} has {len(dataset.images):,} images, of which {left:,} are left for "
            f"training (split.synthetic_test={job.split.synthetic_test})"
        )
    split(open_images(job.real, on_problems=job.on_problems), job.split)  # raises when a share is empty

"""The gap between 10,000 and 10,000 images whose features are cached: time and memory of everything but pictures and pages.

    python -m benchmarks.gap                    # goal: below 30 s and 4 GB on two cores
    python -m benchmarks.gap --images 2000

Files, labels (8 objects of 3 classes an image) and features of the default spaces are drawn at random and put into a cache of their
own; what is timed is what `scenewright gap` does from there: checksums, reading the cache, every metric with its resamples, labels,
effects, farness and factors. The pictures are never decoded. Crops are left out: each class adds as many spaces as whole images have.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.street import load
from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject
from evaluator.features import cache
from evaluator.features.extract import Part
from evaluator.features.extractor import Extractor, extractors_named
from evaluator.gap.comparison import Resampling
from evaluator.gap.measure import Gap, measure
from evaluator.gap.metrics import known_metrics
from evaluator.gap.run import image_features, image_spaces
from evaluator.settings import GapJob
from generator.commands.compose import compose_points
from generator.commands.validate import validated
from generator.streams import Stream

CATEGORIES = ("car", "person", "sign")
OBJECTS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=10_000, help="a side")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (point,) = compose_points("gap", [f"cache={folder}/cache"], multirun=False)
        job = validated(GapJob, point.config)
        extractors = extractors_named(job.features, job.network)
        sets = [made(Path(folder), name, options.images, shift, extractors, job) for name, shift in (("real", 0.0), ("synthetic", 0.3))]
        before_mb = peak_mb()
        (seconds, cpu_s), gap = timed(lambda: whole(job, extractors, sets))
    print(f"{options.images:,} against {options.images:,} images; {len(gap.spaces)} spaces; {load()}\n")
    print("\n".join(table(seconds, cpu_s, before_mb, peak_mb())))


def whole(job: GapJob, extractors: Sequence[Extractor], sets: Sequence[LabelledImages]) -> Gap:
    features = [image_features(job, extractors, dataset) for dataset in sets]
    spaces = image_spaces(extractors, features[0], features[1])
    return measure(
        sets[0], sets[1], spaces, list(known_metrics().values()), Resampling(), Stream.root("benchmark"), threads=os.cpu_count() or 1
    )


def made(folder: Path, name: str, count: int, shift: float, extractors: Sequence[Extractor], job: GapJob) -> LabelledImages:
    """A set whose features are in the cache; its picture files hold their number only."""
    random = Stream.root("benchmark", name).generator()
    images = tuple(labelled(folder / name / f"{i}.png", i, random) for i in range(count))
    (folder / name).mkdir()
    for image in images:
        image.path.write_text(f"{name} {image.image_id}")
    for extractor in extractors:
        file = cache.cache_file(folder / "cache", f"{extractor.fingerprint} {job.size_px}")
        with cache.opened(file) as connection:
            digests = cache.digests(connection, [image.path for image in images])
            rows = random.normal(shift, 1, (count, extractor.dimensions)).astype(np.float32)
            cache.write(connection, {Part(i).key(digests[i.path]): row for i, row in zip(images, rows, strict=True)})
    return LabelledImages(name, folder / name, CATEGORIES, images)


def labelled(path: Path, number: int, random: np.random.Generator) -> LabelledImage:
    corners = random.uniform(0, 200, (OBJECTS, 2))
    sides = random.uniform(10, 100, (OBJECTS, 2))
    things = tuple(
        LabelledObject(CATEGORIES[i % 3], (float(x), float(y), float(w), float(h)), float(w * h), i)
        for i, ((x, y), (w, h)) in enumerate(zip(corners, sides, strict=True))
    )
    factors = {"weather": str(random.choice(["rain", "clear"])), "hour": float(random.uniform(0, 24))}
    return LabelledImage(path, path.name, number, 320, 300, things, factors)


def timed[T](work: Callable[[], T]) -> tuple[tuple[float, float], T]:
    start, cpu = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - start, time.process_time() - cpu), found


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(seconds: float, cpu_s: float, before_mb: float, after_mb: float) -> list[str]:
    return [
        "| | |",
        "| --- | ---: |",
        f"| seconds | {seconds:.1f} |",
        f"| CPU seconds | {cpu_s:.1f} |",
        f"| peak memory, MB | {after_mb:.0f} |",
        f"| before (interpreter, torch, network, making the labels) | {before_mb:.0f} |",
    ]


if __name__ == "__main__":
    main()

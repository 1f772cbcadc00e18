"""Where everything lies in a dataset folder. All paths are relative to it, with forward slashes.

A thousand images share a folder, so that ten million images make ten thousand folders of a thousand files.
"""

from __future__ import annotations

from generator.storage import folder

SHARD_IMAGES = 1000

CARD = "dataset.json"
SUMS = "files.sha256"
JOB = "job.json"
RECORDS = "records"
SHARDS = "annotations/shards"
INSTANCES = "annotations/instances.json"
QUARANTINE = "quarantine"
RUN = folder.RUN  # locks, temporary files, timing and logs of the machines that work on it: not part of the dataset
TIMING = f"{RUN}/timing.json"
TIMINGS = f"{RUN}/timings.json"


def image_stem(index: int) -> str:
    """Shard folder and name of an image without suffix: 123 is "000/000123", 1234567 is "1234/1234567"."""
    return f"{index // SHARD_IMAGES:03d}/{index:06d}"


def file_path(kind: str, index: int, suffix: str) -> str:
    """Path of one of an image's files: `file_path("depth", 123, "png")` is "depth/000/000123.png"."""
    return f"{kind}/{image_stem(index)}.{suffix}"


def record_path(index: int) -> str:
    return file_path(RECORDS, index, "json")


def record_folder(shard: int) -> str:
    """Where the loose records of indices [1000 * shard, 1000 * shard + 1000) are."""
    return f"{RECORDS}/{shard:03d}"


def index_of(path: str) -> int:
    """The image that a file belongs to, by its name."""
    return int(path.rsplit("/", 1)[-1].split(".", 1)[0])


def quarantine_path(index: int) -> str:
    return f"{QUARANTINE}/{index:06d}"


def shard_path(shard: int) -> str:
    """The records of indices [1000 * shard, 1000 * shard + 1000), one JSON a line, in order of the index."""
    return f"{SHARDS}/{shard:05d}.jsonl"


def shard_index_path(shard: int) -> str:
    """Which indices a shard holds and at which byte each begins."""
    return f"{SHARDS}/{shard:05d}.index.json"

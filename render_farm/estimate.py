"""What a whole job takes, by what a few of its images took."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

import orjson

from generator.job import Job
from generator.storage import Folder
from generator.writers.layout import RUN, SHARD_IMAGES
from render_farm.journal import LOG
from render_farm.plan import plan

_A_WORKER = 4  # images for calibration: the first is not counted, three are a mean
_ON_A_CLUSTER = 64


@dataclass(frozen=True)
class Estimate:
    """For all images of a job. disk_gb: without file system overhead. quarantined: share of the images. few: too few were measured."""

    workers: int
    device: str
    images_per_hour: float
    hours: float
    worker_hours_per_1000: float
    cost: float | None
    shards: int
    files: int
    disk_gb: float
    quarantined: float
    few: bool


def calibration_images(job: Job) -> int:
    if job.farm.kind == "ray":
        return _ON_A_CLUSTER
    return _A_WORKER * len(plan(job.render, job.farm, job.count, os.environ))


def estimate(job: Job, timing: dict[str, Any], folder: Folder) -> Estimate:
    """timing: of the calibration run (Tally.timing), whose dataset is in `folder`."""
    events = [orjson.loads(line) for line in folder.read(f"{RUN}/{LOG}.jsonl").splitlines()]
    made, workers = timing["images"] + timing["quarantined"], timing["workers"]
    rate = steady_rate([e["time"] for e in events if e["event"] == "image"], workers) or made / timing["elapsed_s"] * 3600
    hours = job.count / rate
    sizes = {name: size for name, size in folder.sizes("").items() if name.split("/")[0] != RUN}
    kinds = (name.split("/") for name in sizes)
    own = sum(len(parts) > 1 and parts[0] not in {"annotations", "quarantine"} for parts in kinds)
    shards = math.ceil(job.count / SHARD_IMAGES)
    return Estimate(
        workers=workers,
        device=timing["device"],
        images_per_hour=rate,
        hours=hours,
        worker_hours_per_1000=1000 / rate * workers,
        cost=hours * job.farm.price_per_hour if job.farm.price_per_hour else None,
        shards=shards,
        files=round(job.count * own / made) + 2 * shards,
        disk_gb=job.count * sum(sizes.values()) / made / 1e9,
        quarantined=sum(e["event"] == "quarantined" for e in events) / made,
        few=made < 3 * workers,
    )


def steady_rate(times: list[float], workers: int) -> float | None:
    """Images an hour after the first of every worker; None when there are too few. times: Unix seconds at which images were done."""
    if len(times) < 2 * workers:
        return None
    late = sorted(times)[workers - 1 :]
    return (len(late) - 1) / max(late[-1] - late[0], 1e-3) * 3600

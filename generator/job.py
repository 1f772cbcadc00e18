"""A whole job: what to make, how to render and write it, and on what. What Hydra composes is checked against this."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from pydantic import Field

from generator.grammar import Grammar
from generator.settings import EngineSettings, OutputSettings, RenderSettings, Settings

MOST_IMAGES = 10_000_000  # of a dataset; its folders are laid out for so many (generator/writers/layout.py). Seeds stay exact in JSON


class FarmSettings(EngineSettings):
    """How and where images are made; nothing here changes a byte of the dataset.

    workers: Blender processes in all; 0 is one a GPU, or on CPUs one a core as far as memory goes.
    workers_per_gpu: Blender processes that share a GPU.
    memory_mb: a worker that grows beyond it is ended and its images tried again; 0 is a fair share of the free memory.
    recycle_after: images after which a worker is replaced by a fresh one.
    retry_quarantined: try again what earlier runs put into quarantine.
    lease_s: about how long the images that a worker is given at once should last.
    scratch: existing folder for the renderer's temporary files; null is /dev/shm where there is room, else the system's.
    metrics_file: Prometheus metrics are written there every few seconds, for node_exporter's textfile collector, in a folder that exists;
    null is nowhere.
    price_per_hour: what an hour of everything that works on the job costs, in any currency; null is not known.
    """

    workers: int = Field(default=0, ge=0, le=10_000)
    workers_per_gpu: int = Field(default=1, ge=1, le=64)
    memory_mb: int = Field(default=0, ge=0)
    recycle_after: int = Field(default=1000, ge=1)
    retry_quarantined: bool = False
    lease_s: float = Field(default=40.0, gt=0, allow_inf_nan=False)
    scratch: str | None = None
    metrics_file: str | None = None
    price_per_hour: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class Job(Settings):
    """`scenewright generate`: `count` images of `scene` from `seed` on, into the folder `out`."""

    scene: dict[str, Any]
    count: int = Field(ge=1, le=MOST_IMAGES)
    seed: int = Field(ge=0, lt=2**53)
    out: str = Field(min_length=1)
    render: RenderSettings
    output: OutputSettings
    farm: FarmSettings


def identity(job: Job, grammar: Grammar) -> dict[str, Any]:
    """What decides the bytes of every image and nothing else: a run with another count, farm or time limit goes on where this one was.

    scene_digest tells scenes apart that differ in the order of their keys, in which a grammar draws, or in their CSV files. With
    all this and a SceneSpec an image can be made again without the scene file.
    """
    return {
        "scene": grammar.data,
        "scene_digest": hashlib.sha256(orjson.dumps([grammar.data, grammar.digest])).hexdigest(),
        "seed": job.seed,
        "categories": list(grammar.categories),
        "semantic_classes": list(grammar.semantic_classes),
        "render": job.render.model_dump(exclude={"threads", "time_limit_s"}),
        "output": job.output.model_dump(),
    }


class SampleJob(Settings):
    """`scenewright sample`: draws `count` scenes without rendering.

    page: the HTML file with the plots, null for none. workers: processes that draw; 0 is one a core where there is enough to do.
    """

    scene: dict[str, Any]
    count: int = Field(ge=1, le=MOST_IMAGES)
    seed: int = Field(ge=0, lt=2**53)
    page: str | None
    workers: int = Field(default=0, ge=0, le=1024)

"""How to render and what to write: validated settings, independent of any scene."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RenderSettings(Settings):
    """The renderer. A preset (configs/render) is a set of these.

    samples: 65,536 bring the noise of white below 1/256 of its own value, so that more cannot be seen in 8 bits. max_bounces and
    threads end where Blender's own settings do.
    adaptive_threshold 0 switches adaptive sampling off. denoise_prefilter: how albedo and normals are cleaned before they guide the
    denoiser, as Blender calls it; "accurate" runs the denoiser three times. threads 0 means all cores. time_limit_s ends a scene that
    takes longer to prepare, to render or to finish.
    """

    engine: Literal["cycles", "eevee"] = "cycles"
    device: Literal["auto", "cpu", "cuda", "optix", "hip", "oneapi", "metal"] = "auto"
    samples: int = Field(default=64, ge=1, le=65_536)
    adaptive_threshold: float = Field(default=0.02, ge=0, le=1)
    denoise: bool = True
    denoise_prefilter: Literal["none", "fast", "accurate"] = "accurate"
    max_bounces: int = Field(default=6, ge=0, le=1024)
    caustics: bool = False
    clamp_indirect: float = Field(default=10.0, ge=0, allow_inf_nan=False)
    threads: int = Field(default=0, ge=0, le=1024)
    time_limit_s: float = Field(default=600.0, gt=0, le=604_800)  # a week


class OutputSettings(Settings):
    """What is written for every image, besides its COCO annotations and its SceneSpec."""

    image_format: Literal["png", "jpeg", "webp"] = "png"
    quality: int = Field(default=95, ge=1, le=100)  # jpeg and webp
    depth: Literal["none", "png16", "exr"] = "png16"  # png16: millimetres, 0 = sky or beyond 65.535 m
    normals: bool = True
    semantic: bool = True
    instances: bool = True
    linear_exr: bool = False
    min_visible_px: int = Field(default=1, ge=1, le=1_000_000)  # smaller instances stay in the SceneSpec only


class EngineSettings(Settings):
    """The farm's engine, whatever it works on: the images of a dataset, the trainings of a study.

    kind: local is this machine; ray is a Ray cluster, reached by `address` (HOST:PORT, or auto for the one this machine is in).
    attempts: tries that an image or a training has before it is given up. Lost workers and nodes do not count.
    grace_s: how long an interrupted run waits for what is begun.
    silence_s: a worker that is not heard of for so long is given up, and what it had is lent to others.
    storage_wait_s: how long the storage may refuse to be written to before the run stops; 0 stops at once.
    start_wait_s: how long to wait for the first worker of a cluster.
    report_s: seconds between two lines of progress where there is no terminal.
    """

    kind: Literal["local", "ray"] = "local"
    address: str | None = None
    attempts: int = Field(default=2, ge=1, le=100)
    grace_s: float = Field(default=60.0, ge=0, allow_inf_nan=False)
    silence_s: float = Field(default=90.0, gt=0, allow_inf_nan=False)
    storage_wait_s: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    start_wait_s: float = Field(default=120.0, ge=0, allow_inf_nan=False)
    report_s: float = Field(default=30.0, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _address_is_for_clusters(self) -> EngineSettings:
        if self.kind == "local" and self.address is not None:
            raise ValueError(f"address {self.address} is of a cluster: choose farm=ray, or leave it away")
        if self.kind == "ray" and not self.address:
            raise ValueError("farm=ray needs address: HOST:PORT of the cluster's head, or auto")
        return self

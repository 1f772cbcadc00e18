"""How to render and what to write: validated settings, independent of any scene."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RenderSettings(Settings):
    """The renderer. A preset (configs/render) is a set of these.

    samples: 65,536 bring the noise of white below 1/256 of its own value, so that more cannot be seen in 8 bits. max_bounces and
    threads end where Blender's own settings do.
    adaptive_threshold 0 switches adaptive sampling off. threads 0 means all cores. time_limit_s ends a scene that takes longer
    to prepare, to render or to finish.
    """

    engine: Literal["cycles", "eevee"] = "cycles"
    device: Literal["auto", "cpu", "cuda", "optix", "hip", "oneapi", "metal"] = "auto"
    samples: int = Field(default=64, ge=1, le=65_536)
    adaptive_threshold: float = Field(default=0.02, ge=0, le=1)
    denoise: bool = True
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

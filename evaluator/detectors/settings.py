"""Settings that all detectors share. A detector's own are beside it, in its file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from generator.settings import Settings

NETWORK_STRIDES = (2, 4, 8, 16, 32)  # of the maps that networks for detectors give


class BackboneSettings(Settings):
    """The pretrained network below a detector.

    model: "lite0", whose weights come with a package, or any name of timm that has layers of strides 4 to 32 ("resnet50").
    weights: null takes those of the package; else a file, or "download" (timm's, by its hub), or "none" (random).
    frozen_layers: of the five strides 2 to 32 the first so many are not trained. batch_norm: "frozen" keeps the statistics
    and scales of the weights, as detectors with small batches do; "trained" trains both.
    """

    model: str = "lite0"
    weights: str | None = None
    frozen_layers: int = Field(default=2, ge=0, le=5)
    batch_norm: Literal["frozen", "trained"] = "frozen"


class PyramidSettings(Settings):
    """The feature pyramid: `levels` maps of `channels`, the first of `finest_stride`, each half as fine as the one before. They reach at
    least stride 32, where the network below ends."""

    channels: int = Field(default=128, ge=32, le=1024)
    levels: int = Field(default=4, ge=2, le=7)
    finest_stride: Literal[4, 8, 16] = 8

    @field_validator("channels")
    @classmethod
    def _grouped(cls, channels: int) -> int:
        if channels % 32:
            raise ValueError("must be a multiple of 32 (the heads normalise in 32 groups)")
        return channels

    @model_validator(mode="after")
    def _reaches_the_end(self) -> PyramidSettings:
        if self.strides[-1] < NETWORK_STRIDES[-1]:
            raise ValueError(
                f"its maps end at stride {self.strides[-1]} and must reach {NETWORK_STRIDES[-1]}: more levels, or a coarser first"
            )
        return self

    @property
    def strides(self) -> tuple[int, ...]:
        return tuple(self.finest_stride * 2**level for level in range(self.levels))

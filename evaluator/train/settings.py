"""Settings of `scenewright train`, validated; what configs/train.yaml and its groups set and the command line overrides."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from evaluator.detectors.all_detectors import AnyDetector
from evaluator.train.mixes import FinetuneMix, MixedMix, RealMix, SyntheticMix
from generator.settings import Settings

AnyMix = Annotated[RealMix | SyntheticMix | MixedMix | FinetuneMix, Field(discriminator="kind")]


class FilterSettings(Settings):
    """Which objects are worth learning from, the same for real and synthetic images. What is removed from training stays in the
    picture as background; in validation and test it counts neither as found nor as missed.

    min_area_px, min_side_px: of the box's shorter side and of mask or box, in the picture as the network sees it. min_visible_ratio,
    max_truncation: of objects for which they are known (ours, and files that have these fields).
    """

    min_area_px: float = Field(default=0.0, ge=0)
    min_side_px: float = Field(default=0.0, ge=0)
    min_visible_ratio: float = Field(default=0.0, ge=0, le=1)
    max_truncation: float = Field(default=1.0, ge=0, le=1)


class SplitSettings(Settings):
    """Shares of the real images that are held out, by a checksum of their names: the same ones whatever seed, mix and fraction.
    Without real images, of the synthetic ones. synthetic_test: of synthetic images beside real ones, for tests on them."""

    validation: float = Field(default=0.2, ge=0, lt=1)
    test: float = Field(default=0.0, ge=0, lt=1)
    synthetic_test: float = Field(default=0.0, ge=0, lt=1)

    @model_validator(mode="after")
    def _leaves_some(self) -> SplitSettings:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test together must be below 1: nothing is left to train on")
        return self


class AugmentSettings(Settings):
    """How pictures are varied, each time they are shown.

    flip, flip_vertical: probabilities of mirroring; writing and playing cards want 0. turn: of one to three quarter turns. scale:
    objects become so many times as large, drawn log-uniformly; above 1 a part of the picture is cut out, and objects of which less
    than min_kept remains are dropped. window: the share of the picture's sides that is shown, in windows with an object's middle in
    them; 0.5 shows a quarter of the pixels, and objects as large as whole pictures do. colour: brightness, contrast and saturation
    are multiplied by up to 1 +- colour; hue: hues are turned by up to so many full turns.
    """

    flip: float = Field(default=0.5, ge=0, le=1)
    flip_vertical: float = Field(default=0.0, ge=0, le=1)
    turn: float = Field(default=0.0, ge=0, le=1)
    scale: tuple[float, float] = (0.75, 1.35)
    min_kept: float = Field(default=0.4, ge=0, le=1)
    window: float = Field(default=1.0, gt=0, le=1)
    colour: float = Field(default=0.3, ge=0, lt=1)
    hue: float = Field(default=0.03, ge=0, le=0.5)

    @model_validator(mode="after")
    def _in_order(self) -> AugmentSettings:
        if not 0.1 <= self.scale[0] <= self.scale[1] <= 10:
            raise ValueError(f"scale: found {list(self.scale)}; two numbers from 0.1 to 10 in order are allowed")
        return self


class RecipeSettings(Settings):
    """How to train.

    batch: pictures a step, over all processes. accumulate: parts in which a process takes its share of them, one after the other, for
    small memories. lr: highest learning rate, after warmup_steps; backbone_lr: times it for the pretrained network. clip_norm: of the
    gradient. precision: bf16 is autocast; auto takes it on GPUs that have it. patience: stop after so many validations without a
    better AP, and keep the best; 0 goes to the end and keeps the last. Weights are saved every checkpoint_every steps and at every
    validation.
    """

    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    accumulate: int = Field(default=1, ge=1)
    optimizer: Literal["adamw", "sgd"] = "adamw"
    lr: float = Field(gt=0)
    backbone_lr: float = Field(default=0.3, ge=0)
    weight_decay: float = Field(default=0.01, ge=0)
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup_steps: int = Field(default=50, ge=0)
    clip_norm: float = Field(default=10.0, gt=0)
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    validate_every: int = Field(default=200, ge=1)
    checkpoint_every: int = Field(default=200, ge=1)
    patience: int = Field(default=0, ge=0)
    log_every: int = Field(default=20, ge=1)
    augment: AugmentSettings = AugmentSettings()

    @model_validator(mode="after")
    def _divides(self) -> RecipeSettings:
        if self.batch % self.accumulate:
            raise ValueError(f"batch={self.batch} cannot be taken in {self.accumulate} equal parts (accumulate)")
        return self


class TrainJob(Settings):
    """`scenewright train`.

    real, synthetic: our datasets, COCO folders or .json files. class_map: YAML file of common class names. classes: null for those of
    the real images (or, without them, of the synthetic ones). seeds: a training for each. start: a checkpoint whose weights to begin
    with. threads: of torch on the CPU; 0 is one a core. readers: threads that read and vary pictures.
    """

    real: str | None
    synthetic: str | None
    mix: AnyMix
    detector: AnyDetector
    recipe: RecipeSettings
    filter: FilterSettings
    split: SplitSettings
    class_map: str | None
    classes: list[str] | None
    on_problems: Literal["strict", "drop"]
    start: str | None
    seeds: list[int] = Field(min_length=1)
    device: Literal["auto", "cpu", "cuda"]
    threads: int = Field(ge=0)
    readers: int = Field(ge=1, le=256)
    out: str = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> TrainJob:
        for kind in self.mix.needs:
            if getattr(self, kind) is None:
                raise ValueError(f"mix={self.mix.kind} needs {kind} images: {kind}=FOLDER")
        if self.mix.kind == "finetune" and not self.mix.pretrain_share and self.start is None:
            raise ValueError("mix.pretrain_share=0 needs a detector that was trained on synthetic images already: start=FILE")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: one of them appears twice")
        if self.recipe.patience and not self.split.validation:
            raise ValueError("recipe.patience needs validation images: split.validation is 0")
        return self

"""Settings of `scenewright study`, validated; what configs/study.yaml and its groups set and the command line overrides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from evaluator.detectors.all_detectors import AnyDetector
from evaluator.train.settings import FilterSettings, RecipeSettings, SplitSettings
from generator.settings import EngineSettings, Settings

REAL, SYNTHETIC = "real", "synthetic"


class StudyJob(Settings):
    """`scenewright study`.

    real, synthetic: the sets whose mixes are studied. fractions: of the photos left for training, and counts: of synthetic images, 0
    for none; every pair of them but none of both is trained, for each of `seeds`. mixes: how both are used where there are both.
    mixed_counts: those of `counts` that are trained together with photos, null for all. finetune_steps: null takes the pretraining out of
    each fine-tuned training's own steps (pretrain_share); a number begins each with the detector of the same synthetic images alone, and
    is how many steps on photos follow.
    others: more synthetic sets by name, each trained on alone. tests: more sets by name to be judged on. measure: of the tables.
    real_share, pretrain_share, finetune_lr: as in `scenewright train`. workers: trainings at a time, on this machine or in all of a
    cluster; 0 is one a GPU, or where there is none one here, and as many as there is room for in a cluster. farm: who runs them.
    """

    real: str = Field(min_length=1)
    synthetic: str = Field(min_length=1)
    others: dict[str, str]
    tests: dict[str, str]
    fractions: list[float] = Field(min_length=1)
    counts: list[int] = Field(min_length=1)
    mixes: list[Literal["mixed", "finetune"]]
    mixed_counts: list[int] | None
    real_share: float | None = Field(gt=0, lt=1)
    pretrain_share: float = Field(gt=0, lt=1)
    finetune_lr: float = Field(gt=0)
    finetune_steps: int | None = Field(ge=1)
    seeds: list[int] = Field(min_length=1)
    measure: Literal["ap", "ap50", "ap75"]
    detector: AnyDetector
    recipe: RecipeSettings
    filter: FilterSettings
    split: SplitSettings
    class_map: str | None
    classes: list[str] | None
    on_problems: Literal["strict", "drop"]
    device: Literal["auto", "cpu", "cuda"]
    threads: int = Field(ge=0)
    readers: int = Field(ge=1, le=256)
    workers: int = Field(ge=0, le=256)
    farm: EngineSettings
    out: str = Field(min_length=1)

    @field_validator("real", "synthetic", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value is None:
            raise ValueError("name a set: a folder or a COCO .json file")
        return value

    @model_validator(mode="after")
    def _makes_sense(self) -> StudyJob:
        for name in ("fractions", "counts", "seeds", "mixes", "mixed_counts"):
            values = getattr(self, name) or []
            if len(set(values)) < len(values):
                raise ValueError(f"{name}: {values} holds a value twice")
        if not all(0 <= fraction <= 1 for fraction in self.fractions) or min(self.counts) < 0:
            raise ValueError(f"fractions={self.fractions} must be from 0 to 1, counts={self.counts} from 0 on")
        if max(self.fractions) == 0 or max(self.counts) == 0:
            raise ValueError("fractions and counts: each needs a value above 0")
        if not set(self.mixed_counts or []) <= set(self.counts) - {0}:
            raise ValueError(f"mixed_counts={self.mixed_counts} must be among counts={self.counts}, and above 0")
        if self.finetune_steps is not None and not ("finetune" in self.mixes and 0 in self.fractions):
            raise ValueError(
                f"finetune_steps={self.finetune_steps} needs finetune among mixes={self.mixes}, and 0 among fractions={self.fractions}: "
                "the trainings on synthetic images alone, which fine-tuning begins with"
            )
        if not self.split.test or not self.split.synthetic_test:
            raise ValueError("split.test and split.synthetic_test: must be above 0, the tables are made of what is held out there")
        taken = {REAL, SYNTHETIC, *self.others} & set(self.tests) | {REAL, SYNTHETIC} & set(self.others)
        if taken:
            raise ValueError(f"others, tests: the names {', '.join(sorted(taken))} are taken")
        if self.farm.kind == "ray" and self.device == "auto":
            raise ValueError("farm=ray: say device=cuda or device=cpu, or each machine would choose for itself")
        return self

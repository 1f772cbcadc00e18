"""`scenewright train`: a detector on real images, synthetic images, or a mix of both."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.commands.arguments import hydra_parser, on_problems_options, on_problems_override, print_configs, table
from generator.commands.tree import listing

if TYPE_CHECKING:
    from evaluator.train.run import Result
    from evaluator.train.settings import TrainJob

HELP = """\
Trains an object detector of torchvision on real images, synthetic ones, a mix, or one after the other, and scores it (COCO's AP) on
held-out images. Ctrl-C (exit code 75) or a crash at any moment: the same command again goes on from the last checkpoint, to the
same weights."""
EXAMPLES = """\
examples:
  scenewright train mix=real real=photos out=out/photos
  scenewright train mix=synthetic synthetic=data/cards real=photos             validated on the photos
  scenewright train mix=mixed real=photos synthetic=data/cards mix.real_share=0.3
  scenewright train mix=finetune real=photos synthetic=data/cards mix.real_fraction=0.25 mix.synthetic_count=1000
  scenewright train real=photos detector=mask_rcnn recipe.steps=500 'seeds=[0,1,2]'
  scenewright train real=photos class_map=map.yaml filter.min_side_px=6 filter.min_visible_ratio=0.2
  scenewright train --multirun real=photos mix.real_fraction=0.1,0.25,0.5,1
  torchrun --nproc-per-node 8 -m generator.cli train real=photos recipe=gpu detector=fcos_resnet50 detector.backbone.weights=resnet50.pth
  scenewright train real=photos --cfg                                         print the whole configuration and stop

keys (all that --cfg prints can be set):
  real=SET  synthetic=SET     a dataset of ours, a COCO folder or .json file    class_map=FILE   classes=[car,person]
  split.validation=0.2  split.test=0      shares of the real images held out, by a checksum of their names
  filter.min_area_px=0  filter.min_side_px=0  filter.min_visible_ratio=0  filter.max_truncation=1
  detector.size_px=256  detector.backbone.model=lite0|NAME OF TIMM  detector.backbone.weights=PATH|download|none
  recipe.steps=1000  recipe.batch=8  recipe.lr=0.001  recipe.patience=0  recipe.precision=auto|fp32|bf16
  seeds=[0]  device=auto|cpu|cuda  threads=0  readers=2  start=CHECKPOINT  out=out/train"""
_GROUPS = ("mix", "detector", "recipe")


def main(arguments: Sequence[str]) -> int:
    made = hydra_parser("train", HELP, f"{EXAMPLES}\n\noptions of each group:\n{listing(*_GROUPS)}")
    on_problems_options(made)
    options = made.parse_intermixed_args(arguments)

    from generator.commands.compose import compose_points, placed
    from generator.commands.validate import validated

    overrides = [*options.overrides, *on_problems_override(options)]
    configs = [point.config for point in placed(compose_points("train", overrides, multirun=options.multirun))]
    if options.cfg:
        print_configs(configs)
        return 0
    from evaluator.packages import need_training_packages

    need_training_packages("scenewright train")
    from evaluator.train.settings import TrainJob
    from generator.exit_codes import INTERRUPTED

    jobs = [validated(TrainJob, config) for config in configs]
    for number, job in enumerate(jobs):
        if len(jobs) > 1:
            print(f"== {job.out}", flush=True)
        if not _train(job, following=number > 0):
            return INTERRUPTED
    return 0


def _train(job: TrainJob, *, following: bool) -> bool:
    """Whether it was finished; Ctrl-C is an interruption once something is there to go on from. following: a job before it is done."""
    from evaluator.train.run import begun, run

    try:
        results = run(job)
    except KeyboardInterrupt:
        if not (following or begun(job)):
            raise
        print(f"scenewright: interrupted; the same command again goes on from the last checkpoint in {job.out}", file=sys.stderr)
        return False
    print_results(results)
    return True


def print_results(results: Sequence[Result]) -> None:
    """What was trained on, then AP of each seed, and their mean."""
    from evaluator.train.summary import score_rows

    print(table(results[0].counts))
    print("\n".join(f"  note: {note}" for note in results[0].notes), end="\n" if results[0].notes else "")
    print(table(score_rows(results)))
    print(f"weights, curves and scores: {', '.join(str(result.folder) for result in results)}")

"""`scenewright study`: does synthetic data pay? Many trainings, two tables, one page."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from generator.commands.arguments import hydra_parser, on_problems_options, on_problems_override, print_configs, table
from generator.commands.tree import listing

if TYPE_CHECKING:
    from evaluator.study.cells import Cell
    from evaluator.study.settings import StudyJob
    from render_farm.task_run import TaskResult

HELP = """\
Trains on real images, synthetic ones and mixes of both, for several seeds, and says what synthetic images add to few photos, how many
photos they replace, and how well each train set serves on each test set. Every training is a cell with a folder of its own: what is done
is skipped, what was interrupted (Ctrl-C: exit code 75) goes on. The farm's engine runs them: on this machine, on a Ray cluster
(farm=ray), or by the same command on several machines that share `out`, which divide the cells between them."""
EXAMPLES = """\
examples:
  scenewright study real=photos synthetic=data/cards out=out/study
  scenewright study real=photos synthetic=data/cards 'fractions=[0,0.25,1]' 'counts=[0,500,2000]' 'seeds=[0,1]'
  scenewright study real=photos synthetic=data/v2 '+others.v1=data/v1' '+tests.phone=more_photos'
  scenewright study real=photos synthetic=data/cards 'mixes=[mixed,finetune]' recipe.steps=600 threads=1
  scenewright study --multirun real=photos synthetic=data/cards detector=fcos,faster_rcnn
  scenewright study real=photos synthetic=data/cards farm=ray farm.address=10.0.0.1:6379 device=cuda
  scenewright study real=photos synthetic=data/cards --plan              the cells, what is done, and stop
  scenewright study real=photos synthetic=data/cards --report            tables and page of what is done so far, and stop

keys (all that --cfg prints can be set):
  fractions=[0,0.1,0.25,0.5,1]   counts=[0,250,1000,4000]   seeds=[0,1,2]   mixes=[mixed,finetune]   measure=ap50|ap|ap75
  mixed_counts=null (those of counts that are trained together with photos; null: all)
  finetune_steps=null (a number: fine-tuning begins with the detector of synthetic images alone, and takes so many steps)
  split.test=0.3  split.synthetic_test=0.05  real_share=0.5  workers=0 (one a GPU, or one)  threads=0
  farm.attempts=2  farm.grace_s=60
  detector.*, recipe.*, filter.*, class_map, classes as in `scenewright train`"""


def main(arguments: Sequence[str]) -> int:
    made = hydra_parser("study", HELP, f"{EXAMPLES}\n\noptions of each group:\n{listing('detector', 'recipe', 'farm')}")
    made.add_argument("--plan", action="store_true", help="list the trainings and which of them are done")
    made.add_argument("--report", action="store_true", help="tables and page of the trainings that are done, also beside a study at work")
    on_problems_options(made)
    options = made.parse_intermixed_args(arguments)

    from generator.commands.compose import compose_points, placed
    from generator.commands.validate import validated

    overrides = [*options.overrides, *on_problems_override(options)]
    configs = [point.config for point in placed(compose_points("study", overrides, multirun=options.multirun))]
    if options.cfg:
        print_configs(configs)
        return 0
    from evaluator.packages import need_training_packages

    need_training_packages("scenewright study")
    from evaluator.study.settings import StudyJob

    jobs = [validated(StudyJob, config) for config in configs]
    if options.plan:
        return max(_plan(job) for job in jobs)
    return max(_report(job) for job in jobs) if options.report else _run(jobs)


def _run(jobs: Sequence[StudyJob]) -> int:
    """One study after the other; Ctrl-C is an interruption once something is there to go on from."""
    from evaluator.study.cells import begun
    from generator.exit_codes import INTERRUPTED

    worst = 0
    for number, job in enumerate(jobs):
        try:
            worst = max(worst, _study(job))
        except KeyboardInterrupt:
            if not (number or begun(job)):
                raise
            worst = INTERRUPTED
        if worst == INTERRUPTED:
            print(f"scenewright: interrupted; the same command again goes on with the trainings in {job.out}", file=sys.stderr)
            return INTERRUPTED
    return worst


def _plan(job: StudyJob) -> int:
    from evaluator.study.cells import cells
    from evaluator.study.run import standing

    wanted = cells(job)
    how = [standing(cell) for cell in wanted]
    print(f"{job.out}: {len(wanted)} trainings, {how.count('done')} done, {how.count('begun')} begun")
    print(table([(str(cell), word, cell.folder.name) for cell, word in zip(wanted, how, strict=True)]))
    return 0


def _study(job: StudyJob) -> int:
    from evaluator.study.cells import cells, rounds
    from generator.exit_codes import INTERRUPTED

    wanted = cells(job)
    failed: dict[Cell, str] = {}
    for part in rounds(wanted):
        ready = [cell for cell in part if cell.start is None or cell.start.exists()]
        result = run_cells(job, ready)
        if result.interrupted:
            return INTERRUPTED
        failed |= {ready[number]: why for number, why in result.failed.items()}
        failed |= {cell: f"what it begins with is not there: {cell.start}" for cell in part if cell not in ready}
    return _told(job, wanted, failed)


def _report(job: StudyJob) -> int:
    from evaluator.study.cells import cells

    return _told(job, cells(job), {})


def _told(job: StudyJob, wanted: Sequence[Cell], failed: Mapping[Cell, str]) -> int:
    """Tables and page of the cells that are done."""
    from pathlib import Path

    import orjson

    from evaluator.study.report import as_json, html_page
    from evaluator.study.run import done
    from evaluator.study.tables import amount_rows, amounts, cross_rows, points

    finished = [cell for cell in wanted if done(cell)]
    found = points(job, finished)
    if not found:
        print(f"scenewright: no training in {job.out} is done; without --report they are trained, --plan lists them", file=sys.stderr)
        return 1
    print(table(amount_rows(amounts(found), job.measure)))
    print(table(cross_rows(job, found)))
    if len(job.seeds) == 2:
        print("of two seeds, intervals are so wide that they say little; take three or more")
    out, missing = Path(job.out), len(wanted) - len(finished)
    if missing:
        print(f"{missing} of {len(wanted)} trainings are not done; the tables hold the others")
    (out / "study.json").write_bytes(
        orjson.dumps(as_json(job, found, missing, failed), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    )
    (out / "study.html").write_text(html_page(job, found, missing, failed))
    print(f"report: {out / 'study.html'}, {out / 'study.json'}")
    return 1 if failed else 0


def run_cells(job: StudyJob, wanted: Sequence[Cell]) -> TaskResult:
    """Until every cell is done or has failed, or the run was told to stop."""
    from evaluator.study.cells import CELL, SPEC
    from evaluator.study.run import environments, order, part
    from render_farm.task_run import Undertaking, run_tasks
    from render_farm.tasks import Task
    from render_farm.trades import Need

    tasks = [
        Task(name=str(c), module="evaluator.study.cell", folder=str(c.folder), order=order(c), order_name=SPEC, result_name=CELL)
        for c in wanted
    ]
    need = Need("cuda" if job.device == "cuda" else "cpu", job.threads, job.workers)
    return run_tasks(Undertaking("trainings", tasks, job.out, environments(job), need, lambda: part(wanted)), job.farm)

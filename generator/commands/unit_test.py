"""`scenewright unit-test`: whether a detector is good enough on named parts of a dataset, and no worse than the one before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands.arguments import as_yaml, on_problems_options, on_problems_override, parser, table

if TYPE_CHECKING:
    from evaluator.settings import UnitTestJob
    from evaluator.slices.run import Verdict

SLICE_FAILED = 4  # exit code
HELP = """\
Measures a detector on slices of a dataset: by factor, corner case, occlusion, size, sub-domain, or whatever is known about the images.
Prints a table and writes unit_test.json, junit.xml and unit_test.html. On counterfactual images it tells the effect of each factor.
MODEL is a checkpoint of `scenewright train` or a .json file of COCO results; DATASET one of ours, or anyone's COCO folder or file.
Exit code 0: nothing failed; 4: a slice is below a limit, or significantly worse than with the model before."""
EXAMPLES = """\
examples:
  scenewright unit-test best.pt data/street                               by all that is known, without limits
  scenewright unit-test best.pt data/street slices=slices.yaml            with limits (docs/unit-tests.md)
  scenewright unit-test new.pt data/street slices=slices.yaml against=old.pt
  scenewright unit-test results.json photos/annotations.json slices=photos.yaml metadata=photos.csv

keys (all that --cfg prints can be set):
  slices=FILE   against=MODEL   metadata=FILE.csv   class_map=FILE   metric=ap|ap50|ap75|recall   draws=1000   worse_fails=true
  out=out/unit-test   worst=4   device=auto|cpu|cuda   batch=8   least_score=0.05   seed=0"""


def main(arguments: Sequence[str]) -> int:
    made = parser("unit-test", HELP, EXAMPLES)
    made.add_argument("words", nargs="*", metavar="MODEL DATASET [key=value ...]", help="the detector, the dataset, then what to change")
    made.add_argument("--cfg", action="store_true", help="print the composed configuration and stop")
    on_problems_options(made)
    options = made.parse_intermixed_args(arguments)

    from generator.commands.compose import compose_points
    from generator.commands.gap import sources_and_overrides
    from generator.commands.validate import validated

    sources, overrides = sources_and_overrides(options.words)
    overrides += on_problems_override(options)
    (point,) = compose_points("unit_test", overrides, multirun=False)
    if options.cfg:
        print(as_yaml(point.config), end="")
        return 0
    from evaluator.settings import UnitTestJob

    return _test(validated(UnitTestJob, point.config), sources)


def _test(job: UnitTestJob, sources: Sequence[Path]) -> int:
    from evaluator.slices.run import run
    from generator.errors import ConfigError

    if len(sources) != 2:
        raise ConfigError("name a detector and a dataset: scenewright unit-test MODEL DATASET [key=value ...]")
    verdict = run(job, sources[0], sources[1])
    _print(verdict)
    _write(job, verdict)
    return SLICE_FAILED if verdict.failed else 0


def _print(verdict: Verdict) -> None:
    from evaluator.slices.findings import effect_sentence, failures, notes, table_rows, worse

    dataset = verdict.examined.dataset
    print(
        f"{verdict.model} on {dataset.name} ({len(dataset.images):,} images)" + (f", against {verdict.against}" if verdict.against else "")
    )
    if dataset.dropped:
        print(f"{len(dataset.dropped)} broken entries left out")
    print("\n".join(dataset.notes), end="\n" if dataset.notes else "")
    print(table(table_rows(verdict)))
    print("".join(f"note: {text}\n" for text in notes(verdict)), end="")
    print("\n".join(effect_sentence(result) for result in verdict.effects), end="\n" if verdict.effects else "")
    if verdict.against is not None:
        print(f"significantly worse: {', '.join(worse(verdict)) or 'none'}")
    left = sum(bool(result.not_judged) for result in verdict.effects)
    more = f"; {left} limit{'s are' if left > 1 else ' is'} not judged" if left else ""
    print("\n".join(f"FAILED  {text}" for text in failures(verdict)) or f"nothing failed{more}")


def _write(job: UnitTestJob, verdict: Verdict) -> None:
    import orjson

    from evaluator.slices.findings import as_json
    from evaluator.slices.junit import junit_xml
    from evaluator.slices.report import html_page

    out = Path(job.out)
    out.mkdir(parents=True, exist_ok=True)
    settings = job.model_dump(mode="json", exclude={"out", "device", "batch"})
    (out / "unit_test.json").write_bytes(orjson.dumps(as_json(verdict, settings), option=orjson.OPT_INDENT_2))
    (out / "junit.xml").write_bytes(junit_xml(verdict))
    (out / "unit_test.html").write_text(html_page(verdict, job.worst), encoding="utf-8")
    print(f"report: {out / 'unit_test.html'}, {out / 'unit_test.json'}, {out / 'junit.xml'}")

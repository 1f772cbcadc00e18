"""`scenewright gap`: how far synthetic images are from real ones, by what, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands.arguments import as_yaml, on_problems_options, on_problems_override, parser, table

if TYPE_CHECKING:
    from evaluator.gap.measure import Gap
    from evaluator.gap.metrics import Metric
    from evaluator.settings import GapJob

HELP = """\
Measures how far each synthetic set is from the real one: appearance (pixels, spectra, layers of a network; whole images and objects),
shape and content. Every number comes with an interval, real against real, and a permutation test. Writes gap.json and gap.html.
A set is a dataset of ours, a COCO folder or .json file, or a folder of pictures."""
EXAMPLES = """\
examples:
  scenewright gap photos/ data/street
  scenewright gap photos/annotations.json data/v1 data/v2 out=out/versions     several versions side by side
  scenewright gap photos/ data/street class_map=map.yaml                       common class names (docs/gap.md)
  scenewright gap photos/ data/street --drop                                   leave out what is broken in the labels
  scenewright gap photos/ data/street 'features=[pixels,spectrum]'             without torch
  scenewright gap photos/ data/street network.model=dinov2 network.device=cuda

keys (all that --cfg prints can be set):
  features=[pixels,spectrum,network]   network.model=lite0|dinov2|inception|NAME OF TIMM   network.weights=FILE
  metrics=[wasserstein,sliced_wasserstein,mmd,cmd,proxy_a,frechet,kid,manifold]
  crops.enabled=true   crops.classes=[car,person]   crops.min_side_px=16   size_px=224   farthest=6   cache=FOLDER"""


def main(arguments: Sequence[str]) -> int:
    made = parser("gap", HELP, EXAMPLES)
    made.add_argument("words", nargs="*", metavar="REAL SYNTH [SYNTH ...] [key=value ...]", help="the sets, then what to change")
    made.add_argument("--cfg", action="store_true", help="print the composed configuration and stop")
    on_problems_options(made)
    options = made.parse_intermixed_args(arguments)

    from generator.commands.compose import compose_points
    from generator.commands.validate import validated

    sources, overrides = sources_and_overrides(options.words)
    overrides += on_problems_override(options)
    (point,) = compose_points("gap", overrides, multirun=False)
    if options.cfg:
        print(as_yaml(point.config), end="")
        return 0
    from evaluator.settings import GapJob

    return _measure(validated(GapJob, point.config), sources)


def sources_and_overrides(words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """What exists is a set, even when its name holds a "=" as those of sweeps do; else `key=value` is an override."""
    overrides = [word for word in words if "=" in word and not Path(word).exists()]
    return [Path(word) for word in words if word not in overrides], overrides


def _measure(job: GapJob, sources: Sequence[Path]) -> int:
    from evaluator.gap.metrics import metrics_named
    from evaluator.gap.run import run
    from generator.errors import ConfigError

    if len(sources) < 2:
        raise ConfigError("name the real set and at least one synthetic one: scenewright gap REAL SYNTH [SYNTH ...]")
    gaps = run(job, sources[0], sources[1:])
    metrics = metrics_named(job.metrics)
    for gap in gaps:
        _print(gap, metrics)
    _write(job, gaps, metrics)
    return 0


def _print(gap: Gap, metrics: Sequence[Metric]) -> None:
    from evaluator.gap.findings import NOTHING, sentences, table_rows, without_ratio

    print(f"{gap.real.name} ({len(gap.real.images):,} images) against {gap.made.name} ({len(gap.made.images):,})")
    for dataset in (gap.real, gap.made):
        if dataset.dropped:
            print(f"{dataset.name}: {len(dataset.dropped)} broken entries left out")
        print("\n".join(f"{dataset.name}: {note}" for note in dataset.notes), end="\n" if dataset.notes else "")
    print(table(table_rows(gap, metrics)))
    print("  * chance explains it (p > 0.05); x real-real: times the distance between halves of the real set")
    print("".join(f"  {note}\n" for note in gap.notes), end="")
    if reason := without_ratio(gap):
        print(f"  {reason}")
    print("\n".join(f"  - {text}" for text in sentences(gap)) or f"  - {NOTHING}")


def _write(job: GapJob, gaps: Sequence[Gap], metrics: Sequence[Metric]) -> None:
    import orjson

    from evaluator.gap.findings import as_json
    from evaluator.gap.report import html_page

    out = Path(job.out)
    out.mkdir(parents=True, exist_ok=True)
    settings = job.model_dump(mode="json", exclude={"out", "cache", "threads"})
    (out / "gap.json").write_bytes(orjson.dumps(as_json(gaps, settings, metrics), option=orjson.OPT_INDENT_2))
    (out / "gap.html").write_text(html_page(gaps, metrics, job.farthest))
    print(f"report: {out / 'gap.html'}, {out / 'gap.json'}")

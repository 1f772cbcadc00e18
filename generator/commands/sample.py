"""`scenewright sample`: what a grammar will give, counted on scenes that are drawn but not rendered."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands.arguments import hydra_parser, print_configs, table
from generator.commands.tree import listing

if TYPE_CHECKING:
    from generator.commands.compose import Point
    from generator.counting import Undrawn
    from generator.grammar import Grammar
    from generator.job import SampleJob
    from generator.statistics import Summary

HELP = """\
Draws scenes without Blender and counts what the grammar gives: classes, sizes, factors, rejections. A table here, plots in a page.
Exit code 3: some scenes could not be drawn."""
EXAMPLES = """\
examples:
  scenewright sample scene=street count=1000
  scenewright sample scene=my_scene.yaml seed=3 page=my.html
  scenewright sample scene=street scene.factors.weather=rain page=null   the table alone
  scenewright sample --multirun scene.width=narrow,wide                  a table for each"""


_MOST_CAUSES = 5  # told in full
_NOT_ALL_DRAWN = 3  # as `generate` says of images in quarantine


def main(arguments: Sequence[str]) -> int:
    options = hydra_parser("sample", HELP, f"{EXAMPLES}\n\nscenes:\n{listing('scene')}").parse_intermixed_args(arguments)

    from generator.commands.compose import compose_points
    from generator.commands.validate import loaded, validated
    from generator.job import SampleJob

    points = compose_points("sample", options.overrides, multirun=options.multirun)
    if options.cfg:
        print_configs(point.config for point in points)
        for point in points:
            validated(SampleJob, point.config)
        return 0
    jobs = loaded(SampleJob, points)
    pages = [_page(point, job, several=len(points) > 1) for point, (job, _) in zip(points, jobs, strict=True)]
    undrawn = 0
    for point, page, (job, grammar) in zip(points, pages, jobs, strict=True):
        if len(points) > 1:
            print(f"== {' '.join(point.words)}")
        undrawn += _sample(job, grammar, page)
    return _NOT_ALL_DRAWN if undrawn else 0


def _page(point: Point, job: SampleJob, *, several: bool) -> Path | None:
    """Where the plots of a point are to go. Raises ConfigError when they cannot."""
    from generator.commands.compose import folder_name
    from generator.commands.targets import check_target

    if job.page is None:
        return None
    page = Path(job.page)
    check_target(page)
    return page.with_stem(f"{page.stem}-{folder_name(point.words)}") if several else page


def _sample(job: SampleJob, grammar: Grammar, page: Path | None) -> int:
    """Prints what a point gives; how many of its scenes could not be drawn."""
    from generator.counting import counted, settle

    settle()
    start = time.perf_counter()
    summary, failures = counted(grammar, job.seed, job.count, job.workers)
    seconds = time.perf_counter() - start
    _print(summary, grammar, seconds, failures)
    if page is not None:
        _write_page(page, summary, grammar, seconds)
    return sum(undrawn.scenes for undrawn in failures.values())


def _print(summary: Summary, grammar: Grammar, seconds: float, failures: Mapping[str, Undrawn]) -> None:
    from generator.report import table_rows

    rate = summary.scenes / seconds
    objects = summary.objects_in_scenes / max(summary.scenes, 1)
    wanted = summary.scenes + sum(undrawn.scenes for undrawn in failures.values())
    drawn = f"{summary.scenes:,} of {wanted:,}" if failures else f"{summary.scenes:,}"
    print(f"{drawn} scenes of {grammar.name} in {seconds:.1f} s, {rate:,.0f} a second; {objects:.0f} objects a scene")
    rows = [("class (projected boxes)", "instances", "a scene", "median px", "5 %", "95 %", "cut off")]
    for name, count, rate, median, low, high, cut in table_rows(summary):
        sizes = (f"{median:.0f}", f"{low:.0f}", f"{high:.0f}", f"{cut:.0%}") if count else ("-", "-", "-", "-")
        rows.append((name, f"{count:,}", f"{rate:.2f}", *sizes))
    print(table(rows))
    for title, counts in (("corner cases", summary.corner_cases), ("sub-domains", summary.subdomains)):
        if counts:
            print(f"{title}: " + ", ".join(f"{name} {count / summary.scenes:.1%}" for name, count in counts.most_common()))
    if summary.rejections:
        print(
            "rejected, a scene:\n" + table([(name, f"{count / summary.scenes:.2f}") for name, count in summary.rejections.most_common(10)])
        )
    _print_undrawn(failures, wanted)


def _print_undrawn(failures: Mapping[str, Undrawn], wanted: int) -> None:
    """How many scenes could not be drawn; why, and what can be changed, at the first one of each of the commonest causes."""
    commonest = sorted(failures.items(), key=lambda entry: -entry[1].scenes)
    if commonest:
        print(f"could not be drawn: {sum(undrawn.scenes for undrawn in failures.values()):,} of {wanted:,} scenes")
    for cause, undrawn in commonest[:_MOST_CAUSES]:
        print(f"{undrawn.scenes:,} for {cause}; the first:\n  " + undrawn.text.replace("\n", "\n  "))
    if len(commonest) > _MOST_CAUSES:
        print(f"and {sum(undrawn.scenes for _, undrawn in commonest[_MOST_CAUSES:]):,} for {len(commonest) - _MOST_CAUSES} other causes")


def _write_page(page: Path, summary: Summary, grammar: Grammar, seconds: float) -> None:
    from generator.report import html_page

    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html_page(summary, title=f"What {grammar.name} gives", seconds=seconds))
    print(f"plots: {page}")

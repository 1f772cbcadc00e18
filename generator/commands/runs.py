"""What `generate` and the `farm` commands share: from words to jobs, from jobs to finished datasets."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.commands.compose import Point
    from generator.grammar import Grammar
    from generator.job import Job
    from render_farm.run import Result
    from render_farm.share import Share

GROUPS = ("scene", "render", "output", "farm")


@dataclass(frozen=True)
class Order:
    """A job with its grammar; words set it apart from the others of a sweep."""

    words: tuple[str, ...]
    job: Job
    grammar: Grammar


def run_words(options: argparse.Namespace, share: Share | None = None) -> int:
    """Prints or runs what the key=value words of `options` say, every point of a sweep; the exit code. Raises ConfigError."""
    from generator.commands.compose import compose_points, placed

    points = placed(compose_points("generate", options.overrides, multirun=options.multirun))
    if options.cfg:
        from generator.commands.arguments import print_configs
        from generator.commands.validate import validated
        from generator.job import Job

        print_configs(point.config for point in points)
        for point in points:
            validated(Job, point.config)
        return 0
    return run_all(orders(points), share)


def orders(points: Sequence[Point]) -> list[Order]:
    """All points, which are `placed`, are checked before the first one renders. Raises ConfigError."""
    from generator.commands.validate import loaded
    from generator.job import Job

    return [Order(point.words, job, grammar) for point, (job, grammar) in zip(points, loaded(Job, points), strict=True)]


def run_all(made: Sequence[Order], share: Share | None = None) -> int:
    """One after the other, then one table that compares them; the worst exit code, or at once that of an interruption."""
    from generator.commands.facts import facts_of
    from generator.commands.summary import print_comparison, print_summary
    from generator.exit_codes import INTERRUPTED
    from generator.grammar.counterfactuals import told
    from render_farm.run import run
    from render_farm.share import ALL

    results: list[Result] = []
    for order in made:
        if len(made) > 1:
            print(f"== {order.job.out}", flush=True)
        for line in told(order.grammar.changes, order.job.count):
            print(line, flush=True)
        results.append(run(order.job, order.grammar, facts_of(order.job, order.grammar), share or ALL))
        print_summary(order.job.out, results[-1])
        if results[-1].exit_code == INTERRUPTED:
            return INTERRUPTED
    if len(made) > 1:
        print_comparison([order.words for order in made], results)
    return max(result.exit_code for result in results)

"""`scenewright farm merge`: one finished dataset of what the shares of a job made."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.commands.arguments import parser

HELP = """\
Merges what any number of shares, runs and machines have made of a job: one COCO file, checksums, card, contact sheet. The bytes
are those of one run on one machine. When images are missing it says which, and makes nothing."""
EXAMPLES = """\
examples:
  scenewright farm merge /shared/street"""
_SHOWN = 10


def main(arguments: Sequence[str]) -> int:
    made = parser("farm merge", HELP, EXAMPLES)
    made.add_argument("out", help="folder or URL of the dataset")
    return merge(made.parse_args(arguments).out)


def merge(out: str) -> int:
    from generator.commands.facts import facts_of
    from generator.commands.request import requested
    from generator.commands.summary import print_summary
    from render_farm.run import merge_shares

    with tempfile.TemporaryDirectory(prefix="scenewright-merge-") as folder:
        job, grammar = requested(out, (), Path(folder))
        result, missing = merge_shares(job, grammar, facts_of(job, grammar))
    if len(missing):
        print(f"{out}: {len(missing):,} of {job.count:,} images are missing: {spans(missing.tolist())}")
        print(f"run the shares that lack them again, or all of it here: scenewright farm resume {out}")
        return result.exit_code
    print_summary(out, result)
    return result.exit_code


def spans(indices: Sequence[int]) -> str:
    """'0-3, 7, 9-12': runs of consecutive numbers, the first few of them."""
    found: list[list[int]] = []
    for index in indices:
        if found and index == found[-1][1] + 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in found[:_SHOWN]]
    return ", ".join(shown) + (f", and {len(found) - _SHOWN} more ranges" if len(found) > _SHOWN else "")

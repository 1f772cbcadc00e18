"""`scenewright farm`: large jobs, on this machine, on a cluster, or as shares that know nothing of each other."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from generator.commands.arguments import hydra_parser, parser
from generator.commands.runs import GROUPS, run_words
from generator.commands.tree import listing

HELP = """\
Large jobs. All of it works from the dataset's folder or URL alone: whatever ends a run, the same command, or `farm resume`,
goes on where it was, to the same bytes.

  farm run KEY=VALUE ...      the job that `generate` does; farm=ray has a Ray cluster do it
  farm plan KEY=VALUE ...     a few images for calibration, then what all of it takes: hours, disk, files, money
  farm status OUT             how it stands: images, quarantine, images/hour, time left, workers
  farm resume OUT [farm...]   goes on with a dataset as it was asked for
  farm shard K/N KEY=VALUE... every N-th image from K on, with no engine, for arrays of tasks; any number at once
  farm merge OUT              makes the finished dataset of what shares made, or says what is missing"""
EXAMPLES = """\
examples:
  scenewright farm plan scene=street count=100000 farm.price_per_hour=2.10
  scenewright farm run scene=street count=100000 out=/shared/street
  scenewright farm run scene=street count=100000 out=/shared/street farm=ray farm.address=10.0.0.1:6379
  scenewright farm run --multirun scene.width=narrow,wide count=1000 out=data/widths
  scenewright farm status /shared/street
  scenewright farm resume /shared/street farm=ray
  scenewright farm shard 3/16 scene=street count=100000 out=/shared/street
  scenewright farm merge /shared/street
  scenewright farm COMMAND --help

Exit codes: 0 all done; 3 done, with images in quarantine; 75 not finished or in use, run it again; 2 wrong input; 1 failed."""
RUN_EXAMPLES = """\
examples:
  scenewright farm run scene=street count=200 seed=7 out=data/street
  scenewright farm run scene=street count=100000 out=/shared/street farm=ray farm.address=10.0.0.1:6379
  scenewright farm run scene=street farm=ray render.device=optix farm.workers_per_gpu=2 farm.metrics_file=/var/lib/node_exporter/farm.prom
  scenewright farm run --multirun seed=1,2 count=1000 out=data/seeds"""
SHARD_EXAMPLES = """\
examples:
  scenewright farm shard 3/16 scene=street count=100000 out=/shared/street
  scenewright farm shard scene=street count=100000 out=/shared/street        in a SLURM array: its task of its tasks
  scenewright farm shard /16 scene=street count=100000 out=/shared/street    in a Kubernetes Indexed Job of 16 completions
  for k in 0 1 2 3; do scenewright farm shard $k/4 count=1000 out=data/street & done; wait; scenewright farm merge data/street"""
RESUME_EXAMPLES = """\
examples:
  scenewright farm resume /shared/street
  scenewright farm resume /shared/street farm=ray farm.address=auto
  scenewright farm resume data/street farm.retry_quarantined=true count=2000"""
_ELSEWHERE = {"plan": "farm_plan", "status": "farm_status", "merge": "farm_merge"}


def main(arguments: Sequence[str]) -> int:
    commands = {"run": run, "shard": shard, "resume": resume}
    top = parser("farm", HELP, EXAMPLES)
    top.add_argument("command", choices=[*commands, *_ELSEWHERE], metavar="COMMAND")
    name = top.parse_args(arguments[:1]).command
    if name in _ELSEWHERE:
        return int(import_module(f"generator.commands.{_ELSEWHERE[name]}").main(arguments[1:]))
    return commands[name](arguments[1:])


def run(arguments: Sequence[str]) -> int:
    text = "Makes a dataset, as `scenewright generate` does, on this machine or on a cluster."
    made = hydra_parser("farm run", text, f"{RUN_EXAMPLES}\n\noptions of each group:\n{listing(*GROUPS)}")
    return run_words(made.parse_intermixed_args(arguments))


def shard(arguments: Sequence[str]) -> int:
    """The share's word may stand anywhere before the key=value words."""
    text = "Makes every N-th image from K on. The same command for each K from 0 to N-1, at any time, anywhere; then `farm merge`."
    made = hydra_parser("farm shard", text, SHARD_EXAMPLES)
    options = made.parse_intermixed_args(arguments)
    words = [word for word in options.overrides if "=" not in word]
    if len(words) > 1:
        made.error(f"one share at a time, found {' and '.join(words)}")
    options.overrides = [word for word in options.overrides if "=" in word]

    from render_farm.share import parse_share

    return run_words(options, parse_share(words[0] if words else None, os.environ))


def resume(arguments: Sequence[str]) -> int:
    made = parser("farm resume", "Goes on with a dataset as its job was asked for; only how it is done may be changed.", RESUME_EXAMPLES)
    made.add_argument("out", help="folder or URL of the dataset")
    made.add_argument("overrides", nargs="*", metavar="farm.key=value", help="farm=..., farm.*, count, render.threads, render.time_limit_s")
    options = made.parse_intermixed_args(arguments)

    from generator.commands.request import requested
    from generator.commands.runs import Order, run_all

    with tempfile.TemporaryDirectory(prefix="scenewright-resume-") as folder:
        job, grammar = requested(options.out, options.overrides, Path(folder))
        return run_all([Order((), job, grammar)])

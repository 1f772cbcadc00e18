"""A job of tiny images for a cluster, and what its driver noted down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from tests.farm.runs import BALLS

SMALL = ("render.samples=1", "render.device=cpu", "render.denoise=false", "render.threads=1", "output=coco", "farm.report_s=0.5")


def job(out: Path, count: int, *more: str) -> tuple[str, ...]:
    """The words of the command that makes it."""
    return ("farm", "run", f"scene={BALLS}", "seed=3", f"count={count}", f"out={out}", *SMALL, *more)


def events(out: Path) -> list[dict[str, Any]]:
    """Those of the run's log, in order."""
    return [orjson.loads(line) for line in (out / "run/log.jsonl").read_bytes().splitlines()]

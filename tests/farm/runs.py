"""The command line in processes of its own, as a user runs it, with the test actors known in all of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parent.parent.parent
BALLS = ROOT / "tests" / "data" / "balls.yaml"
TROUBLE = ROOT / "tests" / "data" / "trouble.yaml"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "farm" / "hook"), str(ROOT)])}
TINY = ("render.samples=2", "render.device=cpu", "farm.workers=2", "farm.report_s=0.1")
INTERRUPTED, DONE_WITH_QUARANTINE = 75, 3


def words(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "generator.cli", *map(str, arguments)]


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(*arguments),
        cwd=cwd or ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def generate(out: Path, count: int, *more: str, scene: Path = BALLS) -> subprocess.CompletedProcess[str]:
    return run("generate", f"scene={scene}", "seed=3", f"count={count}", f"out={out}", *TINY, *more)


def begin(out: Path, count: int, *more: str, scene: Path = BALLS, command: Sequence[str] = ("generate",)) -> subprocess.Popen[str]:
    """A run in the background, in a process group of its own."""
    line = words(*command, f"scene={scene}", "seed=3", f"count={count}", f"out={out}", *TINY, *more)
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    return subprocess.Popen(line, cwd=ROOT, env=ENVIRONMENT, text=True, start_new_session=True, **pipes)


def wait_for_images(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while len(list((out / "records").glob("*/*.json"))) < count:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "no images after a minute"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Process ids of the children of `pid`."""
    return [int(c) for task in Path(f"/proc/{pid}/task").glob("*/children") for c in task.read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def checksums(out: Path) -> dict[str, str]:
    """SHA-256 of every file of a dataset, but for what the machine notes down in run/.

    The card counts without the commit of the code, which changes when somebody commits while the tests run.
    """
    paths = sorted(p for p in out.rglob("*") if p.is_file() and p.relative_to(out).parts[0] != "run")
    sums = {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}
    without_commit = {key: value for key, value in card(out).items() if key != "git_commit"}
    return sums | {"dataset.json": hashlib.sha256(orjson.dumps(without_commit)).hexdigest()}


def card(out: Path) -> dict[str, Any]:
    return dict(orjson.loads((out / "dataset.json").read_bytes()))

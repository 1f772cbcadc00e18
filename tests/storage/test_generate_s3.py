"""The commands on a dataset in an object store, from rendering to export, in processes of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import orjson

from generator.storage import folder_at
from tests.farm.runs import BALLS, ENVIRONMENT, ROOT, TINY, words


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    return subprocess.run(
        words(*arguments),
        cwd=ROOT,
        env={**ENVIRONMENT, **aws},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def tree(place: str | Path) -> dict[str, bytes]:
    """Every file of the dataset by path; the card without the commit of the code, which may change while tests run."""
    folder = folder_at(place)
    found = folder.read_many(name for name in folder.names("") if not name.startswith("run/"))
    return found | {"dataset.json": orjson.dumps({**orjson.loads(found["dataset.json"]), "git_commit": None})}


def test_a_dataset_in_s3_is_made_resumed_read_and_exported(s3: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", f"{s3}/there"
    assert run("generate", f"scene={BALLS}", "seed=3", "count=3", f"out={here}", *TINY).returncode == 0
    first = run("generate", f"scene={BALLS}", "seed=3", "count=2", f"out={there}", *TINY)
    assert first.returncode == 0, first.stderr
    resumed = run("generate", f"scene={BALLS}", "seed=3", "count=3", f"out={there}", *TINY)
    assert "2 were there, 1 made now" in resumed.stdout, resumed.stderr
    assert f"contact sheet: {there}/contact_sheet.png" in resumed.stdout
    assert tree(there) == tree(here)

    verified = run("verify", there)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "every file is as it was written" in verified.stdout
    assert run("explain", there, 1, "--object", 1).stdout == run("explain", here, 1, "--object", 1).stdout
    replayed = run("replay", there, 1)
    assert "image 1: identical" in replayed.stdout, replayed.stderr
    assert run("contact-sheet", there, f"{s3}/sheet.png").returncode == 0
    assert folder_at(s3).read("sheet.png")[:4] == b"\x89PNG"
    assert run("farm", "status", there).returncode == 0
    exported = run("export", there, "webdataset", f"{s3}/tars")
    assert exported.returncode == 0, exported.stderr
    assert folder_at(f"{s3}/tars").names("") == ["00000-00.tar", "index.json"]


def test_what_cannot_work_is_said_before_the_first_render(s3: str) -> None:
    for place, message in (
        ("s3://nowhere/x", "its bucket does not exist: make it first"),
        ("memory://x", "is in the memory of one process"),
    ):
        result = run("generate", f"scene={BALLS}", "count=1", f"out={place}", *TINY)
        assert result.returncode != 0
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1, result.stderr

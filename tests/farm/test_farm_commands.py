"""`scenewright farm`: shares that make one dataset, status and resume from the folder alone, and their exit codes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import orjson
import pytest

import tests.actors  # noqa: F401  (registers the test actors)
from generator.cli import main
from generator.commands.farm_merge import spans
from generator.errors import ConfigError
from generator.grammar import load_grammar, sample
from generator.grammar.tables import beside, load_with
from generator.job import FarmSettings
from render_farm.estimate import steady_rate
from render_farm.share import Share, missing_indices, parse_share
from render_farm.watch import prometheus_text
from tests.farm.conftest import COUNT
from tests.farm.runs import BALLS, INTERRUPTED, TINY, begin, card, checksums, generate, run, wait_for_images


def shard(out: Path, word: str, *more: str) -> tuple[int, str]:
    result = run("farm", "shard", word, f"scene={BALLS}", "seed=3", f"count={COUNT}", f"out={out}", *TINY, *more)
    return result.returncode, result.stdout + result.stderr


def test_shares_merge_to_the_bytes_of_one_run(undisturbed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "balls"
    code, text = shard(out, "1/2")
    assert (code, "4 of 4 images" in text, "farm merge" in text) == (0, True, True), text
    assert main(["farm", "merge", str(out)]) == INTERRUPTED
    assert "4 of 8 images are missing: 0, 2, 4, 6" in capsys.readouterr().out
    assert main(["farm", "status", str(out)]) == INTERRUPTED
    text = capsys.readouterr().out
    assert "4 of 8 images, 0 in quarantine, 4 left" in text
    assert "run 1-of-2 on " in text
    assert shard(out, "0/2")[0] == 0
    assert not (out / "dataset.json").exists()
    assert main(["farm", "merge", str(out)]) == 0
    assert checksums(out) == checksums(undisturbed)
    timings = orjson.loads((out / card(out)["timings"]).read_bytes())
    assert timings["images"] == COUNT, "of both shares"
    assert 0 < timings["seconds"]["rgb"]["median"] <= timings["seconds"]["rgb"]["max"] < timings["seconds"]["all stages"]["max"]
    capsys.readouterr()
    assert main(["farm", "status", str(out)]) == 0
    assert f"{out}: finished" in capsys.readouterr().out


def test_merge_says_what_is_missing_and_generate_who_works_while_a_share_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "balls"
    process = begin(out, 200, "farm.workers=1", command=("farm", "shard", "1/2"))
    wait_for_images(out, 1, process)
    code, merged = main(["farm", "merge", str(out)]), capsys.readouterr().out
    second = generate(out, 200)
    process.kill()
    process.communicate()
    assert code == INTERRUPTED
    assert re.search(r"1\d\d of 200 images are missing: 0, 2", merged), merged
    assert second.returncode == INTERRUPTED
    assert f"{out} is in use by another process (1-of-2: pid {process.pid} on " in second.stderr


def test_a_run_leaves_a_trace_of_every_stage(undisturbed: Path) -> None:
    events = orjson.loads((undisturbed / "run/trace.json").read_bytes())["traceEvents"]
    spans = [e for e in events if e["ph"] == "X"]
    assert sorted(e["name"] for e in spans) == sorted(f"{stage} {i}" for stage in ("prepare", "render", "finish") for i in range(COUNT))
    assert {e["args"]["name"] for e in events if e["name"] == "process_name"} <= {"local worker-0", "local worker-1"}
    elapsed_us = 1e6 * orjson.loads((undisturbed / "run/timing.json").read_bytes())["elapsed_s"]
    assert all(-1e5 <= e["ts"] <= e["ts"] + e["dur"] <= elapsed_us + 1e5 for e in spans), "from the start of the run to its end"


def test_resume_needs_the_folder_alone(undisturbed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "balls"
    process = begin(out, COUNT)
    wait_for_images(out, 1, process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert main(["farm", "status", str(out)]) == INTERRUPTED
    assert "interrupted" in capsys.readouterr().out
    result = run("farm", "resume", out, "farm.workers=1", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "on 1 worker(s)" in result.stdout
    assert checksums(out) == checksums(undisturbed)
    events = [orjson.loads(line) for line in (out / "run/log.jsonl").read_bytes().splitlines()]
    assert sorted(e["index"] for e in events if e["event"] == "image") == list(range(COUNT))
    assert all(e["seconds"]["rgb"] > 0 for e in events if e["event"] == "image")
    assert [e["event"] for e in events].count("begin") == 2


def test_a_run_that_was_killed_is_told_from_one_that_is_alive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "balls"
    process = begin(out, 200)
    wait_for_images(out, 2, process)
    assert main(["farm", "status", str(out)]) == INTERRUPTED
    text = capsys.readouterr().out
    assert "of 200 images" in text
    assert f"pid {process.pid}: running" in text
    process.kill()
    process.communicate()
    place = {"local": {"processes": 2, "images": 4, "silent_s": 0.5}}

    def told(pid: int, host: str, age_s: float) -> str:
        facts = orjson.loads((out / "run/state.json").read_bytes())
        facts |= {"state": "running", "time": time.time() - age_s, "pid": pid, "host": host, "places": place, "images_per_hour": 100}
        (out / "run/state.json").write_bytes(orjson.dumps(facts))
        assert main(["farm", "status", str(out)]) == INTERRUPTED
        return capsys.readouterr().out

    here, dead = os.uname().nodename, "no sign of life, killed or cut off"
    gone = told(process.pid, here, 20)
    assert dead in gone, "its process is looked for on its own machine"
    assert "images/hour, about" not in gone, "nobody works, so no time left is told"
    for pid, host in ((os.getpid(), here), (process.pid, "elsewhere")):
        assert f"pid {pid}: running" in told(pid, host, 20)
        text = told(pid, host, 520)
        assert dead in text
        assert re.search(r"local +2 +4 +52[01] s", text), "silent since the state was written, too"


def test_what_would_change_the_dataset_cannot_be_changed_on_the_way(undisturbed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("render.samples=9", "seed=1"):
        assert main(["farm", "resume", str(undisturbed), word]) == 2
        assert f"{word.split('=')[0]}: belongs to what the dataset is" in capsys.readouterr().err
    assert main(["farm", "resume", str(undisturbed), "farm=loacl"]) == 2
    assert 'Did you mean "local"' in capsys.readouterr().err
    assert main(["farm", "status", str(undisturbed / "images")]) == 2
    assert "is no dataset (there is no job.json)" in capsys.readouterr().err


def test_generate_and_farm_run_are_one(undisturbed: Path, tmp_path: Path) -> None:
    result = run("farm", "run", "--multirun", f"scene={BALLS}", "seed=3,4", f"count={COUNT}", f"out={tmp_path / 's'}", *TINY)
    assert result.returncode == 0, result.stderr
    assert checksums(tmp_path / "s" / "seed=3") == checksums(undisturbed)
    table = result.stdout.split("all points:")[1]
    assert [line.split()[:2] for line in table.splitlines()[2:4]] == [["seed=3", "8"], ["seed=4", "8"]]


def test_the_status_of_a_sweep_has_a_row_a_point(undisturbed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = tmp_path / "sweep"
    shutil.copytree(undisturbed, sweep / "seed=3")
    assert main(["farm", "status", str(sweep)]) == 0
    shutil.copytree(undisturbed, sweep / "seed=4")
    request = sweep / "seed=4/run/request.json"
    facts = orjson.loads(request.read_bytes())
    request.write_bytes(orjson.dumps({**facts, "job": {**facts["job"], "count": 1200}}))
    (sweep / "seed=4/dataset.json").unlink()
    (sweep / "notes").mkdir()
    capsys.readouterr()
    assert main(["farm", "status", str(sweep)]) == INTERRUPTED
    title, head, *rows = capsys.readouterr().out.splitlines()
    assert title == f"{sweep}: 1 of 2 points that have begun are finished"
    assert head.split() == ["point", "images", "of", "quarantined", "left", "images/hour"]
    assert [row.split() for row in rows] == [
        ["seed=3", "8", "8", "0", "0", "-", "finished"],
        ["seed=4", "8", "1,200", "0", "1,192", "-", "not", "running"],
    ]
    assert main(["farm", "status", str(tmp_path)]) == 2, "not deeper than a sweep puts them"


def test_shares_are_disjoint_complete_and_skip_what_is_there() -> None:
    parts = [missing_indices(Share(k, 3), 10, np.array([4, 5, 999])) for k in range(3)]
    assert [part.tolist() for part in parts] == [[0, 3, 6, 9], [1, 7], [2, 8]]
    assert np.concatenate(parts).size == 8


@pytest.mark.parametrize(
    ("word", "environment", "share"),
    [
        ("3/16", {}, Share(3, 16)),
        ("3/16", {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "8"}, Share(3, 16)),
        (None, {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "8"}, Share(4, 8)),
        ("/16", {"JOB_COMPLETION_INDEX": "15"}, Share(15, 16)),
    ],
)
def test_a_share_is_given_or_is_that_of_the_task(word: str | None, environment: dict[str, str], share: Share) -> None:
    assert parse_share(word, environment) == share


@pytest.mark.parametrize(
    ("word", "environment", "text"),
    [
        ("16/16", {}, "no share 16 of 16: K goes from 0"),
        ("half", {}, "'half' is no share: give K/N"),
        (None, {}, "how many shares there are"),
        ("/4", {}, "which of the shares"),
        (None, {"JOB_COMPLETION_INDEX": "1"}, "how many shares there are"),
    ],
)
def test_a_share_that_is_none_is_told(word: str | None, environment: dict[str, str], text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        parse_share(word, environment)


def test_a_grammar_travels_with_its_tables(tmp_path: Path) -> None:
    import yaml

    data = yaml.safe_load(BALLS.read_text())
    data["factors"]["brightness"] = {"empirical": {"csv": "sky/light.csv", "column": "lux"}}
    (tmp_path / "here/sky").mkdir(parents=True)
    (tmp_path / "here/sky/light.csv").write_text("lux\n0.5\n0.75\n")
    here = load_grammar(data, source=str(tmp_path / "here/scene.yaml"))
    (tmp_path / "there").mkdir()
    there = load_with(here.data, beside(here), tmp_path / "there", "there")
    assert there.digest == here.digest
    assert sample(there, 1, 2) == sample(here, 1, 2)


def test_metrics_are_in_the_format_of_prometheus() -> None:
    facts = {"before": 3, "done": 4, "wanted": 10, "quarantined": 1, "retries": 2, "lost": 0, "images_per_hour": 12.5, "time": 7.5}
    text = prometheus_text({**facts, "places": {"a": {"processes": 2}, "b": {"processes": 1}}})
    values = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.split(" ")
            values[name.removeprefix("scenewright_")] = float(value)
            assert f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}" in text
    assert values["images_done"] == 7
    assert values["workers"] == 3
    assert values["images_quarantined_total"] == 1
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("farm.metrics_file={there}/none/x.prom", "farm.metrics_file={there}/none/x.prom: there is no folder {there}/none"),
        ("farm.metrics_file={there}", "farm.metrics_file={there} is a folder: name a file in it"),
        ("farm.scratch={there}/none", "farm.scratch={there}/none: there is no folder {there}/none"),
    ],
)
def test_a_mistyped_folder_is_told_before_anything_is_made(
    word: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    words = (f"scene={BALLS}", "count=1", f"out={tmp_path / 'out'}", *TINY, word.format(there=there))
    assert main(["generate", *words]) == 2
    assert text.format(there=there) in capsys.readouterr().err
    assert [*tmp_path.rglob("*")] == [there]


def test_metrics_are_written_beside_what_is_there(tmp_path: Path) -> None:
    metrics = tmp_path / "farm.prom"
    result = generate(tmp_path / "balls", 1, f"farm.metrics_file={metrics}", f"farm.scratch={tmp_path}")
    assert result.returncode == 0, result.stderr
    assert "scenewright_images_done 1\n" in metrics.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["balls", "farm.prom"]


def test_an_address_belongs_to_a_cluster() -> None:
    with pytest.raises(ValueError, match="choose farm=ray"):
        FarmSettings(address="10.0.0.1:6379")
    with pytest.raises(ValueError, match="farm=ray needs address"):
        FarmSettings(kind="ray")


def test_a_plan_scales_a_few_images_and_leaves_nothing(tmp_path: Path) -> None:
    words = (f"scene={BALLS}", "count=20000", f"out={tmp_path / 'out'}", *TINY, "farm.price_per_hour=10")
    result = run("farm", "plan", "--images", "6", *words)
    assert result.returncode == 0, result.stderr
    rows = dict(line.strip().split("  ", 1) for line in result.stdout.splitlines() if line.startswith("  ") and "  " in line.strip())
    assert rows["shards of annotations"].strip() == "20"
    assert rows["files"].strip() == "120,040", "6 files an image, 2 a shard"
    assert float(rows["disk"].split()[0]) > 0.01
    rate = float(rows["images/hour"].replace(",", ""))
    assert float(rows["cost"].split()[0]) == pytest.approx(10 * 20000 / rate, abs=0.02)
    assert not list(tmp_path.iterdir())


def test_the_first_images_of_workers_do_not_count() -> None:
    assert steady_rate([0.0, 1.0, 11.0, 11.0, 21.0, 21.0], 2) == pytest.approx(4 / 20 * 3600)
    assert steady_rate([0.0, 1.0], 2) is None


def test_gaps_are_told_in_ranges() -> None:
    assert spans([0, 1, 2, 5, 7, 8]) == "0-2, 5, 7-8"
    assert spans(range(0, 60, 2)).endswith(", and 20 more ranges")

"""A scene that crashes, hangs or fails is set aside with all that is needed to look into it; the rest goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

import tests.actors
import tests.farm.trouble  # noqa: F401  (with the line above: registers the test actors)
from generator.grammar import load_grammar, read_grammar_file, sample
from tests.farm.runs import DONE_WITH_QUARANTINE, TROUBLE, card, generate, run


def troubled(out: Path, what: str, *more: str, count: int = 4) -> str:
    """A dataset in which building goes wrong in some images; its printed output."""
    result = generate(out, count, f"+scene.rules.box.params.what.choice={{{what}:1,none:1}}", *more, scene=TROUBLE)
    assert result.returncode == DONE_WITH_QUARANTINE, result.stdout + result.stderr
    return result.stdout + result.stderr


def bad_indices(out: Path, count: int = 4) -> set[int]:
    """Which images' draws ask for trouble, by the sampler alone."""
    grammar = load_grammar(orjson.loads((out / "job.json").read_bytes())["job"]["scene"], source="job.json")
    return {i for i in range(count) if any(o.actor.get("what", "none") != "none" for o in sample(grammar, 3, i).objects)}


def events(out: Path, kind: str) -> list[dict[str, Any]]:
    """Those of the run's log, in order."""
    return [event for line in (out / "run/log.jsonl").read_bytes().splitlines() if (event := orjson.loads(line))["event"] == kind]


def test_a_crash_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "trouble"
    text = troubled(out, "abort")
    bad = bad_indices(out)
    assert 0 < len(bad) < 4
    assert {int(i) for i in card(out)["quarantined"]} == bad
    assert card(out)["counts"]["images"] == 4 - len(bad)
    first = min(bad)
    assert "ended by SIGABRT (in 2 of 2 tries)" in card(out)["quarantined"][str(first)]
    assert f"scenewright replay {out} {first}" in text
    aside = out / "quarantine" / f"{first:06d}"
    assert "in build" in (aside / "log.txt").read_text(), "the log ends with the Python stack of the crash"
    again = run("render", aside / "scene.json", "--out", tmp_path / "look", "--samples", "1", "--device", "cpu")
    assert again.returncode == 1
    assert "SIGABRT" in again.stderr
    retried = {event["index"]: event["worker"] for event in events(out, "retry")}
    assert {event["index"] for event in events(out, "quarantined") if event["worker"] != retried[event["index"]]} == bad
    resumed = generate(out, 4, "+scene.rules.box.params.what.choice={abort:1,none:1}", scene=TROUBLE)
    assert resumed.returncode == DONE_WITH_QUARANTINE
    assert "0 made now, 0 put into quarantine now" in resumed.stdout


def test_a_scene_that_crashed_its_worker_is_made_by_another(tmp_path: Path) -> None:
    """The first scene to be built kills its worker; no other does."""
    out = tmp_path / "trouble"
    once = f"+scene.rules.box.params={{what:abort,flag:{tmp_path / 'flag'}}}"
    result = generate(out, 6, once, scene=TROUBLE)
    assert result.returncode == 0, result.stdout + result.stderr
    retries = events(out, "retry")
    assert {"SIGABRT" in event["reason"] for event in retries} == {True}
    spans = orjson.loads((out / "run/trace.json").read_bytes())["traceEvents"]
    workers = {event["pid"]: event["args"]["name"] for event in spans if event["name"] == "process_name"}
    made = {event["name"]: workers[event["pid"]] for event in spans if event["ph"] == "X"}
    for event in retries:
        assert made[f"render {event['index']}"] in {"local worker-0", "local worker-1"} - {f"local {event['worker']}"}


def test_a_crash_while_others_are_in_work_costs_them_nothing(tmp_path: Path) -> None:
    """With one try an image, and one worker: its child had the next image, too, whenever it crashed in the renderer."""
    out = tmp_path / "trouble"
    troubled(out, "abort", "farm.attempts=1", "farm.workers=1", "+scene.rules.box.params.in_render=true")
    bad = bad_indices(out)
    assert 0 < len(bad) < 4
    assert card(out)["quarantined"].keys() == {str(i) for i in bad}
    assert all("SIGABRT" in reason for reason in card(out)["quarantined"].values())
    assert "in lights" in (out / "quarantine" / f"{min(bad):06d}" / "log.txt").read_text()


def test_a_hang_ends_at_the_time_limit_with_the_stack_in_the_log(tmp_path: Path) -> None:
    out = tmp_path / "trouble"
    troubled(out, "hang", "render.time_limit_s=2", "farm.attempts=1")
    assert set(card(out)["quarantined"]) == {str(i) for i in bad_indices(out)}
    for index, reason in card(out)["quarantined"].items():
        assert "render.time_limit_s" in reason
        assert "misbehave" in (out / "quarantine" / f"{int(index):06d}" / "log.txt").read_text()


def test_an_error_is_quarantined_with_its_text(tmp_path: Path) -> None:
    out = tmp_path / "trouble"
    troubled(out, "raise", "farm.attempts=1")
    assert set(card(out)["quarantined"]) == {str(i) for i in bad_indices(out)}
    assert all("ValueError: the test actor cannot be built" in reason for reason in card(out)["quarantined"].values())


def test_scenes_that_cannot_be_drawn_are_counted(tmp_path: Path) -> None:
    out = tmp_path / "trouble"
    impossible = "+scene.rules.box.requires=[{min_size_px: 10000}]"
    result = generate(out, 2, impossible, "+scene.rules.box.on_failure=fail", scene=TROUBLE)
    assert result.returncode == DONE_WITH_QUARANTINE, result.stderr
    assert set(card(out)["quarantined"]) == {"0", "1"}
    assert all("min_size_px" in reason for reason in card(out)["quarantined"].values())


def test_a_missing_device_is_an_error_at_once(tmp_path: Path) -> None:
    result = generate(tmp_path / "out", 2, "render.device=hip")
    assert result.returncode == 1
    assert "render.device=hip was asked for, but Cycles finds only:" in result.stderr


def test_the_test_scene_is_a_scene_of_the_language() -> None:
    assert sample(load_grammar(read_grammar_file(TROUBLE), source=str(TROUBLE)), 0, 0).objects

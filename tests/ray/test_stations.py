"""What a place of a cluster takes, and what it refuses: without a cluster, but with Blender."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import tests.actors  # noqa: F401  (registers the test actors)
from generator.errors import RenderError
from generator.grammar import load_grammar, read_grammar_file
from generator.grammar.tables import beside
from generator.job import FarmSettings, Job
from generator.settings import OutputSettings, RenderSettings
from generator.storage import folder_at
from render_farm.backend import Report
from render_farm.postings import RenderPosting, TaskPosting, check_same_folder, token_of
from render_farm.request import write_request
from render_farm.station import Ready, Station, Word
from render_farm.trades import Room, render_room
from tests.farm.runs import BALLS, ENVIRONMENT
from tests.farm.test_tasks import tasks, until

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'scenewright[ray]'")


def test_rooms_of_nodes() -> None:
    big = {"CPU": 16.0, "GPU": 4.0, "memory": 64e9}
    assert render_room(big, "optix", 0, 1) == Room(4, 1.0, 1.0, 4)
    assert render_room(big, "auto", 0, 2) == Room(8, 1.0, 0.5, 2)
    assert render_room(big, "cpu", 0, 1) == Room(16, 1, 0, 1)
    assert render_room(big, "cpu", 5, 1) == Room(3, 5, 0, 5)
    assert render_room({"CPU": 16.0, "memory": 4e9}, "cpu", 0, 1).stations == 2, "as many as memory takes"
    assert render_room({"CPU": 16.0}, "cuda", 0, 1).stations == 0
    assert render_room({}, "cpu", 0, 1).stations == 0
    few = render_room({"CPU": 2.0, "GPU": 8.0}, "optix", 0, 1)
    assert few.stations * few.cpus <= 2, "a node of many GPUs and few processors has a worker on every GPU"


def posting(folder: Path, device: str = "cpu", gpu: bool = False) -> str:
    grammar = load_grammar(read_grammar_file(BALLS), source=str(BALLS))
    render = RenderSettings.model_validate({"samples": 1, "device": device, "denoise": False, "threads": 1})
    farm = FarmSettings(kind="ray", address="auto")
    job = Job(scene=grammar.data, count=9, seed=3, out=str(folder), render=render, output=OutputSettings(), farm=farm)
    write_request(folder_at(folder), job, grammar)
    return RenderPosting(job=job, beside=beside(grammar), token=token_of(folder_at(folder)), gpu=gpu, neighbours=1).model_dump_json()


def test_a_station_works_its_lease_off_and_gives_back_what_it_has_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])
    station = Station(posting(tmp_path))
    assert Ready.model_validate_json(station.start()).device == "cpu"
    first = Word.model_validate_json(station.work([0, 1], [], 30.0, False))
    assert {r.answer.status for r in first.reports if r.answer} == {"done"}
    back = {r.index for r in first.reports}
    words = [Word.model_validate_json(station.work([2, 3, 4, 5, 6, 7, 8], [], 0.0, False))]
    end = time.monotonic() + 60
    while back != set(range(9)):
        assert time.monotonic() < end
        words.append(Word.model_validate_json(station.work([], [], 0.5, True)))
        back |= {r.index for word in words for r in word.reports}
    station.close()
    untried = {r.index for word in words for r in word.reports if r.answer is None}
    assert untried
    assert not [i for i in untried if (tmp_path / f"records/000/{i:06d}.json").exists()]
    assert all((tmp_path / f"records/000/{i:06d}.json").exists() for i in back - untried)


def test_a_gpu_that_blender_cannot_use_is_an_error_and_never_the_cpu(tmp_path: Path) -> None:
    said = Ready.model_validate_json(Station(posting(tmp_path, "cpu", gpu=True)).start())
    assert "the cluster gave this worker a GPU, but Cycles finds none that it can use" in said.error


def test_a_station_does_a_task_at_a_time_and_wants_more_when_it_has_none(tmp_path: Path) -> None:
    (tmp_path / "mark").touch()
    own = tuple(tasks(tmp_path, ["slow 0.5", "done", "waits"]))
    station = Station(TaskPosting(tasks=own, root=str(tmp_path), mark="mark", grace_s=60.0).model_dump_json())
    assert Ready.model_validate_json(station.start()).error == ""
    assert not Word.model_validate_json(station.work([0, 1], [], 0.0, False)).wants_more
    said: list[Report] = []
    while len(said) < 2:
        said += Word.model_validate_json(station.work([], [], 30.0, False)).reports
    assert [(r.index, r.answer and r.answer.status) for r in said] == [(0, "done"), (1, "done")]
    assert Word.model_validate_json(station.work([], [], 0.0, False)).wants_more
    station.work([2], [], 0.0, False)
    until((tmp_path / "errands/2/waiting.txt").exists)
    while not (back := Word.model_validate_json(station.work([], [], 1.0, True)).reports):
        pass
    assert [(r.index, r.answer) for r in back] == [(2, None)]
    assert (tmp_path / "errands/2/checkpoint.txt").exists(), "asked again and again to stop, it still had its time"
    station.close()


def test_tasks_whose_folder_a_station_does_not_see_are_refused(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "none"):
        posting = TaskPosting(tasks=(), root=str(root), mark="out/run/mark", grace_s=60.0)
        said = Ready.model_validate_json(Station(posting.model_dump_json()).start())
        assert "as the driver does: begin in a folder that all machines share" in said.error


def test_a_folder_that_is_not_shared_is_found_out(tmp_path: Path) -> None:
    posting(tmp_path)
    with pytest.raises(RenderError, match="use a folder that all machines share"):
        check_same_folder(folder_at(tmp_path / "elsewhere"), token_of(folder_at(tmp_path)))
    with pytest.raises(RenderError, match="another folder here than for the driver"):
        check_same_folder(folder_at(tmp_path), "0" * 64)

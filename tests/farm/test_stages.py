"""The stages of a worker overlap, and what overlaps changes no byte and no blame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import tests.farm.trouble  # noqa: F401  (registers its actors)
from generator.dataset import Store
from generator.errors import RenderError
from generator.frame import Frame
from generator.pipeline import Renderer, Studio, make_image
from generator.settings import OutputSettings
from generator.spec import SceneSpec
from render_farm import timeline
from render_farm.protocol import Answer, Stage
from render_farm.stages import Stages
from render_farm.timeline import STAGES, Span, busy_share, draw, spans_of, trace_events
from tests.studio import CATEGORIES, SEMANTIC, ball, camera, frame_of, ground, scene, thing

COUNT = 4
SCENES = [scene(ground(1), ball(2, 5.0, 0.1 * i, 0.5 + 0.1 * i), camera=camera(64, 48, 60.0), index=i) for i in range(COUNT)]


class Oracle:
    """The ray caster as a renderer; `before` is called with every scene."""

    def __init__(self, before: Callable[[SceneSpec], None] = lambda spec: None) -> None:
        self.before = before

    def render(self, spec: SceneSpec) -> Frame:
        self.before(spec)
        return frame_of(spec)


def studio(folder: Path, renderer: Renderer) -> Studio:
    return Studio(renderer, Store.at(folder), OutputSettings(), CATEGORIES, SEMANTIC)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class Told:
    """What the stages send, and a way to wait for it."""

    def __init__(self) -> None:
        self.messages: list[Answer] = []
        self._news = threading.Condition()

    def send(self, message: Answer) -> None:
        with self._news:
            self.messages.append(message)
            self._news.notify_all()

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(what, timeout=20)

    def entered(self, index: int, stage: Stage) -> bool:
        return any((m.status, m.index, m.stage) == ("enters", index, stage) for m in self.messages)

    @property
    def results(self) -> dict[int, Answer]:
        return {m.index: m for m in self.messages if m.status not in ("enters", "leaves")}

    def lines(self, specs: list[SceneSpec], results: int) -> Iterator[bytes]:
        """The scenes, and the end of the input when so many results are there."""
        yield from (spec.to_json() + b"\n" for spec in specs)
        self.wait_for(lambda: len(self.results) == results)


def test_a_renderer_has_the_next_scene_prepared_and_the_last_one_finished_beside_it(tmp_path: Path) -> None:
    told = Told()

    def neighbours(spec: SceneSpec) -> None:
        """Returns only when both are in work, while this image is being rendered."""
        told.wait_for(lambda: spec.index == COUNT - 1 or told.entered(spec.index + 1, "prepare"))
        told.wait_for(lambda: spec.index == 0 or told.entered(spec.index - 1, "finish"))

    Stages(studio(tmp_path / "beside", Oracle(neighbours)), told.send, time.monotonic()).run(told.lines(SCENES, COUNT))
    for spec in SCENES:
        make_image(studio(tmp_path / "alone", Oracle()), spec)
    assert [told.results[i].status for i in range(COUNT)] == ["done"] * COUNT
    assert files(tmp_path / "beside") == files(tmp_path / "alone")


def test_an_error_is_the_answer_of_its_image_and_the_others_go_on(tmp_path: Path) -> None:
    def fail(spec: SceneSpec) -> None:
        if spec.index == 1:
            raise RenderError("no light")

    broken = scene(thing(1, {"kind": "test_trouble", "what": "raise"}, (5.0, 0.0, 0.0)), camera=camera(32, 24), index=2)
    told = Told()
    specs = [SCENES[0], SCENES[1], broken, SCENES[3]]
    Stages(studio(tmp_path, Oracle(fail)), told.send, time.monotonic()).run(told.lines(specs, COUNT))
    assert {i: (a.status, a.error) for i, a in told.results.items() if a.status != "done"} == {
        1: ("failed", "RenderError: no light"),
        2: ("failed", "ValueError: the test actor cannot be built"),
    }
    assert set(Store.at(tmp_path).done_indices()) == {0, 3}


def test_at_the_end_of_the_input_only_what_is_begun_is_finished(tmp_path: Path) -> None:
    told, ended = Told(), threading.Event()

    def lines() -> Iterator[bytes]:
        yield from (spec.to_json() + b"\n" for spec in SCENES)
        yield SCENES[0].to_json()[:100]  # what was taken back of a line is none
        told.wait_for(lambda: told.entered(0, "render"))
        ended.set()

    def until_the_end(spec: SceneSpec) -> None:
        assert ended.wait(20)
        deadline = time.monotonic() + 20
        while not stages.closing:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    stages = Stages(studio(tmp_path, Oracle(until_the_end)), told.send, time.monotonic())
    stages.run(lines())
    assert {i: a.status for i, a in told.results.items()} == {0: "done"}


def test_a_trace_of_a_large_run_keeps_its_last_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "IMAGES_KEPT", 3)
    recent = timeline.Recent(100.0)
    for index in range(10):
        recent.add("a", Answer(status="done", index=index, spans={"render": (index, index + 0.5)}), began=102.0)
    assert recent.spans() == [Span("a", "render", index, 2.0 + index, 2.5 + index) for index in (7, 8, 9)]


def test_answers_make_a_timeline(tmp_path: Path) -> None:
    told = Told()
    Stages(studio(tmp_path / "data", Oracle()), told.send, time.monotonic()).run(told.lines(SCENES, COUNT))
    spans = [span for answer in told.results.values() for span in spans_of("worker-0", answer, offset_s=1.0)]
    assert len(spans) == 3 * COUNT
    for stage in STAGES:
        own = sorted((s for s in spans if s.stage == stage), key=lambda s: s.index)
        assert all(1.0 <= s.start_s <= s.end_s for s in own)
        assert all(s.end_s <= t.start_s for s, t in pairwise(own)), "one image in a stage"
    draw(spans, tmp_path / "timeline.png")
    assert (tmp_path / "timeline.png").stat().st_size > 1000
    events = [e for e in trace_events(spans)["traceEvents"] if e["ph"] == "X"]
    assert {(e["name"], e["tid"]) for e in events} == {(f"{stage} {i}", row) for row, stage in enumerate(STAGES) for i in range(COUNT)}


def test_the_busy_share_is_that_of_the_time_between_first_and_last() -> None:
    spans = [
        Span("a", "render", 0, 0.0, 9.0),
        Span("a", "render", 1, 10.0, 12.0),
        Span("a", "render", 2, 13.0, 14.0),
        Span("a", "finish", 0, 9.0, 99.0),
    ]
    assert busy_share(spans, skip=1) == pytest.approx(3 / 4)
    assert busy_share([*spans, Span("b", "render", 3, 5.0, 6.0), Span("b", "render", 4, 6.0, 7.0)], skip=1) == pytest.approx(
        (3 / 4 + 1) / 2
    )
    assert busy_share(spans, skip=9) == 0.0

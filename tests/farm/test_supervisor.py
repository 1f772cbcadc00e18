"""The owner of a bpy child: tries again, replaces, watches memory, and says why a child does not start."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import tests.farm.trouble  # noqa: F401  (registers its actors)
from generator.errors import DeviceError, RenderError
from generator.settings import OutputSettings, RenderSettings
from generator.spec import SceneSpec
from render_farm import child as module
from render_farm.protocol import WorkerSettings
from render_farm.supervisor import Limits, Supervisor
from tests.farm.runs import ENVIRONMENT, children
from tests.studio import camera, scene, thing

LIMITS = Limits(seconds=60.0, memory_mb=1500.0, images=100, attempts=2)


def make(folder: Path, limits: Limits = LIMITS, device: Any = "cpu", environment: dict[str, str] | None = None) -> Supervisor:
    (folder / "dataset").mkdir()
    (folder / "scratch").mkdir()
    settings = WorkerSettings(
        render=RenderSettings(samples=1, device=device, threads=1, denoise=False),
        output=OutputSettings(),
        categories=("box",),
        semantic_classes=("sky", "object"),
        dataset=str(folder / "dataset"),
        scratch=str(folder / "scratch"),
    )
    return Supervisor(settings, limits, environment or ENVIRONMENT, folder / "log.txt", threading.Event())


def box_scene(index: int = 0, what: str = "none", flag: str = "") -> SceneSpec:
    box = thing(1, {"kind": "test_trouble", "what": what, "flag": flag}, (5.0, 0.0, 0.0), category="box")
    return scene(box, camera=camera(32, 24, 30.0), index=index)


def test_a_crash_that_does_not_come_again_is_cured_by_the_second_try(tmp_path: Path) -> None:
    own = make(tmp_path)
    answer = own.render(box_scene(what="abort", flag=str(tmp_path / "flag")))
    own.close()
    assert answer is not None
    assert (answer.status, answer.instances) == ("done", {"box": 1})
    assert (tmp_path / "dataset/records/000/000000.json").exists()


def test_a_child_is_replaced_after_its_share_of_images_and_serves_many_until_then(tmp_path: Path) -> None:
    import os

    others = set(children(os.getpid()))
    own = make(tmp_path, Limits(60.0, 1500.0, images=2, attempts=1))
    pids = []
    for index in range(4):
        answer = own.render(box_scene(index))
        assert answer is not None
        assert answer.status == "done"
        assert answer.rss_mb > 100
        pids += [child for child in children(os.getpid()) if child not in others]
    own.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert not set(pids) & set(children(os.getpid())), "close ends the child"


def test_a_child_that_eats_memory_is_ended(tmp_path: Path) -> None:
    own = make(tmp_path, Limits(60.0, 1000.0, images=10, attempts=1))
    answer = own.render(box_scene(what="memory"))
    assert answer is not None
    assert answer.status == "given_up"
    assert "more memory than allowed (farm.memory_mb)" in answer.error
    healthy = own.render(box_scene(index=1))
    own.close()
    assert healthy is not None
    assert healthy.status == "done"


def test_a_child_that_cannot_start_is_an_error_with_the_end_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bpy.py").write_text("raise ImportError('libXi.so.6: cannot open shared object file')")
    monkeypatch.setattr(module, "_CODE", tmp_path)  # first on the child's path
    own = make(tmp_path, environment={**ENVIRONMENT, "PYTHONPATH": f"{tmp_path}:{ENVIRONMENT['PYTHONPATH']}"})
    with pytest.raises(RenderError, match=r"(?s)Blender does not start.*exit code 1.*libXi\.so\.6.*scenewright doctor"):
        own.render(box_scene())


@pytest.mark.parametrize("kills", [1, 3])
def test_a_child_that_is_killed_while_it_starts_is_replaced_twice(kills: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first `kills` imports of bpy end in SIGKILL, the next find the real one."""
    count = tmp_path / "count"
    (tmp_path / "bpy.py").write_text(f"""
import os, pathlib, signal, sys
count = pathlib.Path({str(count)!r})
seen = len(count.read_text()) if count.exists() else 0
if seen < {kills}:
    count.write_text("x" * (seen + 1))
    os.kill(os.getpid(), signal.SIGKILL)
sys.path.remove({str(tmp_path)!r})
del sys.modules["bpy"]
import bpy
""")
    monkeypatch.setattr(module, "_CODE", tmp_path)  # first on the child's path
    own = make(tmp_path, environment={**ENVIRONMENT, "PYTHONPATH": f"{tmp_path}:{ENVIRONMENT['PYTHONPATH']}"})
    if kills == 3:
        with pytest.raises(RenderError, match=r"Blender does not start: .*SIGKILL"):
            own.render(box_scene())
    else:
        answer = own.render(box_scene())
        assert answer is not None
        assert answer.status == "done"
    own.close()
    assert len(count.read_text()) == kills


def test_a_device_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    own = make(tmp_path, device="hip")
    with pytest.raises(DeviceError, match=r"render\.device=hip was asked for, but Cycles finds only"):
        own.render(box_scene())


def test_told_to_stop_it_renders_nothing(tmp_path: Path) -> None:
    own = make(tmp_path)
    own.stop_now.set()
    assert own.render(box_scene()) is None
    assert not list((tmp_path / "dataset").iterdir())

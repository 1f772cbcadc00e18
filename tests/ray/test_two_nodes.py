"""A real Ray cluster of two nodes on this machine: a worker and then a whole node are killed, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.farm.runs import ENVIRONMENT, INTERRUPTED, ROOT, card, checksums, children, run, words
from tests.ray.jobs import events, job

pytest.importorskip("ray", reason="Ray is not installed: pip install 'scenewright[ray]'")

COUNT = 200


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without processors and two nodes with one each, all real raylets, whose workers know the test actors."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ENVIRONMENT, "RAY_USAGE_STATS_ENABLED": "0"}.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        try:
            made.nodes = [made.add_node(num_cpus=1), made.add_node(num_cpus=1)]
            yield made
        finally:
            made.shutdown()


@contextlib.contextmanager
def running(out: Path, count: int, cluster: Any, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = words(*job(out, count, "farm=ray", f"farm.address={cluster.address}", *more))
    log = open(out.with_suffix(".txt"), "w")  # noqa: SIM115
    process = subprocess.Popen(
        command, cwd=ROOT, env=ENVIRONMENT, text=True, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def said(out: Path) -> str:
    return out.with_suffix(".txt").read_text()


def wait_for(out: Path, images: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 90
    while len(list((out / "records").glob("*/*.json"))) < images:
        assert process.poll() is None, said(out)
        assert time.monotonic() < end, f"fewer than {images} images after 90 s\n{said(out)}"
        time.sleep(0.05)


def stations(node: Any) -> list[int]:
    """Process ids of the actors of a node."""
    return [
        pid for entry in node.all_processes["raylet"] for pid in children(entry.process.pid) if command_of(pid).startswith(b"ray::Station")
    ]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_device_that_no_node_has_is_an_error_and_never_the_cpu(cluster: Any, tmp_path: Path) -> None:
    result = run(*job(tmp_path / "out", 2, "farm=ray", f"farm.address={cluster.address}", "render.device=cuda", "farm.start_wait_s=3"))
    assert result.returncode == 1
    assert "the cluster has no room for a worker with render.device=cuda: its nodes are " in result.stderr
    assert "(1 CPU, 0 GPU)" in result.stderr


def test_no_cluster_is_an_error_that_names_the_address(tmp_path: Path) -> None:
    result = run(*job(tmp_path / "out", 2, "farm=ray", "farm.address=127.0.0.1:1"))
    assert result.returncode == 1
    assert "no Ray cluster can be joined at 127.0.0.1:1" in result.stderr


@pytest.mark.slow
def test_a_killed_driver_and_a_signal_are_cured_by_the_same_command(cluster: Any, tmp_path: Path) -> None:
    out = tmp_path / "ray"
    with running(out, 40, cluster) as process:
        wait_for(out, 5, process)
        process.kill()
        process.wait()
    with running(out, 40, cluster) as process:
        wait_for(out, 12, process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    assert process.returncode == INTERRUPTED, said(out)
    assert "finishing the images that are begun" in said(out)
    with running(out, 40, cluster) as process:
        process.wait(timeout=60)
    assert process.returncode == 0, said(out)
    assert f"{card(out)['counts']['images']} of 40 images" in said(out)


ERRANDS = """
import sys
from pathlib import Path
from generator.settings import EngineSettings
from tests.farm.test_tasks import run
engine = EngineSettings(kind="ray", address=sys.argv[2], attempts=3, report_s=0.5)
result = run(Path(sys.argv[1]), sys.argv[3:], engine=engine)
print(dict(result.failed))
sys.exit(75 if result.interrupted else 0)
"""


@contextlib.contextmanager
def errands(out: Path, cluster: Any, orders: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Tasks on the cluster, begun in the folder's parent, which its nodes share."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with open(out.with_suffix(".txt"), "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", ERRANDS, out.name, cluster.address, *orders], cwd=out.parent, env=ENVIRONMENT, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def errands_at(out: Path, name: str, count: int, process: subprocess.Popen[str]) -> list[Path]:
    """Waits until `count` errands have a file of this name."""
    end = time.monotonic() + 90
    while len(found := list(out.glob(f"errands/*/{name}"))) < count:
        assert process.poll() is None, said(out)
        assert time.monotonic() < end, said(out)
        time.sleep(0.02)
    return found


@pytest.mark.slow
def test_tasks_on_a_cluster_survive_a_killed_station_and_go_on_after_a_signal(cluster: Any, tmp_path: Path) -> None:
    out = tmp_path / "here" / "tasks"
    orders = ["slow 1"] * 8 + ["fails 1", "refused"]
    with errands(out, cluster, orders) as process:
        errands_at(out, "result.txt", 2, process)
        first, second = cluster.nodes
        while not (
            len(own := stations(first)) == len(stations(second)) == 1 and children(own[0])
        ):  # those of an earlier test may be ending
            assert process.poll() is None, said(out)
            time.sleep(0.02)
        os.kill(own[0], signal.SIGKILL)
        process.wait(timeout=90)
    assert process.returncode == 0, said(out)
    assert "{9: 'the loss is nan'}" in said(out)
    assert len(list(out.glob("errands/*/result.txt"))) == 9
    (log,) = out.glob("run/log-*.jsonl")
    happened = [orjson.loads(line) for line in log.read_bytes().splitlines()]
    assert [event["event"] for event in happened].count("lost") == 1
    assert [event["task"] for event in happened if event["event"] == "retry"] == ["errand 8"], "a lost station costs no task a try"
    assert not list(out.glob("run/mark-*"))

    out = tmp_path / "here" / "stopped"
    with errands(out, cluster, ["waits", "waits", "done"]) as process:
        errands_at(out, "waiting.txt", 2, process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    assert process.returncode == INTERRUPTED, said(out)
    assert len(list(out.glob("errands/*/checkpoint.txt"))) == 2


@pytest.mark.slow
def test_a_worker_and_a_node_are_killed_and_every_image_is_there_once(cluster: Any, tmp_path: Path) -> None:
    """The last test of this file: it leaves the cluster with one node."""
    out = tmp_path / "ray"
    with running(out, COUNT, cluster) as process:
        wait_for(out, 20, process)
        first, second = cluster.nodes
        while not (len(stations(first)) == len(stations(second)) == 1):  # those of an earlier test may still be ending
            assert process.poll() is None, said(out)
            time.sleep(0.05)
        os.kill(stations(first)[0], signal.SIGKILL)
        wait_for(out, 80, process)
        cluster.remove_node(second, allow_graceful=False)
        process.wait(timeout=120)
        assert process.returncode == 0, said(out)
    alone = tmp_path / "alone"
    assert run(*job(alone, COUNT, "farm.workers=2")).returncode == 0
    assert checksums(out) == checksums(alone)
    assert card(out)["counts"]["images"] == COUNT
    happened = events(out)
    made = [event["index"] for event in happened if event["event"] in ("image", "found")]
    assert sorted(made) == list(range(COUNT)), "each image is booked once"
    assert sum(event["event"] == "lost" for event in happened) >= 2
    assert not [event for event in happened if event["event"] == "retry"], "a lost worker costs no image a try"

"""Tasks on the farm's engine: each done once, crashes tried again, the rest goes on, and a signal leaves it where it can go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import orjson
import pytest

from generator.errors import DatasetError
from generator.settings import EngineSettings
from render_farm.interrupts import Interrupts
from render_farm.tally import Tally
from render_farm.task_bench import TaskBench
from render_farm.task_run import Facts, TaskResult, Undertaking, run_tasks
from render_farm.tasks import Task
from render_farm.trades import Doing, Need, Room
from tests.farm.runs import ENVIRONMENT, ROOT, alive

ENGINE = EngineSettings(attempts=2, report_s=0.1)


def tasks(out: Path, orders: Sequence[str]) -> list[Task]:
    return [
        Task(
            name=f"errand {number}",
            module="tests.farm.errand",
            folder=str(out / "errands" / str(number)),
            order=order,
            order_name="order.txt",
            result_name="result.txt",
        )
        for number, order in enumerate(orders)
    ]


def run(out: Path, orders: Sequence[str], *, processes: int = 2, engine: EngineSettings = ENGINE) -> TaskResult:
    environments: list[Mapping[str, str]] = [{**os.environ, "WHERE": str(number)} for number in range(processes)]
    return run_tasks(Undertaking("errands", tasks(out, orders), str(out), environments, Need("cpu", 1, 0)), engine)


def tries(out: Path, number: int) -> int:
    file = out / "errands" / str(number) / "tries.txt"
    return len(file.read_text().splitlines()) if file.exists() else 0


def done(out: Path) -> set[int]:
    return {int(file.parent.name) for file in out.glob("errands/*/result.txt")}


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_crash_is_tried_again_a_verdict_is_not_and_the_rest_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = ["fails 9", "done", "fails 1", "refused", "done"]
    result = run(tmp_path, orders)
    assert not result.interrupted
    assert result.failed == {0: "its process was ended by SIGSEGV (in 2 of 2 tries)", 3: "the loss is nan"}
    assert [tries(tmp_path, number) for number in range(5)] == [2, 1, 2, 1, 1]
    assert done(tmp_path) == {1, 2, 4}
    said = capsys.readouterr().err
    assert "errand 2: its process was ended by SIGSEGV; it is tried again" in said
    assert "5/5 errands, 0:00:00 left, 2 failed" in said
    (log,) = tmp_path.glob("run/log-*.jsonl")
    events = [orjson.loads(line)["event"] for line in log.read_bytes().splitlines()]
    assert (events.count("done"), events.count("retry"), events.count("failed")) == (3, 2, 2)


def test_the_time_left_counts_what_is_done_of_tasks_that_are_begun() -> None:
    part = iter([0.5, 1.5, 0.25])
    facts = Facts(lambda: next(part))
    tally = Tally(wanted=4, before=1)
    assert facts.told(tally, 1.0) == "-:--:-- left"
    assert facts.told(tally, 10.0) == "0:00:15 left"  # one task's worth in 10 s; one and a half are to be done
    tally.done = 2
    assert facts.told(tally, 20.0) == "0:00:09 left"  # 1.75 in 20 s; 0.75 to go


def test_what_is_done_is_not_done_again_and_what_failed_is_tried_anew(tmp_path: Path) -> None:
    run(tmp_path, ["done", "fails 2", "done"])
    assert done(tmp_path) == {0, 2}
    assert run(tmp_path, ["done", "fails 2", "done"]) == TaskResult({}, interrupted=False)
    assert [tries(tmp_path, number) for number in range(3)] == [1, 3, 1]


def test_two_drivers_of_one_folder_divide_the_tasks(tmp_path: Path) -> None:
    """As on two machines that share it. Each bench goes on until all are done, whoever did them."""
    benches = [TaskBench(tasks(tmp_path, ["slow 0.1"] * 6), tmp_path, [os.environ], Interrupts(60.0)) for _ in range(2)]
    said: list[set[int]] = [set(), set()]

    def work(number: int) -> None:
        with benches[number] as bench:
            bench.give(tuple(range(6)))
            while len(said[number]) < 6:
                said[number] |= {r.index for r in bench.reports(0.2) if r.answer is not None and r.answer.status == "done"}

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert said == [set(range(6))] * 2
    assert [tries(tmp_path, number) for number in range(6)] == [1] * 6


def test_each_process_has_the_environment_of_its_place(tmp_path: Path) -> None:
    bench = TaskBench(tasks(tmp_path, ["waits"] * 3), tmp_path, [{**os.environ, "GPU": str(i)} for i in range(2)], stop := Interrupts(60.0))
    with bench:
        bench.give((0, 1, 2))
        until(lambda: not bench.reports(0.0) and len(list(tmp_path.glob("errands/*/waiting.txt"))) == 2)
        pids = [int((tmp_path / "errands" / str(number) / "tries.txt").read_text()) for number in range(2)]
        seen = [Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") for pid in pids]
        assert [b"GPU=0" in seen[0], b"GPU=1" in seen[1]] == [True, True]
        assert not bench.wants_more
        stop.ask()
        back = {report.index for report in bench.give_back()}
        assert back == {2}
        while len(back) < 3:
            back |= {report.index for report in bench.reports(1.0) if report.answer is None}
    assert len(list(tmp_path.glob("errands/*/checkpoint.txt"))) == 2


RUN = """
import sys
from pathlib import Path
from tests.farm.test_tasks import run
sys.exit(75 if run(Path(sys.argv[1]), sys.argv[2:]).interrupted else 0)
"""


def begun(out: Path, *orders: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(out), *orders], cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)


def waiting(out: Path, count: int) -> None:
    until(lambda: len(list(out.glob("errands/*/waiting.txt"))) == count)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_tasks_write_down_how_far_they_are(tmp_path: Path, number: signal.Signals) -> None:
    process = begun(tmp_path, "waits", "waits", "done", "done")
    waiting(tmp_path, 2)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 75, said
    assert "the errands that are begun write down how far they are, for at most 60 s" in said
    assert done(tmp_path) == set()
    assert run(tmp_path, ["waits", "waits", "done", "done"]) == TaskResult({}, interrupted=False)
    assert done(tmp_path) == {0, 1, 2, 3}
    assert tries(tmp_path, 0) == 2, "an interruption is no failure"


def test_a_second_signal_does_not_wait_and_a_dead_driver_takes_its_tasks_along(tmp_path: Path) -> None:
    for ending in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGKILL,)):
        out = tmp_path / str(len(ending))
        process = begun(out, "deaf", "deaf")
        waiting(out, 2)
        pids = [int((out / "errands" / str(number) / "tries.txt").read_text()) for number in range(2)]
        for number in ending:
            process.send_signal(number)
            time.sleep(0.2)
        process.communicate(timeout=60)
        until(lambda pids=pids: not any(alive(pid) for pid in pids))


def test_a_storage_that_fails_ends_the_run_with_its_message(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no room: make room"):
        run(tmp_path, ["storage", "done"], processes=1)
    assert tries(tmp_path, 0) == 1, "which costs the task no try"
    (tmp_path / "errands" / "1").mkdir(parents=True, exist_ok=True)
    (tmp_path / "errands" / "1" / "order.txt").mkdir()
    with pytest.raises(DatasetError, match="cannot write to"):
        run(tmp_path, ["done", "done"], processes=1)


def test_rooms_for_tasks() -> None:
    node = {"CPU": 16.0, "GPU": 4.0}

    def room(need: Need, resources: Mapping[str, float]) -> Room:
        return Doing((), ".", "mark", 60.0, need).room(resources)

    assert room(Need("cuda", 0, 0), node) == Room(4, 1.0, 1, 4)
    assert room(Need("cuda", 0, 0), {"CPU": 16.0}).stations == 0
    assert room(Need("cpu", 0, 0), node) == Room(1, 16, 0, 16), "all processors of a node for one"
    assert room(Need("cpu", 3, 0), node) == Room(5, 3, 0, 3)
    assert room(Need("cpu", 0, 0), {}).stations == 0

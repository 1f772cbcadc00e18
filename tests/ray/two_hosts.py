"""A Ray cluster of two hosts with a cable between them that is pulled in the middle of a job, and put in again. Linux only.

    python -m tests.ray.two_hosts OUT --cut-s 60                # the only worker is behind the cable
    python -m tests.ray.two_hosts OUT --cut-s 60 --near 1       # and one is not

The hosts are network namespaces of this machine, joined by a veth pair; OUT is a folder that both see, as on shared storage. The
first host has Ray's head and the driver, the second the worker. The node is started as docs/farm.md says, in a loop. All that is
started lives in namespaces of its own (user, process, network, mounts), needs no root, and ends with this command.

Prints one JSON object: when the link went down and up, the driver's exit code, and the seconds that docs/farm.md tells.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from tests.farm.runs import ENVIRONMENT, words
from tests.ray.jobs import events, job

OWN_NAMESPACES = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child")
INSIDE = "SCENEWRIGHT_TEST_INSIDE"
HEAD, NODE, PORT = "10.99.0.1", "10.99.0.2", 6379
RAY = str(Path(sys.executable).with_name("ray"))
SETTINGS = {  # of docs/farm.md
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "0123456789abcdef" * 2,
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",
    "RAY_grpc_client_keepalive_time_ms": "10000",
    "RAY_grpc_client_keepalive_timeout_ms": "5000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "3",
}
ENV = {**ENVIRONMENT, **SETTINGS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the dataset, a new folder")
    parser.add_argument("--cut-s", type=float, default=60.0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--after", type=int, default=10, help="images that are there when the link goes down")
    parser.add_argument("--near", type=int, default=0, choices=(0, 1), help="workers on the head's side")
    parser.add_argument("--far-driver", action="store_true", help="the driver runs on the second host, cut off from the head")
    options = parser.parse_args()
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp(OWN_NAMESPACES[0], [*OWN_NAMESPACES, sys.executable, "-m", "tests.ray.two_hosts", *sys.argv[1:]])
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp") as session:  # Ray's sockets need short paths
        second = two_hosts()
        start_cluster(second, options.near, options.out, Path(session))
        driver = begin(second if options.far_driver else [], options.out, options.count)
        wait_for(options.out, options.after, driver)
        down = time.time()
        link("down")
        time.sleep(options.cut_s)
        link("up")
        up = time.time()
        code = driver.wait()
        print(orjson.dumps({"exit_code": code, **told(options.out, down, up)}).decode())


def two_hosts() -> list[str]:
    """This namespace and a second one, joined; the words before a command that is to run on the second host."""
    call("ip", "link", "set", "lo", "up")
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    own = os.readlink("/proc/self/ns/net")
    while os.readlink(f"/proc/{holder.pid}/ns/net") == own:
        time.sleep(0.01)
    second = ["nsenter", "-t", str(holder.pid), "--net"]
    call("ip", "link", "add", "cable0", "type", "veth", "peer", "name", "cable1", "netns", str(holder.pid))
    call("ip", "address", "add", f"{HEAD}/24", "dev", "cable0")
    link("up")
    for words_ in (("link", "set", "lo", "up"), ("address", "add", f"{NODE}/24", "dev", "cable1"), ("link", "set", "cable1", "up")):
        call(*second, "ip", *words_)
    return second


def link(state: str) -> None:
    call("ip", "link", "set", "cable0", state)


def call(*command: str) -> None:
    subprocess.run(command, check=True)


def start_cluster(second: list[str], near: int, out: Path, session: Path) -> None:
    """Head and node, whose output goes beside `out`. The node is started again whenever it ends."""
    head = [RAY, "start", "--head", f"--node-ip-address={HEAD}", f"--port={PORT}", f"--num-cpus={near}", "--include-dashboard=false"]
    begin_logged([*head, f"--temp-dir={session}", "--block"], out.with_suffix(".head.txt"))
    node = f"{RAY} start --address={HEAD}:{PORT} --node-ip-address={NODE} --num-cpus=1 --block"
    begin_logged([*second, "sh", "-c", f"while true; do {node}; sleep 1; done"], out.with_suffix(".node.txt"))


def begin(host: list[str], out: Path, count: int) -> subprocess.Popen[bytes]:
    """The job's driver, when the head is there; `host`: the words before a command there."""
    while "Ray runtime started" not in out.with_suffix(".head.txt").read_text():
        time.sleep(0.1)
    return begin_logged([*host, *words(*job(out, count, "farm=ray", f"farm.address={HEAD}:{PORT}"))], out.with_suffix(".driver.txt"))


def begin_logged(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with open(log, "wb") as file:
        return subprocess.Popen(command, env=ENV, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)


def wait_for(out: Path, images: int, driver: subprocess.Popen[bytes]) -> None:
    while len(list((out / "records").glob("*/*.json"))) < images:
        if driver.poll() is not None:
            raise SystemExit(f"the job ended before it had {images} images:\n{out.with_suffix('.driver.txt').read_text()}")
        time.sleep(0.02)


def told(out: Path, down: float, up: float) -> dict[str, float | None]:
    """Seconds: from the cut until the driver knew, and from the mending until the first image of a worker that was not there before."""
    happened = events(out)
    lost = [event["time"] for event in happened if event["event"] == "lost"]
    images = [event for event in happened if event["event"] == "image"]
    known = {event["place"] for event in images if event["time"] < up}
    again = [event["time"] for event in images if event["place"] not in known]
    return {
        "known_after_s": round(lost[0] - down, 1) if lost else None,
        "next_image_after_s": round(again[0] - up, 1) if again else None,
        "found": sum(event["event"] == "found" for event in happened),
    }


if __name__ == "__main__":
    main()

"""deploy/ holds together: files, names and settings agree, its commands are words of this version, its scripts do what they say.

Whether a cluster takes them is not known from here; docs/farm.md tells what was run.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import main
from generator.job import FarmSettings
from tests.ray.two_hosts import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
INDEXED = yaml.safe_load((DEPLOY / "kubernetes/indexed-job.yaml").read_text())
RAY = yaml.safe_load((DEPLOY / "kubernetes/rayjob.yaml").read_text())
CLUSTER = RAY["spec"]["rayClusterSpec"]
RAY_PODS = [CLUSTER["headGroupSpec"]["template"]["spec"], *(g["template"]["spec"] for g in CLUSTER["workerGroupSpecs"])]
PODS = [INDEXED["spec"]["template"]["spec"], *RAY_PODS]
EXAMPLE = "scene=street count=100000 render.device=optix"  # of the scripts' comments
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def commands() -> Iterator[str]:
    """Those of deploy/ that make images, with the values of the examples."""
    for path in sorted(p for p in DEPLOY.rglob("*") if p.is_file()):
        text = path.read_text().replace("\\\n", " ").replace("$WORDS", EXAMPLE).replace("$OUT", "/tmp/out").replace("$head", "head")
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
        for found in re.finditer(r"scenewright (farm (?:run|shard) [^\n&]*)", "\n".join(lines)):
            yield found[1]


def test_the_commands_are_words_of_this_version() -> None:
    found = list(commands())
    assert len(found) == 4
    for command in found:
        words = [word for word in shlex.split(command) if not re.fullmatch(r"/\d+", word)]
        assert main(["farm", "run", *words[2:], "--cfg"]) == 0, command
    assert all(EXAMPLE in (DEPLOY / f"slurm/{name}.sbatch").read_text() for name in ("array", "ray"))


def test_the_image_is_built_from_what_is_there() -> None:
    sources = [word for line in DOCKERFILE.splitlines() if line.startswith("COPY") for word in line.split()[1:-1]]
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (wanted,) = re.findall(r"'\.\[(.*)\]'", DOCKERFILE)
    assert set(wanted.split(",")) <= extras.keys()
    assert (ROOT / re.findall(r"--constraint (\S+)", DOCKERFILE)[0]).is_file()
    packages = (ROOT / "debian-packages.txt").read_text().split()
    assert packages
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package) for package in packages), "xargs takes them as they are"


def test_pods_run_as_the_user_of_the_image_on_volumes_that_they_have() -> None:
    (uid,) = re.findall(r"useradd .*--uid (\d+)", DOCKERFILE)
    for pod in PODS:
        assert pod["securityContext"]["runAsUser"] == int(uid)
        volumes = {volume["name"] for volume in pod["volumes"]}
        mounts = {mount["name"]: mount["mountPath"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounts.keys() <= volumes
        assert mounts["data"] == "/data", "where the commands write to"
        assert pod["containers"][0]["image"] == "scenewright:latest"


def test_ray_is_set_alike_everywhere() -> None:
    """In the docs, on SLURM, on Kubernetes, and where a network was cut."""
    own = {name: value for name, value in SETTINGS.items() if name != "RAY_AUTH_TOKEN"}
    docs, slurm = (exported(path.read_text()) for path in (ROOT / "docs/farm.md", DEPLOY / "slurm/ray.sbatch"))
    for found in (docs, slurm, *({e["name"]: e.get("value", "") for e in pod["containers"][0]["env"]} for pod in RAY_PODS)):
        assert "RAY_AUTH_TOKEN" in found
        assert {name: value for name, value in found.items() if name != "RAY_AUTH_TOKEN"} == own
    pinned = re.findall(r"^ray==(.*)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert [CLUSTER["rayVersion"]] == pinned


def exported(text: str) -> dict[str, str]:
    """RAY_ variables that a text exports."""
    lines = re.findall(r"^\s*export (.*?)(?:\s+#.*)?$", text, re.MULTILINE)
    words = [word for line in lines for word in re.findall(r'(RAY_\w+)=("[^\n]*"|\S*)', line)]
    return dict(words)


def test_whoever_stops_a_task_waits_longer_than_it_takes_to_finish_images() -> None:
    grace_s = FarmSettings().grace_s
    assert INDEXED["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > grace_s
    (signalled_s,) = re.findall(r"^#SBATCH --signal=TERM@(\d+)$", (DEPLOY / "slurm/array.sbatch").read_text(), re.MULTILINE)
    assert int(signalled_s) > grace_s


@pytest.mark.parametrize("name", ["array", "ray"])
def test_scripts_of_slurm_are_shell(name: str) -> None:
    assert subprocess.run(["bash", "-n", DEPLOY / f"slurm/{name}.sbatch"], check=False).returncode == 0


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    """A folder of commands that note how they were called; scenewright waits for SIGTERM and then ends with $CODE, or at once with it."""
    scenewright = (
        'echo "$*" >>calls\nif [ -n "$WAITS" ]; then trap "exit $CODE" TERM; touch begun; while :; do sleep 0.05; done; fi\nexit $CODE'
    )
    for name, body in {"scenewright": scenewright, "srun": '"$@"', "scontrol": 'echo "$*" >>calls'}.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    return tmp_path


def start(command: list[str], stubs: Path, **variables: str) -> subprocess.Popen[bytes]:
    own: Mapping[str, str] = {**os.environ, "PATH": f"{stubs}:{os.environ['PATH']}", "WAITS": "", **variables}
    return subprocess.Popen(command, cwd=stubs, env=own)


def pod_command() -> list[str]:
    container: dict[str, Any] = INDEXED["spec"]["template"]["spec"]["containers"][0]
    return [*container["command"], *container["args"]]


@pytest.mark.parametrize(("code", "told"), [(0, 0), (3, 0), (75, 75), (2, 2), (1, 1)])
def test_a_pod_tells_kubernetes_how_its_share_ended(code: int, told: int, stubs: Path) -> None:
    assert start(pod_command(), stubs, CODE=str(code)).wait(timeout=30) == told
    assert (stubs / "calls").read_text().startswith(f"farm shard /{INDEXED['spec']['completions']} ")


def test_a_pod_that_is_evicted_finishes_its_images(stubs: Path) -> None:
    process = start(pod_command(), stubs, CODE="75", WAITS="yes")
    deadline = time.monotonic() + 30
    while not (stubs / "begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 75, "the share's own word, not that of a shell that was killed"


@pytest.mark.parametrize(
    ("code", "restarts", "told", "requeued"),
    [(0, 0, 0, False), (3, 0, 0, False), (75, 9, 75, True), (137, 0, 137, True), (137, 5, 137, False)],
)
def test_a_task_of_slurm_goes_back_into_the_queue(code: int, restarts: int, told: int, requeued: bool, stubs: Path) -> None:
    task = {"SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2", "SLURM_RESTART_COUNT": str(restarts)}
    process = start(["bash", str(DEPLOY / "slurm/array.sbatch")], stubs, CODE=str(code), WORDS=EXAMPLE, OUT="/shared/street", **task)
    assert process.wait(timeout=30) == told
    calls = (stubs / "calls").read_text().splitlines()
    assert calls[0] == f"farm shard {EXAMPLE} out=/shared/street farm.grace_s=60"
    assert calls[1:] == (["requeue 7_2"] if requeued else [])

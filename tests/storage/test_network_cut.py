"""A storage that does not answer for a while, in the middle of a run: nothing is lost, and nobody has to do anything."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.storage import folder_at
from tests.farm.runs import BALLS, ENVIRONMENT, ROOT, TINY, generate, words
from tests.storage.conftest import BUCKET
from tests.storage.test_generate_s3 import tree

COUNT = 10
CUT_S = 6.0  # a request is given up after 1 s


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, str]]:
    """The process of a real S3 server, which can be frozen, and the URL of a dataset there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = {"ENDPOINT_URL": f"http://127.0.0.1:{port}", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "DEFAULT_REGION": "us-east-1"}
    for name, value in address.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    wait_for_port(port)
    s3fs.S3FileSystem().mkdir(BUCKET)
    yield process.pid, f"s3://{BUCKET}/cut"
    process.kill()
    process.wait()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.05)


@pytest.mark.slow
def test_a_network_that_is_cut_for_a_while_loses_nothing(frozen: tuple[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, out, here = *frozen, tmp_path / "here"
    run = begin(out)
    deadline = time.monotonic() + 60
    while len(folder_at(out).names("records")) < 2:
        assert run.poll() is None, run.communicate()[0]
        assert time.monotonic() < deadline
    os.kill(server, signal.SIGSTOP)
    time.sleep(CUT_S)
    assert run.poll() is None, "it waits"
    os.kill(server, signal.SIGCONT)
    text = run.communicate(timeout=60)[0]
    assert run.returncode == 0, text
    assert f"{COUNT} of {COUNT} images: 0 were there, {COUNT} made now, 0 put into quarantine now" in text
    assert generate(here, COUNT).returncode == 0
    assert tree(out) == tree(here)


def begin(out: str) -> subprocess.Popen[str]:
    """A run by an impatient client that tries nothing again: all patience is ours."""
    aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    path = os.pathsep.join([str(ROOT / "tests/storage/impatient"), str(ROOT)])
    environment = {**ENVIRONMENT, **aws, "AWS_MAX_ATTEMPTS": "1", "PYTHONPATH": path}
    command = words("generate", f"scene={BALLS}", "seed=3", f"count={COUNT}", f"out={out}", *TINY)
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

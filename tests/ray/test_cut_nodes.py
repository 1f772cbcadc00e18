"""The network between two Ray nodes is cut for longer than Ray waits, and mended: the job ends by itself, with every image once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.farm.runs import ENVIRONMENT, ROOT, card, checksums, run
from tests.ray.jobs import events, job
from tests.ray.two_hosts import OWN_NAMESPACES

pytest.importorskip("ray", reason="Ray is not installed: pip install 'scenewright[ray]'")

COUNT = 60
CUT_S = 12.0  # Ray declares the node dead after some 6 s; it has to come back as a new one


def require_namespaces() -> None:
    """Skips where hosts cannot be played."""
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("needs Linux with unshare, nsenter (util-linux) and ip (iproute2)")
    probe = [*OWN_NAMESPACES, "ip", "link", "add", "cable0", "type", "veth", "peer", "name", "cable1"]
    result = subprocess.run(probe, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip(f"this machine does not allow network namespaces: {result.stderr.strip()}")


@pytest.mark.slow
def test_a_cable_that_is_pulled_and_put_in_again_costs_no_image_and_no_human(tmp_path: Path) -> None:
    """The only worker is behind it."""
    require_namespaces()
    out, alone = tmp_path / "cut", tmp_path / "alone"
    command = [sys.executable, "-m", "tests.ray.two_hosts", str(out), "--count", str(COUNT), "--cut-s", str(CUT_S)]
    result = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, result.stderr
    assert orjson.loads(result.stdout)["exit_code"] == 0, out.with_suffix(".driver.txt").read_text()
    assert run(*job(alone, COUNT, "farm.workers=1")).returncode == 0
    assert checksums(out) == checksums(alone)
    assert card(out)["counts"]["images"] == COUNT
    happened = events(out)
    assert sorted(event["index"] for event in happened if event["event"] in ("image", "found")) == list(range(COUNT)), "each is booked once"
    assert not [event for event in happened if event["event"] in ("retry", "quarantined")], "no image is blamed"

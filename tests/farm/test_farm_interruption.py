"""Whatever ends a run, the same command again gives the dataset of an undisturbed run, byte for byte."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.farm.conftest import COUNT
from tests.farm.runs import (
    BALLS,
    ENVIRONMENT,
    INTERRUPTED,
    ROOT,
    TINY,
    TROUBLE,
    alive,
    begin,
    checksums,
    children,
    generate,
    wait_for_images,
    words,
)


def test_kill_9_of_the_driver_takes_the_children_along_and_loses_nothing(undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls"
    process = begin(out, COUNT)
    wait_for_images(out, 2, process)
    workers = children(process.pid)
    assert workers
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in workers):
        assert time.monotonic() < deadline, "a Blender process outlives its driver"
        time.sleep(0.05)
    assert not (out / "dataset.json").exists()
    result = generate(out, COUNT)
    assert result.returncode == 0, result.stderr
    assert checksums(out) == checksums(undisturbed)


def test_kill_9_of_a_worker_costs_one_try(undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls"
    process = begin(out, COUNT)
    wait_for_images(out, 1, process)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    text = process.communicate(timeout=60)[0]
    assert process.returncode == 0, text
    assert checksums(out) == checksums(undisturbed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_what_is_begun_and_says_how_to_go_on(number: signal.Signals, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls"
    process = begin(out, COUNT)
    wait_for_images(out, 1, process)
    process.send_signal(number)
    text = process.communicate(timeout=60)[0]
    assert process.returncode == INTERRUPTED, text
    assert "finishing the images that are begun" in text
    assert "the same command again goes on" in text
    assert generate(out, COUNT).returncode == 0
    assert checksums(out) == checksums(undisturbed)


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    hang = ("scene.rules.box.params.what=hang", f"scene.rules.box.params.flag={begun}", "+scene.rules.box.params.in_render=true")
    process = begin(tmp_path / "box", 1, "farm.workers=1", "farm.grace_s=300", *hang, scene=TROUBLE)
    deadline = time.monotonic() + 60
    while not begun.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "no image is begun after a minute"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):  # the image that is begun may take its time
        process.wait(timeout=1)
    process.send_signal(signal.SIGINT)
    text = process.communicate(timeout=30)[0]
    assert process.returncode == INTERRUPTED, text


def test_a_finished_dataset_is_left_as_it_is(undisturbed: Path) -> None:
    before = checksums(undisturbed)
    result = generate(undisturbed, COUNT)
    assert result.returncode == 0, result.stderr
    assert f"{COUNT} were there, 0 made now" in result.stdout
    assert checksums(undisturbed) == before


def test_a_larger_count_goes_on_and_a_smaller_one_is_refused(undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls"
    assert generate(out, 3, "farm.workers=1").returncode == 0
    assert generate(out, COUNT).returncode == 0
    assert checksums(out) == checksums(undisturbed)
    refused = generate(out, 2)
    assert refused.returncode == 2
    assert "holds 8 images, 6 of them beyond count=2" in refused.stderr


def test_two_drivers_on_one_folder_and_another_job_are_refused(undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls"
    process = begin(out, 200)
    wait_for_images(out, 1, process)
    second = generate(out, 200)
    process.kill()
    process.communicate()
    assert second.returncode == INTERRUPTED, "the same command can be given again"
    assert f"in use by another process (pid {process.pid} on " in second.stderr
    other = generate(undisturbed, COUNT, "render.samples=3")
    assert other.returncode == 2
    assert "render.samples: 2 in the folder, 3 asked for" in other.stderr


def test_a_full_disk_stops_with_one_message_and_is_cured_by_room(undisturbed: Path, tmp_path: Path) -> None:
    out, saved = tmp_path / "disk", tmp_path / "saved"
    out.mkdir()
    again = " ".join(f"'{w}'" for w in words("generate", f"scene={BALLS}", "seed=3", f"count={COUNT}", f"out={out}", *TINY))
    script = f"""
        mount -t tmpfs -o size=160k tmpfs {out} || exit 99
        {again}; echo "first $?"
        mount -o remount,size=50m {out} || exit 99
        {again}; echo "second $?"
        cp -r {out} {saved}"""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    result = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    if result.returncode == 99 or "unshare" in result.stderr:
        pytest.skip("this machine does not allow mounting a small disk")
    assert "first 1" in result.stdout
    assert "No space left on device" in result.stderr
    assert "make room" in result.stderr
    assert "Traceback" not in result.stderr
    assert "second 0" in result.stdout, result.stderr
    assert checksums(saved) == checksums(undisturbed)


def test_what_broke_after_a_kill_is_made_again(tmp_path: Path, undisturbed: Path) -> None:
    out = tmp_path / "balls"
    process = begin(out, COUNT)
    wait_for_images(out, 3, process)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    while any(alive(pid) for pid in workers):
        time.sleep(0.05)
    first, second, *_ = sorted(path.stem for path in out.glob("records/*/*.json"))
    os.truncate(out / f"records/000/{first}.json", 100)
    (out / f"images/000/{second}.png").unlink()
    result = generate(out, COUNT)
    assert result.returncode == 0, result.stderr
    assert f"to be made again: records/000/{first}.json is damaged, images/000/{second}.png is missing" in result.stderr
    assert checksums(out) == checksums(undisturbed)


def test_a_finished_dataset_is_mended_where_it_lost_and_left_alone_where_it_was_changed(tmp_path: Path, undisturbed: Path) -> None:
    out = shutil.copytree(undisturbed, tmp_path / "balls")
    (out / "images/000/000002.png").unlink()
    result = generate(out, COUNT)
    assert result.returncode == 0, result.stderr
    assert "images/000/000002.png is missing" in result.stderr
    assert checksums(out) == checksums(undisturbed)
    shard = out / "annotations/shards/00000.jsonl"
    shard.write_bytes(b"".join(shard.read_bytes().splitlines(keepends=True)[:-1]))
    before = checksums(out)
    result = generate(out, COUNT)
    assert result.returncode == 1
    assert "since then annotations/shards/00000.jsonl has changed. Nothing was overwritten." in result.stderr
    assert checksums(out) == before

"""What was asked for is used, or an error says what there is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator.errors import DeviceError
from generator.render.blender import Blender
from generator.render.devices import BACKENDS, list_devices
from generator.settings import RenderSettings
from tests.render.small_scenes import camera, clutter

HAS_GPU = len(list_devices()) > 1


def test_the_cpu_is_always_there_and_listed_last() -> None:
    devices = list_devices()
    assert devices[-1].backend == "cpu"
    assert devices[-1].name
    assert {device.backend for device in devices[:-1]} <= set(BACKENDS)


def test_the_cpu_is_used_when_asked_for(tmp_path: Path) -> None:
    assert Blender(RenderSettings(device="cpu"), tmp_path).device == "cpu"


def test_auto_takes_the_best_there_is(tmp_path: Path) -> None:
    assert Blender(RenderSettings(device="auto"), tmp_path).device.split()[0] == list_devices()[0].backend


def test_a_missing_device_is_an_error_that_lists_what_there_is(tmp_path: Path) -> None:
    missing = next(b for b in BACKENDS if b not in {device.backend for device in list_devices()})
    with pytest.raises(DeviceError, match=rf"render\.device={missing} was asked for, but Cycles finds only: .*cpu \("):
        Blender(RenderSettings(device=missing), tmp_path)  # type: ignore[arg-type]


@pytest.mark.gpu
@pytest.mark.skipif(not HAS_GPU, reason="Cycles finds no GPU on this machine")
def test_a_gpu_renders_the_same_labels(tmp_path: Path) -> None:
    spec = clutter(1, camera(320, 240, 280.0))
    on_cpu = Blender(RenderSettings(device="cpu", samples=1), tmp_path).render(spec)
    on_gpu = Blender(RenderSettings(device=list_devices()[0].backend, samples=1), tmp_path).render(spec)  # type: ignore[arg-type]
    assert (on_cpu.index != on_gpu.index).sum() <= on_cpu.index.size / 20_000


def test_metal_is_only_on_macos() -> None:
    assert sys.platform == "darwin" or "metal" not in {device.backend for device in list_devices()}

"""Which processor Cycles renders on: what was asked for is used, or an error says what there is.

Blender itself falls back to the CPU without a word when the wanted device is missing, so nothing here trusts it.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from generator.errors import DeviceError

BACKENDS = ("optix", "cuda", "hip", "oneapi", "metal")  # `auto` takes the first that has a device


@dataclass(frozen=True)
class Device:
    """A processor that Cycles can use; `backend` is cpu or one of BACKENDS."""

    backend: str
    name: str


def list_devices() -> tuple[Device, ...]:
    """All devices Cycles finds, GPUs in order of preference, the CPU last."""
    found = []
    for backend in BACKENDS:
        found += [Device(backend, device.name) for device in _devices_of(backend)]
    return (*found, Device("cpu", _cpu_name()))


def use_device(wanted: str) -> Device:
    """Switch Cycles to the wanted kind of device ("auto": the best GPU, else the CPU) and say which one that is.

    One GPU renders one image: the first of its kind (CUDA_VISIBLE_DEVICES decides which that is).
    Raises DeviceError when there is none of that kind.
    """
    for backend in BACKENDS if wanted == "auto" else [wanted] if wanted != "cpu" else []:
        devices = _devices_of(backend)
        if devices:
            for device in _preferences().devices:
                device.use = device == devices[0]
            return Device(backend, devices[0].name)
    if wanted not in ("auto", "cpu"):
        present = ", ".join(f"{device.backend} ({device.name})" for device in list_devices())
        raise DeviceError(
            f"render.device={wanted} was asked for, but Cycles finds only: {present}; choose one of these, or render.device=auto"
        )
    _preferences().compute_device_type = "NONE"
    return Device("cpu", _cpu_name())


def _preferences() -> bpy.types.AddonPreferences:
    return bpy.context.preferences.addons["cycles"].preferences


def _devices_of(backend: str) -> list[bpy.types.PropertyGroup]:
    """The GPUs of one back end; empty when this build of Blender lacks it or the machine has none."""
    preferences = _preferences()
    try:
        preferences.compute_device_type = backend.upper()
    except TypeError:  # the back end is not compiled in (Metal outside macOS)
        return []
    preferences.refresh_devices()
    return [device for device in preferences.devices if device.type == backend.upper()]


def _cpu_name() -> str:
    _preferences().refresh_devices()
    names = [device.name for device in _preferences().devices if device.type == "CPU"]
    return names[0] if names else "CPU"

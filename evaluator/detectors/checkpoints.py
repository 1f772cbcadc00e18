"""Trained weights on disk: one file with the detector's settings, its classes and what it was trained on. Loading runs no code."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import torch
from pydantic import ValidationError
from torch import nn

from evaluator.detectors.all_detectors import DETECTOR, DetectorSettings
from generator.errors import DatasetInputError, DeviceError
from generator.storage.atomic import write_file

_FORMAT = "scenewright detector 1"


@dataclass(frozen=True)
class Detector:
    """A network that finds objects. model: torchvision's, on `device`. classes: names; label i + 1 is classes[i], 0 the background.

    about: what it was trained on, in plain values. trained_on: fingerprints of these images.
    """

    model: nn.Module
    classes: tuple[str, ...]
    settings: DetectorSettings
    device: str = "cpu"
    about: dict[str, Any] = field(default_factory=dict)
    trained_on: frozenset[str] = frozenset()


def save_detector(detector: Detector, file: Path) -> None:
    """Atomic: `file` is the old one or the whole new one."""
    content = {
        "format": _FORMAT,
        "settings": orjson.dumps(detector.settings.model_dump(mode="json")).decode(),
        "classes": list(detector.classes),
        "about": orjson.dumps(detector.about).decode(),
        "trained_on": sorted(detector.trained_on),
        "weights": detector.model.state_dict(),
    }
    save(content, file)


def load_detector(checkpoint: Path | str, device: str = "auto") -> Detector:
    """The detector of a file that `scenewright train` wrote (best.pt, final.pt). device: "auto", "cpu" or "cuda".

    Raises DatasetInputError when the file is none, DeviceError when the device is not there.
    """
    file = Path(checkpoint)
    content = load(file)
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise DatasetInputError(f"{file}: is no detector; best.pt and final.pt of `scenewright train` are")
    try:
        settings = DETECTOR.validate_json(content["settings"])
    except ValidationError as error:
        raise DatasetInputError(f"{file}: was written by another version: {error.errors()[0]['msg']}") from error
    model = settings.build(len(content["classes"]), pretrained=False)
    model.load_state_dict(content["weights"])
    place = device_named(device)
    about, trained_on = orjson.loads(content["about"]), frozenset(content.get("trained_on", ()))
    return Detector(model.to(place).eval(), tuple(content["classes"]), settings, place, about, trained_on)


def save(content: dict[str, Any], file: Path) -> None:
    """Tensors and plain values to a file, atomic and durable."""
    data = io.BytesIO()
    torch.save(content, data)
    write_file(file.parent, file, data.getvalue())


def load(file: Path) -> Any:
    """What `save` wrote. Tensors and plain values only: nothing in the file is run. Raises DatasetInputError."""
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise DatasetInputError(f"{file}: there is no such file") from error
    except Exception as error:  # torch reports foreign files by half a dozen types
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DatasetInputError(f"{file}: is no checkpoint ({first})") from error


def device_named(wanted: str) -> str:
    """Raises DeviceError when CUDA was asked for and is not there."""
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise DeviceError("device=cuda: torch finds no CUDA device here; device=cpu works, auto takes what there is")
    return "cuda" if there and wanted != "cpu" else "cpu"

"""Which export formats there are, and the copying that they share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from generator.dataset import Dataset
from generator.errors import ConfigError
from generator.writers.coco import Record
from generator.writers.encode import encode_rgb

Exporter = Callable[[Dataset, Path], int]  # writes the dataset to a folder, returns the number of images

_EXPORTERS: dict[str, Exporter] = {}


def exporter(name: str) -> Callable[[Exporter], Exporter]:
    """Decorator: makes an export function known under `name`; the first line of its docstring describes it."""

    def register(function: Exporter) -> Exporter:
        if _EXPORTERS.setdefault(name, function).__qualname__ != function.__qualname__:
            raise ConfigError(f"two export formats are called {name!r}")
        return function

    return register


def known_exporters() -> dict[str, Exporter]:
    return dict(_EXPORTERS)


def copy_image(dataset: Dataset, record: Record, target: Path) -> None:
    """The picture at `target`: copied, or encoded anew when the suffix asks for PNG and it is none."""
    source = dataset.root / record["image"]["file_name"]
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == source.suffix:
        shutil.copyfile(source, target)
    else:
        target.write_bytes(encode_rgb(dataset.rgb(record["image"]["index"]), "png", 100))

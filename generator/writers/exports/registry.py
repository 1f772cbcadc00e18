"""Which export formats there are, and the copying that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator.dataset import Dataset
from generator.errors import ConfigError
from generator.storage import Folder
from generator.writers.coco import Record
from generator.writers.encode import encode_rgb


@dataclass(frozen=True)
class ExportOptions:
    """What a format may ask for. tar_mb: the most that a tar may hold, in 10^6 bytes; a sample that is larger has one to itself."""

    tar_mb: int = 1000


Exporter = Callable[[Dataset, Folder, ExportOptions], int]  # writes the dataset to a folder, returns the number of images

Joiner = Callable[[Dataset, Folder, Sequence[str]], None]  # given the folder that holds the parts of these names

_EXPORTERS: dict[str, Exporter] = {}
_JOINERS: dict[str, Joiner] = {}


def exporter(name: str) -> Callable[[Exporter], Exporter]:
    """Decorator: makes an export function known under `name`; the first line of its docstring describes it."""

    def register(function: Exporter) -> Exporter:
        if _EXPORTERS.setdefault(name, function).__qualname__ != function.__qualname__:
            raise ConfigError(f"two export formats are called {name!r}")
        return function

    return register


def known_exporters() -> dict[str, Exporter]:
    return dict(_EXPORTERS)


def joiner(name: str) -> Callable[[Joiner], Joiner]:
    """Decorator: what the format `name` writes beside the parts of a split export, once all of them are there."""

    def register(function: Joiner) -> Joiner:
        _JOINERS[name] = function
        return function

    return register


def known_joiners() -> dict[str, Joiner]:
    return dict(_JOINERS)


def copy_image(dataset: Dataset, record: Record, out: Folder, target: str) -> None:
    """The picture as `target` in `out`: copied, or encoded anew when the suffix asks for PNG and it is none."""
    source = str(record["image"]["file_name"])
    if target.rsplit(".", 1)[-1] == source.rsplit(".", 1)[-1]:
        out.put(target, dataset.read(source))
    else:
        out.put(target, encode_rgb(dataset.rgb(record["image"]["index"]), "png", 100))

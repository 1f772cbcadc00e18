"""Exports of a finished dataset to other formats. A new format is one file here with an `@exporter` function and no other edit."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from generator.dataset import Dataset
from generator.errors import ConfigError, DatasetInputError
from generator.storage import Place, folder_at
from generator.storage.local import LocalFolder
from generator.writers.exports.registry import known_exporters


def export_formats() -> dict[str, str]:
    """What each format is, by its name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {name: (function.__doc__ or "").split("\n", 1)[0] for name, function in sorted(known_exporters().items())}


def export(dataset: Dataset, format_name: str, out: Place) -> int:
    """Writes `dataset` to the new or empty folder `out`, or to a URL, in the format `format_name`; the number of images written.

    Raises ConfigError for an unknown format, DatasetInputError when `out` is not empty or the format cannot hold the dataset.
    """
    formats = export_formats()
    if format_name not in formats:
        raise ConfigError(f"there is no export format {format_name!r}; known formats: {', '.join(formats)}")
    target = folder_at(out)
    if isinstance(target, LocalFolder):
        target = LocalFolder(target.root, durable=False)  # an export that a power cut damages is made again
        if target.root.exists() and not target.root.is_dir():
            raise DatasetInputError(f"{out} is a file: choose a new folder for the export")
    if target.entries():
        raise DatasetInputError(f"{out} is not empty: choose a new folder for the export")
    with target.errors():
        return known_exporters()[format_name](dataset, target)

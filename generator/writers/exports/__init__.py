"""Exports of a finished dataset to other formats. A new format is one file here with an `@exporter` function and no other edit."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from generator.dataset import Dataset
from generator.errors import ConfigError, DatasetInputError
from generator.writers.exports.registry import known_exporters


def export_formats() -> dict[str, str]:
    """What each format is, by its name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {name: (function.__doc__ or "").split("\n", 1)[0] for name, function in sorted(known_exporters().items())}


def export(dataset: Dataset, format_name: str, out: Path) -> int:
    """Writes `dataset` to the new or empty folder `out` in the format `format_name`; the number of images written.

    Raises ConfigError for an unknown format, DatasetInputError when `out` is not empty or the format cannot hold the dataset.
    """
    formats = export_formats()
    if format_name not in formats:
        raise ConfigError(f"there is no export format {format_name!r}; known formats: {', '.join(formats)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetInputError(f"{out} is not empty: choose a new folder for the export")
    out.mkdir(parents=True, exist_ok=True)
    return known_exporters()[format_name](dataset, out)

"""Exports of a finished dataset to other formats. A new format is one file here with an `@exporter` function and no other edit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from generator.dataset import Dataset
from generator.errors import ConfigError, DatasetError, DatasetInputError
from generator.storage import Folder, Place, folder_at, joined
from generator.storage.local import LocalFolder, is_within
from generator.writers.exports.registry import ExportOptions, known_exporters, known_joiners
from generator.writers.exports.splits import Part, parts

__all__ = ["ExportOptions", "export", "export_formats"]

_DEFAULTS = ExportOptions()


def export_formats() -> dict[str, str]:
    """What each format is, by its name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {name: (function.__doc__ or "").split("\n", 1)[0] for name, function in sorted(known_exporters().items())}


def export(dataset: Dataset, format_name: str, out: Place, *, split: str = "", options: ExportOptions = _DEFAULTS) -> dict[str, int]:
    """Writes `dataset` to the new or empty folder `out`, or to a URL, in the format `format_name`; the number of images written by part.

    split: "" for all in one, which is then the part "", else the parts (see `splits.parts`), each of which is written to a folder of
    its own below `out`.
    An export that fails or is interrupted leaves nothing behind.
    Raises ConfigError for an unknown format, DatasetInputError when there is no image, `out` is not empty or the format cannot hold the
    dataset.
    """
    formats = export_formats()
    if format_name not in formats:
        raise ConfigError(f"there is no export format {format_name!r}; known formats: {', '.join(formats)}")
    if not dataset.card["counts"]["images"]:
        aside = len(dataset.card.get("quarantined", ()))
        raise DatasetInputError(f"{dataset.folder} has no images to export ({aside} are in quarantine)")
    target = _target(out)
    if isinstance(target, LocalFolder) and target.root.exists() and not target.root.is_dir():
        raise DatasetInputError(f"{out} is a file: choose a new folder for the export")
    if is_within(target, dataset.folder):
        raise DatasetInputError(f"{out} is inside the dataset {dataset.folder}: choose a folder beside it for the export")
    if target.entries():
        raise DatasetInputError(f"{out} is not empty: choose a new folder for the export")
    chosen = parts(split, dataset) if split else ()
    with _whole_or_nothing(target):
        return _written(dataset, format_name, out, chosen, options)


def _written(dataset: Dataset, format_name: str, out: Place, chosen: Sequence[Part], options: ExportOptions) -> dict[str, int]:
    write, join = known_exporters()[format_name], known_joiners().get(format_name)
    if not chosen:
        return {"": write(dataset, _target(out), options)}
    counts = {part.name: write(replace(dataset, holds=part.holds), _target(joined(out, part.name)), options) for part in chosen}
    if join is not None:
        join(dataset, _target(out), [part.name for part in chosen])
    return counts


@contextlib.contextmanager
def _whole_or_nothing(target: Folder) -> Iterator[None]:
    """Empties the folder, which was empty before, when the block fails: half an export looks like a whole one."""
    was_there = isinstance(target, LocalFolder) and target.root.exists()
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError, DatasetError):  # what failed first is what is told
            target.remove(target.names(""))
            for name in target.entries():
                target.remove_below(name)
            if not was_there:
                target.prune("")
        raise


def _target(out: Place) -> Folder:
    """Without the syncs of a dataset: an export that a power cut damages is made again."""
    folder = folder_at(out)
    return LocalFolder(folder.root, durable=False) if isinstance(folder, LocalFolder) else folder

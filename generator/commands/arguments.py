"""Argument parsers and the few forms of output that several commands share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import ConfigError

if TYPE_CHECKING:
    from generator.dataset import Dataset


def parser(name: str, text: str, examples: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"scenewright {name}", description=text, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def hydra_parser(name: str, text: str, examples: str) -> argparse.ArgumentParser:
    """A parser for a command that is configured by key=value words."""
    made = parser(name, text, examples)
    made.add_argument("overrides", nargs="*", metavar="key=value", help="what to change in the configuration (Hydra's override grammar)")
    made.add_argument("--cfg", action="store_true", help="print the composed configuration and stop")
    made.add_argument("-m", "--multirun", action="store_true", help="a run for every combination of values given as a=1,2")
    return made


def on_problems_options(made: argparse.ArgumentParser) -> None:
    """--strict and --drop, for what reads labels that others have made."""
    choice = made.add_mutually_exclusive_group()
    choice.add_argument("--strict", action="store_true", help="stop when labels are broken, with a list of everything (the default)")
    choice.add_argument("--drop", action="store_true", help="leave out what is broken and say how much")


def on_problems_override(options: argparse.Namespace) -> list[str]:
    """What these two options say, as an override of `on_problems`."""
    return ["on_problems=drop"] if options.drop else ["on_problems=strict"] if options.strict else []


def image_index(text: str) -> int:
    """The number of an image: 12, 000012 or the path of one of its files."""
    stem = Path(text).name.split(".")[0]
    if not stem.isdigit():
        raise ConfigError(f"{text!r} names no image: give its number as in its file name, e.g. 12 for images/000/000012.png")
    return int(stem)


def open_as_written(place: str) -> Dataset:
    """The finished dataset at `place`; says on stderr when it was changed after it was made."""
    from generator.dataset import open_dataset
    from generator.verification import alterations

    dataset = open_dataset(place)
    for text in alterations(dataset):
        print(f"scenewright: note: {place}: {text}", file=sys.stderr)
    return dataset


def print_configs(configs: Iterable[dict[str, Any]]) -> None:
    """The documents of --cfg: one for each point of a sweep."""
    print("---\n".join(as_yaml(config) for config in configs), end="")


def as_yaml(values: dict[str, Any]) -> str:
    import yaml

    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120))


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows in columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )

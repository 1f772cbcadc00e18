"""Values as they were measured: a column of a CSV file beside the scene file."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.errors import ConfigError
from generator.grammar.making import Made, Maker, noted
from generator.grammar.problems import quoted, unknown
from generator.grammar.scope import Scope

_MOST_CSV_BYTES = 2_000_000  # some 200,000 numbers, read in half a second


def empirical(arguments: Any, maker: Maker) -> Made:
    """{csv: file, column: name, interpolate: false}: the values of a CSV column, each as likely as it is frequent"""
    if not isinstance(arguments, Mapping) or not {"csv", "column"} <= set(arguments) <= {"csv", "column", "interpolate"}:
        raise ConfigError(f"takes {{csv: file, column: name, interpolate: true or false}}, found {quoted(arguments)}")
    column = _column(str(arguments["csv"]), str(arguments["column"]), maker)
    smooth = bool(arguments.get("interpolate", False))

    def value(u: float, _scope: Scope) -> float:
        if not smooth:
            return column[min(int(u * len(column)), len(column) - 1)]
        at = u * (len(column) - 1)
        i = int(at)
        return column[i] + (column[min(i + 1, len(column) - 1)] - column[i]) * (at - i)

    return noted(maker.key, value), (column[0], column[-1])


def _column(name: str, column: str, maker: Maker) -> tuple[float, ...]:
    """The sorted numbers of a column; the file must lie in the folder of the scene file."""
    known = f"{name}#{column}"
    if known not in maker.files:
        folder = maker.folder.resolve()
        try:
            file = (folder / name).resolve()
            size = file.stat().st_size if file.is_file() else None
        except (OSError, ValueError) as error:
            raise ConfigError(f"{quoted(name)} cannot be read: {error}") from error
        if not file.is_relative_to(folder):
            raise ConfigError(f"{name!r} lies outside the scene file's folder; copy the file there")
        if size is None or size > _MOST_CSV_BYTES:
            raise ConfigError(f"{name!r} is no file of at most {_MOST_CSV_BYTES:,} bytes beside the scene file")
        maker.files[known] = _read_column(file, column)
    return maker.files[known]


def _read_column(file: Path, column: str) -> tuple[float, ...]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if column not in (rows.fieldnames or []):
                raise ConfigError(f"{file.name}: {unknown('column', column[:80], [name[:80] for name in rows.fieldnames or []])}")
            values = sorted(float(row[column]) for row in rows if row[column] not in (None, ""))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file.name}: is no CSV text in UTF-8 ({error.reason})") from error
    except (ValueError, csv.Error, OSError) as error:
        raise ConfigError(f"{file.name}: column {column!r}: {str(error)[:200]}") from error
    if not values or not all(math.isfinite(v) for v in values):
        raise ConfigError(f"{file.name}: column {column!r} needs at least one number, and only finite ones")
    return tuple(values)

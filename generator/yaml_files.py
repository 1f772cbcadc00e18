"""YAML that others have written: safe, within bounds, and no key twice."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import yaml

from generator.errors import ConfigError

MOST_BYTES = 200_000  # 5,000 lines; the safe parser, which is Python, takes a second for it
MOST_NODES = 30_000  # values after aliases and merges are expanded, the bound on "billion laughs" files; the street has 4,600
MOST_LEVELS = 48


def read_yaml(path: str | Path) -> Any:
    """What a YAML file holds (safe loader only). Raises ConfigError for what is too large, too deep or says a key twice."""
    file = Path(path)
    raw = _bytes(file)
    try:
        return _constructed(raw, str(file))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ConfigError(f"{file}{_where(error)}: is not valid YAML: {_reason(error)}") from error


def _bytes(file: Path) -> bytes:
    """What a plain file holds. Others are not opened, since a pipe may never answer, and no more is read than may be there, since a
    file may grow."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise ConfigError(f"{file}: is no plain file but a folder, pipe or device; a YAML file is a file of text")
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ConfigError(f"{file}: cannot be read ({error})") from error
    if len(raw) > MOST_BYTES:
        raise ConfigError(f"{file}: has more than {MOST_BYTES:,} bytes, which is what such a file may have")
    return raw


def _constructed(raw: bytes, source: str) -> Any:
    """The first document of a YAML text, by the safe loader, once its size is known."""
    loader = yaml.SafeLoader(raw)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _expanded(node, source, {})
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _expanded(node: yaml.Node, source: str, known: dict[int, int], level: int = 0) -> int:
    """How many values a node stands for when all aliases and merges are written out. Raises ConfigError beyond the bounds and for
    a key that is given twice. known: the nodes that have been counted."""
    if id(node) in known:
        return known[id(node)]
    if level > MOST_LEVELS:
        raise ConfigError(f"{source}, line {node.start_mark.line + 1}: is nested deeper than {MOST_LEVELS} levels")
    children = []
    if isinstance(node, yaml.MappingNode):
        _refuse_twins(node, source)
        children = [value for _, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    size = 1 + sum(_expanded(child, source, known, level + 1) for child in children)
    if size > MOST_NODES:
        raise ConfigError(
            f"{source}, line {node.start_mark.line + 1}: has more than {MOST_NODES} values (are YAML aliases multiplying?); "
            "long lists of numbers belong into a CSV file (`empirical`)"
        )
    known[id(node)] = size
    return size


def _refuse_twins(node: yaml.MappingNode, source: str) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value != "<<":
            line = key.start_mark.line + 1
            if key.value in seen:
                raise ConfigError(f"{source}, line {line}: the key {key.value!r} is given twice; the first is in line {seen[key.value]}")
            seen[key.value] = line


def _where(error: Exception) -> str:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""


def _reason(error: Exception) -> str:
    """What the parser says, without its own name for the text."""
    if isinstance(error, yaml.MarkedYAMLError):
        return ", ".join(part for part in (error.context, error.problem, error.note) if part)
    if isinstance(error, RecursionError):
        return f"it is nested far deeper than {MOST_LEVELS} levels"
    return str(error).replace("<byte string>", "the file") or type(error).__name__

"""Scene files as plain data: keys made text, nothing that could run code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.errors import ConfigError
from generator.yaml_files import MOST_LEVELS, MOST_NODES, read_yaml


def read_grammar_file(path: str | Path) -> dict[str, Any]:
    """The mapping in a scene file. Raises ConfigError as `read_yaml` does, and for what is no mapping."""
    file = Path(path)
    data = read_yaml(file)
    if not isinstance(data, Mapping):
        raise ConfigError(f"{file}: must hold a mapping (name:, categories:, rules:, ...), found {type(data).__name__}")
    return plain(data, str(file))


def plain(data: Mapping[Any, Any], source: str) -> dict[str, Any]:
    """A deep copy of JSON values with text keys. Raises ConfigError for anything else, and for `_target_`."""
    budget = [MOST_NODES]

    def copy(value: Any, at: str, level: int) -> Any:
        budget[0] -= 1
        if budget[0] < 0:
            raise ConfigError(f"{source}: has more than {MOST_NODES} values (are YAML aliases multiplying?)")
        if level > MOST_LEVELS:
            raise ConfigError(f"{source}: {at} is nested deeper than {MOST_LEVELS} levels")
        if isinstance(value, Mapping):
            return {_key(k, at, source): copy(v, f"{at}.{k}".lstrip("."), level + 1) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [copy(v, f"{at}.{i}", level + 1) for i, v in enumerate(value)]
        return _scalar(value, at, source)

    copied: dict[str, Any] = copy(data, "", 0)
    return copied


def _key(key: Any, at: str, source: str) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"  # YAML 1.1 reads the bare words yes, no, on and off as these
    if not isinstance(key, str | int | float):
        raise ConfigError(f"{source}: {at or 'top level'}: a key must be text, found {key!r}")
    if key == "_target_":
        raise ConfigError(f"{source}: {at or 'top level'}: `_target_` is not allowed: scene files are data and cannot name code to run")
    return str(key)


def _scalar(value: Any, at: str, source: str) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ConfigError(f"{source}: {at}: found {value!r}; allowed are text, finite numbers, true/false, null, lists and mappings")

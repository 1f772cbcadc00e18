"""Modifications of a scene file as plain data: presets of width and corner cases set values at dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.grammar.problems import Path, Problems, unknown

_NAMED = ("factors", "params", "rules")  # where a new name would be a slip of the pen: nothing could refer to it
_SECTIONS = ("world", "sensor", "limits", "design", "surfaces")  # may be left out of a file and still be set


def modified(data: dict[str, Any], changes: Mapping[str, Any], problems: Problems, at: Path) -> dict[str, Any]:
    """A copy of `data` with the value of every dotted path in `changes` replaced; `at` is where the changes stand in the file."""
    for dotted_path, value in changes.items():
        parts = dotted_path.split(".")
        problem = _missing(data, parts)
        if problem:
            problems.add((*at, dotted_path), problem)
        else:
            data = _with(data, parts, value)
    return data


def _missing(data: Any, parts: list[str]) -> str:
    """Why a path leads nowhere, or nothing."""
    here = data
    for depth, part in enumerate(parts[:-1]):
        if depth == 0 and part in _SECTIONS and part not in here:
            return ""
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, Mapping) and part in here:
            here = here[part]
        else:
            known = here if isinstance(here, Mapping) else [str(i) for i in range(len(here))] if isinstance(here, list) else []
            return unknown("key", part, known)
    last = parts[-1]
    if isinstance(here, list):
        return "" if last.isdigit() and int(last) < len(here) else unknown("item", last, [str(i) for i in range(len(here))])
    if not isinstance(here, Mapping):
        return f"leads into {here!r}, which has no keys"
    if len(parts) == 2 and parts[0] in _NAMED and last not in here:
        return unknown(f"entry of {parts[0]}", last, here)
    return ""


def _with(data: Any, parts: list[str], value: Any) -> Any:
    if not parts:
        return value
    if isinstance(data, list):
        i = int(parts[0])
        return [*data[:i], _with(data[i], parts[1:], value), *data[i + 1 :]]
    inner = data.get(parts[0], {}) if isinstance(data, Mapping) else {}
    return {**data, parts[0]: _with(inner, parts[1:], value)}


def changed_rules(changes: Mapping[str, Any]) -> frozenset[str]:
    """The rules that a modification touches: what they make carries its tag."""
    parts = [path.split(".") for path in changes]
    return frozenset(p[1] for p in parts if len(p) > 1 and p[0] == "rules")

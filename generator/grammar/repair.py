"""Stand-ins for what is wrong in a scene file's form, so that the rest of the file is checked in the same go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from generator.grammar.model.scene_file import SceneFile
from generator.grammar.problems import Path

_EMPTY_RULE = {"kind": "sequence", "of": []}
_STILL = {"cycle": [0], "period_images": 1}


def repaired(data: Mapping[str, Any], wrong: Iterable[Path]) -> dict[str, Any] | None:
    """A copy of `data` without what stands at the `wrong` paths; None where too much of the rest hangs on it."""
    copy: dict[str, Any] | None = dict(data)
    for path in wrong:
        if copy is None or not path:
            return None
        copy = _REPAIRS.get(str(path[0]), _dropped)(copy, path)
    return copy


def _dropped(data: dict[str, Any], path: Path) -> dict[str, Any] | None:
    """Without the whole section: its default holds."""
    name = str(path[0])
    field = SceneFile.model_fields.get(name)
    return None if field is not None and field.is_required() else {k: v for k, v in data.items() if k != name}


def _named(data: dict[str, Any], _path: Path) -> dict[str, Any]:
    return {**data, "name": "unnamed"}


def _looking(data: dict[str, Any], _path: Path) -> dict[str, Any]:
    return {**data, "camera": {"fx": 1.0, "position": {}}}


def _begun(data: dict[str, Any], _path: Path) -> dict[str, Any] | None:
    rules = data.get("rules")
    return {**data, "start": next(iter(rules))} if isinstance(rules, Mapping) and rules else None


def _without_entry(data: dict[str, Any], path: Path) -> dict[str, Any] | None:
    """Without the one entry of the section that is wrong."""
    section = data[path[0]]  # type: ignore[index]
    if len(path) < 2 or not isinstance(section, Mapping):
        return _dropped(data, path)
    return {**data, str(path[0]): {k: v for k, v in section.items() if k != path[1]}}


def _emptied(data: dict[str, Any], path: Path) -> dict[str, Any] | None:
    """A rule that makes nothing in place of the one that is wrong, so that others may still refer to it."""
    rules = data.get("rules")
    if len(path) < 2 or not isinstance(rules, Mapping):
        return None
    return {**data, "rules": {k: _EMPTY_RULE if k == path[1] else v for k, v in rules.items()}}


def _in_domain(data: dict[str, Any], path: Path) -> dict[str, Any] | None:
    domain = data.get("domain")
    if len(path) < 3 or not isinstance(domain, Mapping) or not isinstance(domain[path[1]], Mapping):
        return None
    entries = {k: v for k, v in domain[path[1]].items() if k != path[2]} | ({str(path[2]): _STILL} if path[1] == "dynamics" else {})
    return {**data, "domain": {**domain, str(path[1]): entries}}


_REPAIRS: dict[str, Callable[[dict[str, Any], Path], dict[str, Any] | None]] = {
    "name": _named, "camera": _looking, "start": _begun, "rules": _emptied, "domain": _in_domain, "presets": _without_entry,
    "corner_cases": _without_entry, "factors": _without_entry, "params": _without_entry,
}  # fmt: skip

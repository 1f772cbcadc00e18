"""What is wrong with a scene file, collected and told in one message: where, what was found, what is allowed, the nearest spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from generator.errors import ConfigError, nearest, quoted, unknown
from generator.grammar.model.nodes import NODE_KINDS
from generator.grammar.model.scene_file import allowed_keys

__all__ = ["Path", "Problems", "dotted", "nearest", "quoted", "real_path", "told", "unknown"]

Path = tuple[str | int, ...]

_EXPONENT = re.compile(r"[+-]?[0-9]+\.?[0-9]*[eE][+-]?[0-9]+")
_MOST_TOLD = 25  # problems printed; a file with more has one cause for many


@dataclass
class Problems:
    """The list that grows while a file is checked. `found` holds (path, text) in the order of discovery.

    changed: whether what stands at a path came from the command line, not from the file.
    """

    source: str
    changed: Callable[[Path], bool] = lambda _path: False
    found: list[tuple[Path, str]] = field(default_factory=list)

    def add(self, path: Path, text: str) -> None:
        if (path, text) not in self.found:
            self.found.append((path, text))

    def add_validation(self, error: ValidationError, data: Any, known: Callable[[Path], Collection[str]] | None = None) -> list[Path]:
        """Every entry of pydantic's error, with its location mapped back to the keys of `data`: these paths.

        known: the keys that may stand in the mapping at a path; those of the language of scene files when left out.
        """
        keys = known or (lambda path: allowed_keys(_inside(data, path)))
        paths = []
        for entry in error.errors(include_url=False):
            path = real_path(data, entry["loc"])
            extra = entry["type"] == "extra_forbidden"
            self.add(path, unknown("key", path[-1], keys(path[:-1])) if extra else _told(entry))
            paths.append(path)
        return paths

    def raise_if_any(self) -> None:
        if not self.found:
            return
        lines = [f"  {dotted(path) or '(top level)'}: {text}{self._origin(path)}" for path, text in self.found[:_MOST_TOLD]]
        more = len(self.found) - _MOST_TOLD
        count = f"{len(self.found)} problem{'s' if len(self.found) > 1 else ''}"
        raise ConfigError("\n".join([f"{self.source}: {count}", *lines, *([f"  ... and {more} more"] if more > 0 else [])]))

    def _origin(self, path: Path) -> str:
        return f" [set on the command line, scene.{dotted(path)}]" if self.changed(path) else ""


def dotted(path: Sequence[str | int]) -> str:
    """A path as it is written on the command line: `rules.vehicle.weights.bus`."""
    return ".".join(str(p) for p in path)


def real_path(data: Any, loc: Sequence[str | int]) -> Path:
    """`loc` without the parts that pydantic adds (tags of unions): what is no key of `data` is left out, but for the last part."""
    path: list[str | int] = []
    here: Any = data
    entered = True  # by a key, so that the tag of a union may follow
    for i, part in enumerate(loc):
        if entered and isinstance(here, Mapping) and part == here.get("kind"):
            entered = False
            continue
        inside = part in here if isinstance(here, Mapping) else isinstance(here, list) and isinstance(part, int) and part < len(here)
        if inside:
            here = here[part]
            path.append(part)
            entered = True
        elif i == len(loc) - 1 and isinstance(here, Mapping) and part not in ("ref", "mapping", "list"):
            path.append(part)
    return tuple(path)


def _inside(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _told(entry: Any) -> str:
    kind, found, context = entry["type"], entry.get("input"), entry.get("ctx", {})
    if kind == "missing":
        return "is missing and has no default"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_kind(found, context)
    if kind == "value_error":
        return str(context.get("error", entry["msg"]))
    message = entry["msg"][0].lower() + entry["msg"][1:]
    return f"{message}, found {quoted(found)}{_exponent_hint(found)}"


def _exponent_hint(found: Any) -> str:
    """What to write instead of a number that YAML 1.1 takes for text."""
    if not isinstance(found, str) or not _EXPONENT.fullmatch(found):
        return ""
    digits, power = found.lower().split("e")
    written = f"{digits if '.' in digits else digits + '.0'}e{power if power[0] in '+-' else '+' + power}"
    return f": YAML takes this for text; a number with an exponent needs a point and a sign, {written}"


def _wrong_kind(found: Any, context: Mapping[str, Any]) -> str:
    if isinstance(found, Mapping) and "kind" in found:
        allowed = [t.strip(" '") for t in str(context.get("expected_tags", "")).split(",") if t.strip(" '") not in ("", "ref")]
        return unknown("kind", found["kind"], allowed or NODE_KINDS)
    listed = f"the name of a rule, or a mapping with a kind ({', '.join(NODE_KINDS)})"
    gone = '; to have no object there, write "nothing"' if found is None else ""
    return f"must be {listed}; found {'null' if found is None else quoted(found)}{gone}"


def told(at: str, error: ValidationError) -> str:
    """The first entry of an error about drawn values: 'world.fog_per_m: input should be ..., found -1'."""
    entry = error.errors(include_url=False)[0]
    path = ".".join([at, *(str(p) for p in entry["loc"])])
    return f"{path}: {entry['msg'][0].lower()}{entry['msg'][1:]}, found {quoted(entry['input'])}"

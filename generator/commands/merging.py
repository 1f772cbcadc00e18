"""A scene laid over another: what a file that extends one does, and a mapping on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.errors import ConfigError, quoted
from generator.grammar.distributions import DISTRIBUTIONS


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid over `base`: mappings are merged key by key, everything else is replaced. So are distributions and parts of
    another kind, which are one thing: `{choice: ...}` over `{uniform: ...}` is the choice alone."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping) and not _is_one_thing(old, value):
            result[key] = merged(old, value)
        else:
            result[key] = value
    return result


def _is_one_thing(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    values = {*DISTRIBUTIONS, "expr"}
    return bool(values & old.keys() or values & new.keys()) or new.get("kind", old.get("kind")) != old.get("kind")


def refuse_empty(base: Any, over: Any, at: Sequence[str], source: str) -> None:
    """Raises ConfigError for an empty mapping over one that is not: it would change nothing, and was meant to take away what is there.

    at: where the two stand in the scene.
    """
    if not isinstance(base, Mapping) or not isinstance(over, Mapping) or _is_one_thing(base, over):
        return
    if base and not over and at:
        path, names = ".".join(at), list(base)
        raise ConfigError(
            f"{source}: {path}: an empty mapping changes nothing, since mappings are merged key by key; there is "
            f"{quoted(', '.join(names))}. To take an entry away write ~scene.{path}.{names[0]} on the command line, "
            "or give it a weight or quota of 0"
        )
    for key, value in over.items():
        refuse_empty(base.get(key), value, (*at, key), source)

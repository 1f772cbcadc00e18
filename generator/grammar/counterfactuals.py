"""Counterfactuals: every scene is made once for each value of a factor, with everything else equal.

It is arithmetic on the index and nothing more. With K = all values of all factors that are changed, image i is scene i // K with
change i % K, so that leases, shards, resuming and replay know nothing of it. The streams of a scene are those of its number; a
factor that is given its value leaves all other draws as they were.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from generator.grammar.allowed import Allowed, Scalar, outcomes, taken_apart
from generator.grammar.expressions import ExpressionError, parse
from generator.grammar.problems import Problems, quoted, unknown

MOST_CHANGES = 1000  # images of one scene
_AT = ("design", "counterfactual")
Asked = str | list[str] | dict[str, list[Scalar] | None] | None


@dataclass(frozen=True)
class Change:
    """What is done to a factor: the values that it takes in turn.

    role: whether the factor may change labels ("semantic") or must not ("visual"); "" where the file has no `domain`.
    without: the corner cases that set the factor, or what follows from it; the scenes that show the change leave them out.
    """

    factor: str
    values: tuple[Scalar, ...]
    role: Literal["semantic", "visual", ""]
    without: frozenset[str]


@dataclass(frozen=True)
class Variant:
    """Image `index` of a grammar: scene `draw`, and the change and the value that it has, if any."""

    draw: int
    change: Change | None = None
    value: Scalar | None = None


def variant_of(changes: tuple[Change, ...], index: int) -> Variant:
    """Which scene the image of an index shows, and what is changed in it."""
    if not changes:
        return Variant(index)
    draw, position = divmod(index, images_a_scene(changes))
    for change in changes:
        if position < len(change.values):
            return Variant(draw, change, change.values[position])
        position -= len(change.values)
    raise AssertionError("the positions of all changes add up to the images of a scene")


def images_a_scene(changes: tuple[Change, ...]) -> int:
    """K, 1 when nothing is changed."""
    return sum(len(change.values) for change in changes) or 1


def told(changes: tuple[Change, ...], count: int) -> list[str]:
    """What `count` images will hold, for people, with what they should know."""
    if not changes:
        return []
    size = images_a_scene(changes)
    shown = "; ".join(f"{c.factor} = {', '.join(map(_text, c.values))}" for c in changes)
    lines = [f"counterfactual: {-(-count // size)} scenes, {size} images each: {shown}"]
    if count % size:
        lines.append(f"  the last scene has {count % size} of its {size} images: count={count + size - count % size} completes it")
    for change in changes:
        if change.role != "visual":
            why = "is semantic" if change.role == "semantic" else "is not said to be visual (the scene file has no `domain`)"
            lines.append(f"  {change.factor} {why}: it may change the labels, so its effect on a network is not one of looks alone")
        if change.without:
            lines.append(
                f"  {change.factor}: its scenes leave out the corner cases that would overrule it: {', '.join(sorted(change.without))}"
            )
    return lines


def changes_of(asked: Asked, data: Mapping[str, Any], allowed: Mapping[str, Allowed], problems: Problems) -> tuple[Change, ...]:
    """The changes that a file asks for; what is wrong is told. data: the file at its width. allowed: what its factors may be."""
    wanted = _wanted(asked)
    domain: Mapping[str, Any] = data.get("domain") or {}
    known = {**domain.get("dynamics", {}), **data.get("factors", {})}
    changes = []
    for factor, given in wanted.items():
        at = (*_AT, factor) if isinstance(asked, Mapping) else _AT
        if factor not in known:
            problems.add(at, unknown("factor", factor, known))
            continue
        values = _values(factor, given, known[factor], allowed.get(factor), at, problems)
        without = _overruling(factor, data)
        for case in sorted(c for c in without if data["corner_cases"][c]["quota"] == 1):
            problems.add(at, f"corner case {case} is in every image (quota 1) and sets {factor}, or what follows from it")
        role: Literal["semantic", "visual", ""] = (
            "semantic" if factor in domain.get("semantic", ()) else "visual" if factor in domain.get("visual", ()) else ""
        )
        changes.append(Change(factor, values, role, without))
    if images_a_scene(tuple(changes)) > MOST_CHANGES:
        problems.add(_AT, f"asks for {images_a_scene(tuple(changes)):,} images of a scene, at most {MOST_CHANGES:,} are allowed")
    return tuple(changes)


def _wanted(asked: Asked) -> dict[str, list[Scalar] | None]:
    if asked is None:
        return {}
    if isinstance(asked, dict):
        return asked
    return dict.fromkeys([asked] if isinstance(asked, str) else asked)


def _values(
    factor: str, given: list[Scalar] | None, definition: Any, allowed: Allowed | None, at: tuple[str, ...], problems: Problems
) -> tuple[Scalar, ...]:
    """The values asked for, checked; else all of a discrete factor, and the lowest, middle and highest of a number."""
    own = _own_values(taken_apart(definition)[0], allowed)
    values = tuple(given) if given is not None else own
    example = f"say which values, e.g. counterfactual.{factor}=[{','.join(map(_text, own[:2])) or '0,1'}]"
    if given is None and len(values) < 2:
        problems.add(at, f"{factor} has no list of values and no bounds of its own: {example}")
    elif len(values) < 2 or len(set(values)) < len(values):
        problems.add(at, f"{factor}: takes two or more different values, found {quoted(given)}; {example}")
    for value in given or ():
        if allowed is not None and not allowed.has(value):
            problems.add(at, f"{factor} {allowed.refused(value)}")
    return values


def _own_values(definition: Any, allowed: Allowed | None) -> tuple[Scalar, ...]:
    """Of what the definition draws; of what the factor may be where the definition is a constant or an expression."""
    varies = isinstance(definition, Mapping)
    may_be = (outcomes(definition) if varies else None) or allowed or Allowed()
    if may_be.values:
        return may_be.values
    middle = (may_be.low + may_be.high) / 2
    if not math.isfinite(middle):
        return ()
    whole = varies and "integers" in definition
    return (int(may_be.low), round(middle), int(may_be.high)) if whole else (may_be.low, middle, may_be.high)


def _overruling(factor: str, data: Mapping[str, Any]) -> frozenset[str]:
    """The corner cases that replace the factor, or a value that follows from it."""
    follows = {factor}
    for section in ("factors", "params"):
        follows |= {name for name, value in data.get(section, {}).items() if _mentioned(value) & follows}
    cases: Mapping[str, Any] = data.get("corner_cases") or {}
    return frozenset(name for name, case in cases.items() if any(_replaces(path, data, follows) for path in case.get("set", {})))


def _replaces(path: str, data: Any, follows: set[str]) -> bool:
    parts = path.split(".")
    if parts[0] in ("factors", "params") and len(parts) == 2:
        return parts[1] in follows
    for part in parts:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        elif isinstance(data, Mapping) and part in data:
            data = data[part]
        else:
            return False
    return bool(_mentioned(data) & follows)


def _mentioned(value: Any) -> set[str]:
    """Every name in an expression at any depth. A text that happens to be a name counts as well, which does no harm."""
    if isinstance(value, Mapping):
        return set().union(*map(_mentioned, value.values()), *map(_mentioned, value))
    if isinstance(value, list | tuple):
        return set().union(*map(_mentioned, value))
    if not isinstance(value, str):
        return set()
    try:
        return set(parse(value).names)
    except ExpressionError:
        return set()


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)

"""What a scene needs besides its data, so that a grammar can travel to where its scene file is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from generator.grammar.allowed import Allowed
from generator.grammar.grammar import Grammar, load_grammar


class Beside(BaseModel):
    """tables: texts of the CSV files that the data name, by name. allowed: what every factor may be, as `values` or `range`: the data
    may have been changed, and do not say what they were before. None: noted down by a version that did not keep it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: dict[str, str] = {}
    allowed: dict[str, dict[str, list[Any]]] | None = None


def beside(grammar: Grammar) -> Beside:
    """What `load_with` needs to make `grammar` of its data again."""
    names = sorted(set(_names(grammar.data)))
    return Beside(
        tables={name: (grammar.folder / name).read_text(encoding="utf-8-sig") for name in names},
        allowed={name: allowed.declaration() for name, allowed in grammar.allowed.items()},
    )


def load_with(data: Mapping[str, Any], more: Beside, folder: Path, source: str) -> Grammar:
    """The grammar of `data`, its CSV files laid out in the empty `folder`. source: what errors name. Raises ConfigError."""
    for name, text in more.tables.items():
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()):
            continue  # load_grammar refuses it by name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    allowed = None if more.allowed is None else {name: Allowed.declared(said) for name, said in more.allowed.items()}
    return load_grammar(data, source=source, allowed=allowed, folder=folder)


def _names(value: Any) -> Iterator[str]:
    """Values of `csv` beside a `column`, at any depth."""
    if isinstance(value, Mapping):
        if "csv" in value and "column" in value:
            yield str(value["csv"])
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)

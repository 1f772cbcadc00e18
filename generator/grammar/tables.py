"""The CSV files that a scene draws from, so that a grammar can travel to where its scene file is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.grammar.grammar import Grammar, load_grammar


def tables(grammar: Grammar) -> dict[str, str]:
    """Texts of the CSV files that the grammar's data names, by name."""
    folder = Path(grammar.source).parent
    return {name: (folder / name).read_text(encoding="utf-8-sig") for name in sorted(set(_names(grammar.data)))}


def load_with_tables(data: Mapping[str, Any], texts: Mapping[str, str], folder: Path) -> Grammar:
    """The grammar of `data`, its CSV files laid out in the empty `folder`. Raises ConfigError."""
    for name, text in texts.items():
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()):
            continue  # load_grammar refuses it by name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load_grammar(data, source=str(folder / "scene.yaml"))


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

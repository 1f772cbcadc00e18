"""Decks of playing cards that a user has installed: SVG files of all cards, as GNOME's card games take them. None ships with the project.

Debian's gnome-cards-data has some thirty (GPL-3+). SCENEWRIGHT_DECKS names the folder of others.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assets import Asset
from generator.errors import AssetError, MissingPackageError, nearest

PREFIX = "svg:"
FOLDER_VARIABLE = "SCENEWRIGHT_DECKS"
DEBIAN_FOLDER = Path("/usr/share/aisleriot/cards")  # of the package gnome-cards-data
_SUFFIXES = (".svgz", ".svg")


def deck_file(deck: str) -> Path:
    """The file of the deck "svg:NAME". Raises AssetError when there is none, MissingPackageError when it could not be drawn."""
    found = _file(deck, os.environ.get(FOLDER_VARIABLE, str(DEBIAN_FOLDER)))
    if find_spec("resvg_py") is None:
        raise MissingPackageError(f"deck {deck} needs resvg-py, not installed here: pip install 'scenewright[decks]'")
    return found


@lru_cache(maxsize=64)
def _file(deck: str, folder: str) -> Path:
    name = deck.removeprefix(PREFIX)
    for suffix in _SUFFIXES:
        if (Path(folder) / f"{name}{suffix}").is_file():
            return Path(folder) / f"{name}{suffix}"
    there = sorted({p.stem for p in Path(folder).glob("*") if p.suffix in _SUFFIXES})
    listed = f"{nearest(name, there)} It has {', '.join(there)}" if there else " It has no .svg or .svgz files"
    raise AssetError(
        f"there is no deck {deck}: no {name}.svgz or {name}.svg in {folder}.{listed}. Decks are no part of Scenewright: "
        f"on Debian and Ubuntu `apt install gnome-cards-data`, or name the folder of your own in {FOLDER_VARIABLE}"
    )


def decks_used(data: Mapping[str, Any]) -> list[Asset]:
    """The decks that a scene file names, as its dataset's card lists them."""
    return [_asset(deck) for deck in sorted(set(_named(data)))]


def _asset(deck: str) -> Asset:
    file = deck_file(deck)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    licence = "that of the user's copy (GPL-3+ in Debian's gnome-cards-data)"
    return Asset(f"decks/{file.name}", licence, "not shipped; installed by the user", digest, frozenset())


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(PREFIX):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _named(key)
            yield from () if key == "values" else _named(inner)  # what a factor may be is not what it is
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)

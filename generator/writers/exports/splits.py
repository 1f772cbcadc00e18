"""Which images go together into one exported dataset: shares of a whole, or one for each sub-domain, corner case or value of a factor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from generator.dataset import Dataset
from generator.errors import ConfigError, DatasetInputError
from generator.writers.coco import Record

MOST_PARTS = 64  # each is written in a pass of its own over the annotations
_LISTS = {"subdomain": "subdomains", "corner_case": "corner_cases"}
_FORMS = "train=0.8,val=0.2 (shares), subdomain, corner_case, or factor.NAME"


@dataclass(frozen=True)
class Part:
    """Images that are exported together into a folder `name`."""

    name: str
    holds: Callable[[Record], bool]


def parts(text: str, dataset: Dataset) -> tuple[Part, ...]:
    """The parts that `text` asks for. Raises ConfigError, and DatasetInputError for a factor that the dataset does not have.

    Shares are drawn by the image's index alone, so an image stays in its part when the dataset grows. An image with several
    sub-domains or corner cases is in the part of each; one without any is in "none".
    """
    if "=" in text:
        return _shares(text)
    counts: Mapping[str, Any] = dataset.card["counts"]
    if text in _LISTS:
        names = [*counts[_LISTS[text]], "none"]
        return tuple(Part(_folder(name), _in_list(_LISTS[text], name)) for name in _few(names, text))
    if text.startswith("factor."):
        name = text.removeprefix("factor.")
        if name not in counts["factors"]:
            raise DatasetInputError(f"{dataset.folder} has no factor {name!r}; it has {', '.join(counts['factors']) or 'none'}")
        values = counts["factors"][name].get("values")
        if values is None:
            raise DatasetInputError(f"the factor {name} has too many values for a part each: split by shares, or by another factor")
        return tuple(Part(_folder(value), _has_value(name, value)) for value in _few([*values], text))
    raise ConfigError(f"--split {text}: expected {_FORMS}")


def share_of(index: int) -> float:
    """A number in [0, 1) that depends on the index alone and follows no order."""
    return int.from_bytes(hashlib.sha256(f"split {index}".encode()).digest()[:7]) / 2**56


def _shares(text: str) -> tuple[Part, ...]:
    pairs = [word.split("=") for word in text.split(",")]
    try:
        shares = {name.strip(): float(share) for name, share in pairs}
    except ValueError as error:
        raise ConfigError(f"--split {text}: expected {_FORMS}") from error
    if len(shares) < len(pairs) or not all(shares) or not all(0 < share <= 1 for share in shares.values()):
        raise ConfigError(f"--split {text}: every share needs a name of its own and a number above 0, at most 1")
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise ConfigError(f"--split {text}: the shares add up to {sum(shares.values()):g} instead of 1")
    bounds = [0.0, *list(accumulate(shares.values()))[:-1], 1.0]
    return tuple(Part(_folder(name), _between(*ends)) for name, ends in zip(shares, pairwise(bounds), strict=True))


def _between(start: float, end: float) -> Callable[[Record], bool]:
    """Images of one scene go together: what differs in a factor alone must not be in both training and validation."""

    def holds(record: Record) -> bool:
        image = record["image"]
        scene = image["counterfactual"]["draw"] if "counterfactual" in image else image["index"]
        return start <= share_of(scene) < end

    return holds


def _in_list(field: str, name: str) -> Callable[[Record], bool]:
    return lambda record: name in record["image"][field] or (name == "none" and not record["image"][field])


def _has_value(factor: str, text: str) -> Callable[[Record], bool]:
    """Values are compared as the card spells them."""

    def holds(record: Record) -> bool:
        value = record["image"]["factors"].get(factor)
        return (str(value).lower() if isinstance(value, bool) else str(value)) == text

    return holds


def _few(names: list[str], text: str) -> list[str]:
    if len(names) > MOST_PARTS:
        raise DatasetInputError(f"--split {text}: {len(names)} parts, at most {MOST_PARTS} can be made")
    return names


def _folder(name: str) -> str:
    if not name or name in (".", "..") or "/" in name or "\\" in name:
        raise ConfigError(f"--split: {name!r} cannot be the name of a folder")
    return name

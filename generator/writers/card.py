"""The dataset's card and its list of checksums, both a function of what was made, never of when or where."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from generator.writers import layout
from generator.writers.coco import Record, category_list
from generator.writers.merge import Sink, hashed_records, write_instances
from generator.writers.shards import compact_all
from generator.writers.store import Store

OWN_SUM = "card_sha256"
_NO_SUM = "0" * 64
_OWN_SUM = re.compile(rb'(?m)^(  "card_sha256": ")[^"]*')  # of the card itself: what is nested stands further in
VALUES_LISTED = 64  # a factor of numbers with more different values than this is described by its range instead


@dataclass(frozen=True)
class DatasetFacts:
    """What the card says beyond what is counted. All JSON-able; nothing that depends on the machine's load, time or paths.

    categories: COCO classes in the order of their ids. semantic_classes: in the order of the pixel values, "sky" first.
    licences: one entry an asset used. git_commit: of the code, None when unknown.
    """

    scene: str
    seed: int
    categories: tuple[str, ...]
    semantic_classes: tuple[str, ...]
    configuration: Mapping[str, Any]
    versions: Mapping[str, str]
    git_commit: str | None
    licences: tuple[Mapping[str, str], ...] = ()


@dataclass
class _Tally:
    """Running counts over the records of a dataset."""

    images: int = 0
    instances: Counter[int] = field(default_factory=Counter)
    images_with: Counter[int] = field(default_factory=Counter)
    corner_cases: Counter[str] = field(default_factory=Counter)
    subdomains: Counter[str] = field(default_factory=Counter)
    rejections: Counter[str] = field(default_factory=Counter)
    factors: dict[str, _Factor] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        image, classes = record["image"], [a["category_id"] for a in record["annotations"]]
        self.images += 1
        self.instances.update(classes)
        self.images_with.update(set(classes))
        self.corner_cases.update(image["corner_cases"])
        self.subdomains.update(image["subdomains"])
        self.rejections.update(image["rejections"])
        for name, value in image["factors"].items():
            self.factors.setdefault(name, _Factor()).add(value)


@dataclass
class _Factor:
    """Counts by value, or, once a number takes too many values, its count, range and mean alone."""

    values: Counter[Any] = field(default_factory=Counter)
    count: int = 0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")
    numeric: bool = True

    def add(self, value: float | int | str | bool) -> None:
        self.count += 1
        if isinstance(value, str | bool):
            self.numeric = False
        else:
            self.total, self.low, self.high = self.total + value, min(self.low, value), max(self.high, value)
        if not self.numeric or len(self.values) <= VALUES_LISTED:
            self.values[value] += 1

    def summary(self) -> dict[str, Any]:
        if self.numeric and len(self.values) > VALUES_LISTED:
            return {"count": self.count, "min": self.low, "max": self.high, "mean": self.total / self.count}
        return {"values": {_text(value): n for value, n in sorted(self.values.items(), key=lambda item: _text(item[0]))}}


def finish(store: Store, facts: DatasetFacts) -> dict[str, Any]:
    """Compacts what is loose, writes the merged COCO file, the checksums and last the card, which it returns.

    A dataset without a card is not finished. The same records give the same bytes, however they came together. The shards are
    read once; the files of the images are not read at all: their checksums are in the records.
    """
    compact_all(store)
    folder, tally, digests = store.folder, _Tally(), dict[str, str]()
    with folder.errors():
        digests[layout.JOB] = hashlib.sha256(folder.read(layout.JOB)).hexdigest()
        with folder.write(layout.SUMS) as file:
            sums = Sink(file)
            records = _counted(hashed_records(folder, digests), tally, sums)
            description = f"Scenewright, scene {facts.scene}, seed {facts.seed}"
            digests[layout.INSTANCES] = write_instances(folder, layout.INSTANCES, records, category_list(facts.categories), description)
            first = (layout.JOB, layout.INSTANCES)
            sums.write(_sum_lines([*((name, digests[name]) for name in first), *((n, d) for n, d in digests.items() if n not in first)]))
        card = _card(facts, tally, store.quarantined(), sums.sha256)
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE  # keys of the configuration as given: a grammar draws in their order
        data = signed(orjson.dumps(card, option=option))
        folder.put(layout.CARD, data)
    return dict(orjson.loads(data))


def signed(card: bytes) -> bytes:
    """The bytes of a card with its checksum in it: the sha256 of what they are with zeros in its place."""
    blank = _OWN_SUM.sub(rb"\g<1>" + _NO_SUM.encode(), card)
    return _OWN_SUM.sub(rb"\g<1>" + hashlib.sha256(blank).hexdigest().encode(), card)


def is_as_signed(card: bytes) -> bool:
    return _OWN_SUM.search(card) is not None and signed(card) == card


def _counted(records: Iterable[Record], tally: _Tally, sums: Sink) -> Iterator[Record]:
    """The same records, counted and with the checksums of their files written down on the way."""
    for record in records:
        tally.add(record)
        image = record["image"]
        sums.write(_sum_lines(sorted((path, image["sha256"][kind]) for kind, path in image["files"].items())))
        yield record


def _sum_lines(entries: Iterable[tuple[str, str]]) -> bytes:
    """In sha256sum's format."""
    return b"".join(f"{digest}  {path}\n".encode() for path, digest in entries)


def _card(facts: DatasetFacts, tally: _Tally, quarantined: Mapping[int, str], sums: str) -> dict[str, Any]:
    names = dict(enumerate(facts.categories, start=1))
    by_class = {n: {"instances": tally.instances[i], "images": tally.images_with[i]} for i, n in names.items()}
    return {
        "format": "scenewright",
        "format_version": 1,
        "scene": facts.scene,
        "seed": facts.seed,
        "categories": category_list(facts.categories),
        "semantic_classes": list(facts.semantic_classes),
        "configuration": dict(facts.configuration),
        "versions": dict(facts.versions),
        "git_commit": facts.git_commit,
        "licences": [dict(entry) for entry in facts.licences],
        "counts": {
            "images": tally.images,
            "instances": tally.instances.total(),
            "by_class": by_class,
            "factors": {name: factor.summary() for name, factor in sorted(tally.factors.items())},
            "corner_cases": dict(sorted(tally.corner_cases.items())),
            "subdomains": dict(sorted(tally.subdomains.items())),
        },
        "rejections": dict(sorted(tally.rejections.items())),
        "quarantined": {str(index): reason for index, reason in quarantined.items()},
        "timings": layout.TIMINGS,
        "files_sha256": sums,
        OWN_SUM: _NO_SUM,
    }


def _text(value: float | int | str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

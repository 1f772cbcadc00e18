"""The dataset's card and its list of checksums, both a function of what was made, never of when or where."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from generator.writers import layout
from generator.writers.atomic import disk_errors, place, sync_folder, write_file
from generator.writers.coco import Record, category_list
from generator.writers.shards import compact_all, compacted_records, merge_instances
from generator.writers.store import Store, shards_of

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

    A dataset without a card is not finished. The same records give the same bytes, however they came together.
    """
    compact_all(store)
    merge_instances(store, category_list(facts.categories), f"Scenewright, scene {facts.scene}, seed {facts.seed}")
    tally = _Tally()
    with disk_errors(store.root):
        sums = _write_sums(store, tally)
        card = _card(facts, tally, store.quarantined(), sums)
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE  # keys of the configuration as given: a grammar draws in their order
        write_file(store.scratch, store.root / layout.CARD, orjson.dumps(card, option=option))
    return card


def _write_sums(store: Store, tally: _Tally) -> str:
    """Writes files.sha256 (sha256sum's format) while counting; the checksum of it all."""
    root, total = store.root, hashlib.sha256()
    store.scratch.mkdir(parents=True, exist_ok=True)
    staged = store.scratch / layout.SUMS
    with open(staged, "wb") as out:
        for record in compacted_records(root):
            tally.add(record)
            image = record["image"]
            _put(out.write, total, sorted((path, image["sha256"][kind]) for kind, path in image["files"].items()))
        names = [layout.JOB, layout.INSTANCES]
        names += [path for shard in shards_of(root) for path in (layout.shard_path(shard), layout.shard_index_path(shard))]
        _put(out.write, total, ((name, file_sha256(root / name)) for name in names))
        out.flush()
        os.fsync(out.fileno())
    place(staged, root / layout.SUMS)
    sync_folder(root)
    return total.hexdigest()


def _put(write: Any, total: Any, entries: Iterable[tuple[str, str]]) -> None:
    for path, digest in entries:
        line = f"{digest}  {path}\n".encode()
        write(line)
        total.update(line)


def file_sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        "files_sha256": sums,
    }


def _text(value: float | int | str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

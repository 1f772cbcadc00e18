"""From one record a file to one file a thousand records, and from those to one COCO file, at any size in bounded memory.

A shard's bytes depend on its records alone. Order of a compaction: an old index of the lines goes, the lines, their index, then the
loose records go; a process that dies in between leaves records twice, which the next compaction makes one again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from generator.writers import layout
from generator.writers.atomic import disk_errors, place, remove, sync_folder, write_file
from generator.writers.coco import Record
from generator.writers.store import Store, shard_index, shards_of

COPY_BYTES = 1 << 20


def compact_complete(store: Store) -> int:
    """Compacts every range of a thousand whose images are all committed or in quarantine; how many ranges that were."""
    aside = store.quarantined().keys()
    shards = [shard for shard in store.loose_shards() if _is_complete(store, shard, aside)]
    for shard in shards:
        compact(store, shard)
    return len(shards)


def compact_all(store: Store) -> None:
    """Compacts everything that is loose, full ranges or not."""
    for shard in store.loose_shards():
        compact(store, shard)


def compact(store: Store, shard: int) -> None:
    """Merges the loose records of `shard` into its file of lines; a loose record replaces a line of the same image."""
    with disk_errors(store.root):
        loose = store.loose_indices(shard)
        if loose:
            lines = dict(shard_lines(store.root, shard))
            lines.update({i: (store.root / layout.record_path(i)).read_bytes() for i in loose})
            _write_shard(store, shard, dict(sorted(lines.items())))
        for index in loose:
            remove(store.root / layout.record_path(index))
        (store.root / layout.RECORDS / f"{shard:03d}").rmdir()


def shard_lines(root: Path, shard: int) -> Iterator[tuple[int, bytes]]:
    """(index, line) of a shard's records in order; none when there is no such shard yet."""
    if (root / layout.shard_path(shard)).exists():
        with open(root / layout.shard_path(shard), "rb") as file:
            yield from zip(shard_index(root, shard)["indices"], file, strict=True)


def compacted_records(root: Path) -> Iterator[Record]:
    """Every record of the shards, in order of the index, one at a time."""
    for shard in shards_of(root):
        for _, line in shard_lines(root, shard):
            yield orjson.loads(line)


def read_record(root: Path, index: int) -> Record | None:
    """The record of one image, loose or from its shard; None when it is not there."""
    loose = root / layout.record_path(index)
    if loose.exists():
        return orjson.loads(loose.read_bytes())
    shard = index // layout.SHARD_IMAGES
    entry = shard_index(root, shard) if (root / layout.shard_path(shard)).exists() else {"indices": []}
    if index not in entry["indices"]:
        return None
    with open(root / layout.shard_path(shard), "rb") as file:
        file.seek(entry["offsets"][entry["indices"].index(index)])
        return orjson.loads(file.readline())


def merge_instances(store: Store, categories: list[dict[str, Any]], description: str) -> None:
    """One COCO file of all shards, streamed in one pass: images go to a second file that is appended at the end."""
    with disk_errors(store.root):
        store.scratch.mkdir(parents=True, exist_ok=True)
        body, images = store.scratch / "instances.json", store.scratch / "images.json"
        with open(body, "wb") as out, open(images, "w+b") as image_out:
            out.write(b'{"annotations":[')
            first = True
            for number, record in enumerate(compacted_records(store.root)):
                for annotation in record["annotations"]:
                    out.write((b"\n" if first else b",\n") + _dump(annotation))
                    first = False
                image_out.write((b",\n" if number else b"\n") + _dump(record["image"]))
            out.write(b'\n],"categories":' + _dump(categories) + b',"images":[')
            image_out.seek(0)
            shutil.copyfileobj(image_out, out, COPY_BYTES)
            out.write(b'\n],"info":' + _dump({"description": description, "version": "1"}) + b',"licenses":[]}\n')
            out.flush()
            os.fsync(out.fileno())
        remove(images)
        place(body, store.root / layout.INSTANCES)
        sync_folder((store.root / layout.INSTANCES).parent)


def _is_complete(store: Store, shard: int, aside: Iterable[int]) -> bool:
    start = shard * layout.SHARD_IMAGES
    compacted = (index for index, _ in shard_lines(store.root, shard))
    there = set(chain(store.loose_indices(shard), compacted, aside))
    return there.issuperset(range(start, start + layout.SHARD_IMAGES))


def _write_shard(store: Store, shard: int, lines: dict[int, bytes]) -> None:
    offsets, position = [], 0
    for line in lines.values():
        offsets.append(position)
        position += len(line)
    index_path = store.root / layout.shard_index_path(shard)
    if index_path.exists():  # it must never describe other lines than those beside it
        remove(index_path)
        sync_folder(index_path.parent)
    write_file(store.scratch, store.root / layout.shard_path(shard), b"".join(lines.values()))
    write_file(store.scratch, index_path, _dump({"indices": list(lines), "offsets": offsets}) + b"\n")


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)

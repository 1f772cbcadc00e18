"""The shards of a dataset as one COCO file: streamed in one pass, one record in memory, whatever the size."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from generator.storage import Folder
from generator.storage.folder import COPY_BYTES
from generator.writers import layout
from generator.writers.coco import Record
from generator.writers.records import parse_record
from generator.writers.shards import compacted_records
from generator.writers.store import Store, shards_of


class Sink:
    """A file that is written to, and the checksum of what was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def merge_instances(store: Store, categories: list[dict[str, Any]], description: str) -> None:
    """Writes annotations/instances.json from all shards."""
    with store.folder.errors():
        write_instances(store.folder, layout.INSTANCES, compacted_records(store.folder), categories, description)


def write_instances(folder: Folder, path: str, records: Iterable[Record], categories: list[dict[str, Any]], description: str) -> str:
    """One COCO file of `records`; its sha256. Annotations come first, so images wait in a temporary file until they are appended."""
    with folder.write(path) as file, folder.spool() as images:
        out = Sink(file)
        out.write(b'{"annotations":[')
        first = True
        for number, record in enumerate(records):
            for annotation in record["annotations"]:
                out.write((b"\n" if first else b",\n") + _dump(annotation))
                first = False
            images.write((b",\n" if number else b"\n") + _dump(record["image"]))
        out.write(b'\n],"categories":' + _dump(categories) + b',"images":[')
        images.seek(0)
        shutil.copyfileobj(images, out, COPY_BYTES)
        out.write(b'\n],"info":' + _dump({"description": description, "version": "1"}) + b',"licenses":[]}\n')
    return out.sha256


def hashed_records(folder: Folder, digests: dict[str, str]) -> Iterator[Record]:
    """Every record of the shards in order; notes the sha256 of each shard and of its index by path in `digests` on the way."""
    for shard in shards_of(folder):
        lines = hashlib.sha256()
        with folder.open(layout.shard_path(shard)) as file:
            for line in file:
                lines.update(line)
                yield parse_record(line, f"{folder}/{layout.shard_path(shard)}")
        digests[layout.shard_path(shard)] = lines.hexdigest()
        digests[layout.shard_index_path(shard)] = hashlib.sha256(folder.read(layout.shard_index_path(shard))).hexdigest()


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)

"""From one record a file to one file a thousand records, at any size in bounded memory.

A shard's bytes depend on its records alone. Order of a compaction: an old index of the lines goes, the lines, their index, then the
loose records go, last because the next compaction begins with them: a process that dies in between leaves records twice, which it
makes one again. They are listed and read before the shard's lines, and one process compacts at a time, so that none is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import AbstractContextManager

import orjson

from generator.errors import DatasetError
from generator.storage import Folder
from generator.writers import layout
from generator.writers.coco import Record
from generator.writers.records import parse_record
from generator.writers.store import Store, index_of_lines, shard_index, shards_of

_TURNS = 64  # of compaction: shards with the same remainder wait for each other
_FEW_MISSING = 100  # of a thousand: more are not looked for in quarantine before the end


def compact_complete(store: Store) -> int:
    """Compacts every range of a thousand whose images are all committed or in quarantine; how many ranges that were."""
    return sum(compact_if_complete(store, shard) for shard in store.loose())


def compact_if_complete(store: Store, shard: int) -> bool:
    """Compacts a range if its images are all committed or in quarantine; whether they are and no other process was just at it."""
    with store.folder.errors(), _turn(store, shard, wait=False) as mine:
        if not mine or not _is_complete(store, shard):
            return False
        _compact(store, shard)
        return True


def compact_all(store: Store) -> None:
    """Compacts everything that is loose, full ranges or not, and takes what is committed out of quarantine."""
    for shard in store.loose():
        compact(store, shard)
    with store.folder.errors():
        _index_unindexed(store.folder)
        store.end_quarantine(store.committed(store.quarantined_indices()))


def compact(store: Store, shard: int) -> None:
    """Merges the loose records of `shard` into its file of lines; a loose record replaces a line of the same image."""
    with store.folder.errors(), _turn(store, shard, wait=True):
        _compact(store, shard)


def take_back(store: Store, shard: int, indices: Set[int]) -> None:
    """Takes the records of `indices` out of `shard`, loose or not: as if these images had never been committed."""
    folder = store.folder
    with folder.errors(), _turn(store, shard, wait=True):
        folder.remove(layout.record_path(index) for index in sorted(indices))
        if not indices.isdisjoint(shard_index(folder, shard)["indices"]):
            _write_shard(folder, shard, {index: line for index, line in shard_lines(folder, shard) if index not in indices})


def shard_lines(folder: Folder, shard: int) -> Iterator[tuple[int, bytes]]:
    """(index, line) of a shard's records in order; none when there is no such shard yet. Raises DatasetError when it was changed."""
    indices = shard_index(folder, shard)["indices"]
    if indices:
        with folder.open(layout.shard_path(shard)) as file:
            for index in indices:
                line = file.readline()
                if not line:
                    raise _changed(folder, shard)
                yield index, line
            if file.readline():
                raise _changed(folder, shard)


def compacted_records(folder: Folder) -> Iterator[Record]:
    """Every record of the shards, in order of the index, one at a time."""
    for shard in shards_of(folder):
        for index, line in shard_lines(folder, shard):
            yield _parsed(line, folder, index)


def read_record(folder: Folder, index: int) -> Record | None:
    """The record of one image, loose or from its shard; None when it is not there."""
    path = layout.record_path(index)
    loose = folder.read_many([path])
    return parse_record(loose[path], f"{folder}/{path}", index) if loose else read_compacted(folder, index)


def read_compacted(folder: Folder, index: int) -> Record | None:
    """The record of one image from its shard; None when it is not there."""
    shard = index // layout.SHARD_IMAGES
    entry = shard_index(folder, shard)
    if index not in entry["indices"]:
        return None
    place = entry["indices"].index(index)
    start, *stop = entry["offsets"][place : place + 2]
    return _parsed(folder.read_range(layout.shard_path(shard), start, stop[0] if stop else None), folder, index)


def _parsed(line: bytes, folder: Folder, index: int) -> Record:
    return parse_record(line, f"{folder}/{layout.shard_path(index // layout.SHARD_IMAGES)}", index)


def _changed(folder: Folder, shard: int) -> DatasetError:
    return DatasetError(
        f"{folder}/{layout.shard_path(shard)} was changed or damaged: its lines are not where {layout.shard_index_path(shard)} says. "
        "Without that file it is read as it is. The dataset's own command makes its images again once both are deleted, and the whole in "
        "another folder"
    )


def _turn(store: Store, shard: int, *, wait: bool) -> AbstractContextManager[bool]:
    return store.folder.turn(f"compact-{shard % _TURNS}", wait=wait)


def _is_complete(store: Store, shard: int) -> bool:
    start = shard * layout.SHARD_IMAGES
    rest = set(range(start, start + layout.SHARD_IMAGES)).difference(store.loose_of(shard))
    if rest:
        rest.difference_update(shard_index(store.folder, shard)["indices"])
    return not rest or (len(rest) <= _FEW_MISSING and len(store.reasons(rest)) == len(rest))


def _compact(store: Store, shard: int) -> None:
    folder = store.folder
    paths = [name for name in folder.names(layout.record_folder(shard)) if name.endswith(".json")]
    loose = {layout.index_of(path): data for path, data in folder.read_many(paths).items()}
    if loose:
        for index, data in loose.items():  # a broken one must not get among the others
            parse_record(data, f"{folder}/{layout.record_path(index)}", index)
        lines = dict(shard_lines(folder, shard)) | loose
        _write_shard(folder, shard, dict(sorted(lines.items())))
    folder.remove(paths)
    folder.prune(layout.record_folder(shard))


def _index_unindexed(folder: Folder) -> None:
    """Writes what a compaction that was cut short, or somebody who tidied up, left out."""
    names = set(folder.names(layout.SHARDS))
    for shard in sorted(layout.index_of(name) for name in names if name.endswith(".jsonl")):
        if layout.shard_index_path(shard) not in names:
            folder.put(layout.shard_index_path(shard), _index_bytes(**index_of_lines(folder, shard)))


def _index_bytes(indices: list[int], offsets: list[int]) -> bytes:
    return orjson.dumps({"indices": indices, "offsets": offsets}) + b"\n"


def _write_shard(folder: Folder, shard: int, lines: dict[int, bytes]) -> None:
    offsets, position = [], 0
    for line in lines.values():
        offsets.append(position)
        position += len(line)
    folder.remove([layout.shard_index_path(shard)])  # it must never describe other lines than those beside it
    if not lines:
        folder.remove([layout.shard_path(shard)])
        return
    folder.put(layout.shard_path(shard), b"".join(lines.values()))
    folder.put(layout.shard_index_path(shard), _index_bytes(list(lines), offsets))

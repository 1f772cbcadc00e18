"""What a run finds broken before it begins: records that are none, files that are gone. Their images are taken back, to be made again.

Nothing is decoded and no shard is read: a thousand images cost a listing of each of their folders, so that 100,000 cost seconds. What
lies in an object store was put whole and is not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import batched

from generator.errors import DatasetError
from generator.storage import Folder
from generator.storage.local import LocalFolder
from generator.writers import layout
from generator.writers.records import parse_record
from generator.writers.shards import take_back
from generator.writers.store import Store, shard_indices

_AT_ONCE = 1000  # records that are in memory, some 20 kB each

Paths = Callable[[int], Mapping[str, str]]  # the files of an image, by kind


def mend(store: Store, paths_of: Paths, mine: Callable[[int], bool]) -> dict[int, str]:
    """Takes back the images of which something is lost; what that is, by index. The dataset is unfinished then.

    mine: which images are this driver's; others see to the rest. Raises DatasetError for a shard that was cut off.
    """
    if not isinstance(store.folder, LocalFolder):
        return {}
    with store.folder.errors():
        _check_shards(store.folder)
        loose = store.loose()
        found = (*_lost_files(store.folder, loose, paths_of), *_broken_records(store.folder, loose))
        lost = {index: what for index, what in found if mine(index)}
        by_shard: defaultdict[int, set[int]] = defaultdict(set)
        for index in lost:
            by_shard[index // layout.SHARD_IMAGES].add(index)
        if lost:
            store.begin()
        for shard, indices in by_shard.items():
            take_back(store, shard, indices)
    return dict(sorted(lost.items()))


def _check_shards(folder: Folder) -> None:
    """Takes away the index of a shard that is gone. Raises DatasetError for a shard that ends before its last line begins."""
    sizes = folder.sizes(layout.SHARDS)
    shards = {layout.index_of(name) for name in sizes if name.endswith(".jsonl")}
    folder.remove(name for name in sizes if name.endswith(".index.json") and layout.index_of(name) not in shards)
    for shard, index in shard_indices(folder):
        path = layout.shard_path(shard)
        if index["offsets"] and sizes[path] <= index["offsets"][-1]:
            raise DatasetError(
                f"{folder}/{path} is damaged: it ends after {sizes[path]:,} bytes, its {len(index['indices'])} records do not. Delete "
                "it and run the same command again, which makes their images again, or use another folder"
            )


def _lost_files(folder: Folder, loose: Mapping[int, Sequence[int]], paths_of: Paths) -> Iterator[tuple[int, str]]:
    """(index, what is lost) of committed images of which a file is missing or empty."""
    done = {shard: list(indices) for shard, indices in loose.items()}
    for shard, entry in shard_indices(folder):
        done[shard] = [*done.get(shard, ()), *entry["indices"]]
    for indices in filter(None, done.values()):
        sizes: dict[str, int] = {}
        for path in paths_of(indices[0]).values():
            sizes |= folder.sizes(path.rpartition("/")[0])
        for index in indices:
            lost = [path for path in paths_of(index).values() if not sizes.get(path)]
            if lost:
                yield index, f"{lost[0]} is {'empty' if lost[0] in sizes else 'missing'}"


def _broken_records(folder: Folder, loose: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, str]]:
    """(index, what is wrong) of records that are none."""
    paths = (layout.record_path(index) for indices in loose.values() for index in indices)
    for some in batched(paths, _AT_ONCE, strict=False):
        for path, data in folder.read_many(some).items():
            try:
                parse_record(data, path, layout.index_of(path))
            except DatasetError:
                yield layout.index_of(path), f"{path} is damaged"

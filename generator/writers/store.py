"""The dataset as a store: an image is in it when its record is, and nothing else decides.

Order of a commit: every file whole, and read back where it was staged; last the record. A process that dies anywhere leaves
either a finished image or one that is simply made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import batched, groupby
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from generator.errors import DatasetError, DatasetInputError, quoted
from generator.spec import SceneSpec
from generator.storage import Folder, Place, folder_at
from generator.storage.local import LocalFolder
from generator.writers import layout
from generator.writers.coco import Record, record_bytes
from generator.writers.encode import decode_file
from generator.writers.records import damaged

_DAMAGED = "Get the file again, or use another folder"
_SHARDS_AT_ONCE = 500  # the index of one is 13 kB


@dataclass(frozen=True)
class Store:
    """A dataset that is being filled. Any number of processes may commit to it under one driver's `open_store`."""

    folder: Folder

    @staticmethod
    def at(place: Place) -> Store:
        """The store in a local folder or at a URL; nothing is touched."""
        return Store(folder_at(place))

    @property
    def root(self) -> Path:
        """The local folder. Raises DatasetError when the dataset is at a URL."""
        return local_root(self.folder)

    @property
    def run_folder(self) -> Path:
        """A folder of this machine for the logs of a run: `run` in a local dataset, else one among the temporary files."""
        if isinstance(self.folder, LocalFolder):
            return self.folder.root / layout.RUN
        digest = hashlib.sha256(self.folder.place.encode()).hexdigest()[:12]
        made = Path(tempfile.gettempdir(), f"scenewright-run-{os.getuid()}-{digest}")
        made.mkdir(mode=0o700, exist_ok=True)
        return made

    def commit(self, index: int, files: Mapping[str, bytes], record: Record) -> None:
        """Adds image `index`: `files` by relative path, then its record.

        Raises DatasetError when the storage fails or a file does not read back: no fault of the image, so stop the job.
        """
        with self.folder.errors():
            self.folder.put_all(files, decode_file)
            self._settle(layout.record_path(index), record_bytes(record))
            if isinstance(self.folder, LocalFolder):  # elsewhere every request counts: a compaction does it
                self.folder.remove_below(layout.quarantine_path(index))

    def quarantine(self, index: int, reason: str, log: str, spec: SceneSpec | None) -> None:
        """Sets image `index` aside with why, the log's end and the scene to replay. `reason` goes into the card: keep it free of times."""
        aside = layout.quarantine_path(index)
        with self.folder.errors():
            self.folder.put(f"{aside}/log.txt", log.encode())
            if spec is not None:
                self.folder.put(f"{aside}/scene.json", spec.to_json())
            reason_json = orjson.dumps({"index": index, "reason": reason}, option=orjson.OPT_APPEND_NEWLINE)
            self.folder.put(f"{aside}/reason.json", reason_json)

    def quarantined(self) -> dict[int, str]:
        """Reasons of the images set aside, by index."""
        return self.reasons(self.quarantined_indices())

    def reasons(self, indices: Iterable[int]) -> dict[int, str]:
        """Those of the `indices` that are set aside, and why, by one request each."""
        paths = [f"{layout.quarantine_path(index)}/reason.json" for index in indices]
        found = (orjson.loads(data) for data in self.folder.read_many(paths).values())
        return dict(sorted((entry["index"], entry["reason"]) for entry in found))

    def quarantined_indices(self) -> set[int]:
        """Images set aside, by listing alone."""
        names = self.folder.names(layout.QUARANTINE)
        return {int(name.split("/")[1]) for name in names if name.endswith("/reason.json")}

    def end_quarantine(self, indices: Set[int]) -> None:
        """Removes what lies in quarantine of images that are committed now."""
        for index in indices:
            self.folder.remove_below(layout.quarantine_path(index))

    def done_indices(self) -> np.ndarray:
        """(n,) int64, ascending: every image that is committed, from a listing of the loose records and the indices of the shards."""
        return self.done_beside(self.loose())

    def done_beside(self, loose: Mapping[int, list[int]]) -> np.ndarray:
        """`done_indices` for who has listed the loose records."""
        parts = [np.array(indices, np.int64) for indices in loose.values()]
        parts += [np.array(index["indices"], np.int64) for _, index in shard_indices(self.folder)]
        there = np.zeros(1 + max((int(part.max()) for part in parts if len(part)), default=-1), bool)
        for part in parts:
            there[part] = True
        return np.flatnonzero(there)

    def committed(self, indices: Iterable[int]) -> set[int]:
        """Those of `indices` that are committed, by a few requests for each thousand that they are spread over."""
        found = set()
        for shard, own in groupby(sorted(indices), key=lambda index: index // layout.SHARD_IMAGES):
            there = {*self.loose_of(shard), *shard_index(self.folder, shard)["indices"]}
            found |= there.intersection(own)
        return found

    def loose(self) -> dict[int, list[int]]:
        """Images whose records are not yet compacted, by shard."""
        found: dict[int, list[int]] = {}
        for index in sorted(layout.index_of(name) for name in self.folder.names(layout.RECORDS) if name.endswith(".json")):
            found.setdefault(index // layout.SHARD_IMAGES, []).append(index)
        return found

    def loose_of(self, shard: int) -> list[int]:
        """Images of one shard whose records are not yet compacted."""
        return [layout.index_of(name) for name in self.folder.names(layout.record_folder(shard)) if name.endswith(".json")]

    def begin(self) -> None:
        """Takes the card away: a dataset with a card is finished."""
        with self.folder.errors():
            self.folder.remove([layout.CARD])

    def write_timing(self, path: str, timing: Mapping[str, Any]) -> None:
        """Wall-clock facts (layout.TIMING of a run, TIMINGS of all), outside of what is compared byte for byte."""
        with self.folder.errors():
            self.folder.put(path, orjson.dumps(dict(timing), option=orjson.OPT_INDENT_2))

    def _settle(self, path: str, data: bytes) -> None:
        """The first to finish an image wins; one who had other bytes has just replaced the image's files, so its record must stand."""
        if not self.folder.put_new(path, data) and self.folder.read_many([path]).get(path) != data:
            self.folder.put(path, data)


def read_json(folder: Folder, path: str) -> dict[str, Any] | None:
    """The object in one of a dataset's JSON files; None when there is no such file. Raises DatasetError when it is damaged."""
    data = folder.read_many([path])
    if not data:
        return None
    try:
        found = orjson.loads(data[path])
    except orjson.JSONDecodeError as error:
        raise DatasetError(f"{folder}/{path} is damaged: it is no JSON ({error}). {_DAMAGED}") from error
    if not isinstance(found, dict):
        raise DatasetError(f"{folder}/{path} is damaged: it holds no object. {_DAMAGED}")
    return found


def local_root(folder: Folder) -> Path:
    """The path of a local folder. Raises DatasetError for any other."""
    if not isinstance(folder, LocalFolder):
        raise DatasetError(f"{folder} is no local folder: copy the dataset to a disk first")
    return folder.root


def shards_of(folder: Folder) -> list[int]:
    """Numbers of the shards that a dataset has."""
    return sorted(layout.index_of(name) for name in folder.names(layout.SHARDS) if name.endswith(".jsonl"))


def shard_index(folder: Folder, shard: int) -> dict[str, list[int]]:
    """`indices` of the images in a shard and the `offsets` of their lines in bytes; read off the lines if its file is missing.

    Empty lists when there is no such shard.
    """
    found = folder.read_many([layout.shard_index_path(shard)])
    return _index(folder, shard, *found.values()) if found else index_of_lines(folder, shard)


def shard_indices(folder: Folder) -> Iterator[tuple[int, dict[str, list[int]]]]:
    """Every shard with its `shard_index`, in order; a few hundred of them are in memory at once."""
    for shards in batched(shards_of(folder), _SHARDS_AT_ONCE, strict=False):
        found = folder.read_many(layout.shard_index_path(shard) for shard in shards)
        for shard in shards:
            data = found.pop(layout.shard_index_path(shard), None)
            yield shard, index_of_lines(folder, shard) if data is None else _index(folder, shard, data)


def _index(folder: Folder, shard: int, data: bytes) -> dict[str, list[int]]:
    try:
        found = orjson.loads(data)
        return {"indices": [int(i) for i in found["indices"]], "offsets": [int(i) for i in found["offsets"]]}
    except (ValueError, KeyError, TypeError) as error:
        path = layout.shard_index_path(shard)
        raise DatasetError(f"{folder}/{path} is damaged. Delete it: it is made again from {layout.shard_path(shard)}") from error


def _index_of_line(line: bytes, where: str) -> int:
    try:
        return int(orjson.loads(line)["image"]["index"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(where, f"the line {quoted(line)} is no record") from error


def index_of_lines(folder: Folder, shard: int) -> dict[str, list[int]]:
    """What `shard_index` gives, read off the lines themselves. Raises DatasetError when one of them is no record."""
    indices, offsets, position = [], [], 0
    with contextlib.suppress(FileNotFoundError), folder.open(layout.shard_path(shard)) as file:
        for line in file:
            indices.append(_index_of_line(line, f"{folder}/{layout.shard_path(shard)}"))
            offsets.append(position)
            position += len(line)
    return {"indices": indices, "offsets": offsets}


@contextlib.contextmanager
def open_store(place: Place, job: Mapping[str, Any], part: str | None = None) -> Iterator[Store]:
    """The dataset at `place`, a local folder or a URL, for the one job that fills it, locked while it is open.

    job: JSON-able; all that decides the dataset's bytes and nothing else (no worker counts, no paths of this machine).
    part: name of a share of the job ("0-of-4"); drivers of different parts may run at once, one without a part runs alone.
    Raises DatasetError when the folder holds something else, another job, is in use, or cannot be written to.
    """
    store = Store.at(place)
    with contextlib.ExitStack() as locks:
        with store.folder.errors():
            _refuse_foreign(store.folder)
            locks.enter_context(store.folder.hold(part))
            _claim(store.folder, job)
        yield store


def _refuse_foreign(folder: Folder) -> None:
    """A folder that holds something, but no job, is not ours to write to."""
    if not folder.has(layout.JOB) and any(name != layout.RUN for name in folder.entries()):
        raise DatasetInputError(
            f"{folder} is not empty and not a dataset of Scenewright (no {layout.JOB}): choose a new or an empty folder"
        )


def _claim(folder: Folder, job: Mapping[str, Any]) -> None:
    """Writes the job into a new folder, or compares it with the one that the folder was made for."""
    wanted = orjson.loads(orjson.dumps(dict(job)))
    digest = hashlib.sha256(orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS)).hexdigest()
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE  # keys as given: a grammar draws in the order of its keys
    data = orjson.dumps({"hash": digest, "job": wanted}, option=option)
    if folder.put_new(layout.JOB, data):
        return
    if not _holds_images(folder):
        folder.put(layout.JOB, data)
        return
    there = (read_json(folder, layout.JOB) or {}).get("job")
    if not isinstance(there, dict):
        raise DatasetError(f"{folder}/{layout.JOB} is damaged: it holds no job. {_DAMAGED}")
    differences = _differences(there, wanted)
    if differences:
        shown = "\n".join(f"  {line}" for line in differences[:8])
        more = f"\n  and {len(differences) - 8} more" if len(differences) > 8 else ""
        raise DatasetInputError(
            f"{folder} belongs to another job, which differs in\n{shown}{more}\nUse another folder, or the same settings to go on"
        )


def _holds_images(folder: Folder) -> bool:
    """Whether anything was committed or quarantined: a folder without is free for another job."""
    places = (layout.SHARDS, layout.RECORDS, layout.QUARANTINE)
    return any(name.endswith((".json", ".jsonl")) for place in places for name in folder.names(place))


def _differences(there: Any, here: Any, path: str = "") -> list[str]:
    """What differs between two JSON values, one line a leaf: path, the folder's value, the value asked for."""
    if isinstance(there, dict) and isinstance(here, dict):
        keys = sorted(there.keys() | here.keys())
        return [line for k in keys for line in _differences(there.get(k), here.get(k), f"{path}.{k}" if path else k)]
    if there == here:
        return []
    old, new = (text if len(text) <= 80 else text[:77] + "..." for text in (str(there), str(here)))
    return [f"{path}: {old} in the folder, {new} asked for"]

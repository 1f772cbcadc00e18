"""The dataset folder as a store: an image is in it when its record is, and nothing else decides.

Order of a commit: every file staged, synced and read back; renamed into place; last the record. A process that dies anywhere
leaves either a finished image or one that is simply made again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from generator.errors import DatasetError, DatasetInputError
from generator.spec import SceneSpec
from generator.writers import layout
from generator.writers.atomic import disk_errors, place, remove, stage, sync_folder, write_file
from generator.writers.coco import Record, record_bytes
from generator.writers.encode import decode_file


@dataclass(frozen=True)
class Store:
    """A dataset folder that is being filled. Any number of processes may commit to it under one driver's `open_store`."""

    root: Path

    @property
    def scratch(self) -> Path:
        return self.root / layout.SCRATCH

    def commit(self, index: int, files: Mapping[str, bytes], record: Record) -> None:
        """Adds image `index`: `files` by relative path, then its record.

        Raises DatasetError when the disk is full or a file does not read back: no fault of the image, so stop the job.
        """
        with disk_errors(self.root):
            staged: dict[Path, Path] = {}
            try:
                for path, data in files.items():
                    staged[self.root / path] = stage(self.scratch, data)
                for target, temporary in staged.items():
                    decode_file(temporary, target.suffix)
                for target, temporary in staged.items():
                    place(temporary, target)
            finally:
                for temporary in staged.values():
                    remove(temporary)
            for folder in sorted({target.parent for target in staged}):
                sync_folder(folder)
            write_file(self.scratch, self.root / layout.record_path(index), record_bytes(record))
            shutil.rmtree(self.root / layout.quarantine_path(index), ignore_errors=True)

    def quarantine(self, index: int, reason: str, log: str, spec: SceneSpec | None) -> None:
        """Sets image `index` aside with why, the log's end and the scene to replay. `reason` goes into the card: keep it free of times."""
        folder = self.root / layout.quarantine_path(index)
        with disk_errors(self.root):
            write_file(self.scratch, folder / "log.txt", log.encode())
            if spec is not None:
                write_file(self.scratch, folder / "scene.json", spec.to_json())
            reason_json = orjson.dumps({"index": index, "reason": reason}, option=orjson.OPT_APPEND_NEWLINE)
            write_file(self.scratch, folder / "reason.json", reason_json)

    def quarantined(self) -> dict[int, str]:
        """Reasons of the images set aside, by index."""
        found = (orjson.loads(p.read_bytes()) for p in (self.root / layout.QUARANTINE).glob("*/reason.json"))
        return dict(sorted((entry["index"], entry["reason"]) for entry in found))

    def done_indices(self) -> set[int]:
        """Every image that is committed, from loose records and shards."""
        done = {index for shard in self.loose_shards() for index in self.loose_indices(shard)}
        return done.union(*(shard_index(self.root, shard)["indices"] for shard in shards_of(self.root)))

    def loose_shards(self) -> list[int]:
        """Numbers of the shards that have records not yet compacted."""
        folder = self.root / layout.RECORDS
        return sorted(int(p.name) for p in folder.iterdir()) if folder.is_dir() else []

    def loose_indices(self, shard: int) -> list[int]:
        folder = self.root / layout.RECORDS / f"{shard:03d}"
        return sorted(int(p.stem) for p in folder.glob("*.json")) if folder.is_dir() else []

    def write_timing(self, timing: Mapping[str, Any]) -> None:
        """Wall-clock facts of this run, outside of what is compared byte for byte."""
        with disk_errors(self.root):
            write_file(self.scratch, self.root / layout.TIMING, orjson.dumps(dict(timing), option=orjson.OPT_INDENT_2))


def shards_of(root: Path) -> list[int]:
    """Numbers of the shards that a dataset folder has."""
    return sorted(int(p.stem) for p in (root / layout.SHARDS).glob("*.jsonl"))


def shard_index(root: Path, shard: int) -> dict[str, list[int]]:
    """`indices` of the images in a shard and the `offsets` of their lines in bytes; read off the lines if its file is missing."""
    path = root / layout.shard_index_path(shard)
    if path.exists():
        return orjson.loads(path.read_bytes())
    indices, offsets, position = [], [], 0
    with open(root / layout.shard_path(shard), "rb") as file:
        for line in file:
            indices.append(orjson.loads(line)["image"]["index"])
            offsets.append(position)
            position += len(line)
    return {"indices": indices, "offsets": offsets}


@contextlib.contextmanager
def open_store(root: Path, job: Mapping[str, Any], part: str | None = None) -> Iterator[Store]:
    """The dataset folder `root` for the one job that fills it, locked while it is open.

    job: JSON-able; all that decides the dataset's bytes and nothing else (no worker counts, no paths of this machine).
    part: name of a share of the job ("0-of-4"); drivers of different parts may run at once, one without a part runs alone.
    Raises DatasetError when the folder holds something else, another job, or is in use.
    """
    store = Store(root)
    with contextlib.ExitStack() as locks:
        with disk_errors(root):
            _refuse_foreign(root)
            (root / layout.RUN).mkdir(parents=True, exist_ok=True)
            _acquire(locks, root, part)
            if part is None:
                shutil.rmtree(store.scratch, ignore_errors=True)  # what a killed run left half-written
            _claim(store, job)
        yield store


def _acquire(locks: contextlib.ExitStack, root: Path, part: str | None) -> None:
    """Kernel locks, so that they end with their process however it ends. A part shares the folder's lock and owns its own."""
    locks.enter_context(_lock(root, "lock", shared=part is not None))
    if part is not None:
        locks.enter_context(_lock(root, f"lock.{part}", shared=False))


@contextlib.contextmanager
def _lock(root: Path, name: str, *, shared: bool) -> Iterator[None]:
    with open(root / layout.RUN / name, "a+") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise DatasetError(f"{root} is in use by another process ({owner}): wait for it, stop it, or write elsewhere") from error
        if not shared:
            file.truncate(0)
            file.write(f"pid {os.getpid()} on {os.uname().nodename}")
            file.flush()
        yield


def _refuse_foreign(root: Path) -> None:
    """A folder that holds something, but no job, is not ours to write to."""
    if root.is_dir() and not (root / layout.JOB).exists() and any(p.name != layout.RUN for p in root.iterdir()):
        raise DatasetInputError(f"{root} is not empty and not a dataset of Scenewright (no {layout.JOB}): choose a new or an empty folder")


def _claim(store: Store, job: Mapping[str, Any]) -> None:
    """Writes the job into a new folder, or compares it with the one that the folder was made for."""
    wanted = orjson.loads(orjson.dumps(dict(job)))
    path = store.root / layout.JOB
    if not path.exists() or not _holds_images(store.root):
        digest = hashlib.sha256(orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS)).hexdigest()
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE  # keys as given: a grammar draws in the order of its keys
        write_file(store.scratch, path, orjson.dumps({"hash": digest, "job": wanted}, option=option))
        return
    differences = _differences(orjson.loads(path.read_bytes())["job"], wanted)
    if differences:
        shown = "\n".join(f"  {line}" for line in differences[:8])
        more = f"\n  and {len(differences) - 8} more" if len(differences) > 8 else ""
        raise DatasetInputError(
            f"{store.root} belongs to another job, which differs in\n{shown}{more}\nUse another folder, or the same settings to go on"
        )


def _holds_images(root: Path) -> bool:
    """Whether anything was committed or quarantined: a folder without is free for another job."""
    places = (layout.RECORDS, layout.QUARANTINE, layout.SHARDS)
    return any(next((root / place).rglob("*.json*"), None) is not None for place in places)


def _differences(there: Any, here: Any, path: str = "") -> list[str]:
    """What differs between two JSON values, one line a leaf: path, the folder's value, the value asked for."""
    if isinstance(there, dict) and isinstance(here, dict):
        keys = sorted(there.keys() | here.keys())
        return [line for k in keys for line in _differences(there.get(k), here.get(k), f"{path}.{k}" if path else k)]
    if there == here:
        return []
    old, new = (text if len(text) <= 80 else text[:77] + "..." for text in (str(there), str(here)))
    return [f"{path}: {old} in the folder, {new} asked for"]

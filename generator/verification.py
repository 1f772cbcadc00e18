"""Whether a dataset is what was written: every file of it, or quickly what the readers of its labels go by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import batched

from generator.dataset import Dataset, open_dataset
from generator.errors import DatasetError, quoted
from generator.storage import Folder, Place
from generator.storage.folder import COPY_BYTES
from generator.storage.local import LocalFolder
from generator.writers import layout
from generator.writers.card import OWN_SUM, is_as_signed

_THREADS = 8  # hashing frees Python's lock; an object store answers one reader at 30 ms a file
_BATCH = 1000
_LOOKED_AT = 8  # images of which all files are compared by `alterations`: who changes pictures mostly changes all of them
_NAMED = 3  # files that a note lists


def verify(place: Place) -> list[str]:
    """One line for every file that is missing or has other bytes than were written; empty when all is well."""
    dataset = open_dataset(place)
    problems = list(_of_card(dataset))
    if OWN_SUM not in dataset.card:
        problems.append(f"{layout.CARD} lacks {OWN_SUM}: whether it has changed cannot be told")
    if not dataset.folder.has(layout.SUMS):
        return [*problems, f"{layout.SUMS} is missing"]
    if _sha256(dataset.folder, layout.SUMS) != dataset.card["files_sha256"]:
        problems.append(f"{layout.SUMS} is not the file that {layout.CARD} was written with")
    with dataset.folder.open(layout.SUMS) as lines, ThreadPoolExecutor(_THREADS) as threads:
        for batch in batched(lines, _BATCH, strict=False):
            problems += filter(None, threads.map(partial(_of_line, dataset.folder), batch))
    return problems


def refuse_changed(folder: Folder) -> None:
    """Raises DatasetError for a finished dataset whose card or annotations are not what was written: going on would overwrite or sign that.

    What is missing is no reason: the dataset's own command makes it again. One that is not finished has no checksums to go by.
    """
    if not folder.has(layout.CARD):
        return
    dataset = open_dataset(str(folder))
    changed = list(_of_card(dataset))
    sums = _sha256(folder, layout.SUMS)
    if sums is None:
        changed.append(f"{layout.SUMS} is missing")
    elif sums != dataset.card["files_sha256"]:
        changed.append(f"{layout.SUMS} has changed")
    else:
        changed += [text for text in _of_annotations(folder) if not text.endswith(" is missing")]
    if changed:
        raise DatasetError(
            f"{folder} is finished, and since then {', '.join(changed)}. Nothing was overwritten. `scenewright verify {folder}` looks at "
            f"every file. To mend it, delete what has changed and {layout.CARD}, and run the same command again; or use another folder"
        )


def alterations(dataset: Dataset) -> list[str]:
    """Notes for the user of a local dataset that was changed after it was made; empty when nothing is found, and for URLs.

    Looks at the card, at all annotations, and at the files of a few images spread over the dataset.
    """
    if not isinstance(dataset.folder, LocalFolder):
        return []  # the annotations of a large one would travel twice; who can write there is not who reads
    found = [*_of_card(dataset), *_of_annotations(dataset.folder)]
    if not any(text.startswith(layout.SHARDS) for text in found):  # they hold the checksums of the images
        found += _of_some_images(dataset)
    merged = [text for text in found if text.startswith(layout.INSTANCES)]
    others = [text for text in found if text not in merged]
    notes = [
        f"{text} since the dataset was made, and is not read: labels come from {layout.SHARDS}. To measure or train on it as it is, name "
        f"the file itself: {dataset.folder}/{layout.INSTANCES}"
        for text in merged
    ]
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        notes.append(
            f"{', '.join(others[:_NAMED])}{more} since the dataset was made, so this is not the dataset that {layout.CARD} describes. "
            f"`scenewright verify {dataset.folder}` names every such file; its own command makes it again in another folder"
        )
    return notes


def _of_card(dataset: Dataset) -> Iterator[str]:
    if OWN_SUM in dataset.card and not is_as_signed(dataset.folder.read(layout.CARD)):
        yield f"{layout.CARD} has changed"


def _of_annotations(folder: Folder) -> Iterator[str]:
    if not folder.has(layout.SUMS):
        yield f"{layout.SUMS} is missing"
        return
    with folder.open(layout.SUMS) as lines:
        yield from filter(None, (_of_line(folder, line) for line in lines if b"  annotations/" in line))


def _of_some_images(dataset: Dataset) -> Iterator[str]:
    indices = dataset.indices()
    for index in indices[:: max(len(indices) // _LOOKED_AT, 1)][:_LOOKED_AT]:
        image = dataset.record(index)["image"]
        for kind, path in image["files"].items():
            if text := _of_file(dataset.folder, path, image["sha256"][kind]):
                yield text


def _of_line(folder: Folder, line: bytes) -> str | None:
    """What is wrong with the file of one line of files.sha256."""
    digest, _, path = line.decode(errors="replace").rstrip("\n").partition("  ")
    if not path:
        return f"{layout.SUMS} has a line without a path: {digest[:80]!r}"
    if path.startswith("/") or ".." in path.split("/"):
        return f"{layout.SUMS} names {quoted(path)}, which is outside the dataset"
    return _of_file(folder, path, digest)


def _of_file(folder: Folder, path: str, digest: str) -> str | None:
    found = _sha256(folder, path)
    if found is None:
        return f"{path} is missing"
    return None if found == digest else f"{path} has changed"


def _sha256(folder: Folder, path: str) -> str | None:
    """Of a file's bytes; None when it is not there. The files of images are read at once, with one request, the others in parts."""
    try:
        if not path.startswith(("annotations/", layout.SUMS)):
            return hashlib.sha256(folder.read(path)).hexdigest()
        with folder.open(path) as file:
            digest = hashlib.sha256()
            while part := file.read(COPY_BYTES):
                digest.update(part)
            return digest.hexdigest()
    except FileNotFoundError:
        return None

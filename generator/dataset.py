"""A finished dataset folder, for readers; and the names with which a driver fills one.

Readers hold one record at a time, so a dataset may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from generator.errors import DatasetError, DatasetInputError
from generator.spec import SceneSpec
from generator.storage import Folder, Place, folder_at
from generator.storage.local import LocalFolder
from generator.writers import layout
from generator.writers.card import DatasetFacts, finish
from generator.writers.coco import Record, decode_mask, image_record, index_of_annotation
from generator.writers.encode import decode_depth_png, decode_exr, decode_normals, decode_png
from generator.writers.files import file_paths, image_files
from generator.writers.mending import mend
from generator.writers.records import check_classes
from generator.writers.shards import compact_complete, compact_if_complete, compacted_records, read_compacted
from generator.writers.store import Store, local_root, open_store, read_json, shard_indices

__all__ = [
    "Dataset",
    "DatasetFacts",
    "Store",
    "compact_complete",
    "compact_if_complete",
    "decode_mask",
    "file_paths",
    "finish",
    "image_files",
    "image_record",
    "mend",
    "open_dataset",
    "open_store",
    "read_json",
]

_MADE_AGAIN = "The dataset's own command makes the image again; `scenewright verify {}` names all that is missing or has changed"
_CARD_KEYS = ("scene", "seed", "categories", "semantic_classes", "counts", "files_sha256")  # that readers rely on


@dataclass(frozen=True)
class Dataset:
    """A finished dataset. `card` is dataset.json (docs/dataset.md). holds: which images are looked at, None for all.

    Arrays are (H, W) or (H, W, 3); their kinds are those that the dataset was written with, else a DatasetError says so.
    """

    folder: Folder
    card: dict[str, Any]
    holds: Callable[[Record], bool] | None = None

    @property
    def root(self) -> Path:
        """The local folder. Raises DatasetError when the dataset is at a URL."""
        return local_root(self.folder)

    @cached_property
    def categories(self) -> dict[int, str]:
        """Names by COCO id."""
        return {entry["id"]: entry["name"] for entry in self.card["categories"]}

    def indices(self) -> list[int]:
        """Indices of all images, ascending."""
        if self.holds is not None:
            return [record["image"]["index"] for record in self.records()]
        return [index for _, entry in shard_indices(self.folder) for index in entry["indices"]]

    def records(self) -> Iterator[Record]:
        """Every image's `{"image": ..., "annotations": [...]}` in order of the index."""
        known = (self._known(record) for record in compacted_records(self.folder))
        return filter(self.holds or (lambda record: True), known)

    def record(self, index: int) -> Record:
        record = read_compacted(self.folder, index)
        if record is None:
            raise DatasetInputError(f"{self.folder} has no image {index}; it has {self.card['counts']['images']} images")
        return self._known(record)

    def annotation(self, annotation_id: int) -> dict[str, Any]:
        """One annotation by its COCO id."""
        index, object_id = index_of_annotation(annotation_id)
        found = [a for a in self.record(index)["annotations"] if a["object_id"] == object_id]
        if not found:
            raise DatasetInputError(f"{self.folder} has no annotation {annotation_id} (image {index} has no labelled object {object_id})")
        return dict(found[0])

    def spec(self, index: int) -> SceneSpec:
        return self._decoded(index, "scenes", SceneSpec.from_json)

    def rgb(self, index: int) -> np.ndarray:
        """(H, W, 3) uint8 sRGB."""
        return self._decoded(index, "images", decode_png)

    def depth_m(self, index: int) -> np.ndarray:
        """(H, W) float32 metres along the optical axis; inf in the sky and, from 16-bit PNG, beyond 65.535 m."""
        is_exr = self.path(index, "depth").endswith(".exr")
        return self._decoded(index, "depth", _decode_depth_exr if is_exr else decode_depth_png)

    def normal(self, index: int) -> np.ndarray:
        """(H, W, 3) float32 unit normals, OpenCV camera frame; 0 in the sky."""
        return self._decoded(index, "normals", decode_normals)

    def semantic(self, index: int) -> np.ndarray:
        """(H, W) uint8 positions in the card's semantic_classes."""
        return self._decoded(index, "semantic", decode_png)

    def instances(self, index: int) -> np.ndarray:
        """(H, W) uint16 object ids; 0 is the sky."""
        return self._decoded(index, "instances", decode_png)

    def path(self, index: int, kind: str) -> str:
        """Where the file of a kind ("images", "depth", ...) lies in the folder."""
        files = self.record(index)["image"]["files"]
        if kind not in files:
            raise DatasetInputError(f"{self.folder} was written without {kind}; it has {', '.join(sorted(files))}")
        return str(files[kind])

    def _known(self, record: Record) -> Record:
        shard = record["image"]["index"] // layout.SHARD_IMAGES
        return check_classes(record, self.categories, f"{self.folder}/{layout.shard_path(shard)}")

    def read(self, path: str) -> bytes:
        """A file of an image. Raises DatasetError when it is not there."""
        try:
            return self.folder.read(path)
        except FileNotFoundError as error:
            raise DatasetError(f"{self.folder}/{path} is missing. {_MADE_AGAIN.format(self.folder)}") from error

    def _decoded[T](self, index: int, kind: str, decode: Callable[[bytes], T]) -> T:
        path = self.path(index, kind)
        data = self.read(path)
        try:
            return decode(data)
        except (ValidationError, ValueError, KeyError, RuntimeError, DatasetError) as error:
            told = str(error).splitlines()[0]
            raise DatasetError(f"{self.folder}/{path} is damaged: {told}. Delete it first: {_MADE_AGAIN.format(self.folder)}") from error


def _decode_depth_exr(data: bytes) -> np.ndarray:
    return np.asarray(decode_exr(data)["Z"])


def open_dataset(place: Place) -> Dataset:
    """The finished dataset in a local folder or at a URL. Raises DatasetError when it is none, or not finished."""
    folder = folder_at(place)
    card = read_json(folder, layout.CARD)
    if card is None:
        if folder.has(layout.JOB):
            raise DatasetError(f"{folder} is not finished: run its command again (there is no {layout.CARD})")
        raise no_dataset(folder, layout.CARD)
    if card.get("format") != "scenewright" or card.get("format_version") != 1:
        raise DatasetError(
            f"{place}/{layout.CARD} says format {card.get('format')!r}, version {card.get('format_version')!r}; scenewright, 1 is known"
        )
    lacking = [key for key in _CARD_KEYS if key not in card]
    if lacking:
        raise DatasetInputError(
            f"{place}/{layout.CARD} lacks {', '.join(lacking)}: it was changed after it was made; the dataset's own command writes it again"
        )
    return Dataset(folder, card)


def no_dataset(folder: Folder, lacks: str) -> DatasetInputError:
    """The error for a place that has no file `lacks`, as a dataset would."""
    there = folder.root.is_dir() if isinstance(folder, LocalFolder) else folder.entries()
    return DatasetInputError(f"{folder} is no dataset (there is no {lacks})" if there else f"there is no dataset {folder}")

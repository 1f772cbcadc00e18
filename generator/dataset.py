"""A finished dataset folder, for readers; and the names with which a driver fills one.

Readers hold one record at a time, so a dataset may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from generator.errors import DatasetError, DatasetInputError
from generator.spec import SceneSpec
from generator.writers import layout
from generator.writers.card import DatasetFacts, file_sha256, finish
from generator.writers.coco import Record, decode_mask, image_record, index_of_annotation
from generator.writers.encode import decode_depth_png, decode_exr, decode_normals, decode_png
from generator.writers.files import image_files
from generator.writers.shards import compact_complete, compacted_records, read_record
from generator.writers.store import Store, open_store, shard_index, shards_of

__all__ = [
    "Dataset",
    "DatasetFacts",
    "Store",
    "compact_complete",
    "decode_mask",
    "finish",
    "image_files",
    "image_record",
    "open_dataset",
    "open_store",
    "verify",
]


@dataclass(frozen=True)
class Dataset:
    """A finished dataset. `card` is dataset.json (docs/dataset.md).

    Arrays are (H, W) or (H, W, 3); their kinds are those that the dataset was written with, else a DatasetError says so.
    """

    root: Path
    card: dict[str, Any]

    @cached_property
    def categories(self) -> dict[int, str]:
        """Names by COCO id."""
        return {entry["id"]: entry["name"] for entry in self.card["categories"]}

    def indices(self) -> list[int]:
        """Indices of all images, ascending."""
        return sorted(index for shard in shards_of(self.root) for index in shard_index(self.root, shard)["indices"])

    def records(self) -> Iterator[Record]:
        """Every image's `{"image": ..., "annotations": [...]}` in order of the index."""
        return compacted_records(self.root)

    def record(self, index: int) -> Record:
        record = read_record(self.root, index)
        if record is None:
            raise DatasetInputError(f"{self.root} has no image {index}; it has {self.card['counts']['images']} images")
        return record

    def annotation(self, annotation_id: int) -> dict[str, Any]:
        """One annotation by its COCO id."""
        index, object_id = index_of_annotation(annotation_id)
        found = [a for a in self.record(index)["annotations"] if a["object_id"] == object_id]
        if not found:
            raise DatasetInputError(f"{self.root} has no annotation {annotation_id} (image {index} has no labelled object {object_id})")
        return dict(found[0])

    def spec(self, index: int) -> SceneSpec:
        return SceneSpec.from_json(self._path(index, "scenes").read_bytes())

    def rgb(self, index: int) -> np.ndarray:
        """(H, W, 3) uint8 sRGB."""
        return decode_png(self._path(index, "images").read_bytes())

    def depth_m(self, index: int) -> np.ndarray:
        """(H, W) float32 metres along the optical axis; inf in the sky and, from 16-bit PNG, beyond 65.535 m."""
        path = self._path(index, "depth")
        return decode_exr(path)["Z"] if path.suffix == ".exr" else decode_depth_png(path.read_bytes())

    def normal(self, index: int) -> np.ndarray:
        """(H, W, 3) float32 unit normals, OpenCV camera frame; 0 in the sky."""
        return decode_normals(self._path(index, "normals").read_bytes())

    def semantic(self, index: int) -> np.ndarray:
        """(H, W) uint8 positions in the card's semantic_classes."""
        return decode_png(self._path(index, "semantic").read_bytes())

    def instances(self, index: int) -> np.ndarray:
        """(H, W) uint16 object ids; 0 is the sky."""
        return decode_png(self._path(index, "instances").read_bytes())

    def _path(self, index: int, kind: str) -> Path:
        files = self.record(index)["image"]["files"]
        if kind not in files:
            raise DatasetInputError(f"{self.root} was written without {kind}; it has {', '.join(sorted(files))}")
        return self.root / files[kind]


def open_dataset(root: Path | str) -> Dataset:
    """The finished dataset in the folder `root`. Raises DatasetError when it is none, or not finished."""
    root = Path(root)
    if not root.is_dir():
        raise DatasetInputError(f"there is no dataset {root}")
    if not (root / layout.CARD).is_file():
        if (root / layout.JOB).exists():
            raise DatasetError(f"{root} is not finished: run its command again (there is no {layout.CARD})")
        raise DatasetInputError(f"{root} is no dataset (there is no {layout.CARD})")
    card = read_json(root / layout.CARD)
    if card.get("format") != "scenewright" or card.get("format_version") != 1:
        raise DatasetError(
            f"{root}/{layout.CARD} says format {card.get('format')!r}, version {card.get('format_version')!r}; scenewright, 1 is known"
        )
    return Dataset(root, card)


def read_json(path: Path) -> dict[str, Any]:
    """The object in one of a dataset's JSON files. Raises DatasetError when it is damaged."""
    try:
        found = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DatasetError(f"{path} is damaged: it is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise DatasetError(f"{path} is damaged: it holds no object")
    return found


def verify(root: Path | str) -> list[str]:
    """One line for every file that is missing or has other bytes than files.sha256 says; empty when all is well."""
    dataset, problems = open_dataset(root), []
    sums = dataset.root / layout.SUMS
    if not sums.is_file():
        return [f"{layout.SUMS} is missing"]
    if file_sha256(sums) != dataset.card["files_sha256"]:
        problems.append(f"{layout.SUMS} is not the file that {layout.CARD} was written with")
    with open(sums) as lines:
        for line in lines:
            digest, _, path = line.rstrip("\n").partition("  ")
            if not path:
                problems.append(f"{layout.SUMS} has a line without a path: {digest[:80]!r}")
            elif not (dataset.root / path).is_file():
                problems.append(f"{path} is missing")
            elif file_sha256(dataset.root / path) != digest:
                problems.append(f"{path} has changed")
    return problems

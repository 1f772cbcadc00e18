"""Parquet: the labels as two tables, images.parquet and annotations.parquet, for pandas, DuckDB, Spark and the like.

The pictures stay where they are: `file_name` and `files` are their paths in the dataset. Written in groups of rows, so that a dataset
may be larger than memory. Classes are in the metadata of both tables, as JSON.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import batched
from typing import Any

import orjson

from generator.dataset import Dataset
from generator.errors import MissingPackageError
from generator.storage import Folder
from generator.writers.coco import Record
from generator.writers.exports.registry import ExportOptions, exporter

_IMAGES_AT_ONCE = 1000  # some 20,000 annotations a group of rows
_WHOLE = ("id", "index", "width", "height", "seed")
_OWN = ("id", "image_id", "category_id", "object_id", "area", "amodal_area", "iscrowd")


@exporter("parquet")
def export_parquet(dataset: Dataset, out: Folder, options: ExportOptions) -> int:
    """Labels as Parquet tables (images.parquet, annotations.parquet), one row an image and one an object; no pictures."""
    count = 0
    with _table(out, "images.parquet", _image_schema(), dataset) as images, _table(out, "annotations.parquet", _schema(), dataset) as own:
        for records in batched(dataset.records(), _IMAGES_AT_ONCE, strict=False):
            images([image_row(record["image"]) for record in records])
            own([annotation_row(annotation) for record in records for annotation in record["annotations"]])
            count += len(records)
    return count


def image_row(image: Record) -> dict[str, Any]:
    """Matrices row by row; `factors`, `files` and `rejections` as JSON, since their keys are the scene's own."""
    camera = image["camera"]
    return {
        **{name: image[name] for name in (*_WHOLE, "file_name", "scene", "subdomains", "corner_cases")},
        "camera_k": [value for row in camera["K"] for value in row],
        "distortion": camera["distortion"],
        "world_from_camera": [value for row in camera["world_from_camera"] for value in row],
        **{name: orjson.dumps(image[name], option=orjson.OPT_SORT_KEYS).decode() for name in ("factors", "files", "rejections")},
    }


def annotation_row(annotation: Record) -> dict[str, Any]:
    """Boxes are x, y, width, height in pixels; masks COCO's compressed run-length codes, of the image's size."""
    box = annotation["box_3d"]
    return {
        **{name: annotation[name] for name in (*_OWN, "object_name", "tags", "bbox", "amodal_bbox")},
        **{name: annotation[name] for name in ("visible_ratio", "truncation", "distance_m")},
        "mask": annotation["segmentation"]["counts"],
        "amodal_mask": annotation["amodal_segmentation"]["counts"],
        "camera_from_object": [value for row in box["camera_from_object"] for value in row],
        "size_m": box["size_m"],
    }


def _image_schema() -> Any:
    pa = _pyarrow()
    numbers, words = pa.list_(pa.float64()), pa.list_(pa.string())
    whole = [(name, pa.int64()) for name in _WHOLE]
    text = [(name, pa.string()) for name in ("file_name", "scene", "factors", "files", "rejections")]
    lists = [("camera_k", numbers), ("distortion", numbers), ("world_from_camera", numbers), ("subdomains", words), ("corner_cases", words)]
    return pa.schema([*whole, *text, *lists])


def _schema() -> Any:
    pa = _pyarrow()
    whole = [(name, pa.int64()) for name in _OWN]
    text = [(name, pa.string()) for name in ("object_name", "mask", "amodal_mask")]
    numbers = [(name, pa.float64()) for name in ("visible_ratio", "truncation", "distance_m")]
    lists = [(name, pa.list_(pa.float64())) for name in ("bbox", "amodal_bbox", "camera_from_object", "size_m")]
    return pa.schema([*whole, *text, *numbers, *lists, ("tags", pa.list_(pa.string()))])


@contextlib.contextmanager
def _table(out: Folder, name: str, schema: Any, dataset: Dataset) -> Iterator[Any]:
    """A function that appends rows to the table `name`."""
    pa = _pyarrow()
    from pyarrow.parquet import ParquetWriter

    facts = {"categories": dataset.card["categories"], "semantic_classes": dataset.card["semantic_classes"]}
    described = schema.with_metadata({key: orjson.dumps(value) for key, value in facts.items()})
    with out.write(name) as file, ParquetWriter(file, described, compression="zstd") as writer:
        yield lambda rows: writer.write_table(pa.Table.from_pylist(rows, schema=described))


def _pyarrow() -> Any:
    """Raises MissingPackageError when it is not installed."""
    try:
        import pyarrow
    except ImportError as error:
        raise MissingPackageError("the format parquet needs pyarrow, not installed here: pip install 'scenewright[parquet]'") from error
    return pyarrow

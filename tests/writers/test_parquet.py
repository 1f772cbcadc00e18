"""The Parquet tables read back: every row is an image or an object of the dataset, in order."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

from generator.errors import MissingPackageError
from generator.writers.coco import decode_mask
from generator.writers.exports import export, parquet
from tests.writers.made import make_dataset

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install 'scenewright[parquet]'")


def test_tables_hold_what_the_records_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_IMAGES_AT_ONCE", 2)
    dataset = make_dataset(tmp_path / "dataset")
    assert export(dataset, "parquet", tmp_path / "tables") == {"": 3}
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["annotations.parquet", "images.parquet"]
    records = list(dataset.records())
    images = pq.read_table(tmp_path / "tables/images.parquet")
    assert orjson.loads(images.schema.metadata[b"categories"]) == dataset.card["categories"]
    for row, image in zip(images.to_pylist(), (r["image"] for r in records), strict=True):
        assert {k: row[k] for k in ("id", "index", "width", "height", "scene", "file_name")} == {
            k: image[k] for k in ("id", "index", "width", "height", "scene", "file_name")
        }
        assert orjson.loads(row["factors"]) == image["factors"]
        assert [row["camera_k"][i : i + 3] for i in (0, 3, 6)] == image["camera"]["K"]
        assert [row["world_from_camera"][i : i + 4] for i in (0, 4, 8, 12)] == image["camera"]["world_from_camera"]

    file = pq.ParquetFile(tmp_path / "tables/annotations.parquet")
    assert file.num_row_groups == 2, "written in groups, not at once"
    made = [a for record in records for a in record["annotations"]]
    for row, annotation in zip(file.read().to_pylist(), made, strict=True):
        same = ("id", "image_id", "category_id", "area", "bbox", "amodal_bbox", "visible_ratio", "distance_m", "object_name", "tags")
        assert {k: row[k] for k in same} == {k: annotation[k] for k in same}
        size = annotation["segmentation"]["size"]
        assert (decode_mask({"size": size, "counts": row["mask"]}) == decode_mask(annotation["segmentation"])).all()
        assert row["size_m"] == annotation["box_3d"]["size_m"]


def test_the_same_dataset_gives_the_same_bytes(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "dataset")
    for name in ("a", "b"):
        export(dataset, "parquet", tmp_path / name)
    for table in ("images", "annotations"):
        assert (tmp_path / f"a/{table}.parquet").read_bytes() == (tmp_path / f"b/{table}.parquet").read_bytes()


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = make_dataset(tmp_path / "dataset")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"needs pyarrow.*scenewright\[parquet\]"):
        export(dataset, "parquet", tmp_path / "tables")

"""Exports read back: what went in comes out, as far as a format can hold it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from pycocotools.coco import COCO

from generator.dataset import Dataset
from generator.errors import ConfigError, DatasetError
from generator.writers.coco import decode_mask
from generator.writers.exports import export, export_formats
from tests.writers.made import BENT, make_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_dataset(tmp_path_factory.mktemp("made") / "dataset")


def annotations(dataset: Dataset) -> list[dict]:
    return [a for record in dataset.records() for a in record["annotations"]]


def test_every_format_says_what_it_is() -> None:
    assert sorted(export_formats()) == ["coco", "coco_panoptic", "kitti", "parquet", "webdataset", "yolo"]
    assert all(len(text) > 20 for text in export_formats().values())


@pytest.mark.parametrize("format_name", sorted(export_formats()))
def test_no_export_leaves_its_scaffolding(format_name: str, dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, format_name, tmp_path / "out")
    folders = [path for path in (tmp_path / "out").rglob("*") if path.is_dir()]
    assert all(any(folder.iterdir()) for folder in folders)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.suffix == ".part"]


def test_coco_keeps_masks_and_drops_own_fields(dataset: Dataset, tmp_path: Path) -> None:
    assert export(dataset, "coco", tmp_path) == {"": 3}
    coco = COCO(str(tmp_path / "annotations/instances.json"))
    for annotation in annotations(dataset):
        found = coco.anns[annotation["id"]]
        assert set(found) == {"id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd"}
        assert np.array_equal(coco.annToMask(found), decode_mask(annotation["segmentation"]))
    assert all((tmp_path / image["file_name"]).is_file() for image in coco.imgs.values())


def test_panoptic_covers_every_pixel_once(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, "coco_panoptic", tmp_path)
    document = json.loads((tmp_path / "annotations/panoptic.json").read_bytes())
    categories = {c["id"]: c for c in document["categories"]}
    assert len(categories) == len(document["categories"])
    for entry in document["annotations"]:
        index = entry["image_id"] - 1
        blue, green, red = cv2.split(cv2.imread(str(tmp_path / "panoptic" / entry["file_name"])).astype(int))
        ids = red + 256 * green + 65536 * blue
        assert {s["id"] for s in entry["segments_info"]} == set(np.unique(ids).tolist())
        things = {a["object_id"]: a for a in dataset.record(index)["annotations"]}
        for segment in entry["segments_info"]:
            mask = ids == segment["id"]
            assert segment["area"] == mask.sum()
            if categories[segment["category_id"]]["isthing"]:
                assert np.array_equal(mask, decode_mask(things[segment["id"]]["segmentation"]))
                assert segment["bbox"] == things[segment["id"]]["bbox"]
            else:
                (position,) = np.unique(dataset.semantic(index)[mask])
                assert categories[segment["category_id"]]["name"].startswith(dataset.card["semantic_classes"][position])


def test_kitti_boxes_can_be_rebuilt_from_its_fields(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, "kitti", tmp_path)
    for record in dataset.records():
        stem = f"{record['image']['index']:06d}"
        assert (tmp_path / "image_2" / f"{stem}.png").read_bytes() == (dataset.root / record["image"]["file_name"]).read_bytes()
        calibration = dict(line.split(": ") for line in (tmp_path / "calib" / f"{stem}.txt").read_text().splitlines())
        projection = np.array(calibration["P2"].split(), float).reshape(3, 4)
        lines = (tmp_path / "label_2" / f"{stem}.txt").read_text().splitlines()
        for line, annotation in zip(lines, record["annotations"], strict=True):
            kind, *numbers = line.split()
            truncated, occluded, alpha, left, top, right, bottom, h, w, length, x, y, z, turn = map(float, numbers)
            assert kind == dataset.categories[annotation["category_id"]]
            assert truncated == pytest.approx(annotation["truncation"], abs=0.005)
            assert occluded == (0 if annotation["visible_ratio"] >= 0.9 else 1 if annotation["visible_ratio"] >= 0.5 else 2)
            assert [left, top, right - left, bottom - top] == annotation["bbox"]
            assert alpha == pytest.approx(math.remainder(turn - math.atan2(x, z), 2 * math.pi), abs=1e-3)
            # KITTI's own recipe: corners in the object frame, turned about y, moved, projected.
            corners = np.array([[a * length / 2, b * -h, c * w / 2] for a in (1, -1) for b in (0, 1) for c in (1, -1)])
            rotation = np.array([[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]])
            points = np.c_[corners @ rotation.T + (x, y, z), np.ones(8)] @ projection.T
            pixels = points[:, :2] / points[:, 2:]
            ours = np.array([p for p in annotation["box_3d"]["pixels"] if p])
            assert pixels.min(0) == pytest.approx(ours.min(0), abs=0.3)
            assert pixels.max(0) == pytest.approx(ours.max(0), abs=0.3)


def test_kitti_refuses_distorted_images(tmp_path: Path) -> None:
    bent = make_dataset(tmp_path / "bent", BENT)
    with pytest.raises(DatasetError, match=r"image 0 has lens distortion .* which KITTI cannot express"):
        export(bent, "kitti", tmp_path / "out")


def test_yolo_boxes_come_back_as_pixels(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, "yolo", tmp_path)
    names = yaml.safe_load((tmp_path / "data.yaml").read_text())["names"]
    for record in dataset.records():
        image = record["image"]
        lines = (tmp_path / image["file_name"].replace("images/", "labels/").replace(".png", ".txt")).read_text().splitlines()
        for line, annotation in zip(lines, record["annotations"], strict=True):
            number, x, y, w, h = map(float, line.split())
            assert names[int(number)] == dataset.categories[annotation["category_id"]]
            size = image["width"], image["height"]
            box = [(x - w / 2) * size[0], (y - h / 2) * size[1], w * size[0], h * size[1]]
            assert box == pytest.approx(annotation["bbox"], abs=0.001)


def test_yolo_parts_have_one_description(dataset: Dataset, tmp_path: Path) -> None:
    """Paths in it are relative to its own folder; labels are found by putting labels for images."""
    assert export(dataset, "yolo", tmp_path / "out", split="train=0.4,val=0.4,test=0.1,rest=0.1").keys() == {"train", "val", "test", "rest"}
    told = yaml.safe_load((tmp_path / "out/data.yaml").read_text())
    assert told == {
        "train": "train/images", "val": "val/images", "test": "test/images",
        "names": {i - 1: name for i, name in dataset.categories.items()},
    }  # fmt: skip
    pictures = [p for part in ("train", "val", "test") for p in (tmp_path / "out" / told[part]).rglob("*.png")]
    assert pictures
    assert all(Path(str(p).replace("/images/", "/labels/")).with_suffix(".txt").is_file() for p in pictures)
    assert {p.parent.name for p in (tmp_path / "out").rglob("data.yaml")} == {"out", "rest"}


def test_yolo_parts_without_val_describe_themselves(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, "yolo", tmp_path / "out", split="train=0.5,test=0.5")
    assert {p.parent.name for p in (tmp_path / "out").rglob("data.yaml")} == {"train", "test"}


@pytest.mark.parametrize("name", ["coco", "kitti", "yolo", "webdataset"])
@pytest.mark.parametrize("split", ["", "train=0.5,val=0.5"])
def test_a_failed_export_leaves_nothing(name: str, split: str, tmp_path: Path) -> None:
    broken = make_dataset(tmp_path / "broken")
    (broken.root / broken.record(broken.indices()[-1])["image"]["file_name"]).unlink()
    (tmp_path / "there").mkdir()
    for out in ("there", "new"):
        with pytest.raises((FileNotFoundError, DatasetError), match=r"000002\.png"):
            export(broken, name, tmp_path / out, split=split)
    assert list((tmp_path / "there").iterdir()) == []
    assert not (tmp_path / "new").exists()


def test_jpeg_datasets_become_png_for_kitti(tmp_path: Path) -> None:
    lossy = make_dataset(tmp_path / "lossy", image_format="jpeg")
    export(lossy, "kitti", tmp_path / "out")
    stored = cv2.cvtColor(cv2.imread(str(tmp_path / "out/image_2/000000.png")), cv2.COLOR_BGR2RGB)
    assert np.array_equal(stored, lossy.rgb(0))


def test_wrong_wishes_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no export format 'voc'; known formats: coco, coco_panoptic, kitti, parquet, webdataset, yolo"):
        export(dataset, "voc", tmp_path)
    (tmp_path / "x").touch()
    with pytest.raises(DatasetError, match="is not empty"):
        export(dataset, "yolo", tmp_path)

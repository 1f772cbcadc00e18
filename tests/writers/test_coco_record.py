"""The COCO record of an image: ids, masks, boxes, and bytes that depend on nothing else."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as rle

from generator.settings import OutputSettings
from generator.writers.coco import (
    annotation_id,
    decode_mask,
    encode_mask,
    image_id,
    image_record,
    index_of_annotation,
    record_bytes,
)
from generator.writers.files import image_files
from tests.studio import CATEGORIES, LENS, ball, camera, crate, frame_of, ground, labels_of, picture_of, scene

SPEC = scene(
    ball(1, 6.0, 0.0, tags=("rare",)),
    crate(2, 9.0, 1.8, (1.0, 1.0, 1.5)),
    ground(3),
    camera=camera(distortion=LENS),
    index=123,
    factors={"weather": "rain", "hour": 7.5},
    corner_cases=("glare",),
    subdomains=("wet",),
)


def record() -> dict:
    frame, labels = frame_of(SPEC), labels_of(SPEC)
    return image_record(SPEC, labels, CATEGORIES, image_files(SPEC, picture_of(frame), labels, OutputSettings(), frame))


@given(st.integers(0, 10**10), st.integers(1, 32767), st.integers(0, 10**10), st.integers(1, 32767))
def test_annotation_ids_are_unique_reversible_and_safe(a: int, p: int, b: int, q: int) -> None:
    assert index_of_annotation(annotation_id(a, p)) == (a, p)
    assert (annotation_id(a, p) == annotation_id(b, q)) == ((a, p) == (b, q))
    assert 0 < annotation_id(a, p) < 2**53
    assert image_id(a) == a + 1


def test_record_is_coco() -> None:
    made, labels = record(), labels_of(SPEC)
    assert [a["id"] for a in made["annotations"]] == [123 * 32768 + 1, 123 * 32768 + 2]
    assert [a["category_id"] for a in made["annotations"]] == [1, 2]
    for annotation, instance in zip(made["annotations"], labels.instances, strict=True):
        assert annotation["image_id"] == made["image"]["id"] == 124
        assert annotation["iscrowd"] == 0
        assert annotation["area"] == instance.visible.sum() == rle.area(annotation["segmentation"])
        assert annotation["bbox"] == list(instance.box) == rle.toBbox(annotation["segmentation"]).astype(int).tolist()
        assert np.array_equal(decode_mask(annotation["segmentation"]), instance.visible)
        assert np.array_equal(decode_mask(annotation["amodal_segmentation"]), instance.amodal)
        assert annotation["amodal_bbox"] == list(instance.amodal_box)
    assert made["annotations"][0]["tags"] == ["rare"]


def test_record_carries_camera_factors_and_checksums() -> None:
    frame, labels = frame_of(SPEC), labels_of(SPEC)
    files = image_files(SPEC, picture_of(frame), labels, OutputSettings(depth="exr", linear_exr=True), frame)
    image = image_record(SPEC, labels, CATEGORIES, files)["image"]
    assert image["files"]["images"] == image["file_name"] == "images/000/000123.png"
    assert set(image["files"]) == {"images", "scenes", "depth", "normals", "semantic", "instances", "linear"}
    assert image["files"]["depth"].endswith(".exr")
    for kind, path in image["files"].items():
        assert image["sha256"][kind] == hashlib.sha256(files[path]).hexdigest()
    assert image["camera"]["K"] == [[150.0, 0.0, 80.0], [0.0, 150.0, 60.0], [0.0, 0.0, 1.0]]
    assert image["camera"]["distortion"] == list(LENS)
    assert np.array(image["camera"]["world_from_camera"])[:3, 2] == pytest.approx([1.0, 0.0, 0.0])  # looks along +X
    assert image["factors"] == {"weather": "rain", "hour": 7.5}
    assert (image["corner_cases"], image["subdomains"]) == (["glare"], ["wet"])


def test_settings_choose_the_files() -> None:
    frame, labels = frame_of(SPEC), labels_of(SPEC)
    none = OutputSettings(image_format="jpeg", depth="none", normals=False, semantic=False, instances=False)
    assert sorted(image_files(SPEC, picture_of(frame), labels, none, frame)) == ["images/000/000123.jpg", "scenes/000/000123.json"]


def test_equal_scenes_give_equal_bytes_of_strict_json() -> None:
    first, second = record_bytes(record()), record_bytes(record())
    assert first == second
    assert first.count(b"\n") == 1
    assert b"NaN" not in first
    json.loads(first)


masks = st.integers(1, 12).flatmap(lambda w: st.lists(st.lists(st.booleans(), min_size=w, max_size=w), min_size=1, max_size=12))


@given(masks)
def test_masks_survive_their_code(rows: list[list[bool]]) -> None:
    mask = np.array(rows)
    assert np.array_equal(decode_mask(encode_mask(mask)), mask)
    assert encode_mask(mask)["size"] == list(mask.shape)

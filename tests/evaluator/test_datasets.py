"""Reading datasets of all sorts: what is sound comes through unchanged, every mistake is told, and dropped on request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as rle

from evaluator.class_map import ClassMap, harmonise, read_class_map
from evaluator.coco_problems import bounds_of_runs, run_lengths
from evaluator.datasets import open_images
from generator.errors import ConfigError, DatasetError, DatasetInputError
from generator.writers.coco import decode_mask, encode_mask
from tests.evaluator.made import HEIGHT, WIDTH, annotation, box_mask, coco, picture, write_coco, write_picture
from tests.writers.made import make_dataset


def told(folder: Path) -> str:
    with pytest.raises(DatasetInputError) as caught:
        open_images(folder)
    return str(caught.value)


def test_a_coco_folder_is_read_whole(tmp_path: Path) -> None:
    found = open_images(write_coco(tmp_path / "mine", coco()))
    assert (found.name, found.categories, len(found.images), found.dropped) == ("mine", ("car", "person"), 3, ())
    first = found.images[0]
    assert [o.category for o in first.objects] == ["car", "person"]
    assert first.objects[0].box == (10, 8, 20, 12)
    assert first.factors == {"split": "train"}
    np.testing.assert_array_equal(first.rgb(), picture(0))


def test_masks_of_all_three_forms_are_the_same_pixels(tmp_path: Path) -> None:
    mask = box_mask(10, 8, 20, 12)
    runs = [int(r) for r in np.diff(np.flatnonzero(np.diff(np.r_[-1, mask.T.ravel(), -1])))]
    forms = [encode_mask(mask), {"size": [HEIGHT, WIDTH], "counts": runs}, [[10, 8, 30, 8, 30, 20, 10, 20]], None]
    content = {**coco(1), "annotations": [annotation(i, 1, segmentation=form) for i, form in enumerate(forms, start=1)]}
    (image,) = open_images(write_coco(tmp_path, content)).images
    found = [image.mask(thing) for thing in image.objects]
    assert found[3] is None
    for one in found[:3]:
        np.testing.assert_array_equal(one, mask)


def test_our_own_folder_keeps_factors_corner_cases_and_occlusion(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "studio")
    found = open_images(tmp_path / "studio")
    assert found.categories == ("ball", "crate")
    assert found.images[0].factors == {"weather": "dry", "hour": 9.5, "corner_cases.glare": True}
    records = [a for record in dataset.records() for a in record["annotations"]]
    things = [(image, thing) for image in found.images for thing in image.objects]
    assert [t.visible_ratio for _, t in things] == [a["visible_ratio"] for a in records]
    for (image, thing), record in zip(things, records, strict=True):
        np.testing.assert_array_equal(image.mask(thing), decode_mask(record["segmentation"]))
    np.testing.assert_array_equal(found.images[1].rgb(), dataset.rgb(1))


def test_a_folder_of_pictures_needs_no_labels(tmp_path: Path) -> None:
    for name in ("b.png", "deep/a.jpg"):
        write_picture(tmp_path / name, picture(1))
    (tmp_path / "notes.txt").write_text("x")
    found = open_images(tmp_path)
    assert ([i.name for i in found.images], found.labelled) == (["b.png", "deep/a.jpg"], False)
    assert (found.images[0].width, found.images[0].height) == (WIDTH, HEIGHT)


def test_pictures_that_cannot_be_read_are_all_told_or_dropped(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", picture(1))
    for name in ("b.png", "c.png"):
        (tmp_path / name).write_bytes(b"no picture")
    assert "2 problems\n  picture b.png: cannot be read, or is cut off\n  picture c.png: cannot be read, or is cut off" in told(tmp_path)
    found = open_images(tmp_path, on_problems="drop")
    assert ([i.name for i in found.images], len(found.dropped)) == (["a.png"], 2)


def test_pictures_of_coco_s_own_layout_are_found(tmp_path: Path) -> None:
    content = coco()
    for i in (1, 2, 3):
        write_picture(tmp_path / "val2017" / f"{i}.png", picture(i))
    (tmp_path / "annotations").mkdir()
    file = tmp_path / "annotations" / "instances_val2017.json"
    file.write_bytes(orjson.dumps(content))
    assert open_images(tmp_path).images[2].path == tmp_path / "val2017" / "3.png"
    assert len(open_images(file).images) == 3


def test_several_coco_files_must_be_named(tmp_path: Path) -> None:
    write_coco(tmp_path, coco())
    (tmp_path / "val.json").write_bytes(orjson.dumps(coco(1)))
    with pytest.raises(DatasetError, match=r"several COCO files; name one of .*annotations.json, .*val.json"):
        open_images(tmp_path)
    assert open_images(tmp_path / "val.json").name == f"{tmp_path.name}/val"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{", "is not valid JSON"),
        (b"[1]", "is no COCO file"),
        (b'{"images": [], "annotations": 3}', "annotations: found 3, a list is allowed"),
    ],
)
def test_what_is_no_coco_file_is_said(content: bytes, text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(DatasetError, match=text):
        open_images(tmp_path / "a.json")


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no such file or folder"):
        open_images(tmp_path / "none")
    with pytest.raises(DatasetError, match=r"no COCO file \(\*.json\) and no pictures"):
        open_images(tmp_path)


def spoil_image(**fields: Any) -> Any:
    return lambda content: content["images"][1].update(fields)


def spoil(**fields: Any) -> Any:
    return lambda content: content["annotations"][1].update(fields)


MISTAKES = {
    "duplicate image": (spoil_image(id=1), "image 1: its id is that of an earlier one"),
    "image id": (spoil_image(id="two"), "image at position 1: id: found 'two', a whole number is allowed"),
    "same file": (spoil_image(file_name="1.png"), "image 2: file_name: 1.png is that of an earlier image"),
    "outside": (spoil_image(file_name="../../x.png"), "image 2: file_name: ../../x.png leads out of the folder of images"),
    "no name": (spoil_image(file_name=None), "image 2: file_name: found None, a path is allowed"),
    "size": (spoil_image(width=65), "image 2: says 65 x 48 pixels, 2.png has 64 x 48"),
    "no mapping": (lambda c: c["images"].__setitem__(1, 5), "image at position 1: found 5, a mapping is allowed"),
    "duplicate annotation": (spoil(id=1), "annotation 1: its id is that of an earlier one"),
    "annotation id": (spoil(id=True), "annotation at position 1: id: found True, a whole number is allowed"),
    "no image": (spoil(image_id=77), "annotation 2: image_id: there is no image 77"),
    "no category": (spoil(category_id=4), "annotation 2: category_id: there is no category 4"),
    "box shape": (spoil(bbox=[1, 2, 3]), "annotation 2: bbox: found [1, 2, 3], four numbers"),
    "empty box": (spoil(bbox=[1, 2, 0, 3]), "annotation 2: bbox: found [1, 2, 0, 3], width and height must be above 0"),
    "box outside": (spoil(bbox=[60, 2, 10, 3]), "annotation 2: bbox: [60, 2, 10, 3] reaches 6 pixels out of the image of 64 x 48"),
    "area": (spoil(area="big"), "annotation 2: area: found 'big', a number from 0 to 3,072 is allowed"),
    "area of more than the image": (spoil(area=3073), "annotation 2: area: found 3073, a number from 0 to 3,072 is allowed"),
    "negative area": (spoil(area=-5), "annotation 2: area: found -5, a number from 0 to 3,072 is allowed"),
    "share": (spoil(visible_ratio=1.5), "annotation 2: visible_ratio: found 1.5, a number from 0 to 1 is allowed"),
    "no box": (lambda c: c["annotations"][1].pop("bbox"), "annotation 2: bbox is missing; four numbers"),
    "no width": (lambda c: c["images"][1].pop("width"), "image 2: width is missing; 2.png has 64 x 48 pixels"),
    "width as text": (spoil_image(width="64"), "image 2: width: found '64', a whole number is allowed"),
    "turned": (
        spoil_image(width=48, height=64),
        "image 2: says 48 x 64 pixels, 2.png has 64 x 48; labels must be for the picture as it is stored",
    ),
    "crowd": (spoil(iscrowd=2), "annotation 2: iscrowd: found 2, 0 or 1 is allowed"),
    "mask size": (
        spoil(segmentation=encode_mask(np.ones((10, 10), bool))),
        "annotation 2: segmentation: its size [10, 10] is not that of the image, [48, 64]",
    ),
    "mask runs": (
        spoil(segmentation={"size": [48, 64], "counts": [5, 6]}),
        "annotation 2: segmentation: its runs cover 11 pixels, the image has 3072",
    ),
    "mask text": (spoil(segmentation={"size": [48, 64], "counts": "P"}), "annotation 2: segmentation: its counts are no run-length code"),
    "polygon": (spoil(segmentation=[[1, 2, 3, 4]]), "annotation 2: segmentation: found the polygon [1, 2, 3, 4]"),
    "mask elsewhere": (
        spoil(segmentation=encode_mask(box_mask(40, 30, 6, 5))),
        "annotation 2: segmentation: lies in [40, 30, 6, 5], outside of its box [10, 8, 20, 12]",
    ),
    "polygon elsewhere": (
        spoil(segmentation=[[40, 30, 46, 30, 46, 35]]),
        "annotation 2: segmentation: lies in [40, 30, 6, 5], outside of its box [10, 8, 20, 12]",
    ),
    "empty mask": (spoil(segmentation=encode_mask(np.zeros((48, 64), bool))), "annotation 2: segmentation: has no pixel"),
    "polygon outside": (spoil(segmentation=[[1, 2, 90, 4, 5, 6]]), "annotation 2: segmentation: a polygon reaches 26 pixels out"),
    "category name": (lambda c: c["categories"].append({"id": 9, "name": ""}), "category 9: name: found '', a name is allowed"),
    "category twice": (lambda c: c["categories"].append({"id": 9, "name": "car"}), "category 9: its name 'car' is that of an earlier one"),
    "category id": (lambda c: c["categories"].append({"id": 3, "name": "x"}), "category 3: its id is that of an earlier one"),
}


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_bounds_of_a_mask_are_read_off_its_runs(mask: np.ndarray) -> None:
    found = bounds_of_runs(run_lengths(encode_mask(mask)["counts"]), mask.shape[0])
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert found == ((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if mask.any() else None)


def test_a_mask_may_reach_out_of_its_box(tmp_path: Path) -> None:
    content = {**coco(1), "annotations": [annotation(1, 1, segmentation=encode_mask(box_mask(4, 3, 50, 40)))]}
    assert open_images(write_coco(tmp_path, content)).images[0].objects[0].segmentation


LEAVES_AN_ANNOTATION_ALONE = {"duplicate image", "image id", "no mapping"}  # nobody has the id that it names any more


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_is_told_and_dropped_alone(name: str, tmp_path: Path) -> None:
    break_it, text = MISTAKES[name]
    content = {**coco(), "categories": [dict(c) for c in coco()["categories"]]}
    write_coco(tmp_path, content)
    break_it(content)
    (tmp_path / "annotations.json").write_bytes(orjson.dumps(content))
    count = 2 if name in LEAVES_AN_ANNOTATION_ALONE else 1
    assert f"{count} problem{'s' if count > 1 else ''}\n  {text}" in told(tmp_path)
    found = open_images(tmp_path, on_problems="drop")
    assert len(found.dropped) == count
    left = 3 if name.startswith("category") else 2
    assert sum(o.category == "car" for i in found.images for o in i.objects) == left


def test_all_mistakes_are_told_at_once_and_a_missing_file_once(tmp_path: Path) -> None:
    content = coco()
    write_coco(tmp_path, content)
    (tmp_path / "images" / "2.png").unlink()  # its annotation goes with it, and is not told again
    content["annotations"][0]["bbox"] = [0, 0, -1, 5]
    content["annotations"][2]["category_id"] = 99
    (tmp_path / "annotations.json").write_bytes(orjson.dumps(content))
    text = told(tmp_path)
    assert "3 problems" in text
    assert f"image 2: there is no file {tmp_path / 'images' / '2.png'}" in text
    assert "annotation 1: bbox" in text
    assert "annotation 3: category_id" in text
    assert "--drop" in text
    found = open_images(tmp_path, on_problems="drop")
    assert [(i.image_id, [o.category for o in i.objects]) for i in found.images] == [(1, ["person"]), (3, [])]


def test_one_mistake_in_the_categories_is_one_problem(tmp_path: Path) -> None:
    content = coco()
    write_coco(tmp_path, {**content, "categories": []})
    assert "1 problem\n  category list: is empty or missing" in told(tmp_path)
    nameless = [{**c, "name": ""} if c["id"] == 3 else c for c in content["categories"]]
    (tmp_path / "annotations.json").write_bytes(orjson.dumps({**content, "categories": nameless}))
    assert "1 problem\n  category 3: name: found ''" in told(tmp_path)


def test_boxes_that_look_like_corners_are_told(tmp_path: Path) -> None:
    """The commonest mistake: [x0, y0, x1, y1] instead of [x, y, width, height]."""
    wrong = [annotation(i, 1, bbox=[30 + i, 20, 60, 44]) for i in range(1, 5)]
    text = told(write_coco(tmp_path / "a", {**coco(1), "annotations": wrong}))
    assert "5 problems" in text
    assert "all 4 that reach out of their images would fit as corners [x0, y0, x1, y1]" in text
    other = [*wrong, annotation(9, 1, bbox=[60, 2, 70, 3])]  # reaches out either way
    assert "corners" not in told(write_coco(tmp_path / "b", {**coco(1), "annotations": other}))


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_picture_that_was_cut_off_is_told_and_dropped(suffix: str, tmp_path: Path) -> None:
    """But not one with something behind its end, as phones write it."""
    for name in ("whole", "cut", "more"):
        write_picture(tmp_path / f"{name}{suffix}", picture(1))
    whole = (tmp_path / f"whole{suffix}").read_bytes()
    (tmp_path / f"cut{suffix}").write_bytes(whole[: len(whole) // 2])
    (tmp_path / f"more{suffix}").write_bytes(whole + bytes(100))
    assert f"1 problem\n  picture cut{suffix}: cannot be read, or is cut off" in told(tmp_path)
    assert [i.name for i in open_images(tmp_path, on_problems="drop").images] == [f"more{suffix}", f"whole{suffix}"]


@pytest.mark.parametrize("content", [b"[]", b"", b"{}", b"[" * 100_000, "{}".encode("utf-16")])
def test_a_broken_annotation_file_is_told_though_its_folder_holds_pictures(content: bytes, tmp_path: Path) -> None:
    write_picture(tmp_path / "images" / "a.png", picture(1))
    (tmp_path / "annotations.json").write_bytes(content)
    assert told(tmp_path).startswith(f"{tmp_path / 'annotations.json'}: is no")


def test_boxes_that_round_over_the_border_are_cut_without_a_word(tmp_path: Path) -> None:
    content = {**coco(1), "annotations": [annotation(1, 1, bbox=[-0.5, 40.0, 10.5, 8.4])]}
    found = open_images(write_coco(tmp_path, content))
    assert found.images[0].objects[0].box == pytest.approx((0.0, 40.0, 10.0, 8.0))
    assert found.notes == ("classes without an object: person",)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40).filter(lambda runs: sum(runs) > 0))
def test_run_lengths_are_those_of_pycocotools(runs: list[int]) -> None:
    coded = rle.frPyObjects({"size": [sum(runs), 1], "counts": runs}, sum(runs), 1)
    text = coded["counts"].decode("ascii")
    np.testing.assert_array_equal(run_lengths(text), runs)


@given(st.text(max_size=30))
def test_any_text_is_run_lengths_or_none(text: str) -> None:
    found = run_lengths(text)
    assert found is None or found.ndim == 1


def test_a_class_map_renames_merges_and_drops(tmp_path: Path) -> None:
    dataset = open_images(write_coco(tmp_path / "a", coco()))
    (renamed,) = harmonise([dataset], ClassMap({"car": "vehicle", "person": None}))
    assert renamed.categories == ("vehicle",)
    assert [[o.category for o in i.objects] for i in renamed.images] == [["vehicle"]] * 3
    (merged,) = harmonise([dataset], ClassMap({"car": "thing", "person": "thing"}))
    assert merged.categories == ("thing",)
    (rest,) = harmonise([dataset], ClassMap({"person": "person", "*": None}))
    assert (rest.categories, len(rest.images)) == (("person",), 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- car", "must hold a mapping of class names"),
        ("car: 3", "car: found 3; a class name or null is allowed"),
        ('"*": thing', "\"*\": found 'thing'; only null is allowed"),
        ("a: [", "is not valid YAML"),
        ("car: person\ncar: rider", "line 2: the key 'car' is given twice; the first is in line 1"),
    ],
)
def test_a_wrong_class_map_is_told(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_class_map(tmp_path / "map.yaml")
    assert expected in str(caught.value)


def test_a_class_map_may_name_only_what_is_there(tmp_path: Path) -> None:
    dataset = open_images(write_coco(tmp_path / "a", coco()))
    with pytest.raises(ConfigError, match=r'no dataset has a class "persn"\. Did you mean "person"'):
        harmonise([dataset], ClassMap({"persn": "x"}))

"""Which images and objects a training sees, in which order, and how pictures are varied: no network is needed."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.datasets import open_images
from evaluator.train.augment import Example, varied
from evaluator.train.mixes import FinetuneMix, MixedMix, Phase, slots
from evaluator.train.selection import Selection, selected, split, synthetic_pool
from evaluator.train.settings import AugmentSettings, SplitSettings, TrainJob
from generator.commands.compose import compose_points
from generator.commands.validate import validated
from generator.errors import ConfigError, DatasetInputError
from generator.streams import Stream
from tests.evaluator.made import annotation, coco, shapes, write_coco

STILL = AugmentSettings(flip=0, scale=(1, 1), colour=0, hue=0)


def job(*words: str) -> TrainJob:
    (point,) = compose_points("train", words, multirun=False)
    return validated(TrainJob, point.config)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shapes(tmp_path_factory.mktemp("sets") / "photos", 40, 1)


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shapes(tmp_path_factory.mktemp("sets") / "drawings", 30, 2)


@given(share=st.floats(0.01, 0.99), batch=st.integers(1, 9), real=st.integers(1, 12), made=st.integers(1, 12))
def test_shares_are_exact_and_each_set_goes_round_in_turn(share: float, batch: int, real: int, made: int) -> None:
    phase = Phase("train", share, 12)
    seen = [slot for step in range(12) for slot in slots(phase, {"real": real, "synthetic": made}, 3, batch, step)]
    assert abs(sum(s.source == "real" for s in seen) - share * len(seen)) <= 1
    for source, count in (("real", real), ("synthetic", made)):
        order = [s.image for s in seen if s.source == source]
        laps = [order[i : i + count] for i in range(0, len(order), count)]
        assert all(sorted(lap) == list(range(count)) for lap in laps[:-1])
        assert all(n == 1 for n in Counter(laps[-1] if laps else []).values())
    assert len({s.stream.path for s in seen}) == len(seen)


def test_a_step_depends_on_seed_and_number_alone() -> None:
    counts = {"real": 7, "synthetic": 5}
    phase = Phase("train", 0.5, 100)
    assert slots(phase, counts, 0, 4, 50) == slots(phase, counts, 0, 4, 50)  # type: ignore[arg-type]
    assert slots(phase, counts, 0, 4, 50) != slots(phase, counts, 1, 4, 50)  # type: ignore[arg-type]
    laps = [tuple(s.image for s in slots(Phase("train", 1.0, 9), counts, 0, 7, step)) for step in range(3)]  # type: ignore[arg-type]
    assert len(set(laps)) == 3  # shuffled anew


def test_phases_of_mixes() -> None:
    assert MixedMix(real_share=None).phases(100, 30, 90) == (Phase("train", 0.25, 100),)
    assert FinetuneMix(pretrain_share=0, lr=0.1).phases(100, 1, 1) == (Phase("finetune", 1, 100, 0.1),)
    assert FinetuneMix(pretrain_share=0.6, lr=0.1).phases(100, 1, 1) == (Phase("pretrain", 0, 60), Phase("finetune", 1, 40, 0.1))


def names(selection: Selection, source: Any) -> set[str]:
    return {image.name for image in selection.train[source].images}


def test_photos_are_held_out_by_name_whatever_seed_and_fraction(photos: Path) -> None:
    few, more, other = (
        selected(job(f"real={photos}", "split.test=0.25", f"mix.real_fraction={fraction}"), seed)
        for fraction, seed in ((0.25, 0), (0.5, 0), (0.5, 1))
    )
    assert names(few, "real") < names(more, "real")  # a smaller fraction is part of a larger one
    assert names(more, "real") != names(other, "real")  # the seed draws
    held = [{image.name for part in (s.validation, s.test) if part for image in part.images} for s in (few, more, other)]
    assert held[0] == held[1] == held[2]
    assert not held[0] & (names(more, "real") | names(other, "real"))
    pool = len(open_images(photos).images) - len(held[0])
    assert len(more.train["real"].images) == round(pool / 2)


def test_a_photo_is_on_the_same_side_in_another_folder_of_photos(photos: Path) -> None:
    whole = open_images(photos)
    shares = SplitSettings(validation=0.3, test=0.3)
    some = whole.subset(range(0, 40, 2))
    for part, images in split(some, shares).items():
        assert {i.name for i in images.images} <= {i.name for i in split(whole, shares)[part].images}
    with pytest.raises(DatasetInputError, match=r"of its 1 images none falls into the share split\.validation=0\.001"):
        split(whole.subset([0]), SplitSettings(validation=0.001))
    with pytest.raises(DatasetInputError, match=r"none falls into the share split\.synthetic_test=0\.001; raise the share"):
        synthetic_pool(whole.subset([0]), SplitSettings(synthetic_test=0.001))


def test_what_is_tested_on_does_not_depend_on_what_is_validated_on(photos: Path) -> None:
    """A recipe that was chosen on validation images was not chosen on the test images of a study, which has no validation images."""
    whole = open_images(photos)
    alone = {kind: split(whole, SplitSettings(**{"validation": 0.0, kind: 0.3}))[kind].images for kind in ("validation", "test")}
    both = split(whole, SplitSettings(validation=0.3, test=0.3))
    assert {kind: both[kind].images for kind in alone} == alone
    assert not {i.name for i in alone["validation"]} & {i.name for i in alone["test"]}


def test_mixes_take_what_they_need_and_validate_on_photos(photos: Path, drawings: Path) -> None:
    both = (f"real={photos}", f"synthetic={drawings}")
    made = selected(job("mix=synthetic", "mix.synthetic_count=10", *both), 0)
    assert (made.train.keys(), len(made.train["synthetic"].images)) == ({"synthetic"}, 10)
    assert made.validation is not None
    assert made.validation.source == photos / "annotations.json"
    more = selected(job("mix=mixed", "mix.synthetic_count=20", *both), 0)
    assert names(made, "synthetic") < names(more, "synthetic")
    alone = selected(job("mix=synthetic", f"synthetic={drawings}"), 0)
    assert alone.validation is not None
    assert not {i.name for i in alone.validation.images} & names(alone, "synthetic")
    with pytest.raises(ConfigError, match=r"mix\.synthetic_count: found 31, .* has 30 images"):
        selected(job("mix=mixed", "mix.synthetic_count=31", *both), 0)
    with pytest.raises(ConfigError, match="mix=mixed needs synthetic images: synthetic=FOLDER"):
        job("mix=mixed", f"real={photos}")


def trouble(folder: Path) -> Path:
    """Six objects an image, each with another reason to be left out, but the first. 64 x 48, seen at 128 x 96."""
    reasons: list[dict[str, Any]] = [
        {"bbox": [0, 0, 20, 20], "visible_ratio": 0.5, "truncation": 0.5},
        {"bbox": [0, 0, 20, 20], "category_id": 7},
        {"bbox": [0, 0, 20, 20], "iscrowd": 1},
        {"bbox": [0, 0, 20, 4]},
        {"bbox": [0, 0, 20, 20], "visible_ratio": 0.1},
        {"bbox": [0, 0, 20, 20], "truncation": 0.9},
    ]
    things = [annotation(6 * i + j + 1, i + 1, **fields) for i in range(20) for j, fields in enumerate(reasons)]
    return write_coco(folder, {**coco(20), "annotations": things})


def test_objects_without_value_are_left_out_of_both_sets_and_counted(tmp_path: Path) -> None:
    one, other = trouble(tmp_path / "one"), trouble(tmp_path / "other")
    words = ("filter.min_side_px=8.1", "filter.min_visible_ratio=0.3", "filter.max_truncation=0.8", "detector.size_px=128")
    found = selected(job("mix=mixed", f"real={one}", f"synthetic={other}", "classes=[car]", *words), 0)
    for dataset in found.train.values():
        assert {len(image.objects) for image in dataset.images} == {1}
    assert found.validation is not None
    held = len(found.validation.images)
    assert [tuple(o.crowd for o in image.objects) for image in found.validation.images] == [(False, True, True, True, True)] * held
    head, real, made, validation = found.counts
    assert head[3:] == ("another class", "crowd", "too small", "too hidden", "cut off")
    assert real == ("real, training", str(20 - held), *[str(20 - held)] * 6)
    assert made == ("synthetic, training", "20", *["20"] * 6)
    assert validation == ("real, validation", str(held), *[str(held)] * 6)
    with pytest.raises(DatasetInputError, match="no object of the classes is left"):
        selected(job(f"real={one}", "filter.min_side_px=100"), 0)


def test_class_maps_and_classes(photos: Path, drawings: Path, tmp_path: Path) -> None:
    content = orjson.loads((drawings / "annotations.json").read_bytes())
    content["categories"] = [{"id": 3, "name": "square"}, {"id": 7, "name": "disc"}]
    other = tmp_path / "other"
    shutil.copytree(drawings, other)
    (other / "annotations.json").write_bytes(orjson.dumps(content))
    words = ("mix=mixed", f"real={photos}", f"synthetic={other}")
    apart = selected(job(*words, "mix.synthetic_count=5", "class_map=null", "classes=[car,disc]"), 0)
    assert apart.notes == (
        "the real images show no disc; classes with other names meet by class_map=FILE",
        "the synthetic images show no car; classes with other names meet by class_map=FILE",
    )
    (tmp_path / "map.yaml").write_text("square: car\ndisc: person\n")
    common = selected(job(*words, f"class_map={tmp_path / 'map.yaml'}"), 0)
    assert (common.classes, common.notes) == (("car", "person"), ())
    with pytest.raises(ConfigError, match='classes: there is no class "bus"'):
        selected(job(*words, "classes=[bus]"), 0)


def test_masks_are_needed_where_masks_are_learnt(tmp_path: Path) -> None:
    folder = write_coco(tmp_path, {**coco(20), "annotations": [annotation(i, i) for i in range(1, 21)]})
    with pytest.raises(DatasetInputError, match=r"objects have a box and no mask; detector=mask_rcnn learns masks"):
        selected(job(f"real={folder}", "detector=mask_rcnn"), 0)


def drawn(width: int, height: int, box: tuple[int, int, int, int]) -> Example:
    """Black, with one white rectangle."""
    x, y, w, h = box
    mask = np.zeros((height, width), np.uint8)
    mask[y : y + h, x : x + w] = 1
    rgb = np.repeat(mask[..., None] * np.uint8(255), 3, axis=2)
    return Example(rgb, np.array([[x, y, x + w, y + h]], np.float32), np.array([1]), mask[None])


@given(seed=st.integers(0, 10_000), portrait=st.booleans(), window=st.sampled_from([0.3, 0.6, 1.0]))
def test_boxes_and_masks_go_where_the_pixels_go(seed: int, portrait: bool, window: float) -> None:
    width, height = (60, 80) if portrait else (80, 60)
    settings = AugmentSettings(flip=0.5, flip_vertical=0.5, turn=0.6, scale=(0.5, 2), colour=0, hue=0, min_kept=0, window=window)
    found = varied(drawn(width, height, (30, 25, 22, 16)), settings, 160, Stream.root(seed))
    assert max(found.rgb.shape) <= 160 * window
    white = found.rgb[..., 0] >= 128
    if not len(found.boxes):
        assert white.sum() < 160  # a sliver at most
        return
    rows, columns = np.nonzero(white)
    expected = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(found.boxes[0], expected, atol=1.5)  # windows of whole stored pixels are not quite to scale
    assert found.masks is not None
    assert (found.masks[0].astype(bool) != white).mean() < 0.01


def test_without_variation_a_picture_is_only_fitted() -> None:
    example = drawn(40, 20, (10, 5, 20, 10))
    same = varied(example, STILL, 40, Stream.root(0))
    np.testing.assert_array_equal(same.rgb, example.rgb)
    np.testing.assert_array_equal(same.boxes, example.boxes)
    double = varied(example, STILL, 80, Stream.root(0))
    assert double.rgb.shape == (40, 80, 3)
    np.testing.assert_array_equal(double.boxes, [[20, 10, 60, 30]])


def test_quarter_turns_are_to_the_left_and_mirrors_are_none() -> None:
    """The top left corner of a picture, marked, is at the bottom left after one turn, and never in a mirror's place."""
    example = drawn(40, 20, (0, 0, 8, 4))
    found = {tuple(varied(example, replace_settings(STILL, turn=1), 40, Stream.root(s)).boxes[0].tolist()) for s in range(40)}
    assert found == {(0, 32, 4, 40), (32, 16, 40, 20), (16, 0, 20, 8)}


def test_objects_of_which_too_little_is_left_are_dropped() -> None:
    settings = replace_settings(STILL, scale=(2, 2), min_kept=0.9)
    dropped = [len(varied(drawn(80, 60, (0, 0, 60, 50)), settings, 80, Stream.root(s)).boxes) for s in range(10)]
    assert dropped == [0] * 10  # a half of the picture cannot hold 90 % of it


@given(seed=st.integers(0, 10_000), x=st.integers(0, 76), y=st.integers(0, 56))
def test_a_small_window_shows_an_object_as_large_as_the_whole_picture_does(seed: int, x: int, y: int) -> None:
    found = varied(drawn(80, 60, (x, y, 4, 4)), replace_settings(STILL, window=0.25, min_kept=0), 160, Stream.root(seed))
    assert found.rgb.shape == (30, 40, 3)
    (box,) = found.boxes
    assert (box[2:] - box[:2] >= 4).all()  # at least its middle is shown
    if (box > 0).all() and (box < [40, 30, 40, 30]).all():
        np.testing.assert_array_equal(box[2:] - box[:2], [8, 8])  # twice the stored size, as everything is at 160 of 80 pixels


def test_a_small_window_of_a_picture_without_objects_is_anywhere() -> None:
    empty = Example(
        np.arange(80, dtype=np.uint8)[None, :, None].repeat(60, 0).repeat(3, 2), np.zeros((0, 4), np.float32), np.zeros(0, int), None
    )
    lefts = {int(varied(empty, replace_settings(STILL, window=0.25), 80, Stream.root(s)).rgb[0, 0, 0]) for s in range(200)}
    assert min(lefts) < 5
    assert max(lefts) > 55


def replace_settings(settings: AugmentSettings, **changes: Any) -> AugmentSettings:
    return AugmentSettings.model_validate({**settings.model_dump(), **changes})


def test_colours_vary_within_bounds_and_greys_keep_their_hue() -> None:
    settings = replace_settings(STILL, colour=0.3, hue=0.1)
    grey = Example(np.full((8, 8, 3), 120, np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.int64), None)
    found = np.array([varied(grey, settings, 8, Stream.root(s)).rgb[0, 0] for s in range(200)], int)
    assert np.ptp(found, axis=1).max() <= 1
    assert found.min() >= 120 * 0.7 - 1
    assert found.max() <= 120 * 1.3 + 1
    assert found[:, 0].std() > 10
    red = replace(grey, rgb=np.full((8, 8, 3), (200, 60, 60), np.uint8))
    reds = np.array([varied(red, settings, 8, Stream.root(s)).rgb[0, 0] for s in range(50)], int)
    assert (reds[:, 0] > reds[:, 1:].max(axis=1)).all()  # a tenth of a turn leaves red red
    assert np.ptp(reds[:, 1] - reds[:, 2]) > 20


def test_wrong_settings_are_told(photos: Path) -> None:
    for words, text in (
        (("split.validation=0.6", "split.test=0.5"), "split: .*below 1"),
        (("recipe.augment.scale=[2,1]",), r"scale: found \[2.0, 1.0\]"),
        (("recipe.accumulate=3",), "cannot be taken in 3 equal parts"),
        (("seeds=[1,1]",), "seeds: one of them appears twice"),
        (("split.validation=0", "recipe.patience=2"), "recipe.patience needs validation images"),
        (("detector.pyramid.channels=100",), "multiple of 32"),
        (("detector.pyramid.levels=2",), "end at stride 16 and must reach 32"),
        (("detector.size=1",), 'there is no "detector.size"'),
    ):
        with pytest.raises(ConfigError, match=text):
            job(f"real={photos}", *words)


def test_pictures_without_labels_teach_nothing(tmp_path: Path) -> None:
    write_coco(tmp_path, coco(2))
    with pytest.raises(DatasetInputError, match="has no labels to learn from"):
        selected(job(f"real={tmp_path / 'images'}"), 0)

"""Numbers of labels against figures whose answer is known, and the sentences that are made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluator.datasets import LabelledImage, LabelledImages, LabelledObject
from evaluator.gap.content import CONTOUR, LAYOUT, contour, layout, tables
from evaluator.gap.effects import Effect, effects_of, marked, phrase
from evaluator.gap.measure import class_shares
from evaluator.gap.spaces import paired
from generator.streams import Stream
from generator.writers.coco import encode_mask


def image(number: int, *things: LabelledObject, width: int = 100, height: int = 80) -> LabelledImage:
    return LabelledImage(Path(f"{number}.png"), f"{number}.png", number, width, height, things)


def thing(category: str, *box: float, **fields: object) -> LabelledObject:
    return replace(LabelledObject(category, (box[0], box[1], box[2], box[3]), box[2] * box[3], 1), **fields)  # type: ignore[arg-type]


def dataset(*images: LabelledImage) -> LabelledImages:
    return LabelledImages("made", Path("made"), ("car", "dog"), images)


def masked(mask: np.ndarray) -> np.ndarray:
    x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
    found = contour(image(0, width=mask.shape[1], height=mask.shape[0]), thing("car", x, y, w, h, segmentation=encode_mask(mask)))
    assert found is not None
    return found


def test_counts_and_co_occurrence() -> None:
    crowd = thing("car", 0, 0, 5, 5, crowd=True)
    found = dataset(
        image(0, thing("car", 0, 0, 5, 5), thing("car", 9, 9, 5, 5), crowd),
        image(1),
        image(2, thing("car", 1, 1, 2, 2), thing("dog", 1, 1, 2, 2)),
    )
    counts, together, *_ = tables(found, ("car", "dog"))
    np.testing.assert_array_equal(counts.points.values, [[2, 2, 0], [0, 0, 0], [2, 1, 1]])
    assert (together.features, together.points.values.ravel().tolist()) == (("car with dog",), [0, 0, 1])


def test_layout_is_the_share_of_each_cell_that_is_covered() -> None:
    whole = layout(image(0, thing("car", 0, 0, 100, 80)), ("car", "dog"))
    np.testing.assert_allclose(whole[0], 1)
    assert not whole[1].any()
    half = layout(image(0, thing("car", 12.5, 10, 6.25, 10), thing("car", 12.5, 10, 6.25, 10)), ("car",))
    assert half[0, 1, 1] == pytest.approx(1.0)  # twice the same half, at most 1
    assert half.sum() == pytest.approx(1.0)


def test_size_position_and_shape_of_a_box() -> None:
    found = {
        t.name: t.points.values
        for t in tables(dataset(image(0, thing("car", 10, 20, 40, 20, visible_ratio=0.75, truncation=0.1))), ("car",))
    }
    np.testing.assert_allclose(found["car: size"], [[np.log2(np.sqrt(0.1)), -2]])
    np.testing.assert_allclose(found["car: position"], [[0.3, 0.375, 0.5]])
    np.testing.assert_allclose(found["car: box shape"], [[1]])
    np.testing.assert_allclose(found["car: occlusion"], [[0.25]])
    np.testing.assert_allclose(found["car: truncation"], [[0.1]])


def test_a_disc_is_round_and_a_bar_is_not() -> None:
    disc, bar = np.zeros((90, 90), np.uint8), np.zeros((90, 90), np.uint8)
    cv2.circle(disc, (45, 45), 30, 1, -1)
    bar[40:50, 5:85] = 1
    round_one, long_one = (dict(zip(CONTOUR, masked(m.astype(bool)), strict=True)) for m in (disc, bar))
    assert round_one["mask / box"] == pytest.approx(np.pi * 30**2 / 61**2, abs=0.005)
    assert 0.8 < round_one["roundness"] < 1
    assert max(round_one[f"outline harmonic {k}"] for k in (-3, -2, 2, 3)) < 0.02
    assert long_one["roundness"] < 0.4
    assert long_one["outline harmonic -1"] > 0.6
    assert round_one["outline harmonic -1"] < 0.05


def test_outlines_do_not_depend_on_place_or_size() -> None:
    def star(scale: float, left: int) -> np.ndarray:
        mask = np.zeros((300, 300), np.uint8)
        corners = np.array([[0, 0], [40, 10], [60, 0], [50, 40], [30, 30], [5, 60]]) * scale + left
        cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
        return masked(mask.astype(bool))

    np.testing.assert_allclose(star(4, 5), star(2, 60), atol=0.04)


def test_pieces_are_counted_and_specks_have_no_shape() -> None:
    mask = np.zeros((60, 60), bool)
    mask[5:20, 5:20] = mask[30:50, 30:50] = True
    assert dict(zip(CONTOUR, masked(mask), strict=True))["pieces"] == 2
    speck = np.zeros((60, 60), bool)
    speck[3:5, 3:5] = True
    assert contour(image(0, width=60, height=60), thing("car", 3, 3, 2, 2, segmentation=encode_mask(speck))) is None


def cars(seed: int, count: int, scale: float) -> LabelledImages:
    rng = np.random.default_rng(seed)
    sides = 12 * scale * 2 ** rng.normal(0, 0.3, count)
    return dataset(
        *(image(i, thing("car", float(rng.uniform(0, 40)), float(rng.uniform(0, 30)), float(s), float(s))) for i, s in enumerate(sides))
    )


def test_cars_that_are_too_large_are_said_to_be_so() -> None:
    spaces = paired(tables(cars(0, 400, 1.0), ("car",)), tables(cars(1, 400, 1.4), ("car",)))
    effects = marked([e for space in spaces if space.name != LAYOUT for e in effects_of(space, Stream.root(1))])
    size = next(e for e in effects if e.feature.startswith("size"))
    assert size.significant
    assert size.distance == pytest.approx(np.log2(1.4) / 0.3, rel=0.12)
    assert 2 ** (size.made - size.real) == pytest.approx(1.4, rel=0.05)
    assert phrase(size).startswith("car: too large by ")
    assert effects[0].space == "car: size"
    assert not any(e.significant for e in effects if e.space == "all: objects an image")


def test_a_feature_without_a_unit_of_its_own_is_told_in_deviations() -> None:
    effect = Effect("images: colour", "appearance", None, "share of red", 1.26, 0.105, 0.42, 0.001)
    assert phrase(effect) == "images, colour, share of red: 0.42, real 0.105 (W1 1.3 deviations)"


def test_equal_sets_have_hardly_a_finding() -> None:
    spaces = paired(tables(cars(0, 60, 1.0), ("car",)), tables(cars(1, 60, 1.0), ("car",)))
    assert not any(e.significant for e in marked([e for s in spaces for e in effects_of(s, Stream.root(1))]))


def test_class_shares_name_what_one_set_lacks() -> None:
    real = dataset(image(0, thing("car", 0, 0, 5, 5), thing("dog", 0, 0, 5, 5)))
    made = replace(dataset(image(0, thing("car", 0, 0, 5, 5))), categories=("car",))
    assert [(s.category, s.real_per_image, s.made_per_image, s.made_share) for s in class_shares(real, made)] == [
        ("car", 1, 1, 1),
        ("dog", 1, 0, 0),
    ]

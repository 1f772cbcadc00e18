"""Which images are far, and which factors go with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluator.datasets import LabelledImage
from evaluator.gap.farness import factor_effects, farness, value_labels
from evaluator.gap.findings import factor_sentence
from generator.streams import Stream


def images(**factors: list[object]) -> list[LabelledImage]:
    count = len(next(iter(factors.values())))
    return [
        LabelledImage(Path(f"{i}.png"), f"{i}.png", i, 8, 8, (), {k: v[i] for k, v in factors.items() if v[i] is not None})  # type: ignore[misc]
        for i in range(count)
    ]


def test_a_typical_real_image_has_farness_one() -> None:
    rng = np.random.default_rng(0)
    found = farness(rng.normal(size=(500, 8)), rng.normal(size=(200, 8)))
    assert np.median(found.made) == pytest.approx(1.0, abs=0.05)
    assert np.median(found.real_to_made) > 1  # fewer neighbours to be near to


def test_farness_and_nearest_are_those_of_the_definition() -> None:
    real, made = np.array([[0.0], [1.0], [3.0]]), np.array([[10.0], [0.4]])
    found = farness(real, made)  # 2 neighbours: among the real ones (1 + 3) / 2, (1 + 2) / 2, (2 + 3) / 2; median 2
    np.testing.assert_allclose(found.made, [(7 + 9) / 2 / 2, (0.4 + 0.6) / 2 / 2], rtol=1e-5)
    assert found.nearest.tolist() == [2, 0]


def test_the_factor_that_moves_the_gap_is_first_and_put_into_words() -> None:
    rng = np.random.default_rng(0)
    time = ["night" if i % 4 == 0 else "day" for i in range(80)]
    far = np.where([t == "night" for t in time], 2.3, 1.0) * rng.uniform(0.98, 1.02, 80)
    found = factor_effects(images(time=time, chance=[str(int(v)) for v in rng.integers(0, 3, 80)], same=["x"] * 80), far, Stream.root(1))
    assert [f.factor for f in found] == ["time", "chance"]
    assert found[0].p_value == pytest.approx(1 / 500)
    assert found[0].share > 0.5
    assert found[0].values[0].value == "night"
    assert found[0].values[0].ratio == pytest.approx(2.3, rel=0.02)
    assert factor_sentence(found[0]) == "time = night: 2.3 x farther than the other images (20 images)"
    assert found[1].p_value > 0.01
    assert found[1].share < 0.1


def test_numbers_are_cut_into_thirds_and_missing_values_are_one() -> None:
    labels = value_labels(list(np.linspace(0, 30, 31)))
    assert sorted(np.unique(labels, return_counts=True)[1].tolist()) == [10, 10, 11]
    assert set(labels) == {"0 to 10", "10 to 20", "20 to 30"}
    assert value_labels([True, None, True]).tolist() == ["True", "absent", "True"]
    assert value_labels([1.5, 2, 1.5]).tolist() == ["1.5", "2", "1.5"]


def test_a_numeric_factor_is_found() -> None:
    hour = np.linspace(0, 24, 60)
    far = 1 + np.abs(hour - 12) / 12
    (found,) = factor_effects(images(hour=[float(h) for h in hour]), far, Stream.root(1))
    assert found.values[-1].value == "8 to 16"
    assert found.p_value < 0.01


def test_values_of_single_images_are_not_compared() -> None:
    assert factor_effects(images(name=["a", "b", "c", "c"]), np.arange(4.0), Stream.root(1)) == []

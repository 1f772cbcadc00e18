"""The sensor as a whole: bytes out of any light, repeatable, brighter for more exposure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.sensor import develop
from generator.spec import SensorSpec
from generator.streams import Stream

STREAM = Stream.root("sensor test")
EVERYTHING = SensorSpec(
    white_balance_k=4500.0, saturation=1.2, contrast=1.1, vignette=0.3, bloom=0.1, shot_noise_electrons=5000.0, read_noise=0.005,
    sharpen=0.5, jpeg_quality=80,
)  # fmt: skip
LIGHT = arrays(np.float32, (6, 8, 3), elements=st.floats(0, 1e6, width=32))


def scene(seed: int = 0, shape: tuple[int, int] = (48, 64)) -> np.ndarray:
    """(H, W, 3) light of a made-up scene: dark below, bright above, spread over three decades."""
    draw = np.random.default_rng(seed)
    rows = np.linspace(2.0, -1.0, shape[0])[:, None, None]
    return (10 ** (rows + draw.normal(0, 0.2, (*shape, 3)))).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(LIGHT)
def test_any_light_becomes_a_picture(light: np.ndarray) -> None:
    for sensor in (SensorSpec(), EVERYTHING, SensorSpec(auto_exposure=False)):
        picture = develop(light, sensor, STREAM)
        assert (picture.dtype, picture.shape) == (np.uint8, light.shape)


@settings(max_examples=30, deadline=None)
@given(LIGHT, st.floats(-3, 3), st.floats(0.01, 2))
def test_more_exposure_is_nowhere_darker(light: np.ndarray, ev: float, more: float) -> None:
    first, second = (develop(light, SensorSpec(auto_exposure=False, exposure_ev=e), STREAM) for e in (ev, ev + more))
    assert (second.astype(int) >= first).all()


def test_the_same_light_and_stream_give_the_same_bytes() -> None:
    first, again = (develop(scene(), EVERYTHING, STREAM) for _ in range(2))
    other = develop(scene(), EVERYTHING, STREAM.child("other"))
    assert (first == again).all()
    assert (first != other).any()


def test_the_light_itself_is_left_alone() -> None:
    light = scene()
    before = light.copy()
    develop(light, EVERYTHING, STREAM)
    assert (light == before).all()


def test_light_that_is_no_number_is_black_and_spoils_nothing() -> None:
    light = scene()
    light[3, 4] = (np.nan, np.inf, -np.inf)
    picture = develop(light, SensorSpec(), STREAM)
    clean = light.copy()
    clean[3, 4] = 0
    assert (picture == develop(clean, SensorSpec(), STREAM)).all()
    assert (picture[3, 4] == 0).all()


@pytest.mark.parametrize("level", [1e-3, 1.0, 50.0])
def test_a_grey_card_comes_out_grey_by_day_and_a_little_darker_by_night(level: float) -> None:
    """sRGB 118 is 18 % grey."""
    picture = develop(np.full((20, 30, 3), level, np.float32), SensorSpec(), STREAM)
    assert picture.std() == 0
    assert 118 + 14 >= picture[0, 0, 0] >= (70 if level < 0.1 else 100)


def test_a_small_sun_does_not_darken_the_picture() -> None:
    light = scene()
    plain = develop(light, SensorSpec(), STREAM).mean()
    light[2:4, 2:4] = 1e6
    assert develop(light, SensorSpec(), STREAM).mean() == pytest.approx(plain, abs=3)


def test_without_automatic_exposure_white_is_one() -> None:
    light = np.array([[[0.0, 0.0, 0.0], [0.18, 0.18, 0.18], [1.0, 1.0, 1.0]]], np.float32)
    picture = develop(light, SensorSpec(auto_exposure=False), STREAM)[0, :, 0]
    assert picture[0] == 0
    assert abs(int(picture[1]) - 118) <= 2
    assert 210 < picture[2] < 256

"""Every effect of the sensor against its definition; off means untouched."""

from __future__ import annotations

import numpy as np
import pytest

from generator.colors import linear_from_kelvin
from generator.sensor.color import graded, white_balanced
from generator.sensor.exposure import LUMINANCE, MIDDLE_GREY, exposure_factor, metered_factor
from generator.sensor.noise import noisy
from generator.sensor.optics import bloomed, vignetted
from generator.sensor.picture import compressed, sharpened
from generator.sensor.tone import filmic
from generator.spec import SensorSpec
from generator.streams import Stream

STREAM = Stream.root("effects test")
LIGHT = np.random.default_rng(0).uniform(0.05, 1.0, (40, 60, 3)).astype(np.float32)


def test_everything_off_changes_nothing() -> None:
    for effect in (
        bloomed(LIGHT, 0.0), vignetted(LIGHT, 0.0), noisy(LIGHT, 0.0, 0.0, STREAM), white_balanced(LIGHT, 6500.0), graded(LIGHT, 1.0, 1.0),
        sharpened(LIGHT, 0.0), compressed(LIGHT, 0),
    ):  # fmt: skip
        assert effect is LIGHT


@pytest.mark.parametrize("ev", [-2.0, 0.0, 1.5])
def test_a_step_of_exposure_is_a_factor_of_two(ev: float) -> None:
    assert exposure_factor(LIGHT, SensorSpec(auto_exposure=False, exposure_ev=ev)) == 2.0**ev
    assert exposure_factor(LIGHT, SensorSpec(exposure_ev=ev)) == pytest.approx(2.0**ev * metered_factor(LIGHT))


def test_metering_follows_the_light_but_for_a_stop_at_night() -> None:
    day, night = metered_factor(LIGHT * 100) * 100, metered_factor(LIGHT * 1e-4) * 1e-4
    assert 0.4 * day < night < day
    assert metered_factor(np.zeros((4, 4, 3), np.float32)) == 1.0


def test_metering_spares_a_bright_sky() -> None:
    """A tenth of the picture is 1,000 times as bright: the rest loses one to three stops, not ten."""
    light = np.full((20, 20, 3), 0.5, np.float32)
    plain = metered_factor(light)
    light[:2] = 500.0
    assert 0.1 * plain < metered_factor(light) < 0.6 * plain


def test_bloom_keeps_the_light_and_spreads_it() -> None:
    dark = np.zeros((201, 301, 3), np.float32)
    dark[100, 150] = 100.0
    halo = bloomed(dark, 0.2)
    assert halo.sum() == pytest.approx(dark.sum(), rel=0.02)
    assert halo[100, 150, 0] == pytest.approx(80, rel=0.1)
    assert halo[100, 160, 0] > halo[100, 200, 0] > 0


def test_a_vignette_takes_its_share_in_the_corners_and_nothing_in_the_middle() -> None:
    dimmed = vignetted(np.ones((101, 151, 3), np.float32), 0.4)
    assert dimmed[50, 75, 0] == 1.0
    assert dimmed[0, 0, 1] == pytest.approx(0.6, abs=0.02)
    assert dimmed[50, 0, 2] == pytest.approx(1 - 0.4 * 75**2 / (75**2 + 50**2), abs=0.02)


def test_shot_noise_has_the_variance_of_its_electrons_and_read_noise_its_own() -> None:
    flat = np.full((300, 300, 3), 0.25, np.float32)
    noise = noisy(flat, 1000.0, 0.02, STREAM) - flat
    assert noise.mean() == pytest.approx(0.0, abs=2e-4)
    assert noise.var() == pytest.approx(0.25 / 1000 + 0.02**2, rel=0.02)
    assert noisy(np.zeros((50, 50, 3), np.float32), 1000.0, 0.0, STREAM).max() == 0


@pytest.mark.parametrize("kelvin", [2800.0, 4500.0, 9000.0])
def test_the_light_that_the_balance_is_set_to_comes_out_grey(kelvin: float) -> None:
    lit = np.broadcast_to(np.array(linear_from_kelvin(kelvin), np.float32), (2, 2, 3))
    neutral = np.array(linear_from_kelvin(6500.0))
    balanced = white_balanced(lit, kelvin)[0, 0]
    np.testing.assert_allclose(balanced / balanced[1], neutral / neutral[1], rtol=1e-5)


def test_contrast_turns_about_middle_grey() -> None:
    steps = np.array([0.5, 1.0, 2.0], np.float32) * MIDDLE_GREY
    np.testing.assert_allclose(graded(steps, 2.0, 1.0), np.array([0.25, 1.0, 4.0]) * MIDDLE_GREY, rtol=1e-5)


def test_saturation_keeps_luminance_down_to_grey() -> None:
    for saturation in (0.0, 0.5):
        np.testing.assert_allclose(graded(LIGHT, 1.0, saturation) @ LUMINANCE, LIGHT @ LUMINANCE, rtol=1e-5)
    assert np.ptp(graded(LIGHT, 1.0, 0.0), axis=-1).max() < 1e-6
    assert np.ptp(graded(LIGHT, 1.0, 1.5), axis=-1).mean() > np.ptp(LIGHT, axis=-1).mean()


def test_the_tone_curve_rises_from_black_over_middle_grey_to_white() -> None:
    light = np.linspace(0, 30, 3001, dtype=np.float32)
    shown = filmic(light)
    assert (np.diff(shown) >= 0).all()
    assert shown[0] == 0
    assert shown[-1] == 1
    assert float(filmic(np.float32(MIDDLE_GREY))) == pytest.approx(MIDDLE_GREY, abs=0.005)


def test_sharpening_steepens_edges_and_leaves_flats() -> None:
    edge = np.full((20, 20, 3), 0.3)
    edge[:, 10:] = 0.6
    sharp = sharpened(edge, 1.0)
    np.testing.assert_allclose(sharp[:, [0, 19]], edge[:, [0, 19]], atol=1e-9)
    assert sharp[10, 9, 0] < 0.3 < 0.6 < sharp[10, 10, 0]


def test_jpeg_loses_more_at_lower_quality_and_keeps_the_channels_in_order() -> None:
    picture = np.zeros((32, 32, 3), np.uint8) + np.array([200, 100, 50], np.uint8)
    picture += np.random.default_rng(1).integers(0, 30, picture.shape, dtype=np.uint8)
    losses = [np.abs(compressed(picture, quality).astype(int) - picture).mean() for quality in (95, 50, 10)]
    assert losses == sorted(losses)
    np.testing.assert_allclose(compressed(picture, 95).mean(axis=(0, 1)), picture.mean(axis=(0, 1)), atol=2)

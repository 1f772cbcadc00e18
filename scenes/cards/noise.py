"""Random fields that repeat at their borders, by filtering white noise in the frequency domain. Shapes: H, W the field."""

from __future__ import annotations

import numpy as np

Shape = tuple[int, int]


def clouds(shape: Shape, rng: np.random.Generator, period_px: float, *, stretch: float = 1.0, slope: float = 1.5) -> np.ndarray:
    """(H, W) float64 of mean 0 and variance 1 with detail below `period_px`, amplitudes falling by `slope` with the frequency.

    `stretch`: how many times longer it is along a row than across.
    """
    fy, fx = _frequencies(shape)
    frequency = np.hypot(fy, fx * stretch)
    weight = 1.0 / (1.0 + (frequency * period_px) ** 2) ** (slope / 2)
    return _filtered(shape, rng, weight)


def bumps(shape: Shape, rng: np.random.Generator, period_px: float, *, stretch: float = 1.0, sharpness: float = 3.0) -> np.ndarray:
    """(H, W) float64 of mean 0 and variance 1: bumps about `period_px` apart, longer along a row by `stretch`."""
    fy, fx = _frequencies(shape)
    frequency = np.hypot(fy, fx * stretch)
    weight = np.exp(-(sharpness**2) * np.log(np.maximum(frequency * period_px, 1e-6)) ** 2 / 2)
    return _filtered(shape, rng, weight)


def _frequencies(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Cycles a pixel, (H, 1) and (1, W // 2 + 1)."""
    return np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :]


def _filtered(shape: Shape, rng: np.random.Generator, weight: np.ndarray) -> np.ndarray:
    spectrum = np.fft.rfft2(rng.standard_normal(shape, np.float32)) * weight
    spectrum[0, 0] = 0.0
    field = np.fft.irfft2(spectrum, shape)
    return np.asarray(field / max(float(field.std()), 1e-12))


def step(field: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((field - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))


def blend(share: np.ndarray, first: object, second: object) -> np.ndarray:
    """(H, W, 3) of (H, W) shares 0..1 between two colours (or (H, W, 3) images)."""
    return np.asarray(first, float) * (1 - share[..., None]) + np.asarray(second, float) * share[..., None]

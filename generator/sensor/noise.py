"""Noise of the sensor: photons arrive at random, and reading them out adds some more."""

from __future__ import annotations

import numpy as np

from generator.streams import Stream


def noisy(light: np.ndarray, white_electrons: float, read_noise: float, stream: Stream) -> np.ndarray:
    """(H, W, 3) light in units of white with shot noise (variance = light / `white_electrons`) and read noise (standard deviation).

    0 switches either off. Shot noise is drawn as normal, which a Poisson law of more than a few electrons is close to.
    """
    if white_electrons <= 0 and read_noise <= 0:
        return light
    variance = np.full(light.shape, read_noise**2, np.float32)
    if white_electrons > 0:
        variance += light / np.float32(white_electrons)
    draws = stream.child("sensor noise").generator().standard_normal(light.shape, np.float32)
    return np.maximum(light + draws * np.sqrt(variance), 0.0)

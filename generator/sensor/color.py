"""White balance, contrast and saturation in linear light."""

from __future__ import annotations

import numpy as np

from generator.colors import linear_from_kelvin
from generator.sensor.exposure import LUMINANCE, MIDDLE_GREY

_NEUTRAL_K = 6500.0


def white_balanced(light: np.ndarray, temperature_k: float) -> np.ndarray:
    """(H, W, 3) light in which the light of a black body of `temperature_k` comes out grey; 6500 changes nothing."""
    if temperature_k == _NEUTRAL_K:
        return light
    gains = np.array(linear_from_kelvin(_NEUTRAL_K)) / np.array(linear_from_kelvin(temperature_k))
    return light * (gains / gains[1]).astype(np.float32)


def graded(light: np.ndarray, contrast: float, saturation: float) -> np.ndarray:
    """(H, W, 3) light spread about middle grey by the power `contrast` and away from its luminance by `saturation`; 1 changes nothing."""
    if contrast != 1.0:
        light = np.float32(MIDDLE_GREY) * (light / np.float32(MIDDLE_GREY)) ** np.float32(contrast)
    if saturation != 1.0:
        grey = (light @ LUMINANCE)[..., None]
        light = np.maximum(grey + np.float32(saturation) * (light - grey), 0.0)
    return light

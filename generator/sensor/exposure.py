"""Automatic exposure: how a camera decides what is white."""

from __future__ import annotations

import numpy as np

from generator.spec import SensorSpec

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # of linear RGB with sRGB primaries (IEC 61966-2-1)
MIDDLE_GREY = 0.18
_LUMENS_PER_WATT = 230.0  # of daylight over the visible band, as generator.render.sky has it
_DAY_CD_M2 = 1000.0  # mean luminance at which a picture is exposed to middle grey
_NIGHT_POWER = 0.06  # 4 decades darker: 0.8 stops; Krawczyk et al. 2005 let the key fall with the light, faster than cameras do
_KEY_RANGE = (0.4, 1.2)  # of middle grey
_BLACK = 1e-9
_METERED = (0.02, 0.95)  # quantiles: neither black corners nor lamps and the sun decide
_HIGHLIGHT_QUANTILE = 0.98
_HIGHLIGHT_LIMIT = 4.0  # in units of white: what the tone curve shows at 97 %


def exposure_factor(light: np.ndarray, sensor: SensorSpec) -> float:
    """What (H, W, 3) radiance is multiplied by so that 1 is white."""
    gain = 2.0**sensor.exposure_ev
    return gain * metered_factor(light) if sensor.auto_exposure else gain


def metered_factor(light: np.ndarray) -> float:
    """Brings the log-average luminance to middle grey (Reinhard et al. 2002), less at night, less where highlights would burn out."""
    luminance = light @ LUMINANCE
    low, high = np.quantile(luminance, _METERED)
    mean = float(np.exp(np.log(np.clip(luminance, max(low, _BLACK), max(high, _BLACK))).mean()))
    if mean <= 2 * _BLACK:
        return 1.0
    key = np.clip((mean * _LUMENS_PER_WATT / _DAY_CD_M2) ** _NIGHT_POWER, *_KEY_RANGE) * MIDDLE_GREY
    highlight = float(np.quantile(luminance, _HIGHLIGHT_QUANTILE))
    return float(min(key / mean, max(_HIGHLIGHT_LIMIT / max(highlight, _BLACK), 0.25 * key / mean)))

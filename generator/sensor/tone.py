"""The tone curve: a filmic S with a soft shoulder, so that highlights run out instead of clipping."""

from __future__ import annotations

import numpy as np

# Fit to the ACES reference tone mapping by K. Narkowicz, "ACES Filmic Tone Mapping Curve", 2016.
_A, _B, _C, _D, _E = 2.51, 0.03, 2.43, 0.59, 0.14
_PRESCALE = 0.725  # so that middle grey 0.18 comes out as 0.18


def filmic(light: np.ndarray) -> np.ndarray:
    """Display values 0..1, linear, of any array of light in units of white; rises everywhere, 0 stays 0, middle grey stays."""
    x = light * np.float32(_PRESCALE)
    return np.clip(x * (_A * x + _B) / (x * (_C * x + _D) + _E), 0.0, 1.0)

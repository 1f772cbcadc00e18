"""Frequency spectrum of lightness, averaged over directions: where noise, blur, upsampling and denoising show.

log10 of the power in rings of equal width from 0 to the Nyquist frequency, after a Hann window (without it, the jump from border to
border is read as high frequencies). Shapes: B pictures, S pixels a side.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from evaluator.features.extractor import Extractor, extractor
from evaluator.settings import NetworkSettings

RINGS = 32
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601


@extractor("spectrum")
def spectrum(network: NetworkSettings) -> Extractor:
    names = tuple(f"{(i + 0.5) / RINGS / 2:.3f} cycles a pixel" for i in range(RINGS))
    return Extractor("spectrum", {"spectrum": names}, "spectrum 1", of_pictures)


def of_pictures(rgb: np.ndarray) -> np.ndarray:
    """(B, RINGS) float32 of (B, S, S, 3) uint8."""
    size = rgb.shape[1]
    luma = rgb.astype(np.float32) @ _LUMA / 255
    window = np.outer(np.hanning(size), np.hanning(size)).astype(np.float32)
    luma = (luma - luma.mean(axis=(1, 2), keepdims=True)) * window
    power = np.abs(np.fft.rfft2(luma)) ** 2
    ring = _rings(size)
    inside = ring < RINGS
    counts = np.bincount(ring[inside], minlength=RINGS)
    sums = np.stack([np.bincount(ring[inside], picture[inside], minlength=RINGS) for picture in power])
    return np.asarray(np.log10(sums / np.maximum(counts, 1) / size**2 + 1e-9), np.float32)


@cache
def _rings(size: int) -> np.ndarray:
    """(S, S // 2 + 1) int: which ring each coefficient of rfft2 is in; RINGS and more: beyond Nyquist, in the corners."""
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    return np.asarray((radius * 2 * RINGS).astype(int))

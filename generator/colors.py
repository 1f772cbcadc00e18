"""Colour conversions between what people write (sRGB, HSV, kelvin) and what renderers take (linear RGB)."""

from __future__ import annotations

import colorsys

import numpy as np

from generator.mesh import Rgb


def linear_from_srgb(color: Rgb) -> Rgb:
    """Linear RGB of an sRGB colour in 0..1 (IEC 61966-2-1)."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return (r, g, b)


def linear_from_hsv(hue: float, saturation: float, value: float) -> Rgb:
    """Linear RGB of an HSV colour (hue 0..1, wraps round) as image editors show it."""
    return linear_from_srgb(colorsys.hsv_to_rgb(hue % 1.0, saturation, value))


def linear_from_kelvin(temperature_k: float) -> Rgb:
    """Linear RGB of a black body, brightest channel 1, 1,700 K to 20,000 K.

    Planckian locus by Kim et al. (US patent 7,024,034) in CIE xy, then the sRGB matrix (IEC 61966-2-1).
    """
    t = min(max(temperature_k, 1700.0), 20000.0)
    if t <= 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    matrix = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    rgb = np.clip(matrix @ xyz, 0.0, None)
    r, g, b = (float(c) for c in rgb / rgb.max())
    return (r, g, b)


def srgb_from_linear(linear: np.ndarray) -> np.ndarray:
    """sRGB-encoded values of any array of linear values, clipped to 0..1 (IEC 61966-2-1)."""
    clipped = np.clip(linear, 0.0, 1.0)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)

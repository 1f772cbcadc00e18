"""What the lens does to the light: scattering and falling off to the corners."""

from __future__ import annotations

import cv2
import numpy as np

# Widths (share of the image's diagonal) and weights of the halos: a narrow one of the lens, wide ones of dust and veiling glare.
_HALOS = ((0.004, 0.6), (0.02, 0.25), (0.08, 0.15))
_BRIGHTEST = 1000.0  # in units of white; the sun's disc would wash out the whole picture


def bloomed(light: np.ndarray, share: float) -> np.ndarray:
    """(H, W, 3) light of which `share` (0..1) is scattered into halos; the sum of light below 1,000 x white is kept but for the borders."""
    if share <= 0:
        return light
    height, width = light.shape[:2]
    diagonal = float(np.hypot(height, width))
    source = np.minimum(light, np.float32(_BRIGHTEST))
    halo = sum(np.float32(weight) * _blurred(source, sigma * diagonal) for sigma, weight in _HALOS)
    return (1 - np.float32(share)) * light + np.float32(share) * halo


def _blurred(light: np.ndarray, sigma_px: float) -> np.ndarray:
    """A Gaussian blur; a wide one on a coarser grid, whose cells stay below a fifth of it: their own blur adds 1 %."""
    cell = max(int(sigma_px / 5), 1)
    if cell == 1:
        return cv2.GaussianBlur(light, (0, 0), sigma_px)
    height, width = light.shape[:2]
    coarse = cv2.resize(light, (-(-width // cell), -(-height // cell)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(coarse, (0, 0), sigma_px / cell, borderType=cv2.BORDER_REFLECT)  # mirrored at the cells' edges
    return cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)


def vignetted(light: np.ndarray, share: float) -> np.ndarray:
    """(H, W, 3) light that falls off with the square of the distance from the centre, by `share` (0..1) in the corners."""
    if share <= 0:
        return light
    height, width = light.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    radius2 = (((x + 0.5) / width - 0.5) * width) ** 2 + (((y + 0.5) / height - 0.5) * height) ** 2
    corner2 = (width**2 + height**2) / 4
    return light * (1 - share * radius2 / corner2).astype(np.float32)[..., None]

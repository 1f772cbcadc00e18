"""What use does to a card: greasy blotches, grey edges, scratches, a crease."""

from __future__ import annotations

import numpy as np

from generator.streams import Stream
from scenes.cards.noise import clouds

_GREASE = np.array([168, 146, 108], float)  # sRGB, finger marks and dust on old cards


def worn(image: np.ndarray, amount: float, stream: Stream) -> np.ndarray:
    """(H, W, 3) uint8 image of a card after use; `amount` 0..1."""
    height, width = image.shape[:2]
    rng = stream.generator()
    blotches = np.clip(clouds((height, width), rng, 60.0) - 0.4, 0, 1.6) * 0.16
    dirt = amount * np.clip(0.05 + blotches + 0.5 * _edge(height, width), 0, 0.6)
    soiled = image * (1 - dirt[..., None]) + _GREASE * dirt[..., None] * (image.mean(axis=2, keepdims=True) / 255.0)
    scratched = _scratched(soiled, amount, rng)
    return np.clip(np.rint(scratched), 0, 255).astype(np.uint8)


def _edge(height: int, width: int) -> np.ndarray:
    """(H, W) 1 on the rim, falling within 1.5 % of the width."""
    y, x = np.mgrid[0:height, 0:width]
    rim = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    fall: np.ndarray = np.exp(-rim / (0.015 * width))
    return fall


def _scratched(image: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
    """Fine light scratches, and on worn cards one crease from edge to edge: a dark line beside a light one."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    result = image
    for k in range(round(6 * amount)):
        angle, offset = rng.uniform(0, np.pi), rng.uniform(-0.4, 0.4) * width
        distance = (x - width / 2) * np.sin(angle) - (y - height / 2) * np.cos(angle) - offset
        crease = k == 0 and amount > 0.5
        along = (x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)
        start, reach = rng.uniform(-0.6, 0.4) * width, (2.0 if crease else rng.uniform(0.05, 0.3)) * width
        part = (np.abs(along - start) < reach).astype(float)
        light = part * np.exp(-((distance / (1.6 if crease else 0.8)) ** 2)) * (0.55 if crease else 0.3)
        result = result * (1 - light[..., None]) + 236.0 * light[..., None]
        if crease:
            result = result * (1 - 0.3 * part * np.exp(-(((distance - 3.0) / 2.0) ** 2)))[..., None]
    return np.asarray(result)

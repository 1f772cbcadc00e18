"""The camera's way from light to picture, in the order in which light and electronics do it.

Shapes: H, W the image. Linear values are in units of white once they are exposed.
"""

from __future__ import annotations

import numpy as np

from generator.colors import srgb_from_linear
from generator.sensor.color import graded, white_balanced
from generator.sensor.exposure import exposure_factor
from generator.sensor.noise import noisy
from generator.sensor.optics import bloomed, vignetted
from generator.sensor.picture import compressed, sharpened
from generator.sensor.tone import filmic
from generator.spec import SensorSpec
from generator.streams import Stream


def develop(rgb_linear: np.ndarray, sensor: SensorSpec, stream: Stream) -> np.ndarray:
    """(H, W, 3) uint8 sRGB picture of (H, W, 3) float linear radiance; all noise comes from `stream`.

    Radiances that are not finite count as black, negative ones as zero.
    """
    light = np.clip(np.nan_to_num(rgb_linear.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0), 0.0, None)
    exposed = light * np.float32(exposure_factor(light, sensor))
    focused = vignetted(bloomed(exposed, sensor.bloom), sensor.vignette)
    signal = noisy(focused, sensor.shot_noise_electrons, sensor.read_noise, stream)
    balanced = white_balanced(signal, sensor.white_balance_k)
    toned = filmic(graded(balanced, sensor.contrast, sensor.saturation))
    encoded = sharpened(srgb_from_linear(toned), sensor.sharpen)
    picture = np.rint(np.clip(encoded, 0.0, 1.0) * 255).astype(np.uint8)
    return compressed(picture, sensor.jpeg_quality)

"""What the camera does to the finished picture: sharpening and JPEG."""

from __future__ import annotations

import cv2
import numpy as np

_RADIUS_PX = 1.0


def sharpened(encoded: np.ndarray, amount: float) -> np.ndarray:
    """(H, W, 3) encoded values 0..1 plus `amount` x what differs from their blur (an unsharp mask of 1 pixel)."""
    if amount <= 0:
        return encoded
    return encoded + amount * (encoded - cv2.GaussianBlur(encoded, (0, 0), _RADIUS_PX))


def compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    """(H, W, 3) uint8 RGB after a round trip through JPEG of that quality (1..100); 0 changes nothing."""
    if quality <= 0:
        return picture
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None  # it was encoded a line above
    return np.ascontiguousarray(decoded[..., ::-1])

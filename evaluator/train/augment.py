"""One picture with its boxes and masks, varied: mirrored, turned, scaled and cut, its colours changed. Pure functions of a random stream.

Shapes: H x W pixels, N objects. Boxes are corners (x0, y0, x1, y1) in pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from evaluator.detectors.pictures import resized, scale_of
from evaluator.train.settings import AugmentSettings
from generator.streams import Stream

_LEAST_SIDE_PX = 1.0  # of a box; detectors divide by it
_LUMA = np.array([0.299, 0.587, 0.114])  # of sRGB's components, ITU-R BT.601


@dataclass(frozen=True)
class Example:
    """rgb: (H, W, 3) uint8. boxes: (N, 4) float32. labels: (N,) int64, from 1. masks: (N, H, W) uint8 of 0 and 1, or None."""

    rgb: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    masks: np.ndarray | None


def varied(example: Example, settings: AugmentSettings, size_px: int, stream: Stream) -> Example:
    """An example of the stored picture, varied and in the size that the network sees."""
    across, down = (stream.child(name).uniform() < getattr(settings, name) for name in ("flip", "flip_vertical"))
    quarters = 1 + stream.child("quarters").integer(3) if stream.child("turn").uniform() < settings.turn else 0
    laid = _turned(_mirrored(_cut(example, settings, size_px, stream), across, down), quarters)
    return Example(_coloured(laid.rgb, settings, stream.child("colour")), laid.boxes, laid.labels, laid.masks)


def _cut(example: Example, settings: AugmentSettings, size_px: int, stream: Stream) -> Example:
    """Scaled by the fit to size_px times a random factor; what is larger than the window's share of the fitted picture is cut to it."""
    height, width = example.rgb.shape[:2]
    low, high = settings.scale
    factor = math.exp(stream.child("scale").between(math.log(low), math.log(high)))
    fit = scale_of(width, height, size_px)
    across, down = (max(min(side, round(side * settings.window / factor)), 1) for side in (width, height))
    left, top = _corner(example, settings, (across, down), stream)
    # never larger than the fitted picture: one pixel more would cost a whole stride of padding
    new_width, new_height = (max(round(side * min(factor, settings.window) * fit), 1) for side in (width, height))
    window = np.s_[top : top + down, left : left + across]
    boxes = (example.boxes - [left, top, left, top]) * ([new_width / across, new_height / down] * 2)
    clipped = np.clip(boxes, 0, [new_width, new_height, new_width, new_height])
    kept = _remaining(boxes, clipped, settings.min_kept)
    masks = None
    if example.masks is not None:
        cut = [resized(np.ascontiguousarray(m[window]) * np.uint8(255), new_width, new_height) >= 128 for m in example.masks[kept]]
        masks = np.array(cut, np.uint8).reshape(-1, new_height, new_width)
    rgb = resized(np.ascontiguousarray(example.rgb[window]), new_width, new_height)
    return Example(rgb, clipped[kept].astype(np.float32), example.labels[kept], masks)


def _corner(example: Example, settings: AugmentSettings, size: tuple[int, int], stream: Stream) -> tuple[int, int]:
    """Left and upper edge of a window of `size` in the picture: anywhere, or, of small windows, where one of the objects has its middle."""
    free = [whole - part for whole, part in zip(example.rgb.shape[1::-1], size, strict=True)]
    lowest, highest = [0, 0], free
    if settings.window < 1 and len(example.boxes):
        box = example.boxes[stream.child("object").integer(len(example.boxes))]
        middle = (box[:2] + box[2:]) / 2
        lowest = [min(max(math.ceil(m - part), 0), most) for m, part, most in zip(middle, size, free, strict=True)]
        highest = [min(max(math.floor(m), low), most) for m, low, most in zip(middle, lowest, free, strict=True)]
    left, top = (low + stream.child(name).integer(high - low + 1) for name, low, high in zip(("left", "top"), lowest, highest, strict=True))
    return left, top


def _remaining(boxes: np.ndarray, clipped: np.ndarray, min_kept: float) -> np.ndarray:
    """(N,) bool: boxes of which enough is left."""
    sides = clipped[:, 2:] - clipped[:, :2]
    whole = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.asarray((sides >= _LEAST_SIDE_PX).all(axis=1) & (np.prod(sides, axis=1) >= min_kept * whole))


def _mirrored(example: Example, across: bool, down: bool) -> Example:
    rgb, boxes, masks = example.rgb, example.boxes, example.masks
    height, width = rgb.shape[:2]
    if across:
        rgb, masks = rgb[:, ::-1], masks[:, :, ::-1] if masks is not None else None
        boxes = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)
    if down:
        rgb, masks = rgb[::-1], masks[:, ::-1] if masks is not None else None
        boxes = np.stack([boxes[:, 0], height - boxes[:, 3], boxes[:, 2], height - boxes[:, 1]], axis=1)
    return Example(rgb, boxes, example.labels, masks)


def _turned(example: Example, quarters: int) -> Example:
    """Turned to the left by so many quarters."""
    rgb, boxes, masks = example.rgb, example.boxes, example.masks
    for _ in range(quarters):
        width = rgb.shape[1]
        boxes = np.stack([boxes[:, 1], width - boxes[:, 2], boxes[:, 3], width - boxes[:, 0]], axis=1)
        rgb, masks = np.rot90(rgb), np.rot90(masks, axes=(1, 2)) if masks is not None else None
    return Example(rgb, boxes, example.labels, masks)


def _coloured(rgb: np.ndarray, settings: AugmentSettings, stream: Stream) -> np.ndarray:
    """Brightness, contrast about the mean grey, saturation and hue as one affine map of the colours."""
    if not settings.colour and not settings.hue:
        return rgb
    spread = settings.colour
    brightness, contrast, saturation = (stream.child(n).between(1 - spread, 1 + spread) for n in ("brightness", "contrast", "saturation"))
    grey = np.tile(_LUMA, (3, 1))
    turn = _hue_rotation(2 * math.pi * stream.child("hue").between(-settings.hue, settings.hue))
    matrix = brightness * contrast * (saturation * turn @ (np.eye(3) - grey) + grey)
    mean = brightness * float(rgb.reshape(-1, 3).mean(axis=0) @ _LUMA)
    offset = np.full((3, 1), (1 - contrast) * mean)
    return np.asarray(cv2.transform(np.ascontiguousarray(rgb), np.hstack([matrix, offset])))


def _hue_rotation(angle_rad: float) -> np.ndarray:
    """(3, 3) rotation about the axis of greys (Rodrigues' formula)."""
    k = np.full(3, 1 / math.sqrt(3))
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    return np.asarray(np.eye(3) + math.sin(angle_rad) * cross + (1 - math.cos(angle_rad)) * cross @ cross)

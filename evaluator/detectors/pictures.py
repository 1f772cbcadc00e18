"""Pictures as detectors want them: the longer side of a given length, read ahead by threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import cv2
import numpy as np
import torch


def scale_of(width: int, height: int, size_px: int) -> float:
    """By which a picture is enlarged so that its longer side has `size_px`."""
    return size_px / max(width, height)


def resized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """(H, W, 3) or (H, W) uint8 in another size; averaged where it shrinks, so that nothing fine turns into patterns."""
    if picture.shape[:2] == (height, width):
        return picture
    shrinks = width * height < picture.shape[0] * picture.shape[1]
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


def fitted(rgb: np.ndarray, size_px: int) -> np.ndarray:
    """(H, W, 3) uint8 with a longer side of `size_px`."""
    height, width = rgb.shape[:2]
    scale = scale_of(width, height, size_px)
    return resized(rgb, max(round(width * scale), 1), max(round(height * scale), 1))


def as_tensor(rgb: np.ndarray) -> torch.Tensor:
    """(H, W, 3) uint8 -> (3, H, W) uint8, a view."""
    return torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1)


def ahead[T, U](make: Callable[[T], U], items: Iterable[T], *, threads: int, most: int) -> Iterator[U]:
    """`make` of each item, in order, made by threads up to `most` items before they are asked for."""
    waiting: deque[Future[U]] = deque()
    rest = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        try:
            waiting.extend(pool.submit(make, item) for item in islice(rest, most))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(make, item) for item in islice(rest, 1))
        finally:
            for future in waiting:
                future.cancel()

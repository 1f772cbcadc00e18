"""Features of many pictures or parts of them: read in threads, in batches, each only once, from the cache where they are known.

Shapes: N pictures or crops, S pixels a side, D features.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

import cv2
import numpy as np

from evaluator.datasets import LabelledImage
from evaluator.features import cache
from evaluator.features.extractor import Extractor
from evaluator.progress import with_progress

_AHEAD = 3  # batches that are read while one is worked on
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A picture, or what a box (x, y, width, height) with a margin (share of the box on each side) cuts out of it."""

    image: LabelledImage
    box: Box | None = None
    margin: float = 0.0

    def key(self, digest: bytes) -> bytes:
        where = "" if self.box is None else f"{self.box} {self.margin}"
        return hashlib.blake2b(digest + where.encode(), digest_size=16).digest()

    def read(self, size_px: int) -> np.ndarray:
        """(S, S, 3) uint8: reduced by area, enlarged linearly; its aspect is not kept, that of a box is measured as shape."""
        rgb = self.image.rgb()
        return resized(rgb if self.box is None else cut(rgb, self.box, self.margin), size_px)


def cut(rgb: np.ndarray, box: Box, margin: float) -> np.ndarray:
    """The part of (H, W, 3) inside the box and its margin, as far as the image goes; at least one pixel."""
    x, y, w, h = box
    left, top = max(int(x - margin * w), 0), max(int(y - margin * h), 0)
    right, bottom = int(np.ceil(x + w + margin * w)), int(np.ceil(y + h + margin * h))
    return rgb[top : max(bottom, top + 1), left : max(right, left + 1)]


def resized(rgb: np.ndarray, size_px: int) -> np.ndarray:
    way = cv2.INTER_AREA if min(rgb.shape[:2]) >= size_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (size_px, size_px), interpolation=way))


def extract(
    extractors: Sequence[Extractor], parts: Sequence[Part], size_px: int, folder: Path, what: str, *, batch: int = 32, threads: int = 0
) -> dict[str, np.ndarray]:
    """(N, D) float32 by name of space. What is not in the cache `folder` is computed and put there as it comes."""
    with ExitStack() as stack:
        caches = [stack.enter_context(cache.opened(cache.cache_file(folder, f"{e.fingerprint} {size_px}"))) for e in extractors]
        paths = list(dict.fromkeys(part.image.path for part in parts))
        digests = cache.digests(caches[0], paths)
        keys = [part.key(digests[part.image.path]) for part in parts]
        known = [cache.read(c, keys, e.dimensions) for c, e in zip(caches, extractors, strict=True)]
        absent = [i for i, key in enumerate(keys) if any(key not in of_cache for of_cache in known)]
        _compute(extractors, caches, known, [(keys[i], parts[i]) for i in absent], size_px, what, batch, threads)
    spaces: dict[str, np.ndarray] = {}
    for e, features in zip(extractors, known, strict=True):
        rows = [features[key] for key in keys]
        spaces |= e.split(np.stack(rows) if rows else np.zeros((0, e.dimensions), np.float32))
    return spaces


def _compute(
    extractors: Sequence[Extractor],
    caches: Sequence[sqlite3.Connection],
    known: Sequence[dict[bytes, np.ndarray]],
    absent: Sequence[tuple[bytes, Part]],
    size_px: int,
    what: str,
    batch: int,
    threads: int,
) -> None:
    """Adds to `known` and to the caches."""
    pictures = with_progress(_read_ahead([part for _, part in absent], size_px, batch * _AHEAD, threads), len(absent), what)
    for some in batched(zip([key for key, _ in absent], pictures, strict=True), batch, strict=False):
        rgb = np.stack([picture for _, picture in some])
        for e, connection, features in zip(extractors, caches, known, strict=True):
            found = dict(zip([key for key, _ in some], e.of(rgb), strict=True))
            cache.write(connection, found)
            features |= found


def _read_ahead(parts: Sequence[Part], size_px: int, ahead: int, threads: int) -> Iterator[np.ndarray]:
    """The parts in order, read by threads, a bounded number ahead of whoever takes them."""
    waiting: deque[Future[np.ndarray]] = deque()
    with ThreadPoolExecutor(threads or None) as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(part.read, size_px))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

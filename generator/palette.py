"""Colours of classes in pictures for people, and of what is written around them. (R, G, B) uint8 sRGB."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import cv2
import numpy as np

from generator.lettering import Color

BACKGROUND, INK, FAINT = (20, 22, 27), (235, 236, 240), (150, 154, 165)

# The usual colours of what surrounds the objects of a street: those of Cityscapes, but for walls and fences, which look alike there.
_KNOWN: dict[str, Color] = {
    "sky": (70, 130, 180), "road": (128, 64, 128), "pavement": (244, 35, 232), "sidewalk": (244, 35, 232), "building": (70, 70, 70),
    "wall": (175, 120, 75), "pole": (153, 153, 153), "vegetation": (107, 142, 35), "terrain": (152, 251, 152), "fence": (255, 145, 115),
    "object": (0, 120, 255), "road_marking": (232, 232, 232), "marking": (232, 232, 232),
}  # fmt: skip
_TAKEN = (BACKGROUND, INK, FAINT)
_GRID = np.array(list(product(range(0, 256, 15), repeat=3)), np.uint8)  # colours to choose from


def palette(categories: Sequence[str], classes: Sequence[str]) -> dict[str, Color]:
    """A colour for every name: of labelled categories bright ones, for outlines over photographs; of the other semantic classes the
    familiar ones where a name is familiar. All are well separated, and the same lists give the same colours."""
    others = [name for name in classes if name not in categories]
    known = {name: _KNOWN[name] for name in others if name in _KNOWN}
    new = [name for name in others if name not in known]
    chosen = farthest_colors(len(new), (*_TAKEN, *known.values()), least_lightness=15, least_chroma=15)
    quiet = known | dict(zip(new, chosen, strict=True))
    bright = farthest_colors(len(categories), (*_TAKEN, *quiet.values()), least_lightness=50, least_chroma=45)
    return {name: quiet[name] for name in others} | dict(zip(categories, bright, strict=True))


@lru_cache(maxsize=32)
def farthest_colors(count: int, taken: tuple[Color, ...], *, least_lightness: float, least_chroma: float) -> tuple[Color, ...]:
    """`count` colours, each as far as can be in CIELAB from those `taken` and from those before it.

    When all that there are have been used they come again from the first on.
    """
    lab = cielab(_GRID)
    usable = (lab[:, 0] >= least_lightness) & (np.hypot(lab[:, 1], lab[:, 2]) >= least_chroma)
    grid, lab = _GRID[usable], lab[usable]
    distance = np.linalg.norm(lab[:, None] - cielab(np.array(taken, np.uint8)), axis=2).min(axis=1)
    chosen = []
    for _ in range(min(count, len(grid))):
        best = int(distance.argmax())
        chosen.append((int(grid[best, 0]), int(grid[best, 1]), int(grid[best, 2])))
        distance = np.minimum(distance, np.linalg.norm(lab - lab[best], axis=1))
    return tuple(chosen[i % len(chosen)] for i in range(count))


def cielab(colors: np.ndarray) -> np.ndarray:
    """(N, 3) CIELAB (D65) of (N, 3) uint8 sRGB."""
    return np.asarray(cv2.cvtColor((colors / np.float32(255))[None].astype(np.float32), cv2.COLOR_RGB2Lab)[0])

"""Smooth text on images: glyphs by FreeType in the font that matplotlib ships. Images are (H, W, 3) uint8 RGB, drawn on in place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags

Color = tuple[int, int, int]

_PADDING_PX = 3


@lru_cache(maxsize=1024)
def text_alpha(text: str, height_px: int, *, bold: bool = False) -> np.ndarray:
    """(h, w) float32 coverage 0..1 of a line of text of the font size `height_px`; all lines of a size are equally high."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = FT2Font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)))
    font.set_size(height_px, 72)
    font.set_text("Ágjy|" + text, 0.0, flags=LoadFlags.FORCE_AUTOHINT)  # the first letters give every line the same height
    font.draw_glyphs_to_bitmap(antialiased=True)
    both = np.asarray(font.get_image(), np.float32) / 255.0
    font.set_text("Ágjy|", 0.0, flags=LoadFlags.FORCE_AUTOHINT)
    font.draw_glyphs_to_bitmap(antialiased=True)
    return both[:, np.asarray(font.get_image()).shape[1] :]


def write(image: np.ndarray, text: str, x: int, y: int, color: Color, height_px: int, *, bold: bool = False) -> None:
    """Writes a line with its top left corner at (x, y); what lies outside the image is cut off."""
    paint(image, x, y, text_alpha(text, height_px, bold=bold), color)


def paint(image: np.ndarray, x: int, y: int, alpha: np.ndarray, color: Color) -> None:
    """Blends `color` over the image by an (h, w) coverage whose top left corner is at (x, y)."""
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + alpha.shape[0], image.shape[0]), min(x + alpha.shape[1], image.shape[1])
    if bottom <= top or right <= left:
        return
    cover = alpha[top - y : bottom - y, left - x : right - x, None]
    region = image[top:bottom, left:right]
    region[:] = np.rint(region * (1 - cover) + np.asarray(color, np.float32) * cover).astype(np.uint8)


def chip_size(text: str, height_px: int) -> tuple[int, int]:
    """(w, h) of a `chip`."""
    height, width = text_alpha(text, height_px, bold=True).shape
    return width + 2 * _PADDING_PX + 2, height + 2


def chip(image: np.ndarray, text: str, x: int, y: int, color: Color, height_px: int) -> None:
    """Text on a plate of `color`, black or white, whichever reads better."""
    width, height = chip_size(text, height_px)
    paint(image, x, y, np.full((height, width), 0.88, np.float32), color)
    luminance = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]
    write(image, text, x + _PADDING_PX, y + 1, (0, 0, 0) if luminance > 110 else (255, 255, 255), height_px, bold=True)

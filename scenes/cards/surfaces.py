"""What cards lie on, as pictures that repeat every TILE_M: wood, carpet, cloth, stone. The relief is in the light and dark.

Colours are sRGB of pale or neutral examples: materials tint them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from generator.picture import Picture, register_picture
from scenes.cards.noise import Shape, blend, bumps, clouds, step

TILE_M = 0.5
SurfaceName = Literal[
    "dark_wood", "oak", "planks", "plain_wood", "carpet", "fine_carpet", "rug", "cloth", "knit", "felt", "tiles", "slate", "flagstone",
    "marble", "leather", "laminate", "brick",
]  # fmt: skip
SURFACES: tuple[SurfaceName, ...] = get_args(SurfaceName)

_Paint = Callable[[Shape, np.random.Generator, float], np.ndarray]


@register_picture
class SurfacePicture(Picture):
    """A patch of a surface, half a metre square, that repeats without a seam."""

    kind: Literal["surface"] = "surface"
    surface: SurfaceName = "dark_wood"
    width_px: int = Field(default=1024, ge=64, le=4096)

    def paint(self) -> np.ndarray:
        shape = (self.width_px, self.width_px)
        image = _PAINTS[self.surface](shape, self.stream().generator(), self.width_px / (1000 * TILE_M))
        return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _grain(shape: Shape, rng: np.random.Generator, px: float, lines: int, waver: float) -> np.ndarray:
    """(H, W) -1..1: year rings cut lengthwise, along the rows; `lines` over the tile."""
    rows = np.arange(shape[0])[:, None] / shape[0]
    bent = waver * clouds(shape, rng, 400 * px, stretch=7.0, slope=3.0) + 0.12 * clouds(shape, rng, 60 * px, stretch=14.0, slope=2.0)
    return np.asarray(np.sin(2 * np.pi * (lines * rows + bent)))


def _pores(shape: Shape, rng: np.random.Generator, px: float, share: float) -> np.ndarray:
    """(H, W) 0..1: short dark dashes along the grain."""
    return step(bumps(shape, rng, 1.6 * px, stretch=14.0, sharpness=1.5), share, share + 0.8)


def _dark_wood(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    rings = _grain(shape, rng, px, int(rng.integers(7, 15)), 1.6)
    fibres = clouds(shape, rng, 8 * px, stretch=40.0)
    tone = step(rings + 0.45 * fibres, -1.0, 1.1)
    image = blend(tone, (54, 34, 24), (150, 102, 68))
    return image * (1 - 0.55 * _pores(shape, rng, px, 1.0)[..., None])


def _oak(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    tone = step(0.5 * _grain(shape, rng, px, int(rng.integers(10, 22)), 0.8) + 0.5 * clouds(shape, rng, 10 * px, stretch=40.0), -1.4, 1.4)
    image = blend(tone, (156, 114, 72), (198, 156, 108))
    return image * (1 - 0.45 * _pores(shape, rng, px, 0.9)[..., None])


def _planks(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Boards beside one another, each of its own shade."""
    image = _oak(shape, rng, px)
    count = int(rng.integers(3, 7))
    edges = np.linspace(0, shape[0], count + 1).astype(int)
    for low, high in pairwise(edges):
        image[low:high] = np.roll(image[low:high], rng.integers(shape[1]), axis=1) * rng.uniform(0.78, 1.08)
        image[low : low + max(2, round(0.8 * px))] *= 0.35
    return image


def _plain_wood(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Varnished, nearly even."""
    tone = step(clouds(shape, rng, 60 * px, stretch=10.0) + 0.4 * clouds(shape, rng, 5 * px, stretch=50.0), -2.5, 2.5)
    return blend(tone, (72, 40, 28), (118, 70, 48))


def _tufts(shape: Shape, rng: np.random.Generator, px: float, tuft_mm: float, depth: float) -> np.ndarray:
    """(H, W) 0..1, light tops and dark gaps of loops about `tuft_mm` apart."""
    loops = bumps(shape, rng, tuft_mm * px, sharpness=1.1) + 0.7 * bumps(shape, rng, 0.4 * tuft_mm * px, sharpness=1.0)
    return 1 - depth * (1 - step(loops, -2.0, 1.6))


def _carpet(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    light = _tufts(shape, rng, px, rng.uniform(3.5, 6.5), rng.uniform(0.55, 0.8))
    color = blend(step(bumps(shape, rng, 6 * px, sharpness=1.0), -1.2, 1.2), (206, 194, 174), (166, 152, 132))
    return color * light[..., None] * (1 + 0.04 * clouds(shape, rng, 90 * px)[..., None])


def _fine_carpet(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    light = _tufts(shape, rng, px, rng.uniform(1.6, 2.6), rng.uniform(0.25, 0.5))
    color = blend(step(bumps(shape, rng, 4 * px, sharpness=1.0), -1.5, 1.5), (172, 164, 152), (138, 128, 114))
    return color * light[..., None] * (1 + 0.06 * clouds(shape, rng, 60 * px)[..., None])


def _rug(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Stripes of a few colours, woven thickly."""
    colors = np.array([(44, 38, 36), (148, 122, 92), (92, 68, 52), (182, 164, 134), (60, 48, 42)], float)
    stripes = np.repeat(rng.integers(len(colors), size=64), rng.integers(1, 4, size=64))
    rows = np.resize(np.repeat(stripes, max(1, round(6 * px))), shape[0])
    ragged = np.clip(np.arange(shape[0])[:, None] + np.rint(2.2 * px * clouds(shape, rng, 3 * px)).astype(int), 0, shape[0] - 1)
    return colors[rows[ragged]] * _tufts(shape, rng, px, 3.0, 0.6)[..., None]


def _cloth(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    weave = 0.05 * bumps(shape, rng, 1.0 * px, sharpness=4.0)
    return np.full((*shape, 3), 205.0) * (1 + weave + 0.03 * clouds(shape, rng, 50 * px))[..., None]


def _knit(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Stitches in columns: slanted halves that meet."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] / shape[1]
    columns = 70
    u, v = (x * columns) % 1.0, y * columns * 0.8
    stitch = np.abs((v + np.abs(u - 0.5) * 1.6 + 0.15 * clouds(shape, rng, 10 * px)) % 1.0 - 0.5) * 2
    light = 0.45 + 0.55 * step(stitch, 0.0, 0.8) * step(np.abs(u - 0.5), 0.0, 0.15)
    return np.full((*shape, 3), 200.0) * light[..., None] * (1 + 0.05 * clouds(shape, rng, 2 * px))[..., None]


def _felt(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    return (
        np.full((*shape, 3), 200.0)
        * (1 + 0.06 * bumps(shape, rng, 1.2 * px, sharpness=0.8) + 0.03 * clouds(shape, rng, 80 * px))[..., None]
    )


def _tiles(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Ceramic tiles with wide joints."""
    per_tile = shape[0] // int(rng.choice([2, 4, 4, 8]))
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    rim = np.minimum(np.minimum(x % per_tile, per_tile - x % per_tile), np.minimum(y % per_tile, per_tile - y % per_tile)) / px
    mottled = blend(step(clouds(shape, rng, 40 * px) + 0.3 * clouds(shape, rng, 4 * px), -1.6, 1.6), (190, 168, 140), (216, 200, 176))
    shade = rng.uniform(0.92, 1.05, (9, 9))[(y // per_tile) % 8, (x // per_tile) % 8]
    joint = 1 - step(rim + 0.3 * clouds(shape, rng, 3 * px), 1.4, 2.6)
    return blend(joint, mottled * shade[..., None], (206, 198, 186))


def _slate(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Rough stone in browns and greys."""
    warm = blend(step(clouds(shape, rng, 70 * px), -1.2, 1.2), (92, 84, 80), (128, 102, 78))
    rough = 0.16 * clouds(shape, rng, 30 * px, slope=1.2) + 0.07 * bumps(shape, rng, 2 * px, sharpness=0.8)
    return warm * np.clip(1 + rough, 0.2, 1.6)[..., None]


def _flagstone(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Stones of any outline with mortar between them."""
    seeds = rng.uniform(0, 1, (9, 2))
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / np.float32(shape[0])
    bent = 0.004 * clouds(shape, rng, 30 * px)
    distances = np.stack([np.hypot((y + bent - v + 0.5) % 1.0 - 0.5, (x + bent - u + 0.5) % 1.0 - 0.5) for v, u in seeds])
    nearest, second = np.partition(distances, 1, axis=0)[:2]
    joint = 1 - step(second - nearest, 0.012, 0.024)
    shade = rng.uniform(0.75, 1.15, 9)[distances.argmin(0)]
    return blend(joint, _slate(shape, rng, px) * shade[..., None], (112, 106, 98))


def _marble(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    vein = 1 - step(np.abs(clouds(shape, rng, 250 * px, stretch=2.0, slope=2.4)), 0.0, 0.14)
    cloudy = step(clouds(shape, rng, 90 * px), -1.5, 2.5)
    return blend(0.75 * vein * step(clouds(shape, rng, 60 * px), -1, 1), blend(cloudy, (226, 224, 220), (184, 182, 180)), (104, 102, 104))


def _leather(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    cells = np.abs(bumps(shape, rng, 3.2 * px, sharpness=2.0))
    return np.full((*shape, 3), 188.0) * (0.82 + 0.18 * step(cells, 0.0, 0.5) + 0.05 * clouds(shape, rng, 80 * px))[..., None]


def _laminate(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """A worktop with fine speckles."""
    speckle = step(bumps(shape, rng, 1.6 * px, sharpness=1.0), 0.6, 1.4)
    dark = step(bumps(shape, rng, 2.4 * px, sharpness=1.2), 1.2, 1.8)
    return blend(0.6 * dark, blend(0.5 * speckle, (204, 196, 182), (228, 224, 216)), (120, 108, 96))


def _brick(shape: Shape, rng: np.random.Generator, px: float) -> np.ndarray:
    """Bricks flat in half bond."""
    rows, columns = 8, 4
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] / shape[0]
    row = np.floor(y * rows).astype(int)
    u, v = (x * columns + 0.5 * (row % 2)) % 1.0, (y * rows) % 1.0
    column = np.floor(x * columns + 0.5 * (row % 2)).astype(int) % columns
    shade = rng.uniform(0.7, 1.15, (rows, columns))[row, column]
    rim = np.minimum(np.minimum(u, 1 - u) * 125, np.minimum(v, 1 - v) * 62.5) + 0.6 * clouds(shape, rng, 5 * px)
    body = np.array([150.0, 88.0, 66.0]) * (shade * (1 + 0.12 * clouds(shape, rng, 15 * px)))[..., None]
    return blend(1 - step(rim, 3.0, 5.0), body, (142, 136, 128))


_PAINTS: dict[SurfaceName, _Paint] = {
    "dark_wood": _dark_wood, "oak": _oak, "planks": _planks, "plain_wood": _plain_wood, "carpet": _carpet, "fine_carpet": _fine_carpet,
    "rug": _rug, "cloth": _cloth, "knit": _knit, "felt": _felt, "tiles": _tiles, "slate": _slate, "flagstone": _flagstone,
    "marble": _marble, "leather": _leather, "laminate": _laminate, "brick": _brick,
}  # fmt: skip

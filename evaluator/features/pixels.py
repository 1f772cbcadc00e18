"""Statistics of pixels: colour and contrast in CIE Lab, sharpness and grain. No network, no learning; each has a name.

Shapes: B pictures, S pixels a side.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from evaluator.features.extractor import Extractor, extractor
from evaluator.settings import NetworkSettings

_CHANNELS = ("lightness", "green-red", "blue-yellow")  # L*, a*, b*
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_CHROMA_EDGES = (0.0, 5.0, 10.0, 20.0, 40.0, 200.0)
_HUES = ("red", "yellow", "green", "cyan", "blue", "magenta")
_COLOUR = (
    *(f"{c}: {s}" for c in _CHANNELS for s in ("mean", "deviation", *(f"{q:.0%} quantile" for q in _QUANTILES))),
    *(f"share with chroma {a:g} to {b:g}" for a, b in pairwise(_CHROMA_EDGES)),
    *(f"share of {hue}" for hue in _HUES),
    "share black (L < 5)",
    "share white (L > 95)",
)
_SCALES = (1, 2, 4)
_TEXTURE = (
    *(f"{name}, {scale} px" for scale in _SCALES for name in ("edge strength", "edge strength 95 %", "Laplacian deviation")),
    "noise",
    "local contrast",
    "share flat",
    *(f"edges at {angle} degrees" for angle in (0, 45, 90, 135)),
)


@extractor("pixels")
def pixels(network: NetworkSettings) -> Extractor:
    return Extractor("pixels", {"colour": _COLOUR, "texture": _TEXTURE}, "pixels 1", _of)


def _of(rgb: np.ndarray) -> np.ndarray:
    labs = [cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab) for picture in rgb]
    return np.array([np.concatenate([colour(lab), texture(lab[..., 0])]) for lab in labs], np.float32)


def colour(lab: np.ndarray) -> np.ndarray:
    """(len(_COLOUR),) of an (S, S, 3) Lab picture: L 0..100, a and b about -100..100."""
    flat = lab.reshape(-1, 3)
    of_channels = np.concatenate([flat.mean(axis=0)[None], flat.std(axis=0)[None], np.quantile(flat, _QUANTILES, axis=0)])
    chroma = np.hypot(flat[:, 1], flat[:, 2])
    shares = np.histogram(chroma, _CHROMA_EDGES)[0] / len(flat)
    coloured = chroma > _CHROMA_EDGES[2]  # below, hue is noise
    hue = np.degrees(np.arctan2(flat[coloured, 2], flat[coloured, 1])) % 360
    hues = np.histogram((hue - 10) % 360, np.linspace(0, 360, len(_HUES) + 1))[0] / len(flat)  # Lab's red is about 40 degrees
    ends = [(flat[:, 0] < 5).mean(), (flat[:, 0] > 95).mean()]
    return np.concatenate([of_channels.T.ravel(), shares, hues, ends])


def texture(lightness: np.ndarray) -> np.ndarray:
    """(len(_TEXTURE),) of an (S, S) lightness, 0..100."""
    found: list[float] = []
    for scale in _SCALES:
        small = lightness if scale == 1 else cv2.resize(lightness, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
        strength = np.hypot(cv2.Sobel(small, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(small, cv2.CV_32F, 0, 1) / 8)
        found += [float(v) for v in (strength.mean(), np.quantile(strength, 0.95), cv2.Laplacian(small, cv2.CV_32F).std())]
    mean, square = cv2.blur(lightness, (7, 7)), cv2.blur(lightness * lightness, (7, 7))
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    return np.array([*found, noise(lightness), deviation.mean(), (deviation < 0.5).mean(), *_directions(lightness)])


def noise(lightness: np.ndarray) -> float:
    """Deviation of the noise, by the median response to a mask that is blind to planes and edges (Immerkaer 1996, with a median)."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.median(np.abs(cv2.filter2D(lightness, cv2.CV_32F, mask))) / 0.6745 / 6)  # |mask| = 6


def _directions(lightness: np.ndarray) -> np.ndarray:
    """(4,) shares of edge strength by direction of the edge, in steps of 45 degrees."""
    dx, dy = cv2.Sobel(lightness, cv2.CV_32F, 1, 0), cv2.Sobel(lightness, cv2.CV_32F, 0, 1)
    angle = np.degrees(np.arctan2(dx, -dy)) % 180  # of the edge, across the gradient
    shares = np.bincount((np.round(angle / 45).astype(int) % 4).ravel(), np.hypot(dx, dy).ravel(), minlength=4)
    return np.asarray(shares / max(shares.sum(), 1e-9))

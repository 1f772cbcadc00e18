"""Colours of skin, hair and eyes by ancestry and age. Linear RGB."""

from __future__ import annotations

import numpy as np

from generator.colors import linear_from_srgb
from generator.mesh import Material, Rgb
from generator.streams import Stream
from scenes.street.people.body import Physique

# From light to dark, sRGB; close to the ten tones of Monk's scale (skintone.google).
_SKIN_SRGB = (
    (0.91, 0.76, 0.69),
    (0.86, 0.68, 0.58),
    (0.79, 0.60, 0.48),
    (0.65, 0.46, 0.35),
    (0.48, 0.33, 0.25),
    (0.34, 0.23, 0.18),
    (0.24, 0.17, 0.14),
)
_HAIR_SRGB = {
    "black": (0.10, 0.09, 0.09), "dark_brown": (0.19, 0.13, 0.10), "brown": (0.33, 0.23, 0.16), "auburn": (0.45, 0.24, 0.15),
    "blond": (0.68, 0.54, 0.36), "grey": (0.55, 0.54, 0.53), "white": (0.80, 0.79, 0.77),
}  # fmt: skip


def skin_material(physique: Physique, stream: Stream, color: Rgb | None) -> Material:
    """Skin: `color`, or a tone by ancestry that strays from person to person."""
    if color is None:
        melanin = 0.12 + 0.62 * physique.african + 0.22 * physique.asian + 0.11 * stream.child("tone").normal()
        place = min(max(melanin, 0.0), 1.0) * (len(_SKIN_SRGB) - 1)
        low = min(int(place), len(_SKIN_SRGB) - 2)
        mixed = np.array(_SKIN_SRGB[low]) * (1 - place + low) + np.array(_SKIN_SRGB[low + 1]) * (place - low)
        color = linear_from_srgb((float(mixed[0]), float(mixed[1]), float(mixed[2])))
    return Material(color=color, texture="skin", texture_scale_m=0.05, variation=0.12, roughness=0.5, subsurface=0.05)


def lip_material(skin: Material) -> Material:
    """A redder, darker skin."""
    r, g, b = skin.color
    return Material(color=(r * 0.80, g * 0.55, b * 0.55), roughness=0.4)


def hair_color(physique: Physique, stream: Stream) -> Rgb:
    """Mostly dark; brown, blond and red among Europeans; grey from the forties on."""
    age = physique.age_years
    if stream.child("grey").uniform() < np.clip((age - 42) / 28, 0, 0.95):
        return linear_from_srgb(_HAIR_SRGB["white" if age > 68 and stream.child("white").uniform() < 0.6 else "grey"])
    dark = stream.child("dark").uniform() < physique.african + physique.asian
    choices = (
        ("black", "black", "dark_brown") if dark else ("dark_brown", "dark_brown", "brown", "brown", "blond", "blond", "auburn", "black")
    )
    return linear_from_srgb(_HAIR_SRGB[choices[stream.child("hair").integer(len(choices))]])


def hair_material(color: Rgb) -> Material:
    """Strands of hair."""
    return Material(color=color, texture="hair", texture_scale_m=0.02, variation=0.35, roughness=0.55, bump=0.3)


EYE_WHITE = Material(color=(0.62, 0.60, 0.57), roughness=0.25)
IRIS = Material(color=(0.03, 0.018, 0.01), roughness=0.15)

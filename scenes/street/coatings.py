"""The surfaces that street furniture is made of. Colours are written as sRGB, as a photo shows them."""

from __future__ import annotations

from generator.colors import linear_from_srgb
from generator.mesh import Material, Rgb


def painted(color: Rgb, *, roughness: float = 0.4, dirt: float = 0.15) -> Material:
    """Painted metal."""
    return Material(color=linear_from_srgb(color), texture="paint", variation=0.1, roughness=roughness, dirt=dirt, weathered=True)


def plastic(color: Rgb, *, roughness: float = 0.5, dirt: float = 0.15) -> Material:
    """Solid-coloured plastic or rubber."""
    return Material(color=linear_from_srgb(color), variation=0.1, roughness=roughness, dirt=dirt, weathered=True)


def film(color: Rgb) -> Material:
    """Printed or reflective sheet on a sign or poster."""
    return Material(color=linear_from_srgb(color), variation=0.03, roughness=0.35)


def glowing(color: Rgb, emission_w_m2: float) -> Material:
    """A lit lens; `color` is linear RGB here, as a lamp's is."""
    return Material(color=color, variation=0.0, roughness=0.3, emission_w_m2=emission_w_m2)


GALVANISED = Material(color=(0.42, 0.43, 0.44), texture="paint", variation=0.15, roughness=0.45, metallic=0.6, weathered=True)
ALUMINIUM = Material(color=(0.62, 0.63, 0.64), variation=0.05, roughness=0.35, metallic=0.9)
DARK_STEEL = painted((0.20, 0.21, 0.22))
BLACK = painted((0.07, 0.07, 0.075))
MATT_BLACK = plastic((0.05, 0.05, 0.055), roughness=0.7)
RUBBER = plastic((0.06, 0.06, 0.062), roughness=0.85)
GREEN_PAINT = painted((0.13, 0.24, 0.17))
CAST_IRON = painted((0.09, 0.10, 0.10), roughness=0.55)
CONCRETE = Material(
    color=linear_from_srgb((0.60, 0.58, 0.55)), texture="concrete", texture_scale_m=0.6, roughness=0.9, bump=0.1, dirt=0.3, weathered=True
)
WOOD = Material(
    color=linear_from_srgb((0.50, 0.35, 0.22)), color2=linear_from_srgb((0.34, 0.23, 0.14)), texture="wood", texture_scale_m=0.25,
    roughness=0.65, weathered=True,
)  # fmt: skip
PALE_WOOD = WOOD.model_copy(update={"color": linear_from_srgb((0.68, 0.55, 0.38)), "color2": linear_from_srgb((0.52, 0.40, 0.27))})
CARDBOARD = Material(color=linear_from_srgb((0.66, 0.51, 0.35)), texture="noise", texture_scale_m=0.4, variation=0.12, roughness=0.85)
GLASS = Material(color=(0.85, 0.9, 0.9), roughness=0.03, transmission=0.9)
SOIL = Material(
    color=linear_from_srgb((0.28, 0.21, 0.15)), texture="soil", texture_scale_m=0.3, variation=0.4, roughness=1.0, weathered=True
)

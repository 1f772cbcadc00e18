"""Surfaces of buildings, and which of them a house of a given variant wears when its fields leave it open."""

from __future__ import annotations

from generator.mesh import Material, Rgb, Texture
from generator.streams import Stream

# Linear colours, read off photographs of English streets by eye.
BRICKS: tuple[Rgb, ...] = (
    (0.30, 0.12, 0.07),
    (0.36, 0.25, 0.14),
    (0.40, 0.31, 0.19),
    (0.22, 0.10, 0.07),
    (0.33, 0.19, 0.11),
    (0.28, 0.22, 0.16),
)
RENDERS: tuple[Rgb, ...] = (
    (0.68, 0.65, 0.58),
    (0.72, 0.71, 0.68),
    (0.6, 0.52, 0.36),
    (0.5, 0.52, 0.5),
    (0.56, 0.46, 0.4),
    (0.4, 0.5, 0.55),
)
STONES: tuple[Rgb, ...] = ((0.42, 0.38, 0.29), (0.35, 0.32, 0.27), (0.5, 0.46, 0.37))
ROOFS: tuple[Rgb, ...] = ((0.07, 0.075, 0.085), (0.09, 0.085, 0.08), (0.2, 0.09, 0.06), (0.15, 0.085, 0.06), (0.06, 0.06, 0.065))
DOORS: tuple[Rgb, ...] = (
    (0.02, 0.03, 0.1), (0.2, 0.015, 0.015), (0.01, 0.01, 0.012), (0.02, 0.08, 0.04), (0.5, 0.5, 0.48), (0.3, 0.2, 0.02), (0.05, 0.15, 0.2),
)  # fmt: skip
TRIMS: tuple[Rgb, ...] = ((0.7, 0.7, 0.68), (0.66, 0.63, 0.55), (0.7, 0.7, 0.68), (0.05, 0.05, 0.055))
SHOP_COLORS: tuple[Rgb, ...] = (
    (0.015, 0.04, 0.025), (0.1, 0.01, 0.012), (0.01, 0.015, 0.05), (0.015, 0.015, 0.016), (0.5, 0.48, 0.4),
    (0.02, 0.09, 0.11), (0.2, 0.13, 0.03), (0.06, 0.015, 0.05), (0.03, 0.09, 0.05), (0.22, 0.03, 0.02),
    (0.07, 0.045, 0.03), (0.2, 0.2, 0.2),
)  # fmt: skip


def picked[T](options: tuple[T, ...], stream: Stream) -> T:
    """One of the options."""
    return options[stream.integer(len(options))]


def wall_surface(kind: str, color: Rgb) -> Material:
    """Brick, render, stone or concrete of a mean colour."""
    r, g, b = color
    mortar: Rgb = (round(0.6 * r + 0.12, 4), round(0.6 * g + 0.115, 4), round(0.6 * b + 0.1, 4))
    stain: Rgb = (round(0.6 * r, 4), round(0.58 * g, 4), round(0.55 * b, 4))
    surfaces: dict[str, tuple[Texture, float, Rgb, float, float]] = {
        "brick": ("brick", 0.075, mortar, 0.3, 0.25),
        "render": ("plaster", 1.5, stain, 0.1, 0.45),
        "stone": ("brick", 0.3, stain, 0.4, 0.3),
        "concrete": ("concrete", 1.2, stain, 0.1, 0.45),
    }
    texture, scale, second, bump, variation = surfaces[kind]
    return Material(
        color=color,
        color2=second,
        texture=texture,
        texture_scale_m=scale,
        variation=variation,
        roughness=0.85,
        bump=bump,
        dirt=0.25,
        weathered=True,
    )


def roof_surface(color: Rgb) -> Material:
    """Slates or tiles."""
    r, g, b = color
    return Material(
        color=color, color2=(round(r * 0.6, 4), round(g * 0.65, 4), round(b * 0.6, 4)), texture="roof_tiles", texture_scale_m=0.25,
        variation=0.5, roughness=0.7, bump=0.5, weathered=True,
    )  # fmt: skip


def painted(color: Rgb, roughness: float = 0.45) -> Material:
    """Painted wood or plastic."""
    return Material(color=color, texture="paint", texture_scale_m=0.5, variation=0.15, roughness=roughness, dirt=0.1)


def stone(color: Rgb = (0.5, 0.47, 0.4)) -> Material:
    """Sills, steps, lintels."""
    return Material(color=color, texture="concrete", texture_scale_m=0.5, variation=0.35, roughness=0.8, dirt=0.2, weathered=True)


LEAD = Material(color=(0.1, 0.1, 0.11), roughness=0.5, metallic=0.3, variation=0.3)
PLASTIC_BLACK = Material(color=(0.015, 0.015, 0.017), roughness=0.4, variation=0.1)

"""Puts the parts of a person together: visible skin, face, hair, clothes in layers, shoes.

Shapes: V packed vertices. Lengths in metres.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.mesh import Material, Mesh, Rgb
from scenes.street.people import complexion, wardrobe
from scenes.street.people.body import Level, template
from scenes.street.people.fields import fields
from scenes.street.people.figure import Figure
from scenes.street.people.garments import (
    Bottom,
    Top,
    bottom_cuts,
    bottom_pattern,
    bottom_shell,
    layered,
    top_cuts,
    top_pattern,
    top_shell,
    worn,
)
from scenes.street.people.hair import HairStyle, hair, patch
from scenes.street.people.headwear import hat_room, headwear
from scenes.street.people.shoes import shoes
from scenes.street.people.skirts import skirt
from scenes.street.people.surface import Pattern, compact, pattern
from scenes.street.people.wardrobe import HatName, Outfit, cloth_material, leather_material

_PULLED_IN_M = 0.012  # skin under clothes, so that it never pokes through


def dressed(
    figure: Figure, outfit: Outfit, skin: Material, hair_material: Material, hat: HatName, hat_color: Rgb, hi_vis: bool
) -> list[Mesh]:
    """All meshes of a dressed body in its pose."""
    clothes, covered = _clothes(figure, outfit, hi_vis)
    parts = [*clothes, *_shoes(figure, outfit), _skin(figure, covered, skin), *_face(figure, skin, hair_material)]
    if hat not in ("hood", "headscarf", "full_helmet"):
        style = outfit.clothes.hair if hat == "none" else _FLAT.get(outfit.clothes.hair, outfit.clothes.hair)
        parts += hair(figure, style, hair_material, hat_room(hat, figure.level))
    return parts + headwear(figure, hat, hat_color)


_FLAT: dict[HairStyle, HairStyle] = {"afro": "buzz", "side": "short", "bun": "short"}  # how hair lies under a hat


def _clothes(figure: Figure, outfit: Outfit, hi_vis: bool) -> tuple[list[Mesh], list[np.ndarray]]:
    """Garments from the inside out, and for each a field (V,) that is positive where it covers the body."""
    parts: list[Mesh] = []
    covered: list[np.ndarray] = []
    bottom = wardrobe.BOTTOMS[outfit.clothes.bottom]
    under, legs = _bottom_layer(figure, bottom, cloth_material(outfit.bottom_color, outfit.clothes.bottom), parts)
    covered.append(legs)
    if outfit.clothes.bottom in wardrobe.SKIRTS:
        f = fields(figure.level)
        covered.append(
            np.where(f.on_arm > 0.5, -1.0, np.minimum(0.10 - f.z, 0.2 * (wardrobe.SKIRTS[outfit.clothes.bottom].hem - 0.35 - f.leg)))
        )
    hips = under
    layers = list(zip(wardrobe.tops(outfit.clothes, hi_vis), _top_materials(outfit, hi_vis), strict=True))
    for top, material in layers:
        shell = top_shell(figure, top, under)
        cuts = top_cuts(top, figure.level)
        parts.append(worn(figure, shell, top_pattern(top, figure.level), material))
        covered.append(np.min(cuts, axis=0))
        if outfit.clothes.outer in wardrobe.FASTENED and top is wardrobe.OUTERS[outfit.clothes.outer]:
            parts.append(_fastening(figure, shell, top, outfit.outer_color))
        under = layered(shell, under, cuts)
    if hi_vis:
        parts += _bands(figure, under)
    worn_over = ((outfit.clothes.bottom, outfit.bottom_color, hips), (outfit.clothes.outer, outfit.outer_color, under))
    hanging = [one for one in worn_over if one[0] in wardrobe.SKIRTS]
    for (name, color, shell), shape in zip(hanging, wardrobe.skirts(outfit.clothes), strict=True):
        parts.append(skirt(figure, shell, shape, cloth_material(color, name)))
    return parts, covered


def _top_materials(outfit: Outfit, hi_vis: bool) -> list[Material]:
    """The cloth of each of wardrobe.tops."""
    top_color = outfit.bottom_color if outfit.clothes.bottom == "dress" else outfit.top_color
    top, outer = cloth_material(top_color, outfit.clothes.top), cloth_material(outfit.outer_color, outfit.clothes.outer)
    vest = [wardrobe.HI_VIS_YELLOW] if hi_vis else []
    if outfit.clothes.outer == "none":
        return [top, *vest]
    return [top, outer, *vest] if outfit.clothes.outer in wardrobe.OPEN_OUTERS else [outer, *vest]


def _fastening(figure: Figure, shell: np.ndarray, top: Top, color: Rgb) -> Mesh:
    """The strip of a zip or of buttons down the front, darker than the cloth, or lighter on black."""
    tone = 0.35 if max(color) > 0.06 else 3.0
    r, g, b = (min(tone * c + 0.004, 1.0) for c in color)
    return worn(
        figure, shell + 0.002 * figure.outward, _strip_pattern(top, figure.level), Material(color=(r, g, b), roughness=0.6), hem_m=0.003
    )


@lru_cache(maxsize=32)
def _strip_pattern(top: Top, level: Level) -> Pattern:
    f = fields(level)
    strip = np.where((f.x > 0.03) & (f.on_arm < 0.5), 0.007 - np.abs(f.y), -1.0)
    return pattern(template(level).cloth, (*top_cuts(top, level), strip))


_BAND_HEIGHTS_M = (0.10, 0.24)


def _bottom_layer(figure: Figure, bottom: Bottom, material: Material, parts: list[Mesh]) -> tuple[np.ndarray, np.ndarray]:
    shell = bottom_shell(figure, bottom)
    cuts = bottom_cuts(bottom, figure.level)
    parts.append(worn(figure, shell, bottom_pattern(bottom, figure.level), material))
    return layered(shell, figure.rest, cuts), np.min(cuts, axis=0)


def _bands(figure: Figure, shell: np.ndarray) -> list[Mesh]:
    """Two reflective bands around the trunk of a safety vest."""
    lifted = shell + 0.002 * figure.outward
    return [worn(figure, lifted, _band_pattern(height, figure.level), wardrobe.REFLEX, hem_m=0.003) for height in _BAND_HEIGHTS_M]


@lru_cache(maxsize=8)
def _band_pattern(height_m: float, level: Level) -> Pattern:
    f = fields(level)
    return pattern(template(level).cloth, (np.where(f.on_arm > 0.5, -1.0, 0.025 - np.abs(f.z - height_m)),))


def _shoes(figure: Figure, outfit: Outfit) -> list[Mesh]:
    upper = leather_material(outfit.shoe_color)
    sole = wardrobe.RUBBER if outfit.shoes == "sneakers" else wardrobe.DARK_RUBBER
    parts = [shoes(figure, upper, sole)]
    if outfit.shoes == "boots":
        shaft = figure.rest + 0.008 * figure.outward
        parts.append(worn(figure, shaft, _leg_pattern(1.5, 2.02, figure.level), upper))
    elif outfit.clothes.bottom in ("shorts", "leggings", *wardrobe.SKIRTS):
        sock = figure.rest + 0.003 * figure.outward
        top = 1.82 if outfit.shoes == "sneakers" else 1.9
        parts.append(worn(figure, sock, _leg_pattern(top, 2.05, figure.level), _SOCK, hem_m=0.002))
    return parts


@lru_cache(maxsize=8)
def _leg_pattern(top: float, bottom: float, level: Level) -> Pattern:
    """What covers both legs between two levels of `leg`."""
    f = fields(level)
    return pattern(template(level).cloth, (f.leg - top, bottom - f.leg))


_SOCK = Material(color=(0.5, 0.5, 0.5), texture="fabric", texture_scale_m=0.002, roughness=0.95)


def _skin(figure: Figure, covered: list[np.ndarray], material: Material) -> Mesh:
    """The skin that no garment covers, with a margin that is pulled in under the garments."""
    data = template(figure.level)
    hidden = np.max(covered, axis=0) if covered else np.full(len(figure.rest), -1.0)
    faces = data.skin[(hidden[data.skin] < 0.03).any(1)]
    depth = _PULLED_IN_M * np.clip(hidden / 0.02 + 0.3, 0, 1)
    used, faces = compact(faces)
    points = figure.moved_vertices((figure.rest - depth[:, None] * figure.outward)[used], used)
    return Mesh.of(points, faces, material, smooth=True)


def _face(figure: Figure, skin: Material, hair_material: Material) -> list[Mesh]:
    """Eyes, brows and lips."""
    return [
        *_eyes(figure),
        patch(figure, "brows", 0.0012, hair_material),
        patch(figure, "lips", 0.0006, complexion.lip_material(skin)),
    ]


def _eyes(figure: Figure) -> list[Mesh]:
    parts = []
    for faces, material in zip(eye_parts(template(figure.level).eyes, figure.level), (complexion.EYE_WHITE, complexion.IRIS), strict=True):
        used, local = compact(faces)
        parts.append(Mesh.of(figure.carried(figure.rest[used], "head"), local, material, smooth=True))
    return parts


def eye_parts(eyes: np.ndarray, level: Level = "near") -> tuple[np.ndarray, np.ndarray]:
    """The faces of the white and of the iris among those of the eyes (F, 3)."""
    # The iris is the front of the eyeball: the base mesh's eyes are 2.8 cm balls whose fronts lie at x = 0.1392.
    iris = (fields(level).x[eyes] > 0.1355).all(1)
    return eyes[~iris], eyes[iris]

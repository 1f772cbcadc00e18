"""What makes one kind of tree differ from another: crown, branching, bark and leaf colours by season. Data only.

Lengths are parts of the tree's height unless a name says otherwise. Colours are sRGB as a photo shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.mesh import Rgb
from scenes.street.branching import Sprouting

Season = Literal["spring", "summer", "autumn", "winter"]
SpeciesName = Literal["plane", "lime", "poplar", "birch", "cherry", "spruce", "young"]

Profile = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Species:
    """crown: part of the height the crown begins at. profile: (part of crown height, part of crown radius), bottom to top.

    trunk_top: how high the trunk can be followed; trunk_radius: at the foot; width: crown width of a typical tree.
    levels: limbs, branches, twigs. leaf_length: part of the crown's mean diameter; leaf_slender: width over length.
    leaf_rise: how far leaves turn up (or, negative, hang) from their twig. leaves: colours by season, none when bare.
    """

    crown: float
    profile: Profile
    trunk_top: float
    trunk_radius: float
    width: float
    levels: tuple[Sprouting, Sprouting, Sprouting]
    bark: Rgb
    bark2: Rgb
    leaves: dict[str, tuple[Rgb, ...]]
    leaves_per_twig: int = 9
    leaf_length: float = 0.037
    leaf_slender: float = 0.62
    leaf_rise: float = 0.1
    staked: bool = False


DOME: Profile = ((0.0, 0.3), (0.08, 0.62), (0.25, 0.92), (0.45, 1.0), (0.65, 0.93), (0.82, 0.7), (0.94, 0.4), (1.0, 0.05))
EGG: Profile = ((0.0, 0.35), (0.1, 0.75), (0.28, 1.0), (0.5, 0.9), (0.75, 0.6), (0.92, 0.28), (1.0, 0.04))
COLUMN: Profile = ((0.0, 0.35), (0.1, 0.75), (0.35, 1.0), (0.65, 0.95), (0.85, 0.65), (1.0, 0.08))
OVAL: Profile = ((0.0, 0.2), (0.12, 0.65), (0.35, 1.0), (0.6, 0.92), (0.8, 0.62), (1.0, 0.1))
CONE: Profile = ((0.0, 0.9), (0.06, 1.0), (0.35, 0.72), (0.7, 0.34), (0.95, 0.08), (1.0, 0.02))

_GREEN = ((0.30, 0.42, 0.14), (0.36, 0.48, 0.18), (0.24, 0.36, 0.12), (0.44, 0.52, 0.24))
_DARK_GREEN = ((0.22, 0.35, 0.13), (0.28, 0.41, 0.16), (0.18, 0.29, 0.11), (0.36, 0.46, 0.22))
_FRESH = ((0.46, 0.58, 0.20), (0.54, 0.63, 0.26), (0.40, 0.52, 0.18), (0.60, 0.66, 0.34))
_LIGHT_GREEN = ((0.42, 0.52, 0.20), (0.34, 0.46, 0.16), (0.50, 0.58, 0.28), (0.30, 0.40, 0.15))
_COPPER = ((0.30, 0.38, 0.16), (0.37, 0.44, 0.20), (0.25, 0.31, 0.14), (0.40, 0.36, 0.20))
_GOLD = ((0.80, 0.62, 0.16), (0.70, 0.50, 0.14), (0.58, 0.52, 0.20), (0.86, 0.72, 0.28))
_RUST = ((0.62, 0.34, 0.12), (0.72, 0.45, 0.14), (0.48, 0.26, 0.12), (0.55, 0.45, 0.18))
_RED = ((0.62, 0.22, 0.14), (0.74, 0.36, 0.16), (0.50, 0.18, 0.14), (0.70, 0.50, 0.22))
_BLOSSOM = ((0.93, 0.76, 0.82), (0.97, 0.87, 0.90), (0.88, 0.66, 0.75), (0.78, 0.60, 0.60))
_NEEDLES = ((0.16, 0.27, 0.17), (0.21, 0.32, 0.19), (0.13, 0.22, 0.15), (0.27, 0.37, 0.24))

SPECIES: dict[SpeciesName, Species] = {
    "plane": Species(
        crown=0.24, profile=DOME, trunk_top=0.5, trunk_radius=0.024, width=0.78,
        levels=(
            Sprouting(11, 0.5, 1.0, (1.05, 0.4), (2.2, 2.0), lift=0.09, wander=0.15, points=7, thickness=0.6),
            Sprouting(8, 0.2, 1.0, (0.9, 0.55), (0.6, 0.35), lift=0.03, wander=0.22, points=5, thickness=0.5),
            Sprouting(7, 0.15, 1.0, (0.9, 0.6), (0.55, 0.4), lift=-0.04, wander=0.16, points=4, thickness=0.5),
        ),
        bark=(0.46, 0.42, 0.34), bark2=(0.32, 0.29, 0.24),
        leaves={"spring": _FRESH, "summer": _GREEN, "autumn": _RUST},
    ),
    "lime": Species(
        crown=0.2, profile=EGG, trunk_top=0.8, trunk_radius=0.02, width=0.6,
        levels=(
            Sprouting(20, 0.3, 0.98, (1.05, 0.4), (0.75, 0.4), lift=0.08, wander=0.13, points=6, thickness=0.42),
            Sprouting(6, 0.2, 1.0, (0.9, 0.6), (0.6, 0.4), lift=0.0, wander=0.15, points=5, thickness=0.5),
            Sprouting(5, 0.15, 1.0, (0.9, 0.6), (0.6, 0.45), lift=-0.06, wander=0.15, points=4, thickness=0.5),
        ),
        bark=(0.36, 0.32, 0.27), bark2=(0.22, 0.20, 0.17),
        leaves={"spring": _FRESH, "summer": _DARK_GREEN, "autumn": _GOLD},
    ),
    "poplar": Species(
        crown=0.1, profile=COLUMN, trunk_top=0.95, trunk_radius=0.016, width=0.22,
        levels=(
            Sprouting(40, 0.1, 0.97, (0.5, 0.3), (0.28, 0.2), reach=0.75, lift=0.2, wander=0.05, points=5, thickness=0.35),
            Sprouting(5, 0.1, 1.0, (0.5, 0.35), (0.55, 0.4), lift=0.15, wander=0.1, points=4, thickness=0.5),
            Sprouting(3, 0.1, 1.0, (0.55, 0.4), (0.6, 0.5), lift=0.08, wander=0.12, points=4, thickness=0.5),
        ),
        bark=(0.42, 0.40, 0.34), bark2=(0.28, 0.26, 0.22), leaf_length=0.045, leaf_rise=0.3,
        leaves={"spring": _FRESH, "summer": _GREEN, "autumn": _GOLD},
    ),
    "birch": Species(
        crown=0.22, profile=OVAL, trunk_top=0.97, trunk_radius=0.011, width=0.42,
        levels=(
            Sprouting(25, 0.29, 0.97, (0.8, 0.45), (0.5, 0.22), reach=0.85, lift=0.04, wander=0.08, points=6, thickness=0.34),
            Sprouting(5, 0.25, 1.0, (0.7, 0.5), (0.55, 0.4), lift=-0.14, wander=0.12, points=5, thickness=0.45),
            Sprouting(5, 0.2, 1.0, (0.7, 0.4), (0.8, 0.6), lift=-0.38, wander=0.1, points=4, thickness=0.5),
        ),
        bark=(0.86, 0.84, 0.80), bark2=(0.22, 0.20, 0.19), leaf_length=0.032, leaf_rise=-0.35,
        leaves={"spring": _FRESH, "summer": _LIGHT_GREEN, "autumn": _GOLD},
    ),
    "cherry": Species(
        crown=0.3, profile=DOME, trunk_top=0.45, trunk_radius=0.022, width=0.95,
        levels=(
            Sprouting(10, 0.6, 1.0, (1.0, 0.5), (2.0, 1.8), lift=0.06, wander=0.1, points=6, thickness=0.6),
            Sprouting(8, 0.15, 1.0, (0.8, 0.5), (0.6, 0.4), lift=0.05, wander=0.15, points=5, thickness=0.5),
            Sprouting(7, 0.1, 1.0, (0.8, 0.5), (0.55, 0.45), lift=0.02, wander=0.15, points=4, thickness=0.5),
        ),
        bark=(0.33, 0.25, 0.22), bark2=(0.2, 0.15, 0.14), leaf_length=0.038, leaf_slender=0.7,
        leaves={"spring": _BLOSSOM, "summer": _COPPER, "autumn": _RED},
    ),
    "spruce": Species(
        crown=0.06, profile=CONE, trunk_top=0.99, trunk_radius=0.016, width=0.42,
        levels=(
            Sprouting(95, 0.07, 0.99, (1.75, 1.1), (0.32, 0.12), reach=1.0, lift=0.06, wander=0.04, points=5, thickness=0.16),
            Sprouting(4, 0.2, 1.0, (1.0, 0.7), (0.45, 0.35), reach=1.0, lift=-0.06, wander=0.08, points=3, thickness=0.5),
            Sprouting(2, 0.3, 1.0, (0.8, 0.6), (0.6, 0.5), reach=1.0, lift=-0.1, wander=0.1, points=3, thickness=0.5),
        ),
        bark=(0.34, 0.27, 0.22), bark2=(0.22, 0.17, 0.14), leaves_per_twig=6, leaf_length=0.068, leaf_slender=0.27, leaf_rise=-0.1,
        leaves={"spring": _NEEDLES, "summer": _NEEDLES, "autumn": _NEEDLES, "winter": _NEEDLES},
    ),
    "young": Species(
        crown=0.38, profile=OVAL, trunk_top=0.85, trunk_radius=0.009, width=0.42,
        levels=(
            Sprouting(14, 0.42, 0.98, (0.9, 0.4), (0.5, 0.3), lift=0.1, wander=0.1, points=5, thickness=0.45),
            Sprouting(6, 0.2, 1.0, (0.8, 0.5), (0.55, 0.4), lift=0.05, wander=0.14, points=4, thickness=0.5),
            Sprouting(5, 0.15, 1.0, (0.8, 0.5), (0.6, 0.5), lift=0.0, wander=0.14, points=4, thickness=0.5),
        ),
        bark=(0.42, 0.37, 0.32), bark2=(0.3, 0.26, 0.22), leaf_length=0.06, staked=True,
        leaves={"spring": _FRESH, "summer": _GREEN, "autumn": _RED},
    ),
}  # fmt: skip

"""How far what is worn stands off the body, for boxes around people: simpler than the garments themselves.

Shapes: V packed vertices of the near body. Metres on a body of 1.7 m, on the head those of the base mesh's.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scenes.street.people.body import template
from scenes.street.people.fields import fields
from scenes.street.people.figure import outward_normals, sideways
from scenes.street.people.garments import Bottom, Top, bottom_cuts, bottom_ease, top_cuts, top_ease
from scenes.street.people.hair import HairStyle, hair_thickness
from scenes.street.people.headwear import hat_lift
from scenes.street.people.wardrobe import HatName

_SHOE_M = 0.013  # upper and sock
_TOE_M = 0.018


@lru_cache(maxsize=1)
def shoe_pad() -> np.ndarray:
    """(V,) thickness of shoes."""
    return np.where(_is_foot(), np.maximum(_SHOE_M, _TOE_M * (fields("near").x > 0.15)), 0.0)


@lru_cache(maxsize=16)
def bottom_pad(trousers: Bottom) -> np.ndarray:
    """(V,) how far trousers stand off."""
    inside = np.min(bottom_cuts(trousers, "near"), axis=0) > 0
    return np.maximum(bottom_ease(trousers, "near"), 0) * (inside & ~_is_foot())


@lru_cache(maxsize=32)
def top_pad(top: Top) -> np.ndarray:
    """(V,) how far a top stands off what is under it."""
    inside = np.min(top_cuts(top, "near"), axis=0) > 0
    return np.maximum(top_ease(top, "near"), 0) * (inside & ~_is_foot())


def head_lift(hair: HairStyle, hat: HatName, vertices: np.ndarray) -> np.ndarray:
    """(N, 3) what hair and hat add to some vertices (N,) of the head."""
    outwards = away()[vertices]
    lift = np.maximum(hair_thickness(hair, "near")[vertices], 0.0)[:, None] * outwards
    if hat in ("none", "full_helmet"):
        return lift
    along, up = (one[vertices, None] for one in hat_lift(hat, "near"))
    return np.where(along > 0, along * outwards + up * np.array([0.0, 0.0, 1.0]), lift)


@lru_cache(maxsize=1)
def away() -> np.ndarray:
    """(V, 3) directions in which clothes, and hair on the head, stand off the base mesh."""
    outward = outward_normals(template().vertices, "near")
    return np.where(fields("near").on_head[:, None] > 0.3, outward, sideways(outward, "near"))


def _is_foot() -> np.ndarray:
    """(V,) bool"""
    foot: np.ndarray = fields("near").leg > 2.02
    return foot

"""The box around a person without building the mesh: some of the outermost points of the body, padded by what is worn there, posed.

Shapes: S points and N columns of an outline, V packed vertices. It takes about 0.06 ms; the full mesh takes 100 ms.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np

from generator.geometry import Vector
from scenes.street.people import wardrobe
from scenes.street.people.body import Physique, template
from scenes.street.people.figure import MARKS, Stance
from scenes.street.people.garments import REFERENCE_M, Bottom, Top
from scenes.street.people.hair import HairStyle
from scenes.street.people.headwear import brim_outline
from scenes.street.people.outline import Outline, Posed, build, outline_of
from scenes.street.people.padding import away, bottom_pad, head_lift, shoe_pad, top_pad
from scenes.street.people.props import PropName, placed, prop_outline
from scenes.street.people.skirts import Skirt, skirt_bands, skirt_outline
from scenes.street.people.wardrobe import Clothes, HatName


def extent(
    physique: Physique, height_m: float, stance: Stance, clothes: Clothes, hat: HatName, hi_vis: bool, props: tuple[PropName, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Low and high corner (3,) float64 of the box around a person, before it is set on the ground."""
    body = build(_body(), physique, height_m)
    frames, shift = stance(body.joints)
    worn = _worn(_body(), clothes, hi_vis) * (height_m / REFERENCE_M) + _headdress(clothes.hair, hat) * body.head_scale
    posed = body.posed(frames, worn)
    points = [posed.points, *brim_outline(posed, hat)]
    points += [_skirt(one, physique, clothes, hi_vis, posed) for one in wardrobe.skirts(clothes)]
    points += [placed(posed, name, prop_outline(name)) for name in props]
    across = (np.concatenate(points) if len(points) > 1 else posed.points).T.copy()  # quicker along rows than along columns
    origin = body.joints[0] + shift
    return across.min(1) + origin, across.max(1) + origin


def size_of(low: np.ndarray, high: np.ndarray) -> Vector:
    """Length, width and height of a box between two corners (3,)."""
    length, width, height = (high - low).tolist()
    return (length, width, height)


def _skirt(cut: Skirt, physique: Physique, clothes: Clothes, hi_vis: bool, body: Posed) -> np.ndarray:
    """(N, 3) points around a skirt or coat tail."""
    outline, bands = _around_legs(cut.hem)
    worn = _worn(outline, clothes, hi_vis) * (body.height_m / REFERENCE_M)
    legs = build(outline, physique, body.height_m).posed(body.frames, worn)
    return skirt_outline(legs.points[bands], body.rotation("pelvis")[:, 0], cut, body.height_m).reshape(-1, 3)


@lru_cache(maxsize=1)
def _body() -> Outline:
    return outline_of(outermost_vertices())


def outermost_vertices() -> np.ndarray:
    """(N,) the packed vertices of which one lies at every side of a body's box, see assets/people/outermost.py."""
    with as_file(files("assets.people") / "outermost.npz") as path, np.load(path, allow_pickle=False) as data:
        return np.asarray(data["vertices"], int)


@lru_cache(maxsize=8)
def _around_legs(hem: float) -> tuple[Outline, np.ndarray]:
    """The outermost points of both legs at a skirt's middle and at its hem; (2, N) which of the points these are, some more than once."""
    bands = [_outermost(band) for band in skirt_bands(hem)]
    outline = outline_of(np.concatenate(bands))
    at = [np.flatnonzero(np.isin(outline.vertices[: -len(MARKS)], band)) for band in bands]
    return outline, np.stack([np.resize(one, max(map(len, at))) for one in at])


def _outermost(vertices: np.ndarray) -> np.ndarray:
    """Those of some vertices (N,) that are farthest out in 14 directions, on the left and on the right."""
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    ways = np.concatenate([np.eye(3), -np.eye(3), corners])
    places = template().vertices
    sides = [vertices[side * places[vertices, 1] >= 0] for side in (-1, 1)]
    return np.concatenate([side[np.unique((places[side] @ ways.T).argmax(0))] for side in sides])


def _worn(outline: Outline, clothes: Clothes, hi_vis: bool) -> np.ndarray:
    """(N, 3) float32 what clothes and shoes add to an outline on a body of 1.7 m, see Outline.offsets."""
    worn = _shoes(outline)
    if clothes.bottom in wardrobe.BOTTOMS:
        worn = worn + _bottom(outline, wardrobe.BOTTOMS[clothes.bottom])
    for top in wardrobe.tops(clothes, hi_vis):
        worn = worn + _top(outline, top)
    return worn


@lru_cache(maxsize=16)
def _shoes(outline: Outline) -> np.ndarray:
    return _padded(outline, shoe_pad())


@lru_cache(maxsize=256)
def _bottom(outline: Outline, trousers: Bottom) -> np.ndarray:
    return _padded(outline, bottom_pad(trousers))


@lru_cache(maxsize=256)
def _top(outline: Outline, top: Top) -> np.ndarray:
    return _padded(outline, top_pad(top))


def _padded(outline: Outline, pad_m: np.ndarray) -> np.ndarray:
    """(N, 3) what a layer that stands off by `pad_m` (V,) adds to an outline."""
    at = outline.vertices
    return outline.offsets(pad_m[at, None] * away()[at])


@lru_cache(maxsize=256)
def _headdress(hair: HairStyle, hat: HatName) -> np.ndarray:
    """(N, 3) float32 what hair and hat add to the body's outline, for a head as large as the base mesh's."""
    return _body().offsets(head_lift(hair, hat, _body().vertices))

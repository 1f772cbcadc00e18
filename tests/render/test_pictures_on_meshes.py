"""Pictures painted by code, as the renderer shows them on a mesh."""

from __future__ import annotations

import bpy
import cv2
import numpy as np
import pytest

from generator.colors import linear_from_srgb
from generator.errors import ConfigError
from generator.mesh import Material
from generator.spec import PlainSky
from scenes.cards.card import LENGTH_M, WIDTH_M
from scenes.cards.faces import CardFace
from tests.render.small_scenes import DOWN, blender, camera, scene, thing

DAYLIGHT = PlainSky(color=(1.0, 1.0, 1.0))
WIDE, HIGH = 64, 90


def seen(rank: str, suit: str, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> np.ndarray:
    """(H, W, 3) radiance of a card from above, which fills the picture."""
    focal = WIDE / WIDTH_M  # at one metre
    view = camera(WIDE, HIGH, focal, position_m=(0.0, 0.0, 1.0), rotation_wxyz=DOWN)
    card = thing(1, "playing_card", (0.0, 0.0, 0.0), rank=rank, suit=suit, tint=tint, gloss=0.0)
    return blender(64).render(scene([card], view, DAYLIGHT)).rgb


def painted_face(rank: str, suit: str) -> np.ndarray:
    """(H, W, 3) linear light of the face at the size it is seen."""
    face = CardFace.model_validate({"rank": rank, "suit": suit}).paint() / 255.0
    linear = np.vectorize(lambda v: linear_from_srgb((v, v, v))[0])(np.arange(256) / 255)
    size = (WIDE, round(WIDE * LENGTH_M / WIDTH_M))
    return cv2.resize(linear[np.rint(face * 255).astype(int)], size, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(("rank", "suit"), [("nine", "hearts"), ("king", "diamonds"), ("jack", "clubs")])
def test_a_card_from_above_is_its_painted_face(rank: str, suit: str) -> None:
    picture, face = seen(rank, suit), painted_face(rank, suit)
    inner = slice(6, HIGH - 6), slice(4, WIDE - 4)  # without the round corners
    assert np.corrcoef(picture[inner].ravel(), face[inner].ravel())[0, 1] > 0.98
    assert np.abs(picture[inner] - face[inner]).mean() < 0.06  # the varnish reflects 4 % of the sky


def test_the_tint_multiplies_the_picture_and_pictures_do_not_outlive_their_scene() -> None:
    white, tinted = seen("ten", "spades"), seen("ten", "spades", (0.5, 1.0, 1.0))
    paper = white[3:87, 28:36].mean(axis=2) > 0.8
    ratio = (tinted / white)[3:87, 28:36][paper].mean(axis=0)
    np.testing.assert_allclose(ratio, [0.5, 1.0, 1.0], atol=0.04)
    assert sum(image.name.startswith("picture ") for image in bpy.data.images) <= 2  # face and back of the last one


def test_an_unknown_picture_is_an_error_with_the_known_ones() -> None:
    ground = thing(1, "test_plane", (0.0, 0.0, 0.0), material=Material(picture='{"kind":"mona_lisa"}'))
    with pytest.raises(ConfigError, match="card_face"):
        blender(1).render(scene([ground], camera(8, 8, position_m=(0.0, 0.0, 2.0), rotation_wxyz=DOWN), DAYLIGHT))

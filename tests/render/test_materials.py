"""Every procedural texture keeps the colour it is given, and breaks it up."""

from __future__ import annotations

import typing

import numpy as np
import pytest

from generator.mesh import Material, Texture
from generator.render.textures import TEXTURES
from generator.spec import PlainSky
from tests.render.small_scenes import DOWN, blender, camera, scene, thing

COLOR = np.array([0.3, 0.2, 0.1])
DAYLIGHT = PlainSky(color=(1.0, 1.0, 1.0))


def ground(wetness: float = 0.0, **fields: typing.Any) -> np.ndarray:
    """(H, W, 3) radiance of a level ground under an even sky of radiance 1, which is its albedo."""
    material = Material.model_validate({"color": tuple(COLOR), "roughness": 1.0, "specular": 0.0} | fields)
    view = camera(40, 40, 40.0, position_m=(0.3, 0.2, 4.0), rotation_wxyz=DOWN)
    spec = scene([thing(1, "test_plane", (0.0, 0.0, 0.0), material=material)], view, DAYLIGHT, wetness=wetness)
    return blender(16).render(spec).rgb


@pytest.mark.parametrize("texture", typing.get_args(Texture))
def test_a_texture_keeps_its_color_on_average(texture: Texture) -> None:
    picture = ground(texture=texture, color2=tuple(COLOR), bump=0.5)
    np.testing.assert_allclose(picture.mean(axis=(0, 1)), COLOR, rtol=0.3)


@pytest.mark.parametrize("texture", [name for name in typing.get_args(Texture) if name != "none"])
def test_a_texture_breaks_its_color_up(texture: Texture) -> None:
    even, textured = (ground(texture=name, variation=0.8, texture_scale_m=3.0)[..., 0] for name in ("none", texture))
    assert even.std() < 1e-3 < 0.004 < textured.std()


def test_there_is_a_texture_for_every_name() -> None:
    assert set(TEXTURES) == set(typing.get_args(Texture))


def test_two_colors_of_a_checker_board_share_the_ground() -> None:
    picture = ground(texture="checker", color=(0.8, 0.8, 0.8), color2=(0.1, 0.1, 0.1), texture_scale_m=4.0)
    pure = (np.abs(picture[..., 0] - 0.1) < 0.02) | (np.abs(picture[..., 0] - 0.8) < 0.02)
    assert pure.mean() > 0.6  # the rest are pixels on an edge
    assert picture.mean() == pytest.approx(0.45, rel=0.1)


def test_rain_darkens_only_what_is_weathered() -> None:
    dry = ground(weathered=True).mean()
    wet = ground(weathered=True, wetness=0.4).mean()
    indoors = ground(weathered=False, wetness=0.4).mean()
    assert wet < 0.9 * dry
    assert indoors == pytest.approx(dry, rel=1e-3)


def test_dust_lies_on_the_ground() -> None:
    clean, dusty = ground(), ground(dirt=1.0)
    assert np.abs(dusty - clean).mean() > 0.03

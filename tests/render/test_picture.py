"""The RGB picture against formulas: lamps, sky, shutter, aperture and fog."""

from __future__ import annotations

import math
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from generator.camera import camera_from_world, project
from generator.errors import AssetError, RenderError
from generator.geometry import camera_rotation
from generator.mesh import Material
from generator.render.blender import Blender
from generator.render.passes import read_channels
from generator.render.sky import SUNLIT_WHITE
from generator.settings import RenderSettings
from generator.spec import HdriSky, LampSpec, PhysicalSky, PlainSky, Sky
from tests.render.small_scenes import AHEAD, BLACK_SKY, DOWN, WHITE, blender, camera, scene, thing

LENS = (-0.1, 0.0, 0.0, 0.0, 0.0)
GLOWING = Material(color=(1.0, 1.0, 1.0), emission_w_m2=10 * math.pi)  # radiance 10 W / m2 / sr


def test_an_even_sky_is_its_colour_times_its_strength() -> None:
    frame = blender().render(scene([], camera(16, 12), PlainSky(color=(0.2, 0.5, 0.8), strength=3.0)))
    np.testing.assert_allclose(frame.rgb, np.broadcast_to([0.6, 1.5, 2.4], frame.rgb.shape), rtol=1e-4)


def test_a_glowing_surface_has_its_radiosity_over_pi() -> None:
    frame = blender().render(scene([thing(1, "test_box", (3.0, 0.0, 0.0), height_m=3.0, material=GLOWING)], camera(16, 12)))
    np.testing.assert_allclose(frame.rgb[6, 8], 10.0, rtol=0.02)


@pytest.mark.parametrize(
    ("kind", "intensity_w_sr"),
    [("point", 100 / (4 * math.pi)), ("spot", 100 / (2 * math.pi * (1 - math.cos(0.5)))), ("area", 100 / math.pi)],
)
def test_a_lamp_of_100_watts_lights_the_ground_below_it(kind: str, intensity_w_sr: float) -> None:
    """Radiance of a white ground at distance h on the axis is I / h^2 / pi."""
    lamp = LampSpec(kind=kind, position_m=(0.0, 0.0, 4.0), power_w=100.0, radius_m=0.05, spread_rad=math.pi if kind == "area" else 1.0)
    view = camera(8, 8, 200.0, position_m=(0.0, 0.0, 2.0), rotation_wxyz=DOWN)
    frame = blender(64).render(scene([thing(1, "test_plane", (0.0, 0.0, 0.0), material=WHITE)], view, lamps=(lamp,)))
    np.testing.assert_allclose(frame.rgb[3:5, 3:5].mean(), intensity_w_sr / 16 / math.pi, rtol=0.05)


@pytest.mark.parametrize("azimuth_rad", [0.4, 2.0, -2.5])
def test_a_pole_throws_its_shadow_away_from_the_sun(azimuth_rad: float) -> None:
    sky = PhysicalSky(sun_elevation_rad=math.pi / 4, sun_azimuth_rad=azimuth_rad)
    pole = thing(2, "test_box", (0.0, 0.0, 0.0), length_m=0.2, width_m=0.2, height_m=2.0, material=WHITE)
    view = camera(64, 64, 200.0, position_m=(0.0, 0.0, 20.0), rotation_wxyz=DOWN)
    spec = scene([thing(1, "test_plane", (0.0, 0.0, 0.0), material=WHITE), pole], view, sky)
    frame = blender(16).render(spec)
    dark = (frame.rgb.mean(axis=2) < 0.4 * np.median(frame.rgb)) & (frame.index == 1)
    v, u = np.nonzero(dark)
    center = np.array([u.mean() + 0.5, v.mean() + 0.5])
    middle = -np.array([math.cos(azimuth_rad), math.sin(azimuth_rad), 0.0])  # the shadow is 2 m long, so 1 m to its middle
    expected = project(view, camera_from_world(view, middle[None]))[0]
    assert np.linalg.norm(center - expected) < 2.5


def test_the_sun_stands_where_it_is_said_to() -> None:
    sky = PhysicalSky(sun_elevation_rad=0.3, sun_azimuth_rad=1.1, sun_size_rad=0.05)
    view = camera(64, 48, 100.0, rotation_wxyz=camera_rotation(1.0, 0.25))
    frame = blender(4).render(scene([], view, sky))
    v, u = np.nonzero(frame.rgb.mean(axis=2) > 0.5 * frame.rgb.mean(axis=2).max())
    direction = np.array([math.cos(0.3) * math.cos(1.1), math.cos(0.3) * math.sin(1.1), math.sin(0.3)])
    expected = project(view, camera_from_world(view, direction[None] + view.position_m))[0]
    assert np.linalg.norm(np.array([u.mean(), v.mean()]) + 0.5 - expected) < 1.0


def white_ground(sky: Sky) -> float:
    view = camera(8, 8, 100.0, position_m=(0.0, 0.0, 2.0), rotation_wxyz=DOWN)
    return float(blender(64).render(scene([thing(1, "test_plane", (0.0, 0.0, 0.0), material=WHITE)], view, sky)).rgb.mean())


def test_light_falls_from_noon_over_clouds_and_dusk_to_night() -> None:
    noon = white_ground(PhysicalSky(sun_elevation_rad=1.4, sun_azimuth_rad=0.0))
    overcast = white_ground(PhysicalSky(sun_elevation_rad=1.4, sun_azimuth_rad=0.0, cloud_cover=1.0))
    dusk = white_ground(PhysicalSky(sun_elevation_rad=-0.05, sun_azimuth_rad=0.0))
    night = white_ground(PhysicalSky(sun_elevation_rad=-0.5, sun_azimuth_rad=0.0))
    assert noon == pytest.approx(SUNLIT_WHITE, rel=0.15)
    assert noon > 3 * overcast > 9 * dusk > 1000 * night > 0


def test_clouds_break_up_the_sky() -> None:
    view = camera(64, 48, 40.0, rotation_wxyz=camera_rotation(2.0, 0.6))
    blank = blender(4).render(scene([], view, PhysicalSky(sun_elevation_rad=0.8, sun_azimuth_rad=-1.0))).rgb.mean(axis=2)
    cloudy = blender(4).render(scene([], view, PhysicalSky(sun_elevation_rad=0.8, sun_azimuth_rad=-1.0, cloud_cover=0.5))).rgb.mean(axis=2)
    roughness = [np.abs(np.diff(image, axis=1)).mean() / image.mean() for image in (blank, cloudy)]
    assert roughness[1] > 3 * roughness[0]


def test_an_environment_map_turns_against_the_camera() -> None:
    """A map turned left by a quarter shows ahead what stood to the right."""
    right = camera(32, 24, 20.0, rotation_wxyz=camera_rotation(-math.pi / 2, 0.0))
    ahead = camera(32, 24, 20.0, rotation_wxyz=AHEAD)
    unturned = blender().render(scene([], right, HdriSky(name="city")))
    turned = blender().render(scene([], ahead, HdriSky(name="city", turn_rad=math.pi / 2)))
    np.testing.assert_allclose(turned.rgb, unturned.rgb, rtol=0.1, atol=0.1 * float(unturned.rgb.mean()))


def test_every_environment_map_that_a_scene_may_name_is_there_and_others_list_them() -> None:
    from generator.render.sky import hdri_path

    for name in get_args(HdriSky.model_fields["name"].annotation):
        assert hdri_path(name).is_file()
    with pytest.raises(AssetError, match=r"no environment map 'citty'; known maps: city, courtyard, forest"):
        hdri_path("citty")


@pytest.mark.parametrize("distortion", [(0.0,) * 5, (1e-6, 0.0, 0.0, 0.0, 0.0)], ids=["perspective", "osl"])
def test_a_moving_box_smears_by_its_speed_and_its_label_stays_in_the_middle(distortion: tuple[float, ...]) -> None:
    """1 m wide, 10 m away, 100 px focal length: 10 px; 20 m/s for 1/20 s is another 10 px, half before and half after."""
    view = camera(80, 16, 100.0, shutter_s=0.05, distortion=distortion, position_m=(0.0, 0.0, 1.0))
    box = thing(1, "test_box", (10.005, 0.0, 0.0), length_m=0.01, height_m=3.0, velocity_m_s=(0.0, 20.0, 0.0), material=GLOWING)
    frame = blender(256).render(scene([box], view))
    row = frame.rgb[8, :, 0] / 10
    u = np.arange(80) + 0.5
    expected = np.clip((10 - np.abs(u - 40)) / 10, 0, 1)  # a box of 10 px seen through a shutter of 10 px is a triangle
    np.testing.assert_allclose(row, expected, atol=0.1)
    assert (np.nonzero(frame.index[8])[0] == np.arange(35, 45)).all()


@pytest.mark.parametrize("distortion", [(0.0,) * 5, (1e-6, 0.0, 0.0, 0.0, 0.0)], ids=["perspective", "osl"])
def test_a_distant_edge_blurs_by_the_circle_of_confusion(distortion: tuple[float, ...]) -> None:
    """Diameter f^2 / N / (s - f) * |d - s| / d on the sensor (thin lens), for focus s and distance d."""
    view = camera(80, 16, 100.0, f_number=1.4, focus_distance_m=2.0, sensor_width_m=0.3, distortion=distortion)
    box = thing(1, "test_box", (10.005, 20.0, -20.0), length_m=0.01, width_m=40.0, height_m=80.0, material=GLOWING)
    row = blender(256).render(scene([box], view)).rgb[8, :, 0] / 10
    focal = 100 * 0.3 / 80  # a view camera's: the blur is 10 pixels wide
    diameter = focal**2 / 1.4 / 2.0 * 8 / 10 / 0.3 * 80  # Blender's lens is thin and focuses at s from the lens: s instead of s - f
    distance = np.clip(2 * (40 - (np.arange(80) + 0.5)) / diameter, -1, 1)  # the edge stands in the middle
    expected = 0.5 + (distance * np.sqrt(1 - distance**2) + np.arcsin(distance)) / math.pi
    np.testing.assert_allclose(row, expected, atol=0.12)


def test_fog_dims_by_its_extinction() -> None:
    """Without other light, radiance falls to exp(-fog x distance), and a little of it is scattered back into view."""
    plate = thing(1, "test_box", (10.0, 0.0, 0.0), length_m=0.01, width_m=1.0, height_m=3.0, material=GLOWING)
    frame = blender(256).render(scene([plate], camera(16, 12, 60.0), fog_per_m=0.1))
    seen = frame.rgb[5:7, 7:9].mean() / 10
    assert math.exp(-1.0) * 0.95 < seen < math.exp(-1.0) * 1.25


def test_equal_actors_share_a_mesh_and_surfaces_dress_only_their_own() -> None:
    red, green = (Material(color=color, roughness=1.0, specular=0.0) for color in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    left = thing(1, "test_box", (6.0, 1.0, 1.0), material=red)
    right = thing(2, "test_box", (6.0, -1.0, 1.0), material=red).model_copy(update={"surfaces": (green,)})
    frame = blender(16).render(scene([left, right], camera(64, 48), PlainSky(strength=1.0, color=(1.0, 1.0, 1.0))))
    assert frame.rgb[frame.index == 1].mean(axis=0).argmax() == 0
    assert frame.rgb[frame.index == 2].mean(axis=0).argmax() == 1


def test_a_scene_without_objects_is_all_sky() -> None:
    frame = blender().render(scene([], camera(16, 12), BLACK_SKY))
    assert not frame.index.any()
    assert np.isinf(frame.depth_m).all()
    assert not frame.rgb.any()


def test_scratch_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="nowhere"):
        Blender(RenderSettings(device="cpu"), tmp_path / "nowhere")


def test_a_truncated_result_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "picture.exr").write_bytes(b"v/1\x01\x02\x00\x00\x00")
    with pytest.raises(RenderError, match=r"picture\.exr cannot be read"):
        read_channels(tmp_path / "picture.exr")

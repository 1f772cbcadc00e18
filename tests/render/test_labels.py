"""Index, depth and normals against Embree: at most 1 pixel in 20,000 may differ, whatever the picture is blurred by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.errors import RenderError
from generator.geometry import camera_rotation
from generator.render import engine
from generator.settings import RenderSettings
from tests.oracle import cast
from tests.render.small_scenes import blender, camera, clutter, scene, thing

TOLERANCE = 1 / 20_000
LENS = (-0.25, 0.07, 0.001, -0.002, -0.01)
TILTED = {"rotation_wxyz": camera_rotation(0.1, -0.12, 0.07), "position_m": (0.3, 0.2, 1.5)}
BLURRED = {"f_number": 1.4, "focus_distance_m": 6.0, "sensor_width_m": 0.036, "shutter_s": 0.03, "velocity_m_s": (15.0, 0.0, 0.0)}
CAMERAS: dict[str, dict[str, Any]] = {
    "plain": {},
    "shifted": {"cx": 150.3, "cy": 131.2},
    "oblong pixels": {"fx": 330.0, "fy": 280.0, "cx": 171.0, "cy": 101.0},
    "distorted": {"distortion": LENS},
    "distorted, shifted": {"distortion": LENS, "cx": 150.3, "cy": 131.2, "fy": 300.0},
    "clipped": {"near_m": 7.0, "far_m": 15.0},
    "clipped, distorted": {"near_m": 7.0, "far_m": 15.0, "distortion": LENS},
}


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("blurred", [False, True], ids=["sharp", "blur and fog"])
def test_the_ray_caster_agrees(name: str, blurred: bool) -> None:
    changes = TILTED | CAMERAS[name] | (BLURRED if blurred else {})
    view = camera(320, 240, 280.0, **changes)
    spec = clutter(len(name), view, fog_per_m=0.02 if blurred else 0.0, speed_m_s=8.0 if blurred else 0.0)
    frame = blender().render(spec)
    index, depth_m, normal = cast(spec)
    allowed = TOLERANCE * index.size
    assert (frame.index != index).sum() <= allowed
    same = (frame.index == index) & (index > 0)
    assert (np.isinf(frame.depth_m) == (frame.index == 0)).all()
    assert (np.abs(frame.depth_m[same] / depth_m[same] - 1) > 1e-3).sum() <= allowed
    flat = same & (frame.index % 3 != 0)  # every third is a ball with smooth normals
    assert ((frame.normal[flat] * normal[flat]).sum(axis=-1) < 0.9999).sum() <= allowed
    assert len(np.unique(frame.index)) > 5


def test_smooth_normals_of_a_ball_point_away_from_its_centre() -> None:
    view = camera(96, 96, 100.0, position_m=(0.0, 0.0, 1.0))
    frame = blender().render(scene([thing(1, "test_sphere", (4.0, 0.0, 0.0), radius_m=1.0)], view))
    v, u = np.nonzero(frame.index == 1)
    points = frame.depth_m[v, u, None] * np.stack([(u + 0.5 - 48) / 100, (v + 0.5 - 48) / 100, np.ones(len(u))], axis=1)
    outward = points - (0.0, 0.0, 4.0)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    assert ((frame.normal[v, u] * outward).sum(axis=1) > 0.995).mean() > 0.98


def test_normals_are_unit_and_face_the_camera_and_the_sky_has_none() -> None:
    spec = clutter(3, camera(160, 120, 140.0))
    frame = blender().render(spec)
    hit = frame.index > 0
    np.testing.assert_allclose(np.linalg.norm(frame.normal[hit], axis=1), 1.0, atol=1e-5)
    assert (frame.normal[~hit] == 0).all()
    assert np.isinf(frame.depth_m[~hit]).all()
    assert frame.index.dtype == np.int32
    assert {frame.depth_m.dtype, frame.normal.dtype, frame.rgb.dtype} == {np.dtype(np.float32)}


def test_eevee_and_cuda_refuse_distorted_cameras() -> None:
    view = camera(distortion=LENS)
    with pytest.raises(RenderError, match=r"render\.engine=cycles"):
        engine.check(RenderSettings(engine="eevee"), view, "cpu")
    with pytest.raises(RenderError, match="not on cuda"):
        engine.check(RenderSettings(), view, "cuda")
    engine.check(RenderSettings(), view, "optix")

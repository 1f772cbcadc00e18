"""Labels against formulas and against the oracle. The camera is a pinhole at 1 m height looking along +X unless it says otherwise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.camera import project
from generator.errors import ConfigError
from generator.geometry import quaternion_from_yaw
from generator.labels.annotate import annotate, semantic_map, tight_box
from generator.labels.silhouette import view_of
from generator.settings import OutputSettings
from tests.oracle import cast
from tests.studio import LENS, SEMANTIC, ball, camera, crate, frame_of, ground, labels_of, scene


@pytest.mark.parametrize(("distance_m", "radius_m"), [(5.0, 1.0), (12.0, 1.5), (4.0, 0.3)])
def test_a_sphere_has_the_box_of_the_pinhole_formula(distance_m: float, radius_m: float) -> None:
    view = camera(focal=300.0, width=320, height=240)
    (instance,) = labels_of(scene(ball(1, distance_m, 0.0, radius_m), camera=view)).instances
    half = 300.0 * radius_m / math.sqrt(distance_m**2 - radius_m**2)  # the tangent cone's radius on the image plane
    x, y, w, h = instance.box
    assert x == pytest.approx(160 - half, abs=1.0)
    assert y == pytest.approx(120 - half, abs=1.0)
    assert (w, h) == (pytest.approx(2 * half, abs=1.5), pytest.approx(2 * half, abs=1.5))
    assert instance.amodal_box == instance.box
    assert instance.visible_ratio == 1.0
    assert instance.truncation == 0.0
    assert instance.distance_m == pytest.approx(distance_m)
    assert np.count_nonzero(instance.visible) == pytest.approx(math.pi * half**2, rel=0.02)


@pytest.mark.parametrize(("missed_by_px", "is_tie"), [(0.002, True), (0.02, False), (0.4, False)])
def test_a_row_of_pixels_that_an_edge_just_misses_belongs_to_the_object_where_the_render_shows_it(
    missed_by_px: float, is_tie: bool
) -> None:
    view = camera()
    bottom = 1 - (30.5 - missed_by_px) / 150 * 10.0  # projects to v = 90.5 - missed_by_px, row 90 has its centres at 90.5
    spec = scene(crate(1, 10.0005, 0.0, (0.001, 2.0, 1.0), z=bottom), camera=view)
    frame = frame_of(spec)
    index = frame.index.copy()
    assert not index[90].any()
    index[90] = index[89]
    (instance,) = annotate(spec, replace(frame, index=index), SEMANTIC, OutputSettings()).instances
    assert np.array_equal(instance.amodal[90], instance.visible[90]) is is_tie
    assert np.array_equal(instance.amodal[:90], instance.visible[:90])


def test_an_occluder_that_covers_half_halves_the_visible_ratio() -> None:
    view = camera(focal=300.0, width=320, height=240)
    wall = crate(2, 3.0, 2.0, (0.01, 4.0, 10.0), z=-5.0, category=None)  # its right edge is on the optical axis
    (instance,) = labels_of(scene(ball(1, 8.0, 0.0), wall, camera=view)).instances
    assert instance.visible_ratio == pytest.approx(0.5, abs=0.02)
    assert instance.amodal_box[2] == pytest.approx(2 * instance.box[2], abs=2)


def test_what_an_unlabelled_thing_hides_is_not_visible() -> None:
    wall = crate(2, 3.0, 0.0, (0.01, 20.0, 20.0), z=-10.0, category=None)
    labels = labels_of(scene(ball(1, 8.0, 0.0), wall, camera=camera()))
    assert labels.instances == ()
    assert (labels.index == 2).all()


@pytest.mark.parametrize("distortion", [(0.0,) * 5, (-0.05, 0.0, 0.0, 0.0, 0.0)])
def test_a_box_half_out_of_the_frame_is_truncated_by_half(distortion: tuple[float, ...]) -> None:
    # A thin plate at 10 m whose centre projects onto the left border: u = 80 - 150 y / 10 = 0 at y = 5.333.
    view = camera()
    plate = crate(1, 10.0, 80 / 15, (0.001, 2.0, 1.0), z=0.5)
    (instance,) = labels_of(scene(plate, camera=view)).instances
    assert instance.truncation == pytest.approx(0.5, abs=0.03)  # 15 x 15 of 30 x 15 pixels
    lens = camera(distortion=distortion)
    (bent,) = labels_of(scene(plate, camera=lens)).instances
    edge = project(lens, np.array([[-80 / 15, 0.0, 10.0]]))[0, 0]
    assert bent.truncation == pytest.approx(0.5 - edge / 30, abs=0.05)


def test_truncation_counts_what_reaches_behind_the_camera_up_to_80_degrees() -> None:
    # A wall beside the camera, 2 m to the left, from 10 m behind to 10 m ahead, as high as 1 m above and below the axis.
    wall = crate(1, 0.0, 2.0, (20.0, 0.001, 2.0))
    (instance,) = labels_of(scene(wall, camera=camera())).instances
    # At depth z it is seen at x = -2 / z, |y| <= |x| / 2: a wedge from x = -0.2, of which the frame holds up to x = -80 / 150.
    inside = ((80 / 150) ** 2 - 0.2**2) / 2
    whole = math.tan(math.radians(80)) ** 2 * math.atan(0.5) - 0.2**2 / 2
    assert np.count_nonzero(instance.amodal) == pytest.approx(inside * 150**2, rel=0.03)
    assert instance.truncation == pytest.approx(1 - inside / whole, abs=0.001)
    assert math.isnan(instance.box_3d_pixels[0, 0])


def test_only_the_frame_counts_for_the_amodal_mask_and_rays_start_at_the_near_plane() -> None:
    near = crate(1, 0.3, 0.0, (0.1, 0.1, 0.1), z=0.95)
    far = ball(2, 8.0, 0.0)
    view = camera(near_m=0.5)
    labels = labels_of(scene(near, far, camera=view))
    assert [i.object_id for i in labels.instances] == [2]
    assert labels.instances[0].visible_ratio == 1.0


scenes = st.lists(
    st.tuples(st.floats(2.0, 12.0), st.floats(-0.8, 0.8), st.floats(0.2, 1.2), st.booleans(), st.floats(0, 3.1)), min_size=1, max_size=5
)


@settings(max_examples=25, deadline=None)
@given(scenes, st.sampled_from([(0.0,) * 5, LENS, (0.1, 0.0, 0.0, 0.0, 0.0)]))
def test_the_amodal_mask_is_the_visible_mask_of_the_object_alone(things: list[tuple], distortion: tuple[float, ...]) -> None:
    view = camera(distortion=distortion)
    objects = [
        ball(i, x, share * x, size) if round_ else crate(i, x, share * x, (size, 2 * size, size), rotation_wxyz=quaternion_from_yaw(yaw))
        for i, (x, share, size, round_, yaw) in enumerate(things, start=1)
    ]
    spec = scene(*objects, ground(100), camera=view)
    labels = labels_of(spec)
    for instance in labels.instances:
        alone = cast(scene(objects[instance.object_id - 1], camera=view))[0] > 0
        assert np.count_nonzero(alone ^ instance.amodal) <= 1  # a ray that grazes an edge
        assert not (instance.visible & ~instance.amodal).any()
        assert instance.visible_ratio == np.count_nonzero(instance.visible) / np.count_nonzero(instance.amodal)


@settings(max_examples=15, deadline=None)
@given(st.floats(2.0, 8.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.sampled_from([(0.0,) * 5, LENS]))
def test_truncation_is_what_a_larger_sensor_sees_more(x: float, left: float, up: float, distortion: tuple[float, ...]) -> None:
    small = camera(distortion=distortion)
    large = camera(width=160 + 400, height=120 + 400, distortion=distortion)
    thing = crate(1, x, left * x * 0.5, (0.5, 1.0, 1.0), z=0.5 + up * x * 0.4)
    instances = labels_of(scene(thing, camera=small)).instances
    if not instances:
        return
    whole = np.count_nonzero(cast(scene(thing, camera=large))[0])
    inside = np.count_nonzero(instances[0].amodal)
    assert instances[0].truncation == pytest.approx(1 - inside / whole, abs=0.002)


def test_small_instances_and_unlabelled_objects_stay_out() -> None:
    spec = scene(ball(1, 30.0, 0.0, 0.3), ball(2, 6.0, 2.0), ball(3, 6.0, -2.0, category=None), camera=camera())
    assert [i.object_id for i in labels_of(spec).instances] == [1, 2]
    assert [i.object_id for i in labels_of(spec, min_visible_px=50).instances] == [2]


def test_the_3d_box_is_in_the_camera_frame() -> None:
    turned = crate(1, 10.0, 0.0, (4.0, 2.0, 1.0), rotation_wxyz=quaternion_from_yaw(math.pi / 2))
    (instance,) = labels_of(scene(turned, camera=camera())).instances
    assert instance.size_m == (4.0, 2.0, 1.0)
    # Ahead 10 m, its ground 1 m below the camera; its forward axis points to the world's left, the camera's -x.
    np.testing.assert_allclose(instance.camera_from_object[:3, 3], (0.0, 1.0, 10.0), atol=1e-12)
    np.testing.assert_allclose(instance.camera_from_object[:3, 0], (-1.0, 0.0, 0.0), atol=1e-12)
    np.testing.assert_allclose(instance.camera_from_object[:3, 2], (0.0, -1.0, 0.0), atol=1e-12)
    x, y, w, h = instance.box
    low, high = instance.box_3d_pixels.min(0), instance.box_3d_pixels.max(0)
    assert (low <= (x + 1, y + 1)).all()
    assert (high >= (x + w - 1, y + h - 1)).all()


def test_semantic_map_covers_all_objects() -> None:
    spec = scene(ball(1, 6.0, 0.0), ground(2), camera=camera())
    labels = labels_of(spec)
    assert {(i, s) for i, s in zip(labels.index.ravel().tolist(), labels.semantic.ravel().tolist(), strict=True)} == {
        (0, 0),
        (1, 1),
        (2, 2),
    }
    assert labels.semantic.dtype == np.uint8


def test_an_unknown_semantic_class_is_named() -> None:
    spec = scene(ball(1, 6.0, 0.0), camera=camera())
    with pytest.raises(ConfigError, match=r"'thing/1' has the semantic class 'object'; this dataset has sky, road"):
        semantic_map(spec, np.zeros((2, 2), np.int32), ("sky", "road"))


def test_an_empty_scene_has_no_labels() -> None:
    labels = labels_of(scene(camera=camera()))
    assert labels.instances == ()
    assert not labels.semantic.any()


def test_geometry_that_disagrees_with_the_frame_is_not_papered_over() -> None:
    spec = scene(ball(1, 6.0, 0.0), camera=camera())
    frame = frame_of(scene(ball(1, 6.0, 1.5), camera=camera()))
    (instance,) = annotate(spec, frame, SEMANTIC, OutputSettings()).instances
    assert (instance.visible & ~instance.amodal).any()


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=3, max_size=3))
def test_tight_box_is_the_smallest_that_holds_all(rows: list[list[bool]]) -> None:
    mask = np.array(rows)
    x, y, w, h = tight_box(mask)
    assert mask[y : y + h, x : x + w].sum() == mask.sum()
    if mask.any():
        inner = mask[y : y + h, x : x + w]
        assert inner[0].any()
        assert inner[-1].any()
        assert inner[:, 0].any()
        assert inner[:, -1].any()


def test_the_view_ends_where_the_lens_cannot_be_inverted() -> None:
    assert view_of(camera()).limit == pytest.approx(math.tan(math.radians(80)))
    # r (1 - 0.25 r2) turns back at r = sqrt(4 / 3); the view must end before.
    assert 0.5 < view_of(camera(distortion=(-0.25, 0.0, 0.0, 0.0, 0.0))).limit < math.sqrt(4 / 3)

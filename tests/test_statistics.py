"""The count of sampled scenes against scenes whose answer is known by the pinhole formula."""

from __future__ import annotations

import numpy as np
import pytest

from generator.geometry import camera_rotation
from generator.report import html_page, table_rows
from generator.spec import CameraSpec, ObjectSpec, PhysicalSky, PoseSpec, SceneSpec, WorldSpec
from generator.statistics import in_view, summarise

CAMERA = CameraSpec(width=200, height=100, fx=100, fy=100, cx=100, cy=50, position_m=(0, 0, 1), rotation_wxyz=camera_rotation(0, 0))


def thing(x: float, y: float, *, identity: int = 1, category: str | None = "car", size: float = 0.02) -> ObjectSpec:
    pose = PoseSpec(position_m=(x, y, 1 - size / 2))
    return ObjectSpec(
        id=identity, name=f"thing{identity}", actor={"kind": "x"}, category=category, semantic="car", pose=pose, size_m=(0.0, size, size)
    )


def scene(index: int, *objects: ObjectSpec, weather: str = "clear", hour: float = 12.0) -> SceneSpec:
    return SceneSpec(
        scene="test",
        seed=0,
        index=index,
        objects=objects,
        camera=CAMERA,
        world=WorldSpec(sky=PhysicalSky(sun_elevation_rad=1, sun_azimuth_rad=0)),
        factors={"weather": weather, "hour": hour},
        rejections={"no_overlap": 2},
        corner_cases=("fog",) if index == 0 else (),
    )


def test_projected_height_follows_the_pinhole_formula() -> None:
    (row,) = in_view(CAMERA, [thing(10, 0, size=2.0)])
    assert row[1:] == pytest.approx([100 * 2 / 10, 0.0, 10.0])


def test_half_a_box_outside_the_frame_is_half_truncated() -> None:
    (row,) = in_view(CAMERA, [thing(10, 10, size=2.0)])  # centre projects onto the left border, u = 0
    assert row[2] == pytest.approx(0.5)


def test_what_is_behind_or_beside_the_view_does_not_count() -> None:
    assert len(in_view(CAMERA, [thing(-10, 0), thing(10, 30)])) == 0


def test_summary_counts_classes_factors_cases_and_rejections() -> None:
    specs = [
        scene(0, thing(10, 0), thing(12, 1, identity=2, category="bus")),
        scene(1, thing(5, 0), thing(7, 0, identity=3, category=None), weather="fog", hour=8),
    ]
    summary = summarise(iter(specs), ["car", "bus", "dog"])
    assert summary.instances() == {"car": 2, "bus": 1, "dog": 0}
    assert summary.objects_in_scenes == 4
    assert summary.per_image["bus"].tolist() == [1, 0]
    assert summary.discrete_factors()["weather"] == {"clear": 1, "fog": 1}
    assert summary.corner_cases == {"fog": 1}
    assert summary.rejections == {"no_overlap": 4}


def test_correlated_factors_are_found() -> None:
    rng = np.random.default_rng(0)
    values = rng.random((200, 2))
    specs = [scene(i).model_copy(update={"factors": {"a": a, "b": a + 0.01 * b, "c": b}}) for i, (a, b) in enumerate(values)]
    strongest = summarise(specs, [])
    assert strongest.correlations()[0][:2] == ("a", "b")
    assert strongest.correlations()[0][2] > 0.99


def test_page_names_every_class_and_survives_empty_ones() -> None:
    summary = summarise([scene(0, thing(10, 0))], ["car", "<dog>"])
    page = html_page(summary, title="street & more", seconds=1.0)
    assert "&lt;dog&gt;" in page
    assert "street &amp; more" in page
    assert table_rows(summary)[0][:3] == ("car", 1, 1.0)

"""Sound labels have no problems; each kind of damage is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from generator.frame import Instance, Labels
from generator.labels.annotate import annotate
from generator.labels.checks import check
from generator.settings import OutputSettings
from generator.spec import SceneSpec
from tests.studio import LENS, SEMANTIC, ball, camera, crate, frame_of, ground, labels_of, scene


def street(distortion: tuple[float, ...] = (0.0,) * 5) -> SceneSpec:
    things = (ball(1, 6.0, 0.0), crate(2, 5.0, 1.0, (1.0, 1.0, 1.5)), ball(3, 9.0, 0.5), crate(4, 1.0, -1.5, (4.0, 1.0, 1.0)), ground(5))
    return scene(*things, camera=camera(distortion=distortion))


@pytest.mark.parametrize("distortion", [(0.0,) * 5, LENS])
def test_sound_labels_have_no_problems(distortion: tuple[float, ...]) -> None:
    spec = street(distortion)
    assert check(spec, labels_of(spec)) == []


def first(labels: Labels, **changes: object) -> Labels:
    return replace(labels, instances=(replace(labels.instances[0], **changes), *labels.instances[1:]))


def one(labels: Labels) -> Instance:
    return labels.instances[0]


def grown(mask: np.ndarray) -> np.ndarray:
    return mask | np.roll(mask, 40, axis=1)


def moved(pose: np.ndarray, x: float, z: float) -> np.ndarray:
    shifted = pose.copy()
    shifted[:3, 3] += (x, 0, z)
    return shifted


DAMAGE: dict[str, tuple[Callable[[Labels], Labels], str]] = {
    "unknown id": (lambda x: replace(x, index=np.where(x.index == 5, 77, x.index)), "the index holds ids of no object: [77]"),
    "overlap": (lambda x: first(x, visible=x.instances[1].visible | one(x).visible), "belong to more than one instance"),
    "sky": (lambda x: replace(x, depth_m=np.where(x.index == 1, np.inf, x.depth_m)), "disagree about the sky"),
    "depth": (lambda x: replace(x, depth_m=np.where(x.index == 1, 0.0, x.depth_m)), "have no positive depth"),
    "normal length": (lambda x: replace(x, normal=x.normal * 0.9), "neither unit nor the sky's zero"),
    "normal side": (lambda x: replace(x, normal=-x.normal), "normals look away from the camera"),
    "visible": (lambda x: first(x, visible=grown(one(x).visible)), "thing/1: its visible mask is not its region of the index"),
    "amodal": (lambda x: first(x, amodal=np.zeros_like(one(x).amodal)), "visible pixels are outside its own silhouette"),
    "box": (lambda x: first(x, box=(0, 0, 5, 5)), "thing/1: box (0, 0, 5, 5)"),
    "ratio": (lambda x: first(x, visible_ratio=1.2), "visible ratio 1.200"),
    "truncation": (lambda x: first(x, truncation=-0.1), "truncation -0.100"),
    "3D depth": (lambda x: first(x, camera_from_object=moved(one(x).camera_from_object, 0, 3)), "leave its 3D box's"),
    "3D place": (lambda x: first(x, camera_from_object=moved(one(x).camera_from_object, 1, 0)), "outside the projection of its 3D box"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named(kind: str) -> None:
    damage, expected = DAMAGE[kind]
    spec = street()
    problems = check(spec, damage(labels_of(spec)))
    assert any(expected in problem for problem in problems), problems


def test_a_frame_of_another_scene_is_found() -> None:
    """An object rendered in another place than its SceneSpec says."""
    spec = scene(ball(1, 6.0, 0.0), camera=camera())
    frame = frame_of(scene(ball(1, 6.0, 0.3), camera=camera()))
    problems = check(spec, annotate(spec, frame, SEMANTIC, OutputSettings()))
    assert any("geometry and frame disagree" in problem for problem in problems)

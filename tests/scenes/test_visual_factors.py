"""What a scene calls visual must not change labels: the same objects of the same shape in the same place, whatever its value."""

from __future__ import annotations

import numpy as np
import pytest

from generator.build import mesh_key, mesh_of
from generator.commands.compose import compose_points
from generator.commands.validate import loaded
from generator.grammar import Grammar, sample
from generator.job import SampleJob
from generator.spec import ObjectSpec, SceneSpec

SCENES = 2


def made(scene: str, *words: str) -> Grammar:
    ((_, grammar),) = loaded(SampleJob, compose_points("sample", [f"scene={scene}", *words], multirun=False))
    return grammar


VISUAL = [(scene, factor) for scene in ("street", "cards") for factor in made(scene).visual_factors]


def labelled(spec: SceneSpec) -> dict[str, ObjectSpec]:
    return {item.name: item for item in spec.objects if item.category is not None}


@pytest.mark.parametrize(("scene", "factor"), VISUAL)
def test_labelled_objects_are_the_same_whatever_a_visual_factor_is(scene: str, factor: str) -> None:
    grammar = made(scene, f"counterfactual={factor}")
    size = len(grammar.changes[0].values)
    for draw in range(SCENES):
        first, *others = (sample(grammar, 7, draw * size + k) for k in range(size))
        for other in others:
            placed = [(i.name, i.category, i.pose, i.size_m) for i in labelled(first).values()]
            assert placed == [(i.name, i.category, i.pose, i.size_m) for i in labelled(other).values()]
            straight = {"shutter_s", "f_number"}  # blur is in the picture, never in the labels
            assert first.camera.model_dump(exclude=straight) == other.camera.model_dump(exclude=straight)
            for name, item in labelled(first).items():
                key, other_key = mesh_key(first.camera, item), mesh_key(other.camera, labelled(other)[name])
                if key != other_key:
                    mesh, its = mesh_of(key), mesh_of(other_key)
                    assert np.array_equal(mesh.vertices, its.vertices), f"{name}: {item.actor} has another shape"
                    assert np.array_equal(mesh.faces, its.faces)

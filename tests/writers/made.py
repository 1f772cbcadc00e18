"""A small complete dataset, by the oracle instead of a renderer: through the same functions as a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from generator.dataset import Dataset, DatasetFacts, finish, image_files, image_record, open_dataset, open_store
from generator.frame import Labels
from generator.labels.checks import check
from generator.settings import OutputSettings
from generator.spec import SceneSpec
from tests.studio import CATEGORIES, LENS, SEMANTIC, ball, camera, crate, frame_of, ground, labels_of, picture_of, scene

STRAIGHT = (0.0,) * 5


def _scene(index: int, distortion: tuple[float, ...], **fields: Any) -> SceneSpec:
    things = (
        ball(1, 6.0 + index, 0.0),
        crate(2, 5.0, 1.0 - index, (1.0, 1.0, 1.5)),
        ball(3, 9.0, 0.7, 0.8),
        crate(4, 4.0, -2.0, (3.0, 1.0, 1.0)),
    )
    return scene(*things, ground(9), camera=camera(distortion=distortion), index=index, **fields)


SPECS = (
    _scene(0, STRAIGHT, factors={"weather": "dry", "hour": 9.5}, corner_cases=("glare",), rejections={"overlap": 2}),
    _scene(1, STRAIGHT, factors={"weather": "rain", "hour": 17.25}, rejections={"overlap": 1}),
    _scene(2, STRAIGHT, factors={"weather": "dry", "hour": 12.0}),
)
BENT = (_scene(0, LENS),)


def truth_of(spec: SceneSpec) -> tuple[SceneSpec, Labels, np.ndarray]:
    return spec, labels_of(spec), picture_of(frame_of(spec))


def make_dataset(root: Path, specs: tuple[SceneSpec, ...] = SPECS, **output: Any) -> Dataset:
    settings = OutputSettings(**output)
    with open_store(root, {"made": True, **output}) as store:
        for spec in specs:
            _, labels, picture = truth_of(spec)
            assert check(spec, labels) == []
            files = image_files(spec, picture, labels, settings, frame_of(spec))
            store.commit(spec.index, files, image_record(spec, labels, CATEGORIES, files))
        finish(store, DatasetFacts("studio", 7, CATEGORIES, SEMANTIC, {}, {}, None))
    return open_dataset(root)

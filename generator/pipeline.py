"""The drawing as code: how one SceneSpec becomes the committed files of one image. Read it from top to bottom.

    YAML -> Grammar -> SceneSpec -> [Frame -> picture, Labels -> files and record -> Dataset]

What stands in brackets happens here, in the process that owns the renderer; the rest in generator/commands/generate.py.
`make_image` does it step by step; render_farm/stages.py takes the same three steps with another image in each at the same time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Protocol

from generator.build import mesh_key, mesh_of
from generator.dataset import Store, image_files, image_record
from generator.frame import Frame
from generator.labels.annotate import annotate
from generator.labels.checks import check
from generator.sensor import develop
from generator.settings import OutputSettings
from generator.spec import SceneSpec
from generator.streams import Stream


class Renderer(Protocol):
    def render(self, spec: SceneSpec) -> Frame: ...


@dataclass(frozen=True)
class Studio:
    """All that the images of a dataset share: who renders, what is written and where, and the classes in the order of their ids."""

    renderer: Renderer
    store: Store
    output: OutputSettings
    categories: tuple[str, ...]
    semantic_classes: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """What became of an image: committed, unless its labels have `problems`. Wall seconds by stage, category of every instance."""

    problems: tuple[str, ...]
    instances: tuple[str, ...]
    seconds: dict[str, float]


def make_image(studio: Studio, spec: SceneSpec) -> Made:
    """Renders, develops, labels, checks and commits one image. Raises RenderError, AssetError, DatasetError (disk)."""
    prepared = prepare(spec)
    frame, rendered = render(studio, spec)
    made = finish(studio, spec, frame)
    return replace(made, seconds={**prepared, **rendered, **made.seconds})


def prepare(spec: SceneSpec) -> dict[str, float]:
    """Builds the scene's meshes, which the renderer and the labels then find built. Seconds by step."""
    clock = Laps()
    for thing in spec.objects:
        mesh_of(mesh_key(spec.camera, thing))
    clock.lap("meshes")
    return clock.seconds


def render(studio: Studio, spec: SceneSpec) -> tuple[Frame, dict[str, float]]:
    """The frame, and seconds by step. The only step that must run in the main thread, where the renderer lives."""
    clock = Laps()
    frame = studio.renderer.render(spec)
    clock.lap("render", frame.seconds)
    return frame, clock.seconds


def finish(studio: Studio, spec: SceneSpec, frame: Frame) -> Made:
    """Develops, labels, checks and commits the image of a frame."""
    clock = Laps()
    picture = develop(frame.rgb, spec.sensor, Stream.root(spec.seed, spec.draw).child("sensor"))
    clock.lap("develop")
    labels = annotate(spec, frame, studio.semantic_classes, studio.output)
    problems = check(spec, labels)
    clock.lap("annotate")
    if not problems:
        files = image_files(spec, picture, labels, studio.output, frame)
        clock.lap("encode")
        studio.store.commit(spec.index, files, image_record(spec, labels, studio.categories, files))
        clock.lap("commit")
    return Made(tuple(problems), tuple(i.category for i in labels.instances), clock.seconds)


class Laps:
    """A stop watch: `lap(name)` books the time since the last lap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, name: str, parts: dict[str, float] | None = None) -> None:
        """Books the lap under its `parts` where they are known, what they leave under `name`."""
        now = time.perf_counter()
        parts = parts or {}
        self.seconds |= {**parts, name: now - self._since - sum(parts.values())}
        self._since = now

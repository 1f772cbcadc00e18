"""One image outside of a run: rendered by a Blender process into a folder of its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from generator.actor import make_actor
from generator.errors import ConfigError, RenderError
from generator.grammar.problems import told
from generator.settings import OutputSettings, RenderSettings
from generator.spec import SceneSpec
from render_farm.plan import plan_one
from render_farm.protocol import Answer, WorkerSettings
from render_farm.scratch import scratch_folders
from render_farm.supervisor import Limits, Supervisor


def render_one(
    spec: SceneSpec,
    folder: Path,
    *,
    render: RenderSettings,
    output: OutputSettings,
    categories: Sequence[str],
    semantic_classes: Sequence[str],
) -> Answer:
    """Renders `spec` into the dataset-like `folder` with all cores; an answer that is done or quarantined.

    Raises ConfigError for actors that do not exist, RenderError with the log's end when Blender failed.
    """
    check_actors(spec)
    slot = plan_one(render, os.environ)
    with scratch_folders(1, None) as (scratch,):
        settings = WorkerSettings(
            render=slot.render,
            output=output,
            categories=tuple(categories),
            semantic_classes=tuple(semantic_classes),
            dataset=str(folder.resolve()),
            scratch=str(scratch),
        )
        limits = Limits(render.time_limit_s, slot.memory_mb, images=1, attempts=1)
        supervisor = Supervisor(settings, limits, slot.environment, scratch / "log.txt", threading.Event())
        try:
            answer = supervisor.render(spec)
        finally:
            supervisor.close()
        if answer is None or (answer.status != "done" and not answer.instances and not answer.seconds):
            reason = answer.error if answer else "it was stopped"
            raise RenderError(f"scene {spec.scene}, index {spec.index}: {reason}. The log's last lines:\n{supervisor.log_tail()}")
    return answer


def check_actors(spec: SceneSpec) -> None:
    """Raises ConfigError for the first object whose actor does not exist, or cannot have the values it is given."""
    for i, item in enumerate(spec.objects):
        where = f"scene {spec.scene}, index {spec.index}: objects.{i}.actor"
        try:
            make_actor(item.actor)
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from error
        except ValidationError as error:
            raise ConfigError(told(where, error)) from error

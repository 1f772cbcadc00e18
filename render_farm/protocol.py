"""What the driver and a bpy child say to each other: one JSON line a message, settings first, then a SceneSpec a line.

The child answers its settings with `ready` or `unusable`, and every SceneSpec with one of the other states.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from generator.settings import OutputSettings, RenderSettings

Status = Literal["ready", "unusable", "done", "quarantined", "failed", "storage"]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_line(self) -> bytes:
        return self.model_dump_json().encode() + b"\n"


class WorkerSettings(Message):
    """All that a child needs besides the scenes. `dataset` and `scratch` are folders that exist."""

    render: RenderSettings
    output: OutputSettings
    categories: tuple[str, ...]
    semantic_classes: tuple[str, ...]
    dataset: str
    scratch: str


class Answer(Message):
    """What became of one image.

    done: committed. quarantined: rendered, but its labels failed a check (or, from the supervisor, given up). failed: an
    error that another try may cure. storage: the dataset folder cannot be written to, no fault of the image.
    seconds: wall seconds by stage. instances: by category. rss_mb: memory of the child after the image. device: of a ready child.
    """

    status: Status
    index: int = -1
    seconds: dict[str, float] = {}
    cpu_seconds: float = 0.0
    instances: dict[str, int] = {}
    rss_mb: float = 0.0
    device: str = ""
    error: str = ""

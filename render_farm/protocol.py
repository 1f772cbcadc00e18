"""What the driver and a bpy child say to each other: one JSON line a message, settings first, then a SceneSpec a line.

The child answers its settings with `ready` or `unusable`. It takes several SceneSpecs at once and says of each when a stage
begins and ends to work on it (`enters`, `leaves`), and in the end one of the other states, in any order. When its input ends it
begins no more images and ends itself.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from generator.settings import OutputSettings, RenderSettings

Status = Literal["ready", "unusable", "enters", "leaves", "done", "quarantined", "failed", "given_up", "storage"]
Stage = Literal["prepare", "render", "finish"]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_line(self) -> bytes:
        return self.model_dump_json().encode() + b"\n"


class WorkerSettings(Message):
    """All that a child needs besides the scenes. `dataset` is a folder or URL, `scratch` a folder that exists."""

    render: RenderSettings
    output: OutputSettings
    categories: tuple[str, ...]
    semantic_classes: tuple[str, ...]
    dataset: str
    scratch: str


class Answer(Message):
    """What became of one image.

    done: committed. quarantined: rendered, but its labels failed a check, or it cannot be drawn. failed: an error that another
    try may cure. given_up: the supervisor's word for an image whose tries all failed. storage: the dataset folder cannot be
    written to, no fault of the image.
    stage: of `enters` and `leaves`. seconds: wall seconds by step. spans: (start, end) of each stage, seconds since the worker
    began. cpu_seconds: of the whole child since its last answer. instances: by category. rss_mb: memory of the child after the
    image. device: of a ready child.
    """

    status: Status
    index: int = -1
    stage: Stage | None = None
    seconds: dict[str, float] = {}
    spans: dict[Stage, tuple[float, float]] = {}
    cpu_seconds: float = 0.0
    instances: dict[str, int] = {}
    rss_mb: float = 0.0
    device: str = ""
    error: str = ""

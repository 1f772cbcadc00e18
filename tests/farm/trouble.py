"""Actors that do to their process what bugs do: crash it, hang it, eat its memory, raise."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh
from generator.spec import LampSpec
from scenes.shapes import box


@register
class Trouble(Actor):
    """A box whose `build` goes wrong, or, `in_render`, its `lights`; with a `flag` file only the first time."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_trouble"] = "test_trouble"
    what: Literal["abort", "hang", "memory", "raise", "none"] = "none"
    flag: str = ""
    in_render: bool = False

    def size_m(self) -> Vector:
        return (1.0, 1.0, 1.0)

    def build(self) -> Mesh:
        if not self.in_render:
            self.go_wrong()
        return box(self.size_m(), Material(), center_m=(0.0, 0.0, 0.5))

    def lights(self) -> tuple[LampSpec, ...]:
        if self.in_render:  # only the renderer asks for them
            self.go_wrong()
        return ()

    def go_wrong(self) -> None:
        if self.what != "none" and not (self.flag and Path(self.flag).exists()):
            if self.flag:
                Path(self.flag).touch()
            misbehave(self.what)


def misbehave(what: str) -> None:
    if what == "abort":
        os.abort()
    if what == "hang":
        time.sleep(600)
    if what == "memory":
        hoard = [np.ones(10_000_000) for _ in range(30)]  # 2.4 GB, touched
        time.sleep(600)
        print(len(hoard))
    raise ValueError("the test actor cannot be built")

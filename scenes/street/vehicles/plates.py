"""Number plates with random characters in the style of a country."""

from __future__ import annotations

from typing import Literal

import numpy as np

from generator.mesh import Material, Mesh, merge
from generator.streams import Stream
from scenes.street import lettering
from scenes.street.drawings import bar, mounted

PlateStyle = Literal["uk", "eu", "us", "none"]
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
_WHITE = Material(color=(0.78, 0.78, 0.75), roughness=0.4, variation=0.02, dirt=0.15)
_YELLOW = Material(color=(0.80, 0.52, 0.03), roughness=0.4, variation=0.02, dirt=0.15)
_INK = Material(color=(0.01, 0.01, 0.012), roughness=0.5, variation=0.0)
_INKED = 0.25  # the part of a plate that characters cover
_BLUE = Material(color=(0.01, 0.05, 0.35), roughness=0.4, variation=0.0)


def registration(style: PlateStyle, stream: Stream) -> str:
    """A made-up registration: AB51 CDE, AB CD 123 or 1ABC234."""
    pattern = {"uk": "LLDD LLL", "eu": "LL LD DDD", "us": "DLLLDDD", "none": ""}[style]
    draw = {"L": _LETTERS, "D": "0123456789", " ": " "}
    return "".join(draw[c][stream.child(i).integer(len(draw[c]))] for i, c in enumerate(pattern))


def plate_size_m(style: PlateStyle) -> tuple[float, float]:
    """Width and height: 520 x 111 mm in the UK and the EU, 305 x 152 mm in the US."""
    return (0.305, 0.152) if style == "us" else (0.52, 0.111)


def number_plate(style: PlateStyle, words: str, rear: bool) -> Mesh:
    """A plate that faces +X, its middle in the origin."""
    width, height = plate_size_m(style)
    ground = _YELLOW if rear and style == "uk" else _WHITE
    drawing = [bar(0, 0, width, height, ground)]
    shift = 0.0
    if style == "eu":
        drawing.append(bar(-width / 2 + 0.02, 0, 0.04, height, _BLUE))
        shift = 0.02
    drawing += lettering.text(words, 0.076 if style != "us" else 0.07, _INK, u=shift, width=width - 0.08)
    back = bar(0, 0, width, height, _INK).mirrored()
    turned = Mesh.of(np.column_stack([np.full(len(back.points), -0.004), back.points]), back.triangles[:, ::-1], _INK)
    return merge([mounted(drawing, (0, 0, 0)), turned])


def far_plate(style: PlateStyle, words: str, rear: bool) -> Mesh:
    """A plate whose characters are too small to be told apart: a mean of ground and ink."""
    ground = _YELLOW if rear and style == "uk" else _WHITE
    red, green, blue = (value * (1 - _INKED * bool(words)) for value in ground.color)
    return mounted([bar(0, 0, *plate_size_m(style), ground.model_copy(update={"color": (red, green, blue)}))], (0, 0, 0))

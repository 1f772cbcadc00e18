"""Pictures for posters: abstract people drawn from flat polygons, landscapes, products and patterns. None is labelled.

A picture is two units wide (u from -1 to 1) and `2 / aspect` high, where aspect is width over height.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from typing import Literal

import numpy as np

from generator.colors import linear_from_hsv, linear_from_srgb
from generator.mesh import Material
from generator.streams import Stream
from scenes.street.drawings import Drawing, Mark, bar, cropped, disc, placed, polygon, stroke
from scenes.street.lettering import text

PictureName = Literal[
    "person_walking", "person_standing", "person_waving", "person_portrait", "couple", "landscape", "product", "abstract", "sale"
]

_SKIN = ((0.95, 0.78, 0.66), (0.84, 0.62, 0.48), (0.62, 0.42, 0.30), (0.40, 0.27, 0.20))
_HAIR = ((0.12, 0.09, 0.07), (0.35, 0.22, 0.12), (0.72, 0.55, 0.30), (0.55, 0.52, 0.50), (0.45, 0.18, 0.10))
_WORDS = ("FRESH", "NEW", "SUMMER", "CITY RUN", "MUSEUM", "OPEN AIR", "BEST OF", "LIVE")

# Joints of a figure 2 units tall, feet at v = -1: hip, knees, ankles, shoulders, elbows, hands.
_POSES: dict[str, dict[str, tuple[float, float]]] = {
    "person_walking": {
        "knee_l": (-0.14, -0.48), "foot_l": (-0.4, -0.93), "knee_r": (0.2, -0.48), "foot_r": (0.26, -0.95),
        "elbow_l": (-0.3, 0.22), "hand_l": (-0.2, -0.02), "elbow_r": (0.27, 0.22), "hand_r": (0.38, 0.0),
    },
    "person_standing": {
        "knee_l": (-0.12, -0.5), "foot_l": (-0.14, -0.96), "knee_r": (0.12, -0.5), "foot_r": (0.16, -0.96),
        "elbow_l": (-0.32, 0.24), "hand_l": (-0.28, -0.06), "elbow_r": (0.36, 0.26), "hand_r": (0.16, 0.08),
    },
    "person_waving": {
        "knee_l": (-0.14, -0.5), "foot_l": (-0.2, -0.96), "knee_r": (0.14, -0.5), "foot_r": (0.22, -0.96),
        "elbow_l": (-0.34, 0.24), "hand_l": (-0.38, -0.04), "elbow_r": (0.42, 0.62), "hand_r": (0.5, 0.94),
    },
}  # fmt: skip


def picture(name: PictureName, aspect: float, stream: Stream) -> Drawing:
    """The picture that fills a poster; `stream` chooses colours, words and outfits. What reaches over the edge is cropped."""
    draw = stream.child("picture")
    hue = draw.child("hue").uniform()
    ground = _ink(linear_from_hsv(hue, draw.child("s").between(0.15, 0.75), draw.child("v").between(0.55, 0.95)))
    accent = _ink(linear_from_hsv(hue + 0.5, 0.75, 0.8))
    h = 1.0 / aspect
    word = _WORDS[draw.child("word").integer(len(_WORDS))]
    drawing = _PICTURES[name](h, accent, word, draw)
    return cropped((bar(0, 0, 2, 2 * h, ground), *drawing), 1.0, h)


def _walking(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    return _posed("person_walking", h, accent, word, draw)


def _standing(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    return _posed("person_standing", h, accent, word, draw)


def _waving(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    return _posed("person_waving", h, accent, word, draw)


def _posed(pose: str, h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """A person on a strip of ground, a word above."""
    return (
        bar(0, -0.86 * h, 2, 0.28 * h, accent),
        *_word(word, 0.84 * h, height=0.13 * h),
        *placed(person(pose, draw), 0.8 * h, 0.0, -0.1 * h),
    )


def _couple(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """Two people side by side."""
    left = placed(person("person_walking", draw.child("a")), 0.74 * h, -0.38, -0.12 * h)
    right = placed(person("person_standing", draw.child("b")), 0.7 * h, 0.4, -0.14 * h)
    return (*_word(word, 0.82 * h, height=0.13 * h), *left, *right)


def person(pose: str, draw: Stream) -> Drawing:
    """A whole person, 2 units tall and centred, from flat shapes."""
    joints = _POSES[pose]
    skin = _ink(linear_from_srgb(_SKIN[draw.child("skin").integer(len(_SKIN))]))
    hair = _ink(linear_from_srgb(_HAIR[draw.child("hair").integer(len(_HAIR))]))
    top = _ink(linear_from_hsv(draw.child("top").uniform(), 0.6, draw.child("bright").between(0.25, 0.9)))
    legs = _ink(linear_from_hsv(draw.child("legs").between(0.55, 0.7), 0.4, draw.child("dark").between(0.15, 0.5)))
    shoes = _ink((0.03, 0.025, 0.02))
    skirt = draw.child("skirt").uniform() < 0.4
    marks: list[Mark] = []
    for side, hip in (("l", (-0.08, -0.05)), ("r", (0.08, -0.05))):
        foot = joints[f"foot_{side}"]
        marks.append(stroke([hip, joints[f"knee_{side}"], foot], 0.15, skin if skirt else legs))
        marks.append(disc(foot[0] + 0.04, foot[1] - 0.02, 0.09, shoes, stretch=0.5))
    marks.append(
        polygon(
            [(-0.13, 0.1), (0.13, 0.1), (0.26, -0.42), (-0.26, -0.42)]
            if skirt
            else [(-0.16, 0.1), (0.16, 0.1), (0.16, -0.16), (-0.16, -0.16)],
            legs,
        )
    )
    marks.append(stroke([(-0.2, 0.5), joints["elbow_l"], joints["hand_l"]], 0.11, top))
    marks.append(disc(*joints["hand_l"], 0.06, skin))
    marks.append(polygon([(-0.23, 0.5), (-0.1, 0.58), (0.1, 0.58), (0.23, 0.5), (0.17, 0.0), (-0.17, 0.0)], top))
    marks.append(stroke([(0.2, 0.5), joints["elbow_r"], joints["hand_r"]], 0.11, top))
    marks.append(disc(*joints["hand_r"], 0.06, skin))
    return (*marks, *_head(skin, hair, long_hair=draw.child("long").uniform() < 0.5))


def _head(skin: Material, hair: Material, *, long_hair: bool) -> Drawing:
    """Neck, hair, face with eyes and mouth; the chin at v = 0.65."""
    back = (
        (disc(0, 0.8, 0.155, hair, stretch=1.1),)
        if not long_hair
        else (disc(0, 0.78, 0.17, hair, stretch=1.15), bar(0, 0.66, 0.3, 0.2, hair))
    )
    eyes = tuple(disc(u, 0.81, 0.017, _ink((0.03, 0.03, 0.03)), sides=8) for u in (-0.045, 0.045))
    fringe = polygon([(-0.13, 0.84), (-0.1, 0.93), (0.0, 0.965), (0.1, 0.93), (0.13, 0.84), (0.03, 0.89)], hair)
    mouth = stroke([(-0.04, 0.725), (0.0, 0.71), (0.04, 0.725)], 0.018, _ink(linear_from_srgb((0.7, 0.3, 0.3))))
    return (*back, bar(0, 0.61, 0.1, 0.12, skin), disc(0, 0.79, 0.125, skin, stretch=1.22), fringe, *eyes, mouth)


def _portrait(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """Head and shoulders, large, above a band of colour."""
    skin = _ink(linear_from_srgb(_SKIN[draw.child("skin").integer(len(_SKIN))]))
    hair = _ink(linear_from_srgb(_HAIR[draw.child("hair").integer(len(_HAIR))]))
    top = _ink(linear_from_hsv(draw.child("top").uniform(), 0.6, draw.child("bright").between(0.25, 0.9)))
    size = 2.6 * min(1.0, h)
    chin = -0.1 * h
    shoulders = np.array([(-0.85, -h), (0.85, -h), (0.8, chin - 0.45), (0.55, chin - 0.25), (0.16, chin - 0.12)])
    body = polygon([*shoulders, *(shoulders[:1:-1] * np.array([-1.0, 1.0]))], top)
    head = placed(_head(skin, hair, long_hair=draw.child("long").uniform() < 0.5), size, 0.0, chin - 0.65 * size)
    return (body, *head, bar(0, -0.85 * h, 2, 0.3 * h, accent), *_word(word, -0.85 * h, height=0.16 * h))


def _landscape(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """Hills, a sun and a road."""
    green, dark = _ink(linear_from_srgb((0.45, 0.6, 0.3))), _ink(linear_from_srgb((0.25, 0.42, 0.28)))
    u = np.linspace(-1, 1, 24)
    hills = []
    for base, rise, ink, shift in (
        (0.0, 0.25, dark, draw.child("far").between(0, 6)),
        (-0.35, 0.18, green, draw.child("near").between(0, 6)),
    ):
        ridge = h * (base + rise * np.sin(2.6 * u + shift))
        hills.append(polygon([*zip(u, ridge, strict=True), (1, -h), (-1, -h)], ink))
    road = polygon([(-0.5, -h), (0.3, -h), (0.18, -0.5 * h), (0.12, -0.5 * h)], _ink((0.6, 0.6, 0.58)))
    return (
        disc(0.45, 0.5 * h, 0.26 * min(h, 1.0), _ink(linear_from_srgb((1.0, 0.88, 0.4)))),
        *hills,
        road,
        *_word(word, 0.8 * h, height=0.14 * h),
    )


def _product(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """A bottle on a disc."""
    glass = _ink(linear_from_hsv(draw.child("glass").uniform(), 0.7, 0.45))
    s = min(h, 1.3)
    shape = np.array([(-0.26, -0.7), (0.26, -0.7), (0.26, 0.15), (0.1, 0.42), (0.1, 0.68), (-0.1, 0.68), (-0.1, 0.42), (-0.26, 0.15)])
    bottle = (
        polygon(shape, glass),
        bar(0, -0.25, 0.52, 0.42, _ink((0.9, 0.88, 0.8))),
        disc(0, -0.25, 0.14, accent),
        bar(0, 0.72, 0.22, 0.08, accent),
    )
    return (disc(0, -0.05 * h, 0.78 * s, accent), *placed(bottle, s, 0, -0.05 * h), *_word(word, 0.86 * h, height=0.16 * h))


def _abstract(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """Overlapping discs and bars."""
    marks: list[Mark] = []
    for k in range(7):
        d = draw.child("shape", k)
        ink = _ink(linear_from_hsv(d.child("hue").uniform(), 0.65, d.child("value").between(0.35, 0.95)))
        r = d.child("r").between(0.1, 0.38)
        u, v = d.child("u").between(-1 + r, 1 - r), d.child("v").between(-h + r, h - r)
        corners = [
            (u + r * cos(a + d.child("turn").between(0, 3)), v + r * sin(a + d.child("turn").between(0, 3)))
            for a in (0.0, pi / 2, pi, 3 * pi / 2)
        ]
        marks.append(disc(u, v, r, ink) if k % 2 else polygon(corners, ink))
    return (*marks, bar(0, -0.8 * h, 1.7, 0.24 * h, accent), *_word(word, -0.8 * h, height=0.14 * h))


def _sale(h: float, accent: Material, word: str, draw: Stream) -> Drawing:
    """Large letters."""
    percent = f"-{10 * (2 + draw.child('percent').integer(6))}"
    white = _ink((0.9, 0.9, 0.9))
    return (
        disc(0, -0.1 * h, min(0.85, 0.75 * h), accent),
        *text(percent, 0.5 * min(h, 1.0), white, v=-0.1 * h, width=1.2),
        *_word("SALE", 0.8 * h, height=0.2 * h),
    )


_PICTURES: dict[PictureName, Callable[[float, Material, str, Stream], Drawing]] = {
    "person_walking": _walking,
    "person_standing": _standing,
    "person_waving": _waving,
    "person_portrait": _portrait,
    "couple": _couple,
    "landscape": _landscape,
    "product": _product,
    "abstract": _abstract,
    "sale": _sale,
}


def _word(word: str, v: float, *, height: float) -> Drawing:
    return text(word, height, _ink((0.92, 0.92, 0.92)), v=v, width=1.6)


def _ink(color: tuple[float, float, float]) -> Material:
    return Material(color=color, variation=0.02, roughness=0.5)

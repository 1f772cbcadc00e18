"""The carriageway: asphalt with repairs, seams, manholes and gullies. Its strips are those of the whole street."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Strip, Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.streams import Stream
from scenes.street.road_layout import SIDES, RoadLayout, Side, sign
from scenes.street.road_sheets import cells, polygon, rectangles
from scenes.street.road_strips import street_strips

_UNDER_KERB_M = 0.1  # the asphalt reaches under the kerb stones, so that no gap shows
_GUTTER_M = 0.3
_SEAM_Z_M, _PATCH_Z_M, _METAL_Z_M = 0.0005, 0.0016, 0.0025  # below the markings' 4 mm

Box = tuple[float, float, float, float]  # s0, s1, t0, t1


@register
class Road(Actor):
    """Carriageway, side roads, parking places and cycle lanes of a street.

    brightness: of the asphalt, linear. patches: repairs per 100 m of road. worn 0..1: how old the surface is.
    cycle_color: of cycle lanes that have a surface of their own, or none.
    """

    kind: Literal["road"] = "road"
    layout: RoadLayout = RoadLayout()
    brightness: float = Field(default=0.085, ge=0.02, le=0.4)
    patches: float = Field(default=5.0, ge=0, le=30)
    manholes: float = Field(default=2.5, ge=0, le=20)
    worn: float = Field(default=0.5, ge=0, le=1)
    cycle_color: Rgb | None = None

    semantic: ClassVar[str] = "road"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        """The box of the whole street, centred on the origin."""
        left, right = (self.layout.t_of(side, _UNDER_KERB_M) for side in SIDES)
        length, width = self.layout.footprint_m(left, right, side_roads=self.layout.side_road_length_m)
        return length, width, 0.01

    def strips(self) -> Mapping[str, Strip]:
        return street_strips(self.layout)

    def build(self) -> Mesh:
        stream = self.stream()
        parts = [self._surface(stream.child("surface")), *self._repairs(stream.child("repairs"))]
        return merge(part for part in parts if len(part.faces))

    def _surface(self, stream: Stream) -> Mesh:
        layout = self.layout
        sections = _resurfaced(stream, layout)
        s_breaks = [*np.linspace(-layout.behind_m, layout.ahead_m, layout.steps(layout.ahead_m + layout.behind_m) + 1), *sections]
        t_breaks = [layout.centre_t]
        for side in SIDES:
            g, kerb = sign(side), layout.kerb_t(side)
            t_breaks += [kerb + g * _UNDER_KERB_M, kerb - g * _GUTTER_M, layout.lanes_edge_t(side)]
            if layout.cycle_m(side) and layout.parking_m(side):
                t_breaks.append(kerb - g * layout.parking_m(side))
        arms = _arms(layout)
        for s0, s1, t0, t1 in arms:
            s_breaks += [s0, s1]
            t_breaks += [t0, t1]
        shades = [stream.child("shade", i).between(0.85, 1.15) for i in range(len(sections) + 1)]

        def material_at(s: float, t: float) -> Material | None:
            if layout.kerb_t("right") - _UNDER_KERB_M < t < layout.kerb_t("left") + _UNDER_KERB_M:
                return self._band(s, t, shades[int(np.searchsorted(sections, s))])
            inside = any(s0 < s < s1 and t0 < t < t1 for s0, s1, t0, t1 in arms)
            return _asphalt(self.brightness * shades[0], self.worn) if inside else None

        return cells(layout, s_breaks, t_breaks, 0.0, material_at)

    def _band(self, s: float, t: float, shade: float) -> Material:
        """What the main road is made of at (s, t)."""
        layout = self.layout
        side = SIDES[0] if t > layout.centre_t else SIDES[1]
        out = sign(side) * (t - layout.lanes_edge_t(side))
        if sign(side) * (t - layout.kerb_t(side)) > -_GUTTER_M and not _at_mouth(layout, side, s):
            return _gutter(self.brightness * shade, self.worn)
        if 0 < out < layout.cycle_m(side) and self.cycle_color is not None:
            return _asphalt(1.0, self.worn, self.cycle_color)
        if out > layout.cycle_m(side) and layout.parking_m(side):
            return _asphalt(self.brightness * 1.12, self.worn)
        return _asphalt(self.brightness * shade, self.worn)

    def _repairs(self, stream: Stream) -> Iterator[Mesh]:
        layout = self.layout
        hundreds = (layout.ahead_m + layout.behind_m) / 100
        manholes = [_manhole_box(layout, stream.child("manhole", i)) for i in range(round(self.manholes * hundreds))]
        patches = [_patch_box(layout, stream.child("patch", i)) for i in range(round(self.patches * hundreds))]
        for i, placed in enumerate(_apart([*manholes, *patches])):
            here = stream.child("repair", i)
            if placed in manholes:
                yield rectangles(layout, [placed], _PATCH_Z_M, _asphalt(self.brightness * 0.7, 0.3))
                yield _cover(layout, placed, here)
            else:
                yield rectangles(layout, [placed], _PATCH_Z_M, _asphalt(self.brightness * _PATCH_SHADES[here.integer(4)], 0.3))
        tar, seams = _asphalt(0.028, 0.1), stream.child("seams")
        yield rectangles(layout, list(_seams_along(layout, seams)), _SEAM_Z_M, tar)
        yield rectangles(layout, list(_seams_across(layout, seams)), 2 * _SEAM_Z_M, tar)
        yield rectangles(layout, list(_gullies(layout)), _METAL_Z_M, _IRON)


_PATCH_SHADES = (0.6, 0.75, 0.9, 1.3)  # fresh repairs are dark, old concrete ones pale
_IRON = Material(
    color=(0.05, 0.047, 0.044), texture="rust", texture_scale_m=0.3, variation=0.4, roughness=0.55, metallic=0.6, weathered=True
)


def _asphalt(brightness: float, worn: float, tint: Rgb = (0.98, 1.0, 1.03)) -> Material:
    """Old asphalt is paler, blotchier and smoother in its wheel tracks."""
    color = tuple(round(brightness * (0.8 + 0.4 * worn) * c, 4) for c in tint)
    return Material(
        color=color, texture="asphalt", texture_scale_m=0.5, variation=round(0.25 + 0.5 * worn, 3), roughness=0.85, bump=0.4, weathered=True
    )  # fmt: skip


def _gutter(brightness: float, worn: float) -> Material:
    """Where dust and wet leaves gather along the kerb."""
    color = tuple(round(brightness * (0.62 + 0.2 * worn) * c, 4) for c in (1.05, 1.0, 0.92))
    return Material(color=color, texture="asphalt", texture_scale_m=0.4, variation=0.7, roughness=0.9, bump=0.4, dirt=0.5, weathered=True)


def _arms(layout: RoadLayout) -> list[Box]:
    """(s0, s1, t0, t1) of what side roads add to the carriageway; their rounded corners lie under the pavement's edge."""
    arms = []
    for side in SIDES:
        if layout.junction_at_m is None or not layout.has_junction(side):
            continue
        at, half, mouth = layout.junction_at_m, layout.side_road_width_m / 2 + _UNDER_KERB_M, layout.mouth_m + _UNDER_KERB_M
        bands = [_UNDER_KERB_M, layout.corner_radius_m + _UNDER_KERB_M, layout.side_road_length_m]
        for width, v0, v1 in ((mouth, bands[0], bands[1]), (half, bands[1], bands[2])):
            t0, t1 = sorted((layout.t_of(side, v0), layout.t_of(side, v1)))
            arms.append((at - width, at + width, t0, t1))
    return arms


def _at_mouth(layout: RoadLayout, side: Side, s: float) -> bool:
    return layout.junction_at_m is not None and layout.has_junction(side) and abs(s - layout.junction_at_m) < layout.mouth_m


def _resurfaced(stream: Stream, layout: RoadLayout) -> list[float]:
    """Where one length of asphalt ends and the next begins, increasing."""
    joints: list[float] = []
    s = -layout.behind_m
    while True:
        s += stream.child(len(joints)).between(30.0, 110.0)
        if s > layout.ahead_m - 10:
            return joints
        joints.append(round(s, 2))


def _lane_t(layout: RoadLayout, stream: Stream) -> float:
    """Somewhere across the carriageway, half a metre clear of the kerbs."""
    return stream.between(layout.kerb_t("right") + 0.9, layout.kerb_t("left") - 0.9)


def _patch_box(layout: RoadLayout, stream: Stream) -> Box:
    """A square repair, a trench along the road or one across it."""
    s, t = stream.child("s").between(-layout.behind_m, layout.ahead_m - 20), _lane_t(layout, stream.child("t"))
    long, wide = [(1.4, 1.0), (9.0, 0.5), (0.6, 2.6)][stream.child("form").integer(3)]
    long, wide = long * stream.child("long").between(0.6, 1.8), wide * stream.child("wide").between(0.6, 1.3)
    return s, s + long, max(t - wide / 2, layout.kerb_t("right") + 0.45), min(t + wide / 2, layout.kerb_t("left") - 0.45)


def _manhole_box(layout: RoadLayout, stream: Stream) -> Box:
    """The collar of fresh asphalt around a cover."""
    s, t = stream.child("s").between(-layout.behind_m, layout.ahead_m - 20), _lane_t(layout, stream.child("t"))
    half = stream.child("size").between(0.35, 0.45)
    return s - half, s + half, t - half, t + half


def _apart(boxes: list[Box]) -> list[Box]:
    """Those that overlap none before them: two faces at one height would shade each other black."""
    kept: list[Box] = []
    for a in boxes:
        if all(a[1] < b[0] or b[1] < a[0] or a[3] < b[2] or b[3] < a[2] for b in kept):
            kept.append(a)
    return kept


def _cover(layout: RoadLayout, collar: Box, stream: Stream) -> Mesh:
    """A round or square iron cover."""
    s, t, size = (collar[0] + collar[1]) / 2, (collar[2] + collar[3]) / 2, (collar[1] - collar[0]) / 2 - 0.12
    corners, start = (4, np.pi / 4) if stream.child("square").uniform() < 0.5 else (16, 0.0)
    angle = start + np.linspace(0.0, 2 * np.pi, corners, endpoint=False)
    return polygon(layout, [(s + size * float(np.cos(a)), t + size * float(np.sin(a))) for a in angle], _METAL_Z_M, _IRON)


def _seams_along(layout: RoadLayout, stream: Stream) -> Iterator[Box]:
    """Tarred joints near the lanes' edges."""
    for side in SIDES:
        for i in range(layout.lanes(side)):
            t = layout.lanes_edge_t(side) - sign(side) * (i * layout.lane_width_m + stream.child(side, i).between(-0.3, 0.3) + 0.7)
            yield -layout.behind_m, layout.ahead_m, t - 0.012, t + 0.012


def _seams_across(layout: RoadLayout, stream: Stream) -> Iterator[Box]:
    for joint in _resurfaced(stream.child("across"), layout):
        yield joint, joint + 0.03, layout.kerb_t("right") + _GUTTER_M, layout.kerb_t("left") - _GUTTER_M


def _gullies(layout: RoadLayout) -> Iterator[Box]:
    """Gratings in the gutter, every 25 m on both sides."""
    for side in SIDES:
        t0, t1 = sorted((layout.kerb_t(side) - sign(side) * 0.02, layout.kerb_t(side) - sign(side) * 0.4))
        for s in np.arange(-layout.behind_m + 6.0, layout.ahead_m, 25.0):
            if not _at_mouth(layout, side, float(s)):
                yield float(s), float(s) + 0.45, t0, t1

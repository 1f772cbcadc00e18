"""Named bands of a street along which others are placed. z is that of the surface; s_m = 0 is the end nearest the camera's start.

Bands beside the carriageway run ahead on both sides, so that outwards is left on the left and right on the right. Only lanes
and parking places run with their traffic. What side roads or crossings interrupt is numbered from 0 (nearest) upwards, at
least 0 and 1: without an interruption they meet in the middle.

    ego, lane_fwd_I, lane_bwd_I        lanes, I = 0 at the kerb
    cycle_left, cycle_right            cycle lanes
    parking_SIDE_I                     parking places, clear of corners and crossings
    kerb_line_SIDE_I                   lamps, signs, bins, trees
    verge_SIDE_I                       grass between kerb and pavement
    pavement_SIDE_I                    people
    garden_SIDE_I                      front edge of the gardens: walls, hedges, fences
    frontage_SIDE_I                    the building line; fronts stand on it, buildings outside it
    beyond_SIDE_I                      20 m wide behind the buildings
    crossing_0                         across the road, from the left to the right
    crossing_post_SIDE                 where the beacon or signal of the traffic on that side stands; runs with that traffic
    side_in_SIDE, side_out_SIDE        lanes of the side road, towards and away from the junction
    side_pavement_SIDE_I, side_frontage_SIDE_I   along the side road, outwards; I = 0 is its nearer edge
    side_post_SIDE                     where the give-way sign of the side road stands; runs towards the junction
    end_ahead, side_end_SIDE           across the far ends, 30 m wide: what closes the view
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from generator.geometry import Strip
from scenes.street.road_layout import CROSSING_WIDTH_M, SIDES, RoadLayout, Side, sign

_STEP_M = 5.0
_FACADE_DEPTH_M = 12.0  # a corner house's; the side road's building line begins behind it
_SHORTEST_PARKING_M = 8.0
_CLEAR_OF_CORNER_M = 8.0  # Highway Code, rule 243, asks for 10 m; streets are parked tighter
_CLEAR_OF_CROSSING_M = 12.0


class _Band(NamedTuple):
    """A band between two points (s, t) before it follows the bend."""

    name: str
    ends: tuple[float, float, float, float]  # s0, t0, s1, t1
    width_m: float
    z_m: float = 0.0

    @property
    def steps(self) -> int:
        """How many points it takes to follow the bend."""
        s0, t0, s1, t1 = self.ends
        return max(2, math.ceil(max(abs(s1 - s0), abs(t1 - t0)) / _STEP_M) + 1)


def street_strips(layout: RoadLayout) -> dict[str, Strip]:
    """All bands of a street by name, in road actors' frame."""
    bands = [*_lanes(layout), *_crossing(layout)]
    for side in SIDES:
        bands += [*_parking(layout, side), *_beside(layout, side)]
        if layout.has_junction(side):
            bands += _side_road(layout, side)
    end = layout.ahead_m + 20.0
    bands.append(_Band("end_ahead", (end, layout.t_of("left", 40.0), end, layout.t_of("right", 40.0)), 30.0, layout.kerb_height_m))
    return _bent(layout, bands)


def _bent(layout: RoadLayout, bands: list[_Band]) -> dict[str, Strip]:
    """The bands as they follow the bend, all at once: numpy takes as long for one."""
    counts = [band.steps for band in bands]
    s0, t0, s1, t1, z = np.array([(*band.ends, band.z_m) for band in bands]).repeat(counts, axis=0).T
    share = np.concatenate([_shares(count) for count in counts])
    points = np.column_stack([layout.world(s0 + (s1 - s0) * share, t0 + (t1 - t0) * share), z])
    spans = pairwise(accumulate(counts, initial=0))
    return {band.name: Strip(points[start:end], band.width_m) for band, (start, end) in zip(bands, spans, strict=True)}


@lru_cache(maxsize=256)
def _shares(count: int) -> np.ndarray:
    """(count,) 0 to 1 in equal steps."""
    return np.arange(count) / (count - 1)


def _ends(layout: RoadLayout, side: Side) -> tuple[float, float]:
    """Where traffic on that side comes from and goes to."""
    forward = side == layout.forward_side or layout.lanes_backward == 0
    return (-layout.behind_m, layout.ahead_m) if forward else (layout.ahead_m, -layout.behind_m)


def _along(name: str, ends_s: tuple[float, float], t: float, width_m: float, z_m: float = 0.0) -> _Band:
    """A band that keeps to one t."""
    return _Band(name, (ends_s[0], t, ends_s[1], t), width_m, z_m)


def _lanes(layout: RoadLayout) -> Iterator[_Band]:
    for side in SIDES:
        name = "fwd" if side == layout.forward_side else "bwd"
        for i in range(layout.lanes(side)):
            t = layout.lanes_edge_t(side) - sign(side) * (i + 0.5) * layout.lane_width_m
            lane = _along(f"lane_{name}_{i}", _ends(layout, side), t, layout.lane_width_m)
            yield lane
            if name == "fwd" and i == layout.ego_lane:
                yield lane._replace(name="ego")
        if layout.cycle_m(side):
            t = layout.lanes_edge_t(side) + sign(side) * layout.cycle_m(side) / 2
            yield _along(f"cycle_{side}", _ends(layout, side), t, layout.cycle_m(side))


def parking_spans(layout: RoadLayout, side: Side) -> list[tuple[float, float]]:
    """Where cars may stand along the kerb, (s0, s1) with s0 < s1: clear of corners and crossings; at least two, by halving."""
    spans = [(-layout.behind_m, layout.ahead_m)]
    if layout.junction_at_m is not None and layout.has_junction(side):
        spans = _without(spans, layout.junction_at_m, layout.mouth_m + _CLEAR_OF_CORNER_M)
    if layout.crossing_s is not None:
        spans = _without(spans, layout.crossing_s, CROSSING_WIDTH_M / 2 + _CLEAR_OF_CROSSING_M)
    spans = [span for span in spans if span[1] - span[0] > _SHORTEST_PARKING_M]
    return spans if len(spans) > 1 else _halves(*spans[0])


def _without(spans: list[tuple[float, float]], at: float, half: float) -> list[tuple[float, float]]:
    cut = [(a, min(b, at - half)) for a, b in spans] + [(max(a, at + half), b) for a, b in spans]
    return sorted((a, b) for a, b in cut if b > a)


def _halves(start: float, end: float) -> list[tuple[float, float]]:
    middle = (start + end) / 2
    return [(start, middle), (middle, end)]


def _parking(layout: RoadLayout, side: Side) -> Iterator[_Band]:
    if not layout.parking_m(side):
        return
    t = layout.kerb_t(side) - sign(side) * layout.parking_m(side) / 2
    start, end = _ends(layout, side)
    for i, (a, b) in enumerate(parking_spans(layout, side)):
        yield _along(f"parking_{side}_{i}", (a, b) if start < end else (b, a), t, layout.parking_m(side))


def _beside(layout: RoadLayout, side: Side) -> Iterator[_Band]:
    z = layout.kerb_height_m
    verge, pavement, front = layout.verge_v(side), layout.pavement_v(side), layout.frontage_v(side)
    bands = [
        ("kerb_line", 0.5, 0.5, layout.corner_radius_m),
        ("pavement", sum(pavement) / 2, layout.pavement_m(side), _corner_m(layout, side)),
    ]
    if layout.verge_m(side):
        bands.append(("verge", sum(verge) / 2, layout.verge_m(side), layout.corner_radius_m))
    if layout.setback_m(side):
        bands.append(("garden", pavement[1] + 0.2, 0.3, pavement[1]))
    bands += [("frontage", front, 0.2, front), ("beyond", front + 26.0, 20.0, front + 16.0)]
    for name, v, width, clear in bands:
        t = layout.t_of(side, v)
        for i, span in enumerate(_spans(layout, side, clear)):
            yield _along(f"{name}_{side}_{i}", span, t, width, z)


def _corner_m(layout: RoadLayout, side: Side) -> float:
    """How far before a side road's kerb line the middle of the pavement meets its rounded inner edge."""
    inner, outer = layout.pavement_v(side)
    radius, away = layout.corner_radius_m, layout.corner_radius_m - (inner + outer) / 2
    if radius <= inner or away <= 0:
        return inner + 0.1
    return radius - float(np.sqrt((radius - inner) ** 2 - away**2)) + 0.1


def _spans(layout: RoadLayout, side: Side, clear_m: float) -> list[tuple[float, float]]:
    """The blocks' spans, shortened by `clear_m` where they turn a corner; a block that is too short for that keeps 1 m."""
    blocks = layout.blocks(side)
    if len(blocks) == 1:
        return _halves(blocks[0].start_m, blocks[0].end_m)
    before, after = blocks
    return [(before.start_m, max(before.end_m - clear_m, before.start_m + 1)), (after.start_m + clear_m, after.end_m)]


def _crossing(layout: RoadLayout) -> Iterator[_Band]:
    if layout.crossing_s is None:
        return
    at = layout.crossing_s
    yield _Band("crossing_0", (at, layout.kerb_t("left"), at, layout.kerb_t("right")), CROSSING_WIDTH_M)
    for side in SIDES:
        heading = 1.0 if _ends(layout, side)[0] < _ends(layout, side)[1] else -1.0
        post = at - heading * (CROSSING_WIDTH_M / 2 + 0.3)
        yield _along(f"crossing_post_{side}", (post - 0.2 * heading, post), layout.t_of(side, 0.5), 0.3, layout.kerb_height_m)


def _side_road(layout: RoadLayout, side: Side) -> Iterator[_Band]:
    at, half, z = layout.junction_at_m or 0.0, layout.side_road_width_m / 2, layout.kerb_height_m
    near, far = layout.t_of(side, 0.0), layout.t_of(side, layout.side_road_length_m)
    # Seen along the side road outwards, the lane of those who leave is on the drive side.
    out_s = at + sign(side) * (-1.0 if layout.drive_on == "left" else 1.0) * half / 2
    yield _Band(f"side_out_{side}", (out_s, near, out_s, far), half)
    yield _Band(f"side_in_{side}", (2 * at - out_s, far, 2 * at - out_s, near), half)
    pavement, front = sum(layout.pavement_v(side)) / 2, layout.frontage_v(side)
    for i, (edge, block) in enumerate(zip((at - half, at + half), layout.blocks(side), strict=True)):
        outwards = 1.0 if block.corner == "start" else -1.0
        s, t = edge + outwards * pavement, layout.t_of(side, layout.corner_radius_m)
        yield _Band(f"side_pavement_{side}_{i}", (s, t, s, far), layout.pavement_m(side), z)
        s, t = edge + outwards * front, layout.t_of(side, front + _FACADE_DEPTH_M)
        yield _Band(f"side_frontage_{side}_{i}", (s, t, s, far), 0.2, z)
    post_s = (at - half - 0.5) if (out_s > at) else (at + half + 0.5)
    t = layout.t_of(side, layout.corner_radius_m + 0.3)
    yield _Band(f"side_post_{side}", (post_s, t + sign(side) * 0.2, post_s, t), 0.3, z)
    end = layout.t_of(side, layout.side_road_length_m + 15.0)
    yield _Band(f"side_end_{side}", (at - half - 30.0, end, at + half + 30.0, end), 30.0, z)

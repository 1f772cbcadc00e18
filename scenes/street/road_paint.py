"""Where road markings lie, in road coordinates: boxes (s0, s1, t0, t1) and convex outlines ((s, t), ...).

Sizes follow the Traffic Signs Regulations and General Directions 2016 and the Traffic Signs Manual, chapter 5 (roads up to
40 mph); diagram numbers are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenes.street.road_layout import CROSSING_WIDTH_M, SIDES, RoadLayout, Side, sign
from scenes.street.road_strips import parking_spans

Box = tuple[float, float, float, float]
Outline = tuple[tuple[float, float], ...]
Span = tuple[float, float]

_LINE_M = 0.1
_DASHES = {"dashed": (2.0, 4.0), "warning": (4.0, 2.0)}  # diagrams 1008 and 1004: mark, gap
_YELLOW_M, _FROM_KERB_M = 0.075, 0.25  # diagram 1018.1
_GIVE_WAY = (0.6, 0.3, 0.2)  # diagram 1003: mark, gap, width
_ZIGZAG_MARK_M, _ZIGZAG_MARKS, _ZIGZAG_SWING_M = 2.0, 8, 0.3  # diagram 1001.3
_STOP_M = 0.2  # diagram 1001
_STRIPE_M = 0.6  # zebra: 500 to 715 mm
_BAY_M = 5.5


def dashes(start: float, end: float, mark: float, gap: float) -> Iterator[Span]:
    """Where the paint is between two distances."""
    for s in np.arange(start, end - mark, mark + gap):
        yield float(s), float(s) + mark


def line(t: float, width: float = _LINE_M) -> Span:
    return t - width / 2, t + width / 2


def gaps(layout: RoadLayout, side: Side | None) -> list[Span]:
    """Where lines along the road stop: at the crossing with its approaches and at the mouths of side roads (of one side)."""
    cut = []
    if layout.crossing_s is not None:
        half = CROSSING_WIDTH_M / 2 + (_ZIGZAG_MARK_M * _ZIGZAG_MARKS + 3.0)
        cut.append((layout.crossing_s - half, layout.crossing_s + half))
    crossroads = layout.junction_sides == "both" if side is None else (layout.has_junction(side))
    if layout.junction_at_m is not None and crossroads:
        cut.append((layout.junction_at_m - layout.mouth_m, layout.junction_at_m + layout.mouth_m))
    return cut


def clear(span: Span, cut: list[Span]) -> list[Span]:
    """What is left of a span without the gaps."""
    left = [span]
    for a, b in cut:
        left = [piece for s0, s1 in left for piece in ((s0, min(s1, a)), (max(s0, b), s1)) if piece[1] > piece[0]]
    return left


def whole(layout: RoadLayout) -> Span:
    """From behind the camera to the stop line at the far end."""
    return -layout.behind_m, layout.ahead_m - 2.0


def along_lines(layout: RoadLayout) -> Iterator[Box]:
    """Centre line, lane lines, cycle lane lines, and a stop line at the far end of the road."""
    spans = clear(whole(layout), gaps(layout, None))
    if layout.lanes_backward:
        yield from _centre(layout, spans)
    for side in SIDES:
        for i in range(1, layout.lanes(side)):
            t = layout.lanes_edge_t(side) - sign(side) * i * layout.lane_width_m
            yield from ((a, b, *line(t)) for s0, s1 in spans for a, b in dashes(s0, s1, *_DASHES["dashed"]))
        if layout.cycle_m(side):
            for s0, s1 in clear(whole(layout), gaps(layout, side)):
                yield s0, s1, *line(layout.lanes_edge_t(side), 0.15)  # diagram 1049
    yield layout.ahead_m - 1.0, layout.ahead_m - 1.0 + _STOP_M, layout.kerb_t("right") + 0.7, layout.kerb_t("left") - 0.7


def _centre(layout: RoadLayout, spans: list[Span]) -> Iterator[Box]:
    style, t = layout.centre_line, layout.centre_t
    for s0, s1 in spans:
        if style in _DASHES:
            yield from ((a, b, *line(t)) for a, b in dashes(s0, s1, *_DASHES[style]))
        elif style == "solid":
            yield s0, s1, *line(t, 0.15)
        elif style == "double":  # diagram 1013.1
            yield s0, s1, *line(t - 0.14)
            yield s0, s1, *line(t + 0.14)
        elif style == "hatched":  # diagram 1040.2, as ladder rungs between two broken lines
            for a, b in dashes(s0, s1, *_DASHES["warning"]):
                yield a, b, *line(t - 0.4)
                yield a, b, *line(t + 0.4)
            yield from ((a, a + 0.15, t - 0.3, t + 0.3) for a, _ in dashes(s0, s1, 0.15, 2.0))


def kerb_boxes(layout: RoadLayout) -> Iterator[Box]:
    """White or yellow lines along the straight parts of the kerbs, where nobody may park."""
    for side in SIDES:
        if layout.edge_lines == "none" or layout.parking_m(side):
            continue
        for inset in _kerb_lines(layout):
            t0, t1 = sorted((layout.t_of(side, -inset[0]), layout.t_of(side, -inset[1])))
            for block in layout.blocks(side):
                radius = layout.corner_radius_m
                span = (block.start_m + radius * (block.corner == "start"), block.end_m - radius * (block.corner == "end"))
                yield from ((s0, s1, t0, t1) for s0, s1 in clear(span, gaps(layout, None)[: int(layout.crossing_s is not None)]))


def kerb_corners(layout: RoadLayout) -> Iterator[np.ndarray]:
    """(2, N, 2) rows of the same lines round the corners and up the side roads."""
    if layout.edge_lines == "none":
        return
    for side in SIDES:
        for block in layout.blocks(side):
            if block.corner is None:
                continue
            straight = layout.steps(block.length_m)
            for inner, outer in _kerb_lines(layout):
                rows = np.stack([layout.kerb_path(block, -inner), layout.kerb_path(block, -outer)])
                yield rows[:, straight:] if block.corner == "end" else rows[:, : rows.shape[1] - straight]


def _kerb_lines(layout: RoadLayout) -> list[Span]:
    """The lines' (near, far) distances from the kerb."""
    if layout.edge_lines == "double_yellow":
        return [(_FROM_KERB_M + i * _YELLOW_M, _FROM_KERB_M + (i + 1) * _YELLOW_M) for i in (0, 2)]
    width = 0.15 if layout.edge_lines == "white" else _YELLOW_M  # diagram 1012.1
    return [(_FROM_KERB_M, _FROM_KERB_M + width)]


def approaches(layout: RoadLayout, at: float) -> Iterator[tuple[Span, float]]:
    """For each direction of traffic: (t0, t1) of its lanes and the sign of its travel along s."""
    for side in SIDES:
        if layout.lanes(side):
            t0, t1 = sorted((layout.centre_t, layout.lanes_edge_t(side) + sign(side) * layout.cycle_m(side)))
            yield (t0 + 0.1, t1 - 0.1), 1.0 if side == layout.forward_side else -1.0


def crossing_boxes(layout: RoadLayout) -> Iterator[Box]:
    """Zebra stripes or rows of studs, with give-way or stop lines before them."""
    if layout.crossing_s is None:
        return
    at, half = layout.crossing_s, CROSSING_WIDTH_M / 2
    right, left = layout.kerb_t("right") + 0.1, layout.kerb_t("left") - 0.1
    if layout.crossing_kind == "zebra":
        count = max(2, round((left - right) / _STRIPE_M))
        edges = np.linspace(right, left, count + 1)
        yield from ((at - half, at + half, float(a), float(b)) for a, b in zip(edges[:-1:2], edges[1::2], strict=False))
    else:
        for t in np.arange(right, left, 0.5):  # diagram 1055.1: studs of 100 mm
            yield from ((s - 0.05, s + 0.05, float(t), float(t) + 0.1) for s in (at - half, at + half))
    for (t0, t1), heading in approaches(layout, at):
        if layout.crossing_kind == "zebra":  # diagram 1001.5
            s = at - heading * (half + 1.3)
            yield from ((s - 0.1, s + 0.1, a, b) for a, b in dashes(t0, t1, 0.5, 0.5))
        else:
            s = at - heading * (half + 1.9)
            yield s - _STOP_M / 2, s + _STOP_M / 2, t0, t1


def zigzags(layout: RoadLayout) -> Iterator[Outline]:
    """Both sides and the middle of the road before and behind a crossing."""
    if layout.crossing_s is None:
        return
    lines = {layout.kerb_t("left") - 0.45, layout.kerb_t("right") + 0.45, layout.centre_t if layout.lanes_backward else 0.0}
    lines -= {0.0}
    for t in sorted(lines):
        for heading in (-1.0, 1.0):
            s = layout.crossing_s + heading * (CROSSING_WIDTH_M / 2 + 2.3)
            for i in range(_ZIGZAG_MARKS):
                if layout.junction_at_m is not None and abs(s + heading * i * _ZIGZAG_MARK_M - layout.junction_at_m) < layout.mouth_m + 2.5:
                    break
                a, b = s + heading * i * _ZIGZAG_MARK_M, s + heading * (i + 0.95) * _ZIGZAG_MARK_M
                t0, t1 = t + (-1) ** i * _ZIGZAG_SWING_M / 2, t - (-1) ** i * _ZIGZAG_SWING_M / 2
                yield (a, t0 - 0.05), (b, t1 - 0.05), (b, t1 + 0.05), (a, t0 + 0.05)


def give_way_boxes(layout: RoadLayout) -> Iterator[Box]:
    """Two broken lines where the side road meets the main one, and the side road's own centre line."""
    for side in SIDES:
        if layout.junction_at_m is None or not layout.has_junction(side):
            continue
        at, half = layout.junction_at_m, layout.side_road_width_m / 2
        towards = sign(side) * (1.0 if layout.drive_on == "left" else -1.0)  # where those who come in drive
        s0, s1 = sorted((at, at + towards * half * 0.95))
        mark, gap, width = _GIVE_WAY
        for v in (0.15, 0.15 + width + 0.3):
            t0, t1 = sorted((layout.t_of(side, v), layout.t_of(side, v + width)))
            yield from ((a, b, t0, t1) for a, b in dashes(s0, s1 + gap, mark, gap))
        for v0, v1 in dashes(2.0, layout.side_road_length_m * 0.9, *_DASHES["warning"]):
            t0, t1 = sorted((layout.t_of(side, v0), layout.t_of(side, v1)))
            yield at - _LINE_M / 2, at + _LINE_M / 2, t0, t1


def bay_boxes(layout: RoadLayout) -> Iterator[Box]:
    """Broken lines around the parking places (diagram 1028.4), with a tick between cars."""
    for side in SIDES:
        if not layout.parking_m(side):
            continue
        edge = layout.kerb_t(side) - sign(side) * layout.parking_m(side)
        for start, stop in parking_spans(layout, side):
            end = min(stop, whole(layout)[1])
            yield from ((a, b, *line(edge, 0.075)) for a, b in dashes(start, end, 1.2, 0.9))
            for s in np.arange(start, end, _BAY_M):
                t0, t1 = sorted((edge + sign(side) * 0.04, edge + sign(side) * 0.6))
                yield float(s), float(s) + 0.075, t0, t1


def arrows(layout: RoadLayout) -> Iterator[Outline]:
    """Ahead arrows (diagram 1038, 4 m) on the forward lanes, 12 m and 34 m before the junction or the crossing."""
    end = min(at for at in (layout.junction_at_m, layout.crossing_s, layout.ahead_m) if at is not None)
    side = layout.forward_side
    for i in range(layout.lanes_forward):
        t = layout.lanes_edge_t(side) - sign(side) * (i + 0.5) * layout.lane_width_m
        for s in (end - 14.0, end - 36.0):
            yield (s - 4.0, t - 0.08), (s - 1.4, t - 0.08), (s - 1.4, t + 0.08), (s - 4.0, t + 0.08)
            yield (s - 1.4, t - 0.45), (s, t), (s - 1.4, t + 0.45)


def box_junction(layout: RoadLayout) -> Iterator[tuple[int, Outline]]:
    """The yellow grid that must be kept clear (diagram 1043): a frame and diagonals, each with the layer it lies in: they cross."""
    if layout.junction_at_m is None:
        return
    half = layout.side_road_width_m / 2 + 0.5
    low, high = layout.junction_at_m - half, layout.junction_at_m + half
    right, left = layout.kerb_t("right") + 0.4, layout.kerb_t("left") - 0.4
    for a, b in ((low, low + 0.15), (high - 0.15, high)):
        yield 0, ((a, right), (b, right), (b, left), (a, left))
    for a, b in ((right, right + 0.15), (left - 0.15, left)):
        yield 0, ((low + 0.15, a), (high - 0.15, a), (high - 0.15, b), (low + 0.15, b))
    for layer, slope in ((1, 1.0), (2, -1.0)):
        yield from ((layer, outline) for outline in _diagonals(low, high, right, left, slope))


def _diagonals(low: float, high: float, right: float, left: float, slope: float) -> Iterator[Outline]:
    """Lines t = slope * s + c across the box, 2 m apart."""
    ends = [slope * low, slope * high]
    for c in np.arange(right - max(ends) + 1.0, left - min(ends), 2.0):
        s0, s1 = sorted(((right - float(c)) / slope, (left - float(c)) / slope))
        s0, s1 = max(s0, low), min(s1, high)
        if s1 - s0 > 0.3:
            a, b = slope * s0 + float(c), slope * s1 + float(c)
            yield (s0, a - 0.1), (s1, b - 0.1), (s1, b + 0.1), (s0, a + 0.1)


# Strokes of capital letters in a box 4 wide (from the left) and 8 high (from the bottom): x0, x1, y0, y1.
_LETTERS: dict[str, tuple[Box, ...]] = {
    "S": ((0, 4, 0, 1.2), (3.1, 4, 1.2, 3.4), (0, 4, 3.4, 4.6), (0, 0.9, 4.6, 6.8), (0, 4, 6.8, 8)),
    "L": ((0, 0.9, 0, 8), (0.9, 4, 0, 1.2)),
    "O": ((0, 0.9, 0, 8), (3.1, 4, 0, 8), (0.9, 3.1, 0, 1.2), (0.9, 3.1, 6.8, 8)),
    "W": ((0, 0.8, 0, 8), (3.2, 4, 0, 8), (1.6, 2.4, 0, 5), (0.8, 1.6, 0, 1.2), (2.4, 3.2, 0, 1.2)),
}
_LETTER_LONG_M, _LETTER_WIDE_M, _LETTER_STEP_M = 1.6, 0.42, 0.58  # diagram 1024: letters 1.6 m long


def word(text: str, at_m: float) -> Iterator[Outline]:
    """Elongated letters on the ego lane, to be read by its driver."""
    for i, letter in enumerate(text):
        left = (len(text) / 2 - i) * _LETTER_STEP_M - (_LETTER_STEP_M - _LETTER_WIDE_M) / 2
        for x0, x1, y0, y1 in _LETTERS[letter]:
            t0, t1 = left - x0 * _LETTER_WIDE_M / 4, left - x1 * _LETTER_WIDE_M / 4
            s0, s1 = at_m + y0 * _LETTER_LONG_M / 8, at_m + y1 * _LETTER_LONG_M / 8
            yield (s0, t0), (s0, t1), (s1, t1), (s1, t0)

"""The plan of a street, shared by all the actors that lie on the ground: lanes, kerbs, pavements, crossing, junction.

Road coordinates: `s` metres along the road (0 is where the camera's car starts), `t` metres to the left of the middle of the
ego lane. `RoadLayout.world` bends them along an arc, so that everything is planned as if the road were straight.
`v` is the distance outwards from a kerb. One common frame: origin at the camera's car, +X its direction of travel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")

CROSSING_WIDTH_M = 3.2
KERB_WIDTH_M = 0.15  # kerb stones are 125 to 150 mm wide (BS EN 1340)
_STEP_CURVED_M, _STEP_STRAIGHT_M = 4.0, 20.0  # 4 m chords stay within 2 cm of the tightest arc allowed
_ARC_POINTS = 7


@dataclass(frozen=True)
class Block:
    """The land on one side of the road between two side roads: from `start_m` to `end_m` along its kerb.

    `corner` says at which end the kerb turns off into the side road, if at all.
    """

    side: Side
    start_m: float
    end_m: float
    corner: Literal["start", "end"] | None = None

    @property
    def length_m(self) -> float:
        return self.end_m - self.start_m


class RoadLayout(BaseModel):
    """A street of `behind_m` + `ahead_m` metres. Widths of 0 mean that the thing is not there.

    curvature_per_m: 1 / radius, positive bends left. ego_lane: counted from the kerb, 0 is the outermost.
    cycle_lane_m: on both sides that have lanes, between the last lane and the parking places.
    setback: depth of the front gardens between the pavement and the building line.
    crossing_at_m, junction_at_m: distance ahead of the camera, or none; a crossing makes way for a
    junction (`crossing_s`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    drive_on: Literal["left", "right"] = "left"
    ahead_m: float = Field(default=220.0, ge=60, le=400)
    behind_m: float = Field(default=30.0, ge=10, le=100)
    curvature_per_m: float = Field(default=0.0, ge=-0.008, le=0.008)
    lanes_forward: int = Field(default=1, ge=1, le=4)
    lanes_backward: int = Field(default=1, ge=0, le=4)
    ego_lane: int = Field(default=0, ge=0, le=3)
    lane_width_m: float = Field(default=3.2, ge=2.4, le=4.5)
    cycle_lane_m: float = Field(default=0.0, ge=0, le=2.5)
    parking_left_m: float = Field(default=0.0, ge=0, le=3)
    parking_right_m: float = Field(default=0.0, ge=0, le=3)
    verge_left_m: float = Field(default=0.0, ge=0, le=6)
    verge_right_m: float = Field(default=0.0, ge=0, le=6)
    pavement_left_m: float = Field(default=2.2, ge=0.8, le=8)
    pavement_right_m: float = Field(default=2.2, ge=0.8, le=8)
    setback_left_m: float = Field(default=0.0, ge=0, le=15)
    setback_right_m: float = Field(default=0.0, ge=0, le=15)
    kerb_height_m: float = Field(default=0.11, ge=0.04, le=0.25)
    crossing_at_m: float | None = Field(default=None, ge=6, le=300)
    crossing_kind: Literal["zebra", "signal"] = "zebra"
    junction_at_m: float | None = Field(default=None, ge=12, le=300)
    junction_sides: Literal["left", "right", "both"] = "both"
    side_road_width_m: float = Field(default=6.0, ge=4, le=14)
    side_road_length_m: float = Field(default=60.0, ge=30, le=80)
    corner_radius_m: float = Field(default=4.0, ge=0.5, le=12)
    centre_line: Literal["dashed", "warning", "solid", "double", "hatched", "none"] = "dashed"
    edge_lines: Literal["none", "white", "yellow", "double_yellow"] = "double_yellow"

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.ego_lane >= self.lanes_forward:
            raise ValueError(f"ego_lane is {self.ego_lane}, but with lanes_forward={self.lanes_forward} it must be below that")
        for name in ("crossing_at_m", "junction_at_m"):
            at = getattr(self, name)
            if at is not None and at > self.ahead_m - 25:
                raise ValueError(f"{name} is {at}, but the road of ahead_m={self.ahead_m} has room for it only up to {self.ahead_m - 25}")
        if self.junction_at_m is not None and self.junction_at_m - self.mouth_m < -self.behind_m + 5:
            raise ValueError(f"junction_at_m is {self.junction_at_m}, which leaves no road before it; give at least {self.mouth_m}")
        return self

    # --- across the road ---

    @property
    def forward_side(self) -> Side:
        """The side of the centre line on which the camera's car drives."""
        return self.drive_on

    def lanes(self, side: Side) -> int:
        return self.lanes_forward if side == self.forward_side else self.lanes_backward

    @property
    def centre_t(self) -> float:
        """Where the centre line is: the ego lane's middle is t = 0."""
        away = (self.lanes_forward - self.ego_lane - 0.5) * self.lane_width_m
        return -sign(self.forward_side) * away

    def parking_m(self, side: Side) -> float:
        return self.parking_left_m if side == "left" else self.parking_right_m

    def verge_m(self, side: Side) -> float:
        return self.verge_left_m if side == "left" else self.verge_right_m

    def pavement_m(self, side: Side) -> float:
        return self.pavement_left_m if side == "left" else self.pavement_right_m

    def setback_m(self, side: Side) -> float:
        return self.setback_left_m if side == "left" else self.setback_right_m

    def cycle_m(self, side: Side) -> float:
        return self.cycle_lane_m if self.lanes(side) else 0.0

    def lanes_edge_t(self, side: Side) -> float:
        """The outer edge of the outermost lane."""
        return self.centre_t + sign(side) * self.lanes(side) * self.lane_width_m

    def kerb_t(self, side: Side) -> float:
        """The edge of the carriageway."""
        return self.lanes_edge_t(side) + sign(side) * (self.cycle_m(side) + self.parking_m(side))

    def verge_v(self, side: Side) -> tuple[float, float]:
        return KERB_WIDTH_M, KERB_WIDTH_M + self.verge_m(side)

    def pavement_v(self, side: Side) -> tuple[float, float]:
        inner = self.verge_v(side)[1]
        return inner, inner + self.pavement_m(side)

    def frontage_v(self, side: Side) -> float:
        return self.pavement_v(side)[1] + self.setback_m(side)

    def t_of(self, side: Side, v_m: float) -> float:
        """The t of a point `v_m` outwards from the kerb."""
        return self.kerb_t(side) + sign(side) * v_m

    # --- along the road ---

    @property
    def mouth_m(self) -> float:
        """Half the width of a side road's opening in the kerb, rounded corners included."""
        return self.side_road_width_m / 2 + self.corner_radius_m

    @property
    def crossing_s(self) -> float | None:
        """Where the crossing is: at `crossing_at_m`, or just before (else behind) the junction if that lies in the way."""
        if self.crossing_at_m is None or self.junction_at_m is None:
            return self.crossing_at_m
        clear = self.mouth_m + CROSSING_WIDTH_M / 2 + 3.0
        if abs(self.crossing_at_m - self.junction_at_m) >= clear:
            return self.crossing_at_m
        before = self.junction_at_m - clear
        return before if before > 5.0 else self.junction_at_m + clear

    def has_junction(self, side: Side) -> bool:
        return self.junction_at_m is not None and self.junction_sides in (side, "both")

    def blocks(self, side: Side) -> list[Block]:
        """One block, or the two on either side of the side road."""
        if self.junction_at_m is None or not self.has_junction(side):
            return [Block(side, -self.behind_m, self.ahead_m)]
        half = self.side_road_width_m / 2
        return [
            Block(side, -self.behind_m, self.junction_at_m - half, "end"),
            Block(side, self.junction_at_m + half, self.ahead_m, "start"),
        ]

    def kerb_path(self, block: Block, inset_m: float) -> np.ndarray:
        """(N, 2) points (s, t) parallel to the block's kerb, `inset_m` inside; N does not depend on the inset.

        It runs along the road and turns round the corner into the side road, with increasing s on the road.
        """
        u, v = self._corner_path(block, inset_m) if block.corner else self._straight_path(block, inset_m)
        if block.corner == "start":
            u, v = block.length_m - u[::-1], v[::-1]
        return np.stack([block.start_m + u, self.t_of(block.side, 0.0) + sign(block.side) * v], axis=1)

    def _straight_path(self, block: Block, inset_m: float) -> tuple[np.ndarray, np.ndarray]:
        u = np.linspace(0.0, block.length_m, self.steps(block.length_m) + 1)
        return u, np.full(len(u), inset_m)

    def _corner_path(self, block: Block, inset_m: float) -> tuple[np.ndarray, np.ndarray]:
        length, radius, reach = block.length_m, self.corner_radius_m, self.side_road_length_m
        turn = max(radius, inset_m)
        main = np.linspace(0.0, length - turn, self.steps(length) + 1)
        angle = np.linspace(-np.pi / 2, 0.0, _ARC_POINTS)[1:-1]
        bend = max(radius - inset_m, 0.0)
        arc_u, arc_v = length - turn + bend * np.cos(angle), turn + bend * np.sin(angle)
        side = np.linspace(turn, reach, self.steps(reach) + 1)
        u = np.concatenate([main, arc_u, np.full(len(side), length - inset_m)])
        return u, np.concatenate([np.full(len(main), inset_m), arc_v, side])

    def steps(self, length_m: float) -> int:
        """Into how many pieces a line of that length is cut to follow the bend."""
        return max(1, int(np.ceil(abs(length_m) / (_STEP_CURVED_M if self.curvature_per_m else _STEP_STRAIGHT_M))))

    # --- into the world ---

    def world(self, s_m: np.ndarray | float, t_m: np.ndarray | float) -> np.ndarray:
        """(..., 2) float64 x, y of road coordinates: an arc through the origin along +X."""
        s, t = np.asarray(s_m, float), np.asarray(t_m, float)
        points = np.empty((*np.broadcast_shapes(s.shape, t.shape), 2))
        if self.curvature_per_m == 0:
            points[..., 0], points[..., 1] = s, t
        else:
            radius = 1 / self.curvature_per_m
            angle = s * self.curvature_per_m
            points[..., 0], points[..., 1] = (radius - t) * np.sin(angle), radius - (radius - t) * np.cos(angle)
        return points

    def footprint_m(self, left_t: float, right_t: float, *, side_roads: float = 0.0) -> tuple[float, float]:
        """Length and width of the box, centred on the origin, around the road from `right_t` to `left_t`.

        `side_roads`: how far outwards from the kerb the junction's arms reach, 0 to leave them out.
        """
        lines = [(t, -self.behind_m, self.ahead_m) for t in (left_t, right_t)]
        if side_roads and self.junction_at_m is not None:
            start, end = self.junction_at_m - self.mouth_m, self.junction_at_m + self.mouth_m
            lines += [(self.t_of(side, side_roads), start, end) for side in SIDES if self.has_junction(side)]
        length, width = 2 * np.abs(self.world(*np.array([(s, t) for t, *span in lines for s in self._outermost(*span)]).T)).max(0)
        return float(length), float(width)

    def _outermost(self, start_m: float, end_m: float) -> list[float]:
        """Where a line along the road can be outermost in x or y: its ends, and every quarter turn of the bend between them."""
        turn = abs(self.curvature_per_m) / (math.pi / 2)  # quarter turns a metre
        quarters = range(math.ceil(start_m * turn), math.floor(end_m * turn) + 1) if turn else ()
        return [start_m, end_m, *(k / turn for k in quarters)]


def sign(side: Side) -> float:
    """+1 for the left (positive t), -1 for the right."""
    return 1.0 if side == "left" else -1.0

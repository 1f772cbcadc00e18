"""The table of traffic signs: 44 designs, each a family of faces (sign_faces.py) with a symbol (sign_symbols.py)."""

from __future__ import annotations

from typing import Literal, get_args

from scenes.street.sign_faces import Design

DesignName = Literal[
    "speed_limit", "speed_limit_end", "no_entry", "closed", "give_way", "stop", "priority_road", "no_left_turn", "no_right_turn",
    "no_u_turn", "no_cycling", "no_pedestrians", "no_cars", "no_parking", "no_stopping", "ahead_only", "turn_left", "turn_right",
    "keep_left", "keep_right", "roundabout", "cycle_path", "footpath", "one_way", "pedestrian_crossing", "parking", "hospital",
    "bus_stop", "dead_end", "warn_bend", "warn_double_bend", "warn_children", "warn_roadworks", "warn_crossroads", "warn_junction",
    "warn_pedestrians", "warn_traffic_lights", "warn_hump", "warn_bicycles", "warn_narrow", "warn_danger", "direction_board",
    "street_name", "chevron",
]  # fmt: skip
DESIGN_NAMES: tuple[DesignName, ...] = get_args(DesignName)

DESIGNS: dict[DesignName, Design] = {
    "speed_limit": Design("speed"),
    "speed_limit_end": Design("speed_end"),
    "no_entry": Design("no_entry"),
    "closed": Design("prohibition"),
    "give_way": Design("give_way", width_m=0.75),
    "stop": Design("stop", width_m=0.75),
    "priority_road": Design("priority", width_m=0.7),
    "no_left_turn": Design("prohibition", "left", slash=True, size=0.5),
    "no_right_turn": Design("prohibition", "right", slash=True, size=0.5),
    "no_u_turn": Design("prohibition", "u_turn", slash=True, size=0.55),
    "no_cycling": Design("prohibition", "bicycle", size=0.62),
    "no_pedestrians": Design("prohibition", "walker", size=0.6),
    "no_cars": Design("prohibition", "car", size=0.6),
    "no_parking": Design("no_parking"),
    "no_stopping": Design("no_parking", "cross"),
    "ahead_only": Design("mandatory", "ahead", size=0.72),
    "turn_left": Design("mandatory", "left", size=0.68),
    "turn_right": Design("mandatory", "right", size=0.68),
    "keep_left": Design("mandatory", "down_left", size=0.72),
    "keep_right": Design("mandatory", "down_right", size=0.72),
    "roundabout": Design("mandatory", "roundabout", size=0.9),
    "cycle_path": Design("mandatory", "bicycle", size=0.74),
    "footpath": Design("mandatory", "walker", size=0.72),
    "one_way": Design("one_way", width_m=0.9),
    "pedestrian_crossing": Design("crossing", "walker"),
    "parking": Design("plate", "parking", size=0.85),
    "hospital": Design("plate", "hospital", size=0.85),
    "bus_stop": Design("plate", "bus", size=0.8, width_m=0.45),
    "dead_end": Design("plate", "dead_end", size=0.75),
    "warn_bend": Design("warning", "bend", width_m=0.75),
    "warn_double_bend": Design("warning", "double_bend", width_m=0.75),
    "warn_children": Design("warning", "children", width_m=0.75),
    "warn_roadworks": Design("warning", "digger", width_m=0.75),
    "warn_crossroads": Design("warning", "crossroads", width_m=0.75),
    "warn_junction": Design("warning", "t_junction", width_m=0.75),
    "warn_pedestrians": Design("warning", "walker", width_m=0.75),
    "warn_traffic_lights": Design("warning", "traffic_lights", width_m=0.75),
    "warn_hump": Design("warning", "hump", width_m=0.75),
    "warn_bicycles": Design("warning", "bicycle", width_m=0.75),
    "warn_narrow": Design("warning", "narrows", width_m=0.75),
    "warn_danger": Design("warning", "exclamation", width_m=0.75),
    "direction_board": Design("direction", width_m=1.8),
    "street_name": Design("street_name", width_m=0.9),
    "chevron": Design("chevron", width_m=1.5),
}

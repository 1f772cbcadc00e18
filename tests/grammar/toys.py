"""Tiny actors and a small street for tests of the grammar; their sizes and strips are plain numbers."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.spatial.transform import Rotation

from generator.actor import Actor, register
from generator.geometry import Strip, Vector
from generator.grammar import Grammar, load_grammar
from generator.mesh import Material, Mesh
from generator.spec import ObjectSpec
from scenes.shapes import box, plate


@register
class TestRoad(Actor):
    """A straight road along +X, from x = 0, with two lanes, a pavement and a row of parking places on its left."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_road"] = "test_road"
    length_m: float = Field(default=100.0, gt=0)
    lane_width_m: float = Field(default=3.0, gt=0)

    semantic: ClassVar[str] = "road"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        return (self.length_m, 20.0, 0.0)

    def build(self) -> Mesh:
        x = self.length_m / 2
        return plate(np.array([(-x, -10.0, 0.0), (x, -10.0, 0.0), (x, 10.0, 0.0), (-x, 10.0, 0.0)]), Material())

    def strips(self) -> Mapping[str, Strip]:
        line = np.array([[-self.length_m / 2, 0.0, 0.0], [self.length_m / 2, 0.0, 0.0]])
        middle = Strip(line, self.lane_width_m)
        w = self.lane_width_m
        return {
            "lane_0": middle.shifted(-w / 2, w),
            "lane_1": middle.shifted(w / 2, w, reverse=True),
            "parking_left": middle.shifted(1.5 * w, 2.2),
            "pavement_left": middle.shifted(9.0, 3.0).raised(0.15),
            "pavement_right": middle.shifted(-9.0, 3.0).raised(0.15),
        }


@register
class TestBlock(Actor):
    """A box of any size and colour."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_block"] = "test_block"
    length_m: float = Field(default=4.0, gt=0)
    width_m: float = Field(default=1.8, gt=0)
    height_m: float = Field(default=1.5, gt=0)
    color: tuple[float, float, float] = (0.5, 0.5, 0.5)
    body: Literal["sedan", "hatch", "wagon"] = "sedan"
    lit: bool = False
    doors: int = Field(default=4, ge=2, le=5)
    material: Material = Material()

    semantic: ClassVar[str] = "vehicle"

    def size_m(self) -> Vector:
        return (self.length_m, self.width_m, self.height_m)

    def build(self) -> Mesh:
        return box(self.size_m(), Material(color=self.color), center_m=(0.0, 0.0, self.height_m / 2))


@register
class TestPerson(Actor):
    """A box as large as a person."""

    __test__: ClassVar[bool] = False
    kind: Literal["test_person"] = "test_person"
    height_m: float = Field(default=1.75, gt=0)

    semantic: ClassVar[str] = "person"

    def size_m(self) -> Vector:
        return (0.4, 0.5, self.height_m)

    def build(self) -> Mesh:
        return box(self.size_m(), Material(), center_m=(0.0, 0.0, self.height_m / 2))


STREET: dict[str, Any] = {
    "name": "toy_street",
    "categories": ["car", "bus", "person"],
    "factors": {"traffic": {"uniform": [0.0, 1.0]}, "weather": {"choice": {"clear": 5, "rain": 3, "fog": 1}}},
    "params": {"lane_width_m": {"uniform": [2.8, 3.5]}, "rate": "6 * traffic"},
    "start": "street",
    "rules": {
        "street": {"kind": "sequence", "of": {
            "road": "road",
            "traffic": {"kind": "repeat", "count": {"poisson": "rate"}, "of": "vehicle"},
            "walkers": {
                "kind": "repeat", "count": {"poisson": "4 * traffic"},
                "of": {"kind": "rule", "rule": "walker", "with": {"strip": "road.pavement_*"}},
            },
        }},
        "road": {
            "kind": "actor", "actor": "test_road", "params": {"lane_width_m": "lane_width_m"},
            "place": {"at": {"x_m": 50.0}},
        },
        "vehicle": {"kind": "choice", "weights": {"car": 8, "bus": 1}},
        "car": {
            "kind": "actor", "actor": "test_block", "category": "car",
            "params": {
                "length_m": {"uniform": [3.5, 5.0]}, "body": {"choice": {"sedan": 2, "wagon": 1}},
                "color": {"hsv": [{"uniform": [0, 1]}, 0.5, {"uniform": [0.3, 1.0]}]},
            },
            "place": {"along": {"strip": "road.lane_*"}},
            "speed_m_s": {"uniform": [0, 14]},
        },
        "bus": {
            "kind": "actor", "actor": "test_block", "category": "bus", "params": {"length_m": 12.0, "width_m": 2.5, "height_m": 3.0},
            "place": {"along": {"strip": "road.lane_0"}},
        },
        "walker": {
            "kind": "actor", "actor": "test_person", "category": "person",
            "place": {"along": {"strip": {"expr": "strip"}, "heading": "random"}},
        },
    },
    "camera": {"hfov_rad": "deg(60)", "mount": {"strip": "road.lane_0", "s_m": 0.0, "height_m": 1.4}},
}  # fmt: skip


def street(**changes: Any) -> dict[str, Any]:
    """The small street with values at dotted paths ("rules__car__category" for rules.car.category) replaced or added."""
    data = copy.deepcopy(STREET)
    for path, value in changes.items():
        *parents, last = path.split("__")
        here = data
        for part in parents:
            here = here.setdefault(part, {})
        here[last] = value
    return data


def grammar(**changes: Any) -> Grammar:
    return load_grammar(street(**changes), source="toy.yaml")


def world_corners(item: ObjectSpec) -> np.ndarray:
    """(8, 3) float64 corners of an object's box in the world by scipy's rotations: x slowest, then y, then z, each from low to high."""
    low_high = [(-size / 2, size / 2) for size in item.size_m[:2]] + [(0.0, item.size_m[2])]
    w, x, y, z = item.pose.rotation_wxyz
    turned: np.ndarray = Rotation.from_quat([x, y, z, w]).apply(list(itertools.product(*low_high)))
    return turned + item.pose.position_m


def lone(node: dict[str, Any], **changes: Any) -> Grammar:
    """A street on which only `node` is placed, as the rule "thing", after the road."""
    rules = {**STREET["rules"], "street": {"kind": "sequence", "of": ["road", "thing"]}, "thing": node}
    return grammar(rules=rules, **changes)

"""City buses: single and double deckers."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, Rgb, merge
from generator.spec import LampSpec
from scenes.street import lettering
from scenes.street.drawings import mounted
from scenes.street.vehicles import assembly, boxhulls, details, panels, plates, surfaces, wheels
from scenes.street.vehicles.boxhulls import BoxShape
from scenes.street.vehicles.skin import Skin, both_sides, paint, skin_of
from scenes.street.vehicles.surface import Hull

_MIRROR_M = 0.16  # a mirror's reach beyond the side
_WHEEL_M, _ARCH_M = 0.96, 0.56
_PLACES = ("STATION", "CITY CENTRE", "HOSPITAL", "MARKET", "UNIVERSITY", "PARK AND RIDE", "NORTH END", "HARBOUR", "AIRPORT", "WESTFIELD")


@register
class Bus(Actor):
    """A city bus. `kerb` is the side with the doors; `color2` paints the skirt or, on double deckers, the upper deck's band."""

    kind: Literal["bus"] = "bus"
    decks: Literal[1, 2] = 1
    length_m: float = Field(default=11.4, ge=8.5, le=13.5)
    color: Rgb = (0.45, 0.02, 0.02)
    color2: Rgb = (0.62, 0.60, 0.55)
    kerb: Literal["left", "right"] = "left"
    destination: str = Field(default="", pattern=r"^[A-Z0-9 .\-]{0,18}$")
    headlights: bool = False
    brake_lights: bool = False
    indicator: Literal["off", "left", "right", "both"] = "off"
    dirt: float = Field(default=0.25, ge=0, le=1)
    plate: plates.PlateStyle = "uk"

    semantic: ClassVar[str] = "bus"
    passing: ClassVar[frozenset[str]] = surfaces.PASSING

    def shape(self) -> BoxShape:
        height = 3.05 if self.decks == 1 else 4.30
        return BoxShape(self.length_m, 2.52, height, 0.27, corner=0.30, bow=0.16, lean=0.16 if self.decks == 1 else 0.30, lean_from_z=0.9)

    def axles_x(self) -> tuple[float, float]:
        return self.length_m / 2 - 2.65, -self.length_m / 2 + 3.05

    def size_m(self) -> Vector:
        s = self.shape()
        return (s.length, s.width + 2 * _MIRROR_M, s.height)

    def build(self) -> Mesh:
        s = self.shape()
        hull, u, v = boxhulls.box_hull(s)
        skin, edges = boxhulls.arches(skin_of(hull, u, v), self.axles_x(), _ARCH_M, _WHEEL_M / 2 + 0.02)
        main = surfaces.paint(self.color, flake=0.05, dirt=self.dirt)
        second = surfaces.paint(self.color2, flake=0.05, dirt=self.dirt)
        one = wheels.wheel(_WHEEL_M, 0.30, "steel", surfaces.GALVANISED, rim_share=0.60)
        kerb = details.pair(merge(self._doors(hull)))[0 if self.kerb == "left" else 1]
        return merge([
            both_sides(self._striped(skin), {"paint": main, "second": second}),
            *details.pair(boxhulls.wells(skin, edges, self.axles_x(), _ARCH_M, _WHEEL_M / 2 + 0.02, 0.45)),
            details.floor(skin),
            *wheels.mounted(one, self.axles_x(), s.width / 2 - 0.20, _WHEEL_M / 2),
            *details.pair(merge(self._windows(hull))),
            merge(self._ends(hull, "left")),
            merge(self._ends(hull, "right")).transformed(details.MIRROR),
            kerb,
            *self._fixtures(s, hull),
        ])  # fmt: skip

    def _striped(self, skin: Skin) -> Skin:
        """A second colour on the skirt, or on the band between the decks."""
        if self.decks == 2:
            return paint(skin, lambda s: np.abs(s.z - 2.60) - 0.15, "second")
        rise = 0.10 if self.stream().child("swoop").uniform() < 0.5 else 0.0
        return paint(skin, lambda s: s.z - 0.78 - rise * np.maximum(-s.x, 0), "second")

    def _ends(self, hull: Hull, side: str) -> list[Mesh]:
        """Left half (lit as `side` is) of windscreen, display, lamps, bumpers and rear window."""
        reach, top = self.shape().width / 2 + 0.02, self.shape().height
        black, dark = surfaces.GLOSS_BLACK, surfaces.PLASTIC
        parts = [
            panels.front_pane(hull, 0, reach, 1.02, 2.92, 0.10, black, 0.003),
            panels.front_pane(hull, 0, reach - 0.06, 1.08, 2.52, 0.08, surfaces.GLASS, 0.006),
            panels.front_pane(hull, 0, 2.0, 0.335, 0.47, 0.02, dark),
            panels.front_pane(hull, 0, 0.62, 0.62, 0.80, 0.04, dark),
            panels.front_pane(hull, 0.70, 1.20, 0.58, 0.82, 0.10, surfaces.LAMP_SHADE),
            panels.front_pane(hull, 0.74, 0.90, 0.62, 0.78, 0.075, surfaces.bulb(self.headlights), 0.007),
            panels.front_pane(hull, 0.93, 1.09, 0.62, 0.78, 0.075, surfaces.bulb(self.headlights), 0.007),
            panels.front_pane(hull, 1.11, 1.18, 0.64, 0.76, 0.03, surfaces.indicator_lamp(self.indicator, side), 0.007),
            panels.rear_pane(hull, 0, 0.98, 1.85 if self.decks == 1 else 3.15, top - 0.45, 0.10, surfaces.GLASS),
            panels.rear_pane(hull, 0, 0.85, 0.72, 1.45, 0.03, dark),
            panels.rear_pane(hull, 0, 2.0, 0.335, 0.50, 0.02, dark),
            panels.rear_pane(hull, 1.0, 1.14, 0.66, 0.96, 0.03, surfaces.tail_lamp(self.headlights, self.brake_lights)),
            panels.rear_pane(hull, 1.0, 1.14, 0.98, 1.12, 0.03, surfaces.indicator_lamp(self.indicator, side)),
        ]
        if self.decks == 2:
            parts.append(panels.front_pane(hull, 0, reach, 3.05, 3.98, 0.10, black, 0.003))
            parts.append(panels.front_pane(hull, 0, reach - 0.05, 3.10, 3.93, 0.08, surfaces.GLASS, 0.006))
        return parts

    def _windows(self, hull: Hull) -> list[Mesh]:
        """Bands of panes along the left side, a black frame behind them."""
        s, black = self.shape(), surfaces.GLOSS_BLACK
        front, rear = s.length / 2 - 0.62, -s.length / 2 + 0.40
        bands = [(1.18, s.height - 0.40, front, rear)]
        if self.decks == 2:
            bands = [(1.22, 2.28, front, rear + 1.1), (3.05, 3.96, front + 0.16, rear)]
        parts = []
        for low, high, start, end in bands:
            parts.append(panels.side_pane(hull, end, start, low, high, 0.08, black, 0.003))
            count = round((start - end) / 1.42)
            edges = np.linspace(end + 0.04, start - 0.04, count + 1)
            for a, b in pairwise(edges):
                split = high - 0.32 if self.decks == 1 else high - 0.04
                parts.append(panels.side_pane(hull, a + 0.02, b - 0.02, low + 0.04, split, 0.06, surfaces.GLASS, 0.006))
                if self.decks == 1:
                    parts.append(panels.side_pane(hull, a + 0.02, b - 0.02, split + 0.025, high - 0.04, 0.04, surfaces.GLASS, 0.006))
        return parts

    def _doors(self, hull: Hull) -> list[Mesh]:
        """Two-leaf glass doors on the left: one beside the driver, on single deckers another one amidships."""
        nose = self.length_m / 2
        spans = [(nose - 1.82, nose - 0.60)] + ([(-0.55, 0.75)] if self.decks == 1 else [])
        parts = []
        for a, b in spans:
            parts.append(panels.side_pane(hull, a, b, 0.36, 2.36, 0.05, surfaces.GLOSS_BLACK, 0.008))
            middle = (a + b) / 2
            for c, d in ((a + 0.05, middle - 0.03), (middle + 0.03, b - 0.05)):
                parts.append(panels.side_pane(hull, c, d, 0.46, 2.28, 0.06, surfaces.GLASS, 0.011))
            parts.append(panels.side_pane(hull, middle - 0.006, middle + 0.006, 0.38, 2.34, 0.002, surfaces.GAP, 0.012))
        return parts

    def _fixtures(self, s: BoxShape, hull: Hull) -> list[Mesh]:
        """Display, mirrors, wipers, number plates and louvres."""
        nose, stream = s.length / 2, self.stream()
        words = self.destination or f"{1 + stream.child('route').integer(99)} {_PLACES[stream.child('place').integer(len(_PLACES))]}"
        amber = Material(color=(1.0, 0.45, 0.05), emission_w_m2=60.0, variation=0.0)
        parts = [panels.draped(hull, mounted(lettering.text(words, 0.20, amber, width=1.7), (0, 0, 2.72)), 0.012)]
        parts += [details.coach_mirror(nose - 0.14, side * (s.width / 2 + _MIRROR_M - 0.09), 2.30, side) for side in (-1, 1)]
        u = panels.around_front(hull, np.array([0.1, 0.85]))
        foot = hull.at(panels.at_height(hull, u, np.array([[1.10], [1.16]])).reshape(-1, 2))
        foot[:, 0] += 0.015
        parts += details.pair(details.blade(tuple(foot[0]), tuple(foot[1])))
        parts += [details.slat(-nose - 0.004, 1.5, 0.80 + 0.09 * k) for k in range(7)]
        if self.plate != "none":
            words = plates.registration(self.plate, stream.child("plate"))
            parts.append(plates.number_plate(self.plate, words, rear=False).moved((nose + 0.006, 0, 0.52)))
            parts.append(plates.number_plate(self.plate, words, rear=True).moved((-nose - 0.006, 0, 0.60), np.pi))
        return parts

    def lights(self) -> tuple[LampSpec, ...]:
        if not self.headlights:
            return ()
        return assembly.low_beams(self.length_m / 2, 0.95, 0.69)

"""The painted half body and cabin of a car: arches, shuts, lamps, grilles and glass cut into the smooth hulls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.mesh import Mesh, merge
from generator.streams import Stream
from scenes.shapes import plate
from scenes.street.vehicles import hulls, regions, surfaces
from scenes.street.vehicles.profiles import Profile
from scenes.street.vehicles.skin import Skin, paint, paint_between, recess, remove, skin_of

Region = Callable[[Skin], np.ndarray]
Outline = tuple[tuple[float, float], ...]  # corners: share of the half width round nose or tail, share of the height
_FAR = 9.0  # a distance well outside any region


@dataclass(frozen=True)
class Fittings:
    """Choices of shape that a `variant` makes. Positions along the nose are shares of the half width, heights of the nose's height."""

    headlamp: Literal["oval", "slim", "tall", "round", "swept"]
    grille: Literal["bar", "shield", "wide", "split"]
    tail_lamp: Literal["tall", "block", "slim", "corner"]
    dark_bumpers: bool
    side_strip: bool
    bright_trim: bool
    dark_pillars: bool
    fog_lamps: bool


HEADS_BY_BODY = {
    "city": ("round", "oval", "tall"),
    "suv": ("slim", "oval", "swept"),
    "pickup": ("slim", "oval"),
    "coupe": ("slim", "swept"),
    "van": ("oval", "tall"),
}
TAILS_BY_BODY = {
    "city": ("tall", "block"),
    "hatchback": ("tall", "block", "corner"),
    "sedan": ("block", "slim", "corner"),
    "coupe": ("slim", "block"),
    "estate": ("tall", "corner"),
    "suv": ("tall", "slim", "corner"),
}


def fittings(body: str, stream: Stream) -> Fittings:
    """Drawn from the stream, within what suits the body."""
    heads = HEADS_BY_BODY.get(body, ("oval", "slim", "tall", "swept"))
    tails = TAILS_BY_BODY.get(body, ("tall",))

    def pick(name: str, among: tuple[str, ...]) -> str:
        return among[stream.child(name).integer(len(among))]

    def chance(name: str, share: float) -> bool:
        return stream.child(name).uniform() < share

    return Fittings(
        headlamp=pick("headlamp", heads),  # type: ignore[arg-type]
        grille=pick("grille", ("bar", "shield", "wide", "split")),  # type: ignore[arg-type]
        tail_lamp=pick("tail_lamp", tails),  # type: ignore[arg-type]
        dark_bumpers=chance("dark_bumpers", 0.12),
        side_strip=chance("side_strip", 0.25),
        bright_trim=chance("bright_trim", 0.25),
        dark_pillars=chance("dark_pillars", 0.7),
        fog_lamps=chance("fog_lamps", 0.6),
    )


def arc_lengths(skin: Skin, columns: int, row: float) -> np.ndarray:
    """(V,) metres from front centre round the body, measured along one row."""
    u = np.linspace(0, columns - 1, 120)
    line = skin.hull.grid(u, np.array([row]))[:, 0]
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    return np.interp(skin.u, u, length)


def body_skin(profile: Profile, fit: Fittings) -> tuple[Skin, np.ndarray]:
    """The painted lower half body, and the edges of its wheel arches (E, 2)."""
    skin, edges = shell(skin_of(hulls.body_hull(profile), hulls.BODY_U, hulls.BODY_V), profile, fit)
    for region, slot in (*_nose(profile, fit), *_tail(profile, fit)):
        skin = paint(skin, region, slot)
    for slot, depth in (("grille", 0.02), ("lamp", 0.008)):
        skin = recess(skin, slot, depth, "gap")
    return skin, edges


def shell(skin: Skin, profile: Profile, fit: Fittings) -> tuple[Skin, np.ndarray]:
    """The lower half body with wheel arches and dark trim, without lamps and grilles; and the arches' edges (E, 2)."""
    skin, edges = _arches(skin, profile)
    for region, slot in _lower_trim(profile, fit):
        skin = paint(skin, region, slot)
    return (paint(skin, _bed(profile), "plastic") if profile.bed else skin), edges


def arch_radius_m(profile: Profile) -> float:
    return profile.wheel / 2 + 0.052


def _wall(skin: Skin) -> np.ndarray:
    return skin.v < 13.3


def _arches(skin: Skin, p: Profile) -> tuple[Skin, np.ndarray]:
    radius = arch_radius_m(p)

    def hole(s: Skin) -> np.ndarray:
        distance = np.minimum(*(regions.circle(s.x, s.z, (x, p.wheel / 2 + 0.015), radius) for x in p.axles_x))
        return np.where(_wall(s) & (s.y > p.width / 2 - 0.33), distance, _FAR)

    return remove(skin, hole)


def _lower_trim(p: Profile, fit: Fittings) -> list[tuple[Region, str]]:
    """Dark sills and dark bumpers."""
    sill = p.clearance_z + 0.045
    found: list[tuple[Region, str]] = [(lambda s: np.where(s.v < 6, s.z - sill, _FAR), "plastic")]
    if fit.dark_bumpers:
        top = p.clearance_z + 0.56 * (p.nose_z - p.clearance_z)
        front, rear = p.axles_x

        def bumper(s: Skin) -> np.ndarray:
            ends = np.minimum(front + arch_radius_m(p) * 0.7 - s.x, s.x - rear + arch_radius_m(p) * 0.7)
            return np.where(_wall(s), regions.both(s.z - top, ends), _FAR)

        found.append((bumper, "plastic"))
    return found


def nose_frame(p: Profile) -> tuple[float, float, float]:
    """Half width, underside and bonnet edge of the nose: what lamps and grilles are placed by."""
    return p.width / 2, p.clearance_z, p.nose_z - 0.02


HEADLAMPS: dict[str, tuple[tuple[tuple[float, float], ...], float]] = {  # corners (share of half width round the nose, share of height)
    "oval": (((0.62, 0.66), (0.68, 0.86), (0.98, 0.96), (1.20, 0.98), (1.14, 0.74), (0.9, 0.63)), 0.025),
    "slim": (((0.55, 0.76), (0.57, 0.86), (0.95, 0.93), (1.32, 0.99), (1.22, 0.82), (0.9, 0.74)), 0.012),
    "tall": (((0.66, 0.62), (0.66, 0.84), (0.88, 0.98), (1.22, 1.06), (1.17, 0.80), (1.0, 0.62)), 0.02),
    "round": (((0.80, 0.75), (0.83, 0.84), (0.92, 0.86), (0.97, 0.80), (0.94, 0.72), (0.85, 0.70)), 0.065),
    "swept": (((0.58, 0.68), (0.62, 0.80), (0.92, 0.92), (1.38, 1.04), (1.28, 0.88), (1.05, 0.70), (0.8, 0.64)), 0.015),
}
BULBS: dict[str, tuple[tuple[float, float], ...]] = {  # low and high beam: share of half width, radius in metres
    "oval": ((0.94, 0.055), (0.76, 0.045)), "slim": ((0.98, 0.042), (0.76, 0.035)), "tall": ((0.98, 0.06), (0.78, 0.05)),
    "round": ((0.885, 0.085),), "swept": ((1.02, 0.048), (0.80, 0.042)),
}  # fmt: skip
BULB_Z = {"oval": 0.81, "slim": 0.845, "tall": 0.82, "round": 0.78, "swept": 0.82}
GRILLES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "bar": (((0.0, 0.74), (0.50, 0.76), (0.53, 0.86), (0.0, 0.88)), ((0.0, 0.12), (0.62, 0.12), (0.56, 0.40), (0.0, 0.40))),
    "shield": (((0.0, 0.58), (0.30, 0.60), (0.40, 0.88), (0.0, 0.90)), ((0.0, 0.13), (0.66, 0.13), (0.58, 0.33), (0.0, 0.33))),
    "wide": (((0.0, 0.36), (0.34, 0.38), (0.42, 0.62), (0.38, 0.84), (0.0, 0.85)), ((0.0, 0.10), (0.60, 0.10), (0.55, 0.22), (0.0, 0.22))),
    "split": (((0.06, 0.70), (0.36, 0.70), (0.42, 0.88), (0.08, 0.90)), ((0.0, 0.14), (0.45, 0.14), (0.42, 0.40), (0.0, 0.40))),
}


def _nose(p: Profile, fit: Fittings) -> list[tuple[Region, str]]:
    half, low, high = nose_frame(p)

    def around(corners: tuple[tuple[float, float], ...], radius: float, *, grow: float = 0.0) -> Region:
        metric = [(a * half, low + b * (high - low)) for a, b in corners]

        def region(s: Skin) -> np.ndarray:
            a = arc_lengths(s, len(hulls.PLAN), 5.0)
            return np.where((s.x > 0.2 * p.length) & (s.v < 13.5), regions.polygon(a, s.z, metric, radius) - grow, _FAR)

        return region

    def mirrored(corners: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        """Outlines that begin on the centre line are closed beyond it, so that no border runs along the centre."""
        if corners[0][0] > 0.01:
            return corners
        return ((-0.3, corners[0][1]), *corners[1:-1], (-0.3, corners[-1][1]))

    found: list[tuple[Region, str]] = []
    for k, corners in enumerate(GRILLES[fit.grille][:1]):
        outline = mirrored(corners)
        if fit.bright_trim and k == 0:
            found.append((around(outline, 0.02, grow=0.014), "chrome"))
        found.append((around(outline, 0.02), "grille"))
    corners, radius = HEADLAMPS[fit.headlamp]
    found.append((around(corners, radius), "lamp"))
    return found


TAIL_LAMPS: dict[str, tuple[tuple[tuple[float, float], ...], float]] = {  # as headlamps, round the tail; heights up to the window
    "tall": (((0.82, 0.60), (0.80, 0.98), (1.02, 1.02), (1.10, 0.98), (1.12, 0.72), (1.0, 0.56)), 0.02),
    "block": (((0.66, 0.62), (0.66, 0.84), (1.0, 0.88), (1.30, 0.86), (1.26, 0.66), (1.0, 0.60)), 0.02),
    "slim": (((0.50, 0.72), (0.50, 0.82), (0.95, 0.88), (1.36, 0.84), (1.30, 0.74), (0.95, 0.68)), 0.012),
    "corner": (((0.74, 0.60), (0.70, 0.86), (1.0, 0.92), (1.34, 0.86), (1.22, 0.70), (1.0, 0.58)), 0.025),
}


def _tail(p: Profile, fit: Fittings) -> list[tuple[Region, str]]:
    half, low, high = p.width / 2, p.clearance_z, p.tail_z - 0.02

    def around(corners: tuple[tuple[float, float], ...], radius: float, *, grow: float = 0.0) -> Region:
        metric = [(a * half, low + b * (high - low)) for a, b in corners]

        def region(s: Skin) -> np.ndarray:
            whole = arc_lengths(s, len(hulls.PLAN), 5.0)
            a = whole.max() - whole
            return np.where((s.x < -0.2 * p.length) & (s.v < 14), regions.polygon(a, s.z, metric, radius) - grow, _FAR)

        return region

    corners, radius = TAIL_LAMPS[fit.tail_lamp]
    return [(around(corners, radius, grow=0.004), "gap"), (around(corners, radius), "red")]


def _bed(p: Profile) -> Region:
    """The soft cover over a pickup's loading bed."""
    front, side = p.nose_x - p.rear_back - 0.10, p.width / 2 - 0.15
    return lambda s: np.where(s.v > 12.5, regions.box(s.x, s.y, (-p.nose_x + 0.12, -side), (front, side), 0.05), _FAR)


def plate_bed_z(p: Profile, fit: Fittings) -> float:
    """Height of the middle of the rear number plate."""
    return p.clearance_z + (0.71 if fit.tail_lamp == "tall" else 0.50) * (p.tail_z - 0.02 - p.clearance_z)


@dataclass(frozen=True)
class TailWindow:
    """A rectangle on the left of the tail: distances from its centre, heights, and the slot it wears."""

    start_m: float
    end_m: float
    bottom_z: float
    top_z: float
    radius_m: float
    slot: str


def tail_windows(p: Profile, fit: Fittings) -> list[TailWindow]:
    """Reversing lamp and indicator inside the tail lamp, the dark lower bumper, the bed of the number plate."""
    half, low, high = p.width / 2, p.clearance_z, p.tail_z - 0.02
    corners, _ = TAIL_LAMPS[fit.tail_lamp]
    bottom, top = (low + f(b for _, b in corners) * (high - low) for f in (min, max))
    inner, outer = min(a for a, _ in corners) * half + 0.035, min(max(a for a, _ in corners) * half - 0.03, 1.12 * half)
    tall, height = fit.tail_lamp == "tall", top - bottom
    white = (bottom + 0.30 * height, bottom + 0.44 * height) if tall else (bottom + 0.30 * height, bottom + 0.48 * height)
    amber = (bottom + 0.48 * height, bottom + 0.64 * height) if tall else white
    middle = outer if tall else (inner + outer) / 2
    start = inner if tall else middle + 0.01
    z = plate_bed_z(p, fit)
    return [
        TailWindow(inner, middle - 0.01, *white, 0.012, "tail_white"),
        TailWindow(start, outer - 0.01, *amber, 0.012, "indicator"),
        TailWindow(0, 0.68 * half, low + 0.05 * (high - low), low + 0.20 * (high - low), 0.04, "plastic"),
        TailWindow(0, 0.32, z - 0.085, z + 0.085, 0.03, "plate_bed"),
    ]


def door_lines(p: Profile) -> list[float]:
    """x of the vertical door shuts, front to rear."""
    front, rear = p.axles_x
    first = p.nose_x - p.cowl_back - 0.18
    first = min(first, front - arch_radius_m(p) - 0.06)
    last_full = rear + arch_radius_m(p) * (0.55 if p.doors == 4 else 1.35)
    if p.doors == 2:
        return [first, max(first - p.door_m, last_full)]
    middle = pillar_x(p, p.pillars[1] if len(p.pillars) > 2 else p.pillars[0])
    return [first, middle, last_full]


def pillar_x(p: Profile, share: float) -> float:
    """x at the foot of a pillar at `share` of the side glass."""
    start, end = p.nose_x - p.cowl_back - 0.36, p.nose_x - p.rear_back + 0.22
    return start + (end - start) * share


def cabin_skin(profile: Profile, fit: Fittings) -> Skin:
    """The painted half cabin: glass, its black surround, pillars."""
    skin = skin_of(hulls.cabin_hull(profile), hulls.CABIN_U, hulls.CABIN_V)
    screens, side = glass(profile)
    bright = fit.bright_trim
    skin = paint(skin, lambda s: screens(s) - 0.022, "seal")
    skin = paint(skin, lambda s: side(s) - 0.030, "chrome" if bright else "seal")
    if bright:
        skin = paint(skin, lambda s: side(s) - 0.012, "seal")
    skin = paint(skin, screens, "glass")
    skin = paint(skin, side, "glass")
    for x, width in posts(profile):
        skin = paint_between(skin, _post(profile, x), width / 2, "post", ("glass",))
    return skin


POST_LEAN = 0.16  # metres a metre, backwards


def posts(p: Profile) -> list[tuple[float, float]]:
    """x at the foot, and width, of the dark pillars across the side glass."""
    feet = [pillar_x(p, share) for share in p.pillars]
    return [(x, 0.085 if p.doors == 4 and x == door_lines(p)[1] else 0.045) for x in feet]


def _post(p: Profile, x: float) -> Region:
    """Signed distance to a pillar's middle, leaning backwards."""
    return lambda s: s.x + (s.z - p.belt_z) * POST_LEAN - x


def glass(p: Profile) -> tuple[Region, Region]:
    """Windscreen and rear window in one, and the side windows."""

    def heights(s: Skin, column: float) -> tuple[np.ndarray, np.ndarray]:
        """Distances below the glass's head and above its foot, along the surface."""
        v = np.linspace(0, 11, 90)
        line = s.hull.grid(np.array([column]), v)[0]
        along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        here = np.interp(s.v, v, along)
        return here - np.interp(hulls.GLASS_HEAD_V, v, along), np.interp(hulls.GLASS_FOOT_V, v, along) - here

    def screens(s: Skin) -> np.ndarray:
        a = arc_lengths(s, hulls.CABIN_COLUMNS, 3.0)
        order = np.argsort(s.u)
        corner = np.interp([hulls.A_PILLAR_U, hulls.C_PILLAR_U], s.u[order], a[order])
        head, foot = heights(s, 0.0)
        front = regions.both(a - corner[0] + 0.05, head, foot - 0.04, soft_m=0.05)
        head, foot = heights(s, hulls.CABIN_COLUMNS - 1.0)
        rear = regions.both(corner[1] - a + 0.08, head + 0.05, foot + 0.06, soft_m=0.06)
        return np.where(s.u < hulls.CABIN_COLUMNS / 2, front, rear if p.rear_glass else _FAR)

    def side(s: Skin) -> np.ndarray:
        head, foot = heights(s, hulls.CABIN_COLUMNS / 2)
        a = arc_lengths(s, hulls.CABIN_COLUMNS, 3.0)
        order = np.argsort(s.u)
        first = float(np.interp(hulls.A_PILLAR_U, s.u[order], a[order]))
        rear_foot = p.nose_x - p.glass_back
        rear = rear_foot + (s.z - p.belt_z) * p.glass_rear_lean - s.x
        inside = regions.both(first + 0.05 - a, head, foot, rear, soft_m=0.05)
        return np.where((s.u > hulls.A_PILLAR_U - 0.5) & (s.u < hulls.C_PILLAR_U + 0.4), inside, _FAR)

    return screens, side


def wells(p: Profile, skin: Skin, edges: np.ndarray, depth_m: float, sides: int = 20) -> Mesh:
    """Dark wheel wells of the left side: the rim of each arch drawn inwards, and closed."""
    inner = skin.points.copy()
    inner[:, 1] = np.maximum(inner[:, 1] - depth_m, 0.05)
    used, local = np.unique(edges, return_inverse=True)
    local = local.reshape(-1, 2)
    count = len(used)
    points = np.concatenate([skin.points[used], inner[used]])
    a, b = local[:, 0], local[:, 1]
    walls = np.concatenate([np.stack([a, b, b + count], 1), np.stack([a, b + count, a + count], 1)])
    closing = []
    for x in p.axles_x:
        angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
        reach = arch_radius_m(p) + 0.05
        outline = np.column_stack(
            [
                x + reach * np.cos(angle),
                np.full(sides, p.width / 2 - depth_m - 0.01),
                np.maximum(p.wheel / 2 + reach * np.sin(angle), 0.7 * p.clearance_z),
            ]
        )
        closing.append(plate(outline[::-1], surfaces.UNDERBODY))
    return merge([Mesh.of(points, walls, surfaces.UNDERBODY), *closing])


__all__ = [
    "Fittings",
    "arc_lengths",
    "arch_radius_m",
    "body_skin",
    "cabin_skin",
    "door_lines",
    "fittings",
    "glass",
    "nose_frame",
    "pillar_x",
    "posts",
    "shell",
    "tail_windows",
    "wells",
]

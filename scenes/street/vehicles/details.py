"""What is screwed onto a car's body: mirrors, handles, wipers, plates, rails, exhaust, and the floor below."""

from __future__ import annotations

import numpy as np

from generator.mesh import Material, Mesh, merge
from scenes.shapes import box, loft, plate, tube
from scenes.street.vehicles import surfaces
from scenes.street.vehicles.skin import Skin
from scenes.street.vehicles.surface import Hull

MIRROR = np.diag([1.0, -1.0, 1.0])


def pair(left: Mesh) -> list[Mesh]:
    """The part and its mirror image on the right."""
    return [left, left.transformed(MIRROR)]


def side_y(skin: Skin, x: float, z: float) -> float:
    """y of the left side at (x, z): the mean of the four nearest vertices on the wall."""
    wall = np.flatnonzero(skin.y > 0.55 * skin.y.max())
    distance = np.hypot(skin.x[wall] - x, skin.z[wall] - z)
    near = wall[np.argsort(distance, kind="stable")[:4]]
    return float(skin.y[near].mean())


def end_x(skin: Skin, z: float, *, rear: bool) -> float:
    """x of the nose (or tail) on the centre line at height z."""
    line = np.flatnonzero((np.abs(skin.y) < 0.12) & ((skin.x < 0) == rear) & (np.abs(skin.x) > 0.6 * skin.x.max()))
    near = line[np.argsort(np.abs(skin.z[line] - z), kind="stable")[:4]]
    return float(skin.x[near].min() if rear else skin.x[near].max())


def floor(skin: Skin) -> Mesh:
    """Closes the body from below."""
    row = np.flatnonzero(skin.v == 0)
    left = skin.points[row[np.argsort(skin.u[row], kind="stable")]]
    outline = np.concatenate([left, (left * [1, -1, 1])[::-1]])[::-1]
    return plate(outline, surfaces.UNDERBODY)


def door_mirror(x: float, inner_y: float, outer_y: float, z: float, material: Material) -> Mesh:
    """The left door mirror: a rounded shell that looks back, on a short arm."""
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    width = (outer_y - inner_y) * 0.86
    middle = outer_y - width / 2
    c, s = np.cos(angle), np.sin(angle)
    square = np.column_stack([np.sign(c) * np.abs(c) ** 0.5, np.sign(s) * np.abs(s) ** 0.6])
    rings = [
        np.column_stack([np.full(12, x + dx), middle + square[:, 0] * width / 2 * k, z + square[:, 1] * 0.066 * k + 0.004])
        for dx, k in ((-0.045, 0.97), (-0.02, 1.0), (0.02, 0.92), (0.05, 0.66), (0.062, 0.30))
    ]
    shell = loft(np.stack(rings)[::-1, ::-1], material, smooth=True)
    glass = plate(rings[0][::-1] * np.array([1, 1, 1]) + np.array([-0.002, 0, 0]), surfaces.GLASS)
    arm = tube(np.array([(x + 0.02, inner_y - 0.06, z - 0.045), (x + 0.01, middle, z - 0.035)]), 0.022, surfaces.PLASTIC, segments=6)
    return merge([shell, glass, arm])


def door_handle(skin: Skin, x: float, z: float, material: Material) -> Mesh:
    """The grip of a left door, 17 cm long, hinged at the front."""
    y = side_y(skin, x, z)
    path = np.array(
        [(x + 0.085, y - 0.012, z), (x + 0.07, y + 0.016, z), (x - 0.07, y + 0.018, z + 0.003), (x - 0.085, y - 0.012, z + 0.003)]
    )
    return merge([tube(path, 0.0125, material, segments=6), box((0.13, 0.012, 0.045), surfaces.GAP, center_m=(x, y - 0.004, z))])


def wipers(cabin: Hull) -> list[Mesh]:
    """Two blades at rest along the foot of the windscreen."""
    found = []
    for start, end in ((2.7, 0.4), (-0.1, -2.3)):
        u = np.linspace(start, end, 6)
        points = cabin.at(np.column_stack([np.abs(u), np.linspace(1.05, 1.45, 6)]))
        points[:, 1] *= np.sign(u)
        found.append(tube(points + np.array([0.012, 0, 0.016]), 0.0085, surfaces.PLASTIC, segments=4))
    return found


def roof_rails(cabin: Hull, columns: tuple[float, float], material: Material, count: int = 9, sides: int = 6) -> list[Mesh]:
    """A bar over each roof edge, through `count` points."""
    u = np.linspace(columns[0], columns[1], count)
    points = cabin.at(np.column_stack([u, np.full(count, 7.9)]))
    points[1:-1, 2] += 0.035
    return pair(tube(points, 0.014, material, segments=sides))


def roof_box(top_z: float, x: float) -> Mesh:
    """A ski box, 1.7 m long, on two bars."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    square = np.column_stack([np.sign(c) * np.abs(c) ** 0.5, np.sign(s) * np.abs(s) ** 0.5])
    rings = [
        np.column_stack([np.full(16, x + dx), square[:, 0] * 0.37 * k, top_z + 0.09 + 0.14 + square[:, 1] * 0.14 * h])
        for dx, k, h in ((-0.85, 0.7, 0.6), (-0.80, 0.95, 0.9), (-0.3, 1.0, 1.0), (0.4, 0.97, 0.95), (0.75, 0.8, 0.7), (0.87, 0.45, 0.35))
    ]
    bars = [box((0.05, 1.1, 0.03), surfaces.PLASTIC, center_m=(x + dx, 0, top_z + 0.075)) for dx in (-0.45, 0.4)]
    feet = [box((0.05, 0.04, 0.09), surfaces.PLASTIC, center_m=(x + dx, y, top_z + 0.03)) for dx in (-0.45, 0.4) for y in (-0.5, 0.5)]
    return merge([loft(np.stack(rings), surfaces.PLASTIC, smooth=True), *bars, *feet])


def exhaust(x: float, y: float, z: float) -> Mesh:
    """A tail pipe."""
    return tube(np.array([(x + 0.25, y, z), (x, y, z - 0.01)]), 0.028, surfaces.STEEL, segments=8)


def coach_mirror(x: float, y: float, z: float, side: int) -> Mesh:
    """A tall mirror of a bus or lorry, hung from an arm; `side` is 1 on the left."""
    head = rounded_block((0.09, 0.18, 0.40), surfaces.PLASTIC).moved((x + 0.06, y, z - 0.2))
    glass = box((0.004, 0.15, 0.36), surfaces.GLASS, center_m=(x + 0.013, y, z - 0.2))
    arm = tube(
        np.array([(x - 0.08, y - side * 0.30, z + 0.08), (x + 0.05, y - side * 0.12, z + 0.08), (x + 0.06, y, z)]),
        0.016,
        surfaces.PLASTIC,
        segments=6,
    )
    return merge([head, glass, arm])


def rounded_block(size_m: tuple[float, float, float], material: Material, exponent: float = 0.4) -> Mesh:
    """A box with soft edges around the origin: a superellipsoid with flat ends in x."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    outline = np.column_stack([np.sign(c) * np.abs(c) ** exponent * size_m[1], np.sign(s) * np.abs(s) ** exponent * size_m[2]]) / 2
    rings = [
        np.column_stack([np.full(16, size_m[0] * share), outline * k])
        for share, k in ((-0.5, 0.86), (-0.38, 1.0), (0.38, 1.0), (0.5, 0.80))
    ]
    return loft(np.stack(rings), material, smooth=True)


def blade(start: tuple[float, float, float], end: tuple[float, float, float]) -> Mesh:
    """One straight wiper."""
    return tube(np.array([start, end]), 0.011, surfaces.PLASTIC, segments=4)


def slat(x: float, width_m: float, z: float) -> Mesh:
    """A dark horizontal line of a radiator louvre."""
    return box((0.008, width_m, 0.025), surfaces.GAP, center_m=(x, 0, z))


def pod(stations: list[tuple[float, float, float, float]], material: Material, exponent: float = 0.75, segments: int = 12) -> Mesh:
    """A smooth closed body along x; each station is (x, z of the middle, half width, half height), with rounded-off ends."""
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    square = np.column_stack([np.sign(c) * np.abs(c) ** exponent, np.sign(s) * np.abs(s) ** exponent])
    rising = stations if stations[-1][0] > stations[0][0] else stations[::-1]
    rings = [np.column_stack([np.full(segments, x), square * [w, h] + [0, z]]) for x, z, w, h in rising]
    return loft(np.stack(rings), material, smooth=True)

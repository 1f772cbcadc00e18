"""Vehicles: real sizes, wheels on the ground, symmetric and closed bodies, shapes that depend on what they should."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from generator.actor import Actor, make_actor
from generator.mesh import Mesh
from scenes.street.vehicles import bicycle, bodywork, hulls, motorcycle, regions
from scenes.street.vehicles.profiles import PROFILES
from scenes.street.vehicles.skin import both_sides, cut, paint, skin_of
from scenes.street.vehicles.surface import Hull, samples

CARS = ("city", "hatchback", "sedan", "estate", "suv", "coupe", "mpv", "pickup")
VANS = ("panel", "small", "box", "minibus")
TRUCKS = {"box": 7.2, "flatbed": 8.5, "tipper": 9.2, "articulated": 15.5}
EVERY = [
    *({"kind": "car", "body": body} for body in CARS),
    *({"kind": "van", "body": body} for body in VANS),
    *({"kind": "truck", "body": body, "length_m": length} for body, length in TRUCKS.items()),
    {"kind": "bus"},
    {"kind": "bus", "decks": 2, "length_m": 10.4, "kerb": "right"},
    *({"kind": "bicycle", "style": style} for style in ("city", "road", "mountain")),
    {"kind": "bicycle", "style": "city", "basket": True, "step_through": True, "child_seat": True},
    *({"kind": "motorcycle", "style": style} for style in ("scooter", "naked", "touring")),
    {"kind": "car", "body": "estate", "roof_box": True, "roof_rails": True},
]


def named(values: dict[str, object]) -> str:
    return "-".join(str(v) for v in values.values())


@pytest.fixture(scope="module", params=EVERY, ids=named)
def built(request: pytest.FixtureRequest) -> tuple[Actor, Mesh]:
    actor = make_actor(request.param)
    return actor, actor.build()


def test_size_agrees_with_the_mesh(built: tuple[Actor, Mesh]) -> None:
    actor, mesh = built
    low, high = mesh.bounds_m()
    size = np.array(actor.size_m())
    assert np.all(np.abs((high - low) - size) <= np.maximum(0.02 * size, 0.02)), (high - low, size)
    assert np.all(np.abs(((high + low) / 2)[:2]) <= np.maximum(0.02 * size[:2], 0.02))


def test_wheels_touch_the_ground_and_nothing_goes_below(built: tuple[Actor, Mesh]) -> None:
    _, mesh = built
    assert mesh.vertices[:, 2].min() == pytest.approx(0, abs=1e-4)
    touching = mesh.vertices[mesh.vertices[:, 2] < 1e-3]
    assert np.ptp(touching[:, 0]) > 0.4 * np.ptp(mesh.vertices[:, 0])  # front and rear wheels do


def test_faces_are_sound(built: tuple[Actor, Mesh]) -> None:
    _, mesh = built
    assert np.isfinite(mesh.vertices).all()
    assert mesh.faces.min() >= 0
    assert mesh.faces.max() < len(mesh.vertices)
    assert len(mesh.slots) == len(mesh.smooth) == len(mesh.faces)
    assert mesh.slots.max() < len(mesh.materials)
    assert 2_000 < len(mesh.faces) < 24_000


@pytest.mark.parametrize("values", [EVERY[1], EVERY[8], EVERY[12], EVERY[16], EVERY[18], EVERY[22]], ids=named)
def test_built_twice_is_the_same(values: dict[str, object]) -> None:
    a, b = make_actor(values).build(), make_actor(values).build()
    assert a.vertices.tobytes() == b.vertices.tobytes()
    assert a.faces.tobytes() == b.faces.tobytes()
    assert a.materials == b.materials


@pytest.mark.parametrize("body", CARS)
def test_the_body_is_closed_from_below_and_above(body: str) -> None:
    """No ray from the ground reaches the sky through a car, and none comes through from side to side at door height."""
    actor = make_actor({"kind": "car", "body": body, "plate": "none"})
    mesh = actor.build()
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    length, width, height = actor.size_m()
    x, y = np.meshgrid(np.linspace(-0.42, 0.42, 40) * length, np.linspace(-0.30, 0.30, 12) * width)
    up = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, 0.001)])
    first, _, _ = solid.ray.intersects_location(up, np.tile([0.0, 0.0, 1.0], (x.size, 1)), multiple_hits=False)
    assert len(first) == x.size
    assert (first[:, 2] < 0.6 * height).all()  # floor, wheels or wheel wells, not the roof from inside
    x, z = np.meshgrid(np.linspace(-0.40, 0.35, 40) * length, np.linspace(0.36, 0.52, 6) * height)
    across = np.column_stack([x.ravel(), np.full(x.size, width), z.ravel()])
    assert solid.ray.intersects_any(across, np.tile([0.0, -1.0, 0.0], (x.size, 1))).all()


@pytest.mark.parametrize("body", CARS)
def test_skins_are_symmetric_and_look_outwards(body: str) -> None:
    p = PROFILES[body]
    fit = bodywork.fittings(body, make_actor({"kind": "car", "body": body}).stream())
    skin = bodywork.cabin_skin(p, fit)
    mesh = both_sides(skin, dict.fromkeys(skin.names, bodywork.surfaces.PLASTIC))
    mirrored = mesh.vertices * np.array([1, -1, 1], np.float32) + np.float32(0)
    assert {v.tobytes() for v in mirrored[np.abs(mirrored[:, 1]) > 1e-5]} <= {v.tobytes() for v in mesh.vertices}
    roof = mesh.vertices[mesh.faces]
    normal = np.cross(roof[:, 1] - roof[:, 0], roof[:, 2] - roof[:, 0])
    top = (roof[:, :, 2].min(1) > p.height - 0.05) & (mesh.slots == skin.names.index("paint"))
    assert (normal[top, 2] > 0).all()


def test_a_repainted_car_keeps_its_shape_and_variants_differ() -> None:
    red = make_actor({"kind": "car", "color": (0.4, 0.0, 0.0)})
    blue = make_actor({"kind": "car", "color": (0.0, 0.0, 0.4)})
    other = make_actor({"kind": "car", "variant": 1})
    assert red.size_m() == blue.size_m() != other.size_m()


def test_lamps_shine_when_lit_only() -> None:
    for kind in ("car", "van", "truck", "bus", "motorcycle"):
        dark, lit = make_actor({"kind": kind}), make_actor({"kind": kind, "headlights": True})
        assert dark.lights() == ()
        assert 5 <= sum(lamp.power_w for lamp in lit.lights()) <= 25
        assert all(lamp.direction[0] > 0.9 and lamp.direction[2] < 0 for lamp in lit.lights())
        assert not any(m.emission_w_m2 > 100 for m in dark.build().materials)
        assert any(m.emission_w_m2 > 100 for m in lit.build().materials)


def test_brake_lights_and_indicators_glow_on_their_sides() -> None:
    braking = make_actor({"kind": "car", "brake_lights": True}).build()
    red = [i for i, m in enumerate(braking.materials) if m.emission_w_m2 > 0]
    glowing = braking.vertices[braking.faces[np.isin(braking.slots, red)]].reshape(-1, 3)
    assert glowing[:, 0].max() < 0  # behind
    turning = make_actor({"kind": "car", "indicator": "left"}).build()
    amber = [i for i, m in enumerate(turning.materials) if m.emission_w_m2 > 0]
    glowing = turning.vertices[turning.faces[np.isin(turning.slots, amber)]].reshape(-1, 3)
    assert glowing[:, 1].min() > 0
    assert glowing[:, 0].min() < 0 < glowing[:, 0].max()  # at both ends


@pytest.mark.parametrize("crank_rad", [0.0, 1.0, 4.0])
def test_bicycle_rider_points_lie_on_the_bicycle(crank_rad: float) -> None:
    actor = bicycle.Bicycle(saddle_m=0.98, crank_rad=crank_rad)
    mesh, points = actor.build(), bicycle.rider_points(actor)
    for point in (points["saddle"], *points["grips"], *points["pedals"]):
        assert np.linalg.norm(mesh.vertices - np.array(point), axis=1).min() < 0.06
    reach = np.subtract(points["pedals"][0], points["pedal_axis"])[[0, 2]]
    assert np.hypot(*reach) == pytest.approx(bicycle.CRANK_M)


def test_motorcycle_rider_points_lie_on_the_motorcycle() -> None:
    for style in ("scooter", "naked", "touring"):
        actor = motorcycle.Motorcycle.model_validate({"style": style})
        points = motorcycle.rider_points(actor)
        solid = actor.build()
        for point in (points["saddle"], *points["grips"], *points["feet"]):
            assert np.linalg.norm(solid.vertices - np.array(point), axis=1).min() < 0.12


def test_painting_cuts_along_the_border_exactly() -> None:
    """A disc painted on a flat hull has the area of a fine polygon, and no triangle straddles its rim."""
    u, v = np.meshgrid(np.linspace(0, 2, 5), np.linspace(0, 1, 5), indexing="ij")
    hull = Hull(np.stack([u, np.full_like(u, 0.5), v], axis=-1))  # mirrored ends bend y only
    skin = skin_of(hull, samples(5, 8)[8:25], samples(5, 8)[8:25])
    center = (float(skin.x.mean()), float(skin.z.mean()))
    painted = paint(skin, lambda s: regions.circle(s.x, s.z, center, 0.2), "disc")
    corners = painted.points[painted.faces[painted.slots == 1]][:, :, [0, 2]]
    reach = np.hypot(corners[..., 0] - center[0], corners[..., 1] - center[1])
    assert reach.max() <= 0.2 + 2e-3
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    assert np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2 == pytest.approx(np.pi * 0.04, rel=0.03)


def test_cutting_keeps_the_surface_whole() -> None:
    skin = skin_of(hulls.cabin_hull(PROFILES["sedan"]), hulls.CABIN_U, hulls.CABIN_V)
    after, inside = cut(skin, lambda s: regions.box(s.x, s.z, (-0.5, 1.0), (0.4, 1.3), 0.05))

    def area(points: np.ndarray, faces: np.ndarray) -> float:
        c = points[faces]
        return float(np.linalg.norm(np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0]), axis=1).sum() / 2)

    assert inside.any()
    assert area(after.points, after.faces) == pytest.approx(area(skin.points, skin.faces), rel=2e-3)


@pytest.mark.parametrize(("low", "high", "radius", "point", "distance"), [
    ((0, 0), (2, 1), 0.0, (1, 0.5), -0.5), ((0, 0), (2, 1), 0.0, (3, 2), np.sqrt(2)), ((0, 0), (2, 1), 0.2, (0, 0), 0.2 * (np.sqrt(2) - 1)),
])  # fmt: skip
def test_distance_to_a_box(low, high, radius, point, distance) -> None:
    assert regions.box(np.array([point[0]]), np.array([point[1]]), low, high, radius)[0] == pytest.approx(distance)


def test_distance_to_a_polygon_agrees_with_the_box() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    a, b = rng.uniform(-2, 3, (2, 500))
    corners = [(0, 0), (2, 0), (2, 1), (0, 1)]
    np.testing.assert_allclose(regions.polygon(a, b, corners), regions.box(a, b, (0, 0), (2, 1)), atol=1e-9)


FAR = [*({"kind": "car", "body": body} for body in CARS), *({"kind": "van", "body": body} for body in VANS)]


@pytest.mark.parametrize("variant", [0, 1])
@pytest.mark.parametrize("values", FAR, ids=named)
def test_from_afar_a_car_has_the_same_outline_and_few_faces(values: dict[str, object], variant: int) -> None:
    near, far = (make_actor({**values, "variant": variant, "detail": detail}).build() for detail in ("near", "far"))
    assert np.abs(np.array(far.bounds_m()) - near.bounds_m()).max() < 0.02
    assert len(far.faces) < 0.27 * len(near.faces)
    for axis in range(3):  # as large seen along each axis, and in the same place
        areas = [silhouette(mesh, axis) for mesh in (near, far)]
        assert (areas[0] ^ areas[1]).mean() < 0.02 * areas[0].mean()


def silhouette(mesh: Mesh, axis: int, step_m: float = 0.04) -> np.ndarray:
    """What a grid of rays along an axis meets."""
    sides = [k for k in range(3) if k != axis]
    a, b = np.meshgrid(np.arange(-3.2, 3.2, step_m), np.arange(-3.2, 3.2, step_m), indexing="ij")
    starts, ways = np.zeros((a.size, 3)), np.zeros((a.size, 3))
    starts[:, sides[0]], starts[:, sides[1]], starts[:, axis] = a.ravel(), b.ravel(), -10
    ways[:, axis] = 1
    return np.asarray(trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).ray.intersects_any(starts, ways))


def test_lamps_shine_and_glow_from_afar_too() -> None:
    for detail in ("near", "far"):
        turning = make_actor({"kind": "car", "indicator": "left", "detail": detail}).build()
        lit = make_actor({"kind": "car", "headlights": True, "brake_lights": True, "detail": detail}).build()
        left = turning.vertices[turning.faces[[turning.materials[s].emission_w_m2 > 0 for s in turning.slots]]].reshape(-1, 3)
        assert left[:, 1].min() > 0
        assert left[:, 0].min() < 0 < left[:, 0].max()
        shining = np.array([m.emission_w_m2 for m in lit.materials])[lit.slots]
        x = lit.vertices[lit.faces].mean(1)[:, 0]
        assert x[shining > 1000].min() > 1
        assert x[(shining > 0) & (shining < 1000)].max() < -1

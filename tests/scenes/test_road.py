"""The street's ground against plumb lines and its plan: no gaps, no overlaps, strips where they should be."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.actor import make_actor
from scenes.street.road_layout import SIDES, RoadLayout, sign
from scenes.street.road_strips import street_strips

STRAIGHT = RoadLayout(junction_at_m=30.0, crossing_at_m=60.0, parking_left_m=2.0, verge_right_m=1.5, setback_left_m=4.0)
BENT = RoadLayout(
    curvature_per_m=-0.006, lanes_forward=2, ego_lane=1, cycle_lane_m=1.5, junction_at_m=45.0, junction_sides="left", crossing_at_m=20.0,
    crossing_kind="signal", verge_left_m=2.0, parking_right_m=2.2, corner_radius_m=7.0, centre_line="hatched",
)  # fmt: skip
ONE_WAY = RoadLayout(drive_on="right", lanes_backward=0, curvature_per_m=0.004, edge_lines="white", parking_right_m=2.0)
LAYOUTS = {"straight": STRAIGHT, "bent": BENT, "one_way": ONE_WAY}


def kinds_of(layout: RoadLayout) -> list[str]:
    return ["road", "markings", "pavement", "terrain"] + (["verge"] if layout.verge_left_m or layout.verge_right_m else [])


@cache
def ground(name: str) -> tuple[np.ndarray, np.ndarray]:
    """All triangles (F, 3, 3) of a layout, and for every one which of `kinds_of` it belongs to."""
    layout = LAYOUTS[name]
    meshes = [make_actor({"kind": kind, "layout": layout.model_dump()}).build() for kind in kinds_of(layout)]
    corners = np.concatenate([m.vertices[m.faces] for m in meshes]).astype(float)
    return corners, np.repeat(np.arange(len(meshes)), [len(m.faces) for m in meshes])


def plumb(triangles: np.ndarray, points: np.ndarray) -> list[list[tuple[float, int]]]:
    """What the plumb line through each (x, y) of `points` meets, from the top: (z, which triangle). Upright triangles are not met."""
    a, b, c = (triangles[:, k] for k in range(3))
    area = turn(b - a, c - a)
    flat = np.abs(area) > 1e-9
    columns = []
    for x, y in points:
        point = np.array([x, y, 0.0])
        u, v = turn(c - b, point - b), turn(a - c, point - c)
        w = area - u - v
        inside = flat & (u * area >= 0) & (v * area >= 0) & (w * area >= 0)
        hit = np.flatnonzero(inside)
        z = (u[hit] * a[hit, 2] + v[hit] * b[hit, 2] + w[hit] * c[hit, 2]) / area[hit]
        columns.append(sorted(zip(z.tolist(), hit.tolist(), strict=True), reverse=True))
    return columns


def turn(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Cross product in the x, y plane."""
    return p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]


def heights_below(name: str, points: np.ndarray) -> list[list[tuple[float, str]]]:
    """What a plumb line through each (x, y) meets, from the top: (z, kind)."""
    triangles, owner = ground(name)
    names = kinds_of(LAYOUTS[name])
    return [[(z, names[owner[t]]) for z, t in column] for column in plumb(triangles, points)]


def samples(layout: RoadLayout, count: int) -> np.ndarray:
    """(count, 2) road coordinates all over the street, 0.5 m away from its ends."""
    rng = np.random.default_rng(7)
    s = rng.uniform(-layout.behind_m + 0.5, layout.ahead_m - 0.5, count)
    t = rng.uniform(layout.t_of("right", 30.0), layout.t_of("left", 30.0), count)
    return np.column_stack([s, t])


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_gaps_and_no_two_surfaces_at_one_height(name: str) -> None:
    st_points = samples(LAYOUTS[name], 4000)
    for column, (s, t) in zip(heights_below(name, LAYOUTS[name].world(*st_points.T)), st_points, strict=True):
        assert column, f"nothing at s={s}, t={t}"
        assert column[0][0] > -0.2, f"the far plain shows through at s={s}, t={t}"
        different = [(a, b) for a, b in pairwise(column) if a[1] != b[1]]
        assert all(a[0] - b[0] > 0.001 for a, b in different), f"ambiguous at s={s}, t={t}: {column}"


PAINT = {"markings": {"arrows": True, "box_junction": True, "slow_at_m": 8.0}, "road": {"patches": 30.0, "manholes": 20.0}}


@pytest.mark.parametrize("kind", PAINT)
@pytest.mark.parametrize("name", LAYOUTS)
def test_no_two_faces_of_one_actor_at_one_height(kind: str, name: str) -> None:
    """Plumb lines through random points of every face meet no other within 0.2 mm: such faces would shade each other black."""
    mesh = make_actor({"kind": kind, "layout": LAYOUTS[name].model_dump(), **PAINT[kind]}).build()
    triangles = mesh.vertices[mesh.faces].astype(float)
    weights = np.random.default_rng(3).dirichlet((1.0, 1.0, 1.0), len(triangles))
    points = np.einsum("fc,fcx->fx", weights, triangles)[:, :2]
    for point, column in zip(points, plumb(triangles, points), strict=True):
        heights = np.array([z for z, _ in column])
        assert (-np.diff(heights) > 0.0002).all(), f"faces {column} clash at {point}"


@pytest.mark.parametrize("name", LAYOUTS)
def test_top_surface_is_what_the_plan_says(name: str) -> None:
    layout = LAYOUTS[name]
    points = samples(layout, 3000)
    tops = [column[0][1] for column in heights_below(name, layout.world(*points.T))]
    checked = 0
    for top, (s, t) in zip(tops, points, strict=True):
        side = "left" if t > layout.centre_t else "right"
        v = sign(side) * (t - layout.kerb_t(side))
        if layout.has_junction(side) and abs(s - (layout.junction_at_m or 0)) < layout.mouth_m + 12:
            continue
        pavement = layout.pavement_v(side)
        if v < -0.05:
            assert top in {"road", "markings"}, (s, t)
        elif layout.crossing_s is not None and abs(s - layout.crossing_s) < 1.7:
            assert top in {"pavement", "terrain"}, (s, t)
        elif layout.verge_v(side)[0] + 0.05 < v < layout.verge_v(side)[1] - 0.05:
            assert top == "verge", (s, t)
        elif pavement[0] + 0.05 < v < pavement[1] - 0.05:
            assert top == "pavement", (s, t)
        elif v > pavement[1] + 1.0:
            assert top == "terrain", (s, t)
        checked += 1
    assert checked > 1500


@pytest.mark.parametrize("name", LAYOUTS)
def test_strips_lie_on_their_surface(name: str) -> None:
    """Lanes on the carriageway, pavements and kerb lines on what is raised: the strip's z is that of the surface below."""
    layout = LAYOUTS[name]
    expected = {
        "ego": {"road", "markings"}, "lane": {"road", "markings"}, "parking": {"road", "markings"}, "cycle": {"road", "markings"},
        "side_in": {"road", "markings"}, "side_out": {"road", "markings"}, "crossing_0": {"road", "markings"},
        "pavement": {"pavement"}, "side_pavement": {"pavement"}, "verge": {"verge"}, "kerb_line": {"pavement", "verge"},
    }  # fmt: skip
    for strip_name, strip in street_strips(layout).items():
        surfaces = next((expected[p] for p in sorted(expected, key=len, reverse=True) if strip_name.startswith(p)), None)
        if surfaces is None:
            continue
        places = np.array([strip.at(s)[0] for s in np.linspace(0.6, strip.length_m - 0.6, 25)])
        if strip_name.startswith("verge"):  # paved where people cross
            surfaces = {"verge", "pavement"}
        for (x, y, z), column in zip(places, heights_below(name, places[:, :2]), strict=True):
            assert column[0][1] in surfaces, f"{strip_name} at x={x:.1f}, y={y:.1f} lies on {column[0][1]}"
            assert abs(column[0][0] - z) < 0.008, strip_name


def test_traffic_keeps_to_its_side() -> None:
    for drive_on, ahead in (("left", 1.0), ("right", -1.0)):
        strips = street_strips(RoadLayout(drive_on=drive_on, junction_at_m=40.0, lanes_forward=2, lanes_backward=2, ego_lane=1))
        assert strips["ego"].at(0.0)[1] == 0.0
        (_, y, _), _ = strips["ego"].at(30.0)
        assert y == pytest.approx(0.0)
        for i in range(2):
            (_, y, _), yaw = strips[f"lane_bwd_{i}"].at(50.0)
            assert abs(yaw) == pytest.approx(np.pi)
            assert y * ahead < 0
        (_, y, _), _ = strips["lane_fwd_0"].at(50.0)
        assert y * ahead > 0, "the outermost forward lane is on the kerb's side of the ego lane"
        # Who leaves into the left road comes out on the drive side of it: nearer to us when driving on the left.
        (x_out, _, _), out_yaw = strips["side_out_left"].at(1.0)
        (x_in, _, _), in_yaw = strips["side_in_left"].at(1.0)
        assert (x_out - 40.0) * ahead < 0 < (x_in - 40.0) * ahead
        assert out_yaw == pytest.approx(np.pi / 2)
        assert in_yaw == pytest.approx(-np.pi / 2)


def test_the_camera_starts_at_the_origin_along_x_whatever_the_bend() -> None:
    for curvature in (-0.008, 0.0, 0.003):
        strip = street_strips(RoadLayout(curvature_per_m=curvature))["ego"]
        nearest = min((strip.at(s) for s in np.linspace(20, 40, 2001)), key=lambda place: abs(place[0][0]))
        assert nearest[0] == pytest.approx((0, 0, 0), abs=0.02)
        assert nearest[1] == pytest.approx(0.0, abs=0.021)  # one 5 m chord of the tightest arc


def test_arc_has_the_radius_that_its_curvature_says() -> None:
    layout = RoadLayout(curvature_per_m=0.005)
    points = layout.world(np.linspace(-30, 220, 50), 3.0)
    assert np.linalg.norm(points - (0.0, 200.0), axis=1) == pytest.approx(np.full(50, 197.0))


def test_numbered_strips_always_have_two_pieces() -> None:
    for layout in (RoadLayout(parking_left_m=2.0), STRAIGHT):
        strips = street_strips(layout)
        for name in ("parking_left", "kerb_line_left", "pavement_right", "frontage_left", "frontage_right", "beyond_left"):
            assert f"{name}_0" in strips
            assert f"{name}_1" in strips


def test_nobody_parks_on_crossings_or_corners() -> None:
    strips = street_strips(STRAIGHT)
    places = np.concatenate([s.points for name, s in strips.items() if name.startswith("parking_left")])
    assert (np.abs(places[:, 0] - 60.0) > 10).all()
    assert (np.abs(places[:, 0] - 30.0) > 10).all()


@settings(max_examples=25, deadline=None)
@given(
    curvature=st.floats(-0.008, 0.008), radius=st.floats(0.5, 12), pavement=st.floats(0.8, 8), at=st.floats(20, 150), inset=st.floats(0, 8)
)
def test_kerb_paths_keep_their_distance(curvature: float, radius: float, pavement: float, at: float, inset: float) -> None:
    """A path inset by d is nowhere nearer than d to the kerb, and equally long in points."""
    layout = RoadLayout(curvature_per_m=curvature, corner_radius_m=radius, pavement_left_m=pavement, junction_at_m=at)
    for side in SIDES:
        for block in layout.blocks(side):
            kerb, inner = layout.kerb_path(block, 0.0), layout.kerb_path(block, inset)
            assert kerb.shape == inner.shape
            segments = np.stack([kerb[:-1], kerb[1:]], axis=1)
            distance = min(_distance(point, segments) for point in inner)
            assert distance >= inset * 0.985 - 1e-6  # the rounded corner is a polygon: cos(pi / 24) of its radius
    assert layout.model_validate_json(layout.model_dump_json()) == layout


def _distance(point: np.ndarray, segments: np.ndarray) -> float:
    a, d = segments[:, 0], segments[:, 1] - segments[:, 0]
    along = np.clip(np.einsum("ij,ij->i", point - a, d) / np.maximum(np.einsum("ij,ij->i", d, d), 1e-12), 0, 1)
    return float(np.linalg.norm(a + along[:, None] * d - point, axis=1).min())


def test_a_crossing_makes_way_for_a_junction() -> None:
    layout = RoadLayout(crossing_at_m=40.0, junction_at_m=42.0)
    assert layout.crossing_s == pytest.approx(42.0 - 7.0 - 1.6 - 3.0)
    assert RoadLayout(crossing_at_m=20.0, junction_at_m=42.0).crossing_s == 20.0
    assert RoadLayout(crossing_at_m=12.0, junction_at_m=14.0).crossing_s == pytest.approx(14.0 + 11.6)


def test_impossible_plans_are_refused_with_reason() -> None:
    with pytest.raises(ValidationError, match="ego_lane is 1, but with lanes_forward=1"):
        RoadLayout(ego_lane=1)
    with pytest.raises(ValidationError, match="room for it only up to 75"):
        RoadLayout(ahead_m=100, junction_at_m=90)
    with pytest.raises(ValidationError, match="leaves no road before it"):
        RoadLayout(behind_m=10, junction_at_m=12, side_road_width_m=14, corner_radius_m=12)


def test_the_world_ends_at_the_sky_not_before() -> None:
    """All around, the far plain lies below the horizon line of a camera 1.5 m up, to within a quarter of a degree."""
    low, high = make_actor({"kind": "terrain"}).build().bounds_m()
    assert np.degrees(np.arctan2(1.5 + 0.3, min(high[0], -low[1]))) < 0.25


def test_whole_ground_is_light() -> None:
    for name in LAYOUTS:
        assert len(ground(name)[1]) < 15_000

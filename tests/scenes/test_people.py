"""People: proportions, poses, clothes, riders; against what is known of bodies and of the vehicles they ride."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.actor import make_actor
from generator.mesh import Mesh
from scenes.street.people.body import Physique, coefficients, shaped, template, typical_height_m
from scenes.street.people.extents import outermost_vertices
from scenes.street.people.figure import figure
from scenes.street.people.lookalikes import Mannequin, Statue
from scenes.street.people.outline import build, outline_of
from scenes.street.people.person import Person
from scenes.street.people.poses import PoseName, posed
from scenes.street.people.rider import Rider
from scenes.street.people.skeleton import Pose, posed_bones, rest_frames, target_frames
from scenes.street.people.surface import border, pattern
from scenes.street.vehicles.bicycle import Bicycle, rider_points

POSES: tuple[PoseName, ...] = PoseName.__args__
ADULT = Physique(30.0, 0.5, 0.5, 0.5, 0.2, 0.2)


def tolerance(size: np.ndarray) -> np.ndarray:
    return np.maximum(0.02 * size, 0.02)


@given(
    age=st.floats(1, 90),
    sex=st.floats(0, 1),
    muscle=st.floats(0, 1),
    weight=st.floats(0, 1),
    african=st.floats(0, 1),
    asian=st.floats(0, 1),
)
@settings(max_examples=40, deadline=None)
def test_target_strengths_are_a_blend(age: float, sex: float, muscle: float, weight: float, african: float, asian: float) -> None:
    """The ancestry targets of a body share one whole; so do those of build, less the few that move nothing and are not packed."""
    names = {i: name for name, i in template().target_index.items()}
    index, strength = coefficients(Physique(age, sex, muscle, weight, african, asian))
    build = np.array([names[i].startswith("universal") for i in index])
    assert strength[~build].sum() == pytest.approx(1.0, abs=1e-5)
    assert -1e-6 <= strength[build].sum() <= 1.0 + 1e-5


@pytest.mark.parametrize("height_m", [0.8, 1.2, 1.75, 2.1])
def test_a_body_is_as_tall_as_asked(height_m: float) -> None:
    vertices, _ = shaped(ADULT, height_m)
    assert vertices[:, 2].min() == pytest.approx(0.0, abs=1e-5)
    assert np.ptp(vertices[:, 2]) == pytest.approx(height_m, rel=1e-5)


def head_share(age_years: float) -> float:
    vertices, joints = shaped(Physique(age_years, 0.5, 0.5, 0.5, 0.2, 0.2), 1.0)
    return float(vertices[:, 2].max() - joints[template().bone_index["neck_01"]][2])


def test_children_have_larger_heads() -> None:
    shares = [head_share(age) for age in (1.0, 5.0, 11.0, 25.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 1.25 * shares[-1]


def test_people_grow_until_twenty_and_men_are_taller() -> None:
    assert typical_height_m(6, 0.5) == pytest.approx(1.15, abs=0.03)  # CDC growth charts 2000, 50th percentile
    assert typical_height_m(25, 1.0) > typical_height_m(25, 0.0) + 0.1
    assert typical_height_m(10, 0.0) < typical_height_m(14, 0.0) < typical_height_m(18, 0.0)


def test_weight_widens_the_waist() -> None:
    widths = []
    for weight in (0.1, 0.5, 0.95):
        vertices, joints = shaped(Physique(40.0, 1.0, 0.5, weight, 0.2, 0.2), 1.75)
        waist = joints[template().bone_index["spine_02"]]
        band = vertices[(np.abs(vertices[:, 2] - waist[2]) < 0.04) & (np.abs(vertices[:, 1]) < 0.3)]
        widths.append(float(np.ptp(band[:, 0])))
    assert widths[0] < widths[1] < widths[2]


def posed_joints(pose: Pose) -> dict[str, np.ndarray]:
    _, joints = shaped(ADULT, 1.75)
    rotations, offsets = posed_bones(joints, target_frames(pose), rest_frames(joints))
    return {name: rotations[i] @ joints[i] + offsets[i] for name, i in template().bone_index.items()}


@pytest.mark.parametrize("name", POSES)
def test_bones_keep_their_lengths(name: PoseName) -> None:
    _, joints = shaped(ADULT, 1.75)
    index = template().bone_index
    places = posed_joints(posed(name, 0.3, 1.0))
    for a, b in (("thigh_l", "calf_l"), ("calf_r", "foot_r"), ("upperarm_l", "lowerarm_l"), ("lowerarm_r", "hand_r"), ("neck_01", "head")):
        assert np.linalg.norm(places[a] - places[b]) == pytest.approx(np.linalg.norm(joints[index[a]] - joints[index[b]]), rel=1e-4)


def test_a_standing_person_has_hanging_arms_and_looks_ahead() -> None:
    places = posed_joints(Pose())
    assert places["hand_l"][2] < places["upperarm_l"][2] - 0.4
    assert abs(places["hand_l"][1]) < abs(places["upperarm_l"][1]) + 0.16
    assert places["middle_03_l"][0] > places["upperarm_l"][0] - 0.05
    np.testing.assert_allclose(places["hand_l"] * (1, -1, 1), places["hand_r"], atol=5e-3)


@pytest.mark.parametrize("name", ["walking", "running"])
def test_arms_swing_against_legs(name: PoseName) -> None:
    for phase in (0.0, 0.5):
        places = posed_joints(posed(name, phase, 1.0))
        leg = places["calf_l"][0] - places["calf_r"][0]
        arm = places["lowerarm_l"][0] - places["lowerarm_r"][0]
        assert leg * arm < 0, phase


@given(phase=st.floats(0, 0.5), stride=st.floats(0.5, 1.3))
@settings(max_examples=15, deadline=None)
def test_half_a_cycle_later_left_is_right(phase: float, stride: float) -> None:
    phase = round(phase * 48) / 48  # the steps that poses are remembered in
    now, later = posed_joints(posed("walking", phase, stride)), posed_joints(posed("walking", phase + 0.5, stride))
    for left, right in (("foot_l", "foot_r"), ("hand_l", "hand_r"), ("calf_l", "calf_r")):
        a, b = now[left] - now["pelvis"], later[right] - later["pelvis"]
        np.testing.assert_allclose(a * (1, -1, 1), b, atol=0.012)


@pytest.mark.parametrize("name", POSES)
def test_every_pose_stands_on_the_ground_in_its_box(name: PoseName) -> None:
    person = Person(pose=name, variant=POSES.index(name), phase=0.3, sex=float(POSES.index(name) % 2))
    low, high = person.build().bounds_m()
    size = np.array(person.size_m())
    assert low[2] == pytest.approx(0.0, abs=1e-6)
    assert (np.abs(high - low - size) <= 2 * tolerance(size)).all(), (high - low, size)
    np.testing.assert_allclose(low[:2], -high[:2], atol=1e-5)


@pytest.mark.parametrize(
    "values",
    [
        {"outer": "coat", "bottom": "long_skirt"},
        {"umbrella": True, "bag": "backpack"},
        {"bag": "suitcase"},
        {"hat": "sun_hat", "hair": "afro"},
        {"hi_vis": True, "hat": "hard_hat", "outer": "puffer"},
        {"hat": "full_helmet"},
    ],
)
@pytest.mark.parametrize("age_years", [4.0, 35.0])
def test_size_knows_what_is_worn(values: dict[str, object], age_years: float) -> None:
    person = make_actor({"kind": "person", "age_years": age_years, "pose": "walking", "phase": 0.1, **values})
    low, high = person.build().bounds_m()
    size = np.array(person.size_m())
    assert (np.abs(high - low - size) <= 2 * tolerance(size)).all(), (high - low, size)


PHYSIQUES = st.builds(
    Physique,
    age_years=st.floats(1, 90),
    sex=st.floats(0, 1),
    muscle=st.floats(0, 1),
    weight=st.floats(0, 1),
    african=st.floats(0, 1),
    asian=st.floats(0, 1),
)


@given(PHYSIQUES, st.floats(0.7, 2.1), st.sampled_from(POSES), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_an_outline_is_where_the_whole_body_is(physique: Physique, height_m: float, name: PoseName, phase: float) -> None:
    """Against the figure of all vertices; an outline is a mix of bodies, and takes the two strongest of the four bones of a point."""
    frames = target_frames(posed(name, phase, 1.0))
    vertices = np.unique(template().skin)[::40]
    outline = outline_of(vertices)
    body = build(outline, physique, height_m)
    short = body.posed(frames, np.zeros_like(body.columns))
    whole = figure(physique, height_m, lambda joints: (frames, np.zeros(3)))
    found, true = short.points + body.joints[0], whole.moved_vertices(whole.rest[outline.vertices], outline.vertices)
    off = np.linalg.norm(found - true, axis=1)[: len(vertices)] / height_m
    assert np.median(off) < 0.002
    assert off.max() < 0.02
    np.testing.assert_allclose(body.joints, whole.rest_joints, atol=0.004)
    for place in ("crown_back", "left_hip", "right_toe"):
        np.testing.assert_allclose(short.mark(place) + body.joints[0], whole.mark(place), atol=0.006)
    for bone in ("middle_03_l", "head", "foot_r"):
        np.testing.assert_allclose(short.joint(bone) + body.joints[0], whole.joint(bone), atol=0.006)
    assert short.head_scale == pytest.approx(whole.head_scale, rel=0.01)


@given(PHYSIQUES, st.sampled_from(POSES), st.floats(0, 1), st.floats(0.4, 1.4))
@settings(max_examples=25, deadline=None)
def test_the_outermost_vertices_span_the_body(physique: Physique, name: PoseName, phase: float, stride: float) -> None:
    """Each side of the box around all vertices lies within 1.5 cm of the box around the few that were chosen."""
    frames = target_frames(posed(name, phase, stride))
    whole = figure(physique, 1.7, lambda joints: (frames, np.zeros(3)))
    every = np.unique(np.concatenate([template().skin.ravel(), template().cloth.ravel()]))
    all_of_it = whole.moved_vertices(whole.rest[every], every)
    chosen = outermost_vertices()
    some = whole.moved_vertices(whole.rest[chosen], chosen)
    assert (all_of_it.max(0) - some.max(0)).max() < 0.015
    assert (some.min(0) - all_of_it.min(0)).max() < 0.015


def test_people_are_light_enough_for_crowds() -> None:
    counts = [len(Person(variant=v, sex=v % 2).build().faces) for v in range(6)]
    assert max(counts) < 20_000
    assert np.mean(counts) < 15_000


def area_of(mesh: Mesh, color: tuple[float, float, float]) -> float:
    slots = [k for k, m in enumerate(mesh.materials) if m.color == color]
    corners = mesh.vertices[mesh.faces[np.isin(mesh.slots, slots)]].astype(float)
    return float(np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2)


def test_clothes_cover_what_they_should() -> None:
    """Skin shows less the more is worn; colours that are given are the colours that are worn."""
    skin, red, blue = (0.5, 0.3, 0.2), (0.6, 0.01, 0.02), (0.02, 0.03, 0.5)
    base = {
        "kind": "person",
        "pose": "standing",
        "skin_color": skin,
        "outer": "none",
        "top_color": red,
        "bottom_color": blue,
        "shoes": "shoes",
    }
    light = make_actor({**base, "top": "vest_top", "bottom": "shorts"}).build()
    usual = make_actor({**base, "top": "t_shirt", "bottom": "jeans"}).build()
    warm = make_actor({**base, "top": "sweater", "bottom": "jeans"}).build()
    assert area_of(light, skin) > area_of(usual, skin) + 0.1 > area_of(warm, skin) + 0.15
    assert 0.5 < area_of(usual, red) < 1.3
    assert 0.5 < area_of(usual, blue) < 1.8


def test_same_person_same_look_in_another_pose() -> None:
    walking, waiting = Person(variant=5, pose="walking").build(), Person(variant=5, pose="waiting").build()
    assert {m.color for m in walking.materials} == {m.color for m in waiting.materials}
    assert {m.color for m in walking.materials} != {m.color for m in Person(variant=6, pose="walking").build().materials}


@given(st.floats(-0.9, 0.9))
@settings(max_examples=20, deadline=None)
def test_a_cut_keeps_the_area_on_its_side(level: float) -> None:
    """A square of two triangles in -1..1, cut along x = level."""
    square = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    piece = pattern(np.array([[0, 1, 2], [0, 2, 3]]), [square[:, 0] - level])
    points = piece.cut(square[piece.source])
    corners = points[piece.faces]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert (areas > -1e-6).all()
    assert areas.sum() == pytest.approx(2 * (1 - level), rel=1e-4)
    assert points[:, 0].min() == pytest.approx(level, abs=1e-5)


@given(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
@settings(max_examples=20, deadline=None)
def test_cuts_add_up(x: float, y: float) -> None:
    """A square in -1..1 cut along two lines: what is beyond both is left."""
    square = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    piece = pattern(np.array([[0, 1, 2], [0, 2, 3]]), [square[:, 0] - x, square[:, 1] - y])
    corners = piece.cut(square[piece.source])[piece.faces]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert areas.sum() == pytest.approx((1 - x) * (1 - y), rel=1e-4)


def test_a_hem_hangs_on_the_border() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    inward = np.tile(np.array([0, 0, -1.0], np.float32), (3, 1))
    piece = pattern(np.array([[0, 1, 2]], np.int32), [np.ones(3)])
    more, faces = piece.hemmed(points[piece.source], inward[piece.source], 0.1)
    assert len(border(np.array([[0, 1, 2]]))) == 3
    assert len(faces) == 1 + 6
    assert more[:, 2].min() == pytest.approx(-0.1)
    assert len(border(faces)) == 3  # the rim's own free edge


@pytest.mark.parametrize(("style", "saddle_m"), [("city", 0.95), ("road", 1.0), ("mountain", 0.9)])
def test_a_cyclist_holds_the_grips_and_stands_on_the_pedals(style: str, saddle_m: float) -> None:
    rider = Rider(mount=style, saddle_m=saddle_m, crank_rad=0.3, height_m=1.75, bottom="leggings", outer="none")
    points = rider_points(Bicycle(style=style, saddle_m=saddle_m, crank_rad=0.3))
    vertices = rider.build().vertices
    for target, reach_m in ((points["grips"], 0.05), (points["pedals"], 0.06), ((points["saddle"],), 0.09)):
        for point in target:
            assert np.linalg.norm(vertices - np.array(point), axis=1).min() < reach_m, (style, point)
    assert vertices[:, 2].min() > 0.03  # no foot drags on the ground


@pytest.mark.parametrize("mount", ["scooter", "naked", "touring"])
def test_a_motorcyclist_fits_in_the_box_around_the_origin(mount: str) -> None:
    rider = Rider(mount=mount, hat="full_helmet")
    (low, high), size = rider.build().bounds_m(), np.array(rider.size_m())
    assert (high <= size * (0.5, 0.5, 1.0) + tolerance(size)).all()
    assert (low >= -size * (0.5, 0.5, 0.0) - tolerance(size)).all()


def test_lookalikes_are_no_people() -> None:
    assert Mannequin.semantic == Statue.semantic == "object"
    assert {m.texture for m in Statue(stuff="marble").build().materials} == {"marble"}
    assert not any(m.texture in ("skin", "hair") for m in Mannequin().build().materials)
    assert Statue(plinth_m=2.0).size_m()[2] == pytest.approx(Statue(plinth_m=1.0).size_m()[2] + 1.0)

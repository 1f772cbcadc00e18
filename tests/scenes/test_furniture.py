"""Lamps, signals, signs, posters, furniture and lost cargo: sizes, states that glow, drawings whose areas are known."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.mesh import Material
from generator.streams import Stream
from scenes.street import debris, furniture, furniture_bins, furniture_large, furniture_works
from scenes.street.drawings import arc, bar, clipped_ears, cropped, disc, layers, mounted, panel, polygon, signed_area, stroke
from scenes.street.lamps import LampType, StreetLamp
from scenes.street.lettering import _GLYPHS, text
from scenes.street.poster_pictures import PictureName, picture
from scenes.street.posters import AdvertisingColumn, PosterPanel
from scenes.street.sign_designs import DESIGN_NAMES, DESIGNS
from scenes.street.sign_faces import Wording, face_of
from scenes.street.signs import TrafficSign
from scenes.street.traffic_lights import PedestrianSignal, TrafficLight

INK = Material(color=(0.1, 0.2, 0.3))


def choices(cls, field):
    return get_args(cls.model_fields[field].annotation)


LAMPS = [StreetLamp(type=t, lit=lit) for t in get_args(LampType) for lit in (False, True)]
LIGHTS = [TrafficLight(mount=m, lenses=n, backboard=b) for m in choices(TrafficLight, "mount") for n in (2, 3) for b in (False, True)]
SIGNS = [TrafficSign(design=d, country=c, mount=m) for d in DESIGN_NAMES for c, m in (("eu", "post"), ("uk", "wall"), ("us", "posts"))]
POSTERS = [PosterPanel(picture=p, mount=m) for p in get_args(PictureName) for m in choices(PosterPanel, "mount")]
STYLED = [
    cls(style=s)
    for cls in (
        furniture.Bollard, furniture.Bench, furniture.ParkingMeter, furniture_bins.LitterBin, furniture_large.PhoneBox,
        furniture_large.PostBox, furniture_works.Barrier,
    )
    for s in choices(cls, "style")
]  # fmt: skip
PLAIN = [
    PedestrianSignal(), AdvertisingColumn(), furniture.BikeRack(), furniture.BikeRack(count=1), furniture.FireHydrant(),
    furniture_bins.WheelieBin(), furniture_bins.WheelieBin(litres=1100, lid="yellow"), furniture_large.BusShelter(),
    furniture_large.BusShelter(length_m=8.0), furniture_large.UtilityCabinet(), furniture_large.UtilityCabinet(width_m=0.5),
    furniture_large.GuardRail(), furniture_works.TrafficCone(), furniture_works.TrafficCone(fallen=True),
    furniture_works.Barrier(beacon=True), furniture_works.Skip(), debris.CardboardBox(),
    debris.CardboardBox(open=True), debris.Pallet(stacked=3),
    debris.LooseTyre(), debris.LooseTyre(upright=True), debris.Mattress(), debris.Ladder(), debris.Ball(), debris.RubbishBag(),
]  # fmt: skip
EVERYTHING = [*LAMPS, *LIGHTS, *SIGNS, *POSTERS, *STYLED, *PLAIN]


@pytest.mark.parametrize(
    "actor", EVERYTHING, ids=lambda a: f"{a.kind}-{'-'.join(str(v) for v in a.model_dump(exclude_defaults=True).values())}"
)
def test_size_is_the_box_around_the_mesh_and_it_stands_centred(actor):
    low, high = actor.build().bounds_m()
    size = np.array(actor.size_m())
    tolerance = np.maximum(0.02, 0.02 * size)
    assert (np.abs(high - low - size)[:2] <= tolerance[:2]).all(), (high - low, size)
    assert (np.abs(low + high)[:2] / 2 <= tolerance[:2]).all()
    assert abs(high[2] - size[2]) <= tolerance[2]
    hangs = getattr(actor, "mount", "") == "wall"
    assert hangs or abs(low[2]) <= 0.02


def glowing_colors(actor):
    return {m.color for m in actor.build().materials if m.emission_w_m2 > 0}


@pytest.mark.parametrize(("state", "shown"), [("red", 1), ("red_amber", 2), ("amber", 1), ("green", 1), ("off", 0)])
def test_a_traffic_light_shows_its_state(state, shown):
    assert len(glowing_colors(TrafficLight(state=state))) == shown


def test_red_is_above_green():
    def height_of_the_lit_lens(state):
        mesh = TrafficLight(state=state).build()
        lit = [k for k, m in enumerate(mesh.materials) if m.emission_w_m2 > 0]
        return mesh.vertices[mesh.faces[np.isin(mesh.slots, lit)]][..., 2].mean()

    assert height_of_the_lit_lens("red") > height_of_the_lit_lens("amber") > height_of_the_lit_lens("green")


def test_lit_lenses_face_forward():
    mesh = TrafficLight(state="green").build()
    lit = [k for k, m in enumerate(mesh.materials) if m.emission_w_m2 > 0]
    a, b, c = (mesh.vertices[mesh.faces[np.isin(mesh.slots, lit)][:, k]] for k in range(3))
    normal = np.cross(b - a, c - a).sum(0)
    assert normal[0] > 10 * np.abs(normal[1:]).max()


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_arm_reaches_to_its_side_of_the_post(side):
    mesh = TrafficLight(mount="arm", arm_side=side).build()
    post_y = mesh.vertices[mesh.vertices[:, 2] < 0.1][:, 1].mean()
    assert np.sign(post_y) == (-1 if side == "left" else 1)


def test_a_lamp_shines_only_when_lit():
    assert StreetLamp().lights() == ()
    assert not glowing_colors(StreetLamp())
    assert glowing_colors(StreetLamp(lit=True))


@pytest.mark.parametrize("kind", get_args(LampType))
def test_lamps_give_a_street_lamps_light_from_under_their_lenses(kind):
    lamp = StreetLamp(type=kind, lit=True)
    mesh = lamp.build()
    lens = mesh.vertices[mesh.faces[np.isin(mesh.slots, [k for k, m in enumerate(mesh.materials) if m.emission_w_m2 > 0])]].reshape(-1, 3)
    lights = lamp.lights()
    assert len(lights) == (2 if kind == "double" else 1)
    for light in lights:
        assert 5 <= light.power_w <= 40
        x = light.position_m[0]
        assert np.abs(lens[:, 0] - x).min() < 0.35
        assert light.position_m[2] <= lens[:, 2].max()
    assert len({light.color for light in lights}) == 1
    assert lights[0].color[0] >= lights[0].color[2], "no street lamp is bluer than daylight"


def test_brightness_scales_light_and_glow_alike():
    one, two = StreetLamp(lit=True), StreetLamp(lit=True, brightness=2.0)
    assert two.lights()[0].power_w == pytest.approx(2 * one.lights()[0].power_w)
    glow = [max(m.emission_w_m2 for m in lamp.build().materials) for lamp in (one, two)]
    assert glow[1] == pytest.approx(2 * glow[0])


@pytest.mark.parametrize("country", ["uk", "eu", "us"])
@pytest.mark.parametrize("name", DESIGN_NAMES)
def test_a_face_stays_on_its_board(name, country):
    face = face_of(DESIGNS[name], Wording(country, 30, ("HIGH STREET", "A 14")))
    half = np.abs(face.outline).max(0)
    assert all((np.abs(mark.points).max(0) <= half + 1e-6).all() for mark in face.marks)
    assert signed_area(face.outline) > 0


def test_signs_are_told_apart_by_their_faces():
    faces = [
        tuple(np.concatenate([m.points.ravel() for m in face_of(DESIGNS[n], Wording("eu", 50, ("A",))).marks]).round(3))
        for n in DESIGN_NAMES
    ]
    assert len(set(faces)) == len(DESIGN_NAMES) >= 20


def test_speed_limits_say_their_speed():
    meshes = [TrafficSign(speed=s).build() for s in (30, 50)]
    assert meshes[0].vertices.shape != meshes[1].vertices.shape or not np.allclose(meshes[0].vertices, meshes[1].vertices)


def test_words_that_cannot_be_drawn_are_refused():
    with pytest.raises(ValidationError, match="should match pattern"):
        TrafficSign(design="street_name", words="straße")


def test_every_letter_that_is_allowed_can_be_drawn():
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./!'":
        assert letter in _GLYPHS
        assert text(letter, 1.0, INK)


@given(words=st.text("ABCXYZ019 ", min_size=1, max_size=12), height=st.floats(0.05, 2.0))
@settings(max_examples=40, deadline=None)
def test_text_is_centred_and_as_high_as_asked(words, height):
    marks = text(words, height, INK, u=1.0, v=-2.0, width=0.5)
    points = np.concatenate([m.points for m in marks]) if marks else np.empty((0, 2))
    if len(points):
        stroke_part = 0.3 * height  # strokes stick out by half their width, corners by a whole one
        assert np.abs(points[:, 0] - 1.0).max() <= 0.25 + stroke_part
        assert np.abs(points[:, 1] + 2.0).max() <= height / 2 + stroke_part


def triangle_area(mark):
    a, b, c = (mark.points[mark.triangles[:, k]] for k in range(3))
    u, v = b - a, c - a
    return 0.5 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])


@given(radii=st.lists(st.floats(0.2, 1.0), min_size=4, max_size=14))
@settings(max_examples=60, deadline=None)
def test_ears_tile_any_star_shaped_polygon(radii):
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    outline = np.array(radii)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    areas = triangle_area(polygon(outline, INK))
    assert (areas > -1e-9).all()
    assert areas.sum() == pytest.approx(signed_area(outline))


def test_ears_tile_a_letter_c():
    outline = np.array([(0, 0), (3, 0), (3, 1), (1, 1), (1, 2), (3, 2), (3, 3), (0, 3)], float)
    assert len(clipped_ears(outline)) == 6
    assert triangle_area(polygon(outline[::-1], INK)).sum() == pytest.approx(7.0)


def test_areas_of_bars_discs_and_strokes():
    assert triangle_area(bar(1, 2, 3, 0.5, INK)).sum() == pytest.approx(1.5)
    assert triangle_area(disc(0, 0, 2, INK, sides=200)).sum() == pytest.approx(4 * np.pi, rel=1e-3)
    assert triangle_area(stroke([(0, 0), (2, 0), (2, 3)], 0.2, INK)).sum() == pytest.approx(5 * 0.2)
    ring = stroke(arc(0, 0, 1, 0, 2 * np.pi, 200)[:-1], 0.1, INK, closed=True)
    assert triangle_area(ring).sum() == pytest.approx(2 * np.pi * 0.1, rel=1e-3)


def test_cropping_keeps_what_is_inside_the_frame():
    kept = cropped((bar(0, 0, 4, 1, INK), bar(5, 5, 1, 1, INK), bar(0, 0, 0.5, 0.5, INK)), 1.0, 2.0)
    areas = [triangle_area(m) for m in kept]
    assert all((a > 0).all() for a in areas)
    assert sum(a.sum() for a in areas) == pytest.approx(2 * 1 + 0.25)


def test_marks_that_meet_lie_on_different_layers():
    marks = (bar(0, 0, 2, 2, INK), bar(-0.5, 0, 0.4, 0.4, INK), bar(0.5, 0, 0.4, 0.4, INK), bar(0.5, 0, 0.2, 0.2, INK))
    assert layers(marks) == [1, 2, 2, 3]
    assert set(mounted(marks, (1, 0, 0), layer_m=0.001).vertices[:, 0].round(4)) == {
        np.float32(1.001),
        np.float32(1.002),
        np.float32(1.003),
    }


def test_a_panel_is_closed_and_a_face_reads_from_the_front():
    board = panel([(-1, -1), (1, -1), (1, 1), (-1, 1)], 0.01, (0, 0, 0), INK)
    a, b, c = (board.vertices[board.faces[:, k]].astype(float) for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(4 * 0.01, rel=1e-4)  # divergence theorem
    right = mounted((bar(1, 0, 0.1, 0.1, INK),), (0, 0, 0))
    assert right.vertices[:, 1].mean() == pytest.approx(1.0), "the viewer's right of something that faces +X is +Y"


@pytest.mark.parametrize("name", get_args(PictureName))
@pytest.mark.parametrize("aspect", [0.6, 1.0, 2.0])
def test_pictures_stay_within_their_frames(name, aspect):
    for variant in range(6):
        points = np.concatenate([m.points for m in picture(name, aspect, Stream.root(variant))])
        assert np.abs(points).max(0) == pytest.approx([1.0, 1.0 / aspect], rel=1e-6)


def test_people_on_posters_wear_different_things():
    colors = {tuple(m.material.color for m in picture("person_standing", 0.7, Stream.root(k))) for k in range(8)}
    assert len(colors) == 8

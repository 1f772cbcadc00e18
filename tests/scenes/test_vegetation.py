"""Trees, hedges and beds: crowns fill their size, seasons change leaves and not wood, branches hang together."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.mesh import Material
from generator.streams import Stream
from scenes.street.branching import Branches, blades, profile_envelope, reach_m, skin
from scenes.street.foliage import leaves
from scenes.street.planting import FlowerBed, Planter
from scenes.street.shrubs import Bush, Hedge
from scenes.street.tree_species import SPECIES
from scenes.street.trees import Tree, skeleton

SEASONS = ("spring", "summer", "autumn", "winter")
TREES = [Tree(species=s, season=q) for s in SPECIES for q in SEASONS]
SHRUBS = [Hedge(), Hedge(length_m=12, height_m=2.2, foliage="copper"), Bush(blossom=True), FlowerBed(), FlowerBed(raised="wood"), Planter()]


@pytest.mark.parametrize("actor", [*TREES, *SHRUBS], ids=str)
def test_size_is_the_box_around_the_mesh(actor):
    low, high = actor.build().bounds_m()
    np.testing.assert_allclose(high - low, actor.size_m(), atol=1e-4)
    np.testing.assert_allclose((low + high)[:2] / 2, 0, atol=1e-4)
    assert low[2] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_a_tree_is_cheap(tree):
    start = time.process_time()
    faces = len(tree.build().faces)
    assert time.process_time() - start < 0.15
    assert 5_000 < faces < 26_000


def test_deciduous_trees_are_bare_in_winter_and_the_spruce_is_not():
    def greens(tree):
        return sum(m.texture == "foliage" for m in tree.build().materials)

    assert {s: greens(Tree(species=s, season="winter")) > 0 for s in SPECIES} == {s: s == "spruce" for s in SPECIES}
    assert all(greens(Tree(species=s, season="summer")) >= 3 for s in SPECIES), "a crown has several leaf colours"


def test_blossom_is_pink_and_summer_leaves_are_green():
    def mean_leaf(season):
        return np.mean([m.color for m in Tree(species="cherry", season=season).build().materials if m.texture == "foliage"], axis=0)

    red, green, blue = mean_leaf("spring")
    assert red > blue > green
    assert mean_leaf("summer").argmax() == 1


def test_variants_differ_and_equal_trees_are_equal():
    a, again, other = Tree(variant=1).build(), Tree(variant=1).build(), Tree(variant=2).build()
    np.testing.assert_array_equal(a.vertices, again.vertices)
    assert a.vertices.shape != other.vertices.shape or not np.array_equal(a.vertices, other.vertices)


@pytest.mark.parametrize("species", SPECIES)
def test_every_branch_grows_out_of_the_level_before(species):
    tree = Tree(species=species)
    width, _, height = tree.size_m()
    levels = skeleton(SPECIES[species], height, width, Stream.root(1).generator())
    for parents, level in pairwise(levels):
        t = np.linspace(0, 1, 200)
        on_parents = np.concatenate([parents.at(np.full(200, k), t)[0] for k in range(len(parents.points))])
        nearest = [np.linalg.norm(on_parents - start, axis=1).min() for start in level.points[:40, 0]]
        assert max(nearest) < 0.05 * height / 10
        assert (level.radii[:, 0] <= parents.radii.max()).all()


@pytest.mark.parametrize("species", SPECIES)
def test_the_trunk_stands_on_the_origin(species):
    mesh = Tree(species=species, season="winter").build()
    foot = mesh.vertices[(mesh.vertices[:, 2] < 0.02) & (np.hypot(*mesh.vertices[:, :2].T) < 0.12 * mesh.bounds_m()[1][2])]
    assert len(foot) >= 6
    assert np.abs(foot[:, :2].mean(0)).max() < 0.35


def test_a_ray_reaches_the_envelope_of_a_cylinder():
    inside = profile_envelope(((0.0, 1.0), (1.0, 1.0)), 0.0, 10.0, 2.0)
    start = np.array([[0.0, 0.0, 5.0], [1.0, 0.0, 5.0], [0.0, 0.0, 5.0], [5.0, 0.0, 5.0]])
    along = np.array([[1.0, 0, 0], [-1.0, 0, 0], [0, 0, 1.0], [1.0, 0, 0]])
    step = 8.0 / 23
    np.testing.assert_allclose(reach_m(start, along, inside, 8.0), [2.0, 3.0, 5.0, 0.0], atol=step)


def test_a_tube_has_the_lateral_area_of_a_cylinder():
    path = np.array([[[0, 0, 0], [0, 0, 1], [0, 0, 2]]], float)
    mesh = skin(Branches(path, np.full((1, 3), 0.1)), 64, Material())
    assert _area(mesh) == pytest.approx(2 * np.pi * 0.1 * 2, rel=0.01)
    middle, normals = _middles_and_normals(mesh)
    assert ((middle[:, :2] * normals[:, :2]).sum(1) > 0).all(), "faces look outwards"


@given(points=st.integers(2, 5), count=st.integers(1, 9))
@settings(max_examples=20, deadline=None)
def test_blades_have_the_triangles_they_promise(points, count):
    path = np.cumsum(Stream.root(points, count).generator().uniform(0.1, 1, (count, points, 3)), axis=1)
    mesh = blades(Branches(path, np.full((count, points), 0.01)), Material(), Stream.root(0).generator())
    assert len(mesh.faces) == count * (2 * points - 3)
    assert mesh.faces.max() == len(mesh.vertices) - 1


def test_leaves_have_the_length_they_are_given():
    rng = Stream.root(3).generator()
    base, length = rng.uniform(-1, 1, (50, 3)), rng.uniform(0.1, 0.3, 50)
    mesh = leaves(base, rng.normal(size=(50, 3)), length, (Material(), Material(color=(0, 1, 0))), rng)
    quads = mesh.vertices.reshape(50, 4, 3)
    np.testing.assert_allclose(np.linalg.norm(quads[:, 2] - quads[:, 0], axis=1), length, rtol=1e-4)
    assert set(mesh.slots) == {0, 1}


def test_sky_shows_through_a_crown_but_not_through_a_hedge():
    """Coverage along horizontal rays, counted on a grid of projected triangles."""
    assert 0.4 < _cover(Tree().build(), Tree().size_m(), bottom=0.35) < 0.97
    assert _cover(Hedge().build(), Hedge().size_m(), bottom=0.1, margin=0.1) > 0.97


def _cover(mesh, size_m, bottom, margin=0.25):
    """Part of the pixels of the y-z silhouette's middle that some triangle covers."""
    import cv2

    scale = 400 / max(size_m[1:])
    canvas = np.zeros((int(size_m[2] * scale), int(size_m[1] * scale)), np.uint8)
    flat = np.stack([(mesh.vertices[:, 1] + size_m[1] / 2) * scale, (size_m[2] - mesh.vertices[:, 2]) * scale], axis=1)
    for triangle in flat[mesh.faces].round().astype(np.int32):
        cv2.fillConvexPoly(canvas, triangle, 1)
    height, width = canvas.shape
    return canvas[int(margin * height) : int((1 - bottom) * height), int(margin * width) : int((1 - margin) * width)].mean()


def _middles_and_normals(mesh):
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return (a + b + c) / 3, np.cross(b - a, c - a)


def _area(mesh):
    return np.linalg.norm(_middles_and_normals(mesh)[1], axis=1).sum() / 2

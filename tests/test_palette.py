"""Colours of classes: one for a name wherever it stands, and none like another."""

from __future__ import annotations

import numpy as np
import pytest

from generator.palette import cielab, palette

THINGS = ("person", "rider", "bicycle", "motorcycle", "car", "van", "truck", "bus", "traffic_light", "traffic_sign", "animal")
STREET = ("sky", "animal", "bicycle", "building", "bus", "car", "fence", "motorcycle", "object", "pavement", "person", "pole", "rider",
          "road", "road_marking", "terrain", "traffic_light", "traffic_sign", "truck", "van", "vegetation", "wall")  # fmt: skip
NEW = tuple(f"class {i}" for i in range(40))


def test_familiar_classes_have_their_colours_and_every_name_has_one() -> None:
    colors = palette(["ace", "king"], ["sky", "road", "widget"])
    assert list(colors) == ["sky", "road", "widget", "ace", "king"]
    assert colors["road"] == (128, 64, 128)
    assert palette(["car"], ["sky", "car"]).keys() == {"sky", "car"}


@pytest.mark.parametrize(
    ("categories", "classes"),
    [(THINGS, STREET), (THINGS, (*STREET, "tram", "crate")), ((), NEW), (NEW, ()), (NEW[:10], NEW[10:])],
    ids=["street", "more", "classes", "categories", "both"],
)
def test_colors_are_told_apart(categories: tuple[str, ...], classes: tuple[str, ...]) -> None:
    """Any two are 20 apart in CIELAB, where 2.3 is what can just be noticed (Mahy et al., Color Research & Application 19, 1994)."""
    colors = palette(categories, classes)
    names = list(colors)
    lab = cielab(np.array([colors[n] for n in names], np.uint8))
    distance = np.linalg.norm(lab[:, None] - lab, axis=2) + 1000 * np.eye(len(names))
    a, b = np.unravel_index(distance.argmin(), distance.shape)
    assert distance[a, b] > 20, (names[a], names[b], distance[a, b])


def test_labels_are_bright() -> None:
    colors = palette(THINGS, STREET)
    assert (cielab(np.array([colors[n] for n in THINGS], np.uint8))[:, 0] >= 50).all()


def test_cielab_is_that_of_the_book() -> None:
    """Primaries of sRGB under D65, as B. Lindbloom's calculator gives them."""
    lab = cielab(np.array([(255, 255, 255), (255, 0, 0), (0, 0, 255), (0, 0, 0)], np.uint8))
    assert lab == pytest.approx(np.array([(100, 0, 0), (53.24, 80.09, 67.20), (32.30, 79.19, -107.86), (0, 0, 0)]), abs=0.3)

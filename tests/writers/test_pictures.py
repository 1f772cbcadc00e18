"""Pictures show what they should: colours by class, depth by order, labels where the objects are, all images on the sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator import pictures
from generator.dataset import Dataset
from generator.lettering import chip_size, text_alpha, write
from generator.writers.coco import decode_mask
from generator.writers.encode import decode_png
from tests.writers.made import make_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_dataset(tmp_path_factory.mktemp("made") / "dataset")


def test_classes_have_different_colors() -> None:
    names = ["sky", "road", "widget", *(f"class {i}" for i in range(20))]
    assert len(set(pictures.class_colors(names).values())) == len(names)
    assert len(set(pictures.label_colors(names).values())) == len(names)
    assert pictures.class_colors(names)["road"] == (128, 64, 128)


STREET = ("sky", "animal", "bicycle", "building", "bus", "car", "fence", "motorcycle", "object", "pavement", "person", "pole", "rider",
          "road", "road_marking", "terrain", "traffic_light", "traffic_sign", "truck", "van", "vegetation", "wall")  # fmt: skip


@pytest.mark.parametrize(
    "names", [STREET, (*STREET, "tram", "crate"), tuple(f"class {i}" for i in range(40))], ids=["street", "more", "new"]
)
def test_colors_are_told_apart(names: tuple[str, ...]) -> None:
    """Any two are 20 apart in CIELAB, where 2.3 is what can just be noticed (Mahy et al., Color Research & Application 19, 1994)."""
    for colors in (pictures.class_colors(names), pictures.label_colors(names)):
        lab = pictures.cielab(np.array([colors[n] for n in names], np.uint8))
        distance = np.linalg.norm(lab[:, None] - lab, axis=2) + 1000 * np.eye(len(names))
        a, b = np.unravel_index(distance.argmin(), distance.shape)
        assert distance[a, b] > 20, (names[a], names[b], distance[a, b])


def test_cielab_is_that_of_the_book() -> None:
    """Primaries of sRGB under D65, as B. Lindbloom's calculator gives them."""
    lab = pictures.cielab(np.array([(255, 255, 255), (255, 0, 0), (0, 0, 255), (0, 0, 0)], np.uint8))
    assert lab == pytest.approx(np.array([(100, 0, 0), (53.24, 80.09, 67.20), (32.30, 79.19, -107.86), (0, 0, 0)]), abs=0.3)


def test_semantic_colors_follow_the_classes(dataset: Dataset) -> None:
    classes = dataset.card["semantic_classes"]
    colored = pictures.semantic_colors(dataset.semantic(0), classes)
    road = dataset.semantic(0) == classes.index("road")
    assert (colored[road] == (128, 64, 128)).all()
    assert not (colored[~road] == (128, 64, 128)).all(axis=1).any()


def test_nearer_is_brighter_and_the_sky_is_background() -> None:
    depth = np.tile(np.linspace(2, 60, 50, dtype=np.float32), (10, 1))
    depth[0] = np.inf
    colored = pictures.depth_colors(depth)
    assert (colored[0] == pictures.BACKGROUND).all()
    brightness = colored[5].astype(int).sum(1)
    assert (np.diff(brightness) <= 0).all()
    assert brightness[0] > brightness[-1] + 300
    assert (pictures.depth_colors(np.full((3, 3), np.inf)) == pictures.BACKGROUND).all()


def test_overlay_tints_every_instance_and_little_else(dataset: Dataset) -> None:
    record, rgb = dataset.record(0), dataset.rgb(0)
    before = rgb.copy()
    drawn = pictures.overlay(rgb, record, dataset.categories)
    assert np.array_equal(rgb, before)
    assert drawn.shape == rgb.shape
    changed = (drawn != rgb).any(axis=2)
    for annotation in record["annotations"]:
        assert changed[decode_mask(annotation["segmentation"])].mean() > 0.95
    assert changed.mean() < 0.8


def test_contact_sheet_shows_the_images(dataset: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "sheet" / "sheet.png"
    pictures.contact_sheet(dataset, out, 3)
    sheet = decode_png(out.read_bytes())
    assert sheet.shape[0] > 3 * 120
    assert sheet.shape[1] == 4 * 160 + 5 * 10
    for row, index in enumerate(dataset.indices()):
        top = 46 + row * (120 + 24)
        assert np.array_equal(sheet[top : top + 120, 10:170], dataset.rgb(index))


def test_contact_sheet_shows_what_there_is(dataset: Dataset, tmp_path: Path) -> None:
    bare = make_dataset(tmp_path / "bare", depth="none", semantic=False)
    pictures.contact_sheet(bare, tmp_path / "sheet.png", 100)
    assert decode_png((tmp_path / "sheet.png").read_bytes()).shape[1] == 2 * 160 + 3 * 10


def test_text_is_ink_of_even_height_and_is_cut_at_the_border() -> None:
    assert text_alpha("person", 12).shape[0] == text_alpha("gypsy", 12).shape[0]
    assert text_alpha("person", 12).max() > 0.9
    assert chip_size("car 12 m", 11)[0] > chip_size("car", 11)[0]
    image = np.zeros((10, 20, 3), np.uint8)
    write(image, "wide text", -5, -3, (255, 255, 255), 12)
    assert image.any()
    write(image, "nowhere", 500, 500, (255, 255, 255), 12)

"""Pictures show what they should: colours by class, depth by order, labels where the objects are, all images on the sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator import pictures
from generator.dataset import Dataset
from generator.lettering import chip_size, text_alpha, write
from generator.palette import BACKGROUND, palette
from generator.writers.coco import decode_mask
from generator.writers.encode import decode_png
from tests.studio import CATEGORIES, SEMANTIC
from tests.writers.made import SPECS, make_dataset

COLORS = palette(CATEGORIES, SEMANTIC)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_dataset(tmp_path_factory.mktemp("made") / "dataset")


def test_semantic_colors_follow_the_classes(dataset: Dataset) -> None:
    classes = dataset.card["semantic_classes"]
    colored = pictures.semantic_colors(dataset.semantic(0), classes, COLORS)
    road = dataset.semantic(0) == classes.index("road")
    assert (colored[road] == (128, 64, 128)).all()
    assert not (colored[~road] == (128, 64, 128)).all(axis=1).any()


def test_nearer_is_brighter_and_the_sky_is_background() -> None:
    depth = np.tile(np.linspace(2, 60, 50, dtype=np.float32), (10, 1))
    depth[0] = np.inf
    colored = pictures.depth_colors(depth)
    assert (colored[0] == BACKGROUND).all()
    brightness = colored[5].astype(int).sum(1)
    assert (np.diff(brightness) <= 0).all()
    assert brightness[0] > brightness[-1] + 300
    assert (pictures.depth_colors(np.full((3, 3), np.inf)) == BACKGROUND).all()


def test_a_flat_scene_looks_flat_and_a_deep_one_deep() -> None:
    """Half a metre away, with the steps of a depth PNG: what differs by 2 mm has nearly one colour, what differs by 30 cm has all."""

    def contrast(span_m: float) -> int:
        depth = np.round(np.tile(np.linspace(0.5, 0.5 + span_m, 50, dtype=np.float32), (10, 1)), 3)
        brightness = pictures.depth_colors(depth).astype(int).sum(2)
        return int(brightness.max() - brightness.min())

    assert contrast(0.0) == 0
    assert contrast(0.002) < 30
    assert contrast(0.3) > 300


def test_overlay_tints_every_instance_and_little_else(dataset: Dataset) -> None:
    record, rgb = dataset.record(0), dataset.rgb(0)
    before = rgb.copy()
    drawn = pictures.overlay(rgb, record, dataset.categories, COLORS)
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
        top = 46 + row * (120 + 24)  # all that is known about an image fits into one line here
        assert np.array_equal(sheet[top : top + 120, 10:170], dataset.rgb(index))


def test_contact_sheet_shows_what_there_is(dataset: Dataset, tmp_path: Path) -> None:
    bare = make_dataset(tmp_path / "bare", depth="none", semantic=False)
    pictures.contact_sheet(bare, tmp_path / "sheet.png", 100)
    assert decode_png((tmp_path / "sheet.png").read_bytes()).shape[1] == 2 * 160 + 3 * 10


def legend_colors(sheet: np.ndarray) -> set[tuple[int, ...]]:
    """Of the swatches, 13 pixels wide, below the last picture."""
    lines = sheet[-120:].reshape(-1, sheet.shape[2])
    runs = np.flatnonzero((lines[:-12] == lines[12:]).all(axis=1) & (lines[:-12] != BACKGROUND).any(axis=1))
    return {tuple(int(v) for v in lines[i]) for i in runs if (lines[i : i + 13] == lines[i]).all()}


def test_the_legend_names_what_is_seen_in_the_colours_of_the_pictures(tmp_path: Path) -> None:
    """A dataset of which no image shows a crate has none in its legend."""
    spec = SPECS[0]
    down = spec.model_copy(update={"objects": tuple(o for o in spec.objects if o.category != "crate")})
    dataset = make_dataset(tmp_path / "made", (down,), depth="none")
    pictures.contact_sheet(dataset, tmp_path / "sheet.png", 1)
    sheet = decode_png((tmp_path / "sheet.png").read_bytes())
    seen = {SEMANTIC[i] for i in np.unique(dataset.semantic(0))} | {
        dataset.categories[a["category_id"]] for a in dataset.record(0)["annotations"]
    }
    assert seen < {*SEMANTIC, *CATEGORIES}
    assert legend_colors(sheet[46 + 120 + 24 :]) == {COLORS[name] for name in seen}


def test_all_that_is_known_about_an_image_is_in_its_caption(tmp_path: Path) -> None:
    """Twenty factors take more lines, and none of them reaches the border."""
    many = SPECS[0].model_copy(update={"factors": {f"a_factor_with_a_name_{i}": i / 7 for i in range(20)}})
    pictures.contact_sheet(make_dataset(tmp_path / "many", (many,)), tmp_path / "many.png", 1)
    pictures.contact_sheet(make_dataset(tmp_path / "few", SPECS[:1]), tmp_path / "few.png", 1)
    many_lines, few_lines = (decode_png((tmp_path / name).read_bytes()) for name in ("many.png", "few.png"))
    assert many_lines.shape[0] >= few_lines.shape[0] + 4 * 18
    assert (many_lines[46 + 120 :, -10:] == BACKGROUND).all()


def test_text_is_ink_of_even_height_and_is_cut_at_the_border() -> None:
    assert text_alpha("person", 12).shape[0] == text_alpha("gypsy", 12).shape[0]
    assert text_alpha("person", 12).max() > 0.9
    assert chip_size("car 12 m", 11)[0] > chip_size("car", 11)[0]
    image = np.zeros((10, 20, 3), np.uint8)
    write(image, "wide text", -5, -3, (255, 255, 255), 12)
    assert image.any()
    write(image, "nowhere", 500, 500, (255, 255, 255), 12)

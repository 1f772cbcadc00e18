"""Pictures of a dataset for people: labels over the image, coloured depth and classes, and a sheet of many images.

Images are (H, W, 3) uint8 sRGB in RGB order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import cv2
import numpy as np

from generator.dataset import Dataset
from generator.lettering import Color, chip, chip_size, paint, text_alpha, write
from generator.palette import BACKGROUND, FAINT, INK, palette
from generator.storage import Place, parent_and_name
from generator.writers.coco import Record, decode_mask
from generator.writers.encode import encode_rgb

TILE_WIDTH_PX = 640
_GAP_PX = 10
_SWATCH_PX, _LINE_PX = 13, 18
_LEAST_DEPTH_RATIO = 1.2  # of far to near: a smaller one would show the steps of a depth PNG (1 mm; half a metre away 1 % of the scale)
_LABEL_SHARE = 1 / 2500  # of the image: smaller instances are tinted but get no name
_BOX_EDGES = ((0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7))  # of `box_corners`


def semantic_colors(semantic: np.ndarray, classes: Sequence[str], colors: Mapping[str, Color]) -> np.ndarray:
    """The (H, W) class map in colours."""
    return np.array([colors[name] for name in classes], np.uint8)[semantic]


def depth_colors(depth_m: np.ndarray) -> np.ndarray:
    """The (H, W) depth from near (bright) to far (dark) on a logarithmic scale of this image; what has no depth is background.

    The scale is never narrower than _LEAST_DEPTH_RATIO: what is flat looks flat.
    """
    known = np.isfinite(depth_m) & (depth_m > 0)
    if not known.any():
        return np.full((*depth_m.shape, 3), BACKGROUND, np.uint8)
    log = np.log(np.where(known, depth_m, 1.0))
    near, far = np.percentile(log[known], (0.5, 99.5))
    span = max(far - near, np.log(_LEAST_DEPTH_RATIO))
    shade = np.clip(0.5 + ((near + far) / 2 - log) / span, 0.0, 1.0)
    colored = cv2.applyColorMap(np.rint(20 + 225 * shade).astype(np.uint8), cv2.COLORMAP_INFERNO)
    return np.where(known[..., None], cv2.cvtColor(colored, cv2.COLOR_BGR2RGB), np.array(BACKGROUND, np.uint8))


def overlay(rgb: np.ndarray, record: Record, categories: Mapping[int, str], colors: Mapping[str, Color]) -> np.ndarray:
    """The image with every instance's mask, outline, hidden outline (dashed), 3D box and class name."""
    picture = rgb.copy()
    annotations = sorted(record["annotations"], key=lambda a: -a["distance_m"])  # near ones are drawn over far ones
    for annotation in annotations:
        _draw_instance(picture, annotation, colors[categories[annotation["category_id"]]])
    taken: list[tuple[int, int, int, int]] = []
    for annotation in reversed(annotations):
        if annotation["area"] >= _LABEL_SHARE * rgb.shape[0] * rgb.shape[1]:
            name = categories[annotation["category_id"]]
            _draw_name(picture, f"{name} {_distance(annotation['distance_m'])}", annotation["bbox"], colors[name], taken)
    return picture


def _distance(distance_m: float) -> str:
    return f"{distance_m:.0f} m" if distance_m >= 2 else f"{100 * distance_m:.0f} cm"


SHEET_FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}  # by the suffix of the file


def contact_sheet(dataset: Dataset, out: Place, count: int) -> None:
    """A picture of `count` images spread over the dataset: one a row, as picture, labels, classes and depth, as far as written.

    out: path or URL of a file whose suffix is one of SHEET_FORMATS.
    """
    indices = dataset.indices()
    chosen = [indices[i * len(indices) // min(count, len(indices))] for i in range(min(count, len(indices)))]
    classes = dataset.card["semantic_classes"]
    colors = palette(list(dataset.categories.values()), classes)
    rows = [_Row(dataset.record(index), _tiles(dataset, index, colors)) for index in chosen]
    width = max((row.width for row in rows), default=TILE_WIDTH_PX)
    shown = set[str]().union(*(_shown(dataset, row.record) for row in rows))
    pictures = [_padded(part, width) for row in rows for part in (_side_by_side(list(row.tiles.values())), _caption(row.record, row.width))]
    groups = {"labels": dataset.categories.values(), "classes": [name for name in classes if name not in dataset.categories.values()]}
    legends = [_legend(what, {n: colors[n] for n in names if n in shown}, width) for what, names in groups.items()]
    parts = [_title(dataset, rows, width), *pictures, *legends]
    folder, name = parent_and_name(out)
    folder.put(name, encode_rgb(np.concatenate(parts), SHEET_FORMATS[PurePath(name).suffix.lower()], 92))


def _draw_instance(picture: np.ndarray, annotation: dict[str, Any], color: Color) -> None:
    visible, amodal = decode_mask(annotation["segmentation"]), decode_mask(annotation["amodal_segmentation"])
    picture[visible] = np.rint(picture[visible] * 0.58 + np.array(color) * 0.42).astype(np.uint8)
    _draw_box_3d(picture, annotation["box_3d"]["pixels"], color)
    outlines, _ = cv2.findContours(visible.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.polylines(picture, outlines, True, color, 1, cv2.LINE_AA)
    near_visible = cv2.dilate(visible.view(np.uint8), np.ones((5, 5), np.uint8))
    for outline in cv2.findContours(amodal.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        dashes = [(x, y) for i, (x, y) in enumerate(outline[:, 0]) if i % 7 < 4 and not near_visible[y, x]]
        if dashes:
            columns, rows = np.array(dashes).T
            picture[rows, columns] = color


def _draw_box_3d(picture: np.ndarray, corners: Sequence[Sequence[float] | None], color: Color) -> None:
    layer = picture.copy()
    for a, b in _BOX_EDGES:
        start, end = corners[a], corners[b]
        if start is not None and end is not None and max(map(abs, [*start, *end])) < 30_000:  # OpenCV's drawing range
            cv2.line(layer, _pixel(start), _pixel(end), color, 1, cv2.LINE_AA)
    cv2.addWeighted(layer, 0.55, picture, 0.45, 0.0, dst=picture)


def _pixel(point: Sequence[float]) -> tuple[int, int]:
    return round(point[0] - 0.5), round(point[1] - 0.5)  # OpenCV draws pixel centres at whole numbers


def _draw_name(picture: np.ndarray, text: str, bbox: Sequence[int], color: Color, taken: list[tuple[int, int, int, int]]) -> None:
    """A name above the box, else below or inside it, never over another name."""
    size = 11 if picture.shape[1] <= 960 else 14
    width, height = chip_size(text, size)
    x, y, w, h = bbox
    left = min(max(x + (w - width) // 2, 0), picture.shape[1] - width)
    for top in (y - height - 2, y + 2, y + h // 2, y + h + 2):
        place = (left, top, left + width, top + height)
        if top >= 0 and place[3] <= picture.shape[0] and not any(_touch(place, other) for other in taken):
            chip(picture, text, left, top, color, size)
            taken.append(place)
            return


def _touch(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@dataclass(frozen=True, eq=False)
class _Row:
    """One image's tiles by the name of their column."""

    record: Record
    tiles: dict[str, np.ndarray]

    @property
    def width(self) -> int:
        return sum(tile.shape[1] + _GAP_PX for tile in self.tiles.values()) + _GAP_PX


def _tiles(dataset: Dataset, index: int, colors: Mapping[str, Color]) -> dict[str, np.ndarray]:
    record, rgb = dataset.record(index), dataset.rgb(index)
    files = record["image"]["files"]
    tiles = {"picture": rgb, "labels": overlay(rgb, record, dataset.categories, colors)}
    if "semantic" in files:
        tiles["classes"] = semantic_colors(dataset.semantic(index), dataset.card["semantic_classes"], colors)
    if "depth" in files:
        tiles["depth"] = depth_colors(dataset.depth_m(index))
    return {name: _fitted(tile) for name, tile in tiles.items()}


def _shown(dataset: Dataset, record: Record) -> set[str]:
    """Categories that are labelled and classes that are seen in one image."""
    labelled = {dataset.categories[a["category_id"]] for a in record["annotations"]}
    if "semantic" not in record["image"]["files"]:
        return labelled
    classes = dataset.card["semantic_classes"]
    return labelled | {classes[i] for i in np.unique(dataset.semantic(record["image"]["index"]))}


def _caption(record: Record, width: int) -> np.ndarray:
    """Which image it is and what is known about it, in as many lines as that needs."""
    image = record["image"]
    factors = [f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in image["factors"].items()]
    cases = [f"corner case {name}" for name in image["corner_cases"]]
    left = _GAP_PX + 60
    lines = _lines([f"{len(record['annotations'])} instances", *cases, *factors], width - left - _GAP_PX)
    bar = np.full((6 + _LINE_PX * len(lines), width, 3), BACKGROUND, np.uint8)
    write(bar, f"{image['index']:06d}", _GAP_PX, 3, INK, 12, bold=True)
    for number, line in enumerate(lines):
        write(bar, line, left, 3 + _LINE_PX * number, FAINT, 12)
    return bar


def _lines(words: Sequence[str], width: int) -> list[str]:
    """The words, put together as far as they fit into lines of `width` pixels."""
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]}   {word}"
        if text_alpha(longer, 12).shape[1] <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _title(dataset: Dataset, rows: Sequence[_Row], width: int) -> np.ndarray:
    counts = dataset.card["counts"]
    bar = np.full((46, width, 3), BACKGROUND, np.uint8)
    title = f"{dataset.card['scene']}, seed {dataset.card['seed']}"
    write(bar, title, _GAP_PX, 10, INK, 20, bold=True)
    columns = ", ".join(dict.fromkeys(name for row in rows for name in row.tiles))
    facts = f"{len(rows)} of {counts['images']} images   {counts['instances']} instances   {columns}"
    write(bar, facts, 2 * _GAP_PX + text_alpha(title, 20, bold=True).shape[1], 17, FAINT, 13)
    return bar


def _legend(what: str, colors: Mapping[str, Color], width: int) -> np.ndarray:
    """Names with their colours, in as many lines as they need; nothing where there are none."""
    lines: list[np.ndarray] = []
    x = width
    for name, color in colors.items():
        text = text_alpha(name, 12)
        step = _SWATCH_PX + 5 + text.shape[1] + 2 * _GAP_PX
        if x + step > width:
            lines.append(np.full((_LINE_PX + 4, width, 3), BACKGROUND, np.uint8))
            x = _GAP_PX + 60
        lines[-1][4 : 4 + _SWATCH_PX, x : x + _SWATCH_PX] = color
        paint(lines[-1], x + _SWATCH_PX + 5, 2, text, INK)
        x += step
    if lines:
        write(lines[0], what, _GAP_PX, 2, FAINT, 12)
    return np.concatenate(lines) if lines else np.zeros((0, width, 3), np.uint8)


def _side_by_side(tiles: Sequence[np.ndarray]) -> np.ndarray:
    gap = np.full((tiles[0].shape[0], _GAP_PX, 3), BACKGROUND, np.uint8)
    return np.concatenate([part for tile in tiles for part in (gap, tile)] + [gap], axis=1)


def _fitted(tile: np.ndarray) -> np.ndarray:
    """At most TILE_WIDTH_PX wide."""
    height, width = tile.shape[:2]
    if width <= TILE_WIDTH_PX:
        return tile
    return np.asarray(cv2.resize(tile, (TILE_WIDTH_PX, round(height * TILE_WIDTH_PX / width)), interpolation=cv2.INTER_AREA))


def _padded(row: np.ndarray, width: int) -> np.ndarray:
    missing = np.full((row.shape[0], width - row.shape[1], 3), BACKGROUND, np.uint8)
    return np.concatenate([row, missing], axis=1)

"""Pictures of a dataset for people: labels over the image, coloured depth and classes, and a sheet of many images.

Images are (H, W, 3) uint8 sRGB in RGB order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from pathlib import PurePath
from typing import Any

import cv2
import numpy as np

from generator.dataset import Dataset
from generator.lettering import Color, chip, chip_size, text_alpha, write
from generator.storage import Place, parent_and_name
from generator.writers.coco import Record, decode_mask
from generator.writers.encode import encode_rgb

TILE_WIDTH_PX = 640
BACKGROUND, INK, FAINT = (20, 22, 27), (235, 236, 240), (150, 154, 165)
_GAP_PX = 10
_LABEL_SHARE = 1 / 2500  # of the image: smaller instances are tinted but get no name
_BOX_EDGES = ((0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7))  # of `box_corners`

# The usual colours of street classes: those of Cityscapes, but for its vehicles, riders, walls and fences, which look alike there.
_KNOWN: dict[str, Color] = {
    "sky": (70, 130, 180), "road": (128, 64, 128), "pavement": (244, 35, 232), "sidewalk": (244, 35, 232), "building": (70, 70, 70),
    "wall": (175, 120, 75), "pole": (153, 153, 153), "traffic_light": (250, 170, 30), "traffic_sign": (220, 220, 0),
    "vegetation": (107, 142, 35), "terrain": (152, 251, 152), "person": (220, 20, 60), "rider": (255, 75, 165), "car": (0, 0, 142),
    "van": (0, 150, 120), "truck": (255, 180, 255), "bus": (0, 255, 255), "motorcycle": (120, 60, 0), "bicycle": (0, 0, 255),
    "animal": (0, 255, 0), "fence": (255, 145, 115), "object": (0, 120, 255), "road_marking": (232, 232, 232), "marking": (232, 232, 232),
}  # fmt: skip
_GRID = np.array(list(product(range(0, 256, 15), repeat=3)), np.uint8)  # colours to choose from


def class_colors(names: Sequence[str]) -> dict[str, Color]:
    """Well separated colours of semantic classes, the familiar ones where a name is familiar. The same list gives the same colours."""
    known = {name: _KNOWN[name] for name in names if name in _KNOWN}
    chosen = farthest_colors(len(names) - len(known), (BACKGROUND, INK, *known.values()), least_lightness=15, least_chroma=15)
    others = dict(zip((n for n in names if n not in known), chosen, strict=True))
    return {name: known.get(name) or others[name] for name in names}


def label_colors(names: Sequence[str]) -> dict[str, Color]:
    """Bright, well separated colours for outlines over photographs, by position."""
    return dict(zip(names, farthest_colors(len(names), (BACKGROUND, FAINT), least_lightness=50, least_chroma=45), strict=True))


@lru_cache(maxsize=32)
def farthest_colors(count: int, taken: tuple[Color, ...], *, least_lightness: float, least_chroma: float) -> tuple[Color, ...]:
    """`count` colours, each as far as can be in CIELAB from those `taken` and from those before it.

    When all that there are have been used they come again from the first on.
    """
    lab = cielab(_GRID)
    usable = (lab[:, 0] >= least_lightness) & (np.hypot(lab[:, 1], lab[:, 2]) >= least_chroma)
    grid, lab = _GRID[usable], lab[usable]
    distance = np.linalg.norm(lab[:, None] - cielab(np.array(taken, np.uint8)), axis=2).min(axis=1)
    chosen = []
    for _ in range(min(count, len(grid))):
        best = int(distance.argmax())
        chosen.append((int(grid[best, 0]), int(grid[best, 1]), int(grid[best, 2])))
        distance = np.minimum(distance, np.linalg.norm(lab - lab[best], axis=1))
    return tuple(chosen[i % len(chosen)] for i in range(count))


def cielab(colors: np.ndarray) -> np.ndarray:
    """(N, 3) CIELAB (D65) of (N, 3) uint8 sRGB."""
    return np.asarray(cv2.cvtColor((colors / np.float32(255))[None].astype(np.float32), cv2.COLOR_RGB2Lab)[0])


def semantic_colors(semantic: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """The (H, W) class map in colours."""
    colors = class_colors(classes)
    return np.array([colors[name] for name in classes], np.uint8)[semantic]


def depth_colors(depth_m: np.ndarray) -> np.ndarray:
    """The (H, W) depth from near (bright) to far (dark) on a logarithmic scale of this image; what has no depth is background."""
    known = np.isfinite(depth_m) & (depth_m > 0)
    if not known.any():
        return np.full((*depth_m.shape, 3), BACKGROUND, np.uint8)
    log = np.log(np.where(known, depth_m, 1.0))
    near, far = np.percentile(log[known], (0.5, 99.5))
    shade = 1.0 - np.clip((log - near) / max(far - near, 1e-6), 0.0, 1.0)
    colored = cv2.applyColorMap(np.rint(20 + 225 * shade).astype(np.uint8), cv2.COLORMAP_INFERNO)
    return np.where(known[..., None], cv2.cvtColor(colored, cv2.COLOR_BGR2RGB), np.array(BACKGROUND, np.uint8))


def overlay(rgb: np.ndarray, record: Record, categories: Mapping[int, str]) -> np.ndarray:
    """The image with every instance's mask, outline, hidden outline (dashed), 3D box and class name."""
    picture = rgb.copy()
    colors = label_colors([categories[i] for i in sorted(categories)])
    annotations = sorted(record["annotations"], key=lambda a: -a["distance_m"])  # near ones are drawn over far ones
    for annotation in annotations:
        _draw_instance(picture, annotation, colors[categories[annotation["category_id"]]])
    taken: list[tuple[int, int, int, int]] = []
    for annotation in reversed(annotations):
        if annotation["area"] >= _LABEL_SHARE * rgb.shape[0] * rgb.shape[1]:
            name = categories[annotation["category_id"]]
            _draw_name(picture, f"{name} {annotation['distance_m']:.0f} m", annotation["bbox"], colors[name], taken)
    return picture


SHEET_FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}  # by the suffix of the file


def contact_sheet(dataset: Dataset, out: Place, count: int) -> None:
    """A picture of `count` images spread over the dataset: one a row, as picture, labels, classes and depth, as far as written.

    out: path or URL of a file whose suffix is one of SHEET_FORMATS.
    """
    indices = dataset.indices()
    chosen = [indices[i * len(indices) // min(count, len(indices))] for i in range(min(count, len(indices)))]
    rows = [_row(dataset, index) for index in chosen]
    width = max((row.shape[1] for row in rows), default=TILE_WIDTH_PX)
    parts = [_title(dataset, width, len(chosen)), *(_padded(row, width) for row in rows), _legend(dataset.card["semantic_classes"], width)]
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


def _row(dataset: Dataset, index: int) -> np.ndarray:
    """One image's pictures side by side over a line that says which it is."""
    record, rgb = dataset.record(index), dataset.rgb(index)
    files = record["image"]["files"]
    tiles = [rgb, overlay(rgb, record, dataset.categories)]
    if "semantic" in files:
        tiles.append(semantic_colors(dataset.semantic(index), dataset.card["semantic_classes"]))
    if "depth" in files:
        tiles.append(depth_colors(dataset.depth_m(index)))
    strip = _side_by_side([_fitted(tile) for tile in tiles])
    caption = np.full((24, strip.shape[1], 3), BACKGROUND, np.uint8)
    write(caption, f"{index:06d}", _GAP_PX, 3, INK, 12, bold=True)
    write(caption, _caption(record), _GAP_PX + 60, 3, FAINT, 12)
    return np.concatenate([strip, caption])


def _caption(record: Record) -> str:
    image = record["image"]
    factors = [f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in image["factors"].items()]
    cases = [f"corner case {name}" for name in image["corner_cases"]]
    return "   ".join([f"{len(record['annotations'])} instances", *cases, *factors])


def _title(dataset: Dataset, width: int, shown: int) -> np.ndarray:
    counts = dataset.card["counts"]
    bar = np.full((46, width, 3), BACKGROUND, np.uint8)
    title = f"{dataset.card['scene']}, seed {dataset.card['seed']}"
    write(bar, title, _GAP_PX, 10, INK, 20, bold=True)
    facts = f"{shown} of {counts['images']} images   {counts['instances']} instances   picture, labels, classes, depth"
    write(bar, facts, 2 * _GAP_PX + text_alpha(title, 20, bold=True).shape[1], 17, FAINT, 13)
    return bar


def _legend(classes: Sequence[str], width: int) -> np.ndarray:
    """The semantic classes with their colours, in as many lines as they need."""
    lines: list[np.ndarray] = []
    x = width
    for name, color in class_colors(classes).items():
        step = chip_size(name, 13)[0] + _GAP_PX
        if x + step > width - _GAP_PX:
            lines.append(np.full((30, width, 3), BACKGROUND, np.uint8))
            x = _GAP_PX
        chip(lines[-1], name, x, 5, color, 13)
        x += step
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

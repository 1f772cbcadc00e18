"""What is wrong with a COCO file: every problem, not the first; and what is left of the file without them.

Something broken takes what belongs to it along: an image without a file is left out with its annotations, which are not
reported once more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import orjson

from generator.errors import DatasetInputError, quoted

ROUNDING_PX = 1.0  # annotation tools round corners and sizes apart: so far outside is cut off without a word
_TAIL_BYTES = 32
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}  # end of image, ITU-T T.81 B.1.1.3; the last chunk, PNG 11.2.5
Bounds = tuple[float, float, float, float]  # left, top, right, bottom of a mask
_LIKE_CORNERS = 3  # boxes that reach out of their images and would fit as corners, from which it is told
_MOST_TOLD = 200  # problems of one kind that are listed by name


@dataclass(frozen=True, slots=True)
class Problem:
    """kind: "image", "category", "annotation" or "picture"; where: which one; text: what was found and what is allowed."""

    kind: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: {self.text}"


@dataclass(frozen=True)
class CocoContent:
    """What is sound in a COCO file. categories: name by id. paths: picture by image id. notes: odd, but no mistake."""

    images: tuple[dict[str, Any], ...]
    annotations: tuple[dict[str, Any], ...]
    categories: dict[int, str]
    paths: dict[int, Path]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def checked(file: Path) -> CocoContent:
    """The sound part of a COCO file and all its problems. Raises DatasetInputError when it is no COCO file at all."""
    data = _parsed(file)
    problems: list[Problem] = []
    categories = _categories(data["categories"], problems)
    images, paths = _images(data["images"], file, problems)
    sizes = {entry["id"]: (int(entry["width"]), int(entry["height"])) for entry in images}
    broken_images = {_key(e.get("id")) for e in data["images"] if isinstance(e, Mapping)} - set(sizes)
    broken_categories = {_key(e.get("id")) for e in data["categories"] if isinstance(e, Mapping)} - set(categories)
    if data["annotations"] and not data["categories"]:
        problems.append(Problem("category", "list", "is empty or missing; one with an id and a name for each class is needed"))
        broken_categories |= {_key(e.get("category_id")) for e in data["annotations"] if isinstance(e, Mapping)}
    annotations = tuple(_annotations(data["annotations"], sizes, broken_images, categories, broken_categories, problems))
    problems += _corners(data["annotations"], sizes)
    used = {a["category_id"] for a in annotations}
    unused = [name for i, name in categories.items() if i not in used]
    notes = (f"classes without an object: {', '.join(unused)}",) if unused else ()
    return CocoContent(images, annotations, categories, paths, tuple(problems), notes)


def refuse(source: Path, problems: Sequence[Problem]) -> NoReturn:
    """Raises a DatasetInputError that lists the problems."""
    raise DatasetInputError(f"{source}: {listed(problems)}\nMend them, or leave out what is broken with --drop")


def listed(problems: Sequence[Problem]) -> str:
    """'3 problems' and a line for each."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    seen: Counter[str] = Counter()
    lines = []
    for problem in problems:
        seen[problem.kind] += 1
        if seen[problem.kind] <= _MOST_TOLD:
            lines.append(f"  {problem}")
    more = [f"  ... and {n - _MOST_TOLD} more of the kind {kind!r}" for kind, n in seen.items() if n > _MOST_TOLD]
    return "\n".join([count, *lines, *more])


@cache
def _pillow() -> Any:
    from PIL import Image

    return Image


def picture_size(path: Path) -> tuple[int, int] | None:
    """(width, height) from a picture's header; None when it is no picture, or one that was cut off.

    A JPEG or PNG that ends as such files do is not decoded. One that does not may have more behind its end (phones write it), and is.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
            tail = file.read()
            file.seek(0)
            with _pillow().open(file) as picture:
                if _ENDS.get(picture.format, b"") not in tail:
                    picture.load()
                return int(picture.width), int(picture.height)
    except (OSError, SyntaxError, ValueError):
        return None


def _parsed(file: Path) -> dict[str, list[Any]]:
    try:
        data = orjson.loads(file.read_bytes())
    except OSError as error:
        raise DatasetInputError(f"{file}: cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        around = error.doc[max(error.pos - 30, 0) : error.pos + 10]
        raise DatasetInputError(f"{file}: is not valid JSON ({error})" + (f", near {quoted(around)}" if around else "")) from error
    if not isinstance(data, dict) or not isinstance(data.get("images"), list):
        raise DatasetInputError(f"{file}: is no COCO file: it must hold a mapping with lists `images`, `annotations` and `categories`")
    for key in ("annotations", "categories"):
        if not isinstance(data.setdefault(key, []), list):
            raise DatasetInputError(f"{file}: {key}: found {quoted(data[key])}, a list is allowed")
    return data


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _key(value: Any) -> Any:
    """An id as it stands in the file, made fit for a set."""
    return value if _is_id(value) else repr(value)


def _entry_problem(entry: Any, taken: Mapping[Any, Any] | set[Any]) -> str | None:
    """What is wrong with an entry's id: the first word on every image, category and annotation."""
    if not isinstance(entry, Mapping):
        return f"found {quoted(entry)}, a mapping is allowed"
    if "id" not in entry:
        return "id is missing; a whole number is allowed"
    if not _is_id(entry["id"]):
        return f"id: found {quoted(entry['id'])}, a whole number is allowed"
    return "its id is that of an earlier one" if entry["id"] in taken else None


def _label(entry: Any, position: int) -> str:
    found = entry.get("id") if isinstance(entry, Mapping) else None
    return str(found) if _is_id(found) else f"at position {position}"


def _categories(entries: Sequence[Any], problems: list[Problem]) -> dict[int, str]:
    names: dict[int, str] = {}
    for position, entry in enumerate(entries):
        text = _entry_problem(entry, names)
        if text is None:
            name = entry.get("name")
            if not isinstance(name, str) or not name.strip():
                text = f"name: found {quoted(name)}, a name is allowed"
            elif name in names.values():
                text = f"its name {name!r} is that of an earlier one"
            else:
                names[entry["id"]] = name
        if text is not None:
            problems.append(Problem("category", _label(entry, position), text))
    return names


def _images(entries: Sequence[Any], file: Path, problems: list[Problem]) -> tuple[tuple[dict[str, Any], ...], dict[int, Path]]:
    folder = picture_folder(file, [e["file_name"] for e in entries if isinstance(e, Mapping) and isinstance(e.get("file_name"), str)])
    sound: list[dict[str, Any]] = []
    paths: dict[int, Path] = {}
    names: set[str] = set()
    for position, entry in enumerate(entries):
        text = _entry_problem(entry, paths) or _image_problem(entry, folder, names)
        if text is not None:
            problems.append(Problem("image", _label(entry, position), text))
            continue
        names.add(entry["file_name"])
        paths[entry["id"]] = folder / entry["file_name"]
        sound.append(entry)
    return tuple(sound), paths


def _image_problem(entry: Mapping[str, Any], folder: Path, names: set[str]) -> str | None:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name:
        return f"file_name: found {quoted(name)}, a path is allowed"
    if name in names:
        return f"file_name: {name} is that of an earlier image"
    if Path(name).is_absolute() or ".." in Path(name).parts:
        return f"file_name: {name} leads out of the folder of images"
    if not (folder / name).is_file():
        return f"there is no file {folder / name}"
    found = picture_size(folder / name)
    if found is None:
        return f"{folder / name} is no picture that can be read, or is cut off"
    for key in ("width", "height"):
        if key not in entry:
            return f"{key} is missing; {name} has {found[0]} x {found[1]} pixels"
        if not _is_id(entry[key]):
            return f"{key}: found {quoted(entry[key])}, a whole number is allowed"
    said = (entry["width"], entry["height"])
    turned = "; labels must be for the picture as it is stored, not as its EXIF turns it" if said == found[::-1] else ""
    return None if said == found else f"says {said[0]} x {said[1]} pixels, {name} has {found[0]} x {found[1]}{turned}"


def picture_folder(file: Path, names: Sequence[str]) -> Path:
    """Where a COCO file's pictures lie: the first of the usual places that has most of the first ones."""
    here, above = file.parent, file.parent.parent
    split = file.stem.removeprefix("instances_")  # COCO's own: annotations/instances_val2017.json and val2017/
    usual = [
        here,
        here / "images",
        above,
        above / "images",
        *(base / part for base in (above, here) for part in (split, f"images/{split}")),
    ]
    some = [name for name in names[:: max(len(names) // 20, 1)] if not Path(name).is_absolute()]
    return max(usual, key=lambda folder: sum((folder / name).is_file() for name in some))


def _annotations(
    entries: Sequence[Any],
    sizes: Mapping[int, tuple[int, int]],
    broken_images: set[Any],
    categories: Mapping[int, str],
    broken_categories: set[Any],
    problems: list[Problem],
) -> Iterator[dict[str, Any]]:
    seen: set[int] = set()
    for position, entry in enumerate(entries):
        text = _entry_problem(entry, seen)
        if text is None:
            seen.add(entry["id"])
            if _key(entry.get("image_id")) in broken_images or _key(entry.get("category_id")) in broken_categories:
                continue  # told already, with its image or category
            text = _annotation_problem(entry, sizes, categories)
        if text is None:
            yield entry
        else:
            problems.append(Problem("annotation", _label(entry, position), text))


def _corners(entries: Sequence[Any], sizes: Mapping[int, tuple[int, int]]) -> list[Problem]:
    """One more problem where the boxes that reach out of their images look like corners, the commonest mistake."""
    sound = [e for e in entries if isinstance(e, Mapping) and _is_box(e.get("bbox")) and _key(e.get("image_id")) in sizes]
    boxes = [(e["bbox"], sizes[e["image_id"]]) for e in sound]
    outside = [(box, size) for box, size in boxes if _outside(box, *size) > ROUNDING_PX]
    fitting = [1 for (x0, y0, x1, y1), (width, height) in outside if x0 < x1 <= width + ROUNDING_PX and y0 < y1 <= height + ROUNDING_PX]
    if len(fitting) < max(_LIKE_CORNERS, len(outside)):
        return []
    text = f"all {len(outside)} that reach out of their images would fit as corners [x0, y0, x1, y1]; COCO's are [x, y, width, height]"
    return [Problem("annotation", "boxes", text)]


def _annotation_problem(entry: Mapping[str, Any], sizes: Mapping[int, tuple[int, int]], categories: Mapping[int, str]) -> str | None:
    image: Any = entry.get("image_id")
    category: Any = entry.get("category_id")
    if not _is_id(image) or image not in sizes:
        return f"image_id: there is no image {quoted(image)}"
    if not _is_id(category) or category not in categories:
        return f"category_id: there is no category {quoted(category)}"
    width, height = sizes[image]
    for key, most in (("area", width * height), ("visible_ratio", 1), ("truncation", 1)):
        if not isinstance(entry.get(key, 0.0), int | float) or not 0 <= entry.get(key, 0.0) <= most:
            return f"{key}: found {quoted(entry[key])}, a number from 0 to {most:,} is allowed"
    if entry.get("iscrowd", 0) not in (0, 1):
        return f"iscrowd: found {quoted(entry['iscrowd'])}, 0 or 1 is allowed"
    if "bbox" not in entry:
        return "bbox is missing; four numbers [x, y, width, height] are allowed"
    return _box_problem(entry["bbox"], width, height) or _mask_problem(entry.get("segmentation"), width, height, entry["bbox"])


def _is_box(box: Any) -> bool:
    return isinstance(box, list) and len(box) == 4 and all(isinstance(v, int | float) and math.isfinite(v) for v in box)


def _outside(box: Sequence[float], width: int, height: int) -> float:
    """How many pixels a box reaches out of its image."""
    x, y, w, h = box
    return max(-x, -y, x + w - width, y + h - height)


def _box_problem(box: Any, width: int, height: int) -> str | None:
    if not _is_box(box):
        return f"bbox: found {quoted(box)}, four numbers [x, y, width, height] are allowed"
    x, y, w, h = box
    if w <= 0 or h <= 0:
        return f"bbox: found {quoted(box)}, width and height must be above 0"
    outside = _outside(box, width, height)
    if outside > ROUNDING_PX:
        return f"bbox: {quoted(box)} reaches {outside:g} pixels out of the image of {width} x {height}"
    if x >= width or y >= height or x + w <= 0 or y + h <= 0:
        return f"bbox: {quoted(box)} lies outside the image of {width} x {height}"
    return None


def _mask_problem(mask: Any, width: int, height: int, box: Sequence[float]) -> str | None:
    """box: the sound one of the same object, with which the mask must share something."""
    if not mask:
        return None  # a box alone
    if isinstance(mask, list):
        return _polygon_problem(mask, width, height) or _apart(_bounds_of_polygons(mask), box)
    if not isinstance(mask, Mapping) or "size" not in mask or "counts" not in mask:
        return f"segmentation: found {quoted(mask)}; polygons or a run-length code with size and counts are allowed"
    if mask["size"] != [height, width]:
        return f"segmentation: its size {quoted(mask['size'])} is not that of the image, [{height}, {width}]"
    runs = run_lengths(mask["counts"])
    if runs is None or (runs < 0).any():
        return "segmentation: its counts are no run-length code"
    total = int(runs.sum())
    if total != width * height:
        return f"segmentation: its runs cover {total} pixels, the image has {width * height}"
    bounds = bounds_of_runs(runs, height)
    return "segmentation: has no pixel" if bounds is None else _apart(bounds, box)


def _polygon_problem(polygons: Sequence[Any], width: int, height: int) -> str | None:
    for polygon in polygons:
        numbers = isinstance(polygon, list) and all(isinstance(v, int | float) and math.isfinite(v) for v in polygon)
        if not numbers or len(polygon) < 6 or len(polygon) % 2:
            return f"segmentation: found the polygon {quoted(polygon)}; at least three pairs of numbers are allowed"
        xs, ys = polygon[0::2], polygon[1::2]
        outside = max(-min(xs), -min(ys), max(xs) - width, max(ys) - height)
        if outside > ROUNDING_PX:
            return f"segmentation: a polygon reaches {outside:g} pixels out of the image of {width} x {height}"
    return None


def _bounds_of_polygons(polygons: Sequence[Sequence[float]]) -> Bounds:
    xs, ys = ([v for polygon in polygons for v in polygon[first::2]] for first in (0, 1))
    return min(xs), min(ys), max(xs), max(ys)


def bounds_of_runs(runs: np.ndarray, height: int) -> Bounds | None:
    """Of a mask's (R,) run lengths, which go down the columns and begin with background; None when it has no pixel."""
    ends = np.cumsum(runs)[1::2]
    starts, lasts = ends - runs[1::2], ends - 1
    starts, lasts = starts[starts <= lasts], lasts[starts <= lasts]
    if not len(starts):
        return None
    left, right = int(starts[0]) // height, int(lasts[-1]) // height + 1
    if (starts // height < lasts // height).any():  # on into the next column: from the lowest row to the highest
        return left, 0, right, height
    return left, int((starts % height).min()), right, int((lasts % height).max()) + 1


def _apart(bounds: Bounds, box: Sequence[float]) -> str | None:
    """What is wrong when a mask lies wholly outside of its object's box. Masks that reach out of it are nobody's mistake: some boxes
    are amodal, some of the visible part."""
    (x0, y0, x1, y1), (x, y, w, h) = bounds, box
    if max(x - x1, x0 - (x + w), y - y1, y0 - (y + h)) <= ROUNDING_PX:
        return None
    around = f"[{x0:g}, {y0:g}, {x1 - x0:g}, {y1 - y0:g}]"
    return f"segmentation: lies in {around}, outside of its box {quoted(list(box))}"


def run_lengths(counts: Any) -> np.ndarray | None:
    """(R,) int64 run lengths of COCO's `counts`, a list or its text code; None when they are no code.

    The text holds numbers of base 32, lowest digit first: 5 bits and one that says "goes on" a character, from "0" on; from the
    fourth number on the difference to the second last (maskApi.c of pycocotools). Read here because its C code trusts its input.
    """
    if isinstance(counts, list):
        return np.array(counts, np.int64) if all(_is_id(c) for c in counts) else None
    if not isinstance(counts, str) or not counts.isascii():
        return None
    digits = np.frombuffer(counts.encode("ascii"), np.uint8).astype(np.int64) - 48
    if not len(digits) or digits.min() < 0 or digits.max() > 63 or digits[-1] & 32:
        return None
    ends = np.flatnonzero(digits & 32 == 0)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > 7:  # 35 bits: no image is so large
        return None
    shift = 5 * (np.arange(len(digits)) - np.repeat(starts, lengths))
    values = np.add.reduceat((digits & 31) << shift, starts)
    values -= np.where(digits[ends] & 16, np.int64(1) << (5 * lengths), 0)  # the sign
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values

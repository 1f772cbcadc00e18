"""Any set of images, with labels or without, as one frozen type: our dataset folders, anyone's COCO, or a folder of pictures.

Labels are held in memory as COCO wrote them (about 1 kB an object); pictures and masks are read when they are asked for.
Conventions: boxes are half-open (x, y, width, height) in pixels; images are (H, W, 3) uint8 sRGB; masks are (H, W) bool.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from pycocotools import mask as rle

from evaluator.coco_problems import Problem, checked, picture_size, refuse
from generator.dataset import Dataset, open_dataset
from generator.errors import DatasetInputError
from generator.verification import alterations
from generator.writers import layout

Value = float | int | str | bool
OnProblems = Literal["strict", "drop"]

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".ppm"})
# What COCO's own files say about an image that is no property of the picture.
_NO_METADATA = frozenset({"id", "file_name", "width", "height", "license", "coco_url", "flickr_url", "index", "seed", "scene"})
# What is a field of `LabelledObject`, or names it.
_NO_ATTRIBUTES = frozenset(
    {"id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation", "visible_ratio", "truncation", "object_id", "object_name"}
)


@dataclass(frozen=True, slots=True)
class LabelledObject:
    """One object of one image.

    box: inside the image. area_px: the file's `area`, the box's where it has none. segmentation: COCO's, or None.
    crowd: a region of many objects (COCO's iscrowd). visible_ratio, truncation: 0..1, None where nobody knows.
    annotation_id: the file's own. attributes: what else the file says about it by name, plain values and lists of names.
    """

    category: str
    box: tuple[float, float, float, float]
    area_px: float
    annotation_id: int
    segmentation: Any = None
    crowd: bool = False
    visible_ratio: float | None = None
    truncation: float | None = None
    attributes: Mapping[str, Value | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One of several images of one scene: those with the same `draw` and `factor` differ in the `value` of that factor alone."""

    draw: int
    factor: str
    value: Value


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image: where it lies, its size in pixels, its objects, and what is known about it by name (`factors`).

    name: unique in its dataset; image_id: the file's own, or the position in a folder of pictures. counterfactual: None unless
    the dataset was made so (docs/grammar.md).
    """

    path: Path
    name: str
    image_id: int
    width: int
    height: int
    objects: tuple[LabelledObject, ...] = ()
    factors: Mapping[str, Value] = field(default_factory=dict)
    counterfactual: Counterfactual | None = None

    def rgb(self) -> np.ndarray:
        """(H, W, 3) uint8. Raises DatasetInputError when the file is no picture or of another size than its labels."""
        rgb = read_rgb(self.path)
        if rgb.shape[:2] != (self.height, self.width):
            raise DatasetInputError(
                f"{self.path}: is {rgb.shape[1]} x {rgb.shape[0]} pixels, its labels are for {self.width} x {self.height}"
            )
        return rgb

    def fingerprint(self) -> str:
        """16 hex digits by which the same picture is known in another copy of its dataset: of its file's name without folders, its size
        in pixels and that in bytes. Reads no picture."""
        text = f"{self.path.name} {self.width} {self.height} {self.path.stat().st_size}"
        return blake2b(text.encode(), digest_size=8).hexdigest()

    def mask(self, thing: LabelledObject) -> np.ndarray | None:
        """(H, W) bool mask of one of the objects; None when it has a box alone."""
        if not thing.segmentation:
            return None
        return np.asarray(rle.decode(compressed(thing.segmentation, self.height, self.width)), bool)


@dataclass(frozen=True)
class LabelledImages:
    """A set of images. `categories` is empty when there are no labels. `dropped` is what `on_problems="drop"` left out.

    file_ids: the classes by the ids that the file gives them, which results of other tools go by; None: dropped by a class map.
    """

    name: str
    source: Path
    categories: tuple[str, ...]
    images: tuple[LabelledImage, ...]
    dropped: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    file_ids: Mapping[int, str | None] = field(default_factory=dict)

    @property
    def labelled(self) -> bool:
        return bool(self.categories)

    def subset(self, positions: Sequence[int]) -> LabelledImages:
        return replace(self, images=tuple(self.images[i] for i in positions))

    def where(self, keep: Callable[[LabelledImage, LabelledObject], bool]) -> LabelledImages:
        """The same images with those of their objects that `keep` says (too small, too hidden: no value for training)."""
        kept = (replace(image, objects=tuple(o for o in image.objects if keep(image, o))) for image in self.images)
        return replace(self, images=tuple(kept))

    def ignoring(self, keep: Callable[[LabelledImage, LabelledObject], bool]) -> LabelledImages:
        """The same images; objects that `keep` refuses become `crowd`: scores count them neither as found nor as missed."""
        marked = (
            replace(image, objects=tuple(o if keep(image, o) else replace(o, crowd=True) for o in image.objects)) for image in self.images
        )
        return replace(self, images=tuple(marked))


def open_images(source: Path | str, *, on_problems: OnProblems = "strict") -> LabelledImages:
    """The images of `source`: a dataset of ours, a COCO folder or .json file, or a folder of pictures.

    on_problems: what to do about a COCO file with mistakes: "strict" raises a DatasetInputError that lists all of them, "drop" leaves
    out what is broken and lists it in `dropped`. Raises it, too, when there is nothing to read.
    """
    source = Path(source)
    if source.is_file():
        return _coco(source, on_problems)
    if not source.is_dir():
        raise DatasetInputError(f"{source}: there is no such file or folder")
    if (source / layout.CARD).exists() or (source / layout.JOB).exists():
        return _own(open_dataset(source))
    found = annotation_files(source)
    if len(found) > 1:
        names = ", ".join(str(p) for p in found)
        raise DatasetInputError(f"{source}: holds several COCO files; name one of {names}")
    return _coco(found[0], on_problems) if found else _pictures(source, on_problems)


def annotation_files(folder: Path) -> list[Path]:
    """The JSON files in `folder` and in its `annotations` that name images; where none does, those that are called as COCO's are, so
    that what is wrong with them is told."""
    candidates = [*sorted(folder.glob("*.json")), *sorted(folder.glob("annotations/*.json"))]
    called = [p for p in candidates if p.parent != folder or p.name.startswith(("annotations", "instances", "_annotations.coco"))]
    return [path for path in candidates if b'"images"' in path.read_bytes()] or called


def read_rgb(path: Path) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of a picture file, turned as it is stored (no EXIF rotation: labels are for the stored pixels)."""
    data = np.frombuffer(path.read_bytes(), np.uint8)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(data, flags) if data.size else None
    if bgr is None:
        raise DatasetInputError(f"{path}: is no picture that can be read")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def compressed(segmentation: Any, height: int, width: int) -> dict[str, Any]:
    """Compressed run-length code of any of COCO's three forms of a mask."""
    if isinstance(segmentation, list):
        return dict(rle.merge(rle.frPyObjects(segmentation, height, width)))
    counts = segmentation["counts"]
    if isinstance(counts, list):
        return dict(rle.frPyObjects(segmentation, height, width))
    return {"size": segmentation["size"], "counts": counts.encode("ascii") if isinstance(counts, str) else counts}


def _own(dataset: Dataset) -> LabelledImages:
    """One of our folders: what it says was checked when it was written; a note says whether it was changed since."""
    names = dataset.categories
    images = tuple(_image(r["image"], r["annotations"], names, dataset.root / r["image"]["file_name"]) for r in dataset.records())
    if not images:
        raise DatasetInputError(f"{dataset.root}: has no images")
    classes, notes = tuple(names[i] for i in sorted(names)), tuple(alterations(dataset))
    return LabelledImages(dataset.root.resolve().name, dataset.root, classes, images, notes=notes, file_ids=names)


def _coco(file: Path, on_problems: OnProblems) -> LabelledImages:
    content = checked(file)
    if content.problems and on_problems == "strict":
        refuse(file, content.problems)
    by_image: dict[Any, list[dict[str, Any]]] = {entry["id"]: [] for entry in content.images}
    for annotation in content.annotations:
        by_image[annotation["image_id"]].append(annotation)
    images = tuple(_image(e, by_image[e["id"]], content.categories, content.paths[e["id"]]) for e in content.images)
    if not images:
        raise DatasetInputError(f"{file}: no image is left" if content.problems else f"{file}: has no images")
    folder = file.parent.parent if file.parent.name == "annotations" else file.parent
    several = len(annotation_files(folder)) > 1
    name = f"{folder.resolve().name}/{file.stem}" if several else folder.resolve().name
    return LabelledImages(name, file, tuple(content.categories.values()), images, content.problems, content.notes, content.categories)


def _image(entry: Mapping[str, Any], annotations: Sequence[Mapping[str, Any]], names: Mapping[int, str], path: Path) -> LabelledImage:
    width, height = int(entry["width"]), int(entry["height"])
    things = tuple(_object(a, names[a["category_id"]], width, height) for a in annotations)
    name, number = str(entry["file_name"]), int(entry["id"])
    return LabelledImage(path, name, number, width, height, things, metadata(entry), _counterfactual(entry.get("counterfactual")))


def _counterfactual(found: Any) -> Counterfactual | None:
    """None as well for what somebody else means by this name."""
    if not isinstance(found, Mapping) or not isinstance(found.get("draw"), int) or not {"factor", "value"} <= found.keys():
        return None
    return Counterfactual(found["draw"], str(found["factor"]), found["value"])


def _object(annotation: Mapping[str, Any], category: str, width: int, height: int) -> LabelledObject:
    x, y, w, h = annotation["bbox"]
    left, top = max(float(x), 0.0), max(float(y), 0.0)
    box = (left, top, min(float(x + w), width) - left, min(float(y + h), height) - top)
    return LabelledObject(
        category,
        box,
        float(annotation.get("area") or box[2] * box[3]),
        int(annotation["id"]),
        annotation.get("segmentation") or None,
        bool(annotation.get("iscrowd", 0)),
        annotation.get("visible_ratio"),
        annotation.get("truncation"),
        _attributes(annotation),
    )


def _attributes(annotation: Mapping[str, Any]) -> dict[str, Value | tuple[str, ...]]:
    """Plain fields beyond COCO's, and lists of names."""
    own = {k: v for k, v in annotation.items() if k not in _NO_ATTRIBUTES}
    plain = {k: v for k, v in own.items() if isinstance(v, str | int | float | bool)}
    listed = {k: tuple(v) for k, v in own.items() if isinstance(v, list) and all(isinstance(name, str) for name in v)}
    return {**plain, **listed}


def metadata(entry: Mapping[str, Any]) -> dict[str, Value]:
    """What is known about an image by name: our factors, corner cases and sub-domains; of others every plain field beyond COCO's."""
    plain = {k: v for k, v in entry.items() if k not in _NO_METADATA and isinstance(v, str | int | float | bool)}
    factors = {k: v for k, v in dict(entry.get("factors") or {}).items() if isinstance(v, str | int | float | bool)}
    named = {f"{kind}.{name}": True for kind in ("corner_cases", "subdomains") for name in entry.get(kind) or ()}
    return {**plain, **factors, **named}


def _pictures(folder: Path, on_problems: OnProblems) -> LabelledImages:
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file())
    if not paths:
        raise DatasetInputError(f"{folder}: holds no dataset of ours (dataset.json), no COCO file (*.json) and no pictures")
    sizes = {path.relative_to(folder).as_posix(): picture_size(path) for path in paths}
    broken = tuple(Problem("picture", name, "cannot be read, or is cut off") for name, size in sizes.items() if size is None)
    if broken and on_problems == "strict":
        refuse(folder, broken)
    read = [(name, size) for name, size in sizes.items() if size is not None]
    images = tuple(LabelledImage(folder / name, name, i, *size) for i, (name, size) in enumerate(read))
    if not images:
        raise DatasetInputError(f"{folder}: no picture can be read")
    return LabelledImages(folder.resolve().name, folder, (), images, broken)

"""What a record must be for readers to rely on it: the one place where a line of a dataset becomes a `Record`.

A dataset may come from anybody. Whatever its records say, they name no file outside it, and no reader meets a missing field, a box
of five numbers or a mask of another size.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, NotRequired, TypedDict

import orjson
from pydantic import ConfigDict, Field, FiniteFloat, NonNegativeInt, PositiveInt, TypeAdapter, ValidationError, with_config

from generator.errors import DatasetError, quoted
from generator.writers.coco import Record
from generator.writers.layout import file_path

_STRICT = ConfigDict(strict=True)  # "7" is no number
_Four = Annotated[list[FiniteFloat], Field(min_length=4, max_length=4)]
_Pair = Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]
_Triple = Annotated[list[FiniteFloat], Field(min_length=3, max_length=3)]
_Matrix3 = Annotated[list[_Triple], Field(min_length=3, max_length=3)]
_Matrix4 = Annotated[list[_Four], Field(min_length=4, max_length=4)]
_Kind = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]  # a folder of the dataset, and part of names in exports


@with_config(_STRICT)
class _Mask(TypedDict):
    size: Annotated[list[int], Field(min_length=2, max_length=2)]
    counts: str


@with_config(_STRICT)
class _Box3D(TypedDict):
    camera_from_object: _Matrix4
    size_m: _Triple
    pixels: Annotated[list[_Pair | None], Field(min_length=8, max_length=8)]


@with_config(_STRICT)
class _Annotation(TypedDict):
    id: int
    image_id: int
    category_id: int
    segmentation: _Mask
    area: FiniteFloat
    bbox: _Four
    iscrowd: int
    amodal_segmentation: _Mask
    amodal_area: FiniteFloat
    amodal_bbox: _Four
    visible_ratio: FiniteFloat
    truncation: FiniteFloat
    distance_m: FiniteFloat
    box_3d: _Box3D
    object_id: int
    object_name: str
    tags: list[str]


@with_config(_STRICT)
class _Camera(TypedDict):
    K: _Matrix3
    distortion: list[FiniteFloat]
    world_from_camera: _Matrix4


@with_config(_STRICT)
class _Counterfactual(TypedDict):
    draw: int


@with_config(_STRICT)
class _Image(TypedDict):
    id: int
    file_name: str
    width: PositiveInt
    height: PositiveInt
    index: NonNegativeInt
    seed: int
    scene: str
    factors: dict[str, FiniteFloat | int | str | bool]
    subdomains: list[str]
    corner_cases: list[str]
    rejections: dict[str, int]
    counterfactual: NotRequired[_Counterfactual]
    camera: _Camera
    files: dict[_Kind, str]
    sha256: dict[_Kind, str]


@with_config(_STRICT)
class _Record(TypedDict):
    image: _Image
    annotations: list[_Annotation]


_RECORD = TypeAdapter(_Record)


def parse_record(line: bytes, where: str, index: int | None = None) -> Record:
    """The record in one line of JSON. where: its file, for messages. index: the image that it must be of, None for any.

    Raises DatasetError for everything that a writer of this house would not have written and a reader would trip over.
    """
    try:
        record: Record = orjson.loads(line)
        _RECORD.validate_python(record)
    except orjson.JSONDecodeError as error:
        raise damaged(where, f"a record{_of(index)} in it is no JSON ({error})") from error
    except ValidationError as error:
        raise damaged(where, f"{_told(error, record)}") from error
    image = record["image"]
    if index is not None and image["index"] != index:
        raise damaged(where, f"the record{_of(index)} says that it is of image {image['index']}")
    problem = _of_paths(image) or _of_masks(record)
    if problem:
        raise damaged(where, f"the record{_of(image['index'])} {problem}")
    return record


def check_classes(record: Record, known: Collection[int], where: str) -> Record:
    """The same record. Raises DatasetError when it has an annotation of a class that the dataset's card does not know."""
    for annotation in record["annotations"]:
        if annotation["category_id"] not in known:
            raise damaged(
                where,
                f"annotation {annotation['id']} of image {record['image']['index']} has category_id {annotation['category_id']}; "
                f"the card knows {min(known, default=0)} to {max(known, default=0)}",
            )
    return record


def damaged(where: str, what: str) -> DatasetError:
    """The error for a file of records that does not hold what was written."""
    return DatasetError(
        f"{where} is damaged: {what}. It is not what was written: get the file again, or delete it and run the dataset's own command"
    )


def _of_paths(image: dict[str, Any]) -> str | None:
    """Every file of an image lies where the layout puts it, so that none is outside of the dataset."""
    index = image["index"]
    for kind, path in image["files"].items():
        suffix = path.rpartition(".")[2]
        if not (suffix.isalnum() and path == file_path(kind, index, suffix)):
            return f"has its {kind} in {quoted(path)}; expected {file_path(kind, index, 'SUFFIX')}, inside the dataset"
    if image["file_name"] != image["files"].get("images"):
        return f"has the file_name {quoted(image['file_name'])}, but the picture {quoted(image['files'].get('images'))}"
    if image["files"].keys() != image["sha256"].keys():
        return "has not one checksum for each of its files"
    return None


def _of_masks(record: Record) -> str | None:
    size = [record["image"]["height"], record["image"]["width"]]
    for annotation in record["annotations"]:
        for field in ("segmentation", "amodal_segmentation"):
            if annotation[field]["size"] != size:
                return f"has a {field} of size {annotation[field]['size']} in annotation {annotation['id']}; the image is {size}"
    return None


def _told(error: ValidationError, record: Any) -> str:
    """The first problem, by the place in the record: 'the record of image 3: annotations.2.bbox: ..., found [1, 2]'."""
    first = error.errors(include_url=False)[0]
    image = record.get("image") if isinstance(record, dict) else None
    index = image.get("index") if isinstance(image, dict) else None
    place = ".".join(str(part) for part in first["loc"]) or "record"
    return f"the record{_of(index)}: {place}: {first['msg'][:1].lower()}{first['msg'][1:]}, found {quoted(first['input'])}"


def _of(index: Any) -> str:
    return f" of image {index}" if isinstance(index, int) else ""

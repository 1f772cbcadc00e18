"""Records of images that nobody rendered: the fields and the lengths of real ones, made at a hundred thousand a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from generator.writers import layout
from generator.writers.coco import IDS_PER_IMAGE

KINDS = ("images", "scenes", "depth", "normals", "semantic", "instances")
_INDEX, _ID, _STEM, _FIRST = 987654321, 987654322, "@STEM@", 987650000  # stand for what follows from the index


def record_maker(instances: int) -> Callable[[int], bytes]:
    """A function that gives the line of an image's record, with `instances` annotations of about 1 kB each."""
    line = orjson.dumps(_template(instances), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    parts = line.replace(b"%", b"%%").replace(str(_INDEX).encode(), b"%(index)d").replace(str(_ID).encode(), b"%(id)d")
    parts = parts.replace(_STEM.encode(), b"%(stem)s")
    for number in range(1, instances + 1):
        parts = parts.replace(f'"id":{_FIRST + number}'.encode(), f'"id":%({number})d'.encode())

    def record(index: int) -> bytes:
        ids = {str(n).encode(): index * IDS_PER_IMAGE + n for n in range(1, instances + 1)}
        return parts % {b"index": index, b"id": index + 1, b"stem": layout.image_stem(index).encode(), **ids}

    return record


def _template(instances: int) -> dict[str, Any]:
    files = {kind: f"{kind}/{_STEM}.png" for kind in KINDS}
    camera = {"K": [[554.256258, 0.0, 320.0], [0.0, 554.256258, 180.0], [0.0, 0.0, 1.0]], "distortion": [0.0] * 5}
    image = {
        "id": _ID,
        "index": _INDEX,
        "file_name": files["images"],
        "width": 640,
        "height": 360,
        "files": files,
        "seed": 7,
        "scene": "street",
    }
    facts = {"factors": {"hour": 13.25, "weather": "dry"}, "subdomains": [], "corner_cases": [], "rejections": {"overlap": 3}}
    return {
        "image": {**image, **facts, "camera": {**camera, "world_from_camera": _POSE}, "sha256": dict.fromkeys(KINDS, "0" * 64)},
        "annotations": [_annotation(number) for number in range(1, instances + 1)],
    }


_POSE = [[0.123456789, -0.123456789, 0.123456789, 12.123456789]] * 4


def _annotation(number: int) -> dict[str, Any]:
    mask = {"size": [360, 640], "counts": "lQR89d>6L2M4M2N2N2O0O2N2O0O2O00001N1000000000000001O000O101O0O2O0O2O1N2N2N2N2M4M4JVeg0"}
    seen = {"segmentation": mask, "bbox": [101, 102, 30, 40], "area": 700, "iscrowd": 0, "category_id": 1 + number % 2}
    whole = {
        "amodal_segmentation": mask,
        "amodal_bbox": [101, 102, 30, 44],
        "amodal_area": 760,
        "visible_ratio": 0.921053,
        "truncation": 0.0,
    }
    box = {"camera_from_object": _POSE, "size_m": [4.1, 1.8, 1.5], "pixels": [[123.456, 234.567]] * 8}
    name = {"object_id": number, "object_name": f"traffic/vehicles/{number}/car", "tags": [], "distance_m": 23.4567}
    return {**seen, **whole, "box_3d": box, **name, "id": _FIRST + number, "image_id": _ID}

"""The COCO record of one image: its `image` entry and its `annotations`, with ids that follow from index and object.

COCO lets entries carry more than it defines; everything beyond masks and boxes travels in such fields (docs/dataset.md).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from pycocotools import mask as rle

from generator.frame import Instance, Labels
from generator.geometry import rotation_matrix
from generator.spec import CameraSpec, SceneSpec

IDS_PER_IMAGE = 32768  # object ids are below it (`ObjectSpec.id`); ids stay exact in JSON (2**53) up to 2.7e11 images

Record = dict[str, Any]


def image_id(index: int) -> int:
    return index + 1


def annotation_id(index: int, object_id: int) -> int:
    """Never 0, and the same in whatever order images are made."""
    return index * IDS_PER_IMAGE + object_id


def index_of_annotation(annotation: int) -> tuple[int, int]:
    """(image index, object id) of an annotation id."""
    return divmod(annotation, IDS_PER_IMAGE)


def category_list(categories: Sequence[str]) -> list[dict[str, Any]]:
    """COCO's `categories`: ids count from 1 in the order given."""
    return [{"id": i, "name": name, "supercategory": ""} for i, name in enumerate(categories, start=1)]


def image_record(spec: SceneSpec, labels: Labels, categories: Sequence[str], files: Mapping[str, bytes]) -> Record:
    """`{"image": ..., "annotations": [...]}` of one image.

    categories: all of the dataset, in the order of their ids. files: as `image_files` gave them.
    """
    number = {name: i for i, name in enumerate(categories, start=1)}
    return {
        "image": _image_entry(spec, files),
        "annotations": [_annotation(spec.index, instance, number[instance.category]) for instance in labels.instances],
    }


def record_bytes(record: Record) -> bytes:
    """One line of JSON, keys sorted: equal records give equal bytes."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def encode_mask(mask: np.ndarray) -> dict[str, Any]:
    """COCO's compressed run-length code of an (H, W) bool mask."""
    columns = np.ascontiguousarray(mask.T).view(np.uint8)  # the code runs down columns
    coded = rle.encode(columns.T)
    return {"size": [int(n) for n in coded["size"]], "counts": coded["counts"].decode("ascii")}


def decode_mask(coded: Mapping[str, Any]) -> np.ndarray:
    """(H, W) bool mask of its run-length code."""
    return np.asarray(rle.decode({"size": coded["size"], "counts": coded["counts"].encode("ascii")}), bool)


def _image_entry(spec: SceneSpec, files: Mapping[str, bytes]) -> dict[str, Any]:
    paths = {path.split("/", 1)[0]: path for path in files}
    return {
        "id": image_id(spec.index),
        "file_name": paths["images"],
        "width": spec.camera.width,
        "height": spec.camera.height,
        "index": spec.index,
        "seed": spec.seed,
        "scene": spec.scene,
        "factors": dict(spec.factors),
        "subdomains": list(spec.subdomains),
        "corner_cases": list(spec.corner_cases),
        "rejections": dict(spec.rejections),
        **({"counterfactual": spec.counterfactual.model_dump()} if spec.counterfactual else {}),
        "camera": _camera_entry(spec.camera),
        "files": paths,
        "sha256": {kind: hashlib.sha256(files[path]).hexdigest() for kind, path in paths.items()},
    }


def _camera_entry(camera: CameraSpec) -> dict[str, Any]:
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = rotation_matrix(camera.rotation_wxyz)
    world_from_camera[:3, 3] = camera.position_m
    return {
        "K": [[camera.fx, 0.0, camera.cx], [0.0, camera.fy, camera.cy], [0.0, 0.0, 1.0]],
        "distortion": list(camera.distortion),
        "world_from_camera": _rounded(world_from_camera, 9),
    }


def _annotation(index: int, instance: Instance, category_id: int) -> dict[str, Any]:
    return {
        "id": annotation_id(index, instance.object_id),
        "image_id": image_id(index),
        "category_id": category_id,
        "segmentation": encode_mask(instance.visible),
        "area": int(np.count_nonzero(instance.visible)),
        "bbox": list(instance.box),
        "iscrowd": 0,
        "amodal_segmentation": encode_mask(instance.amodal),
        "amodal_area": int(np.count_nonzero(instance.amodal)),
        "amodal_bbox": list(instance.amodal_box),
        "visible_ratio": round(instance.visible_ratio, 6),
        "truncation": round(instance.truncation, 6),
        "distance_m": round(instance.distance_m, 4),
        "box_3d": {
            "camera_from_object": _rounded(instance.camera_from_object, 9),
            "size_m": [round(float(s), 6) for s in instance.size_m],
            "pixels": [None if math.isnan(u) else [u, v] for u, v in _rounded(instance.box_3d_pixels, 3)],
        },
        "object_id": instance.object_id,
        "object_name": instance.name,
        "tags": list(instance.tags),
    }


def _rounded(values: np.ndarray, digits: int) -> Any:
    return (np.round(np.asarray(values, float), digits) + 0.0).tolist()  # + 0.0 turns -0.0 into 0.0

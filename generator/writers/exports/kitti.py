"""KITTI's object detection layout: image_2/, label_2/, calib/ with six-digit names.

KITTI knows images without distortion and objects that stand upright on the road: an object's pose is reduced to its turn about
the camera's vertical axis. Source of the fields: the readme of KITTI's object development kit (devkit_object).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from generator.dataset import Dataset
from generator.errors import DatasetInputError
from generator.storage import Folder
from generator.writers.coco import Record
from generator.writers.exports.registry import ExportOptions, copy_image, exporter

# visible_ratio from which on an object counts as fully visible (0) or partly occluded (1); below the last it is largely occluded (2)
OCCLUSION_LEVELS = (0.9, 0.5)


@exporter("kitti")
def export_kitti(dataset: Dataset, out: Folder, options: ExportOptions) -> int:
    """KITTI object detection in 2D and 3D (image_2/, label_2/, calib/); needs cameras without distortion."""
    count = 0
    for record in dataset.records():
        index, camera = record["image"]["index"], record["image"]["camera"]
        if any(camera["distortion"]):
            raise DatasetInputError(
                f"image {index} has lens distortion {camera['distortion']}, which KITTI cannot express: "
                "use coco or yolo, or render with 'scene.camera.distortion=[0,0,0,0,0]'"
            )
        stem = f"{index:06d}"
        copy_image(dataset, record, out, f"image_2/{stem}.png")
        lines = [label_line(dataset.categories[a["category_id"]], a) for a in record["annotations"]]
        out.put(f"label_2/{stem}.txt", _text(lines))
        out.put(f"calib/{stem}.txt", _text(_calibration(record)))
        count += 1
    return count


def label_line(name: str, annotation: dict[str, Any]) -> str:
    """type truncated occluded alpha left top right bottom height width length x y z rotation_y, camera frame, metres and radians."""
    pose = np.array(annotation["box_3d"]["camera_from_object"])
    length, width, height = annotation["box_3d"]["size_m"]
    x, y, z = pose[:3, 3]  # the object's origin is the middle of its bottom, as KITTI's location is
    forward = pose[:3, 0]
    rotation_y = math.atan2(-forward[2], forward[0])
    alpha = math.remainder(rotation_y - math.atan2(x, z), 2 * math.pi)
    left, top, w, h = annotation["bbox"]
    occluded = sum(annotation["visible_ratio"] < level for level in OCCLUSION_LEVELS)
    numbers = (alpha, left, top, left + w, top + h, height, width, length, x, y, z, rotation_y)
    return f"{name.replace(' ', '_')} {annotation['truncation']:.2f} {occluded} " + " ".join(f"{n:.4f}" for n in numbers)


def _calibration(record: Record) -> list[str]:
    """P0..P3 are all this camera; there is no rectification and no laser scanner."""
    matrix = np.concatenate([np.array(record["image"]["camera"]["K"]), np.zeros((3, 1))], axis=1)
    projection = " ".join(f"{n:.6f}" for n in matrix.ravel())
    identity, pose = "1 0 0 0 1 0 0 0 1", "1 0 0 0 0 1 0 0 0 0 1 0"
    cameras = [f"P{i}: {projection}" for i in range(4)]
    return [*cameras, f"R0_rect: {identity}", f"Tr_velo_to_cam: {pose}", f"Tr_imu_to_velo: {pose}"]


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()

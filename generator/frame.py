"""Frame: what one render gives. Labels: the truth of one image. Both plain numpy, without file names or ids of any format.

Shapes: H, W the image; N the instances.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Frame:
    """One render.

    rgb: (H, W, 3) float32, linear scene radiance, before the sensor.
    index: (H, W) int32, `ObjectSpec.id` of what a straight ray through the pixel's centre hits first; 0 sky.
    depth_m: (H, W) float32, z along the optical axis of that hit; inf in the sky.
    normal: (H, W, 3) float32, unit normal of that hit in the OpenCV camera frame, towards the camera; 0 in the sky.
    seconds: wall seconds by stage ("build", "rgb", "labels", "read").
    """

    rgb: np.ndarray
    index: np.ndarray
    depth_m: np.ndarray
    normal: np.ndarray
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Instance:
    """The truth of one labelled object with at least one visible pixel.

    visible: (H, W) bool, its pixels in the instance index.
    amodal: (H, W) bool, its silhouette inside the frame as if nothing stood before it; contains `visible`.
    box: (x, y, w, h) pixels, the tightest half-open box around `visible`; amodal_box around `amodal`.
    visible_ratio: visible / amodal pixels (1: nothing hidden).
    truncation: share of its silhouette outside the frame (0: wholly inside).
    camera_from_object: (4, 4) float64.
    size_m: length, width, height in the object frame; the box stands on its origin.
    box_3d_pixels: (8, 2) float64 image points of the box's corners (`geometry.box_corners`), NaN behind the camera.
    """

    object_id: int
    name: str
    category: str
    visible: np.ndarray
    amodal: np.ndarray
    box: tuple[int, int, int, int]
    amodal_box: tuple[int, int, int, int]
    visible_ratio: float
    truncation: float
    camera_from_object: np.ndarray
    size_m: tuple[float, float, float]
    box_3d_pixels: np.ndarray
    distance_m: float
    tags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Labels:
    """The truth of one image.

    instances: ordered by object id.
    index: (H, W) int32, as in the frame, all objects, labelled or not.
    semantic: (H, W) uint8, position of the class in `semantic_classes`.
    semantic_classes: names, the first is "sky"; the rest sorted, the same for all images of a grammar.
    depth_m: (H, W) float32, inf in the sky.
    normal: (H, W, 3) float32, camera frame, 0 in the sky.
    """

    instances: tuple[Instance, ...]
    index: np.ndarray
    semantic: np.ndarray
    semantic_classes: tuple[str, ...]
    depth_m: np.ndarray
    normal: np.ndarray

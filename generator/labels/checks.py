"""What must hold for the labels of any image. An image that fails is quarantined with these words, never exported silently.

Shapes: H, W the image; N points.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from generator.camera import project, sight
from generator.frame import Instance, Labels
from generator.geometry import box_corners
from generator.labels.annotate import tight_box
from generator.spec import CameraSpec, SceneSpec

# An actor's box may be 2 % or 2 cm off its mesh (`Actor.size_m`); 3 % and 5 cm leave room for rounding.
BOX_SHARE, BOX_M = 0.03, 0.05
OUTLINE_PX = 2  # the mask may stand out of the projected 3D box by that much
NORMAL_LENGTH = 0.01
BACKWARD_COSINE, BACKWARD_SHARE = 0.35, 0.02  # smooth shading turns normals at silhouettes of coarse meshes some 20 degrees too far


def check(spec: SceneSpec, labels: Labels) -> list[str]:
    """One line a problem, each naming what was found and where; empty when the labels are sound."""
    return [
        *_image_problems(spec, labels),
        *(f"{i.name}: {text}" for i in labels.instances for text in _instance_problems(spec, labels, i)),
    ]


def _image_problems(spec: SceneSpec, labels: Labels) -> Iterator[str]:
    known = {0, *(obj.id for obj in spec.objects)}
    unknown = sorted(set(np.unique(labels.index).tolist()) - known)
    if unknown:
        yield f"the index holds ids of no object: {unknown[:5]}"
    covered = np.zeros(labels.index.shape, np.int32)
    for instance in labels.instances:
        covered += instance.visible
    if covered.max(initial=0) > 1:
        yield f"{int((covered > 1).sum())} pixels belong to more than one instance"
    sky = labels.index == 0
    if not np.array_equal(np.isinf(labels.depth_m), sky):
        yield f"depth and index disagree about the sky in {int((np.isinf(labels.depth_m) != sky).sum())} pixels"
    if not (labels.depth_m > 0).all():
        yield f"{int((~(labels.depth_m > 0)).sum())} pixels have no positive depth"
    yield from _normal_problems(spec.camera, labels.normal, sky)


def _normal_problems(camera: CameraSpec, normal: np.ndarray, sky: np.ndarray) -> Iterator[str]:
    length = np.linalg.norm(normal, axis=2)
    odd = np.abs(length - np.where(sky, 0.0, 1.0)) > NORMAL_LENGTH
    if odd.any():
        yield f"{int(odd.sum())} normals are neither unit nor the sky's zero"
    directions = sight(camera)
    cosine = (normal * directions).sum(2) / np.linalg.norm(directions, axis=2)
    backward = int((cosine > BACKWARD_COSINE).sum())
    if backward > max(BACKWARD_SHARE * int((~sky).sum()), 4):
        yield f"{backward} normals look away from the camera"


def _instance_problems(spec: SceneSpec, labels: Labels, instance: Instance) -> Iterator[str]:
    visible = instance.visible
    if not np.array_equal(visible, labels.index == instance.object_id):
        yield "its visible mask is not its region of the index"
    outside = int((visible & ~instance.amodal).sum())
    if outside:
        yield f"{outside} of {int(visible.sum())} visible pixels are outside its own silhouette: geometry and frame disagree"
    if tight_box(visible) != instance.box or tight_box(instance.amodal) != instance.amodal_box:
        yield f"box {instance.box} or amodal box {instance.amodal_box} is not tight"
    if not 0 < instance.visible_ratio <= 1 or not 0 <= instance.truncation < 1:
        yield f"visible ratio {instance.visible_ratio:.3f} or truncation {instance.truncation:.3f} is out of range"
    yield from _box_3d_problems(spec.camera, labels, instance)


def _box_3d_problems(camera: CameraSpec, labels: Labels, instance: Instance) -> Iterator[str]:
    """The mask's depths lie in the 3D box's, and its pixels in the box's projection, both with a tolerance."""
    corners = _grown_corners(instance)
    depth = labels.depth_m[instance.visible]
    if depth.size and (depth.min() < corners[:, 2].min() or depth.max() > corners[:, 2].max()):
        yield f"depths {depth.min():.2f} to {depth.max():.2f} m leave its 3D box's {corners[:, 2].min():.2f} to {corners[:, 2].max():.2f} m"
    if corners[:, 2].min() <= camera.near_m:
        return
    outline = project(camera, _edge_points(corners))
    stray = _stray_pixels(instance, outline)
    if stray:
        yield f"{stray} of {int(instance.visible.sum())} visible pixels are outside the projection of its 3D box"


def _grown_corners(instance: Instance) -> np.ndarray:
    """(8, 3) corners of the 3D box with its tolerance on every side, camera frame."""
    size = np.asarray(instance.size_m, float)
    margin = BOX_SHARE * size.max() + BOX_M
    length, width, height = (float(s) for s in size + 2 * margin)
    corners = box_corners((length, width, height)) - (0.0, 0.0, margin)
    return corners @ instance.camera_from_object[:3, :3].T + instance.camera_from_object[:3, 3]


def _edge_points(corners: np.ndarray) -> np.ndarray:
    """(N, 3) points along all lines between corners: a lens bends the box's edges."""
    a, b = np.triu_indices(8, 1)
    t = np.linspace(0.0, 1.0, 9)[:, None, None]
    return (corners[a] * (1 - t) + corners[b] * t).reshape(-1, 3)


def _stray_pixels(instance: Instance, outline: np.ndarray) -> int:
    """Visible pixels outside the hull of the (N, 2) image points `outline`, grown by the tolerance."""
    x, y, w, h = instance.box
    hull = cv2.convexHull((np.clip(outline, -1e6, 1e6) - (x, y)).astype(np.float32))
    crop = instance.visible[y : y + h, x : x + w]
    canvas = np.zeros((h, w), np.uint8)
    points = np.clip(np.round(hull), -16000, 16000).astype(np.int32)  # OpenCV draws with 16-bit fixed point
    cv2.fillConvexPoly(canvas, points, 1)
    cv2.polylines(canvas, [points], True, 1, thickness=2 * OUTLINE_PX + 1)
    return int((crop & (canvas == 0)).sum())

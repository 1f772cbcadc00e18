"""From Blender's multi-part EXR to arrays in the house's conventions.

Shapes: H, W the image.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR

from generator.camera import sight
from generator.errors import RenderError
from generator.geometry import rotation_matrix
from generator.spec import CameraSpec


def read_channels(path: Path) -> dict[str, np.ndarray]:
    """All channels of an EXR by name ("ViewLayer.Depth.Z"), float32; the colour channels come as one (H, W, 4) array."""
    try:
        parts = OpenEXR.File(str(path)).parts
    except RuntimeError as error:
        raise RenderError(f"Blender's result {path} cannot be read ({error}); is its disk full?") from error
    return {name.split(".", 1)[-1]: channel.pixels for part in parts for name, channel in part.channels.items()}


def rgb_of(channels: dict[str, np.ndarray]) -> np.ndarray:
    """(H, W, 3) float32 linear radiance."""
    return np.ascontiguousarray(_channel(channels, "Combined")[..., :3], np.float32)


def labels_of(channels: dict[str, np.ndarray], camera: CameraSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Index, depth and normals as `Frame` has them; what is beyond the far plane is sky."""
    depth = _depth(channels, camera)
    sky = depth > camera.far_m
    index = np.where(sky, 0, np.rint(_channel(channels, "Object Index.X"))).astype(np.int32)
    normal = np.where(sky[..., None], 0.0, _normal(channels, camera))
    return index, np.where(sky, np.inf, depth).astype(np.float32), normal.astype(np.float32)


def _depth(channels: dict[str, np.ndarray], camera: CameraSpec) -> np.ndarray:
    """(H, W) float64 metres along the optical axis, about 1e10 in the sky.

    Of a distorted (custom) camera Blender writes the distance along the ray.
    """
    depth = _channel(channels, "Depth.Z").astype(np.float64)
    if not any(camera.distortion):
        return depth
    return depth / np.linalg.norm(sight(camera), axis=2)


def _normal(channels: dict[str, np.ndarray], camera: CameraSpec) -> np.ndarray:
    """(H, W, 3) float64 unit normals in the camera frame that face the camera, 0 in the sky."""
    world = np.stack([_channel(channels, f"Normal.{axis}") for axis in "XYZ"], axis=-1).astype(np.float64)
    normal = world @ rotation_matrix(camera.rotation_wxyz)
    normal[np.einsum("hwc,hwc->hw", normal, sight(camera)) > 0] *= -1
    length = np.linalg.norm(normal, axis=2, keepdims=True)
    return np.divide(normal, length, out=np.zeros_like(normal), where=length > 0.5)


def _channel(channels: dict[str, np.ndarray], name: str) -> np.ndarray:
    if name in channels:
        return channels[name]
    raise RenderError(f"Blender's result lacks the pass {name!r}; it has: {', '.join(sorted(channels))}")

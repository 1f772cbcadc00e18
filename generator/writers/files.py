"""The files of one image: which ones the settings ask for, under which path, with which bytes."""

from __future__ import annotations

import numpy as np

from generator.frame import Frame, Labels
from generator.settings import OutputSettings
from generator.spec import SceneSpec
from generator.writers.encode import encode_depth_png, encode_exr, encode_index, encode_normals, encode_rgb, encode_semantic
from generator.writers.layout import file_path

_SUFFIX = {"png": "png", "jpeg": "jpg", "webp": "webp"}


def image_files(spec: SceneSpec, rgb8: np.ndarray, labels: Labels, settings: OutputSettings, frame: Frame) -> dict[str, bytes]:
    """Bytes by path relative to the dataset folder; `rgb8` is the developed picture, (H, W, 3) uint8.

    The first part of a path is the kind of file: images, scenes and, as asked for, depth, normals, semantic, instances, linear.
    """
    index = spec.index
    files = {
        file_path("images", index, _SUFFIX[settings.image_format]): encode_rgb(rgb8, settings.image_format, settings.quality),
        file_path("scenes", index, "json"): spec.to_json(),
    }
    if settings.depth == "png16":
        files[file_path("depth", index, "png")] = encode_depth_png(labels.depth_m)
    if settings.depth == "exr":
        files[file_path("depth", index, "exr")] = encode_exr({"Z": labels.depth_m.astype(np.float32)})
    if settings.normals:
        files[file_path("normals", index, "png")] = encode_normals(labels.normal)
    if settings.semantic:
        files[file_path("semantic", index, "png")] = encode_semantic(labels.semantic)
    if settings.instances:
        files[file_path("instances", index, "png")] = encode_index(labels.index)
    if settings.linear_exr:
        files[file_path("linear", index, "exr")] = encode_exr({name: frame.rgb[..., i].astype(np.float16) for i, name in enumerate("RGB")})
    return files

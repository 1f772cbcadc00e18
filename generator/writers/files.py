"""The files of one image: which ones the settings ask for, under which path, with which bytes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generator.frame import Frame, Labels
from generator.settings import OutputSettings
from generator.spec import SceneSpec
from generator.writers.encode import encode_depth_png, encode_exr, encode_index, encode_normals, encode_rgb, encode_semantic
from generator.writers.layout import file_path

_SUFFIX = {"png": "png", "jpeg": "jpg", "webp": "webp"}


def file_paths(index: int, settings: OutputSettings) -> dict[str, str]:
    """Path relative to the dataset folder of every file of an image, by kind: images, scenes, depth, normals, ... as asked for."""
    depth = {"none": None, "png16": "png", "exr": "exr"}[settings.depth]
    suffixes = {
        "images": _SUFFIX[settings.image_format],
        "scenes": "json",
        "depth": depth,
        "normals": "png" if settings.normals else None,
        "semantic": "png" if settings.semantic else None,
        "instances": "png" if settings.instances else None,
        "linear": "exr" if settings.linear_exr else None,
    }
    return {kind: file_path(kind, index, suffix) for kind, suffix in suffixes.items() if suffix}


def image_files(spec: SceneSpec, rgb8: np.ndarray, labels: Labels, settings: OutputSettings, frame: Frame) -> dict[str, bytes]:
    """Bytes by path, as `file_paths` names them; `rgb8` is the developed picture, (H, W, 3) uint8."""
    encoders: dict[str, Callable[[], bytes]] = {
        "images": lambda: encode_rgb(rgb8, settings.image_format, settings.quality),
        "scenes": spec.to_json,
        "depth": lambda: _depth(labels, settings),
        "normals": lambda: encode_normals(labels.normal),
        "semantic": lambda: encode_semantic(labels.semantic),
        "instances": lambda: encode_index(labels.index),
        "linear": lambda: encode_exr({name: frame.rgb[..., i].astype(np.float16) for i, name in enumerate("RGB")}),
    }
    return {path: encoders[kind]() for kind, path in file_paths(spec.index, settings).items()}


def _depth(labels: Labels, settings: OutputSettings) -> bytes:
    if settings.depth == "exr":
        return encode_exr({"Z": labels.depth_m.astype(np.float32)})
    return encode_depth_png(labels.depth_m)

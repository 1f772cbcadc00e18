"""A pretrained network with a feature pyramid: pictures to maps of several strides.

Shapes: B pictures, H x W pixels, C channels of the pyramid.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import timm
import torch
from timm.layers.norm_act import freeze_batch_norm_2d
from torch import Tensor, nn
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import FeaturePyramidNetwork

from evaluator.detectors.folding import folded
from evaluator.detectors.settings import NETWORK_STRIDES, BackboneSettings, PyramidSettings
from evaluator.features.network import NICKNAMES, from_file, input_statistics, lite0_file
from generator.errors import ConfigError, MissingPackageError, nearest

Target = dict[str, Tensor]


class Pyramid(nn.Module):
    """(B, 3, H, W) -> maps (B, C, H / stride, W / stride) by the names "0", "1", ..., fine to coarse.

    The coarsest maps beyond stride 32 come from convolutions of stride 2, as in FCOS and RetinaNet.
    """

    def __init__(self, body: Any, settings: PyramidSettings) -> None:
        super().__init__()
        widths = list(body.feature_info.channels())
        self.colours = input_statistics(body)  # mean and deviation of the colours, 0..1 and RGB, that its weights were trained on
        self.body = body
        self.lateral = FeaturePyramidNetwork(widths, settings.channels)
        beyond = settings.levels - len(widths)
        self.beyond = nn.ModuleList(nn.Conv2d(settings.channels, settings.channels, 3, stride=2, padding=1) for _ in range(beyond))
        self.out_channels = settings.channels

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        maps = list(self.lateral(OrderedDict((str(i), m) for i, m in enumerate(self.body(pictures)))).values())
        for convolution in self.beyond:
            maps.append(convolution(maps[-1].relu()))
        return OrderedDict((str(i), m) for i, m in enumerate(maps))


def pyramid(backbone: BackboneSettings, settings: PyramidSettings, *, pretrained: bool) -> Pyramid:
    """`pretrained=False` leaves the weights random, for a checkpoint that brings them. Raises ConfigError, MissingPackageError."""
    taken = [i for i, stride in enumerate(NETWORK_STRIDES) if stride in settings.strides]
    body = _body(backbone, taken, pretrained=pretrained)
    if backbone.batch_norm == "frozen":
        body = freeze_batch_norm_2d(body)
    if backbone.frozen_layers:
        _freeze(body, body.feature_info.info[backbone.frozen_layers - 1]["module"])
    if backbone.batch_norm == "frozen":
        body = folded(body)
    return Pyramid(body, settings)


def _body(backbone: BackboneSettings, layers: list[int], *, pretrained: bool) -> Any:
    name, options = NICKNAMES.get(backbone.model, (backbone.model, {}))
    if not timm.is_model(name):
        close = nearest(name, [*NICKNAMES, *timm.list_models()])
        raise ConfigError(f'backbone.model: there is no network "{name}".{close} Allowed: lite0, or any name of timm.list_models()')
    options = {**options, "out_indices": layers}
    if backbone.model != "lite0":
        _check_strides(name)
    if not pretrained or backbone.weights == "none":
        return timm.create_model(name, pretrained=False, features_only=True, **options)
    if backbone.weights == "download":
        return _downloaded(name, options)
    if backbone.weights is None and backbone.model != "lite0":
        raise MissingPackageError(
            f"backbone.model={backbone.model}: its weights come with no package. Give their file with backbone.weights=PATH, let timm "
            "fetch them with backbone.weights=download, or begin with random ones with backbone.weights=none; lite0 has its weights here"
        )
    file = Path(backbone.weights) if backbone.weights is not None else lite0_file("backbone")
    return from_file(name, options, file, "backbone.weights")


def _check_strides(name: str) -> None:
    """Raises ConfigError for a network whose maps are not of strides 2 to 32 (a transformer's are all of one)."""
    network: Any = timm.create_model(name, pretrained=False, features_only=True)
    strides = network.feature_info.reduction()
    if tuple(strides) != NETWORK_STRIDES:
        raise ConfigError(f"backbone.model={name}: has maps of strides {list(strides)}; networks with {list(NETWORK_STRIDES)} are allowed")


def _downloaded(name: str, options: dict[str, Any]) -> Any:
    try:
        return timm.create_model(name, pretrained=True, features_only=True, **options)
    except Exception as error:  # the hub raises its own, the transport's and the operating system's errors
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise MissingPackageError(f"backbone.weights=download: the weights of {name} cannot be fetched ({first})") from error


def _freeze(body: nn.Module, last: str) -> None:
    """Stops training of everything up to the module `last`, and with it the backward pass through them."""
    last = last.replace(".", "_")  # timm flattens the names of some networks
    reached = False
    for name, module in body.named_modules():
        flat = name.replace(".", "_")
        inside = flat == last or flat.startswith(f"{last}_")
        if reached and not inside:
            return
        reached = reached or inside
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(False)


class Preparation(nn.Module):
    """What torchvision's detectors call their transform: pictures of any sizes to one normalised batch.

    The batch is padded with the mean colour to the right and below, to multiples of `multiple` pixels. It lies in channels-last
    order, in which depthwise convolutions are four times as fast. Results stay as they are: in pixels of the pictures, masks unpasted.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, colours: dict[str, Any], multiple: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(colours["mean"]).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(colours["std"]).view(3, 1, 1), persistent=False)
        self.multiple = multiple

    def forward(self, pictures: list[Tensor], targets: list[Target] | None = None) -> tuple[ImageList, list[Target] | None]:
        """pictures: (3, H, W) uint8 RGB each."""
        height = max(-(-p.shape[1] // self.multiple) * self.multiple for p in pictures)
        width = max(-(-p.shape[2] // self.multiple) * self.multiple for p in pictures)
        batch = torch.zeros((len(pictures), 3, height, width), device=self.mean.device).contiguous(memory_format=torch.channels_last)
        for row, picture in zip(batch, pictures, strict=True):
            row[:, : picture.shape[1], : picture.shape[2]] = (picture / 255 - self.mean) / self.deviation
        return ImageList(batch, [(p.shape[1], p.shape[2]) for p in pictures]), targets

    def postprocess(self, results: list[Target], _sizes: object, _original_sizes: object) -> list[Target]:
        return results

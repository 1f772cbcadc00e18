"""Frozen batch norms as part of the convolutions before them: the same outputs and gradients, with fewer passes over the maps.

A batch norm whose statistics and scales are frozen is x * scale + shift for each channel (Ioffe and Szegedy 2015, eq. 3 and 4).
"""

from __future__ import annotations

import copy
from itertools import pairwise

import torch
from timm.layers.norm_act import FrozenBatchNormAct2d
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torchvision.ops import FrozenBatchNorm2d

_PROBE_PX = 64
_TOLERANCE = 1e-3  # of a map's largest value; rounding gives 1e-5


class _Scaled(nn.Module):
    """What a convolution computes with: its weights times the scale of its output's channel. Training still moves the weights."""

    scale: Tensor

    def __init__(self, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("scale", scale.view(-1, 1, 1, 1))

    def forward(self, weight: Tensor) -> Tensor:
        return weight * self.scale


def folded(network: nn.Module) -> nn.Module:
    """`network`, or a copy that gives the same maps with its frozen batch norms folded into the convolutions that they follow.

    That a norm follows a convolution is told from the order in which a module holds them; the copy is tried on noise, and left where
    it gives something else.
    """
    other = copy.deepcopy(network)
    for module in list(other.modules()):
        for (_, convolution), (name, norm) in pairwise(list(module.named_children())):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, FrozenBatchNormAct2d | FrozenBatchNorm2d):
                scale, shift = _scale_and_shift(norm)
                if convolution.bias is None and convolution.out_channels == len(scale):
                    convolution.bias = nn.Parameter(shift, requires_grad=False)
                    parametrize.register_parametrization(convolution, "weight", _Scaled(scale))
                    setattr(module, name, norm.act if isinstance(norm, FrozenBatchNormAct2d) else nn.Identity())
    return other if _alike(network, other) else network


def _scale_and_shift(norm: FrozenBatchNormAct2d | FrozenBatchNorm2d) -> tuple[Tensor, Tensor]:
    """(C,) each."""
    weight, bias, mean, variance = (norm.get_buffer(name) for name in ("weight", "bias", "running_mean", "running_var"))
    scale = weight * (variance + norm.eps).rsqrt()
    return scale, bias - mean * scale


def _alike(one: nn.Module, other: nn.Module) -> bool:
    noise = torch.randn((1, 3, _PROBE_PX, _PROBE_PX), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        return all(
            a.shape == b.shape and float((a - b).abs().max()) <= _TOLERANCE * float(a.abs().max())
            for a, b in zip(one(noise), other(noise), strict=True)
        )

"""Frozen batch norms that are folded into convolutions change neither maps nor gradients."""

from __future__ import annotations

from typing import Any

import pytest
import timm
import torch
from timm.layers.norm_act import freeze_batch_norm_2d
from torch import nn
from torch.nn.utils import parametrize

from evaluator.detectors.folding import folded

PICTURE = torch.randn((2, 3, 96, 64), generator=torch.Generator().manual_seed(1))


def frozen(name: str) -> Any:
    """With batch norms that do something."""
    torch.manual_seed(0)
    network: Any = timm.create_model(name, features_only=True)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, low, high in (
                (module.weight, 0.5, 1.5), (module.bias, -0.2, 0.2), (module.running_mean, -0.2, 0.2), (module.running_var, 0.5, 2.0),
            ):  # fmt: skip
                assert values is not None
                nn.init.uniform_(values, low, high)
    return freeze_batch_norm_2d(network)


def learnt(network: nn.Module) -> list[torch.Tensor]:
    """The trained weights in order: of a folded convolution the ones before its norm."""
    return [p for p in network.parameters() if p.requires_grad]


@pytest.mark.parametrize("name", ["tf_efficientnet_lite0", "resnet18"])
def test_maps_and_gradients_stay(name: str) -> None:
    network = frozen(name)
    other = folded(network)
    assert other is not network
    assert not any("FrozenBatchNorm" in type(m).__name__ for m in other.modules())
    assert sum(parametrize.is_parametrized(m) for m in other.modules()) == sum(
        "FrozenBatchNorm" in type(m).__name__ for m in network.modules()
    )
    for one, two in zip(network(PICTURE), other(PICTURE), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)
    for model in (network, other):
        sum(m.mean() for m in model(PICTURE)).backward()
    gradients = [[p.grad for p in learnt(model)] for model in (network, other)]
    assert len(gradients[0]) == len(gradients[1]) > 10
    for one, two in zip(*gradients, strict=True):
        assert one is not None
        assert two is not None
        torch.testing.assert_close(one, two, rtol=1e-2, atol=1e-3 * float(one.abs().max()))


class Misleading(nn.Module):
    """Its norm stands after a convolution that it does not follow."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 1, bias=False)
        self.norm = freeze_batch_norm_2d(nn.BatchNorm2d(4))
        self.norm.bias += 1.0

    def forward(self, picture: torch.Tensor) -> list[torch.Tensor]:
        return [self.first(picture), self.norm(picture[:, :1].expand(-1, 4, -1, -1))]


def test_a_network_that_would_give_something_else_is_left_as_it_was() -> None:
    network = Misleading()
    assert folded(network) is network

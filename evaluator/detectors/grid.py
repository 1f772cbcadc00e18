"""Where the points of a map lie in the picture."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList


class Grid(AnchorGenerator):
    """One square anchor at every place of every map, at (column, row) times the map's stride; its side is the stride.

    torchvision divides the picture's size by the map's instead, which is the stride only where the picture is a multiple of it.
    """

    def __init__(self, strides: tuple[int, ...]) -> None:
        super().__init__(tuple((stride,) for stride in strides), ((1.0,),) * len(strides))
        self.strides = strides

    def forward(self, image_list: ImageList, feature_maps: list[Tensor]) -> list[Tensor]:
        """(points of all maps, 4) for every picture: x0, y0, x1, y1 in pixels."""
        first = feature_maps[0]
        self.set_cell_anchors(first.dtype, first.device)
        steps = [[first.new_tensor(stride)] * 2 for stride in self.strides]
        anchors = torch.cat(self.grid_anchors([list(m.shape[-2:]) for m in feature_maps], steps))
        return [anchors] * len(image_list.image_sizes)

"""Mask R-CNN (He et al. 2017) on a feature pyramid."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor

from evaluator.detectors.backbone import Preparation, pyramid
from evaluator.detectors.rcnn import RegionSettings, pooling, region_parts
from evaluator.detectors.settings import BackboneSettings, PyramidSettings
from generator.settings import Settings

POOLED = 14  # cells of a region's side for its mask, as in the paper; the mask has twice as many


class MaskRcnn(Settings):
    """size_px: longer side of the pictures that the network sees. mask_convolutions: of the mask head."""

    kind: Literal["mask_rcnn"] = "mask_rcnn"
    size_px: int = Field(default=256, ge=32, le=4096)
    backbone: BackboneSettings = BackboneSettings()
    pyramid: PyramidSettings = PyramidSettings()
    regions: RegionSettings = RegionSettings()
    mask_convolutions: int = Field(default=2, ge=1, le=8)

    @property
    def masks(self) -> bool:
        return True

    def build(self, classes: int, *, pretrained: bool) -> nn.Module:
        """`classes` without the background, which is label 0."""
        base = pyramid(self.backbone, self.pyramid, pretrained=pretrained)
        width = self.pyramid.channels
        model = MaskRCNN(
            base,
            mask_roi_pool=pooling(self.pyramid, POOLED),
            mask_head=MaskRCNNHeads(width, (width,) * self.mask_convolutions, 1),
            mask_predictor=MaskRCNNPredictor(width, width, classes + 1),
            **region_parts(self.pyramid, self.regions, classes),
        )
        model.transform = Preparation(base.colours, self.pyramid.strides[-1])
        return model

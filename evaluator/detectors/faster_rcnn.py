"""Faster R-CNN (Ren et al. 2015) on a feature pyramid."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import nn
from torchvision.models.detection import FasterRCNN

from evaluator.detectors.backbone import Preparation, pyramid
from evaluator.detectors.rcnn import RegionSettings, region_parts
from evaluator.detectors.settings import BackboneSettings, PyramidSettings
from generator.settings import Settings


class FasterRcnn(Settings):
    """size_px: longer side of the pictures that the network sees."""

    kind: Literal["faster_rcnn"] = "faster_rcnn"
    size_px: int = Field(default=256, ge=32, le=4096)
    backbone: BackboneSettings = BackboneSettings()
    pyramid: PyramidSettings = PyramidSettings()
    regions: RegionSettings = RegionSettings()

    @property
    def masks(self) -> bool:
        return False

    def build(self, classes: int, *, pretrained: bool) -> nn.Module:
        """`classes` without the background, which is label 0."""
        base = pyramid(self.backbone, self.pyramid, pretrained=pretrained)
        model = FasterRCNN(base, **region_parts(self.pyramid, self.regions, classes))
        model.transform = Preparation(base.colours, self.pyramid.strides[-1])
        return model

"""FCOS (Tian et al. 2019): a class, a box and a centreness for every place of every map, without anchors."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import nn
from torchvision.models.detection import FCOS
from torchvision.models.detection.fcos import FCOSHead

from evaluator.detectors.backbone import Preparation, pyramid
from evaluator.detectors.grid import Grid
from evaluator.detectors.settings import BackboneSettings, PyramidSettings
from generator.settings import Settings


class Fcos(Settings):
    """size_px: longer side of the pictures that the network sees. head_convolutions: of each of the two branches."""

    kind: Literal["fcos"] = "fcos"
    size_px: int = Field(default=256, ge=32, le=4096)
    backbone: BackboneSettings = BackboneSettings()
    pyramid: PyramidSettings = PyramidSettings()
    head_convolutions: int = Field(default=2, ge=1, le=8)
    most_detections: int = Field(default=100, ge=1, le=1000)

    @property
    def masks(self) -> bool:
        return False

    def build(self, classes: int, *, pretrained: bool) -> nn.Module:
        """`classes` without the background, which is label 0."""
        base = pyramid(self.backbone, self.pyramid, pretrained=pretrained)
        # torchvision's "anchors" of FCOS are points whose size says which objects a map is for: 4 to 8 times its stride
        points = Grid(self.pyramid.strides)
        head = FCOSHead(self.pyramid.channels, 1, classes + 1, self.head_convolutions)
        model = FCOS(
            base, classes + 1, anchor_generator=points, head=head, score_thresh=LEAST_SCORE, detections_per_img=self.most_detections
        )
        model.transform = Preparation(base.colours, self.pyramid.finest_stride)
        return model


LEAST_SCORE = 0.05  # below it nothing is kept, as in torchvision's R-CNNs

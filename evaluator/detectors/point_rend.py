"""Mask R-CNN with PointRend's head (Kirillov et al. 2020), on torchvision: a coarse mask, then its outline point by point.

What differs from the paper: the coarse mask has 14 x 14 cells and comes from convolutions, not 7 x 7 from dense layers.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss, maskrcnn_loss

from evaluator.detectors.backbone import Preparation, Target, pyramid
from evaluator.detectors.points import in_pixels, of_masks, sampled, sampled_from_pictures, subdivided, to_train_on
from evaluator.detectors.rcnn import RegionSettings, pooling, region_parts
from evaluator.detectors.settings import BackboneSettings, PyramidSettings
from generator.settings import Settings

_COARSE = 14  # cells of the coarse mask's side
_FINEST = "0"  # the map that outlines are read from


class PointSettings(Settings):
    """trained: points of a training object. oversampling, uncertain_share: of random points so many times as many are drawn, and this
    share are the most uncertain of them. steps: how often a mask is doubled; asked: cells that each doubling asks for. The numbers
    are the paper's."""

    trained: int = Field(default=196, ge=4)
    oversampling: float = Field(default=3.0, ge=1)
    uncertain_share: float = Field(default=0.75, ge=0, le=1)
    steps: int = Field(default=4, ge=0, le=6)
    asked: int = Field(default=784, ge=1)
    width: int = Field(default=256, ge=16)
    layers: int = Field(default=3, ge=1, le=8)


class PointRend(Settings):
    """size_px: longer side of the pictures that the network sees. mask_convolutions: of the coarse mask's head."""

    kind: Literal["point_rend"] = "point_rend"
    size_px: int = Field(default=256, ge=32, le=4096)
    backbone: BackboneSettings = BackboneSettings()
    pyramid: PyramidSettings = PyramidSettings(finest_stride=4)
    regions: RegionSettings = RegionSettings()
    mask_convolutions: int = Field(default=2, ge=1, le=8)
    points: PointSettings = PointSettings()

    @property
    def masks(self) -> bool:
        return True

    def build(self, classes: int, *, pretrained: bool) -> nn.Module:
        """`classes` without the background, which is label 0."""
        base = pyramid(self.backbone, self.pyramid, pretrained=pretrained)
        model = FasterRCNN(base, **region_parts(self.pyramid, self.regions, classes))
        model.transform = Preparation(base.colours, self.pyramid.strides[-1])
        model.roi_heads = PointHeads(model.roi_heads, self, classes + 1)
        return model


class PointHead(nn.Module):
    """Logits of single points: fine features (N, C, P) and coarse logits (N, K, P) -> (N, K, P). Every layer sees the coarse logits."""

    def __init__(self, channels: int, labels: int, settings: PointSettings) -> None:
        super().__init__()
        widths = [channels, *[settings.width] * settings.layers]
        self.hidden = nn.ModuleList(nn.Conv1d(before + labels, after, 1) for before, after in pairwise(widths))
        self.out = nn.Conv1d(settings.width + labels, labels, 1)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        for layer in self.hidden:
            fine = layer(torch.cat([fine, coarse], dim=1)).relu()
        logits: Tensor = self.out(torch.cat([fine, coarse], dim=1))
        return logits


class PointHeads(nn.Module):
    """What follows the proposals: boxes by torchvision's heads, then coarse masks, then points."""

    def __init__(self, boxes: RoIHeads, settings: PointRend, labels: int) -> None:
        super().__init__()
        width = settings.pyramid.channels
        self.boxes = boxes
        self.pool = pooling(settings.pyramid, _COARSE)
        self.coarse = nn.Sequential(MaskRCNNHeads(width, (width,) * settings.mask_convolutions, 1), nn.Conv2d(width, labels, 1))
        self.point = PointHead(width, labels, settings.points)
        self.settings = settings.points
        self.stride = settings.pyramid.finest_stride

    def forward(
        self, features: dict[str, Tensor], proposals: list[Tensor], sizes: list[tuple[int, int]], targets: list[Target] | None = None
    ) -> tuple[list[Target], dict[str, Tensor]]:
        """As torchvision's RoIHeads: results when it judges, losses when it trains."""
        if not self.training or targets is None:
            found, _ = self.boxes(features, proposals, sizes)
            return self._with_masks(features, found, sizes), {}
        proposals, matched, labels, regression = self.boxes.select_training_samples(proposals, targets)
        pooled = self.boxes.box_head(self.boxes.box_roi_pool(features, proposals, sizes))
        loss_class, loss_box = fastrcnn_loss(*self.boxes.box_predictor(pooled), labels, regression)
        objects = [label > 0 for label in labels]
        boxes = [box[is_object] for box, is_object in zip(proposals, objects, strict=True)]
        which = [match[is_object] for match, is_object in zip(matched, objects, strict=True)]
        return [], {"loss_classifier": loss_class, "loss_box_reg": loss_box, **self._mask_losses(features, boxes, which, sizes, targets)}

    def _mask_losses(
        self, features: dict[str, Tensor], boxes: list[Tensor], which: list[Tensor], sizes: list[tuple[int, int]], targets: list[Target]
    ) -> dict[str, Tensor]:
        coarse = self.coarse(self.pool(features, boxes, sizes))
        loss_coarse = maskrcnn_loss(coarse, boxes, [t["masks"] for t in targets], [t["labels"] for t in targets], which)
        labels = torch.cat([t["labels"][w] for t, w in zip(targets, which, strict=True)])
        own = coarse[torch.arange(len(labels), device=labels.device), labels][:, None]
        points = to_train_on(own, self.settings.trained, self.settings.oversampling, self.settings.uncertain_share)
        logits = self._at(features, coarse, boxes, points)[torch.arange(len(labels), device=labels.device), labels]
        if not len(labels):
            return {"loss_mask": loss_coarse, "loss_mask_point": logits.sum() * 0}
        counts = [len(b) for b in boxes]
        parts = zip(targets, which, boxes, points.split(counts), strict=True)
        truth = torch.cat([of_masks(t["masks"], w, in_pixels(p, b)) for t, w, b, p in parts])
        return {"loss_mask": loss_coarse, "loss_mask_point": binary_cross_entropy_with_logits(logits, truth)}

    def _with_masks(self, features: dict[str, Tensor], found: list[Target], sizes: list[tuple[int, int]]) -> list[Target]:
        boxes = [f["boxes"] for f in found]
        labels = torch.cat([f["labels"] for f in found])
        rows = torch.arange(len(labels), device=labels.device)
        coarse = self.coarse(self.pool(features, boxes, sizes))
        refined = subdivided(
            coarse[rows, labels][:, None],
            lambda points: self._at(features, coarse, boxes, points)[rows, labels],
            self.settings.steps,
            self.settings.asked,
        )
        masks = refined.sigmoid().split([len(b) for b in boxes])
        return [{**f, "masks": mask} for f, mask in zip(found, masks, strict=True)]

    def _at(self, features: dict[str, Tensor], coarse: Tensor, boxes: list[Tensor], points: Tensor) -> Tensor:
        """(N, K, P) logits at points (N, P, 2) of the boxes of all pictures."""
        by_picture = points.split([len(b) for b in boxes])
        points_px = [in_pixels(p, b) for p, b in zip(by_picture, boxes, strict=True)]
        logits: Tensor = self.point(sampled_from_pictures(features[_FINEST], self.stride, points_px), sampled(coarse, points))
        return logits

"""What Faster R-CNN and Mask R-CNN have in common: anchors, pooling of regions, the heads of boxes and masks."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import MultiScaleRoIAlign

from evaluator.detectors.settings import PyramidSettings
from generator.settings import Settings

_POOLED = 7  # cells of a region's side for its box, as in the paper
_COARSEST_POOLED = 32


class RegionSettings(Settings):
    """anchor_strides: side of a map's anchors, in its strides. box_width: of the box head's two layers. regions_kept: that the
    proposal stage hands on; regions_trained: that the box head sees of a training picture."""

    anchor_strides: float = Field(default=4.0, gt=0)
    box_width: int = Field(default=512, ge=16)
    regions_kept: int = Field(default=300, ge=10)
    regions_trained: int = Field(default=128, ge=4)
    most_detections: int = Field(default=100, ge=1, le=1000)


def region_parts(pyramid: PyramidSettings, regions: RegionSettings, classes: int) -> dict[str, Any]:
    """Arguments of torchvision's FasterRCNN; `classes` without the background."""
    sizes = tuple((round(stride * regions.anchor_strides),) for stride in pyramid.strides)
    anchors = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * pyramid.levels)
    return {
        "rpn_anchor_generator": anchors,
        "rpn_head": RPNHead(pyramid.channels, anchors.num_anchors_per_location()[0]),
        "rpn_pre_nms_top_n_train": 2 * regions.regions_kept,
        "rpn_pre_nms_top_n_test": 2 * regions.regions_kept,
        "rpn_post_nms_top_n_train": regions.regions_kept,
        "rpn_post_nms_top_n_test": regions.regions_kept,
        "box_roi_pool": pooling(pyramid, _POOLED),
        "box_head": TwoMLPHead(pyramid.channels * _POOLED**2, regions.box_width),
        "box_predictor": FastRCNNPredictor(regions.box_width, classes + 1),
        "box_batch_size_per_image": regions.regions_trained,
        "box_detections_per_img": regions.most_detections,
    }


def pooling(pyramid: PyramidSettings, cells: int) -> nn.Module:
    """Regions cut out of the map that suits their size, to `cells` x `cells`."""
    names = [str(level) for level, stride in enumerate(pyramid.strides) if stride <= _COARSEST_POOLED]
    return MultiScaleRoIAlign(names, output_size=cells, sampling_ratio=2)

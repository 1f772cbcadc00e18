"""Every detector by its kind; a new one is a file beside this one, its line here and its preset in configs/detector."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from evaluator.detectors.faster_rcnn import FasterRcnn
from evaluator.detectors.fcos import Fcos
from evaluator.detectors.mask_rcnn import MaskRcnn
from evaluator.detectors.point_rend import PointRend

DetectorSettings = Fcos | FasterRcnn | MaskRcnn | PointRend
AnyDetector = Annotated[DetectorSettings, Field(discriminator="kind")]
DETECTOR = TypeAdapter[DetectorSettings](AnyDetector)

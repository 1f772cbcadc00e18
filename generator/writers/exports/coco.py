"""Plain COCO: images and one instances file without this house's extra fields, for readers that refuse unknown ones."""

from __future__ import annotations

from collections.abc import Iterator

from generator.dataset import Dataset
from generator.storage import Folder
from generator.writers.coco import Record
from generator.writers.exports.registry import ExportOptions, copy_image, exporter
from generator.writers.layout import INSTANCES
from generator.writers.merge import write_instances

_IMAGE_FIELDS = ("id", "file_name", "width", "height")
_ANNOTATION_FIELDS = ("id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd")


@exporter("coco")
def export_coco(dataset: Dataset, out: Folder, options: ExportOptions) -> int:
    """COCO instances with the standard's own fields only (images/, annotations/instances.json)."""
    description = f"Scenewright, scene {dataset.card['scene']}, seed {dataset.card['seed']}"
    copied: list[int] = []
    write_instances(out, INSTANCES, _plain(dataset, out, copied), dataset.card["categories"], description)
    return len(copied)


def _plain(dataset: Dataset, out: Folder, copied: list[int]) -> Iterator[Record]:
    """The records with COCO's own fields, whose images are copied and noted down on the way."""
    for record in dataset.records():
        copied.append(record["image"]["index"])
        copy_image(dataset, record, out, record["image"]["file_name"])
        yield {
            "image": {key: record["image"][key] for key in _IMAGE_FIELDS},
            "annotations": [{key: annotation[key] for key in _ANNOTATION_FIELDS} for annotation in record["annotations"]],
        }

"""`scenewright explain`: which rules and draws led to one object."""

from __future__ import annotations

from collections.abc import Sequence

from generator.commands.arguments import parser
from generator.errors import DatasetInputError
from generator.writers.layout import INSTANCES

HELP = "Tells which rules and draws led to one labelled object of a dataset."
EXAMPLES = """\
examples:
  scenewright explain data/street 393219         an annotation id of annotations/instances.json
  scenewright explain data/street 12 --object 3  object 3 of image 12, labelled or not (the value in its instance map)"""


def main(arguments: Sequence[str]) -> int:
    made = parser("explain", HELP, EXAMPLES)
    made.add_argument("dataset", help="a dataset: folder or URL")
    made.add_argument("annotation", metavar="ID", type=int, help="annotation id; with --object the number of an image")
    made.add_argument("--object", type=int, help="id of an object in the image")
    options = made.parse_args(arguments)

    from generator.commands.replay import read_job, spec_of
    from generator.grammar import explain
    from generator.storage import folder_at

    read_job(folder_at(options.dataset))
    index, item = labelled_object(options.dataset, options.annotation) if options.object is None else (options.annotation, options.object)
    spec = spec_of(options.dataset, index)
    if not 1 <= item <= len(spec.objects):
        raise DatasetInputError(f"{options.dataset}: image {index} has no object {item}; its objects are 1 to {len(spec.objects)}")
    print(explain(spec, item))
    return 0


def labelled_object(place: str, annotation: int) -> tuple[int, int]:
    """(image index, object id) of an annotation. Raises DatasetInputError, which says what there is instead."""
    from generator.storage import folder_at
    from generator.writers.coco import index_of_annotation
    from generator.writers.shards import read_record

    if annotation < 1:
        raise DatasetInputError(
            f"{place} has no annotation {annotation}: their ids begin at 1 and are in {INSTANCES}. "
            f"An object of an image is named by both: scenewright explain {place} IMAGE --object ID"
        )
    index, item = index_of_annotation(annotation)
    record = read_record(folder_at(place), index)
    if record is None:
        raise DatasetInputError(
            f"{place} has no annotation {annotation}: it would belong to image {index}, which is not there. "
            f"Ids are in {INSTANCES}; an object without a label is named by its image: scenewright explain {place} IMAGE --object ID"
        )
    ids = sorted(a["id"] for a in record["annotations"])
    if annotation not in ids:
        near = ", ".join(map(str, sorted(sorted(ids, key=lambda i: abs(i - annotation))[:5]))) or "none"
        raise DatasetInputError(
            f"{place} has no annotation {annotation}: image {index} has {len(ids)} annotations, the nearest are {near}. "
            f"For an object that has no label: scenewright explain {place} {index} --object {item}"
        )
    return index, item

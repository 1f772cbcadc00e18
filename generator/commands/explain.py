"""`scenewright explain`: which rules and draws led to one object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.commands.arguments import parser

HELP = "Tells which rules and draws led to one labelled object of a dataset."
EXAMPLES = """\
examples:
  scenewright explain data/street 393219         an annotation id of annotations/instances.json
  scenewright explain data/street 12 --object 3  object 3 of image 12, labelled or not (the value in its instance map)"""


def main(arguments: Sequence[str]) -> int:
    made = parser("explain", HELP, EXAMPLES)
    made.add_argument("dataset", type=Path, help="folder of a dataset")
    made.add_argument("annotation", metavar="ID", type=int, help="annotation id; with --object the number of an image")
    made.add_argument("--object", type=int, help="id of an object in the image")
    options = made.parse_args(arguments)

    from generator.commands.replay import spec_of
    from generator.grammar import explain
    from generator.writers.coco import index_of_annotation

    index, item = (options.annotation, options.object) if options.object is not None else index_of_annotation(options.annotation)
    print(explain(spec_of(options.dataset, index), item))
    return 0

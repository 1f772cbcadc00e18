"""`scenewright contact-sheet`: a dataset at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.commands.arguments import parser

HELP = "One PNG of images spread over a dataset: picture, labels, classes, depth."
EXAMPLES = "examples:\n  scenewright contact-sheet data/street sheet.png --count 20"


def main(arguments: Sequence[str]) -> int:
    made = parser("contact-sheet", HELP, EXAMPLES)
    made.add_argument("dataset", type=Path, help="folder of a dataset")
    made.add_argument("out", type=Path, help="the PNG to write")
    made.add_argument("--count", type=int, default=8, help="images, one a row (default: 8)")
    options = made.parse_args(arguments)
    if options.count < 1:
        made.error("--count must be 1 or more")

    from generator.dataset import open_dataset
    from generator.pictures import contact_sheet

    contact_sheet(open_dataset(options.dataset), options.out, options.count)
    print(options.out)
    return 0

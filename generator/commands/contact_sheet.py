"""`scenewright contact-sheet`: a dataset at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from generator.commands.arguments import open_as_written, parser

HELP = "One picture of images spread over a dataset: picture, labels, classes, depth."
MOST_ROWS = 100
EXAMPLES = "examples:\n  scenewright contact-sheet data/street sheet.png --count 20"


def main(arguments: Sequence[str]) -> int:
    made = parser("contact-sheet", HELP, EXAMPLES)
    made.add_argument("dataset", help="a dataset: folder or URL")
    made.add_argument("out", help="the picture to write, path or URL: .png, .jpg or .webp")
    made.add_argument("--count", type=int, default=8, help="images, one a row (default: 8)")
    options = made.parse_args(arguments)
    if not 1 <= options.count <= MOST_ROWS:
        made.error(f"--count must be 1 to {MOST_ROWS} (pictures have at most some 65,000 rows), found {options.count}")

    from generator.pictures import SHEET_FORMATS, contact_sheet

    if PurePath(options.out).suffix.lower() not in SHEET_FORMATS:
        made.error(f"{options.out}: the name of the picture must end in one of {', '.join(SHEET_FORMATS)}")
    contact_sheet(open_as_written(options.dataset), options.out, options.count)
    print(options.out)
    return 0

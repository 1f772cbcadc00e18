"""`scenewright export`: a dataset in the format of another tool."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from generator.commands.arguments import open_as_written, parser

HELP = "Writes a finished dataset in another format, into a new folder or to a URL."
EXAMPLES = """\
examples:
  scenewright export data/street yolo data/street-yolo
  scenewright export data/street coco data/street-coco --split train=0.8,val=0.2      a folder for each part
  scenewright export data/street coco data/by-weather --split factor.weather
  scenewright export s3://bucket/street webdataset s3://bucket/street-tars --tar-mb 500
  scenewright export --list                  the formats"""


def main(arguments: Sequence[str]) -> int:
    made = parser("export", HELP, EXAMPLES)
    made.add_argument("dataset", nargs="?", help="a dataset: folder or URL")
    made.add_argument("format", nargs="?", help="name of the format (see --list)")
    made.add_argument("out", nargs="?", help="new or empty folder, or a URL")
    made.add_argument("--split", default="", metavar="PARTS", help="train=0.8,val=0.2, or subdomain, corner_case, factor.NAME")
    made.add_argument("--tar-mb", type=int, default=1000, help="webdataset: the most that a tar holds, in MB (default: 1000)")
    made.add_argument("--list", action="store_true", help="list the formats and stop")
    options = made.parse_args(arguments)

    from generator.writers.exports import ExportOptions, export, export_formats

    if options.list:
        print("\n".join(f"{name:<10} {text}" for name, text in export_formats().items()))
        return 0
    if options.out is None:
        made.error("needs a dataset, a format and a folder, or --list")
    if options.tar_mb < 1:
        made.error(f"--tar-mb must be at least 1, found {options.tar_mb}")
    chosen = ExportOptions(tar_mb=options.tar_mb)
    counts = export(open_as_written(options.dataset), options.format, options.out, split=options.split, options=chosen)
    parts = f" ({', '.join(f'{name} {count:,}' for name, count in counts.items())})" if options.split else ""
    print(f"{sum(counts.values())} images as {options.format} in {options.out}{parts}")
    for name in (name for name, count in counts.items() if not count):
        print(f"scenewright: note: no image is in the part {name}", file=sys.stderr)
    return 0

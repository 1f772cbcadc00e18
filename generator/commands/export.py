"""`scenewright export`: a dataset in the format of another tool."""

from __future__ import annotations

from collections.abc import Sequence

from generator.commands.arguments import parser

HELP = "Writes a finished dataset in another format, into a new folder or to a URL."
EXAMPLES = """\
examples:
  scenewright export data/street yolo data/street-yolo
  scenewright export --list                  the formats"""


def main(arguments: Sequence[str]) -> int:
    made = parser("export", HELP, EXAMPLES)
    made.add_argument("dataset", nargs="?", help="a dataset: folder or URL")
    made.add_argument("format", nargs="?", help="name of the format (see --list)")
    made.add_argument("out", nargs="?", help="new or empty folder, or a URL")
    made.add_argument("--list", action="store_true", help="list the formats and stop")
    options = made.parse_args(arguments)

    from generator.dataset import open_dataset
    from generator.writers.exports import export, export_formats

    if options.list:
        print("\n".join(f"{name:<10} {text}" for name, text in export_formats().items()))
        return 0
    if options.out is None:
        made.error("needs a dataset, a format and a folder, or --list")
    count = export(open_dataset(options.dataset), options.format, options.out)
    print(f"{count} images as {options.format} in {options.out}")
    return 0

"""`scenewright verify`: whether a dataset is what was written."""

from __future__ import annotations

from collections.abc import Sequence

from generator.commands.arguments import parser

HELP = """\
Compares every file of a finished dataset with its checksum, and the card with its own.
Exit code 0: all is well; 1: something is missing or has changed."""
EXAMPLES = "examples:\n  scenewright verify data/street"


def main(arguments: Sequence[str]) -> int:
    made = parser("verify", HELP, EXAMPLES)
    made.add_argument("dataset", help="a dataset: folder or URL")
    options = made.parse_args(arguments)

    from generator.verification import verify

    problems = verify(options.dataset)
    print("\n".join(problems) if problems else f"{options.dataset}: every file is as it was written")
    return 1 if problems else 0

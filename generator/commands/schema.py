"""`scenewright schema`: what editors need to complete and check scene files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.commands.arguments import parser

HELP = "JSON Schema of scene files, with the parameters of every actor."
EXAMPLES = """\
examples:
  scenewright schema --out scene.schema.json
then, as the first line of a scene file (VS Code with the YAML extension, and others):
  # yaml-language-server: $schema=scene.schema.json"""


def main(arguments: Sequence[str]) -> int:
    made = parser("schema", HELP, EXAMPLES)
    made.add_argument("--out", type=Path, help="file to write; without it the schema is printed")
    options = made.parse_args(arguments)

    import json

    from generator.grammar import grammar_schema

    text = json.dumps(grammar_schema(), indent=2, sort_keys=True) + "\n"
    if options.out is None:
        print(text, end="")
    else:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text)
        print(options.out)
    return 0

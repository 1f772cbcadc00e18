"""The command `scenewright`: finds the subcommand, and turns errors into one message and an exit code.

Exit codes: 0 done; 1 failed at run time; 2 wrong input; 3 done, with images in quarantine or
scenes that could not be drawn; 4 a slice failed its test; 75 interrupted or in use, run again to go on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

from generator.errors import ScenewrightError

# Each is generator/commands/<name>.py with a function `main(arguments) -> exit code`, imported only when asked for.
COMMANDS = {
    "generate": "make a dataset: draw scenes, render, label, write",
    "farm": "large jobs: run, plan, status, resume, merge, shard",
    "sample": "draw scenes without rendering and show what the grammar gives",
    "replay": "render one image of a dataset again and compare it with the stored one",
    "explain": "the rules and draws that led to one object of a dataset",
    "render": "render one scene file (JSON)",
    "verify": "compare every file of a dataset with its checksum",
    "contact-sheet": "one picture of many images with their labels",
    "export": "a dataset in another format (KITTI, YOLO, COCO panoptic, ...)",
    "gap": "how far synthetic images are from real ones, and by what",
    "unit-test": "whether a detector is good enough on named slices of a dataset",
    "train": "a detector on real images, synthetic ones, or a mix",
    "study": "does synthetic data pay: trainings on many mixes, two tables",
    "schema": "JSON Schema of scene files, for editors",
    "doctor": "what this machine can do, and what it lacks",
}
EPILOG = """\
first steps:
  scenewright doctor
  scenewright sample scene=street
  scenewright generate scene=street count=8 seed=7 out=data/street render=draft
  scenewright COMMAND --help"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if words else 2
    if words[0] == "--version":
        from generator import __version__

        print(f"scenewright {__version__}")
        return 0
    name = words[0]
    if name not in COMMANDS:
        close = get_close_matches(name, COMMANDS, n=1)
        guess = f' Did you mean "{close[0]}"?' if close else ""
        return fail(f'there is no command "{name}".{guess} Known: {", ".join(COMMANDS)}', 2)
    try:
        module = import_module(f"generator.commands.{name.replace('-', '_')}")
        return int(module.main(words[1:]))
    except ScenewrightError as error:
        return fail(str(error), error.exit_code)
    except BrokenPipeError:  # whoever read our output (head, less) has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # as the shell reports SIGPIPE: a job that was cut off did not succeed
    except OSError as error:
        return fail(f"{error.filename or 'the operating system says'}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        return fail("stopped", 130)


def usage() -> str:
    lines = "\n".join(f"  {name:<14} {text}" for name, text in COMMANDS.items())
    return f"usage: scenewright COMMAND ...\n\nProcedural synthetic scenes with pixel-perfect labels.\n\ncommands:\n{lines}\n\n{EPILOG}"


def fail(message: str, code: int) -> int:
    print(f"scenewright: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

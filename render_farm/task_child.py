"""The child of a task: `python -m render_farm.task_child PARENT_PID MODULE FOLDER` does what `python -m MODULE FOLDER` would.

It ends with its parent. SIGTERM is left to the module, which may write down how far it is.
"""

from __future__ import annotations

import faulthandler
import runpy
import sys

from render_farm.processes import die_with_parent


def main() -> None:
    faulthandler.enable()
    parent, module, folder = sys.argv[1:]
    die_with_parent(int(parent))
    sys.argv = [module, folder]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

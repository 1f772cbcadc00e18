"""What there is to choose from in the configuration tree, read off the files without Hydra (it takes 0.2 s to import)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

CONFIGS = "configs"


@cache
def groups() -> dict[str, dict[str, str]]:
    """Options of every group with the comment at the head of their file: {"render": {"draft": "For looking at ..."}}."""
    root = Path(str(files(CONFIGS)))
    found = {}
    for folder in sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith("_")):
        found[folder.name] = {p.relative_to(folder).with_suffix("").as_posix(): head(p) for p in sorted(folder.rglob("*.yaml"))}
    return found


def head(path: Path) -> str:
    """The first comment line of a YAML file."""
    with open(path) as file:
        line = file.readline().strip()
    return line.lstrip("# ") if line.startswith("#") else ""


def option_values(group: str, option: str) -> dict[str, Any]:
    """The content of one option's file."""
    import yaml

    values: dict[str, Any] = yaml.safe_load((Path(str(files(CONFIGS))) / group / f"{option}.yaml").read_text())
    return values


def listing(*names: str) -> str:
    """The options of groups as indented lines for help texts."""
    return "\n".join(f"  {f'{group}={option}':<22} {text}" for group in names for option, text in groups().get(group, {}).items())

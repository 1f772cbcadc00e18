"""Whether a file that a command writes at its end can be written, found out before the work."""

from __future__ import annotations

import os
from pathlib import Path

from generator.errors import ConfigError


def check_target(file_path: Path) -> None:
    """Raises ConfigError when `file_path` is a folder, or lies where no file can be made; folders above it may still be missing."""
    if file_path.is_dir():
        raise ConfigError(f"{file_path} is a folder: name the file to write")
    above = next(folder for folder in file_path.absolute().parents if folder.exists())
    if not above.is_dir():
        raise ConfigError(f"{file_path} cannot be written: {above} is a file, no folder; choose another place")
    if not os.access(file_path if file_path.exists() else above, os.W_OK):
        raise ConfigError(f"{file_path} cannot be written: permission denied; choose another place")

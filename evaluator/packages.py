"""What the extra [train] brings: whether it is here, said once for all commands that need it."""

from __future__ import annotations

from importlib.util import find_spec

from generator.errors import MissingPackageError

_OF_TRAINING = ("torch", "torchvision", "timm", "faster_coco_eval")


def need_training_packages(what: str) -> None:
    """Raises MissingPackageError naming what `what` (a command, say) needs and this environment lacks."""
    missing = [package for package in _OF_TRAINING if find_spec(package) is None]
    if missing:
        raise MissingPackageError(f"{what} needs {', '.join(missing)}, not installed here: pip install 'scenewright[train]'")

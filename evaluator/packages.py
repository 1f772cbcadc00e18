"""What the extra [train] brings: whether it is here, said once for all commands that need it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from generator.errors import MissingPackageError

_OF_SCORES = ("faster_coco_eval",)
_OF_TRAINING = ("torch", "torchvision", "timm", *_OF_SCORES)


def need_training_packages(what: str) -> None:
    """Raises MissingPackageError naming what `what` (a command, say) needs and this environment lacks."""
    _need(what, _OF_TRAINING)


def need_scoring_packages(what: str) -> None:
    """The same for what measures a detector and runs none."""
    _need(what, _OF_SCORES)


def _need(what: str, packages: Sequence[str]) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise MissingPackageError(f"{what} needs {', '.join(missing)}, not installed here: pip install 'scenewright[train]'")

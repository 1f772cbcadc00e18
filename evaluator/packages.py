"""The packages of detectors and of their scores: whether they are here, said once for all commands that need them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from generator.errors import MissingPackageError

_OF_SCORES = ("faster_coco_eval",)
_OF_TRAINING = ("torch", "torchvision", "timm", *_OF_SCORES)


def need_training_packages(what: str) -> None:
    """Raises MissingPackageError naming what `what` (a command, say) needs and this environment lacks."""
    _need(what, _OF_TRAINING, "'scenewright[train]'")


def need_scoring_packages(what: str) -> None:
    """The same for what measures a detector and runs none: a few MB instead of torch and its kind."""
    _need(what, _OF_SCORES, "faster-coco-eval")


def _need(what: str, packages: Sequence[str], to_install: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise MissingPackageError(f"{what} needs {', '.join(missing)}, not installed here: pip install {to_install}")

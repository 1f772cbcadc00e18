"""What the dataset's card says about how it was made."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assets import MANIFEST, Asset
from assets.decks import decks_used
from generator import __version__
from generator.dataset import DatasetFacts
from generator.grammar import Grammar
from generator.job import Job, identity

_PACKAGES = ("bpy", "numpy", "scipy", "opencv-python-headless", "openexr", "embreex", "pycocotools", "pydantic")
_CODE = Path(__file__).resolve().parent.parent.parent


def facts_of(job: Job, grammar: Grammar) -> DatasetFacts:
    """The facts of a job; they depend on configuration and code, not on machine, time or folder."""
    return DatasetFacts(
        scene=grammar.name,
        seed=job.seed,
        categories=grammar.categories,
        semantic_classes=grammar.semantic_classes,
        configuration=identity(job, grammar),
        versions={"scenewright": __version__, "python": platform.python_version(), **_versions()},
        git_commit=git_commit(),
        licences=tuple(map(asset_entry, [*(asset for asset in MANIFEST if asset.kinds & grammar.actors), *decks_used(grammar.data)])),
    )


def asset_entry(asset: Asset) -> dict[str, str]:
    """An asset as the card lists it: what it is, where it is from, on what terms."""
    return {"name": asset.name, "licence": asset.licence, "source": asset.source, "sha256": asset.sha256}


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found


def git_commit() -> str | None:
    """The commit of the code, with "-dirty" when it has been changed since; None away from a checkout."""
    if not (_CODE / ".git").exists():
        return None
    command = ["git", "-C", str(_CODE), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None

"""Assets are what their manifest says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assets import MANIFEST, Asset
from generator.actor import actor_kinds

FOLDER = Path(__file__).resolve().parent.parent / "assets"


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda a: a.name)
def test_file_is_the_one_listed(asset: Asset) -> None:
    assert hashlib.sha256((FOLDER / asset.name).read_bytes()).hexdigest() == asset.sha256
    assert (FOLDER / asset.name).with_name("LICENSE.md").is_file()
    assert asset.kinds <= set(actor_kinds())


def test_every_data_file_is_listed() -> None:
    data = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.suffix in {".npz", ".png", ".exr", ".glb", ".obj"}}
    assert data == {a.name for a in MANIFEST}

"""What every picture in the registry must keep."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from generator.errors import ConfigError
from generator.picture import painted, picture_kinds, picture_of

ROOT = Path(__file__).resolve().parents[2]
KINDS = [kind for kind, cls in picture_kinds().items() if cls.__module__.startswith("scenes.")]

HASH_ALL = """
import hashlib
from generator.picture import picture_kinds
for kind, cls in picture_kinds().items():
    print(kind, hashlib.sha256(cls(width_px=64).paint().tobytes()).hexdigest())
"""


def small(kind: str) -> np.ndarray:
    return picture_kinds()[kind].model_validate({"width_px": 64}).paint()


@pytest.mark.parametrize("kind", KINDS)
def test_paints_sound_pixels_and_says_what_it_is(kind: str) -> None:
    cls = picture_kinds()[kind]
    assert cls.__doc__
    image = small(kind)
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[1:] == (64, 3)
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 1, "one even colour needs no picture"
    picture = cls()
    assert picture_of(picture.key()) == picture
    assert json.loads(picture.key())["kind"] == kind


def test_same_values_same_pixels_in_another_process() -> None:
    import hashlib

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "4321"}
    out = subprocess.run([sys.executable, "-c", HASH_ALL], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    elsewhere = dict(line.split() for line in out.splitlines())
    for kind in KINDS:
        assert elsewhere[kind] == hashlib.sha256(small(kind).tobytes()).hexdigest(), kind


def test_painted_pictures_are_shared_and_cannot_be_changed() -> None:
    key = picture_kinds()["card_back"].model_validate({"width_px": 64}).key()
    assert painted(key) is painted(key)
    with pytest.raises(ValueError, match="read-only"):
        painted(key)[0, 0] = 0


@pytest.mark.parametrize("key", ["", "sunflowers", '{"kind": "sunflowers"}', '{"kind": "card_face", "rank": "emperor"}', "[1]"])
def test_a_wrong_key_says_what_there_is(key: str) -> None:
    with pytest.raises(ConfigError, match="card_back, card_face"):
        picture_of(key)

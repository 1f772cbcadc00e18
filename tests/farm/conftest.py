from pathlib import Path

import pytest

from tests.farm.runs import generate

COUNT = 8


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of eight small images that nothing happened to."""
    out = tmp_path_factory.mktemp("undisturbed") / "balls"
    result = generate(out, COUNT)
    assert result.returncode == 0, result.stderr
    return out

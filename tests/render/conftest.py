from collections.abc import Iterator

import pytest

from tests.render.small_scenes import FOLDERS


@pytest.fixture(scope="session", autouse=True)
def no_folders_left() -> Iterator[None]:
    """The temporary folders of all Blenders go with the last test."""
    with FOLDERS:
        yield

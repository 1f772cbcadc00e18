"""Pictures: images that are painted by code and laid over meshes by their uv. One file a picture, as with actors.

    @register_picture
    class Chequers(Picture):
        '''A board of squares.'''
        kind: Literal["chequers"] = "chequers"
        squares: int = Field(default=8, ge=1)

        def paint(self) -> np.ndarray: ...

A material names its picture by the picture's key, so that a SceneSpec stays JSON and needs no image files. The same values
always give the same pixels.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache

import numpy as np
import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from generator.errors import ConfigError
from generator.last_made import LastMade
from generator.registry import Registry
from generator.streams import Stream

_BYTES_KEPT = 256 * 2**20  # of 0.1 to 3 MB each: all that cards lie on, and the last hundreds of faces


class Picture(BaseModel):
    """An image painted by code. Frozen, hashable, comparable; fields must have defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    variant: int = 0

    @abstractmethod
    def paint(self) -> np.ndarray:
        """(H, W, 3) uint8 sRGB; row 0 is the upper edge, where v is 1."""

    def key(self) -> str:
        """What a material names it by: canonical JSON of its values."""
        return orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS).decode()

    def stream(self) -> Stream:
        """The random stream of its inner detail: a function of its values."""
        return Stream.root(self.key())


_PICTURES = Registry[Picture]("pictures")


def register_picture[T: type[Picture]](cls: T) -> T:
    """Class decorator: makes the picture known under its `kind`."""
    _PICTURES.add(cls)
    return cls


def picture_kinds() -> dict[str, type[Picture]]:
    """All pictures by kind; the first call imports every module under `scenes`."""
    return _PICTURES.kinds()


@lru_cache(maxsize=4096)
def picture_of(key: str) -> Picture:
    """The picture of a key. Raises ConfigError for what is no key of a picture."""
    kinds = picture_kinds()
    try:
        values = orjson.loads(key)
        return kinds[values["kind"]].model_validate(values)
    except (orjson.JSONDecodeError, TypeError, KeyError, ValidationError) as error:
        raise ConfigError(f"no picture is called {key!r} ({error}); a picture is JSON with a kind of {', '.join(kinds)}") from error


def painted(key: str) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of a picture's key, read-only; the last ones are kept."""
    return _KEPT.get(key)


def _paint(key: str) -> np.ndarray:
    pixels = np.ascontiguousarray(picture_of(key).paint(), np.uint8)
    pixels.flags.writeable = False
    return pixels


_KEPT = LastMade(_paint, _BYTES_KEPT)

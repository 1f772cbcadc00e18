"""From resolved actor values to meshes: validated once, built once, shared by all objects with the same values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from generator.actor import Actor, make_actor
from generator.mesh import Mesh

_MESHES_KEPT = 256  # about 0.3 MB each; a street has 60 to 100 different ones


def actor_key(values: Mapping[str, Any]) -> bytes:
    """Canonical bytes of an actor's values: equal values, equal mesh."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=4 * _MESHES_KEPT)
def actor_of(key: bytes) -> Actor:
    """The actor of an `actor_key`."""
    return make_actor(orjson.loads(key))


@lru_cache(maxsize=_MESHES_KEPT)
def mesh_of(key: bytes) -> Mesh:
    """The mesh of an `actor_key`."""
    return actor_of(key).build()

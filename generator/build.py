"""From resolved actor values to meshes: validated once, built once, shared by all objects with the same values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from generator.actor import Actor, actor_kinds, make_actor
from generator.last_made import LastMade
from generator.mesh import Mesh
from generator.spec import CameraSpec, ObjectSpec

FAR_PX = 120.0  # longest side in the picture, below which an actor with `levels` is built coarsely
_ACTORS_KEPT = 2048
_BYTES_KEPT = 128 * 2**20  # the meshes of about eight streets; full after as many images, so that memory stays flat from there


def actor_key(values: Mapping[str, Any]) -> bytes:
    """Canonical bytes of an actor's values: equal values, equal mesh."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


def mesh_key(camera: CameraSpec, obj: ObjectSpec) -> bytes:
    """The `actor_key` of the mesh that stands for `obj` in pictures and labels alike: coarser where it is small in the picture."""
    if obj.actor.get("detail", "auto") != "auto" or not actor_kinds()[obj.actor["kind"]].levels:
        return actor_key(obj.actor)
    longest_m = max(obj.size_m)
    distance_m = max(math.dist(camera.position_m, obj.pose.position_m) - longest_m / 2, camera.near_m)
    detail = "far" if longest_m * camera.fx < FAR_PX * distance_m else "near"
    return actor_key({**obj.actor, "detail": detail})


@lru_cache(maxsize=_ACTORS_KEPT)
def actor_of(key: bytes) -> Actor:
    """The actor of an `actor_key`."""
    return make_actor(orjson.loads(key))


def mesh_of(key: bytes) -> Mesh:
    """The mesh of an `actor_key`."""
    return _KEPT.get(key)


def _build(key: bytes) -> Mesh:
    return actor_of(key).build()


_KEPT = LastMade(_build, _BYTES_KEPT)

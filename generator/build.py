"""From resolved actor values to meshes: validated once, built once, shared by all objects with the same values."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from generator.actor import Actor, actor_kinds, make_actor
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
    return _KEPT.mesh(key)


class LastMeshes:
    """The meshes asked for last, up to `limit` bytes; others are built again. Threads may ask at once.

    Building happens outside of the lock, so that nobody waits for another's mesh; what was stored first stays.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self._meshes: OrderedDict[bytes, Mesh] = OrderedDict()  # in the order of their last use
        self._lock = threading.Lock()

    def mesh(self, key: bytes) -> Mesh:
        with self._lock:
            if key in self._meshes:
                self._meshes.move_to_end(key)
                return self._meshes[key]
        return self._keep(key, actor_of(key).build())

    def _keep(self, key: bytes, mesh: Mesh) -> Mesh:
        with self._lock:
            if key in self._meshes:  # another thread was faster
                return self._meshes[key]
            self._meshes[key] = mesh
            self.bytes += mesh.nbytes
            while self.bytes > self.limit and len(self._meshes) > 1:
                self.bytes -= self._meshes.popitem(last=False)[1].nbytes
        return mesh


_KEPT = LastMeshes(_BYTES_KEPT)

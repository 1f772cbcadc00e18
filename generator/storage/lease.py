"""A lease in an object store, which has no locks: an object with its owner and the time until which it holds, renewed while it does.

It is advisory. A process that sleeps through its own lease may work beside its successor; that costs duplicate work and nothing
else, since the same image always has the same bytes and a record is written once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import orjson

from generator.errors import DatasetError, DatasetInUseError

HELD_S = 60.0
RENEW_S = 15.0
SKEW_S = 30.0  # by which the clocks of two machines may differ
_LOOK_S = 1.0
_LOG = logging.getLogger(__name__)


class Objects(Protocol):
    """What a lease needs of its folder."""

    def put(self, path: str, data: bytes) -> None: ...
    def put_new(self, path: str, data: bytes) -> bool: ...
    def read_many(self, paths: list[str]) -> dict[str, bytes]: ...
    def remove(self, paths: list[str]) -> None: ...


@dataclass(frozen=True)
class Holder:
    """Who holds a lease, until when (seconds since 1970). `since_ns` tells two processes with one number apart."""

    host: str
    pid: int
    since_ns: int
    until: float

    @property
    def is_over(self) -> bool:
        """Expired, or the process was on this machine and is gone."""
        return time.time() > self.until + SKEW_S or is_gone(self.host, self.pid)

    def __str__(self) -> str:
        return f"pid {self.pid} on {self.host}"


@contextlib.contextmanager
def leased(objects: Objects, path: str, name: str) -> Iterator[None]:
    """Holds the lease `path`. Raises DatasetError, saying that `name` is in use, when another process renews it."""
    with contextlib.ExitStack() as stack:
        if not stack.enter_context(leased_turn(objects, path, wait=False)):
            holder = _watched(objects, path)
            if holder is not None:
                raise in_use(name, holder)
            if not stack.enter_context(leased_turn(objects, path, wait=False)):
                raise in_use(name, holder_of(objects, path))
        yield


@contextlib.contextmanager
def leased_turn(objects: Objects, path: str, *, wait: bool) -> Iterator[bool]:
    """Holds the lease `path` and gives True; False when another process holds it and `wait` is not set."""
    since_ns = time.time_ns()
    while not (got := _take(objects, path, since_ns)) and wait:
        time.sleep(_LOOK_S)
    if not got:
        yield False
        return
    done = threading.Event()
    renewal = threading.Thread(target=_renew, args=(objects, path, since_ns, done), name=f"lease {path}", daemon=True)
    renewal.start()
    try:
        yield True
    finally:
        done.set()
        renewal.join()
        if _is_mine(objects, path, since_ns):
            objects.remove([path])


def holder_of(objects: Objects, path: str) -> Holder | None:
    """Who holds the lease; None when nobody does."""
    found = objects.read_many([path])
    holder = Holder(**orjson.loads(found[path])) if found else None
    return None if holder is None or holder.is_over else holder


def in_use(name: str, holder: object) -> DatasetInUseError:
    """holder: as it is to be named; None when it is not known."""
    return DatasetInUseError(f"{name} is in use by another process ({holder or 'unknown'}): wait for it, stop it, or write elsewhere")


def _take(objects: Objects, path: str, since_ns: int) -> bool:
    """Makes the lease, or takes it over when it is stale."""
    if objects.put_new(path, _body(since_ns)):
        return True
    if holder_of(objects, path) is None:
        objects.put(path, _body(since_ns))
    return _is_mine(objects, path, since_ns)


def _watched(objects: Objects, path: str) -> Holder | None:
    """The holder if it lives, which a renewal shows; None once the lease has run out. At most HELD_S + SKEW_S."""
    first = holder_of(objects, path)
    if first is None or first.host == os.uname().nodename:  # and its process runs: it would be over
        return first
    _LOG.warning("the dataset is held by %s, which may be gone: looking whether it still works (up to %.0f s)", first, HELD_S + SKEW_S)
    while (now := holder_of(objects, path)) == first:
        time.sleep(_LOOK_S)
    return now


def _renew(objects: Objects, path: str, since_ns: int, done: threading.Event) -> None:
    while not done.wait(RENEW_S):
        try:
            if not _is_mine(objects, path, since_ns):
                _LOG.warning("another process has taken over the lease %s while this one could not renew it", path)
                return
            objects.put(path, _body(since_ns))
        except DatasetError as error:  # the work itself meets the same storage and stops if it must
            _LOG.warning("the lease %s could not be renewed: %s", path, error)


def _is_mine(objects: Objects, path: str, since_ns: int) -> bool:
    found = objects.read_many([path])
    return bool(found) and Holder(**orjson.loads(found[path])).since_ns == since_ns


def _body(since_ns: int) -> bytes:
    return orjson.dumps(Holder(os.uname().nodename, os.getpid(), since_ns, time.time() + HELD_S))


def is_gone(host: str, pid: int) -> bool:
    """Whether a process was on this machine and is no more; of another machine's nothing is known."""
    if host != os.uname().nodename:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

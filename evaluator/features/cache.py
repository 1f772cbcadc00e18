"""Features by the content of the picture that they are of: one SQLite file for each set of features and size.

A key is a checksum of the picture's bytes and of the part that was cut out. Files are not read again to find their checksum as long as
size and time of change stay (as git does). A damaged or foreign cache is an error that names the file; deleting it is always safe.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generator.errors import ScenewrightError

_MOST_KEYS = 500  # in one SELECT; SQLite takes some thousands of variables
_TABLES = (
    "CREATE TABLE IF NOT EXISTS features (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, digest BLOB) WITHOUT ROWID",
)


def default_folder() -> Path:
    return Path.home() / ".cache" / "scenewright" / "features"


def cache_file(folder: Path, fingerprint: str) -> Path:
    return folder / f"{hashlib.sha256(fingerprint.encode()).hexdigest()[:24]}.sqlite"


@contextlib.contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The cache, made where there is none. Raises ScenewrightError when it cannot be read or written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(file, timeout=60)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            for table in _TABLES:
                connection.execute(table)
            yield connection
    except sqlite3.Error as error:
        raise ScenewrightError(
            f"{file}: the cache of features fails ({error}); delete the file, or name another folder with cache=PATH"
        ) from error


def digests(connection: sqlite3.Connection, paths: Sequence[Path]) -> dict[Path, bytes]:
    """16-byte checksums of files, remembered by path, size and time of change."""
    known = {
        row[0]: row[1:]
        for row in _select(connection, "SELECT path, size, mtime_ns, digest FROM files WHERE path IN", [str(p.resolve()) for p in paths])
    }
    found: dict[Path, bytes] = {}
    fresh = []
    for path in paths:
        name, status = str(path.resolve()), path.stat()
        size, mtime, digest = known.get(name, (None, None, None))
        if (size, mtime) != (status.st_size, status.st_mtime_ns):
            digest = hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
            fresh.append((name, status.st_size, status.st_mtime_ns, digest))
        found[path] = digest
    with connection:
        connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", fresh)
    return found


def read(connection: sqlite3.Connection, keys: Sequence[bytes], dimensions: int) -> dict[bytes, np.ndarray]:
    """(dimensions,) float32 of those keys that are there."""
    rows = _select(connection, "SELECT key, data FROM features WHERE key IN", keys)
    return {key: np.frombuffer(data, np.float32) for key, data in rows if len(data) == 4 * dimensions}


def write(connection: sqlite3.Connection, features: Mapping[bytes, np.ndarray]) -> None:
    rows = [(key, np.asarray(row, np.float32).tobytes()) for key, row in features.items()]
    with connection:
        connection.executemany("INSERT OR REPLACE INTO features VALUES (?, ?)", rows)


def _select(connection: sqlite3.Connection, query: str, keys: Sequence[bytes] | Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(keys), _MOST_KEYS):
        part = keys[start : start + _MOST_KEYS]
        yield from connection.execute(f"{query} ({','.join('?' * len(part))})", part)

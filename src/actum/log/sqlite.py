"""Opening an SQLite file to read it: never creates it, never changes it.

A file in WAL mode needs a shared index beside it, which the first reader makes.  Where nothing can
be made (a read-only copy, a full disk), a file without a pending write-ahead log is read as it is.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from actum.errors import EvidenceError

__all__ = ["open_reader"]


def open_reader(path: Path) -> sqlite3.Connection:
    """Open ``path`` for reading, from any thread.  EvidenceError if it cannot be read."""
    wal = path.with_name(path.name + "-wal")
    try:
        try:
            return _open(path, "mode=rw")  # rw, so that the shared index can be made
        except sqlite3.OperationalError:
            if wal.exists() and wal.stat().st_size:
                raise
            return _open(path, "mode=ro&immutable=1")
    except (sqlite3.Error, OSError) as error:
        raise EvidenceError(
            f"{path.name!r} cannot be read",
            why=str(error),
            todo="run `actum fsck`; restore the file from a copy if it is damaged or missing",
        ) from error


def _open(path: Path, mode: str) -> sqlite3.Connection:
    name = quote(str(path.absolute()), errors="surrogateescape")
    db = sqlite3.connect(
        f"file:{name}?{mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        db.execute("PRAGMA busy_timeout=10000")
        db.execute("PRAGMA query_only=ON")
        db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
    except BaseException:
        db.close()
        raise
    return db

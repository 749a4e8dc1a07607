"""The journal: what was acknowledged and is not yet in a segment.

SQLite in WAL mode with ``synchronous=FULL``: when `Journal.wait` returns, the records, their
indexes and the cursor that led to them are one committed, synced transaction.  A crash before the
commit leaves none of it; after it, all of it.

Rules:

1. One row is one batch, as it was appended: its columns compressed, and beside them the leaf hashes
   computed when it arrived.  The seal computes them again from the row and compares.
2. Batches of one log are contiguous.  ``next`` never falls, not even when rows are trimmed.
3. Rows are deleted only after the segment that holds their records has been synced and listed.
4. Appends from several threads are committed together: one sync serves all who wait for it.

Trust: an attacker who can write this file can drop what is not yet sealed.  What is sealed is held
by the checkpoint.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from actum.errors import EvidenceError, StorageError, WriteFailed
from actum.log.batch import Batch
from actum.log.durable import failed_write

__all__ = ["Head", "Journal", "Pending"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
    log TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    body BLOB NOT NULL, leaves BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS batch_place ON batch (log, first);
CREATE TABLE IF NOT EXISTS head (
    log TEXT PRIMARY KEY, next INTEGER NOT NULL, sealed INTEGER NOT NULL, root BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS cursor (
    log TEXT NOT NULL, feed TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (log, feed, name)
);
"""


@dataclass(frozen=True, slots=True)
class Head:
    """How far one log has come, as its journal remembers it.

    ``next`` is the index the next record gets; ``sealed`` and ``root`` are the last checkpoint's.
    """

    next: int
    sealed: int
    root: bytes


@dataclass(slots=True)
class Pending:
    """A batch on its way into the journal: already indexed, its leaf hashes computed."""

    log: str
    batch: Batch
    leaves: bytes
    cursors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(feed, name) → value, moved in the same transaction."""


class Journal:
    """The journal of one home.  Threads may share it; only one process may write."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = path
        self._gate = threading.Condition()
        self._waiting: list[Pending] = []
        self._committed = 0
        self._queued = 0
        self._leading = False
        self._failure: StorageError | None = None
        self._db = self._connect(write=write)

    def _connect(self, *, write: bool) -> sqlite3.Connection:
        try:
            if write:
                db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=FULL")
                db.executescript(_SCHEMA)
            else:
                # Not as_uri(): a path may hold any character, and must exist already.
                db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
                db.execute("PRAGMA query_only=ON")
                db.execute("SELECT 1 FROM head LIMIT 1").fetchall()
            db.execute("PRAGMA busy_timeout=10000")
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from error
        return db

    def close(self) -> None:
        """Release the file.  Everything acknowledged is already on disk."""
        self._db.close()

    # -- writing ---------------------------------------------------------------------------------

    def enqueue(self, pending: Pending) -> int:
        """Take a place in the order of commits; nothing is durable until `wait` returns.

        Call it under the lock that gave the batch its indexes, so that places follow indexes.
        """
        with self._gate:
            if self._failure is not None:
                raise self._failure
            self._waiting.append(pending)
            self._queued += 1
            return self._queued

    def wait(self, ticket: int) -> None:
        """Return when everything enqueued up to ``ticket`` is on disk.

        One of the threads that wait commits for all of them.  Raises DiskFull or WriteFailed, after
        which the caller must assume nothing and open the home again: the rows may or may not be
        there.
        """
        with self._gate:
            while self._leading and self._committed < ticket and self._failure is None:
                self._gate.wait()
            if self._failure is not None:
                raise self._failure
            if self._committed >= ticket:
                return
            self._leading = True
            group, self._waiting = self._waiting, []
        try:
            self._commit(group)
        except StorageError as error:
            self._finish(0, error)
            raise
        self._finish(len(group), None)

    def _finish(self, count: int, failure: StorageError | None) -> None:
        with self._gate:
            self._committed += count
            self._failure = failure
            self._leading = False
            self._gate.notify_all()

    def _commit(self, group: list[Pending]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for each in group:
                first, count = each.batch.first, len(each.batch)
                if count:
                    self._db.execute(
                        "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
                        (each.log, first, count, each.batch.encode(), each.leaves),
                    )
                    self._db.execute(
                        "UPDATE head SET next = ? WHERE log = ?", (first + count, each.log)
                    )
                self._db.executemany(
                    "INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?)",
                    [(each.log, feed, name, to) for (feed, name), to in each.cursors.items()],
                )
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def begin_log(self, log: str, *, root: bytes) -> None:
        """Give a new log its head.  Does nothing if it has one."""
        self._write("INSERT OR IGNORE INTO head VALUES (?, 0, 0, ?)", (log, root))

    def advance(self, log: str, following: int, cursors: Mapping[tuple[str, str], str]) -> None:
        """Note that a segment written directly ends before ``following``, and move its cursors."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE head SET next = ? WHERE log = ?", (following, log))
            self._db.executemany(
                "INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?)",
                [(log, feed, name, value) for (feed, name), value in cursors.items()],
            )
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def sealed(self, log: str, *, size: int, root: bytes) -> None:
        """Remember the checkpoint just published."""
        self._write("UPDATE head SET sealed = ?, root = ? WHERE log = ?", (size, root, log))

    def trim(self, log: str, before: int) -> None:
        """Forget batches that lie wholly before ``before``: a synced segment holds them."""
        self._write("DELETE FROM batch WHERE log = ? AND first + count <= ?", (log, before))

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _broken(self, error: sqlite3.Error) -> StorageError:
        if self._db.in_transaction:
            try:
                self._db.execute("ROLLBACK")
            except sqlite3.Error:
                pass  # the first error is the one to report; the file decides on the next start
        full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
        if full or "full" in str(error):
            return failed_write(self.path, OSError(28, "No space left on device"))
        return WriteFailed(
            "the journal could not be written",
            why=str(error),
            todo="stop writing, check the disk, and run `actum fsck` before going on",
        )

    # -- reading ---------------------------------------------------------------------------------

    def head(self, log: str) -> Head | None:
        """How far that log has come, or None if the journal never heard of it."""
        row = self._query("SELECT next, sealed, root FROM head WHERE log = ?", (log,))
        return Head(*row[0]) if row else None

    def cursor(self, log: str, feed: str, name: str) -> str | None:
        """Where a feed was left, or None."""
        row = self._query(
            "SELECT value FROM cursor WHERE log = ? AND feed = ? AND name = ?", (log, feed, name)
        )
        return str(row[0][0]) if row else None

    def cursors(self, log: str) -> dict[tuple[str, str], str]:
        """Every cursor of a log, by (feed, name)."""
        rows = self._query("SELECT feed, name, value FROM cursor WHERE log = ?", (log,))
        return {(feed, name): value for feed, name, value in rows}

    def batches(self, log: str, start: int) -> list[tuple[Batch, bytes]]:
        """The batches from record ``start`` on, with the leaf hashes of their arrival, in order."""
        rows = self._query(
            "SELECT first, count, body, leaves FROM batch WHERE log = ? AND first + count > ?"
            " ORDER BY first",
            (log, start),
        )
        read: list[tuple[Batch, bytes]] = []
        for first, count, body, leaves in rows:
            batch = Batch.decode(body)
            if (batch.first, len(batch), len(leaves)) != (first, count, 32 * count):
                raise EvidenceError(
                    f"the journal's batch at {first} is not the one that was written",
                    why="its own index, count or leaf hashes differ from its row",
                    todo="run `actum fsck`",
                )
            read.append((batch, leaves))
        return read

    def extent(self, log: str, start: int) -> list[tuple[int, int]]:
        """(first, count) of the batches that reach past ``start``, in order, without their bodies."""
        rows = self._query(
            "SELECT first, count FROM batch WHERE log = ? AND first + count > ? ORDER BY first",
            (log, start),
        )
        return [(first, count) for first, count in rows]

    def _query(self, statement: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from error


def _unreadable(path: Path, error: sqlite3.Error) -> EvidenceError:
    return EvidenceError(
        f"the journal {path.name!r} cannot be read",
        why=str(error),
        todo="run `actum fsck`; restore the file from a copy if it is damaged",
    )

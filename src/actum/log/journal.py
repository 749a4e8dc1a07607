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
5. One statement or transaction at a time uses the connection, so nobody reads what is not
   committed and nobody's write falls into another's transaction.
6. A row that SQLite gives back but nobody wrote is refused: batches check themselves, heads are
   held against the checkpoint by the gate, cursors carry a hash.

Trust: an attacker who can write this file can drop what is not yet sealed.  What is sealed is held
by the checkpoint.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from actum.errors import EvidenceError, StorageError, WriteFailed
from actum.log.batch import Batch
from actum.log.durable import failed_write
from actum.log.sqlite import open_reader

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
    sha256 BLOB NOT NULL, PRIMARY KEY (log, feed, name)
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
    """A batch on its way into the journal: already indexed, encoded, its leaf hashes computed."""

    log: str
    first: int
    count: int
    body: bytes
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
        self._use = threading.RLock()
        self._db = self._open() if write else open_reader(path)

    def _open(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from error
        try:
            db.execute("PRAGMA busy_timeout=10000")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            db.close()
            if not isinstance(error, sqlite3.OperationalError):  # not a database, or a damaged one
                raise _unreadable(self.path, error) from error
            raise self._failed(error) from error
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
            if self._committed >= ticket:
                return
            if self._failure is not None:
                raise self._failure
            self._leading = True
            group, self._waiting = self._waiting, []
        try:
            self._commit(group)
        except StorageError as error:
            self._finish(0, error)
            raise
        except BaseException:
            self._finish(0, _unknown("the thread that wrote for all of them was stopped"))
            raise
        self._finish(len(group), None)

    def flush(self) -> None:
        """Return when everything enqueued so far is on disk; raises what `wait` raises."""
        with self._gate:
            ticket = self._queued
        self.wait(ticket)

    def _finish(self, count: int, failure: StorageError | None) -> None:
        with self._gate:
            self._committed += count
            self._failure = failure
            self._leading = False
            self._gate.notify_all()

    def _commit(self, group: list[Pending]) -> None:
        with self._transaction() as db:
            for each in group:
                if each.count:
                    db.execute(
                        "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
                        (each.log, each.first, each.count, each.body, each.leaves),
                    )
                    following = each.first + each.count
                    db.execute("UPDATE head SET next = ? WHERE log = ?", (following, each.log))
                _move(db, each.log, each.cursors)

    def begin_log(self, log: str, *, root: bytes) -> None:
        """Give a new log its head.  Does nothing if it has one."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO head VALUES (?, 0, 0, ?)", (log, root))

    def advance(self, log: str, following: int, cursors: Mapping[tuple[str, str], str]) -> None:
        """Note that a segment written directly ends before ``following``, and move its cursors."""
        with self._transaction() as db:
            db.execute("UPDATE head SET next = ? WHERE log = ?", (following, log))
            _move(db, log, cursors)

    def sealed(self, log: str, *, size: int, root: bytes) -> None:
        """Remember the checkpoint just published."""
        with self._transaction() as db:
            db.execute("UPDATE head SET sealed = ?, root = ? WHERE log = ?", (size, root, log))

    def trim(self, log: str, before: int) -> None:
        """Forget batches that lie wholly before ``before``: a synced segment holds them."""
        with self._transaction() as db:
            db.execute("DELETE FROM batch WHERE log = ? AND first + count <= ?", (log, before))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or none of it; on disk when it ends.  Raises DiskFull or WriteFailed."""
        with self._use:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._failed(error) from error
            finally:
                self._roll_back()

    def _roll_back(self) -> None:
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # the first error is the one to report; the file decides on the next start

    def _failed(self, error: sqlite3.Error) -> StorageError:
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_FULL" or "full" in str(error):
            return failed_write(self.path, OSError(28, "No space left on device"))
        return _unknown(str(error))

    # -- reading ---------------------------------------------------------------------------------

    def head(self, log: str) -> Head | None:
        """How far that log has come, or None if the journal never heard of it."""
        rows = self._query("SELECT next, sealed, root FROM head WHERE log = ?", (log,))
        if not rows:
            return None
        match rows[0]:
            case (int(following), int(sealed), bytes(root)) if len(root) == 32:
                return Head(following, sealed, root)
        raise _unwritten(f"the head of log {log!r}")

    def heads(self) -> dict[str, int]:
        """Every log the journal knows, and the index its next record gets."""
        rows = self._query("SELECT log, next FROM head", ())
        return {str(log): following for log, following in rows if isinstance(following, int)}

    def cursor(self, log: str, feed: str, name: str) -> str | None:
        """Where a feed was left, or None."""
        return self.cursors(log).get((feed, name))

    def cursors(self, log: str) -> dict[tuple[str, str], str]:
        """Every cursor of a log, by (feed, name)."""
        found: dict[tuple[str, str], str] = {}
        statement = "SELECT feed, name, value, sha256 FROM cursor WHERE log = ?"
        for row in self._query(statement, (log,)):
            match row:
                case (str(feed), str(name), str(value), bytes(digest)) if digest == _digest(
                    log, feed, name, value
                ):
                    found[feed, name] = value
                case _:
                    raise _unwritten("a feed's cursor")
        return found

    def batches(self, log: str, start: int) -> list[tuple[Batch, bytes]]:
        """The batches from record ``start`` on, with the leaf hashes of their arrival, in order."""
        rows = self._query(
            "SELECT first, count, body, leaves FROM batch WHERE log = ? AND first + count > ?"
            " ORDER BY first",
            (log, start),
        )
        read: list[tuple[Batch, bytes]] = []
        for row in rows:
            match row:
                case (int(first), int(count), bytes(body), bytes(leaves)):
                    batch = Batch.decode(body)
                    if (batch.first, len(batch), len(leaves)) == (first, count, 32 * count):
                        read.append((batch, leaves))
                        continue
            raise _unwritten(f"the batch at record {row[0]!r}")
        return read

    def extent(self, log: str, start: int) -> list[tuple[int, int]]:
        """(first, count) of the batches that reach past ``start``, in order."""
        rows = self._query(
            "SELECT first, count FROM batch WHERE log = ? AND first + count > ? ORDER BY first",
            (log, start),
        )
        return [(first, count) for first, count in rows]

    def _query(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._use:
                return self._db.execute(statement, values).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise _unreadable(self.path, error) from error


def _move(db: sqlite3.Connection, log: str, cursors: Mapping[tuple[str, str], str]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?, ?)",
        [
            (log, feed, name, to, _digest(log, feed, name, to))
            for (feed, name), to in cursors.items()
        ],
    )


def _digest(*parts: str) -> bytes:
    return sha256(json.dumps(parts).encode()).digest()


def _unreadable(path: Path, error: Exception) -> EvidenceError:
    return EvidenceError(
        f"the journal {path.name!r} cannot be read",
        why=str(error),
        todo="run `actum fsck`; restore the file from a copy if it is damaged",
    )


def _unwritten(what: str) -> EvidenceError:
    return EvidenceError(
        f"{what} in the journal is not the one that was written",
        why="its row contradicts itself",
        todo="run `actum fsck`; restore journal.db from a copy",
    )


def _unknown(why: str) -> WriteFailed:
    return WriteFailed(
        "the journal could not be written",
        why=why,
        todo="stop writing, check the disk, and run `actum fsck` before going on",
    )

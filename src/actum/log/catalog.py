"""The catalog: which logs there are, and which files hold them.

SQLAlchemy Core, on SQLite here and on PostgreSQL when a home outgrows one machine.  Everything in
it about segments can be read again from the files; what it adds is the one atomic statement of
which files count.

Every row carries the SHA-256 of its values, so that a flipped bit in one (a file's time range, say)
is an error and not a wrong answer.

Trust: an attacker who can write the catalog can make the log unreadable or point it at other files;
the start-up gate and `actum fsck` hold both against the signed tree.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from actum.errors import EvidenceError, StorageError
from actum.log.durable import failed_write
from actum.log.sqlite import open_reader

__all__ = ["Catalog", "LogEntry", "Segment"]

_metadata = MetaData()
_logs = Table(
    "logs",
    _metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("origin", String, nullable=False, unique=True),
    Column("vkey", String, nullable=False),
    Column("created", Integer, nullable=False),
    Column("row_sha256", LargeBinary, nullable=False),
)
_segments = Table(
    "segments",
    _metadata,
    Column("log", String, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("records_file", String, nullable=False),
    Column("records_size", Integer, nullable=False),
    Column("records_sha256", String, nullable=False),
    Column("events_file", String, nullable=False),
    Column("events_size", Integer, nullable=False),
    Column("events_sha256", String, nullable=False),
    Column("events", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    Column("raw_size", Integer, nullable=False),
    Column("time_min", Integer),
    Column("time_max", Integer),
    Column("mappings", String, nullable=False),
    Column("days", String, nullable=False),
    Column("row_sha256", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One log: its opaque id, the name people use, its checkpoint origin and public key."""

    id: str
    name: str
    origin: str
    vkey: str
    created: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One immutable pair of files and what a reader wants to know before opening them.

    Sizes are in bytes; times are event times in microseconds, None when no event has one.
    ``mappings`` names the version each source was read with: ``{"aws_cloudtrail": 1}`` in JSON.
    ``days`` counts the events shown by default, by UTC day since 1970 (null if timeless) and
    status: ``[[20759, "success", 12], …]`` in JSON.
    """

    log: str
    first: int
    count: int
    records_file: str
    records_size: int
    records_sha256: str
    events_file: str
    events_size: int
    events_sha256: str
    events: int
    unread: int
    raw_size: int
    time_min: int | None
    time_max: int | None
    mappings: str
    days: str

    @property
    def end(self) -> int:
        """The index after its last record."""
        return self.first + self.count


class Catalog:
    """The catalog of one home."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = path
        self._engine = _engine(path, write=write)
        if write:
            try:
                self._guard(lambda: _metadata.create_all(self._engine))
            except BaseException:
                self._engine.dispose()
                raise

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def logs(self) -> list[LogEntry]:
        """Every log, oldest first."""
        rows = self._rows(select(_logs).order_by(_logs.c.created, _logs.c.id))
        return [LogEntry(**_checked(LogEntry, row)) for row in rows]

    def add_log(self, entry: LogEntry) -> None:
        """List a new log; durable when it returns."""
        self._run([insert(_logs).values(_row(entry))])

    def segments(self, log: str) -> list[Segment]:
        """A log's segments in index order.  EvidenceError if they leave a hole or overlap."""
        chosen = select(_segments).where(_segments.c.log == log).order_by(_segments.c.first)
        listed = [Segment(**_checked(Segment, row)) for row in self._rows(chosen)]
        expected = 0
        for each in listed:
            if each.first != expected or each.count < 1:
                raise EvidenceError(
                    f"the catalog has no segment that begins at record {expected}",
                    why=f"the next one begins at {each.first}",
                    todo="run `actum fsck`; restore catalog.db from a copy",
                )
            expected = each.end
        return listed

    def replace(self, old: Sequence[Segment], new: Segment) -> None:
        """List ``new`` in place of ``old`` (none, when it is appended), in one transaction."""
        drops = [
            delete(_segments).where(_segments.c.log == each.log, _segments.c.first == each.first)
            for each in old
        ]
        self._run([*drops, insert(_segments).values(_row(new))])

    def _run(self, statements: Sequence[Any]) -> None:
        def work() -> None:
            with self._engine.begin() as connection:
                for statement in statements:
                    connection.execute(statement)

        self._guard(work)

    def _guard(self, work: Any) -> None:
        try:
            work()
        except (OperationalError, IntegrityError) as error:
            raise self._failed(error) from error
        except DatabaseError as error:  # not a database, or a damaged one
            raise self._unreadable(error) from error
        except SQLAlchemyError as error:
            raise self._failed(error) from error

    def _rows(self, statement: Any) -> list[dict[str, Any]]:
        try:
            with self._engine.connect() as connection:
                return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 - SQLAlchemy's public name
        except (SQLAlchemyError, sqlite3.Error, ValueError, TypeError, OverflowError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> EvidenceError:
        return EvidenceError(
            "the catalog cannot be read",
            why=str(getattr(error, "orig", error)),
            todo="run `actum fsck`; restore catalog.db from a copy if it is damaged",
        )

    def _failed(self, error: SQLAlchemyError) -> StorageError:
        why = str(getattr(error, "orig", error))
        return failed_write(self.path, OSError(28 if "full" in why else 5, why))


def _row(item: LogEntry | Segment) -> dict[str, Any]:
    values = asdict(item)
    return {**values, "row_sha256": _digest(values)}


def _digest(values: dict[str, Any]) -> bytes:
    return sha256(json.dumps(values, sort_keys=True).encode()).digest()


def _checked(kind: type[LogEntry | Segment], row: dict[str, Any]) -> dict[str, Any]:
    """The row's values; EvidenceError if they are not the ones that were written."""
    values = {item.name: row[item.name] for item in fields(kind)}
    try:
        if row["row_sha256"] == _digest(values):
            return values
    except (TypeError, ValueError):
        pass  # a value of a type JSON has not: nobody wrote that
    raise EvidenceError(
        "a row of the catalog is not the one that was written",
        why=f"the {kind.__name__} at {row.get('first', row.get('name'))!r} has another SHA-256",
        todo="run `actum fsck`; restore catalog.db from a copy",
    )


def _engine(path: Path, *, write: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        if not write:
            return open_reader(path)
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool)

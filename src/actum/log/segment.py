"""Segments: immutable pairs of Parquet files, one of records and one of events.

Rules:

1. Both files are complete, synced and named in their final place before the catalog lists them, and
   listed before the journal forgets their records.
2. A records file is read back and compared, row by row, with what was handed to the writer before
   it is believed: a flipped bit on the way to the disk costs a retry, not a record.
3. The events file is derived.  It can be deleted and written again from the records at any time.
4. A file is used only if its bytes have the SHA-256 the catalog lists: `Checked` looks once a
   process, before the first row is served.

Records are in index order in small row groups, so one record is cheap to fetch.  Events are in time
order in larger ones, with dictionaries big enough that the columns people search by get bloom
filters.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from actum.errors import EvidenceError, WriteFailed
from actum.log.batch import Batch
from actum.log.catalog import Segment
from actum.log.durable import failed_write, sync_file, sync_folder
from actum.log.engine import RECORD_COLUMNS, FileGone, quoted, reading_file, scan
from actum.record import Retold

if TYPE_CHECKING:
    import duckdb

__all__ = ["Checked", "Reading", "read_batches", "write_events", "write_segment"]

RECORDS_ROW_GROUP = 2_048
EVENTS_ROW_GROUP = 16_384
EVENTS_DICTIONARY = 6_000
"""A column with more distinct values than this in a row group is stored plain: for ids that never
repeat, a dictionary and its bloom filter only add bytes."""
LEVEL = 2
"""zstd level of both files: on these columns smaller than level 3, and faster."""


class Reading(Protocol):
    """How records become events.  The log is handed one and knows nothing else of sources."""

    def versions(self) -> Mapping[str, int]:
        """The version of each source's mapping."""
        ...

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        """Create the temporary table ``events`` from the rows of the table ``records``.

        Its columns are those of `actum.ocsf.columns`, in order.
        """
        ...

    def retell(self, source: str, new: bytes, old: bytes, index: int) -> Retold:
        """How to keep a record whose id is that of record ``index`` but whose bytes differ."""
        ...


def write_segment(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    log: str,
    table: str,
    reading: Reading,
    names: tuple[str, str] | None = None,
) -> Segment:
    """Write the rows of the table ``table``, which are contiguous, as one synced pair of files.

    ``names`` are those of the records file and of the events file where the usual one is taken.

    The segment is not listed yet.  Raises DiskFull or WriteFailed; a half-written file is left for
    `fsck` to name and the next start to clear.
    """
    first, count, raw_size = _one(
        connection, f'SELECT min("index"), count(*), sum(octet_length(raw)) FROM {table}'
    )
    usual = f"{first:012d}-{count}.parquet"
    records_name, events_name = names or (usual, usual)
    records = folder / "records" / records_name
    # The two files are made of the same rows and know nothing of each other: two cores, two files.
    with ThreadPoolExecutor(1, thread_name_prefix="actum-records") as other:
        digest = other.submit(_write_records, connection, table, records)
        facts = write_events(connection, folder, name=events_name, table=table, reading=reading)
        records_sha256 = digest.result()
    return Segment(
        log=log,
        first=first,
        count=count,
        records_file=f"records/{records_name}",
        records_size=records.stat().st_size,
        records_sha256=records_sha256,
        raw_size=int(raw_size or 0),
        **facts,
    )


def _write_records(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> str:
    """Write the records file and read it back; its SHA-256."""
    with contextlib.closing(connection.cursor()) as cursor:
        _copy(
            cursor,
            f"SELECT * FROM {table}",  # laid out in index order, which the engine preserves
            path,
            f"ROW_GROUP_SIZE {RECORDS_ROW_GROUP}",
        )
        digest = file_sha256(path)  # before the comparison: a flip between the two is then seen
        _compare(cursor, table, path)
    return digest


def write_events(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    name: str,
    table: str,
    reading: Reading,
) -> dict[str, Any]:
    """Derive the events of the table of records, write and sync them; what to list of them."""
    import duckdb  # noqa: PLC0415 - see actum.log.engine

    derived = f"{table}_events"
    path = folder / "events" / name
    try:
        reading.derive(connection, table, derived)
    except duckdb.Error as error:
        raise WriteFailed(
            f"the events of {name!r} could not be derived",
            why=str(error).partition("\n")[0],
            todo="this is a fault of a mapping, please report it; the records themselves are safe",
        ) from error
    try:
        _copy(
            connection,
            f'SELECT * FROM {derived} ORDER BY "time" NULLS LAST, "index", part',
            path,
            f"ROW_GROUP_SIZE {EVENTS_ROW_GROUP}, DICTIONARY_SIZE_LIMIT {EVENTS_DICTIONARY}",
        )
        count, unread, earliest, latest, sources = _one(
            connection,
            "SELECT count(*), count(reason), epoch_us(min(time)),"
            f" epoch_us(max(time)), list_sort(list(DISTINCT source)) FROM {derived}",
        )
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {derived}")
    versions = reading.versions()
    return {
        "events_file": f"events/{name}",
        "events_size": path.stat().st_size,
        "events_sha256": file_sha256(path),
        "events": count,
        "unread": unread,
        "time_min": earliest,
        "time_max": latest,
        "mappings": json.dumps({each: versions.get(each, 0) for each in sources or []}),
        "days": json.dumps(_days(connection, path)),
    }


SHOWN = "source <> 'actum' AND copy_of IS NULL"
"""What a question is about unless it says otherwise: not Actum's own records, no act told twice."""


def _days(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[object, ...]]:
    """Events shown by default, by day and status: what lets a count of everything look nowhere."""
    return connection.execute(
        f'SELECT epoch_us("time") // 86400000000 AS day, status, count(*) FROM {scan([path])}'
        f" WHERE {SHOWN} GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def _one(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[Any, ...]:
    return connection.execute(statement).fetchall()[0]


def _copy(connection: duckdb.DuckDBPyConnection, select: str, path: Path, options: str) -> None:
    """Write a Parquet file under a draft's name, sync it, and give it its own name."""
    import duckdb  # noqa: PLC0415 - see actum.log.engine

    draft = path.with_name(path.name + ".part")
    try:
        connection.execute(
            f"COPY ({select}) TO {quoted(str(draft))} (FORMAT parquet, PARQUET_VERSION v2,"
            f" COMPRESSION zstd, COMPRESSION_LEVEL {LEVEL}, {options})"
        )
    except duckdb.Error as error:
        full = "No space left" in str(error)
        raise failed_write(path, OSError(28 if full else 5, str(error).splitlines()[0])) from error
    sync_file(draft)
    try:
        draft.replace(path)
    except OSError as error:
        raise failed_write(path, error) from error
    sync_folder(path.parent)


def _compare(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Hold the file just written against the rows it was written from (rule 2)."""
    columns = ", ".join(f'"{name}"' for name, _ in RECORD_COLUMNS)
    digest = f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM "
    if _one(connection, digest + table) != _one(connection, digest + scan([path])):
        raise WriteFailed(
            f"{path.name!r} does not read back as it was written",
            why="the disk, its controller or the memory changed some bytes",
            todo="check the hardware; nothing was acknowledged from this file",
        )


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Checked:
    """The files of one log, each looked at before it is read, and again if it changed (rule 4).

    What changes a file without changing its size or times, under a process that has looked at it
    already, is found by the next process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._good: dict[tuple[str, str], tuple[int, int, int]] = {}

    def records(self, segments: Sequence[Segment]) -> list[Path]:
        """The records files of those segments, verified.  EvidenceError names a damaged one."""
        return [self._path(each.records_file, each.records_sha256) for each in segments]

    def events(self, segments: Sequence[Segment]) -> list[Path]:
        """The events files of those segments, verified.  EvidenceError names a damaged one."""
        return [self._path(each.events_file, each.events_sha256) for each in segments]

    def trust(self, segment: Segment) -> None:
        """Count a segment this process wrote and hashed itself as looked at."""
        for name, wanted in (
            (segment.records_file, segment.records_sha256),
            (segment.events_file, segment.events_sha256),
        ):
            self._good[name, wanted] = _stamp(self.folder / name)

    def _path(self, name: str, wanted: str) -> Path:
        path = self.folder / name
        todo = "restore it from a copy, or run `actum rebuild` if it is an events file"
        try:
            stamp = _stamp(path)
            if self._good.get((name, wanted)) == stamp:
                return path
            found = file_sha256(path)
        except OSError as error:
            kind = FileGone if isinstance(error, FileNotFoundError) else EvidenceError
            why = error.strerror or str(error)
            raise kind(f"the segment file {name!r} cannot be read", why=why, todo=todo) from error
        if found != wanted:
            raise EvidenceError(
                f"the segment file {name!r} is not the one that was written",
                why=f"its SHA-256 is {found[:16]}…, the catalog says {wanted[:16]}…",
                todo=todo,
            )
        self._good[name, wanted] = stamp
        return path


def _stamp(path: Path) -> tuple[int, int, int]:
    """What changes when somebody writes a file or puts another in its place."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def read_batches(
    connection: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    *,
    where: str = "TRUE",
    rows: int = 16_384,
) -> Iterator[Batch]:
    """The records of those files as batches in index order, at most ``rows`` each.

    A batch never crosses a change of salt seed, because a batch has one.  ``where`` is SQL of ours
    over the records columns.
    """
    names = ", ".join(
        "epoch_us(received) AS received" if name == "received" else f'"{name}"'
        for name, _ in RECORD_COLUMNS
    )
    for path in paths:
        with reading_file(path), contextlib.closing(connection.cursor()) as cursor:
            source = f"{scan([path])} WHERE ({where})"
            extent = cursor.execute(f'SELECT min("index"), max("index") FROM {source}').fetchall()
            first, last = extent[0]
            if first is None:
                continue
            # Slices by index, which the file is in the order of: each touches its row groups only.
            for low in range(first, last + 1, rows):
                columns = cursor.execute(
                    f'SELECT {names} FROM {source} AND "index" >= {low} AND "index" < {low + rows}'
                ).fetchnumpy()
                yield from _by_seed(columns)


def _by_seed(columns: Mapping[str, np.ndarray]) -> Iterator[Batch]:
    """Cut rows where the seed changes or the indexes are not contiguous."""
    if not len(columns["index"]):
        return
    # The engine keeps the order of a range; a list of indexes it answers by a join, which does not.
    order = np.argsort(columns["index"], kind="stable")
    if np.any(np.diff(order) < 0):
        columns = {name: values[order] for name, values in columns.items()}
    indexes, seeds = columns["index"], columns["salt_seed"]
    breaks = np.flatnonzero(np.diff(indexes.astype(np.int64)) != 1) + 1
    turns = [row for row in range(1, len(seeds)) if seeds[row] != seeds[row - 1]]
    cuts = sorted({0, *breaks.tolist(), *turns, len(indexes)})
    for start, stop in itertools.pairwise(cuts):
        yield _batch_of(columns, slice(start, stop))


def _batch_of(columns: Mapping[str, np.ndarray], rows: slice) -> Batch:
    """Contiguous rows of a records file, all of one seed, as a batch."""
    ids = np.empty((rows.stop - rows.start, 2), ">u8")
    ids[:, 0], ids[:, 1] = columns["record_id_high"][rows], columns["record_id_low"][rows]
    batch = Batch(
        first=int(columns["index"][rows.start]),
        seed=bytes(columns["salt_seed"][rows.start]),
        kinds=columns["kind"][rows].tolist(),
        received=columns["received"][rows].tolist(),
        feeds=columns["feed"][rows].tolist(),
        epochs=columns["epoch"][rows].tolist(),
        sequences=columns["sequence"][rows].tolist(),
        ids=bytearray(ids.tobytes()),
        origins=columns["origin"][rows].tolist(),
        positions=columns["position"][rows].tolist(),
        sources=columns["source"][rows].tolist(),
        raws=list(map(bytes, columns["raw"][rows])),
    )
    batch.size = sum(map(len, batch.raws))
    return batch

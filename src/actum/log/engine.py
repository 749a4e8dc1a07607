"""One way to open DuckDB, and to hand it a batch.

DuckDB is the engine that writes and reads every segment.  It is opened in memory, told the time
zone, and never allowed to fetch an extension: what it can do is what the wheel holds.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from actum.errors import EvidenceError
from actum.log.batch import Batch, id_halves

if TYPE_CHECKING:
    import duckdb

__all__ = ["RECORD_COLUMNS", "FileGone", "connect", "lay_out", "quoted", "reading_file", "scan"]

RECORD_COLUMNS: tuple[tuple[str, str], ...] = (
    ("index", "UBIGINT"),
    ("kind", "UTINYINT"),
    ("received", "TIMESTAMP"),
    ("feed", "VARCHAR"),
    ("epoch", "UBIGINT"),
    ("sequence", "UBIGINT"),
    ("record_id_high", "UBIGINT"),
    ("record_id_low", "UBIGINT"),
    ("salt_seed", "BLOB"),
    ("origin", "VARCHAR"),
    ("position", "UBIGINT"),
    ("source", "VARCHAR"),
    ("raw", "BLOB"),
)
"""The columns of a records file, in order (docs/spec/log-format.md §4.2)."""


def connect(*, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open an engine: in memory, UTC, no extension fetched or loaded from disk."""
    import duckdb  # noqa: PLC0415 - 0.2 s that `actum --help` must not pay

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": threads or os.cpu_count() or 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "temp_directory": str(Path(tempfile.gettempdir()) / f"actum-{os.getpid()}"),
        },
    )
    # Segments never change, so their footers are worth keeping.
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def lay_out(
    connection: duckdb.DuckDBPyConnection, batch: Batch, table: str, *, kind: str = "TEMP TABLE"
) -> None:
    """Create the table ``table`` with the rows of an indexed batch.

    ``kind`` is TEMP TABLE, seen by this connection alone, or TABLE, seen by its cursors as well.
    """
    count = len(batch)
    high, low = id_halves(bytes(batch.ids))
    columns = {
        "index": np.arange(batch.first, batch.first + count, dtype=np.uint64),
        "kind": np.array(batch.kinds, np.uint8),
        "received": np.array(batch.received, np.int64).view("datetime64[us]"),
        "feed": _objects(batch.feeds),
        "epoch": np.array(batch.epochs, np.uint64),
        "sequence": np.array(batch.sequences, np.uint64),
        "record_id_high": high,
        "record_id_low": low,
        "origin": _objects(batch.origins),
        "position": np.array(batch.positions, np.uint64),
        "source": _objects(batch.sources),
        "raw": _objects(batch.raws),
    }
    handed = f"{table}_handed"
    chosen = ", ".join(
        f"from_hex('{batch.seed.hex()}') AS salt_seed" if name == "salt_seed" else f'"{name}"'
        for name, _ in RECORD_COLUMNS
    )
    connection.register(handed, columns)
    try:
        connection.execute(f"CREATE OR REPLACE {kind} {table} AS SELECT {chosen} FROM {handed}")
    finally:
        connection.unregister(handed)


class FileGone(EvidenceError):
    """A listed file is not there: it was merged away since it was listed, or it is lost."""


@contextmanager
def reading_file(path: Path) -> Iterator[None]:
    """Say in our own words what the engine says of a file it cannot read."""
    import duckdb  # noqa: PLC0415 - see connect

    try:
        yield
    except duckdb.Error as error:
        kind = EvidenceError if path.exists() else FileGone
        raise kind(
            f"the segment file {path.name!r} cannot be read",
            why=str(error).partition("\n")[0],
            todo="run `actum fsck`; restore the file from a copy",
        ) from error


def scan(files: list[Path]) -> str:
    """A FROM clause that reads those Parquet files."""
    return f"read_parquet([{', '.join(quoted(str(each)) for each in files)}])"


def quoted(text: str) -> str:
    """A string literal of SQL.  For paths and names of ours; a user's words are parameters."""
    return "'" + text.replace("'", "''") + "'"


def _objects(values: Sequence[object]) -> np.ndarray:
    column = np.empty(len(values), object)
    column[:] = values
    return column

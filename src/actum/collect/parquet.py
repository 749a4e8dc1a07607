"""Parquet files: every row becomes a JSON record.

A row of a Parquet file has no bytes of its own: it lies in columns, compressed.  So the record is
the row as the engine writes it as JSON, and it is the record of the delivery that proves the file:
its hash is over the bytes as they came.  Times without a zone stay without, those with one are
written in UTC; decimals keep every digit; what JSON has no word for (NaN, Infinity) is a text.

The file is set down first, for Parquet is read from its end, and read by DuckDB a few thousand rows
at a time within a fixed memory.  A file that cannot be read keeps its beginning, with the reason.
"""

from __future__ import annotations

import itertools
import json
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from actum.collect.batch import Batch, Fragment, Framing, Gathering
from actum.collect.spooled import TooLarge, spooled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from actum.collect.limits import Limits

__all__ = ["MAGIC", "parquet"]

MAGIC: Final = b"PAR1"
_KEPT: Final = 4096
_ROWS: Final = 2048
_MEMORY: Final = "1GB"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def parquet(head: bytes, windows: Iterator[bytes], limits: Limits) -> Iterator[Batch]:
    """Every row of the file, in order."""
    out = Gathering(limits, Framing.PARQUET)
    position = 0
    try:
        with spooled(itertools.chain([head], windows), ".parquet", limits) as (path, _):
            for row in _rows(path):
                _add(out, row.encode("utf-8", "surrogatepass"), position, limits)
                position += 1
                yield from out.when_full()
    except (_Unreadable, TooLarge) as error:
        yield from out.rest()
        framing = Framing.PARQUET if position else Framing.BINARY
        reason = f"this Parquet file cannot be read{' on' if position else ''}: {error}"
        yield Batch(framing, (), (), (Fragment(head[:_KEPT], position, reason),))
        return
    yield from out.rest()


class _Unreadable(Exception):
    """The engine refuses the file."""


def _rows(path: Path) -> Iterator[str]:
    import duckdb  # noqa: PLC0415 - start-up time

    try:
        with closing(_engine()) as connection:
            found = _read(connection, path)
            while rows := found.fetchmany(_ROWS):
                for (row,) in rows:
                    yield row
    except duckdb.Error as error:
        # DuckDB's first line says what is wrong; those after it show our statement.
        first = (str(error).strip().splitlines() or ["no reason is given"])[0]
        raise _Unreadable(first.replace(f" '{path}'", "").replace(str(path), "it")) from error


def _engine() -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - start-up time

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": _MEMORY,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _read(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    """Ask for every row as JSON, under a name none of its columns has."""
    columns = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    named = {str(column[0]).lower() for column in columns}
    row = next(name for name in map("row{}".format, itertools.count()) if name not in named)
    return connection.execute(f"SELECT to_json({row}) FROM read_parquet(?) {row}", [str(path)])  # noqa: S608


def _add(out: Gathering, row: bytes, position: int, limits: Limits) -> None:
    if b"NaN" in row or b"Infinity" in row:
        row = _worded(row)
    if len(row) <= limits.max_record:
        out.add(row, position)
        return
    for piece, start in enumerate(range(0, len(row), limits.max_record)):
        reason = f"row {position} is longer than {limits.max_record} bytes: fragment {piece} of it"
        out.add_fragment(Fragment(row[start : start + limits.max_record], position, reason))


def _worded(row: bytes) -> bytes:
    """A row in which numbers that are none are texts; unchanged if it had none of them."""
    met: list[str] = []

    def word(constant: str) -> str:
        met.append(constant)
        return constant

    found: Any = json.loads(row, parse_constant=word, parse_float=Decimal)
    return _ENCODER.encode(found) if met else row

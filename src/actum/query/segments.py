"""Reads events files of any age as one relation with every column there is today.

Columns are only ever added, and a file is never changed: one that was written before a column was
added has none of its values, which is NULL.  Rules:

1. Files that have today's columns are scanned as they are: nothing stands between a question and
   their zone maps.
2. Older files are asked for what they have, by name.
3. Each file's columns are looked up once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from actum.log.engine import quoted, scan
from actum.ocsf.columns import COLUMNS

if TYPE_CHECKING:
    import duckdb

__all__ = ["EventsFiles"]

_TODAY: Final = frozenset(each.name for each in COLUMNS)
_INNER: Final = frozenset(("duckdb_schema", "schema", "list", "element"))
"""What a Parquet schema names besides the columns: its root, and the inside of lists."""


class EventsFiles:
    """Knows which columns each events file has.  As safe for threads as its connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._columns: dict[Path, frozenset[str]] = {}

    def scan(self, paths: Sequence[Path]) -> str:
        """Write a FROM clause that reads those files, which are at least one."""
        self._look(paths)
        by_columns: dict[frozenset[str], list[Path]] = {}
        for path in paths:
            by_columns.setdefault(self._columns[path], []).append(path)
        if by_columns.keys() == {_TODAY}:
            return scan(list(paths))
        selects = (_select(has, alike) for has, alike in by_columns.items())
        return f"({' UNION ALL '.join(selects)})"

    def _look(self, paths: Sequence[Path]) -> None:
        new = [path for path in paths if path not in self._columns]
        if not new:
            return
        listed = ", ".join(quoted(str(path)) for path in new)
        found: dict[str, set[str]] = {str(path): set() for path in new}
        for file, name in self._connection.execute(
            f"SELECT file_name, name FROM parquet_schema([{listed}])"
        ).fetchall():
            found[file].add(name)
        for path in new:
            self._columns[path] = frozenset(found[str(path)] - _INNER)


def _select(has: frozenset[str], paths: list[Path]) -> str:
    columns = ", ".join(
        f'"{each.name}"' if each.name in has else f'NULL::{each.kind} AS "{each.name}"'
        for each in COLUMNS
    )
    return f"SELECT {columns} FROM {scan(paths)}"

"""Rows as the tables of other packages: Arrow, pandas, polars.

`arrow_stream` needs none of them: it is an Arrow C stream, which pyarrow, polars, nanoarrow and
DuckDB read by themselves.  The others say which package is missing, and how to get it.

Types are the columns' own: a column without a value keeps its type, and times are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

from actum.errors import UsageError
from actum.log.engine import connect

__all__ = ["ArrowStream", "Rows", "arrow_stream", "to_arrow", "to_pandas", "to_polars"]


class Rows(Protocol):
    """What has columns and rows: an `Answer` of a search, a `Result` of a statement."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names."""
        ...

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows."""
        ...


class ArrowStream:
    """Rows as an Arrow C stream, for whoever takes one; as often as it is asked for."""

    def __init__(self, columns: Sequence[str], types: Sequence[str], rows: Sequence[Any]) -> None:
        self.columns = tuple(columns)
        self._types = tuple(types)
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The stream, as Arrow's PyCapsule interface gives it."""
        return self._relation().__arrow_c_stream__(requested_schema)

    def _relation(self) -> Any:
        """The rows as a relation of an engine of their own: a stream keeps its engine busy."""
        import numpy as np  # noqa: PLC0415 - only who asks for a table pays

        connection = connect(threads=1)
        handed: dict[str, Any] = {}
        for place in range(len(self.columns)):
            handed[f"c{place}"] = column = np.empty(len(self._rows), object)
            column[:] = [_handed(row[place], self._types[place]) for row in self._rows]
        connection.execute(f"SET pandas_analyze_sample = {max(len(self._rows), 1)}")
        connection.register("handed", handed)
        chosen = ", ".join(
            f"CAST({_named(f'c{place}')} AS {kind}) AS {_named(name)}"
            for place, (name, kind) in enumerate(zip(self.columns, self._types, strict=True))
        )
        return connection.sql(f"SELECT {chosen} FROM handed")


def _handed(value: Any, kind: str) -> Any:
    """Return a value as the engine takes it: a map told apart from a struct."""
    if kind.startswith("MAP(") and isinstance(value, dict):
        return {"key": list(value), "value": list(value.values())}
    return value


def arrow_stream(rows: Rows) -> ArrowStream:
    """Return the rows for whoever reads Arrow streams: ``polars.DataFrame(arrow_stream(…))``."""
    return ArrowStream(rows.columns, _types(rows), rows.rows)


def to_arrow(rows: Rows) -> Any:
    """Return the rows as a ``pyarrow.Table``."""
    return _package("pyarrow").table(arrow_stream(rows))


def to_pandas(rows: Rows) -> Any:
    """Return the rows as a ``pandas.DataFrame``."""
    _package("pandas")
    return arrow_stream(rows)._relation().df()  # noqa: SLF001 - our own


def to_polars(rows: Rows) -> Any:
    """Return the rows as a ``polars.DataFrame``."""
    return _package("polars").DataFrame(arrow_stream(rows))


def _types(rows: Rows) -> tuple[str, ...]:
    """The engine's type of each column: told with the rows, or an event column's own."""
    types = getattr(rows, "types", None)
    if types is not None:
        # Times with a zone were given in UTC and without one.
        return tuple(
            "TIMESTAMP" if each == "TIMESTAMP WITH TIME ZONE"
            else "VARCHAR" if "WITH TIME ZONE" in each
            else each
            for each in types
        )  # fmt: skip
    from actum.ocsf.columns import COLUMNS  # noqa: PLC0415 - only an answer needs it

    kinds = {each.name: each.kind for each in COLUMNS}
    return tuple(kinds.get(name, "VARCHAR") for name in rows.columns)


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(
            f"{name} is not installed",
            why="Actum itself does not need it",
            todo=f"pip install {name}",
        ) from error


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

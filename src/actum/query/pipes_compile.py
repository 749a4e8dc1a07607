"""From a query's stages to SQL, and the table it answers with.

Each stage is a relation over the one before it.  Nothing the user wrote is in the SQL text, column
names included: they are given beside it.  Rows have one order, told by each stage and then by the
values they are told by, so the same question gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from actum.query.keys import keyed
from actum.query.pipes import Diff, Rare
from actum.query.pipes_tables import Relation, Tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actum.query.parse import Query

__all__ = ["Asked", "Table", "TableSql", "ask", "compile_stages"]


class Asked(Protocol):
    """What of the engine is needed here."""

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, with_records: bool = False
    ) -> list[tuple[Any, ...]]:
        """Answer SQL over the views ``events`` and ``records``."""


@dataclass(frozen=True, slots=True)
class Table:
    """An answer of rows that tell of events.

    ``total`` is how many rows there would be without the limit, ``events`` how many events match;
    both are exact.  ``scanned`` says that raw records were read.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int
    events: int
    scanned: bool
    sql: str = field(repr=False, default="")
    parameters: tuple[object, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class TableSql:
    """The SQL of a table: its columns, then its number of rows and of events.

    With no row in it there is still one, in which the first column, ``here``, is NULL.
    """

    columns: tuple[str, ...]
    sql: str
    parameters: list[object]
    needs_raw: bool


def ask(engine: Asked, query: Query, *, limit: int | None = None) -> Table:
    """Answer a query that has stages."""
    made = compile_stages(query, limit=limit)
    found = engine.rows(made.sql, made.parameters, with_records=made.needs_raw)
    total, events = found[0][-2] or 0, found[0][-1]
    rows = [row[1:-2] for row in found if row[0] is not None][:limit]
    parameters = tuple(made.parameters)
    return Table(made.columns, rows, total, events, made.needs_raw, made.sql, parameters)


def compile_stages(query: Query, *, limit: int | None = None) -> TableSql:
    """Write the table of a query's stages, of which there is at least one."""
    first, *rest = query.stages
    made = Tables()
    if isinstance(first, Diff):
        query = replace(
            query,
            since=min(first.now[0], first.before[0]),
            until=max(first.now[1], first.before[1]),
        )
    names = (*first.by, first.field) if isinstance(first, Rare) else first.by
    base = keyed(query, names, made.parameters)
    made.parts += base.sql
    at = made.told(first, Relation(base.name, _keys(names)))
    for stage in rest:
        at = made.again(stage, at)
    shown = "".join(f", {inner}" for _, inner in at.columns)
    bound = "" if limit is None else f" LIMIT {made.add(max(limit, 1))}"
    sql = (
        f"WITH {', '.join(made.parts)}, shown AS (SELECT true AS here{shown},"
        f" count(*) OVER () AS total, row_number() OVER ({at.by_order()}) AS place FROM {at.name}"
        f" ORDER BY place{bound})"
        f" SELECT here{shown}, total, (SELECT count(*) FROM matched)"
        " FROM (SELECT 1) LEFT JOIN shown ON true ORDER BY place"
    )
    return TableSql(tuple(name for name, _ in at.columns), sql, made.parameters, base.needs_raw)


def _keys(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, f"key_{at}") for at, name in enumerate(names)]

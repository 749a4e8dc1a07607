"""Answers over one log: the segments and the tail behind them, through one pair of views.

``events`` and ``records`` are views over the Parquet files the catalog lists and over the records
still in the journal, read the same way on the spot.  So an event is found from the moment its
record is durable, and is never found twice.

Rows come newest first; events without a time come last, in the order of their records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from actum.log.batch import Batch
from actum.log.catalog import Segment
from actum.log.engine import RECORD_COLUMNS, lay_out, scan
from actum.log.segment import Reading
from actum.log.view import View
from actum.ocsf.columns import names
from actum.query.compile import compile  # noqa: A004  the field's word
from actum.query.parse import Query

__all__ = ["Answer", "Engine", "Extent"]

ORDER = '"time" DESC NULLS LAST, "index" DESC, part DESC'
HIDDEN = "(source <> 'actum' OR metadata_product IS DISTINCT FROM 'Actum')"
"""Actum's own deliveries and control records are shown only when they are asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, and how many there would be without the limit.

    ``total`` is exact.  ``scanned`` says that raw records were searched for free text, which reads
    all of them.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int
    scanned: bool
    sql: str = field(repr=False, default="")

    def dicts(self) -> Iterator[dict[str, Any]]:
        """The rows by column name."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True, slots=True)
class Extent:
    """What the log has to answer from: how much, of what, from when to when.

    ``timeless`` counts events without a time, ``unread`` those that could not be read.
    """

    events: int
    earliest: int | None
    latest: int | None
    timeless: int
    unread: int
    copies: int


class Engine:
    """Asks one log.  Not safe for two threads at once; it shows the log as it was when opened."""

    def __init__(self, view: View, reading: Reading) -> None:
        self.view = view
        self._reading = reading
        self._connection = view.connection.cursor()
        self._ready: tuple[int, ...] | None = None

    def close(self) -> None:
        """Release the engine's own connection."""
        self._connection.close()

    # -- questions -------------------------------------------------------------------------------

    def search(self, query: Query, *, limit: int | None, columns: Sequence[str] = ()) -> Answer:
        """The newest events that match, at most ``limit``, and the exact number of all."""
        chosen = tuple(columns) or names()
        compiled = compile(query)
        self._prepare(query, with_records=compiled.needs_raw)
        where = compiled.sql if _asks_for_own(query) else f"({compiled.sql}) AND {HIDDEN}"
        listed = ", ".join(f'"{name}"' for name in chosen)
        cap = "" if limit is None else f" LIMIT {int(limit)}"
        sql = f"SELECT {listed} FROM events WHERE {where} ORDER BY {ORDER}{cap}"
        rows = self._connection.execute(sql, compiled.parameters).fetchall()
        if limit is None or len(rows) < limit:
            total = len(rows)
        else:
            total = self._one(f"SELECT count(*) FROM events WHERE {where}", compiled.parameters)
        return Answer(chosen, rows, total, compiled.needs_raw, sql)

    def event(self, index: int) -> list[dict[str, Any]]:
        """The events of one record, in order; each column by name."""
        self._prepare(None, with_records=False)
        rows = self._connection.execute(
            'SELECT * FROM events WHERE "index" = ? ORDER BY part', [index]
        ).fetchall()
        return [dict(zip(names(), row, strict=True)) for row in rows]

    def unread(self, *, since: int, limit: int) -> list[tuple[int, str, int, str]]:
        """(index, origin, position, reason) of records from ``since`` on that were not read."""
        self._prepare(None, with_records=True)
        return self._connection.execute(
            'SELECT r."index", r.origin, r.position, e.reason FROM (SELECT "index", min(reason)'
            ' AS reason FROM events WHERE reason IS NOT NULL AND "index" >= ? GROUP BY 1) e'
            ' JOIN records r USING ("index") ORDER BY 1 LIMIT ?',
            [since, limit],
        ).fetchall()

    def count_unread(self, *, since: int = 0) -> int:
        """How many records from ``since`` on could not be read."""
        self._prepare(None, with_records=False)
        return self._one(
            'SELECT count(DISTINCT "index") FROM events WHERE reason IS NOT NULL AND "index" >= ?',
            [since],
        )

    def extent(self) -> Extent:
        """How much there is to ask."""
        self._prepare(None, with_records=False)
        row = self._connection.execute(
            "SELECT count(*), epoch_us(min(time)), epoch_us(max(time)), count(*) - count(time),"
            f" count(reason), count(copy_of) FROM events WHERE {HIDDEN}"
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always gives a row
        return Extent(*row)

    def by_source(self) -> list[tuple[str, int, int, int | None, int | None]]:
        """(source, events, unread, earliest, latest) of each source, largest first."""
        self._prepare(None, with_records=False)
        return self._connection.execute(
            "SELECT source, count(*), count(reason), epoch_us(min(time)), epoch_us(max(time))"
            " FROM events GROUP BY source ORDER BY 2 DESC, 1"
        ).fetchall()

    def histogram(self, query: Query, *, width: str = "1 day") -> list[tuple[int, str, int]]:
        """(start in microseconds, status, events) of each interval, oldest first."""
        compiled = compile(query)
        self._prepare(query, with_records=compiled.needs_raw)
        return self._connection.execute(
            f"SELECT epoch_us(time_bucket(INTERVAL '{width}', \"time\")), status, count(*)"
            f' FROM events WHERE ({compiled.sql}) AND {HIDDEN} AND "time" IS NOT NULL'
            " GROUP BY 1, 2 ORDER BY 1, 2",
            compiled.parameters,
        ).fetchall()

    def _one(self, sql: str, parameters: Sequence[object]) -> int:
        row = self._connection.execute(sql, parameters).fetchone()
        return int(row[0]) if row else 0

    # -- the views -------------------------------------------------------------------------------

    def _prepare(self, query: Query | None, *, with_records: bool) -> None:
        """Make the views, over no more files than the question's time range needs."""
        held = self.view.contents()
        wanted = [each for each in held.segments if query is None or _may_hold(each, query)]
        key = (len(held.segments), held.size, with_records, *(each.first for each in wanted))
        if key == self._ready:
            return
        self._tail(list(held.tail))
        events = self.view.checked.events(wanted)
        self._view("events", [scan(events)] if events else [], "tail_events")
        if with_records:
            records = self.view.checked.records(held.segments)
            self._view("records", [scan(records)] if records else [], "tail_records")
        self._ready = key

    def _tail(self, tail: list[Batch]) -> None:
        connection = self._connection
        columns = ", ".join(f'"{name}" {kind}' for name, kind in RECORD_COLUMNS)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE tail_records ({columns})")
        for batch in tail:
            lay_out(connection, batch, "tail_part")
            connection.execute("INSERT INTO tail_records SELECT * FROM tail_part")
        connection.execute("DROP TABLE IF EXISTS tail_part")
        self._reading.derive(connection, "tail_records", "tail_events")

    def _view(self, name: str, files: list[str], tail: str) -> None:
        parts = [f"SELECT * FROM {each}" for each in (*files, tail)]
        self._connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS {' UNION ALL '.join(parts)}"
        )


def _may_hold(segment: Segment, query: Query) -> bool:
    """Whether a segment may hold events of the question's time range."""
    if query.since is None and query.until is None:
        return True
    if segment.time_min is None or segment.time_max is None:
        return False
    after = query.since is None or segment.time_max >= query.since
    return after and (query.until is None or segment.time_min < query.until)


def _asks_for_own(query: Query) -> bool:
    return "source:" in query.text or "index:" in query.text

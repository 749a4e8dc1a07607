"""Answers over one log: the segments and the tail behind them, through one pair of views.

``events`` and ``records`` are views over the Parquet files the catalog lists and over the records
still in the journal, read the same way on the spot.  So an event is found from the moment its
record is durable, and is never found twice.

Rows come newest first; events without a time come last, in the order of their records.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from actum.errors import EvidenceError
from actum.log.catalog import Segment
from actum.log.engine import RECORD_COLUMNS, FileGone, lay_out, scan
from actum.log.segment import SHOWN, Reading
from actum.log.terms import Terms
from actum.log.view import View
from actum.ocsf.columns import names
from actum.query.candidates import Candidate, candidates
from actum.query.compile import Compiled, compile, mentioned  # noqa: A004  the field's word
from actum.query.parse import Query
from actum.query.segments import EventsFiles

if TYPE_CHECKING:
    import duckdb

__all__ = ["Answer", "Engine", "Extent"]

_Place = tuple[int | None, int, int]
"""Time in microseconds, index and part of an event: where it is found."""

ORDER = '"time" DESC NULLS LAST, "index" DESC, part DESC'
OWN = "source <> 'actum'"
"""Actum's own deliveries and control records are shown only when they are asked for."""
DAY = 86_400_000_000
MOST_RANGES = 128
"""More ranges than this cost more to plan than they save."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, and how many there would be without the limit.

    ``total`` is exact.  ``scanned`` says that raw records were searched for free text: all of them,
    but for those of which the term filters say that they do not hold it.
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


_P = ParamSpec("_P")
_T = TypeVar("_T")


def _looking_again(
    ask: Callable[Concatenate[Engine, _P], _T],
) -> Callable[Concatenate[Engine, _P], _T]:
    """Ask again, once, when a file is gone: a merge may have moved the records.

    A file the engine cannot read is damaged evidence.
    """

    @wraps(ask)
    def asked(engine: Engine, /, *args: _P.args, **named: _P.kwargs) -> _T:
        import duckdb  # noqa: PLC0415 - loaded by now

        try:
            return ask(engine, *args, **named)
        except (FileGone, duckdb.IOException):
            engine.refresh()
        try:
            return ask(engine, *args, **named)
        except duckdb.IOException as error:
            raise EvidenceError(
                "a segment cannot be read",
                why=str(error).partition("\n")[0],
                todo="run `actum fsck` to see which",
            ) from error

    return asked


class Engine:
    """Asks one log.  Not safe for two threads at once; it shows the log as it was when opened."""

    def __init__(self, view: View, reading: Reading) -> None:
        self.view = view
        self._reading = reading
        self._connection = view.connection.cursor()
        self._files = EventsFiles(self._connection)
        self._terms = Terms(view.folder)
        self._ready: tuple[object, ...] | None = None
        self._shown = -1
        self._parts: dict[str, list[str]] = {}

    def refresh(self) -> None:
        """Look at the log again: what was found out about it is forgotten."""
        self.view.refresh()
        self._ready, self._shown = None, -1

    def close(self) -> None:
        """Release the engine's own connection."""
        self._connection.close()

    # -- questions -------------------------------------------------------------------------------

    @_looking_again
    def search(self, query: Query, *, limit: int | None, columns: Sequence[str] = ()) -> Answer:
        """The newest events that match, at most ``limit``, and the exact number of all.

        Two steps: find which events they are, in the newest segments first and from the few columns
        the question names; then fetch just those.
        """
        chosen = tuple(columns) or names()
        compiled = compile(query)
        where = _where(query, compiled)
        segments, texts = self._prepare(query, with_records=compiled.needs_raw)
        if limit is None:
            rows = list(self.stream(query, columns=chosen))
            return Answer(chosen, rows, len(rows), compiled.needs_raw, where)
        found, total = self._newest(segments, texts, where, compiled.parameters, limit)
        if total is None:
            total = self._count(query, where, compiled.parameters)
        held = [each.segment for each in segments]
        return Answer(chosen, self._fetch(found, held, chosen), total, compiled.needs_raw, where)

    def stream(self, query: Query, *, columns: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
        """Every event that matches, newest first, without holding them all."""
        chosen = tuple(columns) or names()
        compiled = compile(query)
        self._prepare(query, with_records=compiled.needs_raw)
        cursor = self._connection.cursor()
        try:
            self._tail(cursor)
            self._views_of(cursor)
            cursor.execute(
                f"SELECT {_listed(chosen)} FROM events WHERE {_where(query, compiled)}"
                f" ORDER BY {ORDER}",
                compiled.parameters,
            )
            while rows := cursor.fetchmany(8_192):
                yield from rows
        finally:
            cursor.close()

    def scans(self, query: Query) -> bool:
        """Whether answering reads raw records: free text does, where it may be."""
        return compile(query).needs_raw

    def _newest(
        self,
        segments: Sequence[Candidate],
        texts: Sequence[Candidate],
        where: str,
        parameters: list[object],
        limit: int,
    ) -> tuple[list[_Place], int | None]:
        """Where the newest matches are, and how many there are in all if that was learnt."""
        waiting = sorted(segments, key=_by_time)
        found = self._places("tail_events", "tail_records", where, parameters, limit)
        step = 1
        while waiting:
            if len(found) == limit and limit and _is_newer(found[-1], waiting[-1].segment):
                return found, None
            group = [waiting.pop() for _ in range(min(step, len(waiting)))]
            # Raw records are read no further than the events they may belong to.
            firsts = {each.segment.first for each in group}
            near = [each for each in texts if each.segment.first in firsts]
            more = self._places(
                self._events_of(group), self._records_of(near), where, parameters, limit
            )
            found = sorted(found + more, key=_newest_first)[:limit]
            step *= 2
        return found, (len(found) if len(found) < limit else None)

    def _places(
        self, events: str, records: str, where: str, parameters: list[object], limit: int
    ) -> list[_Place]:
        return self._connection.execute(
            f"WITH records AS NOT MATERIALIZED (SELECT * FROM {records})"
            f' SELECT epoch_us("time"), "index", part FROM {events} WHERE {where}'
            f" ORDER BY {ORDER} LIMIT {int(limit)}",
            parameters,
        ).fetchall()

    def _count(self, query: Query, where: str, parameters: list[object]) -> int:
        """The exact number of matches: from the catalog if the question asks for everything."""
        if query.where is None and query.since is None and query.until is None:
            return sum(count for _, _, count in self._by_day())
        return self._one(f"SELECT count(*) FROM events WHERE {where}", parameters)

    def _fetch(
        self, found: list[_Place], segments: list[Segment], chosen: tuple[str, ...]
    ) -> list[tuple[Any, ...]]:
        """The rows at those places, in their order."""
        if not found:
            return []
        indexes = sorted({index for _, index, _ in found})
        held = [each for each in segments if _holds(each, indexes)]
        times = [time for time, _, _ in found if time is not None]
        near = f'"index" IN ({", ".join(map(str, indexes))})'
        if times and len(times) == len(found):
            # Files are in the order of time: a range of it lets the engine skip most of each.
            near += (
                f' AND "time" BETWEEN make_timestamp({min(times)}) AND make_timestamp({max(times)})'
            )
        sources = [
            "tail_events",
            *([self._files.scan(self.view.checked.events(held))] if held else []),
        ]
        selects = " UNION ALL ".join(
            f'SELECT "index", part, {_listed(chosen)} FROM {source} WHERE {near}'
            for source in sources
        )
        rows = self._connection.execute(selects).fetchall()
        by_place = {(row[0], row[1]): row[2:] for row in rows}
        return [by_place[index, part] for _, index, part in found]

    @_looking_again
    def event(self, index: int) -> list[dict[str, Any]]:
        """The events of one record, in order; each column by name."""
        self._prepare(None, with_records=False)
        rows = self._connection.execute(
            'SELECT * FROM events WHERE "index" = ? ORDER BY part', [index]
        ).fetchall()
        return [dict(zip(names(), row, strict=True)) for row in rows]

    @_looking_again
    def unread(self, *, since: int, limit: int) -> list[tuple[int, str, int, str]]:
        """(index, origin, position, reason) of records from ``since`` on that were not read."""
        self._prepare(None, with_records=True)
        return self._connection.execute(
            'SELECT r."index", r.origin, r.position, e.reason FROM (SELECT "index", min(reason)'
            ' AS reason FROM events WHERE reason IS NOT NULL AND "index" >= ? GROUP BY 1) e'
            ' JOIN records r USING ("index") ORDER BY 1 LIMIT ?',
            [since, limit],
        ).fetchall()

    @_looking_again
    def count_unread(self, *, since: int = 0) -> int:
        """How many records from ``since`` on could not be read."""
        self._prepare(None, with_records=False)
        return self._one(
            'SELECT count(DISTINCT "index") FROM events WHERE reason IS NOT NULL AND "index" >= ?',
            [since],
        )

    @_looking_again
    def extent(self) -> Extent:
        """How much there is to ask."""
        self._prepare(None, with_records=False)
        row = self._connection.execute(
            "SELECT count(*), epoch_us(min(time)), epoch_us(max(time)), count(*) - count(time),"
            f" count(reason), count(copy_of) FROM events WHERE {OWN}"
        ).fetchall()[0]
        return Extent(*row)

    @_looking_again
    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, with_records: bool = False
    ) -> list[tuple[Any, ...]]:
        """Answer SQL of ours over the views ``events`` and, if asked for, ``records``."""
        self._prepare(None, with_records=with_records)
        return self._connection.execute(sql, parameters).fetchall()

    @_looking_again
    def by_source(self) -> list[tuple[str, int, int, int | None, int | None]]:
        """(source, events, unread, earliest, latest) of each source, largest first."""
        self._prepare(None, with_records=False)
        return self._connection.execute(
            "SELECT source, count(*), count(reason), epoch_us(min(time)), epoch_us(max(time))"
            " FROM events GROUP BY source ORDER BY 2 DESC, 1"
        ).fetchall()

    @_looking_again
    def histogram(self, query: Query, *, width: str = "1 day") -> list[tuple[int, str, int]]:
        """(start in microseconds, status, events) of each interval, oldest first.

        A day's width over everything is answered from the catalog.
        """
        if width == "1 day" and (query.where, query.since, query.until) == (None, None, None):
            return [(day * DAY, status, n) for day, status, n in self._by_day() if day is not None]
        compiled = compile(query)
        self._prepare(query, with_records=compiled.needs_raw)
        return self._connection.execute(
            f"SELECT epoch_us(time_bucket(INTERVAL '{width}', \"time\")), status, count(*)"
            f' FROM events WHERE ({_where(query, compiled)}) AND "time" IS NOT NULL'
            " GROUP BY 1, 2 ORDER BY 1, 2",
            compiled.parameters,
        ).fetchall()

    def _by_day(self) -> list[tuple[int | None, str, int]]:
        """(day since 1970 or None, status, events shown by default), oldest first."""
        self._prepare(None, with_records=False)
        counts: Counter[tuple[int | None, str]] = Counter()
        for segment in self.view.contents().segments:
            for day, status, count in json.loads(segment.days):
                counts[day, status] += count
        for day, status, count in self._connection.execute(
            f'SELECT epoch_us("time") // {DAY}, status, count(*) FROM tail_events WHERE {SHOWN}'
            " GROUP BY ALL"
        ).fetchall():
            counts[day, status] += count
        return sorted(
            ((day, status, count) for (day, status), count in counts.items()),
            key=lambda row: (row[0] is None, row[0] or 0, row[1] or ""),
        )

    def _one(self, sql: str, parameters: Sequence[object]) -> int:
        return int(self._connection.execute(sql, parameters).fetchall()[0][0])

    # -- the views -------------------------------------------------------------------------------

    def _prepare(
        self, query: Query | None, *, with_records: bool
    ) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
        """Make the views, over no more files than the question's times and terms need.

        Returns the segments whose events, and those whose records the question is about.
        """
        held = self.view.contents()
        wanted = [each for each in held.segments if query is None or _may_hold(each, query)]
        found = candidates(query.where if query else None, wanted, self._terms, self._lowered)
        # Stages may ask a match for anything in its raw record, whatever else made it a match.
        texts = found.events if query is None or query.stages else found.records
        texts = texts if with_records else ()
        key = (held.size, found.events, texts)
        if key == self._ready:
            return found.events, texts
        if self._shown != held.size:
            self._tail(self._connection)
            self._shown = held.size
        self._parts = {"events": ["tail_events"], "records": ["tail_records"]}
        if found.events:
            self._parts["events"].insert(0, self._events_of(found.events))
        if texts:
            self._parts["records"].insert(0, self._records_of(texts))
        self._views_of(self._connection)
        self._ready = key
        return found.events, texts

    def _events_of(self, wanted: Sequence[Candidate]) -> str:
        """A FROM clause that reads the events of those candidates, which are at least one."""
        files = self.view.checked.events([each.segment for each in wanted])
        return _within(self._files.scan(files), wanted)

    def _records_of(self, wanted: Sequence[Candidate]) -> str:
        """A FROM clause that reads the raw records of those candidates; of none, of nothing."""
        if not wanted:
            return "(SELECT * FROM tail_records WHERE false)"
        files = self.view.checked.records([each.segment for each in wanted])
        return _within(scan(files), wanted)

    def _lowered(self, text: str) -> str:
        found = self._connection.execute("SELECT lower(?)", [text]).fetchall()
        return str(found[0][0])

    def _views_of(self, connection: duckdb.DuckDBPyConnection) -> None:
        for name, parts in self._parts.items():
            selects = " UNION ALL ".join(f"SELECT * FROM {each}" for each in parts)
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {selects}")

    def _tail(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read the records that are still in the journal, the same way a segment's are."""
        columns = ", ".join(f'"{name}" {kind}' for name, kind in RECORD_COLUMNS)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE tail_records ({columns})")
        for batch in self.view.contents().tail:
            lay_out(connection, batch, "tail_part")
            connection.execute("INSERT INTO tail_records SELECT * FROM tail_part")
        connection.execute("DROP TABLE IF EXISTS tail_part")
        self._reading.derive(connection, "tail_records", "tail_events")


def _may_hold(segment: Segment, query: Query) -> bool:
    """Whether a segment may hold events of the question's time range."""
    if query.since is None and query.until is None:
        return True
    if segment.time_min is None or segment.time_max is None:
        return False
    after = query.since is None or segment.time_max >= query.since
    return after and (query.until is None or segment.time_min < query.until)


def _within(source: str, wanted: Sequence[Candidate]) -> str:
    """The rows of a relation whose index lies where a match may be; all of it if that is most."""
    ranges = [each for one in wanted for each in one.ranges]
    most = sum(one.segment.count for one in wanted)
    if 2 * sum(high - low for low, high in ranges) > most:
        return source
    if len(ranges) > MOST_RANGES:
        ranges = [(one.ranges[0][0], one.ranges[-1][1]) for one in wanted]
    bounds = " OR ".join(f'"index" BETWEEN {low} AND {high - 1}' for low, high in ranges)
    return f"(SELECT * FROM {source} WHERE {bounds})"


def _by_time(each: Candidate) -> tuple[bool, int]:
    return each.segment.time_max is not None, each.segment.time_max or 0


def _where(query: Query, compiled: Compiled) -> str:
    own = mentioned(query.where) & {"source", "index"}
    return compiled.sql if own else f"({compiled.sql}) AND {OWN}"


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _holds(segment: Segment, indexes: list[int]) -> bool:
    """Whether any of the sorted indexes lies in the segment."""
    at = bisect_left(indexes, segment.first)
    return at < len(indexes) and indexes[at] < segment.end


def _newest_first(place: _Place) -> tuple[bool, int, int, int]:
    time, index, part = place
    return (time is None, -(time or 0), -index, -part)


def _is_newer(place: _Place, segment: Segment) -> bool:
    """Whether an event is newer than all of a segment, which then need not be looked into."""
    return place[0] is not None and (segment.time_max is None or place[0] > segment.time_max)

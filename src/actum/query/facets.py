"""Facets: of the events that match, the most frequent values of some fields, and when they were.

One statement reads the events once: the exact total, a histogram, and for each field its top values
with their exact counts and how many different ones there are.  Nothing is sampled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from actum.errors import UsageError
from actum.query import rawpath
from actum.query.fields import Kind, find, nearest
from actum.query.keys import keyed
from actum.query.pipes_compile import Asked
from actum.query.times import SECOND

if TYPE_CHECKING:
    from actum.query.parse import Query

__all__ = ["Facet", "Facets", "facets", "width_for"]

MOST_FIELDS: Final = 32
MOST_STEPS: Final = 200
_WIDTHS: Final = tuple(
    seconds * SECOND
    for seconds in (1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
)


@dataclass(frozen=True, slots=True)
class Facet:
    """One field: its most frequent values, as text, and their number of events.

    ``distinct`` is how many values there are in all, ``unstated`` how many events have none.  An
    event with several values counts for each of them.
    """

    field: str
    values: tuple[tuple[str, int], ...]
    distinct: int
    unstated: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The answer: all numbers are exact and of all events that match.

    ``histogram`` has (start in microseconds, status, events), oldest first, in steps of ``width``
    microseconds; of events without a time the start is None, and they come last.
    """

    total: int
    width: int
    histogram: tuple[tuple[int | None, str | None, int], ...]
    fields: tuple[Facet, ...]


def facets(
    engine: Asked,
    query: Query,
    fields: Sequence[str],
    *,
    limit: int = 10,
    width: int | None = None,
) -> Facets:
    """Count the values of those fields, at most ``limit`` of each.

    ``width`` is the histogram's step in microseconds; without it the time that the events span is
    looked at first, and divided in at most 200.  UsageError if there is no such field.
    """
    names = tuple(dict.fromkeys(map(_named, fields)))
    if len(names) > MOST_FIELDS:
        raise UsageError(f"more than {MOST_FIELDS} facets", todo="ask for less at once")
    step = width or _step(engine, query)
    parameters: list[object] = []
    told = (*names, *(() if "status" in names else ("status",)))
    base = keyed(query, told, parameters, spread=False)
    total = "SELECT -2 AS place, NULL AS value, NULL AS status, count(*) AS n, 0 AS many"
    selects = [f"{total} FROM {base.name}"]
    selects.append(
        "SELECT -1, epoch_us(time_bucket(to_microseconds(?), event_time))::VARCHAR,"
        f" key_{told.index('status')}::VARCHAR, count(*), 0 FROM {base.name} GROUP BY ALL"
    )
    parameters.append(step)
    for place in range(len(names)):
        selects.append(_top(place, base.name, listed=place in base.listed))
        parameters.append(max(limit, 1))
    sql = f"WITH {', '.join(base.sql)} {' UNION ALL '.join(selects)}"
    rows = engine.rows(sql, parameters, with_records=base.needs_raw)
    return _told(names, step, rows, max(limit, 0))


def width_for(length: int) -> int:
    """A step that divides so many microseconds in at most 200."""
    fitting = (width for width in _WIDTHS if length <= width * MOST_STEPS)
    return next(fitting, -(-length // (MOST_STEPS * _WIDTHS[-1])) * _WIDTHS[-1])


def _top(place: int, base: str, *, listed: bool) -> str:
    key = f"key_{place}"
    value = f"unnest(CASE WHEN len({key}) > 0 THEN {key} ELSE [NULL] END)" if listed else key
    return (
        f"(SELECT {place}, value, NULL, n, count(*) FILTER (value IS NOT NULL) OVER ()"
        f" FROM (SELECT value, count(*) AS n FROM (SELECT {value}::VARCHAR AS value FROM {base})"
        " GROUP BY value) QUALIFY value IS NULL OR row_number() OVER"
        " (ORDER BY value IS NULL, n DESC, value) <= ?)"
    )


def _told(names: tuple[str, ...], width: int, rows: list[tuple[Any, ...]], limit: int) -> Facets:
    by_place: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for place, *row in rows:
        by_place[place].append(tuple(row))
    steps = [
        (None if start is None else int(start), status, n) for start, status, n, _ in by_place[-1]
    ]
    steps.sort(key=lambda each: (each[0] is None, each[0] or 0, each[1] or ""))
    return Facets(
        total=by_place[-2][0][2],
        width=width,
        histogram=tuple(steps),
        fields=tuple(_facet(name, by_place[place], limit) for place, name in enumerate(names)),
    )


def _facet(name: str, rows: list[tuple[Any, ...]], limit: int) -> Facet:
    values = sorted(
        ((value, n) for value, _, n, _ in rows if value is not None),
        key=lambda each: (-each[1], each[0].encode()),
    )
    unstated = sum(n for value, _, n, _ in rows if value is None)
    return Facet(name, tuple(values[:limit]), rows[0][3] if rows else 0, unstated)


def _step(engine: Asked, query: Query) -> int:
    since, until = query.since, query.until
    if since is None or until is None:
        found = engine.rows(
            "SELECT epoch_us(min(time)), epoch_us(max(time)) FROM events WHERE source <> 'actum'"
        )
        low, high = found[0]
        if low is None:
            return _WIDTHS[0]
        since = low if since is None else since
        until = high + 1 if until is None else until
    return width_for(max(until - since, 1))


def _named(word: str) -> str:
    try:
        found = rawpath.field_of(word) or find(word)
    except ValueError as error:
        raise UsageError(f"{word!r} is no path", why=str(error)) from error
    if found is None or found.kind is Kind.FLAG:
        near = ", ".join(nearest(word))
        raise UsageError(f"there is no field {word!r} to count", todo=f"nearest: {near}")
    return found.name

"""Coverage: what the log knows of a range of time, said with every empty answer.

That nothing was found means little where nothing was logged.  So beside an answer stand the sources
of the range, when each was first and last seen, where a source that is regular otherwise was
silent, and what could not be read.  Rules:

1. A gap is claimed only of a source that is regular: one with events in at least four of five hours
   (or, failing that, days) between its first and its last.  Of the others nothing is claimed.
2. A record that could not be read has no time, so it may belong to any range: it is counted apart.
3. What a range asks beyond now is not missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actum.query import times
from actum.query.pipes_compile import Asked
from actum.query.times import SECOND
from actum.record import Micros

if TYPE_CHECKING:
    from actum.query.parse import Query

__all__ = ["Coverage", "Gap", "SourceSeen", "coverage", "told"]

HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR
REGULAR: Final = 0.8
_LEAST: Final = {HOUR: 24, DAY: 7}
"""Hours or days a source must span before it can be called regular."""
_MOST_SAID: Final = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``since`` until ``until`` a regular source had no events, in whole hours or days."""

    source: str
    since: Micros
    until: Micros


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A source of the log: its events, those of the range, and its first and last time."""

    source: str
    events: int
    in_range: int
    first: Micros | None
    last: Micros | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of the range from ``since`` until ``until``; None is no bound.

    ``unread`` counts records that could not be read, ``timeless`` events that state no time and
    ``faults`` deliveries whose reading ended early, each in the whole log.
    """

    since: Micros | None
    until: Micros | None
    sources: tuple[SourceSeen, ...]
    gaps: tuple[Gap, ...]
    unread: int
    timeless: int
    faults: int


def coverage(engine: Asked, query: Query, *, now: Micros) -> Coverage:
    """Look at the range a query asks for, whatever else it asks."""
    low, high = query.since, query.until
    places = [None if edge is None else times.utc(edge) for edge in (low, low, high, high)]
    rows = engine.rows(
        "SELECT source, count(*), count(*) FILTER ((? IS NULL OR time >= ?)"
        " AND (? IS NULL OR time < ?)), epoch_us(min(time)), epoch_us(max(time)),"
        " count(reason), count(*) - count(time)"
        " FROM events WHERE source <> 'actum' GROUP BY source ORDER BY 2 DESC, 1",
        places,
    )
    hours: dict[str, list[int]] = defaultdict(list)
    for source, hour in engine.rows(
        f"SELECT DISTINCT source, epoch_us(time_bucket(INTERVAL 1 hour, time)) // {HOUR}"
        " FROM events WHERE source <> 'actum' AND time IS NOT NULL ORDER BY ALL"
    ):
        hours[source].append(hour)
    gaps = [gap for source, seen in hours.items() for gap in _gaps(source, seen, query, now)]
    faults = engine.rows(
        "SELECT count(*) FROM records WHERE kind = 1"
        " AND try(json_extract_string(try(decode(raw)), '/fault')) IS NOT NULL",
        with_records=True,
    )
    return Coverage(
        low,
        high,
        tuple(SourceSeen(*row[:5]) for row in rows),
        tuple(sorted(gaps, key=lambda gap: (gap.since - gap.until, gap.source, gap.since))),
        sum(row[5] for row in rows),
        sum(row[6] for row in rows),
        faults[0][0],
    )


def _gaps(source: str, hours: Sequence[int], query: Query, now: Micros) -> Iterator[Gap]:
    """The silences of one source in the range, the last one up to its end."""
    days = sorted({hour // 24 for hour in hours})
    for seen, size in ((hours, HOUR), (days, DAY)):
        if len(seen) >= REGULAR * (span := seen[-1] - seen[0] + 1) and span >= _LEAST[size]:
            break
    else:
        return
    low = query.since if query.since is not None else Micros(seen[0] * size)
    high = min(now, query.until) if query.until is not None else now
    ends = [(after * size) for after in seen[1:]]
    if query.since is not None or query.until is not None:
        ends.append(high)
    for before, end in zip(seen, ends, strict=False):
        since, until = max((before + 1) * size, low), min(end, high)
        if since < until:
            yield Gap(source, Micros(since), Micros(until))


def told(found: Coverage) -> list[str]:
    """Say it in at most four plain lines."""
    lines = []
    if found.sources:
        lines.append("sources: " + _joined([_seen(each, found) for each in found.sources]))
    if found.gaps:
        lines.append("silent in that time: " + _joined([_silent(gap) for gap in found.gaps]))
    if found.unread:
        lines.append(
            f"{_many(found.unread, 'record')} could not be read, and may belong here:"
            " actum search is:unread"
        )
    if found.faults:
        verb = "was" if found.faults == 1 else "were"
        count = _many(found.faults, "delivery", "deliveries")
        lines.append(f"{count} {verb} not read to the end: actum search 'source:actum is:failure'")
    return lines


def _seen(each: SourceSeen, found: Coverage) -> str:
    if each.first is None or each.last is None:
        return f"{each.source} states no times"
    asked = found.since is not None or found.until is not None
    count = f", {each.in_range:,} events in that time" if asked else f", {each.events:,} events"
    return f"{each.source} from {_at(each.first)} to {_at(each.last)}{count}"


def _silent(gap: Gap) -> str:
    return (
        f"{gap.source} from {_at(gap.since)} to {_at(gap.until)} ({_long(gap.until - gap.since)})"
    )


def _long(micros: int) -> str:
    days, hours, minutes = micros // DAY, micros % DAY // HOUR, micros % HOUR // (60 * SECOND)
    if days > 1:
        return f"{days:,} days" + (f" {hours} h" if hours else "")
    return f"{days * 24 + hours} h" + (f" {minutes} m" if minutes else "")


def _at(instant: int) -> str:
    return times.utc(Micros(instant)).isoformat(sep=" ", timespec="minutes") + "Z"


def _joined(parts: list[str]) -> str:
    more = len(parts) - _MOST_SAID
    return "; ".join(parts[:_MOST_SAID]) + (f"; and {more:,} more" if more > 0 else "")


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"

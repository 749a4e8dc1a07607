"""The table of each stage, as a relation over the one before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from actum.query import times
from actum.query.pipes import Count, Diff, First, Gaps, Rare, Stage, Timeline, Top
from actum.record import Micros

__all__ = ["Relation", "Tables"]


@dataclass(slots=True)
class Relation:
    """The last relation made: how its columns are called outside and in, and its rows' order."""

    name: str
    columns: list[tuple[str, str]]
    order: list[str] = field(default_factory=list)

    def inner(self) -> list[str]:
        """Its columns' names in SQL."""
        return [inner for _, inner in self.columns]

    def by_order(self) -> str:
        """ORDER BY its own order, and then all of its columns: there is only one."""
        order = [*self.order, *(f"{inner} NULLS LAST" for inner in self.inner())]
        return f"ORDER BY {', '.join(dict.fromkeys(order))}" if order else ""


class Tables:
    """The relations made so far, and the values of their question marks."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.parameters: list[object] = []

    def add(self, value: object) -> str:
        """Take a parameter; its place."""
        self.parameters.append(value)
        return "?"

    def relation(self, sql: str) -> str:
        """Take a relation; its name."""
        name = f"stage_{len(self.parts)}"
        self.parts.append(f"{name} AS ({sql})")
        return name

    # The first stage, over events.

    def told(self, stage: Stage, events: Relation) -> Relation:
        """Make the table the first stage tells of the events."""
        match stage:
            case Count():
                made = self._count(events, "events")
            case Top():
                made = self._top(stage, self._count(events, "events"))
            case Rare():
                made = self._rare(events)
            case Timeline():
                made = self._timeline(stage, events)
            case First():
                made = self._first(events)
            case Gaps():
                made = self._gaps(stage, events)
            case Diff():
                made = self._diff(stage, events)
        return made

    def again(self, stage: Stage, table: Relation) -> Relation:
        """Make a table of the table before."""
        if isinstance(stage, Top):
            return self._top(stage, table)
        kept = [each for each in table.columns if each[0] in stage.by]
        by = [next(each for each in kept if each[0] == name) for name in stage.by]
        return self._count(Relation(table.name, by), "rows")

    def _count(self, table: Relation, what: str) -> Relation:
        keys = table.inner()
        inner = f"{what}_counted"
        by = f" GROUP BY {', '.join(keys)}" if keys else ""
        name = self.relation(f"SELECT {_list(keys)}count(*) AS {inner} FROM {table.name}{by}")
        return Relation(name, [*table.columns, (what, inner)], [f"{inner} DESC"])

    def _top(self, stage: Top, table: Relation) -> Relation:
        order, number = table.by_order(), self.add(stage.number)
        name = self.relation(f"SELECT * FROM {table.name} {order} LIMIT {number}")
        return replace(table, name=name)

    def _rare(self, events: Relation) -> Relation:
        keys = events.inner()
        over = f"PARTITION BY {', '.join(keys[:-1])}" if keys[:-1] else ""
        name = self.relation(
            f"SELECT {_list(keys)}count(*) AS many, (sum(count(*)) OVER ({over}))::BIGINT AS every"
            f" FROM {events.name} GROUP BY {', '.join(keys)}"
        )
        columns = [*events.columns, ("events", "many"), ("of", "every")]
        return Relation(name, columns, ["many / every", "many"])

    def _timeline(self, stage: Timeline, events: Relation) -> Relation:
        keys = events.inner()
        bucket = f"time_bucket(to_microseconds({self.add(stage.width)}), event_time)"
        name = self.relation(
            f"SELECT {bucket} AS bucket, {_list(keys)}count(*) AS many FROM {events.name}"
            f" GROUP BY {', '.join(('bucket', *keys))}"
        )
        columns = [("time", "bucket"), *events.columns, ("events", "many")]
        return Relation(name, columns, ["bucket NULLS LAST"])

    def _first(self, events: Relation) -> Relation:
        keys = events.inner()
        place = "epoch_us(event_time)::HUGEINT * 18446744073709551616 + event_index"
        by = f" GROUP BY {', '.join(keys)}" if keys else ""
        name = self.relation(
            f"SELECT {_list(keys)}min(event_time) AS earliest, max(event_time) AS latest,"
            f" count(*) AS many, coalesce(arg_min(event_index, {place}), min(event_index))"
            f" AS first_index FROM {events.name}{by}"
        )
        columns = [
            *events.columns,
            ("first", "earliest"),
            ("last", "latest"),
            ("events", "many"),
            ("index", "first_index"),
        ]
        return Relation(name, columns, ["earliest NULLS LAST"])

    def _gaps(self, stage: Gaps, events: Relation) -> Relation:
        keys = events.inner()
        seen = [f"SELECT {_list(keys)}event_time FROM {events.name} WHERE event_time IS NOT NULL"]
        for edge in (stage.since, stage.until):
            if edge is not None:
                place = f"{self.add(times.utc(edge))}::TIMESTAMP AS event_time"
                of_all = f" FROM {events.name} WHERE event_time IS NOT NULL"
                seen.append(f"SELECT DISTINCT {_list(keys)}{place}{of_all if keys else ''}")
        marks = self.relation(" UNION ALL ".join(seen))
        over = f"PARTITION BY {', '.join(keys)} " if keys else ""
        name = self.relation(
            f"SELECT {_list(keys)}event_time AS gap_from, lead(event_time) OVER"
            f" ({over}ORDER BY event_time) AS gap_until,"
            " (epoch_us(gap_until) - epoch_us(gap_from)) / 1000000 AS seconds"
            f" FROM {marks}"
            f" QUALIFY epoch_us(gap_until) - epoch_us(gap_from) > {self.add(stage.length)}"
        )
        columns = [
            *events.columns,
            ("since", "gap_from"),
            ("until", "gap_until"),
            ("seconds", "seconds"),
        ]
        return Relation(name, columns, ["seconds DESC", "gap_from"])

    def _diff(self, stage: Diff, events: Relation) -> Relation:
        keys = events.inner()
        counted = []
        for (low, high), name in ((stage.now, "many_now"), (stage.before, "many_before")):
            ends = f"event_time >= {self._at(low)} AND event_time < {self._at(high)}"
            counted.append(f"count(*) FILTER ({ends}) AS {name}")
        sizes = [high - low for low, high in (stage.now, stage.before)]
        ratio = (
            f"CASE WHEN many_before > 0 THEN (many_now::DOUBLE * {self.add(sizes[1])}::DOUBLE)"
            f" / (many_before::DOUBLE * {self.add(sizes[0])}::DOUBLE) END"
        )
        by = f" GROUP BY {', '.join(keys)}" if keys else ""
        name = self.relation(
            f"SELECT {_list(keys)}{', '.join(counted)}, {ratio} AS ratio FROM {events.name}{by}"
            " HAVING many_now + many_before > 0"
        )
        columns = [
            *events.columns,
            ("now", "many_now"),
            ("before", "many_before"),
            ("ratio", "ratio"),
        ]
        return Relation(name, columns, ["ratio DESC NULLS FIRST", "many_now DESC"])

    def _at(self, instant: Micros) -> str:
        return f"{self.add(times.utc(instant))}::TIMESTAMP"


def _list(keys: list[str]) -> str:
    return "".join(f"{key}, " for key in keys)

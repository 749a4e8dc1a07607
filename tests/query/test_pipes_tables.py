"""What the stages answer, on a real engine, held against the same told in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.ocsf.columns import COLUMNS
from actum.query import Query, parse
from actum.query.ast import Compare, Op
from actum.query.fields import FIELDS
from actum.query.pipes import Count, Diff, First, Gaps, Rare, Stage, Timeline, Top
from actum.query.pipes_compile import Table, ask, compile_stages
from actum.record import Micros
from query.test_compile import small
from query.trees import INSTANTS
from query.world import Row, at_path, raws, rows, utc

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
COUNT = 200
MICRO = timedelta(microseconds=1)
NAMES = (
    *("actor", "action", "service", "status", "severity", "ip", "any.ip", "target", "any.user"),
    *("time", "mfa", "port", "issuer", "size", "raw.a", "raw.b.c", "raw.l.*.k"),
)


class World:
    """The rows, and an engine's one door to them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, events: Sequence[Row]) -> None:
        self.connection = connection
        self.events = events
        self.raws: list[bytes] = []

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, with_records: bool = False
    ) -> list[tuple[Any, ...]]:
        assert with_records or "records" not in sql
        return self.connection.execute(sql, parameters).fetchall()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    events = [{**row, "source": row["source"] or "text"} for row in rows(COUNT, seed=3)]
    with duckdb.connect(config={"threads": 1}) as connection:
        columns = ", ".join(f'"{column.name}" {column.kind}' for column in COLUMNS)
        connection.execute(f"CREATE TABLE events ({columns})")
        connection.execute('CREATE TABLE records ("index" UBIGINT, raw BLOB)')
        made = World(connection, events)
        made.raws = raws(COUNT, seed=4)
        places = ", ".join("?" for _ in COLUMNS)
        connection.executemany(
            f"INSERT INTO events VALUES ({places})",
            [[row[column.name] for column in COLUMNS] for row in events],
        )
        connection.executemany("INSERT INTO records VALUES (?, ?)", list(enumerate(made.raws)))
        yield made


def of(*events: Mapping[str, object]) -> World:
    made = small(*({"source": "text", **event} for event in events))
    return World(made.connection, made.rows)


def table(world: World, text: str, limit: int | None = None) -> Table:
    return ask(world, parse(text, now=NOW, zone=UTC), limit=limit)


# What must not happen.


@pytest.mark.parametrize("evil", ["'; DROP TABLE events; --", '"', "\\", "${HOME}", "a'b"])
def test_sql_in_a_path_or_value_stays_text(evil: str) -> None:
    world = of({"actor_user_name": evil})
    assert table(world, "| count by actor").rows == [(evil, 1)]
    path = "".join(f"\\{letter}" if letter in ".:[]*\\" else letter for letter in evil)
    if not set(path) & set(' "();'):
        made = compile_stages(parse(f"| count by raw.{path}", now=NOW, zone=UTC))
        assert evil not in made.sql


def test_the_sql_text_depends_on_the_shape_alone() -> None:
    def sql(text: str) -> str:
        return compile_stages(parse(text, now=NOW, zone=UTC)).sql

    assert sql("a | timeline 1h | top 5") == sql("b | timeline 15m | top 50")
    assert sql("| count by raw.a") == sql("| count by raw.b")
    assert sql("| gaps 1h by actor") == sql("| gaps 1d by actor")


def test_copies_and_actums_own_records_are_counted_only_when_asked_for() -> None:
    world = of({}, {"copy_of": 0}, {"source": "actum"})
    assert table(world, "| count").rows == [(1,)]
    assert table(world, "is:copy | count").rows == [(1,)]
    assert table(world, "source:* | count by source").rows == [("actum", 1), ("text", 1)]


def test_a_limit_cuts_the_rows_and_not_the_totals() -> None:
    world = of(*({"actor_user_name": f"a{n}"} for n in range(9)))
    for limit in (0, 1, 5):
        found = table(world, "| count by actor", limit)
        assert (len(found.rows), found.total, found.events) == (limit, 9, 9)
    assert table(world, "| count by actor | top 3").total == 3


def test_no_event_makes_no_row_but_one_count() -> None:
    world = of({})
    for text in ("| count by actor", "| timeline 1h", "| first by ip", "| gaps 1h", "| rare actor"):
        found = table(world, f"actor:nobody {text}")
        assert (found.rows, found.total, found.events) == ([], 0, 0), text
    assert table(world, "actor:nobody | count").rows == [(0,)]


# What is told.


def test_the_first_stated_column_counts_and_a_list_is_each_of_its_values() -> None:
    world = of(
        {"actor_user_name": "alice", "actor_user_uid": "arn:1"},
        {"actor_user_uid": "arn:1"},
        {"resource_uid": "b", "resources": ["b", "c"]},
        {"resources": ["c", "c", "d", None]},
        {"src_endpoint_ip": "10.0.0.1", "any_ip": ["10.0.0.2", "10.0.0.1"]},
        {"api_service_name": "s3.amazonaws.com", "severity_id": 4},
        {"api_service_name": "s3", "severity_id": 77},
    )
    assert table(world, "has:actor | count by actor").rows == [("alice", 1), ("arn:1", 1)]
    assert table(world, "has:target | count by target").rows == [("b", 1), ("c", 1), ("d", 1)]
    assert table(world, "has:ip | count by ip").rows == [("10.0.0.1", 1)]
    assert table(world, "has:ip | count by any.ip").rows == [("10.0.0.1", 1), ("10.0.0.2", 1)]
    assert table(world, "has:service | count by service").rows == [("s3", 2)]
    found = table(world, "has:severity | count by severity").rows
    assert found == [("77", 1), ("high", 1)]
    assert table(world, "has:actor | count by target").rows == [(None, 2)]


def test_a_table_may_be_counted_again() -> None:
    world = of(
        *({"actor_user_name": "a", "api_operation": f"op{n}"} for n in range(3)),
        {"actor_user_name": "b", "api_operation": "op0"},
    )
    found = table(world, "| count by actor, action | count by actor")
    assert (found.columns, found.rows) == (("actor", "rows"), [("a", 3), ("b", 1)])
    assert table(world, "| count by actor | count").rows == [(2,)]
    assert table(world, "| top 1 by actor").rows == [("a", 3)]


def test_a_week_begins_on_monday() -> None:
    world = of({"time": datetime(2026, 11, 8, 23)}, {"time": datetime(2026, 11, 9)}, {})
    assert table(world, "| timeline 1w").rows == [
        (datetime(2026, 11, 2), 1), (datetime(2026, 11, 9), 1), (None, 1),
    ]  # fmt: skip


def test_a_source_that_fell_silent_is_a_gap_up_to_now() -> None:
    world = of({"time": datetime(2026, 11, 13, 11)}, {"time": datetime(2026, 11, 13, 11, 10)})
    assert table(world, "last:2h | gaps 15m by source").rows == [
        ("text", datetime(2026, 11, 13, 11, 10), datetime(2026, 11, 13, 12, 30), 4800.0),
        ("text", datetime(2026, 11, 13, 10, 30), datetime(2026, 11, 13, 11), 1800.0),
    ]
    assert table(world, "| gaps 15m by source").rows == []
    assert table(world, "actor:nobody last:2h | gaps 1h").rows == [
        (datetime(2026, 11, 13, 10, 30), datetime(2026, 11, 13, 12, 30), 7200.0)
    ]


# The same in plain Python.


def values(name: str, row: Row, raw: bytes) -> list[object]:
    """What an event is told by: each of a list's values, or None."""
    found: list[object]
    if name == "size":
        found = [len(raw)]
    elif name.startswith("raw."):
        path = tuple(None if key == "*" else key for key in name.split(".")[1:])
        found = list(dict.fromkeys(at_path(path, raw)))
        found = found if "*" in name else found[:1]
    else:
        cells = [_cell(name, row[read.column]) for read in FIELDS[name].reads]
        single = [each for each in cells if not isinstance(each, list) and each is not None]
        lists = [item for each in cells if isinstance(each, list) for item in each]
        stated = [item for item in lists if item is not None]
        found = [*single, *stated] if name.startswith("any.") else single[:1] or stated
    return list(dict.fromkeys(found)) or [None]


def _cell(name: str, cell: object) -> object:
    if name == "service" and isinstance(cell, str):
        return cell.removesuffix(".amazonaws.com")
    if name == "severity" and isinstance(cell, int):
        named = FIELDS[name].values
        return named[cell] if cell < len(named) else str(cell)
    return cell


Told = list[tuple[tuple[object, ...], Row]]


def told(world: World, names: tuple[str, ...], status: str | None) -> tuple[Told, int]:
    """Each event once for each combination of its keys, and how many events there are."""
    found: Told = []
    count = 0
    for row, raw in zip(world.events, world.raws, strict=True):
        if row["copy_of"] is not None or (status and row["status"] != status):
            continue
        count += 1
        found += [(keys, row) for keys in product(*(values(name, row, raw) for name in names))]
    return found, count


def ordered(rows: list[tuple[Any, ...]], *order: Callable[[tuple[Any, ...]], Any]) -> list[Any]:
    """Rows in an order of their own, and then by each column, what is unknown last."""
    rest = sorted(rows, key=lambda row: [_place(cell) for cell in row])
    return sorted(rest, key=lambda row: [each(row) for each in order])


def _place(cell: object) -> tuple[bool, Any]:
    return (cell is None, 0 if cell is None else cell.encode() if isinstance(cell, str) else cell)


def answer(world: World, stage: Stage, status: str | None) -> tuple[list[Any], int]:
    names = (*stage.by, stage.field) if isinstance(stage, Rare) else stage.by
    found, count = told(world, names, status)
    by_key: dict[tuple[object, ...], list[Row]] = {}
    for keys, row in found:
        by_key.setdefault(keys, []).append(row)
    match stage:
        case Count() | Top():
            made = [(*keys, len(each)) for keys, each in by_key.items()]
            made = ordered(made or ([] if names else [(0,)]), lambda row: -row[-1])
            return (made[: stage.number] if isinstance(stage, Top) else made), count
        case Rare():
            every = Counter(keys[:-1] for keys, _ in found)
            made = [(*keys, len(each), every[keys[:-1]]) for keys, each in by_key.items()]
            return ordered(made, lambda row: row[-2] / row[-1], lambda row: row[-2]), count
        case Timeline():
            steps = Counter((_bucket(row["time"], stage.width), *keys) for keys, row in found)
            return ordered([(*keys, n) for keys, n in steps.items()], lambda r: _place(r[0])), count
        case First():
            firsts = [(*keys, *_first(each)) for keys, each in by_key.items()]
            return ordered(firsts, lambda r: _place(r[len(names)])), count
        case Gaps():
            return _gaps(stage, by_key), count
    raise AssertionError(stage)


def _bucket(time: object, width: int) -> datetime | None:
    if not isinstance(time, datetime):
        return None
    monday = datetime(2000, 1, 3)
    return monday + (time - monday) // (width * MICRO) * (width * MICRO)


def _first(events: list[Row]) -> tuple[object, ...]:
    timed = [(row["time"], row["index"]) for row in events if row["time"] is not None]
    first = min(timed)[1] if timed else min(row["index"] for row in events)  # type: ignore[type-var]
    times = [time for time, _ in timed]
    return min(times, default=None), max(times, default=None), len(events), first  # type: ignore[type-var]


def _gaps(stage: Gaps, by_key: dict[tuple[object, ...], list[Row]]) -> list[Any]:
    made: list[Any] = []
    for keys, events in by_key.items() or [((), [])]:
        times = [row["time"] for row in events if isinstance(row["time"], datetime)]
        if times or not stage.by:
            edges = [utc(edge) for edge in (stage.since, stage.until) if edge is not None]
            marks = sorted([*times, *edges])
            made += [
                (*keys, low, high, (high - low) / timedelta(seconds=1))
                for low, high in pairwise(marks)
                if high - low > stage.length * MICRO
            ]
    return ordered(made, lambda row: -row[-1], lambda row: row[-3])


_some = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple)
_by = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
_stages = st.one_of(
    st.builds(Count, _by),
    st.builds(Top, st.integers(1, 9), _some),
    st.builds(Rare, st.sampled_from(NAMES), _by).filter(lambda rare: rare.field not in rare.by),
    st.builds(Timeline, st.sampled_from([1_000_000, 3_600_000_000, 604_800_000_000]), _by),
    st.builds(First, _some),
    st.builds(Gaps, st.sampled_from([1_000_000, 86_400_000_000]), _by,
              st.sampled_from([None, Micros(INSTANTS[0])]),
              st.sampled_from([None, Micros(INSTANTS[-1])])),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_stages, st.sampled_from([None, "failure"]))
def test_a_stage_tells_what_plain_python_tells(
    world: World, stage: Stage, status: str | None
) -> None:
    where = Compare("status", Op.MATCH, status) if status else None
    found = ask(world, Query(where, None, None, "", (stage,)))
    expected, count = answer(world, stage, status)
    assert found.rows == expected
    assert (found.total, found.events) == (len(expected), count)


@settings(max_examples=50, deadline=None)
@given(_by)
def test_diff_counts_two_times(world: World, by: tuple[str, ...]) -> None:
    now = (Micros(INSTANTS[3]), Micros(INSTANTS[-1] + 1))
    before = (Micros(INSTANTS[0]), Micros(INSTANTS[2] + 1))
    found = ask(world, Query(None, None, None, "", (Diff(now, before, by),)))
    counts: dict[tuple[object, ...], list[int]] = {}
    for keys, row in told(world, by, None)[0]:
        for place, (low, high) in enumerate((now, before)):
            if isinstance(row["time"], datetime) and utc(low) <= row["time"] < utc(high):
                counts.setdefault(keys, [0, 0])[place] += 1
    sizes = [float(high - low) for low, high in (now, before)]
    made = [
        (*keys, a, b, (a * sizes[1]) / (b * sizes[0]) if b else None)
        for keys, (a, b) in counts.items()
    ]
    assert found.rows == ordered(
        made, lambda row: (row[-1] is not None, -(row[-1] or 0)), lambda row: -row[-3]
    )

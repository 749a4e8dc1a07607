"""What the log knows of a range: no gap is claimed that is none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import duckdb

from actum.ocsf.columns import COLUMNS
from actum.query import parse
from actum.query.coverage import Coverage, Gap, coverage, told
from actum.query.times import micros
from query.test_pipes_tables import World

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
START = datetime(2026, 11, 2)


def world_of(events: list[dict[str, object]], deliveries: tuple[bytes, ...] = ()) -> World:
    connection = duckdb.connect(config={"threads": 1})
    columns = ", ".join(f'"{column.name}" {column.kind}' for column in COLUMNS)
    connection.execute(f"CREATE TABLE events ({columns})")
    connection.execute('CREATE TABLE records ("index" UBIGINT, kind UTINYINT, raw BLOB)')
    for index, event in enumerate(events):
        named = {"index": index, "source": "trail", **event}
        chosen = ", ".join(f'? AS "{name}"' for name in named)
        connection.execute(f"INSERT INTO events BY NAME SELECT {chosen}", list(named.values()))
    for raw in deliveries:
        connection.execute("INSERT INTO records VALUES (0, 1, ?)", [raw])
    return World(connection, [])


def hourly(
    hours: int, *, but: Collection[int] = (), source: str = "trail"
) -> list[dict[str, object]]:
    return [
        {"time": START + timedelta(hours=hour, minutes=7), "source": source}
        for hour in range(hours)
        if hour not in but
    ]


def look(world: World, text: str = "") -> Coverage:
    return coverage(world, parse(text, now=NOW, zone=UTC), now=micros(NOW))


def gap(first: int, last: int, source: str = "trail") -> Gap:
    since, until = (
        micros((START + timedelta(hours=hour)).replace(tzinfo=UTC)) for hour in (first, last)
    )
    return Gap(source, since, until)


# What must not happen.


def test_of_a_source_that_is_not_regular_no_gap_is_claimed() -> None:
    assert look(world_of(hourly(40, but=set(range(5, 30))))).gaps == ()
    assert look(world_of(hourly(10, but={5}))).gaps == ()
    assert look(world_of([{}])).gaps == ()
    assert look(world_of([])).sources == ()


def test_what_lies_beyond_now_or_before_the_first_event_is_not_missing() -> None:
    world = world_of(hourly(24 * 11 + 12))
    assert look(world, "since:2026-11-13 until:2026-12-01").gaps == (
        Gap("trail", gap(24 * 11 + 12, 0).since, micros(NOW)),
    )
    assert look(world, "until:2026-11-03").gaps == ()
    assert look(world, "since:2030-01-01").gaps == ()


def test_copies_of_no_source_are_taken_for_actums_own() -> None:
    assert look(world_of([{"source": "actum", "time": START}])).sources == ()


# What is told.


def test_a_regular_source_that_was_silent_has_a_gap() -> None:
    world = world_of([*hourly(72, but={10, 11, 50}), *hourly(72, source="other")])
    assert look(world).gaps == (gap(10, 12), gap(50, 51))
    assert look(world, "since:2026-11-02T11:00Z until:2026-11-03").gaps == (gap(11, 12),)


def test_a_source_of_one_event_a_day_is_regular_by_days() -> None:
    days: list[dict[str, object]] = [{"time": START + timedelta(days=day)} for day in range(10)]
    del days[4]
    assert look(world_of(days)).gaps == (gap(96, 120),)


def test_a_source_that_fell_silent_is_said_up_to_now() -> None:
    found = look(world_of(hourly(48)), "last:10d")
    assert told(found) == [
        "sources: trail from 2026-11-02 00:07Z to 2026-11-03 23:07Z, 11 events in that time",
        "silent in that time: trail from 2026-11-04 00:00Z to 2026-11-13 12:30Z (9 days 12 h)",
    ]  # fmt: skip


def test_what_could_not_be_read_is_said_in_four_lines_at_most() -> None:
    faults = (b'{"fault":"cut"}', b'{"fault":null}', b"\xff", b"{}", b'{"fault":"cut"}')
    many = [each for name in "abcdef" for each in hourly(48, but={30}, source=name)]
    found = look(world_of([*many, {"reason": "cut"}], faults), "at:2026-11-03")
    lines = told(found)
    assert (found.unread, found.timeless, found.faults) == (1, 1, 2)
    assert len(lines) == 4
    assert lines[0].endswith("; and 4 more")
    silent = [f"{name} from 2026-11-03 06:00Z to 2026-11-03 07:00Z (1 h)" for name in "abc"]
    assert lines[1] == f"silent in that time: {'; '.join(silent)}; and 3 more"
    assert lines[2].startswith("1 record could not be read")
    assert lines[3].startswith("2 deliveries were not read to the end")

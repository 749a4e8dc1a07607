"""The stages behind a query's bars: what is refused, what is read, how it is said."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import QueryError
from actum.query import Query, compile, parse, read_as  # noqa: A004
from actum.query.fields import FIELDS
from actum.query.pipes import Count, Diff, First, Gaps, Rare, Timeline, Top, canonical
from actum.query.times import micros
from actum.record import Micros
from query.trees import INSTANTS, nodes

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
HOUR = 3_600_000_000
GAPS = (
    "times longer than 15m without an event of each ip,"
    " from 2026-11-01 00:00Z up to 2026-11-02 00:00Z"
)
DIFF = (
    " from 2026-11-02 00:00Z until 2026-11-03 00:00Z,"
    " and against 2026-11-01 00:00Z until 2026-11-02 00:00Z"
)


def read(text: str) -> Query:
    return parse(text, now=NOW, zone=UTC)


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        read(text)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)
    return caught.value


def at(*parts: int) -> Micros:
    return micros(datetime(*parts, tzinfo=UTC))  # type: ignore[misc,arg-type]


# What must not happen.


def test_a_question_with_stages_is_never_answered_with_events() -> None:
    with pytest.raises(QueryError, match="stages") as caught:
        compile(read("actor:alice | count by action"))
    assert caught.value.text[caught.value.start : caught.value.end] == "| count by action"


@pytest.mark.parametrize(
    ("text", "token", "help_"),
    [
        ("a | cuont", "cuont", "count"),
        ("| count by actr", "actr", "actor"),
        ("| count by is", "is", "before the first |"),
        ("| count by actor actor", "actor", "count by actor, action"),
        ("| count by actor, actor", "actor", "count by"),
        ("| count by actor, ua, client", "client", "count by"),
        ("| count by actor | count by action", "action", "count by"),
        ("| count by actor | timeline 1h", "timeline", "use count or top"),
        ("| top 20", "20", "top 20 by actor"),
        ("| top many by actor", "many", "top 20"),
        ("| top 0 by actor", "0", "top 20"),
        ("| rare actor by actor", "| rare actor by actor", "rare action"),
        ("| timeline 0h", "0h", "timeline"),
        ("| timeline fast", "fast", "timeline"),
        ("| gaps 15m by raw..a", "raw..a", "gaps"),
        ("| diff last:7d vs last", "last", ""),
        ("| diff prev:7d vs last:7d", "prev:7d", "diff"),
        ("| diff 2026-11-03..2026-11-01 vs 2026-10-01", "2026-11-03..2026-11-01", "diff"),
        ("last:3d | diff last:7d vs prev:3d", "| diff last:7d vs prev:3d", "take last:3d out"),
        ("| count (by actor)", "(", "count by"),
        ('| count by "actor"', '"actor"', "count by"),
    ],
)
def test_a_stage_that_is_not_understood_is_refused_in_place(
    text: str, token: str, help_: str
) -> None:
    error = refused(text)
    assert text[error.start : error.end] == token
    assert help_ in error.todo


@pytest.mark.parametrize(
    "text", ["|", "a |", "a | | count", "| count by", "| count by a,", "| rare", "| gaps", "| diff",
             "| diff last:7d", "| diff last:7d vs", "a| count", "| top"],
)  # fmt: skip
def test_half_a_stage_is_refused(text: str) -> None:
    assert refused(text).todo


def test_more_than_six_stages_are_refused() -> None:
    assert len(read("| count by actor" + " | top 5" * 5).stages) == 6
    assert "6 are enough" in refused("| count by actor" + " | top 5" * 6).why
    refused("| count by " + ", ".join(list(FIELDS)[:9]))


# What is read.


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("| count", (Count(),)),
        ("a | count by actor,action | top 20", (Count(("actor", "action")), Top(20))),
        ("(a OR b)| count by ua", (Count(("client",)),)),
        ('"x"|count|count', (Count(), Count())),
        ("| TOP 5 BY Actor", (Top(5, ("actor",)),)),
        ("| rare action by actor", (Rare("action", ("actor",)),)),
        ("| timeline 1h by status", (Timeline(HOUR, ("status",)),)),
        ("| timeline by status", (Timeline(24 * HOUR, ("status",)),)),
        ("| first by ip", (First(("ip",)),)),
        ("| gaps 15m by source", (Gaps(HOUR // 4, ("source",)),)),
        ("| count by raw.a[0].b, size", (Count(("raw.a.0.b", "size")),)),
        ("| count by actor | top 5 | count by actor",
         (Count(("actor",)), Top(5), Count(("actor",)))),
    ],
)  # fmt: skip
def test_stages(text: str, stages: tuple[object, ...]) -> None:
    assert read(text).stages == stages


def test_gaps_begin_and_end_where_the_questions_time_does() -> None:
    week = Gaps(HOUR, (), at(2026, 11, 6, 12, 30), at(2026, 11, 13, 12, 30))
    assert read("last:7d | gaps 1h").stages == (week,)
    since = Gaps(HOUR, (), at(2026, 11, 1))
    assert read("since:2026-11-01 | gaps 1h").stages == (since,)


def test_diff_holds_one_time_against_another() -> None:
    now = (at(2026, 11, 6, 12, 30), at(2026, 11, 13, 12, 30))
    before = (at(2026, 10, 7, 12, 30), at(2026, 11, 6, 12, 30))
    assert read("| diff last:7d vs prev:30d").stages == (Diff(now, before),)
    days = Diff((at(2026, 11, 2), at(2026, 11, 4)), (at(2026, 10, 1), at(2026, 10, 2)), ("actor",))
    assert read("| diff 2026-11-02..2026-11-03 vs 2026-10-01 by actor").stages == (days,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("status:failure | count by actor, action | top 20",
         "events where status is failure; counted by actor and action; the first 20"),
        ("| top 5 by ip", "every event; counted by ip, the most frequent first; the first 5"),
        ("| rare action by actor", "every event; each action of each actor, the rarest first"),
        ("| timeline 1h by status", "every event; counted in steps of 1h in UTC by status"),
        ("| first by ip", "every event; when first and last seen of each ip"),
        ("at:2026-11-01Z | gaps 15m by ip",
         "every event, since 2026-11-01 00:00Z until 2026-11-02 00:00Z; " + GAPS),
        ("| diff 2026-11-02 vs 2026-11-01 by actor", "every event; counted by actor" + DIFF),
    ],
)  # fmt: skip
def test_stages_are_said_in_plain_english(text: str, said: str) -> None:
    assert read_as(read(text), UTC) == said


def test_times_of_stages_are_said_in_the_readers_zone_too() -> None:
    zone = ZoneInfo("Europe/Berlin")
    query = parse("| diff 2026-11-02 vs 2026-11-01", now=NOW, zone=zone)
    assert "2026-11-01 23:00Z (2026-11-02 00:00 +01:00)" in read_as(query, zone)


_names = st.sampled_from([*(name for name in FIELDS if name != "is"), "raw.a.b", r"raw.k\.x.*"])
_some = st.lists(_names, min_size=1, max_size=2, unique=True).map(tuple)
_by = st.lists(_names, max_size=3, unique=True).map(tuple)
_lengths = st.sampled_from([1_000_000, 90_000_000, HOUR, 24 * HOUR, 7 * 24 * HOUR])
_edges = st.none() | st.sampled_from(INSTANTS).map(Micros)
_times = st.tuples(st.sampled_from(INSTANTS), st.sampled_from(INSTANTS)).map(
    lambda ends: (Micros(min(ends)), Micros(max(ends) + 1))
)
_rares = st.builds(Rare, _names, _by).filter(lambda rare: rare.field not in rare.by)
_first = st.one_of(
    st.builds(Count, _by),
    st.builds(Top, st.integers(1, 100), _some),
    _rares,
    st.builds(Timeline, _lengths, _by),
    st.builds(First, _by),
    st.builds(Gaps, _lengths, _by, _edges, _edges),
    st.builds(Diff, _times, _times, _by),
)
_later = st.lists(st.builds(Top, st.integers(1, 100)) | st.just(Count()), max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.none() | nodes, _edges, _edges, _first, _later)
def test_a_whole_query_is_read_as_it_was_written(
    where: object, since: Micros | None, until: Micros | None, first: object, later: list[object]
) -> None:
    if since is not None and until is not None and since >= until:
        since = None
    if isinstance(first, Diff):
        since = until = None
    if isinstance(first, Gaps):
        first = Gaps(first.length, first.by, first.since or since, first.until or until)
    query = Query(where, since, until, "", (first, *later))  # type: ignore[arg-type]
    again = read(canonical(query))
    assert (again.where, again.since, again.until, again.stages) == (
        query.where, query.since, query.until, query.stages,
    )  # fmt: skip
    assert canonical(again) == canonical(query)
    assert read_as(query, UTC).isprintable()

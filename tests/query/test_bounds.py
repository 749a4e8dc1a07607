"""The words that bound a query's time, and where clocks are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.errors import QueryError
from actum.query import Query, parse
from actum.query.times import micros
from actum.record import Micros

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
NOON = micros(datetime(2026, 11, 6, 12, tzinfo=UTC))
MINUTE = 60_000_000


def time_of(index: int) -> Micros | None:
    """Three records: the second states no time."""
    return (Micros(NOON), None, Micros(NOON + MINUTE))[index]


def read(text: str, zone: str = "UTC") -> Query:
    return parse(text, now=NOW, zone=ZoneInfo(zone), time_of=time_of)


def at(*parts: int) -> int:
    return micros(datetime(*parts, tzinfo=UTC))  # type: ignore[misc,arg-type]


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        read(text)
    return caught.value


# What must not happen.


def test_a_record_that_is_not_there_or_has_no_time_is_never_a_silent_zero() -> None:
    assert refused("around:3").what == "there is no record 3"
    assert refused("around:1").what == "record 1 has no time"
    assert refused("actor:a around:01JD").what == "'01JD' is no index of a record"
    with pytest.raises(QueryError, match="needs a log"):
        parse("around:0", now=NOW, zone=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "at:today last:7d", "around:0 since:today", "at:today around:0", "within:5m last:1h",
        "around:0 around:2", "around:0 within:5m within:6m",
    ],
)  # fmt: skip
def test_two_ways_to_bound_the_time_are_refused(text: str) -> None:
    assert refused(text).todo == "choose one"


@pytest.mark.parametrize(
    "text",
    [
        "within:5m", "around:0 within:soon", "at:2026-11-06±soon", "at:soon", "at:±5m", "-around:0",
        "around:0 OR a", "(at:today)", "at:>today", "around:", "at:0001-01-01±1w",
        "around:99999999999999999999", 'since:"2026-11-06 03:14 CET"',
        'since:"2026-11-06 03:14Z Europe/Berlin"', 'since:"2026-11-06 Europe/Nowhere"',
        "since:24:00", "since:9:5",
    ],
)  # fmt: skip
def test_a_bound_that_is_not_understood_is_refused(text: str) -> None:
    assert refused(text).what


# What is read.


def test_around_a_record_both_ends_belong_to_the_range() -> None:
    query = read("actor:a around:0 within:10m")
    assert (query.since, query.until) == (NOON - 10 * MINUTE, NOON + 10 * MINUTE + 1)
    assert read("around:0") == read("around:0 ") or read("around:0").since == query.since


def test_at_names_a_stretch_and_may_be_widened() -> None:
    assert (read("at:2026-11-06").since, read("at:2026-11-06").until) == (
        at(2026, 11, 6), at(2026, 11, 7),
    )  # fmt: skip
    for spelled in ("at:2026-11-06T03:14±5m", "at:2026-11-06T03:14+-5m", "at:2026-11-06T03:14+/-5m",
                    'at:"2026-11-06 03:14 ± 5m"'):  # fmt: skip
        query = read(spelled)
        assert (query.since, query.until) == (at(2026, 11, 6, 3, 9), at(2026, 11, 6, 3, 20))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("09:30", at(2026, 11, 13, 9, 30)),
        ("9:30:05", at(2026, 11, 13, 9, 30, 5)),
        ('"yesterday 09:00"', at(2026, 11, 12, 9)),
        ('"yesterday 09:00 Europe/Berlin"', at(2026, 11, 12, 8)),
        ('"2026-11-01 06:00 America/New_York"', at(2026, 11, 1, 11)),
        ('"2026-11-01 06:00 UTC"', at(2026, 11, 1, 6)),
        ("2026-11-01T06:00UTC", at(2026, 11, 1, 6)),
        ("2026-11-01T06:00+01", at(2026, 11, 1, 5)),
        ("2026-11-01Z", at(2026, 11, 1)),
        ("1793491200", at(2026, 11, 1)),
        ("1793491200123456789", at(2026, 11, 1, 0, 0, 0, 123_456)),
    ],
)
def test_times_with_zones_and_without(written: str, meant: int) -> None:
    assert read(f"since:{written}").since == meant


@pytest.mark.parametrize(
    ("zone", "written", "start", "minutes"),
    [
        # Set back: the hour comes twice, and the first is meant.
        ("Europe/Berlin", "2026-10-25T02:30", at(2026, 10, 25, 0, 30), 1),
        ("America/New_York", "2026-11-01T01:30", at(2026, 11, 1, 5, 30), 1),
        ("Australia/Lord_Howe", "2026-04-05T01:45", at(2026, 4, 4, 14, 45), 1),
        # Set forward: the hour is not there, and is read by the offset before.
        ("Europe/Berlin", "2026-03-29T02:30", at(2026, 3, 29, 1, 30), 1),
        ("America/New_York", "2026-03-08T02:30", at(2026, 3, 8, 7, 30), 1),
        # Days of 25, 23 and 23.5 hours.
        ("Europe/Berlin", "2026-10-25", at(2026, 10, 24, 22), 25 * 60),
        ("America/New_York", "2026-03-08", at(2026, 3, 8, 5), 23 * 60),
        ("Australia/Lord_Howe", "2026-10-04", at(2026, 10, 3, 13, 30), 23 * 60 + 30),
        # The last minute before clocks are set back has a minute.
        ("Europe/Berlin", "2026-10-25T02:59", at(2026, 10, 25, 0, 59), 1),
    ],
)
def test_where_clocks_are_set(zone: str, written: str, start: int, minutes: int) -> None:
    query = read(f"at:{written}", zone)
    assert (query.since, query.until) == (start, start + minutes * MINUTE)


_zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                          "Asia/Kathmandu", "Pacific/Apia"])  # fmt: skip
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@given(_moments, _zones)
def test_a_local_time_with_its_offset_names_its_instant_in_any_zone(
    moment: datetime, zone: str
) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    assert read(f"since:{local.isoformat()}", "Europe/Berlin").since == micros(moment)
    naive = local.replace(tzinfo=None).isoformat(sep=" ")
    found = read(f'since:"{naive} {zone}"' if zone != "UTC" else f'since:"{naive} UTC"').since
    # Of a time that comes twice the first is meant, at most an hour before.
    assert found is not None
    assert micros(moment) - found in {0, *(timedelta(minutes=m) // timedelta(microseconds=1)
                                           for m in (30, 60))}  # fmt: skip

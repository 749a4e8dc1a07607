"""Times: read when they are exactly that, and never made up."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.sources.clocks import common_log, rfc3339, since_1970
from actum.sources.times import epoch


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "06/Feb/2019:00:00:38",
        "6/Feb/2019:00:00:38 +0000",
        "31/Feb/2019:00:00:38 +0000",
        "06/feb/2019:00:00:38 +0000",
        "06/Foo/2019:00:00:38 +0000",
        "06/Feb/2019:25:00:38 +0000",
        "01/Jan/0001:00:00:00 +1400",
        "٠٦/Feb/2019:00:00:38 +0000",
    ],
)
def test_what_is_no_common_log_time_is_none(text: str) -> None:
    assert common_log(text) == ""


@pytest.mark.parametrize(
    "text",
    ["", "now", "2020-01-02", "2020-01-02T03:04", "2020-01-02T03:04:05", "2020-13-02T03:04:05Z",
     "2020-01-02T24:00:01Z", "0001-01-01T00:00:00+14:00", "2020-01-02T03:04:05Z later"],
)  # fmt: skip
def test_what_is_no_time_with_a_zone_is_none(text: str) -> None:
    assert rfc3339(text) == ""


def test_offsets_are_applied_and_fractions_kept_to_the_microsecond() -> None:
    assert common_log("06/Feb/2019:00:00:38 -0130") == "2019-02-06T01:30:38Z"
    assert rfc3339("2020-01-02T03:04:05.1234567+01:00") == "2020-01-02T02:04:05.123456Z"
    assert rfc3339("2020-01-02 03:04:05", zoneless_is_utc=True) == "2020-01-02T03:04:05Z"
    assert rfc3339("2020-01-02 03:04:05,5 UTC") == "2020-01-02T03:04:05.500000Z"


@pytest.mark.parametrize("text", ["0", "0.000", "", "-1", "1e9", "1.2.3", "9" * 13, "1.x", "١"])
def test_what_is_no_count_of_seconds_is_no_time(text: str) -> None:
    assert since_1970(text) == ""


@given(st.datetimes(datetime(1970, 1, 1, 0, 0, 1), datetime(9998, 1, 1)))
def test_every_reader_gives_the_time_that_was_written(drawn: datetime) -> None:
    time = drawn.replace(tzinfo=UTC)
    micros = (time - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution)
    whole = time.replace(microsecond=0)
    told = time.strftime("%Y-%m-%dT%H:%M:%S") + (
        f".{time.microsecond:06d}Z" if time.microsecond else "Z"
    )
    assert rfc3339(time.isoformat()) == told
    assert since_1970(f"{micros // 1_000_000}.{micros % 1_000_000:06d}") == told
    assert common_log(whole.strftime("%d/%b/%Y:%H:%M:%S +0000")) == whole.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def counted(text: str, unit: str) -> object:
    asked = f"SELECT {epoch('t', unit)} FROM (SELECT ?::VARCHAR t)"
    return duckdb.execute(asked, [text]).fetchall()[0][0]


@pytest.mark.parametrize("text", ["", "0", "-5", "soon", "1e3", "9" * 30, "1,5", None, "1.", " 1"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns", "any"])
def test_a_count_that_is_none_is_no_time(text: str, unit: str) -> None:
    assert counted(text, unit) is None


def test_counts_are_read_in_their_unit() -> None:
    moment = datetime(2023, 11, 14, 22, 13, 20)
    for text, unit in (
        ("1700000000", "s"),
        ("1700000000000", "ms"),
        ("1700000000000000", "us"),
        ("1700000000000000000", "ns"),
    ):
        assert counted(text, unit) == moment
        assert counted(text, "any") == moment
    assert counted("1700000000.25", "s") == moment.replace(microsecond=250_000)

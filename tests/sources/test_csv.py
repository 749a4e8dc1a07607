"""Tables nobody claims: a row is a record; what only has commas in it is text."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.sources import SOURCES
from actum.sources.csv import lines
from actum.trial import events_of, recognise

TABLE = (
    b"Time,User,Action\n2026-03-02T09:26:53Z,alice,login\n2026-03-02T10:27:53+01:00,bob,delete\n"
)

TEXTS = {
    "prose": b"Dear Bob, hello\nI came, I saw\nYours, Alice\n",
    "prose with as many commas": b"Hello, world\nGoodbye, moon\nHello, again\n",
    "lines of one program": b"INFO, started, ok\nINFO, stopped, ok\nINFO, started, ok\n",
    "lines with a time": b"2026-03-02 09:26:53,123 INFO a\n2026-03-02 09:26:54,124 INFO b\n"
    b"2026-03-02 09:26:55,125 INFO c\n",
    "numbers alone": b"1,2,3\n4,5,6\n7,8,9\n",
    "a header alone": b"Time,User,Action\n",
    "one row": b"Time,User,Action\n2026-03-02T09:26:53Z,alice,login\n",
    "rows of different widths": b"Time,User,Action\na,b,c\nd,e\nf,g,h\n",
    "a header that comes again as a value": b"name,count\nname,7\nother,8\n",
    "the same name twice": b"a,a,b\n1,2,3\n4,5,6\n",
    "a name that is empty": b"a,,b\n1,2,3\n4,5,6\n",
    "key=value": b"time=1, user=a\ntime=2, user=b\ntime=3, user=c\n",
    "a sentence as a header": b"this is what we saw on that day,count\na,1\nb,2\n",
    "syslog": b"Mar  2 09:26:53 web sshd[1]: a, b\nMar  2 09:26:54 web sshd[1]: c, d\n"
    b"Mar  2 09:26:55 web sshd[1]: e, f\n",
    "not UTF-8": b"Time,User,Action\n\xff,b,c\nd,e,f\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_lines_with_commas_are_not_yet_a_table(name: str) -> None:
    assert lines([line for line in TEXTS[name].split(b"\n") if line], "") is None
    assert "csv" not in {each.split(".")[0] for each in recognise(TEXTS[name]).sources}


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
def test_rows_are_records_and_their_times_are_read(delimiter: bytes) -> None:
    content = TABLE.replace(b",", delimiter)
    claims = recognise(content)
    assert claims.raws == content.splitlines()[1:]
    events = events_of(content)
    assert [each["source"] for each in events] == ["csv", "csv"]
    assert [each["time"] for each in events] == [
        datetime(2026, 3, 2, 9, 26, 53), datetime(2026, 3, 2, 9, 27, 53)
    ]  # fmt: skip
    assert events[1]["original_time"] == "2026-03-02T10:27:53+01:00"
    assert [each["class_uid"] for each in events] == [0, 0]


def test_a_time_without_a_zone_is_no_time() -> None:
    events = events_of(TABLE.replace(b"Z,", b",").replace(b"+01:00", b""))
    assert [(each["source"], each["time"], each["original_time"]) for each in events] == [
        ("csv", None, None), ("csv", None, None)
    ]  # fmt: skip


def test_a_quoted_field_may_hold_lines_and_delimiters() -> None:
    content = b'Time,User,Details\n2026-03-02T09:26:53Z,a,"x, ""y""\nz"\n2026-03-02T09:26:54Z,b,c\n'
    claims = recognise(content)
    assert claims.raws[0] == b'2026-03-02T09:26:53Z,a,"x, ""y""\nz"'
    assert [each["time"] is not None for each in events_of(content)] == [True, True]


def test_a_row_of_another_width_further_down_is_kept_and_read() -> None:
    content = TABLE + b"\n".join([b"2026-03-02T09:26:53Z,x,y"] * 80) + b"\nshort\na,b,c,d,e\n"
    claims = recognise(content)
    assert claims.raws[-2:] == [b"short", b"a,b,c,d,e"]
    events = events_of(content)
    assert events[-2]["reason"] == "1 of the header's 3 fields"
    assert events[-1]["reason"] is None


def test_no_option_is_understood() -> None:
    with pytest.raises(ValueError, match="no options"):
        lines(TABLE.splitlines(), "time,user")


def test_a_row_alone_is_nobodys() -> None:
    assert SOURCES["csv"].claim(TABLE.splitlines()[1]) is None


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.text("ab ,;\"'\n1é", max_size=6), min_size=3, max_size=3), min_size=2,
                max_size=8))  # fmt: skip
def test_whatever_the_rows_hold_no_byte_of_them_is_lost(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([["id", "user", "action"], *rows])
    content = written.getvalue().encode()
    claims = recognise(content)
    lines_in = [line for line in content.split(b"\n") if line.strip()]
    kept = [line for raw in claims.raws for line in raw.split(b"\n") if line.strip()]
    assert kept in (lines_in, lines_in[1:])
    json.dumps([str(each) for each in events_of(content)])

"""Tables in text: every line comes back, and a row can be read without its file."""

from __future__ import annotations

import csv
import io
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.record import Spelling
from actum.sources.seam import Unread
from actum.sources.tables import (
    LONGEST,
    TableSplitter,
    form_of,
    header_of,
    quote,
    row,
    unquote,
    unwrap_row,
)

FORM = form_of(",", ["time", "who", "what"])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"one",
        b"a,a",
        b"a,,b",
        b'a,"b',
        b"\xff,b",
        b"a" * 9_000 + b",b",
        b",,,",
    ],
)
def test_what_can_be_no_header_is_none(line: bytes) -> None:
    assert header_of(line) is None


def test_a_header_is_read_with_its_delimiter_and_without_a_mark_before_it() -> None:
    assert header_of(b"\xef\xbb\xbfa,b") == (",", ("a", "b"))
    assert header_of(b"a;b;c;") == (";", ("a", "b", "c"))
    assert header_of(b'"a, b"\tc\td') == ("\t", ("a, b", "c", "d"))


@given(st.text())
def test_a_form_holds_any_text_and_can_be_stored(text: str) -> None:
    assert unquote(quote(text)) == text
    spelled = Spelling("table", quote(text) or "x", reason="why?")
    assert Spelling.parse(str(spelled)) == spelled


def test_a_row_without_its_header_is_unread_and_says_so() -> None:
    assert row(b"a,b", "csv:[") == Unread("the header its form should hold is not there")
    assert isinstance(row(b"a,b", "else"), Unread)


@pytest.mark.parametrize("raw", [b"\xff,b,c", b'a,"b,c', b'"a"b,c,d', b"alone", b"a,b\nc,d"])
def test_a_row_that_is_none_is_unread(raw: bytes) -> None:
    assert isinstance(row(raw, FORM), Unread)
    [only] = unwrap_row(raw, FORM)
    assert isinstance(only, Unread)


def test_fields_too_many_are_kept_and_fields_too_few_are_absent() -> None:
    assert row(b"t,w", FORM) == {"time": "t", "who": "w"}
    assert row(b"t,,x,y", FORM) == {"time": "t", "what": "x", "field 4": "y"}


def test_a_quoted_field_may_hold_line_breaks_and_the_row_keeps_its_bytes() -> None:
    splitter = TableSplitter(",", ["time", "who", "what"])
    lines = [b"time,who,what", b'1,a,"two', b'lines, ""quoted"""', b"2,b,c"]
    pieces = [*splitter.take(lines, range(4)), *splitter.rest()]
    assert splitter.headers == [b"time,who,what"]
    assert [(each.raw, each.position, each.lines) for each in pieces] == [
        (b'1,a,"two\nlines, ""quoted"""', 1, 2),
        (b"2,b,c", 3, 1),
    ]
    [told] = unwrap_row(pieces[0].raw, str(pieces[0].form))
    assert json.loads(bytes(told)) == {"time": "1", "who": "a", "what": 'two\nlines, "quoted"'}  # type: ignore[arg-type]


def test_a_header_that_comes_again_is_a_header_again() -> None:
    splitter = TableSplitter(",", ["a", "b"])
    pieces = list(splitter.take([b"a,b", b"1,2", b"a,b", b"3,4"], range(4)))
    assert [each.raw for each in pieces] == [b"1,2", b"3,4"]
    assert splitter.headers == [b"a,b", b"a,b"]


def test_a_quote_that_is_never_closed_does_not_hold_everything_back() -> None:
    splitter = TableSplitter(",", ["a", "b"])
    line = b"x" * 1_000
    held = [b"a,b", b'1,"open', *[line] * 1_100]
    pieces = list(splitter.take(held, range(len(held))))
    assert pieces
    assert len(pieces[0].raw) <= LONGEST + 2_000
    whole = [*pieces, *splitter.rest()]
    assert sum(each.lines for each in whole) + len(splitter.headers) == len(held)


@given(
    st.lists(
        st.lists(st.text(string.printable + "é€", min_size=1), min_size=3, max_size=3), min_size=1
    )
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    rows = [[each.replace("\r", "").strip() or "x" for each in one] for one in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [["time", "who", "what"], *rows]
    )
    lines = [each for each in text.getvalue().encode().split(b"\n") if each]
    if lines != text.getvalue().encode().split(b"\n")[:-1]:
        return  # a blank line inside a field is no line to a splitter
    splitter = TableSplitter(",", ["time", "who", "what"])
    pieces = [*splitter.take(lines, range(len(lines))), *splitter.rest()]
    assert [list(dict(row(each.raw, str(each.form))).values()) for each in pieces] == rows  # type: ignore[arg-type]

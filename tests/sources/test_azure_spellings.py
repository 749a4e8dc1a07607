"""What other spellings are made of: names, times, JSON in strings, keys given twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.sources.log_analytics import csv_splitter, members, opened, squeezed, told_time
from actum.sources.seam import Unread


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1,"a":2}', b'{"a" :1, "a":2}', b'{"x":{"a":1,"a":1}}',
     rb'{"a":"\u0022:","a":"\u0022:"}',
     rb'{"a":"\":","a":"\"\u003a"}', b'{"x":[{"a":1,"a":"\\":\\":"}]}', b'{"a"\n:1,"a"\t:2}'],
)  # fmt: skip
def test_a_key_given_twice_is_found_however_it_is_written(raw: bytes) -> None:
    found = members(raw)
    assert isinstance(found, Unread)
    assert "twice" in found.reason


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"7", b'{"a":NaN}', b"[" * 100_000, b'{"a":"\xff"}']
)
def test_what_is_no_object_says_why(raw: bytes) -> None:
    assert isinstance(members(raw), Unread)


@given(
    st.dictionaries(st.text(), st.text() | st.integers() | st.dictionaries(st.text(), st.text()))
)
def test_an_object_is_read_as_json_reads_it(told: dict[str, Any]) -> None:
    for raw in (json.dumps(told), json.dumps(told, ensure_ascii=False), json.dumps(told, indent=1)):
        assert members(raw.encode("utf-8", "surrogatepass")) == told


@pytest.mark.parametrize("text", ["", "x", "{", '{"a":1,"a":2}', "[" * 10_000])
def test_a_string_that_holds_no_json_stays_a_string(text: str) -> None:
    assert opened(text) == text


@pytest.mark.parametrize(
    ("text", "is_utc", "time"),
    [("8/2/2021, 1:29:25.983 PM", True, "2021-08-02T13:29:25.983Z"),
     ("8/2/2021, 12:00:00 AM", True, "2021-08-02T00:00:00Z"),
     ("8/2/2021, 12:00:00 PM", True, "2021-08-02T12:00:00Z"),
     ("8/2/2021, 1:29:25 PM", False, ""), ("13/2/2021, 1:29:25 PM", True, ""),
     ("8/2/2021, 13:29:25 PM", True, ""), ("2/30/2021, 1:29:25 PM", True, ""),
     ("2021-08-02T13:29:25Z", False, "2021-08-02T13:29:25Z"), ("8/2/2021", True, "8/2/2021")],
)  # fmt: skip
def test_a_time_of_the_portal(text: str, is_utc: bool, time: str) -> None:
    assert told_time(text, is_utc=is_utc) == time


def test_names_are_told_without_case_marks_and_zones() -> None:
    for name in (
        "CallerIpAddress",
        "callerIpAddress",
        "caller_ip_address",
        "Caller Ip Address [UTC]",
    ):
        assert squeezed(name) == "calleripaddress"


@pytest.mark.parametrize(
    "head", [[], [b""], [b"a"], [b"a,b"], [b'"a,b'], [b"a,\xff"], [b"a," * 9_000]]
)
def test_other_tables_are_left_alone(head: list[bytes]) -> None:
    assert csv_splitter(head, (("a", "c"),)) is None

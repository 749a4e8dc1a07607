"""CEF and LEEF: heads, escapes and delimiters, and what may not pass for an event."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from actum.sources import cef, claim, leef
from actum.sources.cef import extension
from actum.sources.cef.meaning import address, moment
from actum.sources.leef import attributes
from actum.testing import events_of
from sources.world import shared


def said(raw: str) -> dict[str, Any]:
    source = leef if "LEEF:" in raw else cef
    [told] = source.unwrap(raw.encode("utf-8", "surrogatepass"), "line")
    assert isinstance(told, bytes)
    return dict(json.loads(told))


# What must not happen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"Mar  2 09:26:53 web-1 sshd[7]: Invalid user CEF:0|a|b|1|2|c|3| from 192.0.2.1",
        b'{"message": "CEF:0|a|b|1|2|c|3|"}',
        b"hello: world CEF:0|a|b|1|2|c|3|",
        b"CEF:x|a|b|1|2|c|3|",
        b"a b c d e f g h CEF:0|a|b|1|2|c|3|",
        b"Mar  2 09:26:53 web-1 sshd[7]: Invalid user LEEF:1.0|a|b|1|2|x=y from 192.0.2.1",
    ],
)
def test_words_that_look_like_an_event_are_none(raw: bytes) -> None:
    assert claim(raw).source not in ("cef", "leef")


def test_what_somebody_wrote_into_a_value_does_not_replace_a_field_before_it() -> None:
    event = said(
        "CEF:0|a|b|1|2|Login failed|3|suser=mallory src=203.0.113.9 msg=x suser=root src=10.0.0.1"
    )
    assert (event["user"], event["src_ip"]) == ("mallory", "203.0.113.9")


def test_a_head_that_is_too_short_is_unread() -> None:
    for raw in (b"CEF:0|a|b|1|2|c\n", b"LEEF:1.0|a|b\n"):
        [event] = events_of(raw)
        assert event["reason"]


def test_a_year_or_a_zone_is_not_made_up() -> None:
    for stated in (
        "Jan 15 10:11:12",
        "Jan 15 10:11:12 UTC",
        "Jan 15 2026 10:11:12",
        "x",
        "2026-01-15",
    ):
        [event] = events_of(f"CEF:0|a|b|1|2|c|3|rt={stated}\n".encode())
        assert (event["time"], event["original_time"]) == (None, stated)


@pytest.mark.parametrize("noise", ["|" * 9_000, "=" * 9_000, "a=" * 9_000, "\\" * 9_001,
                                   " k=v" * 9_000, "\x00", "\udc80", "^" * 9_000,
                                   "\t=\t" * 9_000])  # fmt: skip
def test_hostile_events_are_read_in_time(noise: str) -> None:
    for raw in (f"CEF:0|a|b|1|2|c|{noise}|src={noise}", f"CEF:{noise}", f"CEF:0|{noise}",
                f"LEEF:2.0|a|b|1|2|{noise}", f"LEEF:1.0|a|b|1|{noise}",
                f"<134>Mar  2 09:26:53 {noise} CEF:0|a|b|1|2|c|3|"):  # fmt: skip
        assert events_of(raw.encode("utf-8", "surrogatepass") + b"\n")


def test_every_field_may_be_anything() -> None:
    names = ["src", "spt", "dst", "dpt", "in", "out", "cnt", "rt",
             "end", "start", "suser", "duser", "proto", "act", "outcome", "externalId", "request",
             "deviceExternalId", "fname", "cat"]  # fmt: skip
    values = ("", "-1", "9" * 40, "x" * 3_000, "1.5", "null", "::ffff:192.0.2.1", "0x10", "NaN")
    raws = [f"CEF:0|a|b|1|{n}|c|{value[:9]}|{name}={value}" for n, (name, value) in
            enumerate((name, value) for name in names for value in values)]  # fmt: skip
    events = events_of("\n".join(raws).encode())
    assert len(events) == len(raws)
    assert not [each for each in events if each["reason"]]


# The formats ----------------------------------------------------------------------------------


def test_escapes_are_undone_where_they_count() -> None:
    event = said(r"CEF:0|Ex \| Co|b\\c|1|2|n\=ame|3|msg=a\=b\\c\nd\|e suser=CORP\\bob")
    assert event["product"] == r"Ex | Co b\c"
    assert (event["message"], event["user"]) == ("a=b\\c\nd|e", "CORP\\bob")
    assert extension("a=1 2  b=x=y  c= d=\\=") == {"a": "1 2", "b": "x=y", "d": "="}


@pytest.mark.parametrize(
    ("version", "rest", "expected"),
    [
        ("LEEF:1.0", "src=192.0.2.1\tmsg=a b=c", {"src": "192.0.2.1", "msg": "a b=c"}),
        ("LEEF:2.0", "^|src=192.0.2.1^msg=a", {"src": "192.0.2.1", "msg": "a"}),
        ("LEEF:2.0", "x5E|src=192.0.2.1^msg=a", {"src": "192.0.2.1", "msg": "a"}),
        ("LEEF:2.0", "0x5e|src=192.0.2.1^msg=a", {"src": "192.0.2.1", "msg": "a"}),
        ("LEEF:2.0", "|src=192.0.2.1\tmsg=a", {"src": "192.0.2.1", "msg": "a"}),
        ("LEEF:2.0", "src=192.0.2.1\tmsg=a|b", {"src": "192.0.2.1", "msg": "a|b"}),
        ("LEEF:1.0", "src=192.0.2.1|msg=a", {"src": "192.0.2.1", "msg": "a"}),
        ("LEEF:1.0", "src=192.0.2.1 msg=a b", {"src": "192.0.2.1", "msg": "a b"}),
    ],
)
def test_every_delimiter_is_found(version: str, rest: str, expected: dict[str, str]) -> None:
    assert attributes(version, rest) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("1772443613123", "2026-03-02T09:26:53.123000Z"), ("1772443613", "2026-03-02T09:26:53Z"),
        ("Mar 02 2026 09:26:53 UTC", "2026-03-02T09:26:53Z"),
        ("Mar 02 2026 10:26:53.500 +01:00", "2026-03-02T09:26:53.500000Z"),
        ("2026-03-02T10:26:53+01:00", "2026-03-02T09:26:53Z"),
        ("Mar 02 2026 09:26:53 CET", ""), ("Feb 30 2026 00:00:00 UTC", ""), ("17724436", ""),
    ],
)  # fmt: skip
def test_times_are_read_in_the_spellings_the_standard_has(stated: str, expected: str) -> None:
    assert moment(stated) == expected


def test_addresses_are_addresses() -> None:
    told = ("::ffff:192.0.2.1", "[2001:db8::1]", "fe80::1%eth0", "x", "None", "192.0.2.1|")
    assert [address(each) for each in told] == [
        "192.0.2.1",
        "2001:db8::1",
        "fe80::1",
        "",
        "",
        "192.0.2.1",
    ]


# Real events ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "count"), [("sc4s-cef.log", "cef", 55), ("sc4s-leef.log", "leef", 17)]
)
def test_every_real_sample_is_read(name: str, source: str, count: int) -> None:
    delivered = (shared("cef-leef") / name).read_bytes()
    events = events_of(delivered)
    lines = [each.decode() for each in delivered.splitlines() if each.strip()]
    assert len(lines) == len(events) == count
    assert Counter((each["source"], each["reason"]) for each in events) == {(source, None): count}
    for event, line in zip(events, lines, strict=True):
        head = line[line.index(f"{source.upper()}:") :].split("|")
        assert event["metadata_product"] == f"{head[1]} {head[2]}".strip()
        if source == "cef":
            assert event["api_operation"] == (head[5] or head[4]).replace("\\", "")
        if event["original_time"]:
            assert event["original_time"] in line


def test_real_times_are_those_the_events_count() -> None:
    events = events_of((shared("cef-leef") / "sc4s-cef.log").read_bytes())
    times = [each["time"] for each in events if each["original_time"] == "1705313472"]
    assert set(times) == {datetime(2024, 1, 15, 10, 11, 12)}
    assert not [each for each in events if each["time"] and "Jan 15" in each["original_time"]]

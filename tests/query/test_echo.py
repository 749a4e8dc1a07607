"""How a query is said back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from actum.query import Query, parse, read_as
from query.trees import nodes

if TYPE_CHECKING:
    from actum.query.ast import Node

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)


def said(text: str, zone: str = "UTC") -> str:
    return read_as(parse(text, now=NOW, zone=ZoneInfo(zone)), ZoneInfo(zone))


def test_nothing_of_a_value_reaches_a_terminal_raw() -> None:
    for evil in ("\x1b[2J", "a\nb", "\u202eevil", "\x07"):
        assert evil not in said(f'actor:"{evil}" "{evil}"')
        assert said(f'actor:"{evil}"').isprintable()
    assert said('actor:"a\\"b\\\\"') == r'events by "a\"b\\"'


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("", "every event"),
        (
            "actor:alice action:Delete* is:failure since:2026-11-13",
            "events by alice where action starts Delete and failed, since 2026-11-13 00:00Z",
        ),
        ("is:failure ip:10.* actor:alice", "events from 10.* by alice where failed"),
        ("actor:alice actor:bob", "events by alice or bob"),
        ("actor:=Alice", "events by exactly Alice"),
        ("-actor:alice", "events where not (actor is alice)"),
        ("-has:target", "events where target is not known"),
        ("client:*cli client:*x*", "events where (client ends cli or client contains x)"),
        ("client:a?c", "events where client is like a?c"),
        (
            "a OR (b c)",
            'events where (the record says "a" or (the record says "b" and the record says "c"))',
        ),
        ("index:>=5 index:<9", "events where index is at least 5 and index is under 9"),
        ("index:1..3 mfa:no", "events where index is from 1 to 3 and mfa is false"),
        ("index:7", "events where index is 7"),
        ("severity:>=4", "events where severity is at least high"),
        ("severity:low..high", "events where severity is from low to high"),
        ("severity:99", "events where severity is 99"),
        (
            "time:2026-11-01",
            "events where time is from 2026-11-01 00:00Z until 2026-11-02 00:00Z",
        ),
        ("received:>now-1h", "events where received is since 2026-11-13 11:30:00.000001Z"),
        (
            "last:1h",
            "every event, since 2026-11-13 11:30Z",
        ),
        (
            "until:2026-11-08T06:00:30Z",
            "every event, until 2026-11-08 06:00:30Z",
        ),
    ],
)
def test_a_query_is_said_in_plain_english(text: str, echo: str) -> None:
    assert said(text) == echo


def test_times_are_said_in_utc_and_in_the_readers_zone() -> None:
    assert said("since:2026-11-13", "Europe/Berlin") == (
        "every event, since 2026-11-12 23:00Z (2026-11-13 00:00 +01:00)"
    )
    assert said("since:0001-01-02T00:00Z", "America/New_York").startswith("every event, since 0001")


@settings(max_examples=60, deadline=None)
@given(nodes)
def test_every_query_can_be_said_on_one_line(tree: Node) -> None:
    assert read_as(Query(tree, None, None, ""), UTC).isprintable()

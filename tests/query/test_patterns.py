"""Regular expressions: what is refused, and that nothing takes long."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import duckdb
import pytest

from actum.errors import QueryError
from actum.query import parse, patterns
from actum.query.ast import Not, Regex

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "(",
            ")",
            "[",
            "*",
            "a{2,1}",
            "(?=a)",
            "(?<!a)",
            r"\1",
            r"(a)\1",
            "\\",
            "[z-a]",
            "x{1001}",
        ),
        *("a" * 1_001, "(a{100}){100}", "((a{50}){50}){50}", r"\pL{900}"),
        "(.{999}){999}",
    ],
)
def test_what_re2_does_not_read_or_cannot_read_at_once_is_refused_in_place(pattern: str) -> None:
    quoted = '"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = f"status:failure action:~{quoted}"
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW, zone=UTC)
    assert text[caught.value.start : caught.value.end] == f"action:~{quoted}"
    assert caught.value.why


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)*b", "(.*)*(.*)*x", "(a?){50}a{50}", "(x+x+)+y", ".{900}b"]
)
def test_a_catastrophic_pattern_returns_at_once(pattern: str) -> None:
    assert not patterns.fault(pattern)
    with duckdb.connect(config={"threads": 1}) as engine:
        began = time.monotonic()
        for letter in ("a", "x"):
            engine.execute("SELECT regexp_matches(?, ?, 's')", [letter * 50_000, pattern])
            engine.fetchall()
        assert time.monotonic() - began < 2


def test_a_field_that_is_no_text_has_no_pattern() -> None:
    for text in ("index:~1", "time:~2026", "mfa:~t", "is:~x", "size:~1", "actor:~(a b)"):
        with pytest.raises(QueryError):
            parse(text, now=NOW, zone=UTC)


def test_a_pattern_is_read_as_it_stands() -> None:
    assert parse(r'action:~"^s3:\"\\."', now=NOW, zone=UTC).where == Regex("action", r'^s3:"\.')
    assert parse(r"action:~^Put", now=NOW, zone=UTC).where == Regex("action", "^Put")
    assert parse('action:!~"x"', now=NOW, zone=UTC).where == Not(Regex("action", "x"))

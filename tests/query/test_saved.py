"""Saved searches: a parameter is a value, and what is kept is text."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.errors import MalformedInput, UsageError
from actum.query import parse
from actum.query.ast import And, Compare, Node, Not, Op, Or, Text
from actum.query.saved import (
    FILE,
    Saved,
    checked_name,
    load,
    parameters,
    store,
    text_of,
    with_values,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)


def where(query: str, **given: str) -> Node | None:
    return parse(with_values(Saved("x", query), given), now=NOW, zone=UTC).where


# What must not happen.


@pytest.mark.parametrize(
    "evil",
    ["a OR is:root", 'a" OR "b', "a) OR (b", "-x", "\\", '\\"', "| count", "$who", "a\nb", "", "OR",
     "last:7d", "actor:x"],
)  # fmt: skip
def test_a_parameter_is_a_value_and_never_a_piece_of_the_language(evil: str) -> None:
    assert where("actor:$who", who=evil) == Compare("actor", Op.MATCH, evil)
    assert where("actor:=$who", who=evil) == Compare("actor", Op.EXACT, evil)
    assert where("-actor:$who", who=evil) == Not(Compare("actor", Op.MATCH, evil))
    assert where("ip:(a OR $who)", who=evil) == Or(
        (Compare("ip", Op.MATCH, "a"), Compare("ip", Op.MATCH, evil))
    )
    if evil:
        assert where("$who", who=evil) == Text(evil)
        assert where("-$who", who=evil) == Not(Text(evil))


@given(st.text(min_size=1).filter(lambda text: text.isprintable() and text.strip("*")))
def test_any_text_may_be_a_value(value: str) -> None:
    assert where("actor:=$who status:failure", who=value) == And(
        (Compare("actor", Op.EXACT, value), Compare("status", Op.MATCH, "failure"))
    )


def test_behind_a_bar_no_parameter_adds_a_stage() -> None:
    saved = Saved("x", "| count by $field | top $n")
    assert with_values(saved, {"field": "actor", "n": "5"}) == "| count by actor | top 5"
    for evil in ("5 | count", "(", '"', "a b"):
        with pytest.raises(UsageError):
            with_values(saved, {"field": "actor", "n": evil})


def test_a_parameter_that_is_missing_or_unknown_is_refused() -> None:
    with pytest.raises(UsageError, match="needs days") as missing:
        with_values(Saved("x", "actor:$who last:$days"), {"who": "a"})
    assert missing.value.todo == "actum search @x days=…"
    with pytest.raises(UsageError, match="no parameter 'whom'"):
        with_values(Saved("x", "actor:$who"), {"who": "a", "whom": "b"})


@pytest.mark.parametrize("name", ["", "-x", "a b", "a.b", "a/b", "x" * 65, "é", "a\n"])
def test_a_name_that_is_no_word_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name)


@pytest.mark.parametrize(
    "text",
    ["x", "[a]", "[a]\nquery = 1", '[a]\nquery = "x"\nmore = 1', '[a]\nquery = "x"\nabout = 1',
     '[a]\nquery = "x"\n[a.defaults]\nn = 1', "a = 1", "\xff"],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_never_half_read(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(MalformedInput):
        load(tmp_path)


def test_a_file_that_is_huge_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("#" * 1_000_001)
    with pytest.raises(MalformedInput, match="larger"):
        load(tmp_path)


# What is kept.


def test_globs_and_times_and_dollars() -> None:
    assert where("actor:$who*", who="al") == Compare("actor", Op.MATCH, "al*")
    assert where('"costs $$5 and $n"', n="$") == Text("costs $5 and $")
    assert where("cost$ raw.a:$v", v="x") == where('"cost$" raw.a:x')
    assert parameters('actor:$who "$x $who" $$y $5 cost$') == ("who", "x")
    query = parse(with_values(Saved("x", "last:$n"), {"n": "7d"}), now=NOW, zone=UTC)
    assert query.since == parse("last:7d", now=NOW, zone=UTC).since


def test_a_default_stands_in_for_what_is_not_given() -> None:
    saved = Saved("x", "last:$days", defaults={"days": "7d"})
    assert with_values(saved, {}) == 'last:"7d"'
    assert with_values(saved, {"days": "1d"}) == 'last:"1d"'


_texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,5}", fullmatch=True),
    st.tuples(_texts, _texts, st.dictionaries(st.sampled_from(["a", "b_1"]), _texts)),
))  # fmt: skip
def test_what_is_written_is_read_as_it_was(
    made: dict[str, tuple[str, str, dict[str, str]]],
) -> None:
    searches = {name: Saved(name, *each) for name, each in made.items()}
    tables = tomllib.loads(text_of(searches))
    assert {name: table["query"] for name, table in tables.items()} == {
        name: each.query for name, each in searches.items()
    }


def test_searches_are_kept_in_the_home(tmp_path: Path) -> None:
    assert load(tmp_path) == {}
    searches = {"a": Saved("a", 'x "\\d" \'', "é", {"n": "1"}), "b": Saved("b", "'")}
    store(tmp_path, searches)
    assert load(tmp_path) == searches
    assert [path.name for path in tmp_path.iterdir()] == [FILE]

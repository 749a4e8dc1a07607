"""What a query is read as, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import QueryError
from actum.query import Query, parse
from actum.query.ast import And, Compare, Node, Not, Op, Or, Range, Text, format  # noqa: A004
from actum.query.times import micros
from query.trees import nodes

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str) -> Query:
    return parse(text, now=NOW, zone=UTC)


def where(text: str) -> Node | None:
    return read(text).where


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        read(text)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)
    return caught.value


def token(error: QueryError) -> str:
    return error.text[error.start : error.end]


def match(field: str, value: str) -> Compare:
    return Compare(field, Op.MATCH, value)


def at(*args: int) -> int:
    return micros(datetime(*args, tzinfo=UTC))  # type: ignore[misc,arg-type]


# What must not happen.


def test_an_unknown_field_is_never_a_silent_zero() -> None:
    error = refused("status:failure -actr:alice")
    assert token(error) == "actr"
    assert "actor" in error.todo
    assert error.exit_code == 2


def test_a_value_no_event_can_have_is_refused() -> None:
    assert "failure" in refused("status:failed").todo
    assert "delete" in refused("op:delet").todo
    assert "success" in refused("is:succes").todo
    refused("mfa:maybe")
    refused("index:-1")
    assert "critical" in refused("severity:grave").why
    refused("severity:crit*")
    refused("index:abc")
    refused("index:18446744073709551616")
    refused("class:٣")  # a digit, but none that a column holds
    refused("index:9..3")
    refused("time:2026-11-03..2026-11-01")
    refused("since:2026-11-03 until:2026-11-01")
    refused("since:2026-11-03 until:2026-11-03")
    refused("action:s3:")


def test_a_deep_query_is_refused() -> None:
    assert where("(" * 64 + "a" + ")" * 64) == Text("a")
    refused("(" * 65 + "a" + ")" * 65)
    refused("(" * 60_000)
    refused("NOT " * 65 + "a")
    refused("-(" * 33 + "NOT " * 32 + "a" + ")" * 33)
    refused("actor:(" + "(" * 64 + "a" + ")" * 65)


def test_a_huge_query_is_refused() -> None:
    refused('"' + "a" * 65_535 + '"')
    refused("é" * 32_769)
    assert where("é" * 32_768) == Text("é" * 32_768)
    assert isinstance(where("a " * 1_000), And)
    refused("a " * 1_001)


def test_what_is_not_unicode_is_refused() -> None:
    assert token(refused("actor:\ud800")) == "\ud800"


def test_a_broken_query_is_refused_where_it_breaks() -> None:
    for text, broken in {
        '"abc': '"abc',
        'actor:"abc': '"abc',
        "(a": "(",
        "a)": ")",
        "()": ")",
        "a OR": "OR",
        "OR a": "OR",
        "a AND OR b": "OR",
        "NOT": "NOT",
        "a - b": "-",
        "--verbose": "--verbose",
        "actor: alice": "actor:",
        "actor:()": ")",
        'a"b"': 'a"b"',
        'actor:a"b"': 'actor:a"b"',
        '"a"b': '"',
        "(a)b": ")",
        "f(x)": "f",
        "actor:f(x)": "actor:f",
        "actor:(f(x))": "f",
        "“a”": "“",
        '""': '""',
        "Delete*": "Delete*",
        "a or b": "or",
        "has:actr": "has:actr",
        "has:is": "has:is",
        "actor:>a": "actor:>a",
        "time:>(a)": "time:>",
        "index:>1..2": "index:>1..2",
        "since:soon": "since:soon",
        "since:1234": "since:1234",
        "since:2026-02-30": "since:2026-02-30",
        "last:0d": "last:0d",
        "last:999999999w": "last:999999999w",
        "since:>2026-11-01": "since:>2026-11-01",
    }.items():
        assert token(refused(text)) == broken, text


def test_what_comes_later_says_so_and_what_to_write_until_then() -> None:
    for text in ("asn:64500", "is:starred", "chain:alice", "has:tag"):
        error = refused(text)
        assert error.what.startswith("not yet: "), text
        assert error.todo, text


def test_a_word_that_was_meant_for_a_field_is_told_which() -> None:
    assert "action:s3:DeleteBucket" in refused("s3:DeleteBucket").todo
    assert "ip:fe80::1" in refused("fe80::1").todo


def test_a_time_bound_cannot_be_one_alternative() -> None:
    for text in (
        "actor:a OR last:7d",
        "last:7d a OR b",
        "-last:7d",
        "NOT since:today",
        "(a last:7d)",
    ):
        refused(text)


def test_two_beginnings_are_refused() -> None:
    for text in ("last:7d since:today", "last:7d until:today", "last:7d last:6d"):
        assert refused(text).todo == "choose one"


# What is read.


def test_nothing_asks_for_everything() -> None:
    assert read("  ") == Query(None, None, None, "  ")


def test_terms_side_by_side_must_all_hold() -> None:
    assert where("actor:alice foo") == And((match("actor", "alice"), Text("foo")))
    assert where("actor:alice AND foo") == where("actor:alice foo")


def test_the_same_field_again_is_an_alternative() -> None:
    either = Or((match("actor", "alice"), match("actor", "bob")))
    assert where("actor:alice actor:bob") == either
    assert where("actor:alice foo actor:bob") == And((either, Text("foo")))
    assert where("actor:(alice OR bob)") == either
    assert where("actor:(alice bob)") == either
    assert where("ua:a client:b") == Or((match("client", "a"), match("client", "b")))


def test_the_same_field_with_and_must_hold_twice() -> None:
    both = And((match("target", "a"), match("target", "b")))
    assert where("target:a AND target:b") == both
    assert where("target:(a AND b)") == both
    assert where("(target:a) (target:b)") == both


def test_what_is_no_value_is_no_alternative() -> None:
    assert isinstance(where("index:>5 index:<9"), And)
    assert isinstance(where("-actor:a -actor:b"), And)
    assert isinstance(where("is:write is:failure"), And)
    assert isinstance(where("has:actor actor:alice"), And)


def test_or_binds_loosest() -> None:
    assert where("a b OR c") == Or((And((Text("a"), Text("b"))), Text("c")))
    assert where("a (b OR c)") == And((Text("a"), Or((Text("b"), Text("c")))))


def test_minus_negates_a_term_and_is_text_elsewhere() -> None:
    assert where("-actor:alice") == where("NOT actor:alice") == where("actor:!alice")
    assert where("-actor:alice") == Not(match("actor", "alice"))
    assert where("-(a b)") == Not(And((Text("a"), Text("b"))))
    assert where("host:web-1") == match("host", "web-1")
    assert where("actor:-x") == match("actor", "-x")
    assert where("-actor:!=a") == Not(Not(Compare("actor", Op.EXACT, "a")))
    assert where('"-x"') == Text("-x")


def test_quotes_hold_what_would_be_read_otherwise() -> None:
    assert where(r'"say \"hi\" to C:\dir\\"') == Text('say "hi" to C:\\dir\\')
    assert where('target:"two words"') == match("target", "two words")
    assert where('-"OR"') == Not(Text("OR"))
    assert where('reason:""') == match("reason", "")
    assert where('actor:("a b" OR -"-c")') == Or((match("actor", "a b"), Not(match("actor", "-c"))))


def test_a_value_may_hold_colons_slashes_and_signs() -> None:
    for value in ("s3:DeleteBucket", "arn:aws:s3:::prod-*/a=b+c,d@e_f.g?", "a|b", "x..y"):
        assert where(f"target:{value}") == match("target", value)


def test_a_bare_arn_or_time_of_day_is_free_text() -> None:
    for text in ("arn:aws:s3:::bucket", "12:30:15", "i-0abc", "user@corp.example"):
        assert where(text) == Text(text)


def test_operators() -> None:
    assert where("actor:=Alice*") == Compare("actor", Op.EXACT, "Alice*")
    assert where("error:*") == where("has:error") == Compare("error", Op.EXISTS, None)
    assert where("index:>=5") == Compare("index", Op.AT_LEAST, 5)
    assert where("index:5") == where("index:=5") == Compare("index", Op.MATCH, 5)
    assert where("index:1..3") == Compare("index", Op.RANGE, Range(1, 3))
    assert where("MFA:No") == Compare("mfa", Op.MATCH, value=False)


def test_a_date_names_its_whole_day() -> None:
    day, next_day = at(2026, 11, 1), at(2026, 11, 2)
    assert where("time:2026-11-01") == Compare("time", Op.RANGE, Range(day, next_day - 1))
    assert where("time:>2026-11-01") == Compare("time", Op.AT_LEAST, next_day)
    assert where("time:>=2026-11-01") == Compare("time", Op.AT_LEAST, day)
    assert where("time:<2026-11-01") == Compare("time", Op.LESS, day)
    assert where("time:<=2026-11-01") == Compare("time", Op.LESS, next_day)
    assert where("time:2026-10-31..2026-11-01") == Compare(
        "time", Op.RANGE, Range(at(2026, 10, 31), next_day - 1)
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-01", at(2026, 11, 1)),
        ("2026-11-01T06:00Z", at(2026, 11, 1, 6)),
        ('"2026-11-01 06:00"', at(2026, 11, 1, 6)),
        ("2026-11-01T06:00+01:00", at(2026, 11, 1, 5)),
        ("2026-11-01T06:00:01.5-0530", at(2026, 11, 1, 11, 30, 1, 500_000)),
        ("2026-11-01T06:00:01.123456789Z", at(2026, 11, 1, 6, 0, 1, 123_456)),
        ("today", at(2026, 11, 13)),
        ("yesterday", at(2026, 11, 12)),
        ('"yesterday 09:00"', at(2026, 11, 12, 9)),
        ("now-2h", at(2026, 11, 13, 10, 30)),
        ("1793491200", at(2026, 11, 1)),
        ("1793491200123", at(2026, 11, 1, 0, 0, 0, 123_000)),
        ("1793491200123456", at(2026, 11, 1, 0, 0, 0, 123_456)),
        ("1793491200123456789", at(2026, 11, 1, 0, 0, 0, 123_456)),
        ("0001-01-01", at(1, 1, 1)),
        ("9999-12-31", at(9999, 12, 31)),
    ],
)
def test_times_as_people_and_logs_write_them(written: str, meant: int) -> None:
    query = read(f"since:{written}")
    assert (query.since, query.until, query.where) == (meant, None, None)


def test_last_counts_back_from_now() -> None:
    for text, length in {
        "30s": timedelta(seconds=30),
        "15m": timedelta(minutes=15),
        "2h": timedelta(hours=2),
        "30d": timedelta(days=30),
        "1w": timedelta(weeks=1),
    }.items():
        assert read(f"last:{text}").since == micros(NOW - length)


def test_a_naive_time_is_in_the_readers_zone() -> None:
    query = parse("since:2026-11-01T06:00 until:2026-11-02", now=NOW, zone=BERLIN)
    assert (query.since, query.until) == (at(2026, 11, 1, 5), at(2026, 11, 1, 23))


def test_where_clocks_are_set_back_the_first_instant_is_meant() -> None:
    query = parse("since:2026-10-25T02:30", now=NOW, zone=BERLIN)
    assert query.since == at(2026, 10, 25, 0, 30)


def test_where_clocks_are_set_forward_the_offset_before_is_kept() -> None:
    query = parse("since:2026-03-29T02:30", now=NOW, zone=BERLIN)
    assert query.since == at(2026, 3, 29, 1, 30)


def test_the_day_clocks_are_set_back_has_25_hours() -> None:
    query = parse("time:2026-10-25", now=NOW, zone=BERLIN)
    assert query.where == Compare(
        "time", Op.RANGE, Range(at(2026, 10, 24, 22), at(2026, 10, 25, 23) - 1)
    )


def test_bounds_stand_apart_from_the_tree() -> None:
    query = read("actor:a since:2026-11-01 b until:2026-11-02")
    assert query.where == And((match("actor", "a"), Text("b")))
    assert (query.since, query.until) == (at(2026, 11, 1), at(2026, 11, 2))
    assert read("(a OR b) last:1h").where == Or((Text("a"), Text("b")))


def test_a_node_knows_where_it_was_read() -> None:
    text = 'a  -(actor:(x OR "y z") OR b)'
    tree = where(text)
    assert isinstance(tree, And)
    assert [text[slice(*node.span)] for node in tree.nodes] == ["a", '-(actor:(x OR "y z") OR b)']
    negated = tree.nodes[1]
    assert isinstance(negated, Not)
    assert isinstance(negated.node, Or)
    spans = [text[slice(*node.span)] for node in negated.node.nodes]
    assert spans == ['actor:(x OR "y z")', "b"]


def test_now_without_a_zone_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        parse("a", now=datetime(2026, 11, 13), zone=UTC)


@settings(max_examples=150, deadline=None)
@given(nodes)
def test_what_is_written_is_read_as_it_was(tree: Node) -> None:
    assert where(format(tree)) == tree


def reads_or_refuses_in_place(text: str) -> None:
    try:
        tree = where(text)
    except QueryError as error:
        inside = 0 <= error.start <= error.end <= len(text)
    else:
        inside = tree is None or where(format(tree)) == tree
    assert inside


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('aA1 :=!<>~*?-|()"\\.') | st.characters(), max_size=30))
def test_any_text_is_read_or_refused_in_place(text: str) -> None:
    reads_or_refuses_in_place(text)


_PIECES = (
    *("actor:", "is:", "time:", "index:", "last:7d", "since:", "today", "now-2h", "5", "a"),
    *("2026-11-01", "..", "(", ")", "-", " ", "OR ", " AND ", "NOT ", '"x y"', ":", "*", ">"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_any_pieces_of_queries_are_read_or_refused_in_place(text: str) -> None:
    reads_or_refuses_in_place(text)

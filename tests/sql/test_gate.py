"""Layers 1 and 2: what is refused, what passes, and that what passes means what was written."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import QueryError
from actum.sql import VIEWS
from actum.sql.functions import CLASSES, NAMES
from actum.sql.gate import LONGEST, check
from actum.sql.nodes import NODES
from sql.functions import EXAMPLES

HOSTILE = Path(__file__).with_name("hostile.sql")


def ordinary() -> list[str]:
    """Give the statements people write."""
    lines = HOSTILE.with_name("ordinary.sql").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("--")]


def hostile() -> list[tuple[str, str]]:
    """Give the hostile statements, each with the group it is in."""
    found: list[tuple[str, str]] = []
    group = ""
    for line in HOSTILE.read_text().splitlines():
        if line.startswith("## "):
            group = line[3:]
        elif group and line:
            found.append((group, line.replace("\\n", "\n")))
    return found


def refusal(text: str) -> QueryError:
    with pytest.raises(QueryError) as raised:
        check(text, views=VIEWS)
    return raised.value


class TestRefusing:
    def test_there_are_hundreds_of_hostile_statements(self) -> None:
        assert len(set(hostile())) >= 200

    @pytest.mark.parametrize(("group", "text"), hostile())
    def test_a_hostile_statement_is_refused_with_a_reason(self, group: str, text: str) -> None:
        error = refusal(text)
        assert error.what
        assert error.text == text
        assert 0 <= error.start <= error.end <= len(text)

    @pytest.mark.parametrize(
        ("text", "token"),
        [
            ("SELECT * FROM events, read_text('/etc/passwd')", "read_text"),
            ("SELECT getenv('HOME')", "getenv"),
            ("SELECT 1\nFROM evnts", "evnts"),
            ("SELECT * FROM 'a.csv'", "'a.csv'"),
            ("SELECT 1, 0xFF", "0xFF"),
            ("SELECT * FRM events", "events"),
        ],
    )
    def test_the_error_points_at_the_word(self, text: str, token: str) -> None:
        error = refusal(text)
        assert error.text[error.start : error.end] == token

    def test_a_refusal_says_what_to_do(self) -> None:
        assert "events, ocsf, records" in refusal("SELECT * FROM evnts").todo
        assert "docs/sql.md" in refusal("SELECT getenv('HOME')").todo
        assert "WITH before one" in refusal("PRAGMA version").todo

    def test_what_is_too_long_or_too_deep_is_refused_and_not_tried(self) -> None:
        assert "too long" in refusal("SELECT " + "1," * LONGEST + "1").what
        assert "nested" in refusal("(" * 5_000 + "SELECT 1" + ")" * 5_000).why
        assert refusal("SELECT " + "-" * 20_001 + "1").what
        assert "too large" in refusal("SELECT " + "1+" * 15_000 + "1").what

    def test_nul_is_refused(self) -> None:
        assert "NUL" in refusal("SELECT '\0'").what

    @given(st.text(max_size=60))
    @settings(max_examples=300, deadline=None)
    def test_whatever_is_written_it_is_refused_or_a_select(self, text: str) -> None:
        try:
            passed = check(text, views=VIEWS)
        except QueryError:
            return
        assert passed.sql.lstrip("(").startswith(("SELECT", "WITH", "VALUES"))

    def test_hostile_statements_cut_and_joined_at_random_are_refused_or_read_only(self) -> None:
        chance = random.Random(7)
        texts = [text for _, text in hostile()]
        for _ in range(1_500):
            one, two = chance.choice(texts), chance.choice([*texts, "SELECT 1 FROM events"])
            text = one[: chance.randrange(len(one) + 1)] + " " + two[chance.randrange(len(two)) :]
            try:
                sql = check(text, views=VIEWS).sql
            except QueryError:
                continue
            try:
                kinds = {each.type for each in duckdb.extract_statements(sql)}
            except duckdb.ParserException:
                continue
            assert kinds == {duckdb.StatementType.SELECT}, text


class TestPassing:
    @pytest.mark.parametrize("name", sorted(NAMES))
    def test_a_function_passes_runs_and_means_what_it_meant(self, name: str) -> None:
        text = EXAMPLES[name]
        passed = check(text, views=VIEWS)
        with duckdb.connect() as engine:
            engine.execute("SET TimeZone = 'UTC'")
            # As text: times with a zone cannot be fetched without another package.
            columns, chosen = (
                ("a, b", "a, b::VARCHAR") if name == "grouping" else ("a", "a::VARCHAR")
            )
            meant, got = (
                engine.execute(f"SELECT {chosen} FROM ({each}) AS t({columns})").fetchall()
                for each in (text, passed.sql)
            )
        assert got == meant

    def test_every_example_is_of_a_function_that_may_be_called(self) -> None:
        assert set(EXAMPLES) == NAMES

    def test_every_kind_of_node_is_one_the_parser_has(self) -> None:
        from sqlglot import exp

        assert not [name for name in NODES if not hasattr(exp, name)]

    def test_no_kind_of_node_is_there_without_a_use(self) -> None:
        from sqlglot import parse_one

        seen = {
            type(node).__name__
            for text in (*EXAMPLES.values(), *ordinary())
            for node in parse_one(text, read="duckdb").walk()
        }
        assert not sorted(CLASSES - seen)

    @pytest.mark.parametrize(
        ("text", "views"),
        [
            ("SELECT * FROM events", {"events"}),
            ("FROM Events", {"events"}),
            ("SELECT 1", set()),
            ("WITH a AS (SELECT 1) SELECT * FROM a", set()),
            ("WITH events AS (SELECT 1 AS x) SELECT * FROM events", set()),
            ("WITH a AS (FROM actors), b AS (FROM a) FROM b, records", {"actors", "records"}),
            ("SELECT (SELECT count(*) FROM sources) FROM sessions", {"sources", "sessions"}),
            ("WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) FROM t", set()),
        ],
    )  # fmt: skip
    def test_the_views_a_statement_reads_are_known(self, text: str, views: set[str]) -> None:
        assert check(text, views=VIEWS).views == views

    def test_every_name_is_written_in_quotes_and_comments_are_gone(self) -> None:
        sql = check('SELECT "a; b" /* x */ FROM events -- y', views=VIEWS).sql
        assert sql == 'SELECT "a; b" FROM "events"'
        sql = check('SELECT list_transform([1], lambda "x) y": lower("x) y"))', views=VIEWS).sql
        assert sql == 'SELECT LIST_TRANSFORM([1], LAMBDA "x) y" : LOWER("x) y"))'

    def test_the_rows_that_are_wanted_are_told_to_the_engine(self) -> None:
        assert check("SELECT 1", views=VIEWS, rows=5).sql == "SELECT 1 LIMIT 5"
        assert check("SELECT 1 LIMIT 9", views=VIEWS, rows=5).sql == "SELECT 1 LIMIT 5"
        assert check("SELECT 1 LIMIT 3", views=VIEWS, rows=5).sql == "SELECT 1 LIMIT 3"
        assert check("SELECT 1 UNION SELECT 2", views=VIEWS, rows=5).sql.endswith("LIMIT 5")

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    @settings(max_examples=200, deadline=None)
    def test_a_text_in_a_statement_stays_that_text(self, text: str) -> None:
        quoted = text.replace("'", "''")
        sql = check(f"SELECT '{quoted}'", views=VIEWS).sql
        assert duckdb.execute(sql).fetchall() == [(text,)]

    @pytest.mark.parametrize(
        "path", ["a.b", "$.a.b", "/a/b", '$."a.b"', "$.a[0]", "", "é x", "$..b"]
    )
    def test_a_path_into_json_is_left_as_it_is(self, path: str) -> None:
        document = '{"a.b": 1, "a": {"b": [2]}, "é x": 3}'
        text = f"SELECT ('{document}'::JSON) ->> '{path}'"
        sql = check(text, views=VIEWS).sql
        assert duckdb.execute(sql).fetchall() == duckdb.execute(text).fetchall()

    @pytest.mark.parametrize("text", ordinary())
    def test_what_is_ordinary_passes(self, text: str) -> None:
        check(text, views=VIEWS)


class TestParameters:
    def test_a_parameter_without_a_value_is_pointed_at(self) -> None:
        error = refusal("SELECT 1 WHERE 'a' = $who")
        assert "no value" in error.what
        assert error.text[error.start : error.end] == "$who"

    def test_a_value_without_a_parameter_is_refused(self) -> None:
        with pytest.raises(QueryError, match="no parameter"):
            check("SELECT 1", views=VIEWS, given=["who"])

    def test_what_is_given_and_used_passes(self) -> None:
        passed = check("SELECT $a, $a, $b", views=VIEWS, given=["a", "b"])
        assert passed.parameters == {"a", "b"}

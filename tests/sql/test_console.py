"""What a statement gives, what stops it, and what is left standing when it was stopped."""

from __future__ import annotations

import datetime as dt
import threading
import time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

import actum
from actum.errors import EvidenceError, LimitReached, QueryError, UsageError
from actum.ocsf.columns import COLUMNS
from actum.sql import VIEWS, Console, Limits
from actum.sql.views import View

SMALL = Limits(seconds=3, memory=200_000_000, threads=2)
START = 3.0
"""What a process may take to start on a busy machine, before its clock runs."""

RUNAWAYS = {
    "repeat": "SELECT length(repeat('x', 2000000000))",
    "repeat in rows": "SELECT repeat('x', 1000000) FROM range(1000000)",
    "a joined text": "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
    "a list": "SELECT list(i) FROM range(10000000) a(i), range(1000)",
    "a list of lists": "SELECT list_transform(range(10000000), lambda x: repeat('a', 1000))",
    "a cross join": "SELECT count(*) FROM range(1000000) a(i) JOIN range(1000000) b(j)"
    " ON i <> j + 1 AND sin(i) < 2",
    "a recursive text": "WITH RECURSIVE t(x) AS (SELECT 'x' UNION ALL SELECT x || x FROM t)"
    " SELECT max(length(x)) FROM t",
    "a recursion without end": "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t)"
    " SELECT count(*) FROM t",
    "a sort": "SELECT i FROM range(10000000) a(i), range(100) ORDER BY random()",
    "padding": "SELECT lpad('x', 1900000000, 'y')",
    "an aggregate of its own": "SELECT count(DISTINCT i::VARCHAR || j::VARCHAR)"
    " FROM range(1000000) a(i), range(1000000) b(j)",
    "a fold": "SELECT list_reduce(range(10000000), lambda x, y: (x * 7 + y) % 1000003)"
    " FROM range(1000)",
}
CATASTROPHES = {
    "nested stars": "SELECT regexp_matches(repeat('a', 5000) || '!', '^(a+)+$')",
    "alternatives": "SELECT regexp_matches(repeat('a', 5000) || '!', '^(a|aa)+$')",
    "a star of stars": "SELECT regexp_extract(repeat('x', 5000), '(x*)*y')",
    "back and forth": "SELECT regexp_replace(repeat('ab', 5000), '(a|b|ab)*c', 'z')",
    "mail": "SELECT regexp_full_match(repeat('a', 5000) || '@', '([a-zA-Z0-9])(([.-]|[_]+)?("
    "[a-zA-Z0-9]+))*(@){1}[a-z0-9]+')",
    "similar to": "SELECT repeat('a', 5000) || '!' SIMILAR TO '(a+)+'",
    "large counts": "SELECT regexp_matches('a', '((a{1,1000}){1,1000}){1,1000}')",
    "large classes": r"SELECT regexp_matches('a', '(\pL{1,500}){1,500}')",
}


class TestAnswering:
    def test_a_view_holds_what_search_finds(self, case: actum.Case, console: Console) -> None:
        shown = "source <> 'actum' AND copy_of IS NULL"
        for query, condition in (
            ("", "true"),
            ("action:Delete*", "api_operation LIKE 'Delete%'"),
            ("status:failure", "status = 'failure'"),
            ("actor:alice", "actor_user_name = 'alice'"),
        ):
            result = console.ask(f"SELECT count(*) FROM events WHERE {shown} AND {condition}")
            assert result.rows == [(case.search(query).total,)]
            assert result.whole

    def test_what_is_still_in_the_journal_is_there(
        self, case: actum.Case, console: Console
    ) -> None:
        assert case.status().in_journal
        assert case.status().segments
        found = console.ask("SELECT api_operation FROM events WHERE api_operation IN ('DeleteUser',"
                            " 'CreateUser') ORDER BY 1")  # fmt: skip
        assert found.rows == [("CreateUser",), ("DeleteUser",)]
        records = console.ask('SELECT count(*), count(DISTINCT "index") FROM records').rows
        assert records == [(case.status().records,) * 2]

    def test_hidden_rows_are_in_the_views_with_a_column_to_tell_them(
        self, console: Console
    ) -> None:
        own = console.ask("SELECT count(*) FROM events WHERE source = 'actum'").rows[0][0]
        assert own > 0
        sources = dict(console.ask("SELECT source, events FROM sources").rows)
        assert sources["actum"] == own

    @pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
    def test_a_view_has_the_columns_that_are_documented(self, view: View, console: Console) -> None:
        result = console.ask(f"SELECT * FROM {view.name}")
        assert list(zip(result.columns, result.types, strict=True)) == [
            (name, kind) for name, kind, _ in view.columns
        ]
        assert result.rows

    def test_a_raw_record_is_there_as_bytes_text_and_json(self, console: Console) -> None:
        row = next(
            console.ask("SELECT raw, \"text\", \"json\" ->> '$.eventName' AS name FROM records"
                        " WHERE \"json\" ->> 'eventName' = 'CreateUser'").dicts()
        )  # fmt: skip
        assert row["raw"].decode() == row["text"]
        assert row["name"] == "CreateUser"
        odd = console.ask("SELECT raw, \"text\", \"json\" FROM records WHERE origin LIKE '%odd.bin'"
                          " AND kind = 'record'").rows  # fmt: skip
        assert odd == [(b"caf\xe9 \x80", None, None)]

    def test_the_nested_form_is_the_one_show_gives(
        self, case: actum.Case, console: Console
    ) -> None:
        import json

        rows = console.ask("SELECT \"index\", ocsf FROM ocsf WHERE source = 'aws_cloudtrail'").rows
        for index, nested in rows:
            [event] = case.engine.event(index)
            assert json.loads(nested) == json.loads(json.dumps(actum.to_ocsf(event), default=str))

    def test_counting_views_count(self, console: Console) -> None:
        row = next(console.ask("SELECT * FROM actors WHERE actor_user_name = 'bob'").dicts())
        assert (row["events"], row["failures"], row["addresses"]) == (1, 1, 1)
        row = next(
            console.ask("SELECT * FROM resources WHERE resource_name = 'prod-invoices'").dicts()
        )
        assert row["changes"] == 3
        assert row["first_seen"] == dt.datetime(2024, 5, 1, 8, 0)
        assert console.ask("SELECT actor_session_uid FROM sessions WHERE events = 1").rows

    def test_every_kind_of_value_comes_back_as_itself(self, console: Console) -> None:
        result = console.ask(
            "SELECT 1, -1::BIGINT, 2::HUGEINT ** 100 > 5, 123456789012345678901234567890::HUGEINT,"
            " 1.50, 'é', '\\xFF'::BLOB, true, NULL, DATE '2024-02-29', TIME '01:02:03.5',"
            " TIMESTAMP '2024-02-29 01:02:03.000004', INTERVAL 90 MINUTE,"
            " '00000000-0000-0000-0000-000000000001'::UUID, [1, NULL], {'a': [{'b': 2}]},"
            " MAP {'k': 1}, MAP {1: 'v'}, '{\"a\": 1}'::JSON, 'inf'::DOUBLE,"
            " TIMESTAMPTZ '2024-01-01 00:00:00+02', [TIMESTAMPTZ '2024-01-01 00:00:00+00']"
        )
        assert result.rows[0] == (
            1, -1, True, 123456789012345678901234567890,
            Decimal("1.50"), "é", b"\xff", True, None, dt.date(2024, 2, 29),
            dt.time(1, 2, 3, 500_000),
            dt.datetime(2024, 2, 29, 1, 2, 3, 4), dt.timedelta(minutes=90),
            UUID(int=1), [1, None], {"a": [{"b": 2}]},
            {"k": 1}, {1: "v"}, '{"a": 1}', float("inf"),
            dt.datetime(2023, 12, 31, 22, 0), "['2024-01-01 00:00:00+00']",
        )  # fmt: skip

    def test_columns_of_one_name_are_told_apart(self, console: Console) -> None:
        assert console.ask("SELECT 1 AS a, 2 AS a, 3 AS a").columns == ("a", "a_1", "a_2")

    def test_parameters_are_values_and_never_sql(self, console: Console) -> None:
        text = "SELECT count(*) FROM events WHERE actor_user_name = $who"
        assert console.ask(text, {"who": "bob"}).rows == [(1,)]
        assert console.ask(text, {"who": "' OR 1=1 --"}).rows == [(0,)]
        assert console.ask('SELECT count(*) FROM events WHERE "index" < $n', {"n": "3"}).rows == [
            (3,)
        ]
        assert console.ask("SELECT $n + 1", {"n": 2}).rows == [(3,)]

    def test_another_log_of_the_home_is_out_of_reach(self, home: Path, tmp_path: Path) -> None:
        import shutil

        shutil.copytree(home, tmp_path / "two")
        with actum.open(tmp_path / "two", write=True, log="other") as other:
            (tmp_path / "x.txt").write_text("only here\n")
            other.open([tmp_path / "x.txt"])
            theirs = Console(other.engine).ask("SELECT DISTINCT log FROM records").rows
        with actum.open(tmp_path / "two") as main:
            ours = Console(main.engine)
            assert theirs == [("other",)]
            assert ours.ask("SELECT DISTINCT log FROM records").rows == [("main",)]
            found = ours.ask("SELECT count(*) FROM records WHERE \"text\" = 'only here'")
            assert found.rows == [(0,)]

    def test_an_empty_log_has_all_views(self, tmp_path: Path) -> None:
        with actum.open(tmp_path / "new", write=True) as case:
            for name in VIEWS:
                assert Console(case.engine).ask(f"SELECT count(*) >= 0 FROM {name}").rows == [
                    (True,)
                ]


class TestFailing:
    def test_a_refusal_reaches_the_caller_with_its_place(self, console: Console) -> None:
        with pytest.raises(QueryError, match="getenv") as raised:
            console.ask("SELECT\n  getenv('HOME')")
        error = raised.value
        assert error.text[error.start : error.end] == "getenv"

    def test_an_error_of_the_engine_is_told_without_its_files(
        self, home: Path, console: Console
    ) -> None:
        with pytest.raises(UsageError) as raised:
            console.ask("SELECT colour FROM events")
        assert "colour" in raised.value.why
        assert str(home) not in str(raised.value)
        for text in ("SELECT 'x'::INT", "SELECT events.colour FROM events"):
            with pytest.raises(UsageError):
                console.ask(text)

    def test_a_damaged_segment_is_not_read(self, home: Path, tmp_path: Path) -> None:
        import shutil

        shutil.copytree(home, tmp_path / "home")
        for path in (tmp_path / "home").glob("logs/*/events/*.parquet"):
            path.write_bytes(path.read_bytes()[:-100] + b"x" * 100)
        with actum.open(tmp_path / "home") as case, pytest.raises(EvidenceError):
            Console(case.engine).ask("SELECT count(*) FROM events")


class TestLimits:
    def test_rows_are_cut_and_it_is_said(self, console: Console) -> None:
        result = console.ask("SELECT * FROM range(100)", limits=Limits(rows=10))
        assert (len(result.rows), result.whole, result.cut) == (
            10,
            False,
            "the limit of 10 rows was met",
        )
        result = console.ask("SELECT * FROM range(10)", limits=Limits(rows=10))
        assert (len(result.rows), result.whole) == (10, True)

    def test_bytes_are_cut_and_it_is_said(self, console: Console) -> None:
        result = console.ask(
            "SELECT repeat('x', 10000) FROM range(9000)", limits=Limits(size=1 << 20)
        )
        assert not result.whole
        assert "bytes" in result.cut
        assert 0 < len(result.rows) < 9_000

    def test_rows_that_came_before_the_time_was_out_are_kept(self, console: Console) -> None:
        text = ("SELECT i FROM range(1000) t(i) UNION ALL SELECT count(*)"
                " FROM range(10000000) a(i), range(1000000) b(j) WHERE sin(i * j) < 2")  # fmt: skip
        result = console.ask(text, limits=Limits(seconds=2))
        assert "2 s" in result.cut
        assert result.seconds < 3

    @pytest.mark.slow
    @pytest.mark.parametrize("text", RUNAWAYS.values(), ids=RUNAWAYS)
    def test_what_runs_away_is_stopped_within_a_second_and_the_next_one_works(
        self, text: str, console: Console
    ) -> None:
        began = time.monotonic()
        try:
            result = console.ask(text, limits=SMALL)
        except LimitReached as error:
            assert "limit" in error.why  # noqa: PT017 - either way it is said
        else:
            assert not result.whole
            assert result.seconds < SMALL.seconds + 1
        assert time.monotonic() - began < SMALL.seconds + 1 + START
        assert console.ask("SELECT count(*) > 0 FROM events").rows == [(True,)]

    @pytest.mark.parametrize("text", CATASTROPHES.values(), ids=CATASTROPHES)
    def test_a_catastrophic_pattern_returns_at_once_or_is_refused(
        self, text: str, console: Console
    ) -> None:
        try:
            assert console.ask(text, limits=SMALL).seconds < 1
        except UsageError as error:
            assert "repetition" in error.why or "large" in error.why  # noqa: PT017

    def test_memory_of_whoever_asks_does_not_grow_with_what_is_asked(
        self, console: Console
    ) -> None:
        import resource

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert "memory" in console.ask(RUNAWAYS["repeat in rows"], limits=SMALL).cut
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB

    def test_a_cancelled_statement_ends_and_the_next_one_works(self, console: Console) -> None:
        timer = threading.Timer(1.5, console.cancel)
        timer.start()
        began = time.monotonic()
        try:
            result = console.ask(RUNAWAYS["a cross join"])
        except LimitReached as error:
            assert "cancelled" in f"{error.what} {error.why}"  # noqa: PT017
        else:
            assert result.cut == "it was cancelled"
        timer.join()
        assert time.monotonic() - began < 1.5 + 1
        assert console.ask("SELECT 1").rows == [(1,)]

    def test_nothing_is_left_behind(
        self, console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        console.ask("SELECT count(*) FROM events, records")
        with pytest.raises(UsageError):
            console.ask("SELECT colour FROM events")
        assert not list(tmp_path.glob("actum-sql-*"))


def test_every_column_of_an_event_is_in_the_view() -> None:
    assert [name for name, _, _ in VIEWS["events"].columns] == [
        *(each.name for each in COLUMNS),
        "log",
    ]

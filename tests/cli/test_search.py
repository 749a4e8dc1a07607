"""`actum search`: stages, records to look around, saved searches, and what an empty answer says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.program import actum, on_terminal


@pytest.fixture
def own(home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a copy of the small world's home, to save searches in."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    monkeypatch.setenv("ACTUM_HOME", str(copy))
    return copy


@pytest.mark.usefixtures("ours")
class TestStages:
    @pytest.mark.parametrize(
        ("query", "why"),
        [
            ("| cuont", "there is no stage 'cuont'"),
            ("| count by actr", "nearest: actor"),
            ("around:99999", "there is no record 99999"),
            ("ip:10.0.0.0/33", "is no network"),
            ('action:~"("', "is no pattern"),
            ("raw..a:x", "is no path"),
            ("last:7d at:today", "choose one"),
        ],
    )
    def test_what_is_not_understood_is_refused(self, query: str, why: str) -> None:
        ran = actum("search", query)
        assert (ran.code, ran.out) == (2, "")
        assert why in ran.err

    def test_event_columns_of_a_table_are_refused(self) -> None:
        assert actum("search", "| count", "--columns", "index").code == 2

    def test_who_is_never_answered_with_a_table(self) -> None:
        ran = actum("who", "DeleteBucket", "| count")
        assert ran.code == 2
        assert "stages" in ran.err

    def test_a_table_is_told_of_all_that_matches(self) -> None:
        ran = actum("search", "action:*Bucket | count by action, actor")
        assert ran.rows == [
            {"action": "CreateBucket", "actor": "alice", "events": 1},
            {"action": "DeleteBucket", "actor": "bob", "events": 1},
            {"action": "DeleteBucket", "actor": "deploy", "events": 1},
        ]
        assert (ran.code, ran.err) == (0, "")
        csv = actum("search", "action:*Bucket | top 1 by action", "-o", "csv")
        assert csv.out == "action,events\nDeleteBucket,2\n"

    def test_the_words_of_a_shell_may_be_apart(self) -> None:
        ran = actum("search", "action:DeleteBucket", "| count by actor", "| top", "1")
        assert ran.rows == [{"actor": "bob", "events": 1}]

    def test_a_limit_that_cuts_says_so(self) -> None:
        ran = actum("search", "| count by actor", "--limit", "1")
        assert (ran.code, len(ran.rows)) == (7, 1)
        assert "showing 1 of" in ran.err

    def test_times_come_as_times(self) -> None:
        ran = actum("search", "actor:bob | first by actor")
        assert ran.rows == [
            {"actor": "bob", "first": "2024-05-02T09:00:00Z", "last": "2024-05-02T09:00:00Z",
             "events": 1, "index": 2},
        ]  # fmt: skip

    def test_a_person_is_told_how_it_was_read(self, home: str) -> None:
        ran = on_terminal("--home", home, "search", "is:failure | count by actor")
        assert "read as: events where failed; counted by actor" in ran.out
        assert "1 event matches; 1 row" in ran.out

    def test_the_sql_is_said_when_asked_for_and_holds_nothing_of_the_question(self) -> None:
        for words in ("actor:bob", "actor:bob | count by action"):
            ran = actum("search", words, "--show-sql")
            sql, values = ran.err.splitlines()[:2]
            assert sql.startswith("sql: ")
            assert "bob" not in sql
            assert values.startswith("values: 'bob'")


@pytest.mark.usefixtures("ours")
class TestEvents:
    def test_around_a_record_are_those_of_its_minutes(self) -> None:
        assert [row["index"] for row in actum("search", "around:2 within:30m").rows] == [3, 2]
        assert [row["index"] for row in actum("search", "around:2 within:29m").rows] == [2]

    @pytest.mark.parametrize(
        ("query", "indexes"),
        [
            ("ip:198.51.100.0/24", [2]),
            ("ip:::ffff:198.51.100.0/120", [2]),
            ('action:~"^(Put|Create)B"', [4, 1]),
            ("raw.requestParameters.userName:mallory", [5]),
            ("has:raw.errorCode", [2]),
            ("raw.userIdentity.sessionContext.sessionIssuer.userName:dep*", [3]),
            ("*OVOICES*", []),
            ("*NVOICES*", [3, 2, 1]),
            ("action:!~Bucket -actor:evil*", [5]),
            ("all:target:(*prod* *invoices)", [3, 2, 1]),
            ("at:2024-05-02T09:15Z±15m", [3, 2]),
        ],
    )
    def test_the_language_is_the_same_here(self, query: str, indexes: list[int]) -> None:
        assert [row["index"] for row in actum("search", query).rows] == indexes

    def test_an_empty_answer_says_what_the_log_knows(self) -> None:
        ran = actum("search", "actor:nobody since:2024-05-02 until:2024-05-03")
        assert ran.rows == []
        said = ran.err.splitlines()
        assert said[0].startswith("read as: events by nobody")
        assert said[1].startswith("no event matches.")
        assert said[2].startswith("sources: aws_cloudtrail from 2024-05-01 08:00Z to 2024-05-04")
        assert said[2].endswith(", 2 events in that time")
        assert said[-1].startswith("next: ")


class TestSaved:
    def test_what_cannot_be_saved_is_refused(self, own: Path) -> None:
        for words in (
            ("bad name", "x"), ("a", "actr:x"), ("a", "actor:x", "who=y"), ("a", "last:$n", "n=x"),
        ):  # fmt: skip
            assert actum("search", "--save", *words).code == 2, words
        assert not (own / "searches.toml").exists()

    def test_a_saved_search_is_not_overwritten(self, own: Path) -> None:
        assert actum("search", "--save", "a", "actor:x").code == 0
        assert actum("search", "--save", "a", "actor:x").code == 0
        assert actum("search", "--save", "a", "actor:y").code == 2
        assert 'query = "actor:x"' in (own / "searches.toml").read_text()

    def test_a_name_there_is_none_of_is_refused(self, own: Path) -> None:
        actum("search", "--save", "tried", "status:failure")
        ran = actum("search", "@tred")
        assert (ran.code, "@tried" in ran.err) == (2, True)
        assert actum("search", "@tried", "who=x").code == 2
        assert actum("search", "@tried", "actor:x").code == 2
        assert actum("searches", "--delete", "x").code == 2

    def test_a_search_is_saved_asked_listed_shared_and_forgotten(self, own: Path) -> None:
        words = ("status:failure actor:$who last:$days", "days=9999d", "--about", "tried in vain")
        assert "saved: actum search @tried who=…" in actum("search", "--save", "tried", *words).err
        assert [row["index"] for row in actum("search", "@tried", "who=bob").rows] == [2]
        assert actum("search", "@tried who=alice").rows == []
        assert actum("search", "@tried", "who=b*", "| count by actor").rows == [
            {"actor": "bob", "events": 1}
        ]
        assert actum("searches").rows == [
            {"name": "tried", "query": words[0], "parameters": "who=… days=9999d",
             "about": "tried in vain"},
        ]  # fmt: skip
        assert actum("searches", "--text").out == (own / "searches.toml").read_text()
        assert actum("searches", "--delete", "tried").code == 0
        assert "no search is saved" in actum("searches").err

    def test_text_that_begins_with_an_at_sign_is_found_in_quotes(self, own: Path) -> None:
        assert actum("search", '"@tried"').code == 0

"""Snowflake: which view a row is of, whose clock it shows, and what an export's header says."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

import pytest

from actum.testing import events_of, recognise
from sources.world import claimed, shared


def row(**members: Any) -> dict[str, Any]:
    [[only]] = claimed([json.dumps(members).encode()])
    return only


LOGIN: dict[str, Any] = {
    "EVENT_ID": 1, "EVENT_TIMESTAMP": "2026-03-02T09:26:53Z", "EVENT_TYPE": "LOGIN",
    "USER_NAME": "ALICE", "CLIENT_IP": "203.0.113.9", "IS_SUCCESS": "YES",
}  # fmt: skip
QUERY: dict[str, Any] = {
    "QUERY_ID": "q", "USER_NAME": "ALICE", "EXECUTION_STATUS": "SUCCESS",
    "START_TIME": "2026-03-02T09:26:53Z",
}  # fmt: skip


def test_a_time_without_its_zone_is_only_read_where_panther_says_it_is_utc() -> None:
    stated = "2026-03-02 09:26:53.061000000"
    assert row(**{**LOGIN, "EVENT_TIMESTAMP": stated})["time"] is None
    found = row(**{**LOGIN, "EVENT_TIMESTAMP": stated, "p_event_time": stated})
    assert found["time"] == datetime(2026, 3, 2, 9, 26, 53, 61_000)
    found = row(**{**LOGIN, "EVENT_TIMESTAMP": "2026-03-02 01:26:53.061 -0800"})
    assert found["time"] == datetime(2026, 3, 2, 9, 26, 53, 61_000)
    assert row(**{**LOGIN, "EVENT_TIMESTAMP": 1772443613.5})["time"] == datetime(
        2026, 3, 2, 9, 26, 53, 500_000
    )


def test_no_address_is_no_address() -> None:
    assert row(**{**LOGIN, "CLIENT_IP": "0.0.0.0"})["src_endpoint_ip"] is None
    assert row(**LOGIN)["src_endpoint_ip"] == "203.0.113.9"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("SUCCESS", "success"), ("success", "success"), ("FAIL", "failure"), ("RUNNING", "unknown"),
     ("FAILED_WITH_INCIDENT", "failure"), (None, "unknown")],
)  # fmt: skip
def test_a_query_that_still_runs_has_no_outcome(status: str | None, expected: str) -> None:
    found = row(**{**QUERY, "QUERY_TYPE": "SELECT", "QUERY_TEXT": "x", "EXECUTION_STATUS": status})
    assert found["status"] == expected


@pytest.mark.parametrize(
    ("kind", "text", "uid", "name", "users"),
    [
        ("CREATE_USER", "create or replace user mercy password = 'x'", 3001, "mercy", ["mercy"]),
        ("DROP_USER", 'DROP USER IF EXISTS "a.b"', 3001, "a.b", ["a.b"]),
        ("GRANT", "GRANT ROLE SYSADMIN TO USER bob", 3005, "bob", ["bob"]),
        ("REVOKE", "revoke select on t from role r1;", 3005, "r1", ["r1"]),
        ("DROP", "DROP TABLE db.public.t", 6005, "db.public.t", None),
        ("CREATE", "CREATE OR REPLACE TEMP STAGE d.PUBLIC.data_exfil;", 6005,
         "d.PUBLIC.data_exfil", None),
        ("SELECT", "SELECT 'drop table t'", 6005, None, None),
        ("FROBNICATE", "frobnicate", 6005, None, None),
    ],
)  # fmt: skip
def test_what_a_query_was_about(
    kind: str, text: str, uid: int, name: str | None, users: list[str] | None
) -> None:
    found = row(**{**QUERY, "QUERY_TYPE": kind, "QUERY_TEXT": text})
    assert (found["class_uid"], found["resource_name"], found["any_user"]) == (uid, name, users)
    assert found["api_operation"] == kind


def test_names_of_members_come_in_any_case() -> None:
    for spell in (str.upper, str.lower, str.title):
        found = row(**{spell(name): value for name, value in LOGIN.items()})
        assert found["source"] == ("snowflake" if spell is not str.title else found["source"])
    lower = row(**{name.lower(): value for name, value in LOGIN.items()})
    assert lower["actor_user_name"] == "ALICE"
    twice = row(**{**{name.lower(): value for name, value in LOGIN.items()}, "USER_NAME": "BOB"})
    assert twice["reason"] == "a key is given twice, in different case"


def test_an_export_with_a_statement_over_lines_is_read_and_known_again() -> None:
    text = (
        "QUERY_ID,QUERY_TEXT,QUERY_TYPE,USER_NAME,EXECUTION_STATUS,START_TIME\n"
        'q1,"select 1,\n""a""",SELECT,ALICE,SUCCESS,2026-03-02T09:26:53Z\n'
        "q2,select 2,SELECT,BOB,FAIL,2026-03-02T09:26:54Z\n"
    )
    found = events_of(text.encode())
    assert [each["actor_user_name"] for each in found] == ["ALICE", "BOB"]
    assert found[0]["message"] == 'select 1,\n"a"'
    as_json = json.dumps({**QUERY, "QUERY_ID": "q1", "QUERY_TEXT": "x", "QUERY_TYPE": "SELECT"})
    assert recognise(text.encode()).each_id[0] == recognise(as_json.encode()).each_id[0]


def test_every_row_of_the_shared_tests_is_read() -> None:
    folder, counted = shared("panther-tests"), {}
    for path in sorted(folder.glob("Snowflake.*.jsonl.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        told = [json.loads(line)["log"] for line in text.splitlines()]
        counted[path.name.split(".")[1]] = len(told)
        for each, [only] in zip(
            told, claimed([json.dumps(one).encode() for one in told]), strict=True
        ):
            assert (only["source"], only["reason"]) == ("snowflake", None)
            assert only["actor_user_name"] == each.get("USER_NAME")
            if "IS_SUCCESS" in each:
                assert only["status"] == {"YES": "success", "NO": "failure"}[each["IS_SUCCESS"]]
                address = each["CLIENT_IP"]
                assert only["src_endpoint_ip"] == (None if address == "0.0.0.0" else address)
                assert only["class_uid"] == 3002
                when = datetime.fromisoformat(each["EVENT_TIMESTAMP"][:26])
                assert only["time"] == when
            elif "EXECUTION_STATUS" in each:
                expected = {"SUCCESS": "success", "FAIL": "failure"}[each["EXECUTION_STATUS"]]
                assert (only["status"], only["api_operation"]) == (expected, each["QUERY_TYPE"])
    assert counted == {"LoginHistory": 8, "QueryHistory": 6, "DataTransferHistory": 2}

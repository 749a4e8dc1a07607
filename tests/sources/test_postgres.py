"""PostgreSQL server logs: prefixes of many kinds, entries over many lines, what failed."""

from __future__ import annotations

import gzip
import json
import re
from datetime import datetime
from typing import Any

import pytest

from actum.sources import postgres
from actum.testing import events_of, recognise
from sources.world import shared


def only(text: str) -> dict[str, object]:
    [found] = events_of(text.encode())
    return found


def test_a_line_inside_a_statement_cannot_pretend_to_be_a_line_of_the_log() -> None:
    text = (
        "2026-03-02 09:00:00.000 UTC [7] mallory@db LOG:  statement: select 1;\n"
        "\t2026-03-02 09:00:01.000 UTC [8] alice@db LOG:  connection authorized: user=alice\n"
        "2026-03-02 09:00:02.000 UTC [7] mallory@db LOG:  statement: select 2\n"
    )
    found = events_of(text.encode())
    assert [each["actor_user_name"] for each in found] == ["mallory", "mallory"]
    assert [each["api_operation"] for each in found] == ["SELECT", "SELECT"]


def test_nothing_is_said_to_have_worked_because_it_was_begun() -> None:
    for message in (
        "AUDIT: SESSION,1,1,WRITE,INSERT,,,insert into t values (1),<none>",
        "statement: insert into t values (1)",
        "execute S_1: insert into t values (1)",
    ):
        found = only(f"2026-03-02 09:00:00 UTC [7] LOG:  {message}\n")
        assert (found["class_uid"], found["status"]) == (6005, "unknown")
        assert found["api_operation"] == "INSERT"
        assert found["message"] == "insert into t values (1)"


def test_a_zone_that_is_only_a_name_makes_no_time() -> None:
    for zone in ("CET", "EST", "PDT", "MSK"):
        found = only(f"2026-03-02 09:00:00.1 {zone} [7] LOG:  checkpoint starting: time\n")
        assert found["time"] is None
        assert found["original_time"] == f"2026-03-02 09:00:00.1 {zone}"
    found = only("2026-03-02 09:00:00.5 +03 [7] LOG:  checkpoint starting: time\n")
    assert found["time"] == datetime(2026, 3, 2, 6, 0, 0, 500_000)


PREFIXES: dict[str, tuple[str, dict[str, Any]]] = {
    "%m [%p] ": ("[7] ", {}),
    "%t:%r:%u@%d:[%p]:": (
        ":203.0.113.9(4242):alice@sales:[7]:",
        {"actor_user_name": "alice", "src_endpoint_ip": "203.0.113.9", "src_endpoint_port": 4242},
    ),
    "%t:%r:%u@%d:[%p]: over IPv6": (
        ":2001:db8::9(4242):alice@sales:[7]:",
        {"actor_user_name": "alice", "src_endpoint_ip": "2001:db8::9"},
    ),
    "%m [%p] %q%u@%d ": (" [7] alice@sales ", {"actor_user_name": "alice"}),
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ": (
        " [7]: [3-1] user=alice,db=sales,app=DB Tool 7 - Main,client=203.0.113.9 ",
        {"actor_user_name": "alice", "src_endpoint_ip": "203.0.113.9",
         "user_agent": "DB Tool 7 - Main"},
    ),
    "< %m >": (" >", {}),
    "%t-%c-": ("-69a55b2d.8a-", {"metadata_correlation_uid": "69a55b2d.8a"}),
    "%m [%p]: [1-1] db=%d,user=%u ": (
        " [7]: [1-1] db=sales,user=alice ", {"actor_user_name": "alice", "resource_name": "sales"}
    ),
    "%m %u@%d %h": (
        " alice@sales 203.0.113.9 ", {"actor_user_name": "alice", "src_endpoint_ip": "203.0.113.9"}
    ),
    "unknown on both sides": (" [7] [unknown]@[unknown] ", {"actor_user_name": None}),
}  # fmt: skip


@pytest.mark.parametrize("name", PREFIXES)
def test_the_prefix_is_found_whatever_the_operator_chose(name: str) -> None:
    prefix, expected = PREFIXES[name]
    begin = "< " if prefix == " >" else ""
    found = only(f"{begin}2026-03-02 09:00:00 UTC{prefix}LOG:  statement: select 1\n")
    assert found["source"] == "postgres"
    assert found["time"] == datetime(2026, 3, 2, 9, 0, 0)
    assert {key: found[key] for key in expected} == expected


REFUSALS = (
    'password authentication failed for user "bob"',
    'Peer authentication failed for user "bob"',
    'no pg_hba.conf entry for host "203.0.113.9", user "bob", database "sales", SSL off',
    'no pg_hba.conf entry for host "203.0.113.9", user "bob", database "sales", no encryption',
    'pg_hba.conf rejects connection for host "203.0.113.9", user "bob", database "sales", SSL on',
    'role "bob" does not exist',
    'role "bob" is not permitted to log in',
)


@pytest.mark.parametrize("message", REFUSALS)
def test_a_refused_connection_is_a_failed_sign_in_of_whom_it_names(message: str) -> None:
    found = only(f"2026-03-02 09:00:00 UTC [7] FATAL:  {message}\n")
    assert (found["class_uid"], found["activity_id"], found["status"]) == (3002, 1, "failure")
    assert found["actor_user_name"] == "bob"
    assert found["src_endpoint_ip"] == ("203.0.113.9" if "203." in message else None)


def test_an_error_has_its_statement_and_is_one_entry() -> None:
    text = (
        "2026-03-02 09:00:00 UTC [7] alice@sales ERROR:  permission denied for table t\n"
        "2026-03-02 09:00:00 UTC [7] alice@sales STATEMENT:  select *\n\tfrom t\n"
        "2026-03-02 09:00:01 UTC [7] alice@sales LOG:  statement: select 1\n"
    )
    first, second = events_of(text.encode())
    assert (first["class_uid"], first["status"]) == (6005, "failure")
    assert first["status_detail"] == "permission denied for table t"
    assert (first["api_operation"], first["message"]) == ("SELECT", "select *\nfrom t")
    assert second["status"] == "unknown"


def test_lines_before_the_log_begins_are_nobodys_of_ours() -> None:
    text = (
        "The files belonging to this database system are owned by user postgres.\n"
        "2026-03-02 09:00:00 UTC [1] LOG:  starting PostgreSQL 16.1\n"
        "2026-03-02 09:00:00 UTC [1] LOG:  listening on IPv4 address\n"
    )
    assert [each["source"] for each in events_of(text.encode())] == ["text", "postgres", "postgres"]


def test_an_entry_without_end_is_cut_and_says_so() -> None:
    more = "\t" + "x" * 999 + "\n"
    text = "2026-03-02 09:00:00 UTC [1] LOG:  statement: select\n" + more * 1100
    found = events_of(text.encode())
    assert found[0]["reason"] is None
    assert found[-1]["reason"] == "an entry longer than 1 MiB goes on here"


def test_a_row_of_a_csvlog_spans_lines_and_is_the_same_when_it_comes_again() -> None:
    row = (
        '2026-03-02 09:00:00.000 UTC,"alice","sales",146,"203.0.113.9:5082",69a55b2d.92,{},'
        '"SELECT",2026-03-02 09:00:00 UTC,3/44,0,LOG,00000,'
        '"AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,""select """"a"""",\n1"",<none>",'
        ',,,,,,,,"psql"\n'
    )
    claims = recognise((row.format(1) + row.format(2) + row.format(1)).encode())
    assert claims.each_id[0] == claims.each_id[2] != claims.each_id[1]
    first = events_of((row.format(1)).encode())[0]
    assert first["message"] == 'select "a",\n1'
    assert (first["resource_name"], first["src_endpoint_port"]) == ("public.t", 5082)
    assert first["metadata_uid"] == "69a55b2d.92/1"


def test_who_was_made_or_given_a_role_is_named() -> None:
    for sql, whom in (
        ('create role "Mallory" login', "Mallory"),
        ("ALTER USER mallory PASSWORD 'x'", "mallory"),
        ("grant admin to mallory", "mallory"),
        ("revoke all on t from mallory", "mallory"),
        ("select 1", None),
    ):
        found = only(f"2026-03-02 09:00:00 UTC [7] LOG:  statement: {sql}\n")
        assert found["any_user"] == ([whom] if whom else None), sql


def test_a_key_twice_in_a_jsonlog_is_unread() -> None:
    found = only(
        '{"timestamp":"2026-03-02 09:00:00 UTC","user":"a","user":"b",'
        '"error_severity":"LOG","message":"m","session_id":"a.1","line_num":1}'
    )
    assert found["reason"] == "a key is given twice: user"


def test_every_entry_of_the_shared_samples_is_read() -> None:
    folder = shared("postgres-pgaudit/immudb-log-audit")
    text = gzip.decompress((folder / "pgaudit.log.gz").read_bytes())
    told = re.findall(
        r"^(\d{4}-\S+ \S+) GMT \[(\d+)\] LOG:  AUDIT: (\w+),\d+,\d+,(\w+),([^,]+),",
        text.decode(),
        re.MULTILINE,
    )
    assert len(told) == 603
    found = events_of(text)
    assert len(found) == 603
    for event, (time, pid, _, _, command) in zip(found, told, strict=True):
        assert (event["source"], event["reason"]) == ("postgres", None)
        assert event["time"] == datetime.fromisoformat(time)
        assert (event["api_operation"], event["actor_session_uid"]) == (command, pid)
        assert event["class_uid"] == 6005
    text = gzip.decompress((folder / "pgauditjson.log.gz").read_bytes())
    rows = [json.loads(line) for line in text.decode().splitlines()]
    for event, row in zip(events_of(text), rows, strict=True):
        assert (event["source"], event["reason"]) == ("postgres", None)
        assert event["actor_user_name"] == row["user"]
        assert event["src_endpoint_ip"] == row["remote_host"]
        assert event["metadata_uid"] == f"{row['session_id']}/{row['line_num']}"
        assert event["api_operation"] == row["ps"]


def test_options_are_refused() -> None:
    with pytest.raises(ValueError, match="takes no options"):
        postgres.lines([b"x"], "%m [%p]")
